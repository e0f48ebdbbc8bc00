#include "mod_authority/status_facts.h"

#include <apr_strings.h>
#include <http_core.h>

#include "core/sni_policy.h"
#include "mod_authority/live.h"
#include "mod_authority/place.h"
#include "mod_authority/site.h"
#include "mod_authority/utf8.h"

static const char *const healths[ATY_HEALTHS] = {"good", "attention", "bad"};

static const char *const engines[] = {
    [ATY_ENGINE_UNSET] = "on",
    [ATY_ENGINE_ON] = "on",
    [ATY_ENGINE_OFF] = "off",
    [ATY_ENGINE_OBSERVE] = "observe",
};

static const char *const drifts[] = {
    [ATY_DRIFT_QUARANTINE] = "quarantine",
    [ATY_DRIFT_REFUSE] = "refuse",
    [ATY_DRIFT_IGNORE] = "ignore",
};

static const struct {
    const char *name;
    const char *sentence;
    const char *one;  /* of the summary, after "1" */
    const char *many; /* after another number */
} states[ATY_STATUS_STATES] = {
    [ATY_LIVE_UNKNOWN] = {"unknown", "it is not in the table, and shares with nobody",
                          "vhost is not in the table", "vhosts are not in the table"},
    [ATY_LIVE_AGREES] = {"agrees", "it is what the table says", NULL, NULL},
    [ATY_LIVE_PENDING] = {"pending", "mod_md has no certificate for it yet",
                          "vhost waits for its certificate",
                          "vhosts wait for their certificates"},
    [ATY_LIVE_DRIFTED] = {"drifted", "it is not what the table says", "vhost has drifted",
                          "vhosts have drifted"},
    [ATY_STATUS_MISSING] = {"missing", "the table has it, httpd has not",
                            "vhost of the table is missing",
                            "vhosts of the table are missing"},
};

/* In which order vhosts are told: what an administrator has to do something about first.
 */
static const int order[] = {ATY_LIVE_DRIFTED, ATY_STATUS_MISSING, ATY_LIVE_UNKNOWN,
                            ATY_LIVE_PENDING};

const char *aty_health_name(aty_health health)
{
    return healths[health];
}

const char *aty_engine_name(aty_engine engine)
{
    return engines[engine];
}

const char *aty_status_state_name(int state)
{
    return states[state].name;
}

static aty_engine engine_of(const aty_live *live)
{
    aty_engine engine = aty_config_of(live->server)->engine;

    return engine == ATY_ENGINE_UNSET ? ATY_ENGINE_ON : engine;
}

/* A vhost that the table does not know is in order where it has AuthorityEngine off. The
 * main server is no <VirtualHost>, and no policy can name it. */
static bool is_told(const aty_live *live)
{
    return live->state != ATY_LIVE_UNKNOWN ||
           (engine_of(live) != ATY_ENGINE_OFF && live->server->is_virtual);
}

static const char *table_id(apr_pool_t *pool, const aty_table *table)
{
    const uint8_t *digest = (const uint8_t *)table->header +
                            aty_get(table->header->file_size) - ATY_DIGEST_SIZE;
    char *id = apr_palloc(pool, 2 * ATY_DIGEST_SIZE + 1);

    for (int i = 0; i < ATY_DIGEST_SIZE; i++) {
        apr_snprintf(id + 2 * i, 3, "%02x", digest[i]);
    }
    return id;
}

/* Groups are numbered from 1, and some numbers may be unused. */
static uint32_t count_groups(apr_pool_t *pool, const aty_table *table)
{
    uint32_t seats = table->counts[ATY_SECTION_SEATS];
    bool *seen = apr_pcalloc(pool, (seats + 1) * sizeof *seen);
    uint32_t count = 0;

    for (uint32_t i = 0; i < seats; i++) {
        uint32_t group = aty_get(table->seats[i].group);
        if (group <= seats && !seen[group]) {
            seen[group] = true;
            count++;
        }
    }
    return count;
}

static void gather_table(aty_status_facts *facts, apr_pool_t *pool, const aty_site *site)
{
    if (!site->argument) {
        return;
    }
    facts->table = aty_utf8_clean(pool, site->path ? site->path : site->argument);
    facts->table_place = aty_utf8_clean(pool, site->place);
    facts->written = site->written;
    if (site->failure) {
        facts->failure = aty_utf8_clean(pool, site->failure);
        return;
    }
    facts->id = table_id(pool, &site->table);
    facts->sni_policy = aty_sni_policy_name(site->table.sni_policy);
    facts->loaded = site->loaded;
    facts->vhosts_in_table = site->table.counts[ATY_SECTION_VHOSTS];
    facts->names_in_table = site->table.counts[ATY_SECTION_NAMES];
    facts->groups_in_table = count_groups(pool, &site->table);
}

static void tell(aty_status_facts *facts, apr_pool_t *pool, int state, const char *name,
                 const char *place, const char *why)
{
    if (facts->vhosts->nelts == ATY_STATUS_VHOSTS) {
        facts->vhosts_left_out++;
        return;
    }
    APR_ARRAY_PUSH(facts->vhosts, aty_status_vhost) = (aty_status_vhost){
        .name = aty_utf8_clean(pool, name),
        .place = aty_utf8_clean(pool, place),
        .why = aty_utf8_clean(pool, why ? why : states[state].sentence),
        .state = state,
    };
}

