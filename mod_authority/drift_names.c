/* Names, and what httpd itself makes of vhosts. */
#include "mod_authority/drift_checks.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>
#include <http_core.h>

#include "core/names.h"
#include "mod_authority/http2.h"
#include "mod_authority/match.h"
#include "mod_authority/name_list.h"
#include "mod_authority/place.h"
#include "mod_authority/strays.h"

static const char *lower(apr_pool_t *pool, const char *name)
{
    char *copy = apr_pstrdup(pool, name);

    ap_str_tolower(copy);
    return copy;
}

static void add_names(apr_array_header_t *names, const apr_array_header_t *aliases)
{
    for (int i = 0; aliases && i < aliases->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(aliases, i, const char *);
        if (alias) {
            APR_ARRAY_PUSH(names, const char *) = lower(names->pool, alias);
        }
    }
}

/* All names of a live vhost, in lower case, as the configuration has them. */
static apr_array_header_t *live_names(apr_pool_t *pool, const aty_live *live)
{
    apr_array_header_t *names = apr_array_make(pool, 8, sizeof(const char *));

    APR_ARRAY_PUSH(names, const char *) = live->name;
    add_names(names, live->server->names);
    add_names(names, live->server->wild_names);
    return names;
}

static bool has_alias(const apr_array_header_t *aliases, const char *name)
{
    for (int i = 0; aliases && i < aliases->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(aliases, i, const char *);
        if (alias && strcasecmp(alias, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_name(const aty_live *live, const char *name)
{
    return live &&
           (strcmp(live->name, name) == 0 || has_alias(live->server->names, name) ||
            has_alias(live->server->wild_names, name));
}

/* Whether httpd gives the name to an earlier vhost, as the table has it, wherever this
 * one is: such a name may be left out of a policy, and `authorityc import` does. */
static bool is_shadowed(const aty_drift_search *search, const aty_live *live,
                        const apr_array_header_t *sets, const char *name)
{
    for (int i = 0; i < sets->nelts; i++) {
        uint32_t vhost = aty_vhost_named(search->table, APR_ARRAY_IDX(sets, i, uint32_t),
                                         name, strlen(name));
        const aty_live *owner = vhost == ATY_NONE ? NULL : search->site->of_vhost[vhost];
        if (!owner || owner->order >= live->order || !has_name(owner, name)) {
            return false;
        }
    }
    return sets->nelts > 0;
}

/* A name that httpd finds by no Host header: it drops a dot at the end, and takes what
 * follows a colon for a port (server/vhost.c, fix_hostname). */
static bool is_never_asked(const char *name)
{
    size_t length = strlen(name);

    return length == 0 || name[length - 1] == '.' || strchr(name, ':');
}

/* The names of the table's vhost; none where it has not the vhost. */
static apr_hash_t *table_names(apr_pool_t *pool, const aty_table *table, uint32_t vhost)
{
    apr_hash_t *names = apr_hash_make(pool);
    const aty_name_record *record;
    uint32_t count;

    if (vhost == ATY_NONE) {
        return names;
    }
    record = table->names + aty_get(table->vhosts[vhost].first_name);
    count = aty_get(table->vhosts[vhost].name_count);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = aty_table_string(table, record[i].name);
        apr_hash_set(names, name, APR_HASH_KEY_STRING, name);
    }
    return names;
}

/* The names that httpd has and the table has not; they become strays. */
static const char *surplus(const aty_drift_search *search, const aty_live *live,
                           const apr_array_header_t *names, apr_hash_t *expected)
{
    aty_name_list list = {NULL, 0};
    bool has_others;
    const apr_array_header_t *sets =
        aty_match_sets(names->pool, search->site, live->server, &has_others);

    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (!apr_hash_get(expected, name, APR_HASH_KEY_STRING) && !is_never_asked(name) &&
            !is_shadowed(search, live, sets, name)) {
            aty_strays_note(search->site, search->pool, live->server, name);
            aty_name_list_add(names->pool, &list, name);
        }
    }
    return aty_name_list_text(names->pool, &list);
}

/* The names that the table has and httpd has not, in the order of the policy. */
static const char *lacking(const aty_drift_search *search, const aty_live *live,
                           const apr_array_header_t *names)
{
    const aty_table *table = search->table;
    apr_hash_t *present = apr_hash_make(names->pool);
    const aty_name_record *record;
    aty_name_list list = {NULL, 0};

    if (live->vhost == ATY_NONE) {
        return NULL;
    }
    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        apr_hash_set(present, name, APR_HASH_KEY_STRING, name);
    }
    record = table->names + aty_get(table->vhosts[live->vhost].first_name);
    for (uint32_t i = 0; i < aty_get(table->vhosts[live->vhost].name_count); i++) {
        const char *name = aty_table_string(table, record[i].name);
        if (!apr_hash_get(present, name, APR_HASH_KEY_STRING)) {
            aty_name_list_add(names->pool, &list, name);
        }
    }
    return aty_name_list_text(names->pool, &list);
}

static const char *compare_names(const aty_drift_search *search, const aty_live *live,
                                 apr_pool_t *pool)
{
    apr_array_header_t *names = live_names(pool, live);
    const char *gone = lacking(search, live, names);
    const char *added =
        surplus(search, live, names, table_names(pool, search->table, live->vhost));
    const char *where;

    if (live->vhost == ATY_NONE || (!gone && !added)) {
        return NULL;
    }
    where = aty_place_vhost(pool, search->table, live->vhost);
    if (!added) {
        return apr_psprintf(search->pool, "names: the table has %s (%s), httpd has not",
                            gone, where);
    }
    if (!gone) {
        return apr_psprintf(search->pool, "names: httpd has %s, the table has not (%s)",
                            added, where);
    }
    return apr_psprintf(search->pool,
                        "names: the table has %s, httpd has not; httpd has %s, the table "
                        "has not (%s)",
                        gone, added, where);
}

const char *aty_drift_names(aty_drift_search *search, aty_live *live)
{
    apr_pool_t *pool;
    const char *what;

    if (live->vhost == ATY_NONE && !live->server->is_virtual) {
        return NULL; /* the main server is found by no name */
    }
    apr_pool_create(&pool, search->scratch);
    what = compare_names(search, live, pool);
    apr_pool_destroy(pool);
    return what;
}

/* Whether the vhost of the table could be the first there, were it not for another. */
static bool is_still_there(const aty_live *live)
{
    return live && !live->has_moved;
}

/* The first vhost on an address answers those who name none. */
const char *aty_drift_default_vhost(aty_drift_search *search, aty_live *live)
{
    const aty_table *table = search->table;

    for (uint32_t i = 0; i < live->seat_count; i++) {
        uint32_t set = live->seats[i].address_set;
        uint32_t wanted = aty_get(table->address_sets[set].default_vhost);
        if (search->site->first_on[set] == live && wanted != live->vhost &&
            is_still_there(search->site->of_vhost[wanted])) {
            return apr_psprintf(
                search->pool,
                "the default vhost of its address: the table has '%s' (%s), httpd this "
                "one, which comes before it",
                aty_vhost_server_name(table, wanted),
                aty_place_vhost(search->scratch, table, wanted));
        }
    }
    return NULL;
}

static bool speaks_h2(const server_rec *server)
{
    const core_server_config *core = ap_get_core_module_config(server->module_config);

    for (int i = 0; core->protocols && i < core->protocols->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(core->protocols, i, const char *), "h2") == 0) {
            return true;
        }
    }
    return false;
}

const char *aty_drift_http(aty_drift_search *search, aty_live *live)
{
    uint32_t flags = aty_get(search->table->vhosts[live->vhost].flags);
    bool has_h2 = speaks_h2(live->server);

    /* Where nobody gets h2, Protocols means nothing, and an import leaves it out. */
    if (has_h2 == ((flags & ATY_VHOST_H2) != 0) || !aty_http2_is_served()) {
        return NULL;
    }
    return aty_drift_text(search, live, ATY_FIELD_HTTP, has_h2 ? "no h2" : "h2",
                          has_h2 ? "h2" : "no h2");
}
