#include "authorityc/group_list.h"

#include <apr_strings.h>

#include "core/verdict.h"

/* The highest number of a group. */
static uint32_t group_count(const aty_table *table)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_SEATS]; i++) {
        uint32_t number = aty_get(table->seats[i].group);
        count = number > count ? number : count;
    }
    return count;
}

static void vhost_count(const aty_table *table, uint32_t vhost, aty_group_list *list)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_seat_record *seat = table->seats + aty_get(record->first_seat);

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++, seat++) {
        uint32_t number = aty_get(seat->group);
        aty_group *group = &list->groups[number == 0 ? 0 : number - 1];
        if (number > 0 && group->vhosts++ == 0) {
            group->number = number;
            group->address_set = aty_get(seat->address_set);
            group->vhost = vhost;
        }
        group->names += aty_get(record->name_count);
    }
}

aty_group_list aty_group_list_make(apr_pool_t *pool, const aty_table *table)
{
    uint32_t count = group_count(table);
    uint32_t sets = table->counts[ATY_SECTION_ADDRESS_SETS];
    aty_group_list list = {
        .groups = apr_pcalloc(pool, (count + 1) * sizeof *list.groups),
        .count = count,
        .largest = apr_pcalloc(pool, (sets + 1) * sizeof *list.largest),
    };

    for (uint32_t vhost = 0; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        vhost_count(table, vhost, &list);
    }
    for (uint32_t i = 0; i < count; i++) {
        const aty_group **known = &list.largest[list.groups[i].address_set];
        if (list.groups[i].vhosts > 0 &&
            (!*known || list.groups[i].vhosts > (*known)->vhosts)) {
            *known = &list.groups[i];
        }
    }
    return list;
}

aty_reasons aty_group_reasons(const aty_table *table, const aty_group *a,
                              const aty_group *b)
{
    const aty_pair pair = {
        .connection = a->vhost,
        .address_set = a->address_set,
        .base = aty_get(table->address_sets[a->address_set].default_vhost),
        .request = b->vhost,
        .authority = "",
        .had_sni = true,
        .h2 = true,
    };

    return aty_verdict_decide(table, &pair).reasons &
           ~(ATY_REASON_BIT(ATY_REASON_LOCATION_CLIENT_AUTH) |
             ATY_REASON_BIT(ATY_REASON_LOCATION_CIPHERS) |
             ATY_REASON_BIT(ATY_REASON_HTTP1_ONLY));
}
