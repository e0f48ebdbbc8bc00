/* A comparison for people: what is dangerous first, and of everything the first few. */
#include "authorityc/diff/diff_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/table_words.h"
#include "authorityc/print.h"

#define ENTRIES_SHOWN  20 /* vhosts, names, settings, ORIGIN sets */
#define SETTING_LENGTH 160

void aty_diff_atom_show(aty_shown *shown, const aty_diff_point *point,
                        const aty_diff_atom *atom)
{
    if (!atom->hosts) {
        aty_shown_add(shown, "those without SNI", NULL);
        return;
    }
    for (int i = 0; i < atom->hosts->nelts; i++) {
        const aty_diff_host *host =
            aty_diff_host_at(point, APR_ARRAY_IDX(atom->hosts, i, uint32_t));
        aty_shown_add(shown, host->name, host->stands_for);
    }
}

static void rest_print(int count)
{
    if (count > ENTRIES_SHOWN) {
        printf("  and %d more, which --json lists\n", count - ENTRIES_SHOWN);
    }
}

/* A list of the comparison: the title, and the first entries. */
static void entries_print(const aty_diff *diff, const char *title,
                          const apr_array_header_t *entries,
                          void (*entry_print)(const aty_diff *diff, const void *entry),
                          bool colour)
{
    if (entries->nelts > 0) {
        aty_shown_title(title, ATY_SHOWN_PLAIN, colour);
    }
    for (int i = 0; i < entries->nelts && i < ENTRIES_SHOWN; i++) {
        entry_print(diff, entries->elts + (size_t)i * (size_t)entries->elt_size);
    }
    rest_print(entries->nelts);
}

static void place_print(const aty_diff *diff, int side, uint32_t vhost)
{
    const aty_table *table = &diff->sides[side].table;

    fputs(" (", stdout);
    aty_words_place_print(table, table->vhosts[vhost].file, table->vhosts[vhost].line,
                          stdout);
    fputs(")\n", stdout);
}

static void addresses_of_print(const aty_table *table, uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        const aty_seat_record *seat = &table->seats[aty_get(record->first_seat) + i];
        putchar(' ');
        aty_words_address_print(table, aty_get(seat->address_set), stdout);
    }
}

static void vhost_print(const aty_diff *diff, const void *entry)
{
    static const char *const words[ATY_FATES] = {"+ came   ", "- went   ", "  moved  ",
                                                 "  renamed"};
    const aty_diff_vhost *vhost = entry;
    int side = vhost->fate == ATY_WENT ? ATY_OLD : ATY_NEW;
    const aty_table *table = &diff->sides[side].table;
    const aty_table *old = &diff->sides[ATY_OLD].table;

    printf("  %s ", words[vhost->fate]);
    if (vhost->fate == ATY_RENAMED) {
        printf("%s -> ", aty_vhost_server_name(old, vhost->vhosts[ATY_OLD]));
    }
    printf("%s on", aty_vhost_server_name(table, vhost->vhosts[side]));
    if (vhost->fate == ATY_MOVED) {
        addresses_of_print(old, vhost->vhosts[ATY_OLD]);
        fputs(" ->", stdout);
    }
    addresses_of_print(table, vhost->vhosts[side]);
    place_print(diff, side, vhost->vhosts[side]);
}

static void name_print(const aty_diff *diff, const aty_diff_name *name)
{
    static const char *const words[ATY_FATES] = {"+ came ", "- went ", "  moved"};
    const aty_diff_host *host = aty_diff_host_at(name->point, name->host);
    const char *vhosts[ATY_SIDES];

    for (int side = 0; side < ATY_SIDES; side++) {
        vhosts[side] =
            aty_vhost_server_name(&diff->sides[side].table, host->vhosts[side]);
    }
    printf("  %s %s on %s: ", words[name->fate],
           host->stands_for ? host->stands_for : host->name,
           aty_diff_address(diff->pool, name->point));
    if (name->fate == ATY_MOVED) {
        printf("from vhost %s to %s\n", vhosts[ATY_OLD], vhosts[ATY_NEW]);
    }
    else {
        printf("vhost %s\n", vhosts[name->fate == ATY_WENT ? ATY_OLD : ATY_NEW]);
    }
}

/* Whether it is the second sample of a pattern, of which the first was told. */
static bool is_told(const aty_diff *diff, int i)
{
    const aty_diff_name *name = &APR_ARRAY_IDX(diff->names, i, const aty_diff_name);
    const aty_diff_name *before = i > 0 ? name - 1 : NULL;
    const char *pattern = aty_diff_host_at(name->point, name->host)->stands_for;

    return pattern && before && before->point == name->point &&
           aty_diff_host_at(before->point, before->host)->stands_for == pattern;
}

static void names_print(const aty_diff *diff, bool colour)
{
    int count = 0;

    if (diff->names->nelts > 0) {
        aty_shown_title("names", ATY_SHOWN_PLAIN, colour);
    }
    for (int i = 0; i < diff->names->nelts; i++) {
        if (!is_told(diff, i) && count++ < ENTRIES_SHOWN) {
            name_print(diff, &APR_ARRAY_IDX(diff->names, i, const aty_diff_name));
        }
    }
    rest_print(count);
}

