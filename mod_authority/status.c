#include "mod_authority/status.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <mod_status.h>

#include "mod_authority/status_formats.h"
#include "mod_authority/utf8.h"

static const struct {
    const char *query;
    const char *what;
    const char *type;
    void (*print)(request_rec *r, const aty_status_facts *facts);
} formats[] = {
    {"", "a page for people", "text/html; charset=utf-8", aty_status_html},
    {"auto", "a line for each value", "text/plain; charset=utf-8", aty_status_text},
    {"json", "JSON", "application/json", aty_status_json},
    {"prometheus", "Prometheus' text format", "text/plain; version=0.0.4; charset=utf-8",
     aty_status_prometheus},
};

#define FORMATS (sizeof formats / sizeof formats[0])

static int refuse_query(request_rec *r)
{
    const char *path = aty_utf8_clean(r->pool, r->uri);

    r->status = HTTP_BAD_REQUEST;
    ap_set_content_type(r, "text/plain; charset=utf-8");
    ap_rputs("400: there is no such format of the authority status. There are:\n\n", r);
    for (size_t i = 0; i < FORMATS; i++) {
        ap_rprintf(r, "%s%s%-*s %s\n", path, *formats[i].query ? "?" : "",
                   *formats[i].query ? 11 : 12, formats[i].query, formats[i].what);
    }
    return OK;
}

int aty_status_answer(request_rec *r)
{
    const char *query = r->args ? r->args : "";

    if (!r->handler || strcmp(r->handler, "authority-status") != 0) {
        return DECLINED;
    }
    ap_allow_standard_methods(r, REPLACE_ALLOW, M_GET, M_OPTIONS, -1);
    if (r->method_number == M_OPTIONS) {
        return DECLINED; /* httpd's own answer tells what is allowed */
    }
    if (r->method_number != M_GET) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->headers_out, "Content-Security-Policy",
                   "default-src 'none'; style-src 'unsafe-inline'");
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(query, formats[i].query) == 0) {
            ap_set_content_type(r, formats[i].type);
            formats[i].print(r, aty_status_gather(r));
            return OK;
        }
    }
    return refuse_query(r);
}

int aty_status_extend(request_rec *r, int flags)
{
    const aty_status_facts *facts = aty_status_gather(r);

    if (flags & AP_STATUS_SHORT) {
        aty_status_text_short(r, facts);
    }
    else {
        aty_status_html_section(r, facts);
    }
    return OK;
}
