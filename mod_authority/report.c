#include "mod_authority/report.h"

#include <apr_strings.h>
#include <http_log.h>

#include "mod_authority/busiest.h"
#include "mod_authority/config.h"
#include "mod_authority/counters.h"
#include "mod_authority/place.h"

APLOG_USE_MODULE(authority);

/* Added, not set: nobody has them yet, and to look for them would cost more than all else
 * that is done for a request that is fine. The strings are not copied. */
static void add(request_rec *r, const char *name, const char *value)
{
    apr_table_addn(r->subprocess_env, name, value);
}

void aty_report_same(request_rec *r, const aty_connection *connection)
{
    aty_count(r->connection->id, ATY_COUNT_SAME);
    add(r, "AUTHORITY_VERDICT", aty_outcome_name(ATY_SAME));
    add(r, "AUTHORITY_CONN", connection->server->server_hostname);
}

static aty_counter counter_of(const aty_verdict *verdict, bool observed)
{
    if (verdict->outcome == ATY_SAME) {
        return ATY_COUNT_SAME;
    }
    if (verdict->outcome == ATY_SHARED) {
        return ATY_COUNT_SHARED;
    }
    return (observed ? ATY_COUNT_WOULD : ATY_COUNT_MISDIRECTED) + verdict->reason;
}

/* The group of the request's vhost, where it meets the connection; NULL: unknown. */
static const char *request_group(const request_rec *r, const aty_connection *connection,
                                 const aty_pair *pair)
{
    const aty_live *live = aty_config_of(r->server)->live;
    const aty_live_seat *seat;

    if (connection->address_set == ATY_NONE || pair->request == ATY_NONE) {
        return NULL;
    }
    seat = aty_live_seat_on(live, connection->address_set);
    return seat ? seat->group : NULL;
}

void aty_report_verdict(request_rec *r, const aty_connection *connection,
                        const aty_pair *pair, const aty_verdict *verdict, bool observed)
{
    const char *group = request_group(r, connection, pair);
    bool would = observed && verdict->outcome == ATY_MISDIRECTED;

    aty_count(r->connection->id, counter_of(verdict, observed));
    add(r, "AUTHORITY_VERDICT", would ? "would-421" : aty_outcome_name(verdict->outcome));
    if (connection->server) {
        add(r, "AUTHORITY_CONN", connection->server->server_hostname);
    }
    if (group) {
        add(r, "AUTHORITY_GROUP", group);
    }
    if (verdict->outcome == ATY_MISDIRECTED) {
        add(r, "AUTHORITY_REASON", aty_reason_name(verdict->reason));
    }
}

/* The name of its vhost that the request is for, as it is configured; NULL: none is, and
 * the vhost was chosen by address. As server/vhost.c compares them, matches_aliases. */
static const char *configured_name(const request_rec *r)
{
    const apr_array_header_t *names = r->server->names;
    const apr_array_header_t *patterns = r->server->wild_names;

    if (!r->hostname || strcasecmp(r->hostname, r->server->server_hostname) == 0) {
        return r->hostname ? r->server->server_hostname : NULL;
    }
    for (int i = 0; names && i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (name && strcasecmp(r->hostname, name) == 0) {
            return name;
        }
    }
    for (int i = 0; patterns && i < patterns->nelts; i++) {
        const char *pattern = APR_ARRAY_IDX(patterns, i, const char *);
        if (pattern && ap_strcasecmp_match(r->hostname, pattern) == 0) {
            return pattern;
        }
    }
    return NULL;
}

static aty_log_limit *remember(const request_rec *r, const aty_connection *connection,
                               const aty_pair *pair, aty_reason reason, bool observed)
{
    const char *host = apr_table_get(r->headers_in, "Host");
    const aty_misdirection misdirection = {
        .connection = connection->server ? connection->server->server_hostname : "",
        .had_sni = connection->had_sni,
        .requested = configured_name(r),
        .authority = host ? host : pair->authority,
        .reason = reason,
        .observed = observed,
        .time = r->request_time,
    };

    return aty_busiest_count(&misdirection);
}

/* What is to be said of lines that were not logged; NULL: this one is not to be either.
 */
static const char *left_out_text(const request_rec *r, aty_log_limit *limit)
{
    uint64_t left_out;
    apr_time_t since;
    apr_time_exp_t clock;

    if (APLOGrdebug(r)) {
        return "";
    }
    if (!aty_busiest_line_due(limit, r->request_time, &left_out, &since)) {
        return NULL;
    }
    if (left_out == 0) {
        return "";
    }
    apr_time_exp_lt(&clock, since);
    return apr_psprintf(
        r->pool,
        "; %" APR_UINT64_T_FMT " %s since %02d:%02d:%02d %s not "
        "logged",
        left_out, aty_busiest_is_common(limit) ? "of rare pairs" : "like it",
        clock.tm_hour, clock.tm_min, clock.tm_sec, left_out == 1 ? "was" : "were");
}

void aty_report_misdirected(request_rec *r, const aty_connection *connection,
                            const aty_pair *pair, aty_reason reason, bool observed)
{
    aty_log_limit *limit = remember(r, connection, pair, reason, observed);
    const char *left_out = APLOGrinfo(r) ? left_out_text(r, limit) : NULL;

    if (!left_out) {
        return;
    }
    ap_log_rerror(
        APLOG_MARK, APLOG_INFO, 0, r,
        "%s on a connection of '%s': request for '%s' (vhost '%s'): %s: %s (%s)%s",
        observed ? "ATY302: would be misdirected" : "ATY301: misdirected",
        connection->server ? connection->server->server_hostname : "-",
        ap_escape_logitem(r->pool, pair->authority), r->server->server_hostname,
        aty_reason_name(reason), aty_reason_sentence(reason),
        aty_place_reason(r, connection->server, pair, reason), left_out);
}
