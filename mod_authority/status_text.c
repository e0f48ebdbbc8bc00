#include <apr_strings.h>
#include <http_protocol.h>

#include "mod_authority/status_formats.h"

static void line(request_rec *r, const char *key, const char *value)
{
    ap_rvputs(r, "Authority", key, ": ", value, "\n", NULL);
}

static void number(request_rec *r, const char *key, uint64_t value)
{
    ap_rprintf(r, "Authority%s: %" APR_UINT64_T_FMT "\n", key, (apr_uint64_t)value);
}

/* Seconds since 1970; left out where it is not known. */
static void moment(request_rec *r, const char *key, apr_time_t value)
{
    if (value) {
        number(r, key, (uint64_t)apr_time_sec(value));
    }
}

static void table_lines(request_rec *r, const aty_status_facts *facts)
{
    if (facts->table) {
        line(r, "Table", facts->table);
    }
    if (facts->failure) {
        line(r, "TableFailure", facts->failure);
    }
    if (facts->id) {
        line(r, "TableId", facts->id);
        line(r, "SNIPolicy", facts->sni_policy);
    }
    moment(r, "TableWritten", facts->written);
    moment(r, "TableLoaded", facts->loaded);
    number(r, "TableVhosts", facts->vhosts_in_table);
    number(r, "TableNames", facts->names_in_table);
    number(r, "TableGroups", facts->groups_in_table);
}

static void vhost_lines(request_rec *r, const aty_status_facts *facts)
{
    number(r, "EngineOn", facts->engines[ATY_ENGINE_ON]);
    number(r, "EngineObserve", facts->engines[ATY_ENGINE_OBSERVE]);
    number(r, "EngineOff", facts->engines[ATY_ENGINE_OFF]);
    line(r, "Drift", facts->drift);
    for (int state = 0; state < ATY_STATUS_STATES; state++) {
        number(r, apr_pstrcat(r->pool, "Vhosts-", aty_status_state_name(state), NULL),
               facts->states[state]);
    }
}

static void count_lines(request_rec *r, const aty_status_facts *facts)
{
    number(r, "Connections", facts->counts[ATY_COUNT_CONNECTIONS]);
    number(r, "OriginFrames", facts->counts[ATY_COUNT_ORIGIN_FRAMES]);
    number(r, "Same", facts->counts[ATY_COUNT_SAME]);
    number(r, "Shared", facts->counts[ATY_COUNT_SHARED]);
    number(r, "Misdirected", facts->misdirected);
    number(r, "Would421", facts->would);
}

static void reason_lines(request_rec *r, const aty_status_facts *facts)
{
    for (int i = 0; i < ATY_REASON_COUNT; i++) {
        const char *name = aty_reason_name((aty_reason)i);
        number(r, apr_pstrcat(r->pool, "Misdirected-", name, NULL),
               facts->counts[ATY_COUNT_MISDIRECTED + i]);
        number(r, apr_pstrcat(r->pool, "Would421-", name, NULL),
               facts->counts[ATY_COUNT_WOULD + i]);
    }
}

static void single_lines(request_rec *r, const aty_status_facts *facts)
{
    for (int i = 0; i < facts->vhosts->nelts; i++) {
        const aty_status_vhost *vhost =
            &APR_ARRAY_IDX(facts->vhosts, i, const aty_status_vhost);
        ap_rvputs(r, "AuthorityVhost: ", aty_status_state_name(vhost->state), " ",
                  vhost->name, " (", vhost->place, "): ", vhost->why, "\n", NULL);
    }
    number(r, "VhostsLeftOut", facts->vhosts_left_out);
    for (size_t i = 0; i < facts->pair_count; i++) {
        const aty_status_pair *pair = &facts->pairs[i];
        ap_rprintf(
            r,
            "AuthorityPair: %" APR_UINT64_T_FMT " %" APR_UINT64_T_FMT " %s %s%s %s %s\n",
            (apr_uint64_t)pair->refused, (apr_uint64_t)pair->observed,
            aty_reason_name(pair->reason), *pair->connection ? pair->connection : "-",
            pair->had_sni ? "" : "(no-SNI)", pair->requested ? pair->requested : "-",
            pair->example);
    }
}

void aty_status_text_short(request_rec *r, const aty_status_facts *facts)
{
    line(r, "State", aty_health_name(facts->health));
    line(r, "Summary", facts->summary);
    table_lines(r, facts);
    vhost_lines(r, facts);
    count_lines(r, facts);
}

void aty_status_text(request_rec *r, const aty_status_facts *facts)
{
    aty_status_text_short(r, facts);
    reason_lines(r, facts);
    single_lines(r, facts);
}
