#include "mod_authority/misdirected.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_ssl.h>

#include "core/verdict.h"
#include "mod_authority/config.h"
#include "mod_authority/connection.h"
#include "mod_authority/quarantine.h"
#include "mod_authority/report.h"

static const char answer[] = "<!DOCTYPE html>\n<title>421 Misdirected Request</title>\n"
                             "<h1>Misdirected Request</h1>\n"
                             "<p>This host is not answered on this connection. Please "
                             "try again on a new one.</p>\n";

/* ap_is_initial_req, without a call: this is on the way of every request. */
static bool is_initial(const request_rec *r)
{
    return !r->main && !r->prev;
}

static bool is_server_name(const aty_live *live, const request_rec *r)
{
    return live && r->hostname && strcmp(r->hostname, live->name) == 0;
}

/* The request is for the vhost that the handshake chose. That is all there is to say,
 * but on the default vhost of the address, which also gets the names of nobody. */
static bool is_plainly_same(const aty_connection *connection, const request_rec *r)
{
    return r->server == connection->plain && (r->server != r->connection->base_server ||
                                              is_server_name(connection->live, r));
}

static uint32_t vhost_of(const aty_live *live)
{
    return live ? live->vhost : ATY_NONE;
}

static aty_live_pair live_pair_of(const aty_connection *connection, const request_rec *r)
{
    return (aty_live_pair){
        .connection = connection->live,
        .base = aty_config_of(r->connection->base_server)->live,
        .request = aty_config_of(r->server)->live,
    };
}

static aty_pair pair_of(const aty_live_pair *live, const aty_connection *connection,
                        const request_rec *r)
{
    const char *host = r->hostname ? r->hostname : "";

    return (aty_pair){
        .connection = vhost_of(live->connection),
        .address_set = connection->address_set,
        .base = vhost_of(live->base),
        .request = vhost_of(live->request),
        .authority = host,
        .authority_length = strlen(host),
        .had_sni = connection->had_sni,
        .h2 = r->connection->master != NULL,
        .is_named = is_server_name(live->request, r),
    };
}

static aty_verdict misdirected(aty_reason reason)
{
    return (aty_verdict){ATY_MISDIRECTED, reason, ATY_REASON_BIT(reason)};
}

/* On a vhost's own connection all is said where no table speaks of it. */
static aty_verdict decide_same(const aty_site *site, const aty_live_pair *live,
                               const aty_pair *pair)
{
    const aty_verdict same = {ATY_SAME, ATY_REASON_COUNT, 0};

    if (site->failure || pair->request == ATY_NONE || aty_quarantine_parts(live)) {
        return same;
    }
    return aty_verdict_decide(&site->table, pair);
}

static aty_verdict decide_cross(const aty_site *site, const aty_live_pair *live,
                                const aty_pair *pair)
{
    aty_verdict verdict;

    if (site->failure) {
        return misdirected(ATY_REASON_NO_TABLE);
    }
    if (aty_quarantine_parts(live)) {
        return misdirected(ATY_REASON_DRIFTED);
    }
    verdict = aty_verdict_decide(&site->table, pair);
    if (verdict.outcome != ATY_MISDIRECTED &&
        aty_quarantine_limits(&site->table, live, pair)) {
        return misdirected(ATY_REASON_DRIFTED);
    }
    return verdict;
}

static bool has_error_document(const request_rec *r, int status)
{
    const core_dir_config *config = ap_get_core_module_config(r->per_dir_config);
    int index = ap_index_of_response(status);

    return config->response_code_exprs &&
           apr_hash_get(config->response_code_exprs, &index, sizeof index);
}

static int refuse(request_rec *r)
{
    /* An ErrorDocument would run inside the misdirected vhost. Only where there is one:
     * what httpd needs to remember the text can cost the request a further block of
     * memory, and its own text is as good. */
    if (has_error_document(r, HTTP_MISDIRECTED_REQUEST)) {
        ap_custom_response(r, HTTP_MISDIRECTED_REQUEST, answer);
    }
    if (!r->connection->master) {
        r->connection->keepalive = AP_CONN_CLOSE; /* as httpd does, but for the header */
    }
    return HTTP_MISDIRECTED_REQUEST;
}

/* Kept out of line: a request of the own vhost makes no room for what it needs. */
__attribute__((noinline)) static int judge(request_rec *r,
                                           const aty_connection *connection)
{
    const aty_config *config = aty_config_of(r->server);
    aty_live_pair live;
    aty_pair pair;
    aty_verdict verdict;
    bool observed;

    if (config->engine == ATY_ENGINE_OFF ||
        (!connection->server && !ap_ssl_conn_is_ssl(r->connection))) {
        return DECLINED;
    }
    live = live_pair_of(connection, r);
    pair = pair_of(&live, connection, r);
    verdict = (r->server == connection->server ? decide_same : decide_cross)(
        config->site, &live, &pair);
    observed = config->engine == ATY_ENGINE_OBSERVE;
    aty_report_verdict(r, connection, &pair, &verdict, observed);
    if (verdict.outcome != ATY_MISDIRECTED) {
        return DECLINED;
    }
    aty_report_misdirected(r, connection, &pair, verdict.reason, observed);
    return observed ? DECLINED : refuse(r);
}

int aty_misdirected_refuse(request_rec *r)
{
    const aty_connection *connection = aty_connection_of(r->connection);

    if (!connection || r->proxyreq == PROXYREQ_PROXY || !is_initial(r)) {
        return DECLINED;
    }
    if (is_plainly_same(connection, r)) {
        aty_report_same(r, connection);
        return DECLINED;
    }
    return judge(r, connection);
}
