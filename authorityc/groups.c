/* Groups: on one address set, the vhosts that agree in all that is compared. They are
 * numbered from 1, in file order of their first vhost. */
#include "authorityc/model.h"

#include <string.h>

#include <apr_strings.h>

#include "core/verdict.h"

typedef struct {
    uint32_t address_set;
    uint32_t agreement[ATY_AGREEMENT_SIZE];
} group_key;

static uint32_t group_of(aty_model *model, apr_hash_t *groups, const group_key *key)
{
    const void *found = apr_hash_get(groups, key, sizeof *key);
    uintptr_t number = (uintptr_t)found;

    if (!found) {
        number = apr_hash_count(groups) + 1;
        apr_hash_set(groups, apr_pmemdup(model->pool, key, sizeof *key), sizeof *key,
                     (const void *)number);
    }
    return (uint32_t)number;
}

void aty_groups_form(aty_model *model)
{
    apr_hash_t *groups = apr_hash_make(model->pool);
    aty_seat_record *seats = aty_writer_records(model->writer, ATY_SECTION_SEATS);
    aty_table view;

    aty_writer_view(model->writer, &view);
    for (uint32_t vhost = 0; vhost < aty_model_vhost_count(model); vhost++) {
        uint32_t first = aty_get(view.vhosts[vhost].first_seat);
        uint32_t count = aty_get(view.vhosts[vhost].seat_count);
        for (uint32_t i = first; i < first + count; i++) {
            uint32_t set = aty_get(seats[i].address_set);
            uint32_t base = aty_get(view.address_sets[set].default_vhost);
            group_key key;
            memset(&key, 0, sizeof key);
            key.address_set = set;
            aty_vhost_agreement(&view, base, vhost, key.agreement);
            seats[i].group = aty_put(group_of(model, groups, &key));
        }
    }
}
