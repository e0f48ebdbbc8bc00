/* A comparison for programs. */
#include "authorityc/diff/diff.h"

#include <stdio.h>

#include "authorityc/ids.h"
#include "authorityc/table_json.h"
#include "authorityc/table_words.h"
#include "core/sni_policy.h"

static const char *const directions[ATY_DIRECTIONS] = {
    [ATY_OPENS] = "opens",
    [ATY_CLOSES] = "closes",
    [ATY_ANSWERED] = "answered",
    [ATY_REASONS] = "reason",
};

static const char *const fates[ATY_FATES] = {
    [ATY_CAME] = "came",
    [ATY_WENT] = "went",
    [ATY_MOVED] = "moved",
    [ATY_RENAMED] = "renamed",
};

static const char *const side_names[ATY_SIDES] = {"old", "new"};

static json_t *point_json(const aty_diff_point *point)
{
    return json_pack("{s:s, s:o}", "host", point->host, "port",
                     point->port ? json_integer(point->port) : json_null());
}

static json_t *side_json(const aty_diff_side *side)
{
    return json_pack("{s:s, s:s, s:I, s:I}", "path", side->path, "sni_policy",
                     aty_sni_policy_name(side->table.sni_policy), "vhosts",
                     (json_int_t)side->table.counts[ATY_SECTION_VHOSTS], "names",
                     (json_int_t)side->table.counts[ATY_SECTION_NAMES]);
}

static json_t *outcome_json(uint32_t outcome)
{
    bool refused = !aty_outcome_is_answered(outcome);

    return json_pack(
        "{s:s, s:s?}", "verdict",
        aty_outcome_name(refused ? ATY_MISDIRECTED : (aty_outcome)outcome), "reason",
        refused ? aty_reason_name((aty_reason)(outcome - ATY_OUTCOME_REASON(0))) : NULL);
}

/* Adds the names of an atom; that of connections without SNI is "-". */
static void atom_names_add(const aty_diff_point *point, const aty_diff_atom *atom,
                           json_t *names)
{
    if (!atom->hosts) {
        json_array_append_new(names, json_string("-"));
        return;
    }
    for (int i = 0; i < atom->hosts->nelts; i++) {
        uint32_t host = APR_ARRAY_IDX(atom->hosts, i, uint32_t);
        json_array_append_new(names, json_string(aty_diff_host_at(point, host)->name));
    }
}

static json_t *rows_json(const aty_diff_point *point, const apr_array_header_t *rows)
{
    json_t *names = json_array();

    for (int i = 0; i < rows->nelts; i++) {
        atom_names_add(point, aty_diff_row_at(point, APR_ARRAY_IDX(rows, i, uint32_t)),
                       names);
    }
    return names;
}

static json_t *columns_json(const aty_diff_point *point,
                            const apr_array_header_t *columns)
{
    json_t *names = json_array();

    for (int i = 0; i < columns->nelts; i++) {
        atom_names_add(
            point, aty_diff_column_at(point, APR_ARRAY_IDX(columns, i, uint32_t)), names);
    }
    return names;
}

static json_t *block_json(const aty_diff_point *point, const aty_diff_block *block)
{
    json_t *parts = json_array();

    for (int i = 0; i < block->parts->nelts; i++) {
        const aty_diff_part *part = &APR_ARRAY_IDX(block->parts, i, const aty_diff_part);
        json_t *marks = json_array();
        for (uint32_t mark = 0; mark < block->mark_count; mark++) {
            json_array_append_new(marks, json_integer(part->marks[mark]));
        }
        json_array_append_new(parts,
                              json_pack("{s:o, s:o, s:o}", "marks", marks, "connections",
                                        rows_json(point, part->rows), "authorities",
                                        columns_json(point, part->columns)));
    }
    return parts;
}

static json_t *change_json(const aty_diff_change *change)
{
    json_t *except = json_array();

    for (int i = 0; change->except && i < change->except->nelts; i++) {
        json_array_append_new(
            except, block_json(change->point,
                               &APR_ARRAY_IDX(change->except, i, const aty_diff_block)));
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:I, s:o, s:o}", "direction",
                     directions[aty_outcome_direction(change->outcomes[ATY_OLD],
                                                      change->outcomes[ATY_NEW])],
                     "address", point_json(change->point), "old",
                     outcome_json(change->outcomes[ATY_OLD]), "new",
                     outcome_json(change->outcomes[ATY_NEW]), "names_kept", change->kept,
                     "pairs", (json_int_t)change->pairs, "parts",
                     block_json(change->point, &change->block), "except", except);
}

