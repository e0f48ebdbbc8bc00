#include "core/table.h"

#include <string.h>

#include "core/names.h"
#include "core/origin.h"
#include "core/search.h"

const char *aty_vhost_server_name(const aty_table *table, uint32_t vhost)
{
    uint32_t first = aty_get(table->vhosts[vhost].first_name);

    return aty_table_string(table, table->names[first].name);
}

const aty_setting_record *aty_vhost_setting(const aty_table *table, uint32_t vhost,
                                            aty_field field)
{
    return &table->settings[aty_get(table->vhosts[vhost].settings[field])];
}

const aty_location_record *aty_vhost_location_needing(const aty_table *table,
                                                      uint32_t vhost, uint32_t needs)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_location_record *locations =
        table->locations + aty_get(record->first_location);

    for (uint32_t i = 0; i < aty_get(record->location_count); i++) {
        if (aty_get(locations[i].needs) & needs) {
            return &locations[i];
        }
    }
    return NULL;
}

const aty_seat_record *aty_vhost_seat(const aty_table *table, uint32_t vhost,
                                      uint32_t address_set)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_seat_record *seats = table->seats + aty_get(record->first_seat);

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        if (aty_get(seats[i].address_set) == address_set) {
            return &seats[i];
        }
    }
    return NULL;
}

bool aty_seat_origin_next(const aty_table *table, const aty_seat_record *seat,
                          aty_seat_origin *origin)
{
    const uint8_t *payload;

    if (aty_get(seat->frame) == ATY_NONE) {
        return false;
    }
    payload = table->frames + aty_get(seat->frame) + ATY_FRAME_HEADER_SIZE;
    origin->text =
        aty_origin_entry_next(payload, aty_get(seat->frame_size) - ATY_FRAME_HEADER_SIZE,
                              &origin->end, &origin->length);
    return origin->text != NULL;
}

bool aty_vhost_owns(const aty_table *table, uint32_t vhost, const char *name,
                    size_t length)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_seat_record *seats = table->seats + aty_get(record->first_seat);

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        uint32_t address_set = aty_get(seats[i].address_set);
        if (aty_vhost_named(table, address_set, name, length) == vhost) {
            return true;
        }
    }
    return false;
}

/* Like strcmp, of a string and of a counted one with `prefix` before it. */
static int compare_joined(const char *string, const char *prefix, const char *name,
                          size_t length)
{
    int order;

    for (; *prefix; prefix++, string++) {
        if (*string != *prefix) {
            return (unsigned char)*string - (unsigned char)*prefix;
        }
    }
    order = strncmp(string, name, length);
    return order != 0 ? order : (unsigned char)string[length];
}

/* What is looked for in a sorted list. */
typedef struct {
    const aty_table *table;
    const aty_le32 *names; /* of a certificate */
    uint32_t vhost;        /* of a pair */
    aty_le32 file, line;   /* of a source */
    const char *prefix;
    const char *name;
    size_t length;
} wanted;

/* The index of what is wanted among the entries, or ATY_NONE. */
static uint32_t position_of(const wanted *what, uint32_t count, aty_search_order *order)
{
    size_t index;

    return aty_search(what, count, order, &index) ? (uint32_t)index : ATY_NONE;
}

static int certificate_name_order(const void *wanted_entry, size_t index)
{
    const wanted *what = wanted_entry;

    return compare_joined(aty_table_string(what->table, what->names[index]), what->prefix,
                          what->name, what->length);
}

static int pair_order(const void *wanted_entry, size_t index)
{
    const wanted *what = wanted_entry;
    const aty_pair_record *pair = &what->table->pairs[index];
    uint32_t vhost = aty_get(pair->vhost);

    if (vhost != what->vhost) {
        return aty_number_order(vhost, what->vhost);
    }
    return compare_joined(aty_table_string(what->table, pair->authority), "", what->name,
                          what->length);
}

static int source_order(const void *wanted_entry, size_t index)
{
    const wanted *what = wanted_entry;
    const aty_source_record *source = &what->table->sources[index];
    int order = aty_number_order(aty_get(source->file), aty_get(what->file));

    return order != 0 ? order
                      : aty_number_order(aty_get(source->line), aty_get(what->line));
}

const char *aty_table_source(const aty_table *table, aty_le32 file, aty_le32 line)
{
    const wanted what = {.table = table, .file = file, .line = line};
    uint32_t found = position_of(&what, table->counts[ATY_SECTION_SOURCES], source_order);

    return found == ATY_NONE ? NULL
                             : aty_table_string(table, table->sources[found].source);
}

static bool certificate_names(const aty_table *table,
                              const aty_certificate_record *certificate,
                              const char *prefix, const char *name, size_t length)
{
    const wanted what = {
        .table = table,
        .names = table->certificate_names + aty_get(certificate->first_name),
        .prefix = prefix,
        .name = name,
        .length = length,
    };

    return position_of(&what, aty_get(certificate->name_count), certificate_name_order) !=
           ATY_NONE;
}

/* As aty_name_covers, by binary search: the name itself, or `*` and its parent. */
bool aty_certificate_covers(const aty_table *table,
                            const aty_certificate_record *certificate, const char *name,
                            size_t length)
{
    const char *dot = memchr(name, '.', length);

    if (aty_name_is_address(name, length)) {
        return false;
    }
    if (certificate_names(table, certificate, "", name, length)) {
        return true;
    }
    return dot && dot > name &&
           certificate_names(table, certificate, "*", dot, length - (size_t)(dot - name));
}

