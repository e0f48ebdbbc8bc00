#include "test/fuzz/httpd_stub.h"

#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>

#include "test/fuzz/fuzz.h"

extern module AP_MODULE_DECLARE_DATA authority_module;
module AP_MODULE_DECLARE_DATA authority_module; /* of index 0 */

httpd_stub_answer httpd_stub;
static size_t room;

void httpd_stub_begin(const char *server_name)
{
    httpd_stub.size = 0;
    httpd_stub.type = NULL;
    httpd_stub.name = server_name;
    ap_rwrite("", 0, NULL);
}

int ap_rwrite(const void *bytes, int count, request_rec *r)
{
    size_t size = (size_t)count;

    (void)r;
    if (room - httpd_stub.size <= size) {
        room = 2 * (room + size + 1);
        httpd_stub.text = realloc(httpd_stub.text, room);
        fuzz_require(httpd_stub.text != NULL, "there is memory");
    }
    memcpy(httpd_stub.text + httpd_stub.size, bytes, size);
    httpd_stub.size += size;
    httpd_stub.text[httpd_stub.size] = '\0';
    return count;
}

int ap_rputc(int byte, request_rec *r)
{
    const char c = (char)byte;

    ap_rwrite(&c, 1, r);
    return byte;
}

int ap_rvputs(request_rec *r, ...)
{
    va_list texts;
    const char *text;

    va_start(texts, r);
    while ((text = va_arg(texts, const char *))) {
        ap_rputs(text, r);
    }
    va_end(texts);
    return 0;
}

int ap_rprintf(request_rec *r, const char *format, ...)
{
    va_list arguments;
    const char *text;

    va_start(arguments, format);
    text = apr_pvsprintf(r->pool, format, arguments);
    va_end(arguments);
    return ap_rputs(text, r);
}

/* As server/util.c has it. */
char *ap_escape_html2(apr_pool_t *pool, const char *text, int toasc)
{
    static const struct {
        char byte;
        const char *entity;
    } entities[] = {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"}};
    char *out = apr_palloc(pool, strlen(text) * 6 + 1);
    char *to = out;

    for (; *text; text++) {
        size_t i = 0;
        while (i < 4 && entities[i].byte != *text) {
            i++;
        }
        if (i < 4) {
            to = apr_cpystrn(to, entities[i].entity, 7);
        }
        else if (toasc && (unsigned char)*text >= 0x80) {
            to += apr_snprintf(to, 7, "&#%3.3u;", (unsigned)(unsigned char)*text);
        }
        else {
            *to++ = *text;
        }
    }
    *to = '\0';
    return out;
}

void ap_set_content_type(request_rec *r, const char *type)
{
    (void)r;
    httpd_stub.type = type;
}

void ap_allow_standard_methods(request_rec *r, int reset, ...)
{
    (void)r;
    (void)reset;
}

const char *ap_get_server_name(request_rec *r)
{
    (void)r;
    return httpd_stub.name;
}
