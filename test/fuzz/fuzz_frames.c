/* Any bytes from mod_http2, through the filter itself, in buckets and brigades of any
 * shape: the ORIGIN frame stands behind a first SETTINGS frame or nowhere, all other
 * bytes and what stands between them stay as they are, and the filter goes once it is
 * done.
 *
 * The first byte says how many shapes follow, of two bytes each; the rest is what is
 * sent. A shape is a bucket: its size, what is about it, and its kind.
 *
 * links: mod_authority/origin_filter.c mod_authority/origin_walk.c
 * links: mod_authority/counters.c
 */
#include <stddef.h> /* before APR, which else makes an offsetof of its own */
#include <sys/mman.h>

#include <apr_buckets.h>
#include <apr_portable.h>
#include <util_filter.h>

#include "mod_authority/counters.h"
#include "mod_authority/origin_filter.h"
#include "mod_authority/origin_walk.h"
#include "test/fuzz/fuzz.h"

static const uint8_t frame[] = {0, 0, 2, 0x0c, 0, 0, 0, 0, 0, 0, 0};

/* The first byte of a shape. */
#define SIZE_BITS 0x1f /* bytes of the bucket */
#define MARKED    0x20 /* something that is no data follows */
#define ENDS      0x40 /* the brigade ends here */
#define REFUSED   0x80 /* and the network takes no more of it */

/* The second one: the kind, and what follows. */
#define KIND_BITS  0x0f
#define MARKS      4
#define MARKS_MAX  512
#define MARK_SHIFT 4

/* Data that is not there yet: who does not want to wait gets nothing. */
static apr_status_t late_read(apr_bucket *bucket, const char **bytes, apr_size_t *size,
                              apr_read_type_e block)
{
    if (block == APR_NONBLOCK_READ) {
        return APR_EAGAIN;
    }
    *bytes = bucket->data;
    *size = bucket->length;
    return APR_SUCCESS;
}

/* Data that cannot be divided. */
static apr_status_t rigid_read(apr_bucket *bucket, const char **bytes, apr_size_t *size,
                               apr_read_type_e block)
{
    (void)block;
    *bytes = bucket->data;
    *size = bucket->length;
    return APR_SUCCESS;
}

static apr_status_t mark_read(apr_bucket *bucket, const char **bytes, apr_size_t *size,
                              apr_read_type_e block)
{
    (void)bucket;
    (void)block;
    *bytes = NULL;
    *size = 0;
    return APR_SUCCESS;
}

static const apr_bucket_type_t late = {"LATE",
                                       5,
                                       APR_BUCKET_DATA,
                                       apr_bucket_destroy_noop,
                                       late_read,
                                       apr_bucket_setaside_notimpl,
                                       apr_bucket_split_notimpl,
                                       apr_bucket_copy_notimpl};
static const apr_bucket_type_t rigid = {"RIGID",
                                        5,
                                        APR_BUCKET_DATA,
                                        apr_bucket_destroy_noop,
                                        rigid_read,
                                        apr_bucket_setaside_notimpl,
                                        apr_bucket_split_notimpl,
                                        apr_bucket_copy_notimpl};
/* As httpd's error and EOC buckets and mod_http2's own. */
static const apr_bucket_type_t mark = {"MARK",
                                       5,
                                       APR_BUCKET_METADATA,
                                       apr_bucket_destroy_noop,
                                       mark_read,
                                       apr_bucket_setaside_notimpl,
                                       apr_bucket_split_notimpl,
                                       apr_bucket_copy_notimpl};

/* Something that is no data, and how many bytes are before it. */
typedef struct {
    const apr_bucket_type_t *type;
    size_t at;
    size_t length; /* of the bucket: 0, or what its maker says */
} marked;

typedef struct {
    marked marks[MARKS_MAX];
    size_t count;
} marks;

/* One connection. */
typedef struct {
    apr_pool_t *pool;
    conn_rec connection;
    ap_filter_t *filter; /* NULL: it is gone */
    int file;            /* holds what is sent; -1: not needed yet */
    const uint8_t *bytes;
    size_t taken, size;
    size_t end; /* of a first frame that is SETTINGS; see settings_end */
    marks in, out;
    bool has_no_place; /* a bucket is in the way */
    uint8_t *sent;
    size_t sent_size;
    size_t brigades; /* that arrived */
    apr_status_t status;
} wire;

static wire *current;
static ap_out_filter_func filter_function;