bool aty_vhost_covers(const aty_table *table, uint32_t vhost, const char *name,
                      size_t length)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);
    uint32_t count = aty_get(record->certificate_count);

    for (uint32_t i = 0; i < count; i++) {
        if (!aty_certificate_covers(table, &table->certificates[aty_get(list[i])], name,
                                    length)) {
            return false;
        }
    }
    return count > 0;
}

bool aty_vhosts_share_certificates(const aty_table *table, uint32_t a, uint32_t b)
{
    const aty_vhost_record *one = &table->vhosts[a], *other = &table->vhosts[b];
    uint32_t count = aty_get(one->certificate_count);

    return count > 0 && count == aty_get(other->certificate_count) &&
           memcmp(table->certificate_lists + aty_get(one->first_certificate),
                  table->certificate_lists + aty_get(other->first_certificate),
                  count * sizeof *table->certificate_lists) == 0;
}

bool aty_vhost_accepts(const aty_table *table, uint32_t vhost, const char *authority,
                       size_t length)
{
    const wanted what = {
        .table = table, .vhost = vhost, .name = authority, .length = length};

    return position_of(&what, table->counts[ATY_SECTION_PAIRS], pair_order) != ATY_NONE;
}

uint32_t aty_address_set_named(const aty_table *table, const char *host, uint32_t port)
{
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_ADDRESS_SETS]; i++) {
        const aty_address_set_record *set = &table->address_sets[i];
        if (aty_get(set->port) == port &&
            strcmp(aty_table_string(table, set->host), host) == 0) {
            return i;
        }
    }
    return ATY_NONE;
}

uint32_t aty_address_set_serving(const aty_table *table, const char *host, uint32_t port)
{
    const struct {
        const char *host;
        uint32_t port;
    } tries[] = {{host, port}, {host, 0}, {"*", port}, {"*", 0}};

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        uint32_t set = aty_address_set_named(table, tries[i].host, tries[i].port);
        if (set != ATY_NONE) {
            return set;
        }
    }
    return ATY_NONE;
}

/* The record in an index for the name, after `skip` bytes of the record's own name; the
 * vhost must sit on the address set. ATY_NONE where the index has none. */
static uint32_t index_find(const aty_table *table, const aty_le32 *slots, uint32_t count,
                           uint32_t address_set, const char *name, size_t length,
                           size_t skip)
{
    uint32_t mask = count - 1;
    uint32_t slot;

    if (count == 0) {
        return ATY_NONE;
    }
    slot = aty_name_hash(address_set, name, length) & mask;
    for (;; slot = (slot + 1) & mask) {
        uint32_t found = aty_get(slots[slot]);
        const aty_name_record *record;
        if (found == ATY_NONE) {
            return ATY_NONE;
        }
        record = &table->names[found];
        if (compare_joined(aty_table_string(table, record->name) + skip, "", name,
                           length) == 0 &&
            aty_vhost_seat(table, aty_get(record->vhost), address_set)) {
            return found;
        }
    }
}

uint32_t aty_name_exact(const aty_table *table, uint32_t address_set, const char *name,
                        size_t length)
{
    return index_find(table, table->name_index, table->counts[ATY_SECTION_NAME_INDEX],
                      address_set, name, length, 0);
}

/* The first vhost with `*` and an ending of the name. */
static uint32_t wild_vhost(const aty_table *table, uint32_t address_set, const char *name,
                           size_t length)
{
    uint32_t count = table->counts[ATY_SECTION_WILD_INDEX];
    uint32_t best = ATY_NONE;

    for (size_t i = 0; i < length && count > 0; i++) {
        if (name[i] == '.') {
            uint32_t found = index_find(table, table->wild_index, count, address_set,
                                        name + i, length - i, 1);
            if (found != ATY_NONE && aty_get(table->names[found].vhost) < best) {
                best = aty_get(table->names[found].vhost);
            }
        }
    }
    return best;
}

/* The first vhost before `limit` with a pattern that no index holds. */
static uint32_t odd_vhost(const aty_table *table, uint32_t address_set, const char *name,
                          size_t length, uint32_t limit)
{
    const aty_address_set_record *set = &table->address_sets[address_set];
    const aty_le32 *odd = table->odd_patterns + aty_get(set->first_odd);

    for (uint32_t i = 0; i < aty_get(set->odd_count); i++) {
        const aty_name_record *record = &table->names[aty_get(odd[i])];
        if (aty_get(record->vhost) >= limit) {
            break;
        }
        if (aty_name_matches(name, length, aty_table_string(table, record->name))) {
            return aty_get(record->vhost);
        }
    }
    return limit;
}

uint32_t aty_vhost_named(const aty_table *table, uint32_t address_set, const char *name,
                         size_t length)
{
    uint32_t exact = aty_name_exact(table, address_set, name, length);
    uint32_t best = wild_vhost(table, address_set, name, length);

    if (exact != ATY_NONE && aty_get(table->names[exact].vhost) < best) {
        best = aty_get(table->names[exact].vhost);
    }
    return odd_vhost(table, address_set, name, length, best);
}

uint32_t aty_vhost_with_server_name(const aty_table *table, uint32_t address_set,
                                    const char *name, size_t length)
{
    uint32_t found = aty_name_exact(table, address_set, name, length);
    uint32_t vhost;

    if (found == ATY_NONE) {
        return ATY_NONE;
    }
    vhost = aty_get(table->names[found].vhost);
    if (aty_get(table->vhosts[vhost].first_name) == found) {
        return vhost;
    }
    /* The name is an alias of an earlier vhost, so the index leads there. */
    for (vhost++; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        if (compare_joined(aty_vhost_server_name(table, vhost), "", name, length) == 0 &&
            aty_vhost_seat(table, vhost, address_set)) {
            return vhost;
        }
    }
    return ATY_NONE;
}
