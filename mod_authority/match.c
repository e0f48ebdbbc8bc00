#include "mod_authority/match.h"

#include <string.h>

#include <apr_strings.h>
#include <http_core.h>

#include "mod_authority/config.h"

static bool is_any_address(const apr_sockaddr_t *address)
{
    static const char zeros[16];

    return address->ipaddr_len <= (int)sizeof zeros &&
           memcmp(address->ipaddr_ptr, zeros, (size_t)address->ipaddr_len) == 0;
}

/* The address as a table spells it; "*" for any, as server/vhost.c has it. */
static const char *address_host(const server_addr_rec *address, char *text, size_t size)
{
    if (is_any_address(address->host_addr)) {
        return "*";
    }
    return apr_sockaddr_ip_getbuf(text, size, address->host_addr) == APR_SUCCESS ? text
                                                                                 : "";
}

static const char *address_text(apr_pool_t *pool, const char *host, uint32_t port)
{
    const char *format = strchr(host, ':') ? "[%s]:%s" : "%s:%s";

    return apr_psprintf(pool, format, host, port ? apr_psprintf(pool, "%u", port) : "*");
}

/* The addresses of a live vhost, "A, B". `*` is one address for each family in httpd. */
static const char *live_addresses(apr_pool_t *pool, const server_rec *server)
{
    const char *all = "";
    const char *last = "";

    for (const server_addr_rec *a = server->addrs; a; a = a->next) {
        char text[64];
        const char *address =
            address_text(pool, address_host(a, text, sizeof text), a->host_port);
        if (strcmp(address, last) != 0) {
            all = apr_pstrcat(pool, all, *all ? ", " : "", address, NULL);
        }
        last = address;
    }
    return *all ? all : "none";
}

/* The addresses of a vhost of the table, likewise. */
static const char *table_addresses(apr_pool_t *pool, const aty_table *table,
                                   uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_seat_record *seats = table->seats + aty_get(record->first_seat);
    const char *all = "";

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        const aty_address_set_record *set =
            &table->address_sets[aty_get(seats[i].address_set)];
        all = apr_pstrcat(
            pool, all, i ? ", " : "",
            address_text(pool, aty_table_string(table, set->host), aty_get(set->port)),
            NULL);
    }
    return all;
}

/* What matching works on. */
typedef struct {
    aty_site *site;
    const aty_table *table;
    apr_pool_t *pool;
    apr_pool_t *scratch;
} matching;

static bool has_number(const apr_array_header_t *numbers, uint32_t number)
{
    for (int i = 0; i < numbers->nelts; i++) {
        if (APR_ARRAY_IDX(numbers, i, uint32_t) == number) {
            return true;
        }
    }
    return false;
}

/* The table's own look-up goes from one set to the next. */
static apr_hash_t *index_sets(const aty_table *table, apr_pool_t *pool)
{
    apr_hash_t *sets = apr_hash_make(pool);

    for (uint32_t i = table->counts[ATY_SECTION_ADDRESS_SETS]; i-- > 0;) {
        const aty_address_set_record *set = &table->address_sets[i];
        uint32_t *number = apr_palloc(pool, sizeof *number);
        *number = i;
        apr_hash_set(
            sets,
            address_text(pool, aty_table_string(table, set->host), aty_get(set->port)),
            APR_HASH_KEY_STRING, number);
    }
    return sets;
}

apr_array_header_t *aty_match_sets(apr_pool_t *pool, const aty_site *site,
                                   const server_rec *server, bool *has_others)
{
    apr_array_header_t *sets = apr_array_make(pool, 2, sizeof(uint32_t));

    *has_others = false;
    for (const server_addr_rec *a = server->addrs; a; a = a->next) {
        char text[64];
        const char *key =
            address_text(pool, address_host(a, text, sizeof text), a->host_port);
        const uint32_t *set = apr_hash_get(site->sets, key, APR_HASH_KEY_STRING);
        if (!set) {
            *has_others = true;
        }
        else if (!has_number(sets, *set)) {
            APR_ARRAY_PUSH(sets, uint32_t) = *set;
        }
    }
    return sets;
}