static void tell_missing(aty_status_facts *facts, apr_pool_t *pool, const aty_site *site)
{
    for (int i = 0; site->missing && i < site->missing->nelts; i++) {
        const aty_missing *missing = &APR_ARRAY_IDX(site->missing, i, aty_missing);
        facts->states[ATY_STATUS_MISSING]++;
        tell(facts, pool, ATY_STATUS_MISSING,
             aty_vhost_server_name(&site->table, missing->vhost),
             facts->vhosts->nelts < ATY_STATUS_VHOSTS
                 ? aty_place_vhost(pool, &site->table, missing->vhost)
                 : "",
             missing->why);
    }
}

/* The live vhosts of one state, in the order of the configuration. */
static void tell_live(aty_status_facts *facts, apr_pool_t *pool, const aty_site *site,
                      aty_live_state state)
{
    for (int i = site->live ? site->live->nelts : 0; i-- > 0;) {
        const aty_live *live = APR_ARRAY_IDX(site->live, i, const aty_live *);
        if (live->state == state && is_told(live)) {
            facts->states[state]++;
            if (state != ATY_LIVE_AGREES) {
                tell(facts, pool, (int)state, live->server->server_hostname,
                     aty_place_server(pool, live->server), live->why);
            }
        }
    }
}

static void gather_vhosts(aty_status_facts *facts, apr_pool_t *pool, const aty_site *site)
{
    for (int i = site->live ? site->live->nelts : 0; i-- > 0;) {
        facts->engines[engine_of(APR_ARRAY_IDX(site->live, i, const aty_live *))]++;
    }
    if (!facts->id) {
        return; /* nobody has looked */
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (order[i] == ATY_STATUS_MISSING) {
            tell_missing(facts, pool, site);
        }
        else {
            tell_live(facts, pool, site, (aty_live_state)order[i]);
        }
    }
    tell_live(facts, pool, site, ATY_LIVE_AGREES);
}

static void gather_pairs(aty_status_facts *facts, apr_pool_t *pool)
{
    aty_busy_pair *busy = apr_palloc(pool, ATY_STATUS_PAIRS * sizeof *busy);

    facts->pair_count = aty_busiest_read(busy, ATY_STATUS_PAIRS);
    for (size_t i = 0; i < facts->pair_count; i++) {
        facts->pairs[i] = (aty_status_pair){
            .connection = aty_utf8_clean(pool, busy[i].connection),
            .requested =
                busy[i].requested[0] ? aty_utf8_clean(pool, busy[i].requested) : NULL,
            .example = aty_utf8_clean(pool, busy[i].example),
            .had_sni = busy[i].had_sni,
            .reason = busy[i].reason,
            .refused = busy[i].refused,
            .observed = busy[i].observed,
            .last = busy[i].last,
        };
    }
}

static void gather_counts(aty_status_facts *facts)
{
    aty_counters_read(facts->counts);
    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        facts->misdirected += facts->counts[ATY_COUNT_MISDIRECTED + reason];
        facts->would += facts->counts[ATY_COUNT_WOULD + reason];
    }
}

static const char *number_of_states(const aty_status_facts *facts, apr_pool_t *pool,
                                    int state)
{
    uint32_t count = facts->states[state];

    return apr_psprintf(pool, "%u %s", count,
                        count == 1 ? states[state].one : states[state].many);
}

/* What is not as it could be, although there is a table; NULL: nothing. */
static const char *concerns(const aty_status_facts *facts, apr_pool_t *pool)
{
    uint32_t observing = facts->engines[ATY_ENGINE_OBSERVE];
    const char *all = NULL;

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (facts->states[order[i]] > 0) {
            const char *one = number_of_states(facts, pool, order[i]);
            all = all ? apr_pstrcat(pool, all, "; ", one, NULL) : one;
        }
    }
    if (observing > 0) {
        const char *one = apr_psprintf(pool, "%u %s only observed", observing,
                                       observing == 1 ? "vhost is" : "vhosts are");
        all = all ? apr_pstrcat(pool, all, "; ", one, NULL) : one;
    }
    if (observing + facts->engines[ATY_ENGINE_ON] == 0) {
        return facts->engines[ATY_ENGINE_OFF] ? "AuthorityEngine is off for every vhost"
                                              : "no vhost of httpd has TLS";
    }
    return all;
}

static void judge(aty_status_facts *facts, apr_pool_t *pool)
{
    const char *concern;

    facts->health = ATY_HEALTH_BAD;
    if (!facts->table) {
        facts->summary = "AuthorityTable is not set, and mod_authority does nothing";
        return;
    }
    if (facts->failure) {
        facts->summary = apr_psprintf(
            pool,
            "closed: the table cannot be used: %s; no ORIGIN frames are sent, "
            "and no two vhosts share a connection",
            facts->failure);
        return;
    }
    concern = concerns(facts, pool);
    facts->health = concern ? ATY_HEALTH_ATTENTION : ATY_HEALTH_GOOD;
    facts->summary = concern ? concern
                     : facts->states[ATY_LIVE_AGREES] == 1
                         ? "the vhost with TLS is what the table says"
                         : apr_psprintf(pool, "all %u vhosts are what the table says",
                                        facts->states[ATY_LIVE_AGREES]);
}

const aty_status_facts *aty_status_gather(request_rec *r)
{
    const aty_site *site = aty_config_of(r->server)->site;
    aty_status_facts *facts = apr_pcalloc(r->pool, sizeof *facts);

    facts->now = apr_time_now();
    facts->server = aty_utf8_clean(r->pool, ap_get_server_name(r));
    facts->drift = drifts[site->drift];
    facts->vhosts = apr_array_make(r->pool, 8, sizeof(aty_status_vhost));
    gather_table(facts, r->pool, site);
    gather_vhosts(facts, r->pool, site);
    gather_counts(facts);
    gather_pairs(facts, r->pool);
    judge(facts, r->pool);
    return facts;
}