ap_filter_rec_t *ap_register_output_filter(const char *name, ap_out_filter_func function,
                                           ap_init_filter_func initialise,
                                           ap_filter_type type)
{
    (void)name;
    (void)initialise;
    (void)type;
    filter_function = function;
    return NULL;
}

ap_filter_t *ap_add_output_filter(const char *name, void *context, request_rec *r,
                                  conn_rec *c)
{
    static ap_filter_t network;

    (void)name;
    (void)r;
    current->filter = apr_pcalloc(c->pool, sizeof(ap_filter_t));
    current->filter->ctx = context;
    current->filter->c = c;
    current->filter->next = &network;
    return current->filter;
}

void ap_remove_output_filter(ap_filter_t *filter)
{
    fuzz_require(filter == current->filter, "it goes once");
    current->filter = NULL;
}

static void mark_note(marks *of, const apr_bucket *bucket, size_t at)
{
    if (of->count < MARKS_MAX) {
        of->marks[of->count++] = (marked){bucket->type, at, bucket->length};
    }
}

static void bucket_arrive(wire *to, apr_bucket *bucket)
{
    const char *bytes;
    apr_size_t size;

    if (APR_BUCKET_IS_METADATA(bucket)) {
        mark_note(&to->out, bucket, to->sent_size);
        return;
    }
    fuzz_require(apr_bucket_read(bucket, &bytes, &size, APR_BLOCK_READ) == APR_SUCCESS,
                 "it can be read");
    fuzz_require(to->sent_size + size <= to->size + sizeof frame, "no more is sent");
    if (size > 0) {
        memcpy(to->sent + to->sent_size, bytes, size);
    }
    to->sent_size += size;
}

/* What is below the filter. */
apr_status_t ap_pass_brigade(ap_filter_t *next, apr_bucket_brigade *brigade)
{
    (void)next;
    for (apr_bucket *bucket = APR_BRIGADE_FIRST(brigade);
         bucket != APR_BRIGADE_SENTINEL(brigade); bucket = APR_BUCKET_NEXT(bucket)) {
        bucket_arrive(current, bucket);
    }
    apr_brigade_cleanup(brigade);
    current->brigades++;
    return current->status;
}

static apr_bucket *typed_bucket(apr_bucket_alloc_t *list, const apr_bucket_type_t *type,
                                const uint8_t *bytes, size_t size)
{
    apr_bucket *bucket = apr_bucket_alloc(sizeof *bucket, list);

    APR_BUCKET_INIT(bucket);
    bucket->free = apr_bucket_free;
    bucket->list = list;
    bucket->type = type;
    bucket->length = size;
    bucket->start = 0;
    bucket->data = (void *)(uintptr_t)bytes;
    return bucket;
}

static apr_bucket *file_bucket(wire *to, size_t size)
{
    apr_file_t *file = NULL;

    if (to->file < 0) {
        to->file = memfd_create("frames", MFD_CLOEXEC);
        fuzz_require(to->file >= 0 &&
                         write(to->file, to->bytes, to->size) == (ssize_t)to->size,
                     "there is a file");
    }
    apr_os_file_put(&file, &to->file, APR_FOPEN_READ, to->pool);
    return apr_bucket_file_create(file, (apr_off_t)to->taken, size, to->pool,
                                  to->connection.bucket_alloc);
}

static apr_bucket *data_bucket(wire *to, size_t size, int kind)
{
    const uint8_t *bytes = to->bytes + to->taken;
    apr_bucket_alloc_t *list = to->connection.bucket_alloc;

    switch (kind) {
    case 1:
        return apr_bucket_heap_create((const char *)bytes, size, NULL, list);
    case 2:
        return apr_bucket_immortal_create((const char *)bytes, size, list);
    case 3:
        if (size > 0) {
            return file_bucket(to, size);
        }
        break;
    case 4:
        to->has_no_place |= to->taken < to->end;
        return typed_bucket(list, &late, bytes, size);
    case 5:
        to->has_no_place |= to->taken < to->end && to->end < to->taken + size;
        return typed_bucket(list, &rigid, bytes, size);
    default:
        break;
    }
    return apr_bucket_transient_create((const char *)bytes, size, list);
}

static apr_bucket *mark_bucket(apr_bucket_alloc_t *list, int kind)
{
    switch (kind % MARKS) {
    case 0:
        return apr_bucket_flush_create(list);
    case 1:
        return apr_bucket_eos_create(list);
    case 2:
        return typed_bucket(list, &mark, NULL, 0);
    default:
        return typed_bucket(list, &mark, NULL, 17); /* as some that say what they hold */
    }
}