static json_t *pairs_json(const aty_diff *diff)
{
    json_t *pairs = json_object();

    for (int i = 0; i < ATY_DIRECTIONS; i++) {
        json_object_set_new(pairs, directions[i],
                            json_integer((json_int_t)diff->pairs[i]));
    }
    return pairs;
}

/* The points that only one side serves. */
static json_t *addresses_json(const aty_diff *diff)
{
    json_t *addresses = json_array();

    for (int i = 0; i < diff->points->nelts; i++) {
        const aty_diff_point *point = APR_ARRAY_IDX(diff->points, i, aty_diff_point *);
        bool came = point->sets[ATY_OLD] == ATY_NONE;
        if (came || point->sets[ATY_NEW] == ATY_NONE) {
            json_array_append_new(addresses, json_pack("{s:s, s:o}", "what",
                                                       fates[came ? ATY_CAME : ATY_WENT],
                                                       "address", point_json(point)));
        }
    }
    return addresses;
}

static json_t *vhost_json(const aty_table *table, uint32_t vhost)
{
    json_t *addresses;
    const aty_vhost_record *record;

    if (vhost == ATY_NONE) {
        return json_null();
    }
    record = &table->vhosts[vhost];
    addresses = json_array();
    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        const aty_seat_record *seat = &table->seats[aty_get(record->first_seat) + i];
        json_array_append_new(addresses,
                              aty_json_address(table, aty_get(seat->address_set)));
    }
    return json_pack("{s:s, s:o, s:o}", "server_name",
                     aty_vhost_server_name(table, vhost), "addresses", addresses, "place",
                     aty_json_place(table, record->file, record->line));
}

static json_t *vhosts_json(const aty_diff *diff)
{
    json_t *vhosts = json_array();

    for (int i = 0; i < diff->vhosts->nelts; i++) {
        const aty_diff_vhost *vhost =
            &APR_ARRAY_IDX(diff->vhosts, i, const aty_diff_vhost);
        json_array_append_new(
            vhosts,
            json_pack("{s:s, s:o, s:o}", "what", fates[vhost->fate], "old",
                      vhost_json(&diff->sides[ATY_OLD].table, vhost->vhosts[ATY_OLD]),
                      "new",
                      vhost_json(&diff->sides[ATY_NEW].table, vhost->vhosts[ATY_NEW])));
    }
    return vhosts;
}

static json_t *names_json(const aty_diff *diff)
{
    json_t *names = json_array();

    for (int i = 0; i < diff->names->nelts; i++) {
        const aty_diff_name *name = &APR_ARRAY_IDX(diff->names, i, const aty_diff_name);
        const aty_diff_host *host = aty_diff_host_at(name->point, name->host);
        json_t *owners[ATY_SIDES];
        for (int side = 0; side < ATY_SIDES; side++) {
            owners[side] = (host->known & 1u << side)
                               ? json_string(aty_vhost_server_name(
                                     &diff->sides[side].table, host->vhosts[side]))
                               : json_null();
        }
        json_array_append_new(
            names, json_pack("{s:s, s:o, s:s, s:s?, s:o, s:o}", "what", fates[name->fate],
                             "address", point_json(name->point), "name", host->name,
                             "stands_for", host->stands_for, "old", owners[ATY_OLD],
                             "new", owners[ATY_NEW]));
    }
    return names;
}

static json_t *origin_list_json(const aty_table *table, const aty_seat_record *seat)
{
    json_t *list = json_array();
    aty_seat_origin origin = {0};

    while (aty_seat_origin_next(table, seat, &origin)) {
        json_array_append_new(list, json_stringn(origin.text, origin.length));
    }
    return list;
}

/* State and set of a side's frame. Each set stands once in `sets`; `ids` knows where. */
static json_t *origin_side_json(const aty_diff *diff, const aty_diff_origin *origin,
                                int side, aty_ids *ids, json_t *sets)
{
    const aty_seat_record *seat = origin->seats[side];
    uint32_t key[] = {(uint32_t)side, aty_get(seat->frame)};
    json_t *set = json_null();

    if (key[1] != ATY_NONE) {
        uint32_t number = aty_ids_take(ids, key, sizeof key);
        if (number == json_array_size(sets)) {
            json_array_append_new(sets, origin_list_json(&diff->sides[side].table, seat));
        }
        set = json_integer(number);
    }
    return json_pack(
        "{s:s, s:o}", "state",
        aty_words_origin_state((aty_origin_state)aty_get(seat->origin_state)), "set",
        set);
}

