/* table.h: reading a table that authorityc wrote.
 *
 * aty_table_open proves the whole blob once; after that no lookup can leave it. The blob
 * stays the caller's and must outlive the view. Nothing is allocated, logged or changed,
 * so any number of threads may read one view.
 */
#ifndef ATY_CORE_TABLE_H
#define ATY_CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/format.h"

typedef enum {
    ATY_TABLE_OK,
    ATY_TABLE_TRUNCATED,   /* shorter than it says */
    ATY_TABLE_NOT_A_TABLE, /* no magic */
    ATY_TABLE_VERSION_UNKNOWN,
    ATY_TABLE_SIZE_WRONG, /* longer than it says */
    ATY_TABLE_DIGEST_WRONG,
    ATY_TABLE_MALFORMED /* the digest agrees, and yet a reference leads nowhere */
} aty_table_status;

/* Writes the SHA-256 of `size` bytes; the caller brings a library's. */
typedef void aty_sha256(const void *bytes, size_t size, uint8_t digest[ATY_DIGEST_SIZE]);

/* A proven table. The members are for the inline readers below. */
typedef struct {
    const aty_header_record *header;
    const char *strings;
    const aty_address_set_record *address_sets;
    const aty_vhost_record *vhosts;
    const aty_seat_record *seats;
    const aty_name_record *names;
    const aty_le32 *name_index;
    const aty_le32 *wild_index;
    const aty_le32 *odd_patterns;
    const aty_setting_record *settings;
    const aty_certificate_record *certificates;
    const aty_le32 *certificate_lists;
    const aty_le32 *certificate_names;
    const aty_location_record *locations;
    const aty_pair_record *pairs;
    const uint8_t *frames;
    const aty_place_record *places;
    const aty_source_record *sources;
    uint32_t counts[ATY_SECTION_COUNT];
    aty_sni_policy sni_policy;
} aty_table;

/* Proves the `size` bytes at `blob` and fills the view. Anything but ATY_TABLE_OK leaves
 * the view unusable. */
aty_table_status aty_table_open(aty_table *table, const void *blob, size_t size,
                                aty_sha256 *sha256);

/* Bytes of one record of a section. */
uint32_t aty_section_record_size(aty_section section);

/* What is wrong, for people: lower case, no full stop. */
const char *aty_table_status_text(aty_table_status status);

static inline const char *aty_table_string(const aty_table *table, aty_le32 offset)
{
    return table->strings + aty_get(offset);
}

/* Where a place of an imported policy comes from, "FILE:LINE" of httpd's configuration;
 * NULL where the policy does not say. */
const char *aty_table_source(const aty_table *table, aty_le32 file, aty_le32 line);

/* ServerName of a vhost, in lower case. */
const char *aty_vhost_server_name(const aty_table *table, uint32_t vhost);

/* The setting of a field of a vhost. */
const aty_setting_record *aty_vhost_setting(const aty_table *table, uint32_t vhost,
                                            aty_field field);

/* The first <Location> of a vhost that needs one of `needs` (a set of ATY_LOCATION_…), or
 * NULL. */
const aty_location_record *aty_vhost_location_needing(const aty_table *table,
                                                      uint32_t vhost, uint32_t needs);

/* The seat of a vhost on an address set, or NULL. */
const aty_seat_record *aty_vhost_seat(const aty_table *table, uint32_t vhost,
                                      uint32_t address_set);

/* An origin of a frame; all zero before the first. */
typedef struct {
    const char *text; /* "https://host[:port]", not NUL-terminated */
    size_t length;
    size_t end; /* offset in the payload */
} aty_seat_origin;

/* Goes to the first origin of the seat's ORIGIN frame or to the next one. False at the
 * end, and where the seat has no frame. */
bool aty_seat_origin_next(const aty_table *table, const aty_seat_record *seat,
                          aty_seat_origin *origin);

/* Whether some address set of the vhost gives the name to this vhost. `name` is lower
 * case. */
bool aty_vhost_owns(const aty_table *table, uint32_t vhost, const char *name,
                    size_t length);

/* Whether the certificate covers the name (lower case): the name itself, or `*` for its
 * first label. */
bool aty_certificate_covers(const aty_table *table,
                            const aty_certificate_record *certificate, const char *name,
                            size_t length);

/* Whether every certificate of the vhost covers the name (lower case). A vhost without a
 * certificate covers nothing. */
bool aty_vhost_covers(const aty_table *table, uint32_t vhost, const char *name,
                      size_t length);

/* Whether two vhosts have the same certificates, one or more, in the same order: then
 * they cover the same names. */
bool aty_vhosts_share_certificates(const aty_table *table, uint32_t a, uint32_t b);

/* Whether AcceptPair lets the authority (lower case) come to the vhost's connections. */
bool aty_vhost_accepts(const aty_table *table, uint32_t vhost, const char *authority,
                       size_t length);

/* The address set declared exactly so, or ATY_NONE. `host` as in the record. */
uint32_t aty_address_set_named(const aty_table *table, const char *host, uint32_t port);

/* The address set that serves a connection to this local address and port, or ATY_NONE:
 * the address with its port, the address with any port, the first wildcard that takes the
 * port (server/vhost.c, ap_update_vhost_given_ip). */
uint32_t aty_address_set_serving(const aty_table *table, const char *host, uint32_t port);

/* The name record on the address set that is this very name (lower case; no pattern), or
 * ATY_NONE. Its vhost is the first that has it, which an earlier wildcard may still beat.
 */
uint32_t aty_name_exact(const aty_table *table, uint32_t address_set, const char *name,
                        size_t length);

/* The vhost that has the name (lower case) on the address set: first in file order, an
 * earlier wildcard before a later name (server/vhost.c, update_server_from_aliases;
 * ssl_engine_kernel.c, ssl_find_vhost). ATY_NONE where no vhost has it. */
uint32_t aty_vhost_named(const aty_table *table, uint32_t address_set, const char *name,
                         size_t length);

/* The vhost on the address set whose ServerName this is (lower case), or ATY_NONE. */
uint32_t aty_vhost_with_server_name(const aty_table *table, uint32_t address_set,
                                    const char *name, size_t length);

#endif
