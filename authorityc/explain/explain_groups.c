/* `authorityc explain --groups`: the groups, and what keeps each from the largest. */
#include "authorityc/explain/explain_site.h"

#include <inttypes.h>
#include <stdio.h>

#include "authorityc/group_list.h"
#include "authorityc/table_json.h"
#include "authorityc/table_words.h"

static void reasons_print(aty_reasons reasons)
{
    const char *before = " ";

    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        if (reasons & ATY_REASON_BIT(reason)) {
            printf("%s%s", before, aty_reason_name((aty_reason)reason));
            before = ", ";
        }
    }
    putchar('\n');
}

static void group_print(const aty_table *table, const aty_group *group,
                        const aty_group *largest)
{
    const aty_vhost_record *vhost = &table->vhosts[group->vhost];

    printf("  group %" PRIu32 ": %" PRIu32 " vhost%s, %" PRIu32 " name%s, first %s (",
           group->number, group->vhosts, group->vhosts == 1 ? "" : "s", group->names,
           group->names == 1 ? "" : "s", aty_vhost_server_name(table, group->vhost));
    aty_words_place_print(table, vhost->file, vhost->line, stdout);
    puts(")");
    if (group != largest) {
        printf("    apart from group %" PRIu32 " by:", largest->number);
        reasons_print(aty_group_reasons(table, largest, group));
    }
}

static void set_print(const aty_table *table, const aty_group_list *list, uint32_t set)
{
    fputs("address ", stdout);
    aty_words_address_print(table, set, stdout);
    putchar('\n');
    for (uint32_t i = 0; i < list->count; i++) {
        const aty_group *group = &list->groups[i];
        if (group->vhosts > 0 && group->address_set == set) {
            group_print(table, group, list->largest[set]);
        }
    }
}

static json_t *reasons_json(aty_reasons reasons)
{
    json_t *array = json_array();

    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        if (reasons & ATY_REASON_BIT(reason)) {
            json_array_append_new(array,
                                  json_string(aty_reason_name((aty_reason)reason)));
        }
    }
    return array;
}

static json_t *group_json(const aty_table *table, const aty_group *group,
                          const aty_group *largest)
{
    const aty_vhost_record *vhost = &table->vhosts[group->vhost];
    aty_reasons reasons = group == largest ? 0 : aty_group_reasons(table, largest, group);

    return json_pack("{s:I, s:o, s:I, s:I, s:s, s:o, s:b, s:o}", "group",
                     (json_int_t)group->number, "address",
                     aty_json_address(table, group->address_set), "vhosts",
                     (json_int_t)group->vhosts, "names", (json_int_t)group->names,
                     "first", aty_vhost_server_name(table, group->vhost), "place",
                     aty_json_place(table, vhost->file, vhost->line), "largest",
                     group == largest, "apart_by", reasons_json(reasons));
}

static void groups_json_print(const aty_table *table, const aty_group_list *list)
{
    json_t *groups = json_array();

    for (uint32_t i = 0; i < list->count; i++) {
        const aty_group *group = &list->groups[i];
        if (group->vhosts > 0) {
            json_array_append_new(
                groups, group_json(table, group, list->largest[group->address_set]));
        }
    }
    aty_json_print(groups, JSON_INDENT(2));
}

void aty_explain_groups(apr_pool_t *pool, const aty_table *table, bool json)
{
    aty_group_list list = aty_group_list_make(pool, table);

    if (json) {
        groups_json_print(table, &list);
        return;
    }
    for (uint32_t set = 0; set < table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        set_print(table, &list, set);
    }
}