/* The sets that they refer to are put into `sets`. */
static json_t *origins_json(const aty_diff *diff, json_t *sets)
{
    json_t *origins = json_array();
    aty_ids *ids = aty_ids_make(diff->pool);

    for (int i = 0; i < diff->origins->nelts; i++) {
        const aty_diff_origin *origin =
            &APR_ARRAY_IDX(diff->origins, i, const aty_diff_origin);
        json_array_append_new(
            origins, json_pack("{s:o, s:o, s:o, s:o, s:I, s:I}", "address",
                               point_json(origin->point), "connections",
                               rows_json(origin->point, origin->rows), "old",
                               origin_side_json(diff, origin, ATY_OLD, ids, sets), "new",
                               origin_side_json(diff, origin, ATY_NEW, ids, sets),
                               "removed", (json_int_t)origin->counts[ATY_OLD], "added",
                               (json_int_t)origin->counts[ATY_NEW]));
    }
    return origins;
}

static json_t *settings_json(const aty_diff *diff)
{
    const aty_table *table = &diff->sides[ATY_NEW].table;
    json_t *settings = json_array();

    for (int i = 0; i < diff->settings->nelts; i++) {
        const aty_diff_setting *setting =
            &APR_ARRAY_IDX(diff->settings, i, const aty_diff_setting);
        json_t *vhosts = json_array();
        for (int v = 0; v < setting->vhosts->nelts; v++) {
            uint32_t vhost = APR_ARRAY_IDX(setting->vhosts, v, uint32_t);
            json_array_append_new(vhosts,
                                  json_string(aty_vhost_server_name(table, vhost)));
        }
        json_array_append_new(settings,
                              json_pack("{s:s, s:s, s:s, s:o}", "what", setting->what,
                                        "old", setting->texts[ATY_OLD], "new",
                                        setting->texts[ATY_NEW], "vhosts", vhosts));
    }
    return settings;
}

/* What stands for names without end, on any point. */
static json_t *samples_json(const aty_diff *diff)
{
    json_t *samples = json_object();

    for (int i = 0; i < diff->points->nelts; i++) {
        const aty_diff_point *point = APR_ARRAY_IDX(diff->points, i, aty_diff_point *);
        for (int h = 0; point->hosts && h < point->hosts->nelts; h++) {
            const aty_diff_host *host = aty_diff_host_at(point, (uint32_t)h);
            if (host->stands_for) {
                json_object_set_new(samples, host->name, json_string(host->stands_for));
            }
        }
    }
    return samples;
}

/* Prints a member of the answer, which is never in memory as a whole. */
static void member_print(const char *name, json_t *value)
{
    printf(",\n\"%s\": ", name);
    json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT);
    json_decref(value);
}

static void changes_print(const aty_diff *diff)
{
    fputs(",\n\"changes\": [", stdout);
    for (int i = 0; i < diff->changes->nelts; i++) {
        json_t *change =
            change_json(&APR_ARRAY_IDX(diff->changes, i, const aty_diff_change));
        fputs(i == 0 ? "\n" : ",\n", stdout);
        json_dumpf(change, stdout, JSON_COMPACT);
        json_decref(change);
    }
    putchar(']');
}

void aty_diff_json(const aty_diff *diff)
{
    json_t *sets = json_array();

    printf("{\"equal\": %s", aty_diff_is_equal(diff) ? "true" : "false");
    for (int side = 0; side < ATY_SIDES; side++) {
        member_print(side_names[side], side_json(&diff->sides[side]));
    }
    member_print("http", json_string(diff->h2 ? "2" : "1.1"));
    member_print("pairs", pairs_json(diff));
    changes_print(diff);
    member_print("origins", origins_json(diff, sets));
    member_print("origin_sets", sets);
    member_print("addresses", addresses_json(diff));
    member_print("vhosts", vhosts_json(diff));
    member_print("names", names_json(diff));
    member_print("settings", settings_json(diff));
    member_print("samples", samples_json(diff));
    puts("}");
}
