/* origin_walk.h: where an ORIGIN frame goes in what mod_http2 sends.
 *
 * It follows the first frame, which must be SETTINGS (RFC 9113 §3.4). mod_http2 hands its
 * frames down in buckets of any shape: several frames in one, one frame over several,
 * metadata between. Where anything but SETTINGS comes first (GOAWAY of a refused
 * connection, HEADERS where we came late, HTTP/1 text) no frame may be inserted at all.
 *
 * Knows buckets, but no httpd, so that tests can walk what no server sends.
 */
#ifndef ATY_MOD_AUTHORITY_ORIGIN_WALK_H
#define ATY_MOD_AUTHORITY_ORIGIN_WALK_H

#include <stddef.h>
#include <stdint.h>

#include <apr_buckets.h>

#include "core/origin.h"

/* How far the first frame has been seen; begins with all zeros. */
typedef struct {
    uint8_t header[ATY_FRAME_HEADER_SIZE];
    size_t header_seen;  /* bytes of the header */
    size_t payload_left; /* bytes of the payload to come, once the header is complete */
} aty_origin_walk;

typedef enum {
    ATY_WALK_MORE,    /* the first frame is not over yet */
    ATY_WALK_HERE,    /* it was SETTINGS, and is over */
    ATY_WALK_NO_PLACE /* it is something else: nothing may be inserted */
} aty_walk_result;

/* Looks at the next `size` bytes. At ATY_WALK_HERE `*end` is the number of them that
 * belong to the first frame. After anything but ATY_WALK_MORE the walk is over. */
aty_walk_result aty_origin_walk_bytes(aty_origin_walk *walk, const uint8_t *bytes,
                                      size_t size, size_t *end);

/* Looks at the next brigade and, where the first frame ends in it, inserts `frame` behind
 * that: as a slice of the caller's memory, which must outlive the connection. All other
 * bytes and metadata stay as they are. Never waits for data: a bucket that would have to
 * is ATY_WALK_NO_PLACE. */
aty_walk_result aty_origin_walk_brigade(aty_origin_walk *walk,
                                        apr_bucket_brigade *brigade, const uint8_t *frame,
                                        size_t frame_size);

#endif