static void bucket_send(wire *to, apr_bucket_brigade *brigade, size_t size, uint8_t shape,
                        uint8_t kind)
{
    apr_bucket *bucket;

    size = size < to->size - to->taken ? size : to->size - to->taken;
    bucket = data_bucket(to, size, kind & KIND_BITS);
    APR_BRIGADE_INSERT_TAIL(brigade, bucket);
    to->taken += size;
    if (shape & MARKED) {
        bucket = mark_bucket(to->connection.bucket_alloc, kind >> MARK_SHIFT);
        mark_note(&to->in, bucket, to->taken);
        APR_BRIGADE_INSERT_TAIL(brigade, bucket);
    }
}

/* As mod_http2 does: to the filter, or past it once it is gone. */
static void brigade_send(wire *to, apr_bucket_brigade *brigade, apr_status_t status)
{
    static ap_filter_t network;
    size_t before = to->brigades;

    to->status = status;
    fuzz_require((to->filter ? filter_function(to->filter, brigade)
                             : ap_pass_brigade(&network, brigade)) == status,
                 "what became of it is told");
    fuzz_require(to->brigades == before + 1, "each brigade goes down once");
}

static void all_send(wire *to, fuzz_input *shapes)
{
    apr_bucket_brigade *brigade =
        apr_brigade_create(to->pool, to->connection.bucket_alloc);

    while (shapes->left > 0) {
        uint8_t shape = fuzz_byte(shapes);
        bucket_send(to, brigade, shape & SIZE_BITS, shape, fuzz_byte(shapes));
        if (shape & ENDS) {
            brigade_send(to, brigade, shape & REFUSED ? APR_ECONNABORTED : APR_SUCCESS);
        }
    }
    bucket_send(to, brigade, to->size, 0, 0);
    brigade_send(to, brigade, APR_SUCCESS);
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

static void judge_marks(const wire *to, size_t end, size_t extra)
{
    fuzz_require(to->in.count == to->out.count, "what is no data is all there");
    for (size_t i = 0; i < to->in.count; i++) {
        const marked *in = &to->in.marks[i];
        const marked *out = &to->out.marks[i];
        fuzz_require(in->type == out->type && in->length == out->length &&
                         out->at == in->at + (in->at >= end ? extra : 0),
                     "where it was");
    }
}

static void judge(const wire *to, uint64_t counted)
{
    bool here = to->end != 0 && to->end != SIZE_MAX && !to->has_no_place;
    size_t extra = here ? sizeof frame : 0;
    size_t end = here ? to->end : to->size;

    fuzz_require(to->sent_size == to->size + extra, "nothing is lost or added");
    fuzz_require(memcmp(to->sent, to->bytes, end) == 0, "all before it stays");
    fuzz_require(memcmp(to->sent + end, frame, extra) == 0, "it is the frame");
    fuzz_require(memcmp(to->sent + end + extra, to->bytes + end, to->size - end) == 0,
                 "all behind it stays");
    judge_marks(to, end, extra);
    fuzz_require(counted == here, "it is counted");
    fuzz_require(!here || !to->filter, "the filter goes when the frame is sent");
}

/* By a connection of id 0. */
static uint64_t frames_counted(void)
{
    return atomic_load(&aty_counter_sets[0].counts[ATY_COUNT_ORIGIN_FRAMES]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t shapes = size ? 2 * (size_t)bytes[0] : 0;
    fuzz_input input = {bytes + 1, shapes};
    wire to = {.file = -1, .status = APR_SUCCESS};
    uint64_t before;

    if (size < 1 + shapes) {
        return 0;
    }
    before = frames_counted();
    current = &to;
    to.pool = to.connection.pool = fuzz_pool();
    to.connection.bucket_alloc = apr_bucket_alloc_create(to.pool);
    to.bytes = bytes + 1 + shapes;
    to.size = size - 1 - shapes;
    to.end = settings_end(to.bytes, to.size);
    to.sent = apr_palloc(to.pool, to.size + sizeof frame);
    aty_origin_filter_register();
    aty_origin_filter_install(&to.connection, frame, sizeof frame);
    all_send(&to, &input);
    judge(&to, frames_counted() - before);
    apr_pool_destroy(to.pool);
    if (to.file >= 0) {
        close(to.file);
    }
    return 0;
}
