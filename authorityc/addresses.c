/* Address sets and seats: which vhosts httpd searches for a connection's local address
 * (server/vhost.c, ap_fini_vhost_config). */
#include "authorityc/model.h"

#include <apr_strings.h>

/* The address set declared as this, made at its first use: its first vhost is its
 * default. */
static uint32_t address_set_of(aty_model *model, apr_hash_t *known,
                               const aty_vhost_address *address, uint32_t vhost)
{
    const char *key = apr_psprintf(model->pool, "%s %u", address->host, address->port);
    const void *found = apr_hash_get(known, key, APR_HASH_KEY_STRING);
    aty_address_set_record record;
    uint32_t index;

    if (found) {
        return (uint32_t)((uintptr_t)found - 1);
    }
    record = (aty_address_set_record){
        .host = aty_writer_string(model->writer, address->host),
        .port = aty_put(address->port),
        .default_vhost = aty_put(vhost),
    };
    index = aty_writer_append(model->writer, ATY_SECTION_ADDRESS_SETS, &record, 1);
    apr_hash_set(known, key, APR_HASH_KEY_STRING, (const void *)((uintptr_t)index + 1));
    return index;
}

static void vhost_seat(aty_model *model, apr_hash_t *known, uint32_t index)
{
    const aty_vhost *vhost = aty_model_vhost(model, index);
    const aty_vhost_address *addresses = (const void *)vhost->addresses->elts;
    aty_vhost_record *record;
    uint32_t first = aty_writer_count(model->writer, ATY_SECTION_SEATS);

    for (int i = 0; i < vhost->addresses->nelts; i++) {
        uint32_t set = address_set_of(model, known, &addresses[i], index);
        aty_seat_record seat = {.address_set = aty_put(set), .frame = aty_put(ATY_NONE)};
        aty_writer_append(model->writer, ATY_SECTION_SEATS, &seat, 1);
    }
    record = aty_writer_records(model->writer, ATY_SECTION_VHOSTS);
    record += index;
    record->file = aty_model_file(model, &vhost->place);
    record->line = aty_put(vhost->place.line);
    record->first_seat = aty_put(first);
    record->seat_count = aty_put((uint32_t)vhost->addresses->nelts);
}

void aty_addresses_place(aty_model *model)
{
    apr_hash_t *known = apr_hash_make(model->pool);
    uint32_t count = aty_model_vhost_count(model);

    aty_writer_append(model->writer, ATY_SECTION_VHOSTS, NULL, count);
    for (uint32_t i = 0; i < count; i++) {
        vhost_seat(model, known, i);
    }
}
