/* origin.h: ORIGIN frames, as RFC 8336 has them on the wire.
 *
 * The encoder writes into the caller's buffer, entry by entry.
 */
#ifndef ATY_CORE_ORIGIN_H
#define ATY_CORE_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATY_FRAME_HEADER_SIZE 9
#define ATY_FRAME_PAYLOAD_MAX 16384 /* RFC 9113 §4.2: before SETTINGS of the peer */
#define ATY_FRAME_ORIGIN      0x0c  /* RFC 8336 §2.1 */
#define ATY_FRAME_SETTINGS    0x04  /* RFC 9113 §6.5 */

/* Bytes that an entry for `https://host[:port]` takes in the payload; the port is left
 * out where it is 443 (RFC 8336 §2.1, RFC 6454 §6.2). */
size_t aty_origin_entry_size(const char *host, uint32_t port);

/* Writes that entry; `out` has room for aty_origin_entry_size. Returns its size. */
size_t aty_origin_entry_write(uint8_t *out, const char *host, uint32_t port);

/* Writes the header of an ORIGIN frame: stream 0, no flags. */
void aty_origin_header_write(uint8_t out[ATY_FRAME_HEADER_SIZE], size_t payload_size);

/* Reads the next entry of a payload. Returns its host and port part ("https://…", not
 * NUL-terminated) and moves `*offset`; NULL at the end or where the rest is malformed. */
const char *aty_origin_entry_next(const uint8_t *payload, size_t size, size_t *offset,
                                  size_t *entry_length);

#endif
