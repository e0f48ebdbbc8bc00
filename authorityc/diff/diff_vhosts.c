/* Which vhost of OLD is which of NEW, and what became of vhosts and their names. */
#include "authorityc/diff/diff.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/ids.h"

/* How vhosts are told apart in one of the rounds; NULL: not at all, in this one. */
typedef const char *vhost_key(apr_pool_t *pool, const aty_table *table, uint32_t vhost);

/* ServerName and addresses. */
static const char *full_key(apr_pool_t *pool, const aty_table *table, uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const char *key = aty_vhost_server_name(table, vhost);

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        const aty_seat_record *seat = &table->seats[aty_get(record->first_seat) + i];
        const aty_address_set_record *set =
            &table->address_sets[aty_get(seat->address_set)];
        key = apr_psprintf(pool, "%s %s %u", key, aty_table_string(table, set->host),
                           aty_get(set->port));
    }
    return key;
}

static const char *name_key(apr_pool_t *pool, const aty_table *table, uint32_t vhost)
{
    (void)pool;
    return aty_vhost_server_name(table, vhost);
}

static bool is_found(const aty_diff *diff, int side, uint32_t vhost)
{
    return diff->found[side][vhost] != ATY_NONE;
}

static void found_set(aty_diff *diff, uint32_t old_vhost, uint32_t new_vhost)
{
    diff->found[ATY_OLD][old_vhost] = new_vhost;
    diff->found[ATY_NEW][new_vhost] = old_vhost;
}

/* Those with a key, of the vhosts of a side that are not yet found. */
typedef struct {
    uint32_t vhost; /* the first */
    uint32_t count;
} keyed;

static apr_array_header_t *keys_collect(aty_diff *diff, int side, apr_pool_t *pool,
                                        aty_ids *ids, vhost_key *key)
{
    const aty_table *table = &diff->sides[side].table;
    apr_array_header_t *found = apr_array_make(pool, 16, sizeof(keyed));

    for (uint32_t vhost = 0; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        if (!is_found(diff, side, vhost)) {
            const char *text = key(pool, table, vhost);
            uint32_t index = aty_ids_take(ids, text, strlen(text));
            while (found->nelts <= (int)index) {
                APR_ARRAY_PUSH(found, keyed) = (keyed){ATY_NONE, 0};
            }
            if (APR_ARRAY_IDX(found, (int)index, keyed).count++ == 0) {
                APR_ARRAY_IDX(found, (int)index, keyed).vhost = vhost;
            }
        }
    }
    return found;
}

/* Those with a key that is alone on both sides are the same vhost. */
static void lone_keys_find(aty_diff *diff, vhost_key *key)
{
    apr_pool_t *pool;
    aty_ids *ids;
    apr_array_header_t *sides[ATY_SIDES];

    apr_pool_create(&pool, diff->pool);
    ids = aty_ids_make(pool);
    for (int side = 0; side < ATY_SIDES; side++) {
        sides[side] = keys_collect(diff, side, pool, ids, key);
    }
    for (int i = 0; i < sides[ATY_OLD]->nelts && i < sides[ATY_NEW]->nelts; i++) {
        const keyed *old = &APR_ARRAY_IDX(sides[ATY_OLD], i, keyed);
        const keyed *new = &APR_ARRAY_IDX(sides[ATY_NEW], i, keyed);
        if (old->count == 1 && new->count == 1) {
            found_set(diff, old->vhost, new->vhost);
        }
    }
    apr_pool_destroy(pool);
}

/* Vhosts of one ServerName and the same addresses: the first is the first. */
static void doubles_find(aty_diff *diff)
{
    const aty_table *old = &diff->sides[ATY_OLD].table;
    const aty_table *new = &diff->sides[ATY_NEW].table;
    uint32_t count = old->counts[ATY_SECTION_VHOSTS];
    apr_pool_t *pool;
    aty_ids *ids;
    uint32_t *next, *firsts;

    apr_pool_create(&pool, diff->pool);
    ids = aty_ids_make(pool);
    next = apr_palloc(pool, (count + 1) * sizeof *next);
    firsts = apr_palloc(pool, (count + 1) * sizeof *firsts);
    for (uint32_t vhost = count; vhost-- > 0;) {
        const char *key = full_key(pool, old, vhost);
        uint32_t known = aty_ids_count(ids);
        uint32_t index = aty_ids_take(ids, key, strlen(key));
        next[vhost] = index < known ? firsts[index] : ATY_NONE;
        firsts[index] = vhost;
    }
    for (uint32_t vhost = 0; vhost < new->counts[ATY_SECTION_VHOSTS]; vhost++) {
        const char *key = full_key(pool, new, vhost);
        uint32_t index = aty_ids_find(ids, key, strlen(key));
        if (index != ATY_NONE && firsts[index] != ATY_NONE) {
            found_set(diff, firsts[index], vhost);
            firsts[index] = next[firsts[index]];
        }
    }
    apr_pool_destroy(pool);
}

/* The vhost of OLD, not yet found, that had the name on an address of the vhost of NEW.
 */
static uint32_t former_owner(const aty_diff *diff, uint32_t new_vhost, const char *name)
{
    const aty_table *old = &diff->sides[ATY_OLD].table;
    const aty_table *new = &diff->sides[ATY_NEW].table;
    const aty_vhost_record *record = &new->vhosts[new_vhost];

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        const aty_seat_record *seat = &new->seats[aty_get(record->first_seat) + i];
        const aty_address_set_record *set =
            &new->address_sets[aty_get(seat->address_set)];
        uint32_t old_set = aty_address_set_named(old, aty_table_string(new, set->host),
                                                 aty_get(set->port));
        uint32_t owner = old_set == ATY_NONE
                             ? ATY_NONE
                             : aty_vhost_named(old, old_set, name, strlen(name));
        if (owner != ATY_NONE && !is_found(diff, ATY_OLD, owner)) {
            return owner;
        }
    }
    return ATY_NONE;
}

