/* Where the ORIGIN frame goes, in brigades of every shape: behind a first SETTINGS frame
 * (RFC checklist O17, F1) and nowhere else, whatever the buckets look like.
 *
 * links: mod_authority/origin_walk.c
 */
#include <stdlib.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_thread_proc.h>

#include "mod_authority/origin_walk.h"
#include "test/unit/tap.h"

#define ORIGIN      "\0\0\2\xc\0\0\0\0\0\0\0"
#define SETTINGS    "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"
#define WINDOW      "\0\0\4\x8\0\0\0\0\0\x7f\xff\0\0"
#define GOAWAY      "\0\0\x8\7\0\0\0\0\0\0\0\0\0\0\0\0\2"
#define HEADERS     "\0\0\3\1\4\0\0\0\1\x88\x88\x88"
#define BYTES(text) ((const uint8_t *)(text)), sizeof(text) - 1

/* What is sent first, and the bytes of it that are the first frame; 0: no place. */
static const struct {
    const char *what;
    const uint8_t *bytes;
    size_t size;
    size_t end;
} streams[] = {
    {"SETTINGS alone", BYTES(SETTINGS), 15},
    {"SETTINGS, WINDOW_UPDATE", BYTES(SETTINGS WINDOW), 15},
    {"empty SETTINGS, WINDOW_UPDATE", BYTES("\0\0\0\4\0\0\0\0\0" WINDOW), 9},
    {"SETTINGS with an undefined flag", BYTES("\0\0\0\4\x10\0\0\0\0" WINDOW), 9},
    {"SETTINGS with the reserved bit", BYTES("\0\0\0\4\0\x80\0\0\0" WINDOW), 9},
    {"SETTINGS, HEADERS", BYTES(SETTINGS HEADERS), 15},
    {"ACK of SETTINGS first", BYTES("\0\0\0\4\1\0\0\0\0" SETTINGS), 0},
    {"SETTINGS on a stream", BYTES("\0\0\0\4\0\0\0\0\1" WINDOW), 0},
    {"SETTINGS larger than a frame may be", BYTES("\0\x40\1\4\0\0\0\0\0" WINDOW), 0},
    {"GOAWAY first", BYTES(GOAWAY), 0},
    {"GOAWAY first, then SETTINGS", BYTES(GOAWAY SETTINGS), 0},
    {"HEADERS first", BYTES(HEADERS SETTINGS), 0},
    {"HTTP/1.1", BYTES("HTTP/1.1 200 OK\r\n\r\n"), 0},
    {"TLS's own PING", BYTES("\0\0\x8\6\0\0\0\0\0\1\2\3\4\5\6\7\x8" SETTINGS), 0},
};

typedef struct {
    apr_pool_t *pool;
    apr_bucket_alloc_t *buckets;
} fixture;

/* How the bytes of a stream are cut and dressed. */
typedef struct {
    size_t cuts[2];  /* where a new bucket begins, ascending */
    bool flushes;    /* a FLUSH before, between and behind */
    bool brigades;   /* each bucket in a brigade of its own */
    bool own_memory; /* heap buckets instead of slices */
} shape;

static void add_bucket(const fixture *f, apr_bucket_brigade *brigade,
                       const uint8_t *bytes, size_t size, const shape *how)
{
    apr_bucket *bucket =
        how->own_memory
            ? apr_bucket_heap_create((const char *)bytes, size, NULL, f->buckets)
            : apr_bucket_transient_create((const char *)bytes, size, f->buckets);

    if (how->flushes) {
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_flush_create(f->buckets));
    }
    APR_BRIGADE_INSERT_TAIL(brigade, bucket);
    if (how->flushes) {
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_flush_create(f->buckets));
    }
}

static size_t count_metadata(const apr_bucket_brigade *brigade)
{
    size_t count = 0;

    for (apr_bucket *b = APR_BRIGADE_FIRST(brigade); b != APR_BRIGADE_SENTINEL(brigade);
         b = APR_BUCKET_NEXT(b)) {
        count += APR_BUCKET_IS_METADATA(b) ? 1 : 0;
    }
    return count;
}

/* As the filter does: walks while there is more to see, then lets all pass. */
typedef struct {
    aty_origin_walk walk;
    aty_walk_result result;
    uint8_t sent[256];
    size_t size;
    size_t metadata;
} wire;

static void send_brigade(wire *to, apr_bucket_brigade *brigade)
{
    apr_size_t size = sizeof to->sent - to->size;

    if (to->result == ATY_WALK_MORE) {
        to->result = aty_origin_walk_brigade(&to->walk, brigade, BYTES(ORIGIN));
    }
    to->metadata += count_metadata(brigade);
    apr_brigade_flatten(brigade, (char *)to->sent + to->size, &size);
    to->size += size;
    apr_brigade_cleanup(brigade);
}

static void send_shaped(const fixture *f, wire *to, const uint8_t *bytes, size_t size,
                        const shape *how)
{
    const size_t ends[] = {how->cuts[0], how->cuts[1], size};
    apr_bucket_brigade *brigade = apr_brigade_create(f->pool, f->buckets);
    size_t begin = 0;

    for (size_t i = 0; i < 3; i++) {
        add_bucket(f, brigade, bytes + begin, ends[i] - begin, how);
        begin = ends[i];
        if (how->brigades) {
            send_brigade(to, brigade);
        }
    }
    send_brigade(to, brigade);
}

