#include "authorityc/set_members.h"

aty_set_members aty_set_members_collect(apr_pool_t *pool, const aty_table *table)
{
    uint32_t sets = table->counts[ATY_SECTION_ADDRESS_SETS];
    uint32_t seats = table->counts[ATY_SECTION_SEATS];
    aty_set_members members = {apr_pcalloc(pool, (sets + 2) * sizeof(uint32_t)),
                               apr_palloc(pool, (seats + 1) * sizeof(uint32_t))};

    for (uint32_t i = 0; i < seats; i++) {
        members.starts[aty_get(table->seats[i].address_set) + 2]++;
    }
    for (uint32_t set = 0; set < sets; set++) {
        members.starts[set + 2] += members.starts[set + 1];
    }
    for (uint32_t vhost = 0; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        uint32_t first = aty_get(table->vhosts[vhost].first_seat);
        for (uint32_t i = 0; i < aty_get(table->vhosts[vhost].seat_count); i++) {
            uint32_t set = aty_get(table->seats[first + i].address_set);
            members.vhosts[members.starts[set + 1]++] = vhost;
        }
    }
    return members;
}
