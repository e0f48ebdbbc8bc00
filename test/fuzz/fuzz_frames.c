/* Any bytes from mod_http2, in buckets and brigades of any shape: the ORIGIN frame stands
 * behind a first SETTINGS frame or nowhere, and all other bytes stay as they are.
 *
 * The first byte says how many bytes of shape follow; the rest is what is sent. A byte of
 * shape is the size of a bucket and what is about it.
 *
 * links: mod_authority/origin_walk.c
 */
#include <string.h>

#include "mod_authority/origin_walk.h"
#include "test/fuzz/fuzz.h"

static const uint8_t frame[] = {0, 0, 2, 0x0c, 0, 0, 0, 0, 0, 0, 0};

#define SIZE_BITS  0x1f /* of a shape: bytes of the bucket */
#define FLUSH      0x20 /* a FLUSH follows */
#define ENDS       0x40 /* the brigade ends here */
#define OWN_MEMORY 0x80

typedef struct {
    apr_pool_t *pool;
    apr_bucket_alloc_t *buckets;
    aty_origin_walk walk;
    aty_walk_result result;
    uint8_t *sent;
    size_t size;
} wire;

static void bucket_add(wire *to, apr_bucket_brigade *brigade, const uint8_t *bytes,
                       size_t size, uint8_t shape)
{
    const char *text = (const char *)bytes;
    apr_bucket *bucket = shape & OWN_MEMORY
                             ? apr_bucket_heap_create(text, size, NULL, to->buckets)
                             : apr_bucket_transient_create(text, size, to->buckets);

    APR_BRIGADE_INSERT_TAIL(brigade, bucket);
    if (shape & FLUSH) {
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_flush_create(to->buckets));
    }
}

/* As the filter does. */
static void brigade_send(wire *to, apr_bucket_brigade *brigade)
{
    apr_size_t size;

    if (to->result == ATY_WALK_MORE) {
        to->result = aty_origin_walk_brigade(&to->walk, brigade, frame, sizeof frame);
    }
    size = SIZE_MAX / 2;
    apr_brigade_flatten(brigade, (char *)to->sent + to->size, &size);
    to->size += size;
    apr_brigade_cleanup(brigade);
}

static void all_send(wire *to, const uint8_t *shapes, size_t shape_count,
                     const uint8_t *bytes, size_t size)
{
    apr_bucket_brigade *brigade = apr_brigade_create(to->pool, to->buckets);

    for (size_t i = 0; i < shape_count; i++) {
        size_t length = shapes[i] & SIZE_BITS;
        length = length < size ? length : size;
        bucket_add(to, brigade, bytes, length, shapes[i]);
        bytes += length;
        size -= length;
        if (shapes[i] & ENDS) {
            brigade_send(to, brigade);
        }
    }
    bucket_add(to, brigade, bytes, size, 0);
    brigade_send(to, brigade);
}

/* Bytes of a first frame that is SETTINGS: no ACK, on the connection, not too large (RFC
 * 9113 §3.4, §6.5). 0: it is another frame. SIZE_MAX: more would have to come. */
static size_t settings_end(const uint8_t *bytes, size_t size)
{
    size_t payload;

    if (size < ATY_FRAME_HEADER_SIZE) {
        return SIZE_MAX;
    }
    payload = (size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2];
    if (bytes[3] != ATY_FRAME_SETTINGS || (bytes[4] & 1) ||
        payload > ATY_FRAME_PAYLOAD_MAX ||
        ((bytes[5] & 0x7f) | bytes[6] | bytes[7] | bytes[8]) != 0) {
        return 0;
    }
    return size - ATY_FRAME_HEADER_SIZE < payload ? SIZE_MAX
                                                  : ATY_FRAME_HEADER_SIZE + payload;
}

static void judge(const wire *got, const uint8_t *bytes, size_t size)
{
    size_t end = settings_end(bytes, size);
    bool here = got->result == ATY_WALK_HERE;
    size_t extra = here ? sizeof frame : 0;

    fuzz_require(got->size == size + extra, "nothing is lost, nothing else is added");
    if (here) {
        fuzz_require(end != 0 && end != SIZE_MAX, "it stands behind SETTINGS only");
        fuzz_require(memcmp(got->sent, bytes, end) == 0 &&
                         memcmp(got->sent + end, frame, sizeof frame) == 0 &&
                         memcmp(got->sent + end + extra, bytes + end, size - end) == 0,
                     "directly behind it");
    }
    else {
        fuzz_require(end == 0 || end == SIZE_MAX, "SETTINGS is not overlooked");
        fuzz_require(memcmp(got->sent, bytes, size) == 0, "all other bytes stay");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t shapes = size ? bytes[0] : 0;
    wire to = {.result = ATY_WALK_MORE};

    if (size < 1 + shapes) {
        return 0;
    }
    to.pool = fuzz_pool();
    to.buckets = apr_bucket_alloc_create(to.pool);
    to.sent = apr_palloc(to.pool, size + sizeof frame);
    all_send(&to, bytes + 1, shapes, bytes + 1 + shapes, size - 1 - shapes);
    judge(&to, bytes + 1 + shapes, size - 1 - shapes);
    apr_pool_destroy(to.pool);
    return 0;
}
