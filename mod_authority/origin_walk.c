#include "mod_authority/origin_walk.h"

#include <stdbool.h>
#include <string.h>

#define FLAG_ACK 0x01 /* RFC 9113 §6.5 */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Whether the first bytes of a header can still become that of SETTINGS: type 4, no ACK,
 * stream 0. Its other flags mean nothing. */
static bool begins_settings(const uint8_t *header, size_t seen)
{
    static const uint8_t settings[] = {ATY_FRAME_SETTINGS, 0, 0, 0, 0, 0};
    uint8_t given[sizeof settings] = {0};

    if (seen <= 3) {
        return true;
    }
    memcpy(given, header + 3, seen - 3);
    given[1] &= FLAG_ACK;
    given[2] &= 0x7f; /* a reserved bit, which is ignored (RFC 9113 §4.1) */
    return memcmp(given, settings, seen - 3) == 0;
}

static size_t payload_size(const uint8_t *header)
{
    return (size_t)header[0] << 16 | (size_t)header[1] << 8 | header[2];
}

/* Takes what the header lacks; returns how many bytes that were. */
static size_t take_header(aty_origin_walk *walk, const uint8_t *bytes, size_t size)
{
    size_t taken = smaller(size, ATY_FRAME_HEADER_SIZE - walk->header_seen);

    memcpy(walk->header + walk->header_seen, bytes, taken);
    walk->header_seen += taken;
    if (taken > 0 && walk->header_seen == ATY_FRAME_HEADER_SIZE) {
        walk->payload_left = payload_size(walk->header);
    }
    return taken;
}

aty_walk_result aty_origin_walk_bytes(aty_origin_walk *walk, const uint8_t *bytes,
                                      size_t size, size_t *end)
{
    size_t taken = take_header(walk, bytes, size);
    size_t payload = smaller(size - taken, walk->payload_left);

    if (!begins_settings(walk->header, walk->header_seen) ||
        walk->payload_left > ATY_FRAME_PAYLOAD_MAX) {
        return ATY_WALK_NO_PLACE;
    }
    walk->payload_left -= payload;
    if (walk->header_seen < ATY_FRAME_HEADER_SIZE || walk->payload_left > 0) {
        return ATY_WALK_MORE;
    }
    *end = taken + payload;
    return ATY_WALK_HERE;
}

/* Puts the frame behind the first `end` bytes of the bucket, which were read. */
static aty_walk_result insert(apr_bucket_brigade *brigade, apr_bucket *bucket, size_t end,
                              const uint8_t *frame, size_t frame_size)
{
    apr_bucket *slice;

    if (end < bucket->length && apr_bucket_split(bucket, end) != APR_SUCCESS) {
        return ATY_WALK_NO_PLACE;
    }
    slice = apr_bucket_immortal_create((const char *)frame, frame_size,
                                       brigade->bucket_alloc);
    APR_BUCKET_INSERT_AFTER(bucket, slice);
    return ATY_WALK_HERE;
}

aty_walk_result aty_origin_walk_brigade(aty_origin_walk *walk,
                                        apr_bucket_brigade *brigade, const uint8_t *frame,
                                        size_t frame_size)
{
    apr_bucket *bucket;

    for (bucket = APR_BRIGADE_FIRST(brigade); bucket != APR_BRIGADE_SENTINEL(brigade);
         bucket = APR_BUCKET_NEXT(bucket)) {
        const char *bytes;
        apr_size_t size;
        size_t end;
        aty_walk_result result;

        if (APR_BUCKET_IS_METADATA(bucket)) {
            continue;
        }
        if (apr_bucket_read(bucket, &bytes, &size, APR_NONBLOCK_READ) != APR_SUCCESS) {
            return ATY_WALK_NO_PLACE;
        }
        result = aty_origin_walk_bytes(walk, (const uint8_t *)bytes, size, &end);
        if (result == ATY_WALK_HERE) {
            return insert(brigade, bucket, end, frame, frame_size);
        }
        if (result == ATY_WALK_NO_PLACE) {
            return result;
        }
    }
    return ATY_WALK_MORE;
}
