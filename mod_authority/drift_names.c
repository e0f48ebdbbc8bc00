/* Names, and what httpd itself makes of vhosts. */
#include "mod_authority/drift_checks.h"

#include <string.h>

#include <apr_strings.h>
#include <http_core.h>

#include "core/names.h"
#include "mod_authority/http2.h"
#include "mod_authority/place.h"

static const char *lower(apr_pool_t *pool, const char *name)
{
    char *copy = apr_pstrdup(pool, name);

    ap_str_tolower(copy);
    return copy;
}

static void add_names(apr_pool_t *pool, apr_hash_t *names,
                      const apr_array_header_t *aliases)
{
    for (int i = 0; aliases && i < aliases->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(aliases, i, const char *);
        if (alias) {
            alias = lower(pool, alias);
            apr_hash_set(names, alias, APR_HASH_KEY_STRING, alias);
        }
    }
}

/* All names of a live vhost, in lower case. */
static apr_hash_t *live_names(apr_pool_t *pool, const aty_live *live)
{
    apr_hash_t *names = apr_hash_make(pool);

    apr_hash_set(names, live->name, APR_HASH_KEY_STRING, live->name);
    add_names(pool, names, live->server->names);
    add_names(pool, names, live->server->wild_names);
    return names;
}

/* Whether httpd gives the name to an earlier vhost wherever this one is: such a name may
 * be left out of a policy, and `authorityc import` does. */
static bool is_shadowed(const aty_table *table, const aty_live *live, const char *name)
{
    for (uint32_t i = 0; i < live->seat_count; i++) {
        if (aty_vhost_named(table, live->seats[i].address_set, name, strlen(name)) >=
            live->vhost) {
            return false;
        }
    }
    return live->seat_count > 0;
}

/* A name that httpd finds by no Host header: it drops a dot at the end, and takes what
 * follows a colon for a port (server/vhost.c, fix_hostname). */
static bool is_never_asked(const char *name)
{
    size_t length = strlen(name);

    return length == 0 || name[length - 1] == '.' || strchr(name, ':');
}

static void note_stray(aty_site *site, apr_pool_t *pool, const char *name)
{
    name = apr_pstrdup(pool, name);
    if (!site->strays) {
        site->strays = apr_hash_make(pool);
        site->stray_patterns = apr_array_make(pool, 4, sizeof(const char *));
    }
    if (aty_name_is_pattern(name)) {
        APR_ARRAY_PUSH(site->stray_patterns, const char *) = name;
    }
    else {
        apr_hash_set(site->strays, name, APR_HASH_KEY_STRING, name);
    }
}

/* A list of names that does not fill the log. */
typedef struct {
    const char *text;
    int count;
} name_list;

#define NAMES_SHOWN 5

static void name_list_add(apr_pool_t *pool, name_list *list, const char *name)
{
    if (list->count < NAMES_SHOWN) {
        list->text = apr_pstrcat(pool, list->count ? list->text : "",
                                 list->count ? ", '" : "'", name, "'", NULL);
    }
    list->count++;
}

static const char *name_list_text(apr_pool_t *pool, const name_list *list)
{
    if (list->count == 0) {
        return NULL;
    }
    return list->count <= NAMES_SHOWN ? list->text
                                      : apr_psprintf(pool, "%s and %d more", list->text,
                                                     list->count - NAMES_SHOWN);
}

/* The names that httpd has and the table has not; they become strays. `names` loses those
 * that both have. */
static const char *surplus(const aty_drift_search *search, const aty_live *live,
                           apr_pool_t *pool, apr_hash_t *names)
{
    name_list list = {NULL, 0};

    for (apr_hash_index_t *i = apr_hash_first(pool, names); i; i = apr_hash_next(i)) {
        const char *name = apr_hash_this_val(i);
        if (!is_never_asked(name) && !is_shadowed(search->table, live, name)) {
            note_stray(search->site, search->pool, name);
            name_list_add(pool, &list, name);
        }
    }
    return name_list_text(pool, &list);
}

/* The names that the table has and httpd has not; removes from `names` those of both. */
static const char *lacking(const aty_drift_search *search, const aty_live *live,
                           apr_pool_t *pool, apr_hash_t *names)
{
    const aty_table *table = search->table;
    const aty_vhost_record *record = &table->vhosts[live->vhost];
    const aty_name_record *name = table->names + aty_get(record->first_name);
    name_list list = {NULL, 0};

    for (uint32_t i = 0; i < aty_get(record->name_count); i++) {
        const char *text = aty_table_string(table, name[i].name);
        if (!apr_hash_get(names, text, APR_HASH_KEY_STRING)) {
            name_list_add(pool, &list, text);
        }
        apr_hash_set(names, text, APR_HASH_KEY_STRING, NULL);
    }
    return name_list_text(pool, &list);
}

static const char *compare_names(const aty_drift_search *search, const aty_live *live,
                                 apr_pool_t *pool)
{
    apr_hash_t *names = live_names(pool, live);
    const char *gone =
        live->vhost == ATY_NONE ? NULL : lacking(search, live, pool, names);
    const char *added = surplus(search, live, pool, names);

    if (live->vhost == ATY_NONE || (!gone && !added)) {
        return NULL;
    }
    return apr_psprintf(
        search->pool, "names: %s%s%s%s%s%s", gone ? "the table has " : "",
        gone ? gone : "",
        gone ? apr_psprintf(pool, " (%s), httpd has not",
                            aty_place_vhost(pool, search->table, live->vhost))
             : "",
        gone && added ? "; " : "", added ? "httpd has " : "",
        added ? apr_psprintf(pool, "%s, the table has not (%s)", added,
                             aty_place_vhost(pool, search->table, live->vhost))
              : "");
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

/* The first vhost on an address answers those who name none. */
const char *aty_drift_default_vhost(aty_drift_search *search, aty_live *live)
{
    const aty_table *table = search->table;

    for (uint32_t i = 0; i < live->seat_count; i++) {
        uint32_t set = live->seats[i].address_set;
        uint32_t wanted = aty_get(table->address_sets[set].default_vhost);
        if (search->first_on[set]) {
            continue;
        }
        search->first_on[set] = live;
        if (wanted != live->vhost && search->site->of_vhost[wanted]) {
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