/* The one vhost that had names of this one; ATY_NONE where there are several or none. */
static uint32_t one_former_owner(const aty_diff *diff, uint32_t vhost)
{
    const aty_table *table = &diff->sides[ATY_NEW].table;
    const aty_vhost_record *record = &table->vhosts[vhost];
    uint32_t first = aty_get(record->first_name);
    uint32_t owner = ATY_NONE;

    for (uint32_t i = first; i < first + aty_get(record->name_count); i++) {
        uint32_t had =
            former_owner(diff, vhost, aty_table_string(table, table->names[i].name));
        if (had != ATY_NONE && owner != ATY_NONE && had != owner) {
            return ATY_NONE;
        }
        owner = had != ATY_NONE ? had : owner;
    }
    return owner;
}

/* A vhost of NEW whose names were those of one of OLD, and of no other's, is that one. */
static void renamed_find(aty_diff *diff)
{
    uint32_t old_count = diff->sides[ATY_OLD].table.counts[ATY_SECTION_VHOSTS];
    uint32_t new_count = diff->sides[ATY_NEW].table.counts[ATY_SECTION_VHOSTS];
    apr_pool_t *pool;
    uint32_t *owners, *claims;

    apr_pool_create(&pool, diff->pool);
    owners = apr_palloc(pool, (new_count + 1) * sizeof *owners);
    claims = apr_pcalloc(pool, (old_count + 1) * sizeof *claims);
    for (uint32_t vhost = 0; vhost < new_count; vhost++) {
        owners[vhost] =
            is_found(diff, ATY_NEW, vhost) ? ATY_NONE : one_former_owner(diff, vhost);
        if (owners[vhost] != ATY_NONE) {
            claims[owners[vhost]]++;
        }
    }
    for (uint32_t vhost = 0; vhost < new_count; vhost++) {
        if (owners[vhost] != ATY_NONE && claims[owners[vhost]] == 1) {
            found_set(diff, owners[vhost], vhost);
        }
    }
    apr_pool_destroy(pool);
}

static void vhost_note(aty_diff *diff, aty_diff_fate fate, uint32_t old_vhost,
                       uint32_t new_vhost)
{
    APR_ARRAY_PUSH(diff->vhosts, aty_diff_vhost) =
        (aty_diff_vhost){fate, {old_vhost, new_vhost}};
}

static void vhost_judge(aty_diff *diff, apr_pool_t *pool, uint32_t new_vhost)
{
    const aty_table *old = &diff->sides[ATY_OLD].table;
    const aty_table *new = &diff->sides[ATY_NEW].table;
    uint32_t old_vhost = diff->found[ATY_NEW][new_vhost];

    if (old_vhost == ATY_NONE) {
        vhost_note(diff, ATY_CAME, ATY_NONE, new_vhost);
    }
    else if (strcmp(aty_vhost_server_name(old, old_vhost),
                    aty_vhost_server_name(new, new_vhost)) != 0) {
        vhost_note(diff, ATY_RENAMED, old_vhost, new_vhost);
    }
    else if (strcmp(full_key(pool, old, old_vhost), full_key(pool, new, new_vhost)) !=
             0) {
        vhost_note(diff, ATY_MOVED, old_vhost, new_vhost);
    }
}

void aty_diff_vhosts_find(aty_diff *diff)
{
    apr_pool_t *pool;

    for (int side = 0; side < ATY_SIDES; side++) {
        uint32_t count = diff->sides[side].table.counts[ATY_SECTION_VHOSTS];
        diff->found[side] = apr_palloc(diff->pool, (count + 1) * sizeof(uint32_t));
        memset(diff->found[side], 0xff, (count + 1) * sizeof(uint32_t)); /* ATY_NONE */
    }
    doubles_find(diff);
    lone_keys_find(diff, name_key);
    renamed_find(diff);
    diff->vhosts = apr_array_make(diff->pool, 8, sizeof(aty_diff_vhost));
    apr_pool_create(&pool, diff->pool);
    for (uint32_t i = 0; i < diff->sides[ATY_NEW].table.counts[ATY_SECTION_VHOSTS]; i++) {
        vhost_judge(diff, pool, i);
        if (i % 1024 == 0) {
            apr_pool_clear(pool);
        }
    }
    for (uint32_t i = 0; i < diff->sides[ATY_OLD].table.counts[ATY_SECTION_VHOSTS]; i++) {
        if (!is_found(diff, ATY_OLD, i)) {
            vhost_note(diff, ATY_WENT, i, ATY_NONE);
        }
    }
    apr_pool_destroy(pool);
}

/* What became of a name on a point. Samples stand for patterns, and tell once each. */
static aty_diff_fate fate_of(const aty_diff *diff, const aty_diff_host *host)
{
    if (host->known == 1u << ATY_NEW) {
        return ATY_CAME;
    }
    if (host->known == 1u << ATY_OLD) {
        return ATY_WENT;
    }
    return host->known &&
                   diff->found[ATY_OLD][host->vhosts[ATY_OLD]] != host->vhosts[ATY_NEW]
               ? ATY_MOVED
               : ATY_FATES;
}

void aty_diff_names_compare(aty_diff *diff, const aty_diff_point *point)
{
    for (uint32_t i = 0; i < (uint32_t)point->hosts->nelts; i++) {
        const aty_diff_host *host = aty_diff_host_at(point, i);
        aty_diff_fate fate = fate_of(diff, host);
        if (fate != ATY_FATES) {
            APR_ARRAY_PUSH(diff->names, aty_diff_name) = (aty_diff_name){fate, point, i};
        }
    }
}
