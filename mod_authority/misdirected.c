#include "mod_authority/misdirected.h"

#include <string.h>

#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_ssl.h>

#include "core/verdict.h"
#include "mod_authority/config.h"
#include "mod_authority/connection.h"
#include "mod_authority/report.h"

static const char answer[] = "<!DOCTYPE html>\n<title>421 Misdirected Request</title>\n"
                             "<h1>Misdirected Request</h1>\n"
                             "<p>This host is not answered on this connection. Please "
                             "try again on a new one.</p>\n";

/* The request is for the vhost that the handshake chose. That is all there is to say,
 * but on the default vhost of the address, which also gets the names of nobody. */
static bool is_plainly_same(const aty_connection *connection, const request_rec *r)
{
    return r->server == connection->server &&
           (r->server != r->connection->base_server ||
            (r->hostname && strcmp(r->hostname, connection->live->name) == 0));
}

static void fill_pair(aty_pair *pair, const aty_connection *connection,
                      const request_rec *r)
{
    const aty_live *base = aty_config_of(r->connection->base_server)->live;
    const aty_live *request = aty_config_of(r->server)->live;

    pair->connection = connection->live ? connection->live->vhost : ATY_NONE;
    pair->base = base ? base->vhost : ATY_NONE;
    pair->request = request ? request->vhost : ATY_NONE;
    pair->authority = r->hostname ? r->hostname : "";
    pair->authority_length = strlen(pair->authority);
    pair->had_sni = connection->had_sni;
    pair->h2 = r->connection->master != NULL;
}

static aty_verdict decide(const aty_site *site, const aty_pair *pair, bool same_server)
{
    const aty_verdict same = {ATY_SAME, ATY_REASON_COUNT, 0};
    const aty_verdict no_table = {ATY_MISDIRECTED, ATY_REASON_NO_TABLE,
                                  ATY_REASON_BIT(ATY_REASON_NO_TABLE)};

    if (same_server && (site->failure || pair->request == ATY_NONE)) {
        return same; /* no policy says more about it */
    }
    return site->failure ? no_table : aty_verdict_decide(&site->table, pair);
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

int aty_misdirected_refuse(request_rec *r)
{
    const aty_connection *connection = aty_connection_of(r->connection);
    const aty_config *config;
    aty_pair pair;
    aty_verdict verdict;
    bool observed;

    if (!connection || r->proxyreq == PROXYREQ_PROXY || !ap_is_initial_req(r)) {
        return DECLINED;
    }
    if (is_plainly_same(connection, r)) {
        aty_report_same(r, connection);
        return DECLINED;
    }
    config = aty_config_of(r->server);
    if (config->engine == ATY_ENGINE_OFF ||
        (!connection->server && !ap_ssl_conn_is_ssl(r->connection))) {
        return DECLINED;
    }
    fill_pair(&pair, connection, r);
    verdict = decide(config->site, &pair, r->server == connection->server);
    observed = config->engine == ATY_ENGINE_OBSERVE;
    aty_report_verdict(r, connection, &pair, &verdict, observed);
    if (verdict.outcome != ATY_MISDIRECTED) {
        return DECLINED;
    }
    aty_report_misdirected(r, connection, &pair, verdict.reason, observed);
    return observed ? DECLINED : refuse(r);
}