/* The bytes with the frame behind the first `end` of them, or nowhere. */
static bool arrived(const wire *got, const uint8_t *bytes, size_t size, size_t end)
{
    uint8_t expected[256];
    size_t frame = end ? sizeof ORIGIN - 1 : 0;

    memcpy(expected, bytes, end);
    memcpy(expected + end, ORIGIN, frame);
    memcpy(expected + end + frame, bytes + end, size - end);
    return got->size == size + frame && memcmp(got->sent, expected, got->size) == 0 &&
           got->result == (end ? ATY_WALK_HERE : ATY_WALK_NO_PLACE);
}

static bool holds_in_shape(const fixture *f, size_t stream, const shape *how)
{
    wire got = {.result = ATY_WALK_MORE};

    send_shaped(f, &got, streams[stream].bytes, streams[stream].size, how);
    apr_pool_clear(f->pool);
    return arrived(&got, streams[stream].bytes, streams[stream].size,
                   streams[stream].end) &&
           got.metadata == (how->flushes ? 6 : 0);
}

/* Every pair of cuts, empty buckets among them, in every dress. */
static void test_stream(const fixture *f, size_t stream)
{
    size_t size = streams[stream].size;
    size_t wrong = 0;

    for (size_t dress = 0; dress < 8; dress++) {
        shape how = {{0, 0}, dress & 1, dress & 2, dress & 4};
        for (how.cuts[0] = 0; how.cuts[0] <= size; how.cuts[0]++) {
            for (how.cuts[1] = how.cuts[0]; how.cuts[1] <= size; how.cuts[1]++) {
                wrong += holds_in_shape(f, stream, &how) ? 0 : 1;
            }
        }
    }
    tap_ok(wrong == 0, "%s: %s, cut anywhere", streams[stream].what,
           streams[stream].end ? "the frame follows" : "no frame");
    if (wrong) {
        tap_diag("%zu shapes are wrong", wrong);
    }
}

/* One byte at a time, each in its own call: the walk holds no pointer into the past. */
static void test_bytes(void)
{
    for (size_t s = 0; s < sizeof streams / sizeof streams[0]; s++) {
        aty_origin_walk walk = {{0}, 0, 0};
        aty_walk_result result = ATY_WALK_MORE;
        size_t seen = 0;
        while (result == ATY_WALK_MORE && seen < streams[s].size) {
            uint8_t byte = streams[s].bytes[seen++];
            size_t end = 0;
            result = aty_origin_walk_bytes(&walk, &byte, 1, &end);
        }
        tap_ok(result == (streams[s].end ? ATY_WALK_HERE : ATY_WALK_NO_PLACE) &&
                   (streams[s].end == 0 || seen == streams[s].end),
               "%s: byte by byte", streams[s].what);
    }
}

static void test_unfinished(const fixture *f)
{
    const shape whole = {{0, 0}, false, false, false};

    for (size_t size = 0; size < sizeof SETTINGS - 1; size++) {
        wire got = {.result = ATY_WALK_MORE};
        send_shaped(f, &got, (const uint8_t *)SETTINGS, size, &whole);
        tap_ok(got.result == ATY_WALK_MORE && got.size == size &&
                   memcmp(got.sent, SETTINGS, size) == 0,
               "the first %zu bytes of SETTINGS pass, and the walk goes on", size);
    }
}

/* A bucket of unknown length, as those of pipes and CGIs are. */
static apr_file_t *open_pipe(const fixture *f, apr_bucket_brigade *brigade,
                             apr_file_t **reader)
{
    apr_file_t *writer;

    if (apr_file_pipe_create_ex(reader, &writer, APR_FULL_NONBLOCK, f->pool) !=
        APR_SUCCESS) {
        abort();
    }
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_pipe_create(*reader, f->buckets));
    return writer;
}

static void test_unknown_length(const fixture *f)
{
    apr_bucket_brigade *brigade = apr_brigade_create(f->pool, f->buckets);
    wire got = {.result = ATY_WALK_MORE};
    apr_file_t *reader;
    apr_file_t *writer = open_pipe(f, brigade, &reader);

    apr_file_write_full(writer, SETTINGS WINDOW, sizeof SETTINGS WINDOW - 1, NULL);
    apr_file_close(writer);
    send_brigade(&got, brigade);
    tap_ok(arrived(&got, BYTES(SETTINGS WINDOW), 15),
           "a bucket of unknown length is read and split");
    apr_pool_clear(f->pool);
}

static void test_would_wait(const fixture *f)
{
    apr_bucket_brigade *brigade = apr_brigade_create(f->pool, f->buckets);
    apr_file_t *reader;
    apr_file_t *writer = open_pipe(f, brigade, &reader);
    aty_origin_walk walk = {{0}, 0, 0};

    tap_ok(aty_origin_walk_brigade(&walk, brigade, BYTES(ORIGIN)) == ATY_WALK_NO_PLACE,
           "a bucket that has no data yet is not waited for");
    apr_file_write_full(writer, SETTINGS, sizeof SETTINGS - 1, NULL);
    apr_file_close(writer);
    wire got = {.result = ATY_WALK_NO_PLACE};
    send_brigade(&got, brigade);
    tap_ok(arrived(&got, BYTES(SETTINGS), 0), "and its data pass later as they are");
    apr_pool_clear(f->pool);
}

int main(void)
{
    fixture f;
    apr_pool_t *root;

    alarm(20); /* a walk that waits for data would wait forever */
    apr_initialize();
    apr_pool_create(&root, NULL);
    apr_pool_create(&f.pool, root);
    f.buckets = apr_bucket_alloc_create(root);
    for (size_t s = 0; s < sizeof streams / sizeof streams[0]; s++) {
        test_stream(&f, s);
    }
    test_bytes();
    test_unfinished(&f);
    test_unknown_length(&f);
    test_would_wait(&f);
    apr_pool_destroy(root);
    apr_terminate();
    return tap_done();
}
