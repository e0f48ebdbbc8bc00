#include "mod_authority/report.h"

#include <apr_strings.h>
#include <http_log.h>

#include "core/setting.h"
#include "mod_authority/busiest.h"
#include "mod_authority/config.h"
#include "mod_authority/counters.h"

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

/* The field behind a reason, or -1. */
static int reason_field(const aty_table *table, const aty_pair *pair, aty_reason reason)
{
    if (reason < (aty_reason)ATY_FIELD_TLS_COUNT) {
        return (int)reason;
    }
    if (reason == ATY_REASON_HTTP1_ONLY) {
        return ATY_FIELD_HTTP;
    }
    if (reason == ATY_REASON_OTHER_ZONE) {
        return ATY_FIELD_ZONE;
    }
    if (reason == ATY_REASON_TEXTUAL) {
        for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
            if (aty_field_difference(table, pair, (aty_field)field) == ATY_TEXTUAL &&
                aty_field_counts(table, pair, (aty_field)field)) {
                return field;
            }
        }
    }
    return -1;
}

static const char *place_text(apr_pool_t *pool, const aty_table *table, aty_le32 file,
                              aty_le32 line)
{
    const char *name = aty_table_string(table, file);
    const char *source = aty_table_source(table, file, line);

    if (!*name) {
        return "the default";
    }
    return source ? apr_psprintf(pool, "%s:%u, from %s", name, aty_get(line), source)
                  : apr_psprintf(pool, "%s:%u", name, aty_get(line));
}

/* The <Location> of the vhost that an h2 connection cannot serve. */
static const char *location_place(apr_pool_t *pool, const aty_table *table,
                                  uint32_t vhost, uint32_t need)
{
    const aty_location_record *location = aty_vhost_location_needing(table, vhost, need);

    return location ? place_text(pool, table, location->file, location->line) : "";
}

/* Where it is written what a vhost has and the other has not: the directive of the field,
 * or else the vhost. */
static const char *vhost_place(apr_pool_t *pool, const aty_table *table, uint32_t vhost,
                               uint32_t other, int field)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    aty_setting_line line = {0};

    if (field < 0 || other == ATY_NONE) {
        return place_text(pool, table, record->file, record->line);
    }
    if (aty_setting_next_unlike(table, aty_vhost_setting(table, vhost, (aty_field)field),
                                aty_vhost_setting(table, other, (aty_field)field),
                                &line)) {
        return place_text(pool, table, line.place->file, line.place->line);
    }
    return "the default";
}

/* The same of a vhost that the table may not know. */
static const char *side_place(apr_pool_t *pool, const aty_site *site, uint32_t vhost,
                              uint32_t other, const server_rec *server, int field)
{
    if (vhost != ATY_NONE) {
        return vhost_place(pool, &site->table, vhost, other, field);
    }
    if (!server || !server->defn_name) {
        return "the main server";
    }
    return apr_psprintf(pool, "%s:%u", server->defn_name, server->defn_line_number);
}

/* The places that a reason points at, "A" or "A and B". */
static const char *places(const request_rec *r, const aty_connection *connection,
                          const aty_pair *pair, aty_reason reason)
{
    const aty_site *site = aty_config_of(r->server)->site;
    const char *connection_place;
    int field = -1;

    if (reason == ATY_REASON_NO_TABLE) {
        return site->place;
    }
    if (reason == ATY_REASON_LOCATION_CLIENT_AUTH) {
        return location_place(r->pool, &site->table, pair->request,
                              ATY_LOCATION_CLIENT_AUTH);
    }
    if (reason == ATY_REASON_LOCATION_CIPHERS) {
        return location_place(r->pool, &site->table, pair->request, ATY_LOCATION_CIPHERS);
    }
    if (pair->connection != ATY_NONE && pair->request != ATY_NONE) {
        field = reason_field(&site->table, pair, reason);
    }
    connection_place = side_place(r->pool, site, pair->connection, pair->request,
                                  connection->server, field);
    if (r->server == connection->server) {
        return connection_place;
    }
    return apr_pstrcat(
        r->pool, connection_place, " and ",
        side_place(r->pool, site, pair->request, pair->connection, r->server, field),
        NULL);
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
        places(r, connection, pair, reason), left_out);
}
