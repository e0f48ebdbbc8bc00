/* probe_origin.h: the ORIGIN frames of a server, read as RFC 8336 has a client do it.
 */
#ifndef ATY_AUTHORITYC_PROBE_ORIGIN_H
#define ATY_AUTHORITYC_PROBE_ORIGIN_H

#include "authorityc/probe/probe_client.h"
#include "authorityc/probe/probe_frames.h"

/* Sees the header of an ORIGIN frame: remembers its size, and what is wrong with it. */
void aty_probe_origin_begin(apr_pool_t *pool, const aty_probe_frame *frame,
                            aty_probe_handshake *handshake);

/* Adds the origins of its payload; of a frame that clients must ignore, none. Of a
 * malformed one the whole entries count, and the first fault is kept. */
void aty_probe_origin_end(apr_pool_t *pool, const aty_probe_frame *frame,
                          const uint8_t *payload, size_t size,
                          aty_probe_handshake *handshake);

#endif