static void addresses_print(const aty_diff *diff, bool colour)
{
    bool titled = false;

    for (int i = 0; i < diff->points->nelts; i++) {
        const aty_diff_point *point = APR_ARRAY_IDX(diff->points, i, aty_diff_point *);
        bool came = point->sets[ATY_OLD] == ATY_NONE;
        int side = came ? ATY_NEW : ATY_OLD;
        const uint32_t *starts = diff->sides[side].members.starts + point->sets[side];
        if (!came && point->sets[ATY_NEW] != ATY_NONE) {
            continue;
        }
        if (!titled) {
            aty_shown_title("addresses", ATY_SHOWN_PLAIN, colour);
            titled = true;
        }
        printf("  %s %s, with %" PRIu32 " vhost%s\n", came ? "+ came" : "- went",
               aty_diff_address(diff->pool, point), starts[1] - starts[0],
               aty_plural(starts[1] - starts[0]));
    }
}

static void setting_text_print(const char *sign, const char *text)
{
    size_t length = strlen(text);

    printf("    %s %.*s%s\n", sign, SETTING_LENGTH, length ? text : "(nothing)",
           length > SETTING_LENGTH ? " ..." : "");
}

static void setting_print(const aty_diff *diff, const void *entry)
{
    const aty_diff_setting *setting = entry;
    const aty_table *table = &diff->sides[ATY_NEW].table;
    aty_shown vhosts = {"    of ", 0, {{NULL, NULL}}};

    printf("  %s\n", setting->what);
    setting_text_print("-", setting->texts[ATY_OLD]);
    setting_text_print("+", setting->texts[ATY_NEW]);
    for (int i = 0; i < setting->vhosts->nelts; i++) {
        uint32_t vhost = APR_ARRAY_IDX(setting->vhosts, i, uint32_t);
        aty_shown_add(&vhosts, aty_vhost_server_name(table, vhost), NULL);
    }
    aty_shown_print(&vhosts);
}

static void origin_list_print(apr_pool_t *pool, const char *label,
                              const apr_array_header_t *origins)
{
    aty_shown shown = {label, 0, {{NULL, NULL}}};

    for (int i = 0; i < origins->nelts; i++) {
        const aty_seat_origin *entry = &APR_ARRAY_IDX(origins, i, const aty_seat_origin);
        aty_shown_add(&shown, apr_pstrmemdup(pool, entry->text, entry->length), NULL);
    }
    aty_shown_print(&shown);
}

static const char *state_of(const aty_diff_origin *origin, int side)
{
    return aty_words_origin_state(
        (aty_origin_state)aty_get(origin->seats[side]->origin_state));
}

static void origin_print(const aty_diff *diff, const void *entry)
{
    const aty_diff_origin *origin = entry;
    apr_array_header_t *lists[ATY_SIDES];
    aty_shown connections = {"    on connections of ", 0, {{NULL, NULL}}};

    printf("  %s: %" PRIu32 " name%s\n", aty_diff_address(diff->pool, origin->point),
           origin->connections, aty_plural(origin->connections));
    for (int i = 0; i < origin->rows->nelts; i++) {
        uint32_t row = APR_ARRAY_IDX(origin->rows, i, uint32_t);
        aty_diff_atom_show(&connections, origin->point,
                           aty_diff_row_at(origin->point, row));
    }
    aty_shown_print(&connections);
    if (strcmp(state_of(origin, ATY_OLD), state_of(origin, ATY_NEW)) != 0) {
        printf("    was %s; is %s\n", state_of(origin, ATY_OLD),
               state_of(origin, ATY_NEW));
    }
    aty_diff_origin_lists(diff, diff->pool, origin->seats, lists);
    origin_list_print(diff->pool, "    - ", lists[ATY_OLD]);
    origin_list_print(diff->pool, "    + ", lists[ATY_NEW]);
}

static void side_print(const char *sign, const aty_diff_side *side)
{
    uint32_t vhosts = side->table.counts[ATY_SECTION_VHOSTS];
    uint32_t names = side->table.counts[ATY_SECTION_NAMES];

    printf("%s %s: %" PRIu32 " vhost%s, %" PRIu32 " name%s\n", sign, side->path, vhosts,
           aty_plural(vhosts), names, aty_plural(names));
}

void aty_diff_text(const aty_diff *diff, bool colour)
{
    side_print("---", &diff->sides[ATY_OLD]);
    side_print("+++", &diff->sides[ATY_NEW]);
    if (aty_diff_is_equal(diff)) {
        puts("nothing changes for clients");
        return;
    }
    if (diff->changes->nelts == 0) {
        puts("\nno verdict changes");
    }
    aty_diff_changes_print(diff, colour);
    addresses_print(diff, colour);
    entries_print(diff, "vhosts", diff->vhosts, vhost_print, colour);
    names_print(diff, colour);
    entries_print(diff, "settings", diff->settings, setting_print, colour);
    entries_print(diff, "ORIGIN sets", diff->origins, origin_print, colour);
}