/* The vhost of the table with this ServerName on exactly these address sets. */
static uint32_t vhost_on(const matching *m, const aty_live *live,
                         const apr_array_header_t *sets)
{
    uint32_t vhost = ATY_NONE;

    for (int i = 0; i < sets->nelts; i++) {
        uint32_t here = aty_vhost_with_server_name(
            m->table, APR_ARRAY_IDX(sets, i, uint32_t), live->name, strlen(live->name));
        if (here == ATY_NONE || (i > 0 && here != vhost)) {
            return ATY_NONE;
        }
        vhost = here;
    }
    if (vhost == ATY_NONE ||
        (uint32_t)sets->nelts != aty_get(m->table->vhosts[vhost].seat_count)) {
        return ATY_NONE;
    }
    return vhost;
}

/* The first on an address is its default vhost, also if the table does not know it. */
static void note_first(const matching *m, aty_live *live, const apr_array_header_t *sets)
{
    for (int i = 0; i < sets->nelts; i++) {
        aty_live **first = &m->site->first_on[APR_ARRAY_IDX(sets, i, uint32_t)];
        *first = *first ? *first : live;
    }
}

static void take_seats(const matching *m, aty_live *live)
{
    const aty_vhost_record *record = &m->table->vhosts[live->vhost];
    const aty_seat_record *seats = m->table->seats + aty_get(record->first_seat);

    live->seat_count = aty_get(record->seat_count);
    live->seats = apr_pcalloc(m->pool, live->seat_count * sizeof *live->seats);
    for (uint32_t i = 0; i < live->seat_count; i++) {
        aty_live_seat *seat = &live->seats[i];
        seat->address_set = aty_get(seats[i].address_set);
        apr_snprintf(seat->group, sizeof seat->group, "%u", aty_get(seats[i].group));
        if (aty_get(seats[i].frame) != ATY_NONE) {
            seat->frame = m->table->frames + aty_get(seats[i].frame);
            seat->frame_size = aty_get(seats[i].frame_size);
        }
    }
}

static void take(const matching *m, aty_live *live, uint32_t vhost)
{
    m->site->of_vhost[vhost] = live;
    live->vhost = vhost;
    live->state = ATY_LIVE_AGREES;
    take_seats(m, live);
}

/* One vhost of the table is one live vhost: two would be taken for the same one. The
 * first in the order of the configuration is the one that httpd selects by the name. */
static void match_exactly(const matching *m, aty_live *live)
{
    bool has_others;
    const apr_array_header_t *sets =
        aty_match_sets(m->scratch, m->site, live->server, &has_others);
    uint32_t vhost = has_others ? ATY_NONE : vhost_on(m, live, sets);

    note_first(m, live, sets);
    if (vhost != ATY_NONE && !m->site->of_vhost[vhost]) {
        take(m, live, vhost);
    }
    else if (vhost != ATY_NONE) {
        live->is_double = true;
        live->why = "an earlier vhost has its ServerName and addresses";
    }
}

/* The vhosts of the table that are not found, by ServerName: uint32_t *, and of several
 * with one name the first. */
static apr_hash_t *unfound_names(const matching *m)
{
    apr_hash_t *names = apr_hash_make(m->scratch);

    for (uint32_t v = m->table->counts[ATY_SECTION_VHOSTS]; v-- > 0;) {
        if (!m->site->of_vhost[v]) {
            uint32_t *vhost = apr_palloc(m->scratch, sizeof *vhost);
            *vhost = v;
            apr_hash_set(names, aty_vhost_server_name(m->table, v), APR_HASH_KEY_STRING,
                         vhost);
        }
    }
    return names;
}

/* A vhost of this name on other addresses has moved. */
static void match_by_name(const matching *m, apr_hash_t *unfound, aty_live *live)
{
    const uint32_t *vhost = apr_hash_get(unfound, live->name, APR_HASH_KEY_STRING);

    if (vhost && !m->site->of_vhost[*vhost]) {
        take(m, live, *vhost);
        live->state = ATY_LIVE_DRIFTED;
        live->has_moved = true;
        live->why = apr_psprintf(m->pool, "its addresses: the table has %s, httpd %s",
                                 table_addresses(m->scratch, m->table, *vhost),
                                 live_addresses(m->scratch, live->server));
    }
    else if (!live->why) {
        live->why = apr_psprintf(m->pool, "the table has no such ServerName on %s",
                                 live_addresses(m->scratch, live->server));
    }
}

