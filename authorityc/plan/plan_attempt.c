/* One pair of a connection and an authority; plan_attempts.c counts them all. */
#include "authorityc/plan/plan_attempts.h"

#include <string.h>

bool aty_attempt_is_tried(const aty_table *table, uint32_t connection,
                          const char *authority, size_t length)
{
    const aty_vhost_record *vhost = &table->vhosts[connection];
    const aty_le32 *list = table->certificate_lists + aty_get(vhost->first_certificate);

    if (!aty_attempt_is_reusable(table, connection)) {
        return false;
    }
    for (uint32_t i = 0; i < aty_get(vhost->certificate_count); i++) {
        if (aty_certificate_covers(table, &table->certificates[aty_get(list[i])],
                                   authority, length)) {
            return true;
        }
    }
    return false;
}

bool aty_attempt_is_reusable(const aty_table *table, uint32_t vhost)
{
    uint32_t flags = aty_get(table->vhosts[vhost].flags);

    return (flags & ATY_VHOST_H2) && !(flags & ATY_VHOST_REQUIRES);
}

bool aty_attempt_is_reached(const aty_table *table, uint32_t address_set, uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_name_record *names = table->names + aty_get(record->first_name);

    if (aty_get(table->address_sets[address_set].default_vhost) == vhost) {
        return true;
    }
    /* A pattern is asked for as if it were a name: no earlier one has all it has. */
    for (uint32_t i = 0; i < aty_get(record->name_count); i++) {
        const char *name = aty_table_string(table, names[i].name);
        if (aty_vhost_named(table, address_set, name, strlen(name)) == vhost) {
            return true;
        }
    }
    return false;
}

bool aty_attempt_is(const aty_table *table, uint32_t address_set, uint32_t connection,
                    const char *authority, size_t length, aty_verdict *verdict)
{
    uint32_t base = aty_get(table->address_sets[address_set].default_vhost);
    uint32_t named = aty_vhost_named(table, address_set, authority, length);
    const aty_pair pair = {
        .connection = connection,
        .address_set = address_set,
        .base = base,
        .request = named != ATY_NONE ? named : base,
        .authority = authority,
        .authority_length = length,
        .had_sni = true,
        .h2 = true,
    };

    *verdict = aty_verdict_decide(table, &pair);
    return verdict->outcome == ATY_MISDIRECTED && named != ATY_NONE &&
           named != connection && aty_vhost_seat(table, connection, address_set) &&
           aty_attempt_is_tried(table, connection, authority, length) &&
           aty_attempt_is_reached(table, address_set, connection);
}
