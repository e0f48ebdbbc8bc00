#include "authorityc/probe/probe_origin.h"

#include <ctype.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_clean.h"

#define FLAGS_IGNORED 0x0f  /* RFC 8336 §2.2: a frame with one of these is ignored */
#define SHOWN         100   /* bytes of an origin in a fault */
#define ORIGINS_MAX   10000 /* that are kept; six full frames of short ones */
#define ORIGIN_MAX    2048  /* bytes of an origin that are kept */

static void fault_keep(aty_probe_handshake *handshake, const char *fault)
{
    if (!handshake->origin_fault) {
        handshake->origin_fault = fault;
    }
}

static bool is_ignored(const aty_probe_frame *frame)
{
    return frame->stream != 0 || (frame->flags & FLAGS_IGNORED);
}

void aty_probe_origin_begin(apr_pool_t *pool, const aty_probe_frame *frame,
                            aty_probe_handshake *handshake)
{
    if (frame->length > handshake->origin_largest) {
        handshake->origin_largest = frame->length;
    }
    if (frame->length > ATY_FRAME_PAYLOAD_MAX) {
        fault_keep(
            handshake,
            apr_psprintf(pool,
                         "an ORIGIN frame of %u bytes, where clients take %u at most "
                         "and end the connection (RFC 9113 §4.2)",
                         (unsigned)frame->length, (unsigned)ATY_FRAME_PAYLOAD_MAX));
    }
    else if (frame->stream != 0) {
        fault_keep(handshake,
                   apr_psprintf(pool,
                                "an ORIGIN frame on stream %u, which clients "
                                "ignore: stream 0 is its place (RFC 8336 §2.2)",
                                (unsigned)frame->stream));
    }
    else if (frame->flags & FLAGS_IGNORED) {
        fault_keep(handshake, apr_psprintf(pool,
                                           "an ORIGIN frame with flags (0x%02x), which "
                                           "clients ignore (RFC 8336 §2.2)",
                                           (unsigned)frame->flags));
    }
}

/* Bytes of a scheme and "://" at the beginning; 0: there is none. */
static size_t scheme_size(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && (islower((unsigned char)text[at]) ||
                           (at > 0 && (isdigit((unsigned char)text[at]) ||
                                       (text[at] && strchr("+-.", text[at])))))) {
        at++;
    }
    return at > 0 && length - at > 3 && memcmp(text + at, "://", 3) == 0 ? at + 3 : 0;
}

/* Whether it is as RFC 6454 §6.2 writes an origin in ASCII: lower case, no path, no
 * wildcard (RFC 8336 §2.2, appendix B). */
static bool is_origin(const char *text, size_t length)
{
    size_t at = scheme_size(text, length);
    if (at == 0) {
        return false;
    }
    for (; at < length; at++) {
        unsigned char c = (unsigned char)text[at];
        if (!islower(c) && !isdigit(c) && (c == '\0' || !strchr("-._:[]", c))) {
            return false;
        }
    }
    return true;
}

static void entry_check(apr_pool_t *pool, const char *entry, size_t length,
                        aty_probe_handshake *handshake)
{
    if (!handshake->origin_fault && !is_origin(entry, length)) {
        handshake->origin_fault = apr_psprintf(
            pool,
            "'%s' in an ORIGIN frame is no origin; clients ignore it (RFC 8336 §2.2)",
            aty_probe_clean(pool, entry, length, SHOWN));
    }
}

static void entry_keep(apr_pool_t *pool, const char *entry, size_t length,
                       aty_probe_handshake *handshake)
{
    if (handshake->origins->nelts < ORIGINS_MAX) {
        APR_ARRAY_PUSH(handshake->origins, const char *) =
            aty_probe_clean(pool, entry, length, ORIGIN_MAX);
    }
    else {
        fault_keep(handshake, "more than 10,000 origins");
    }
}

void aty_probe_origin_end(apr_pool_t *pool, const aty_probe_frame *frame,
                          const uint8_t *payload, size_t size,
                          aty_probe_handshake *handshake)
{
    size_t offset = 0;
    size_t length = 0;
    const char *entry;
    if (is_ignored(frame) || frame->length > size) {
        return;
    }
    if (!handshake->origins) {
        handshake->origins = apr_array_make(pool, 8, sizeof(const char *));
    }
    handshake->origin_frames++;
    while ((entry = aty_origin_entry_next(payload, size, &offset, &length))) {
        entry_check(pool, entry, length, handshake);
        entry_keep(pool, entry, length, handshake);
    }
    if (offset < size) {
        fault_keep(handshake,
                   apr_psprintf(pool,
                                "an ORIGIN frame of %u bytes ends inside an entry that "
                                "begins at byte %u (RFC 8336 §2.1)",
                                (unsigned)size, (unsigned)offset));
    }
}