static const char *seat_key(apr_pool_t *pool, uint32_t set, const char *name)
{
    return apr_psprintf(pool, "%u %s", set, name);
}

/* The ServerNames of the servers without TLS, in lower case, on each address set. */
static apr_hash_t *plain_names(const matching *m, const server_rec *main_server)
{
    apr_hash_t *names = apr_hash_make(m->scratch);

    for (const server_rec *server = main_server; server; server = server->next) {
        bool has_others;
        const apr_array_header_t *sets;
        char *name;
        if (aty_config_of(server)->live || !server->server_hostname) {
            continue;
        }
        name = apr_pstrdup(m->scratch, server->server_hostname);
        ap_str_tolower(name);
        sets = aty_match_sets(m->scratch, m->site, server, &has_others);
        for (int i = 0; i < sets->nelts; i++) {
            apr_hash_set(names,
                         seat_key(m->scratch, APR_ARRAY_IDX(sets, i, uint32_t), name),
                         APR_HASH_KEY_STRING, name);
        }
    }
    return names;
}

/* A vhost without TLS on an address with TLS: it takes its names away from the others
 * there, and so a policy has it, isolated, as `authorityc import` writes it. */
static bool is_plain(const matching *m, apr_hash_t *plain, uint32_t vhost)
{
    static const char isolated[] = "Isolate on";
    const aty_setting_record *zone = aty_vhost_setting(m->table, vhost, ATY_FIELD_ZONE);
    const aty_vhost_record *record = &m->table->vhosts[vhost];
    const aty_seat_record *seats = m->table->seats + aty_get(record->first_seat);
    const char *name = aty_vhost_server_name(m->table, vhost);

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        const char *key = seat_key(m->scratch, aty_get(seats[i].address_set), name);
        if (!apr_hash_get(plain, key, APR_HASH_KEY_STRING)) {
            return false;
        }
    }
    return strncmp(aty_table_string(m->table, zone->text), isolated,
                   sizeof isolated - 1) == 0;
}

static void note_missing(const matching *m, uint32_t vhost)
{
    aty_missing missing = {
        vhost, apr_psprintf(m->pool,
                            "httpd has no vhost of this ServerName with SSLEngine on; "
                            "the table has it on %s",
                            table_addresses(m->scratch, m->table, vhost))};

    if (!m->site->missing) {
        m->site->missing = apr_array_make(m->pool, 4, sizeof missing);
    }
    APR_ARRAY_PUSH(m->site->missing, aty_missing) = missing;
}

static void find_missing(const matching *m, const server_rec *main_server)
{
    apr_hash_t *plain = plain_names(m, main_server);

    for (uint32_t v = 0; v < m->table->counts[ATY_SECTION_VHOSTS]; v++) {
        if (!m->site->of_vhost[v] && !is_plain(m, plain, v)) {
            note_missing(m, v);
        }
    }
}

void aty_match_all(const server_rec *main_server, apr_pool_t *pool, apr_pool_t *scratch)
{
    aty_site *site = aty_config_of(main_server)->site;
    uint32_t vhosts = site->table.counts[ATY_SECTION_VHOSTS];
    const matching m = {site, &site->table, pool, scratch};
    int count = site->live ? site->live->nelts : 0;
    apr_hash_t *unfound;

    site->sets = index_sets(&site->table, pool);
    site->of_vhost = apr_pcalloc(pool, (vhosts + 1) * sizeof(aty_live *));
    site->first_on = apr_pcalloc(
        pool, (site->table.counts[ATY_SECTION_ADDRESS_SETS] + 1) * sizeof(aty_live *));
    for (int i = count; i-- > 0;) {
        aty_live *live = APR_ARRAY_IDX(site->live, i, aty_live *);
        live->order = count - i;
        if (live->server->is_virtual) {
            match_exactly(&m, live);
        }
        else {
            live->why = "it is the main server, and no policy can name it";
        }
    }
    unfound = unfound_names(&m);
    for (int i = count; i-- > 0;) {
        aty_live *live = APR_ARRAY_IDX(site->live, i, aty_live *);
        if (live->vhost == ATY_NONE && live->server->is_virtual) {
            match_by_name(&m, unfound, live);
        }
    }
    find_missing(&m, main_server);
}
