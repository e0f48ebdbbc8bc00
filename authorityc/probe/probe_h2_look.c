/* What the server's frames say before libnghttp2 reads them. */
#include <string.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_clean.h"
#include "authorityc/probe/probe_h2_state.h"
#include "authorityc/probe/probe_origin.h"

#define FRAME_COST 256 /* bytes of credit for a frame beside its payload */

void aty_probe_h2_end_endless(aty_probe_h2 *h2)
{
    uint8_t most = 0;
    char name[32];
    for (int type = 0; type < 256; type++) {
        most = h2->seen[type] > h2->seen[most] ? (uint8_t)type : most;
    }
    aty_probe_h2_end(h2, apr_psprintf(h2->pool,
                                      "the server sends without end: %u frames, most of "
                                      "them %s",
                                      (unsigned)h2->frames_seen,
                                      aty_probe_frame_name(most, name)));
}

static void end_too_large(aty_probe_h2 *h2)
{
    char name[32];
    aty_probe_h2_end_broken(
        h2, NGHTTP2_FRAME_SIZE_ERROR,
        apr_psprintf(h2->pool, "%s with %u bytes, more than %u",
                     aty_probe_frame_name(h2->frames.frame.type, name),
                     (unsigned)h2->frames.frame.length, (unsigned)ATY_FRAME_PAYLOAD_MAX));
}

static void goaway_read(aty_probe_h2 *h2)
{
    const uint8_t *payload = h2->frames.kept;
    size_t size = h2->frames.kept_size;
    const char *code, *detail;
    if (size < 8 || h2->goaway) {
        return;
    }
    code = aty_probe_code_text(h2->pool, (uint32_t)payload[4] << 24 |
                                             (uint32_t)payload[5] << 16 |
                                             (uint32_t)payload[6] << 8 | payload[7]);
    detail = size > 8 ? apr_pstrcat(h2->pool, ": '",
                                    aty_probe_clean(h2->pool, payload + 8, size - 8,
                                                    ATY_PROBE_DETAIL_MAX),
                                    "'", NULL)
                      : "";
    h2->goaway = apr_psprintf(h2->pool, "the server said GOAWAY (%s%s)", code, detail);
}

/* RFC 9113 §3.4: the first frame of a server is SETTINGS. `rest` is what follows its
 * header. */
static void first_frame_check(aty_probe_h2 *h2, const uint8_t *rest, size_t size)
{
    const aty_probe_frame *frame = &h2->frames.frame;
    char text[ATY_FRAME_HEADER_SIZE + 32];
    bool is_frame =
        frame->length <= ATY_FRAME_PAYLOAD_MAX && frame->type <= ATY_FRAME_ORIGIN;
    bool is_settings =
        frame->type == NGHTTP2_SETTINGS && !(frame->flags & NGHTTP2_FLAG_ACK);
    if (is_frame && (is_settings || frame->type == NGHTTP2_GOAWAY)) {
        return;
    }
    if (is_frame) {
        char name[32];
        aty_probe_h2_end(h2,
                         apr_psprintf(h2->pool,
                                      "the server's first frame is %s%s, not SETTINGS "
                                      "(RFC 9113 §3.4)",
                                      frame->type == NGHTTP2_SETTINGS ? "an ACK of " : "",
                                      aty_probe_frame_name(frame->type, name)));
        return;
    }
    size = size < 32 ? size : 32;
    memcpy(text, h2->frames.header, ATY_FRAME_HEADER_SIZE);
    memcpy(text + ATY_FRAME_HEADER_SIZE, rest, size);
    aty_probe_h2_end(
        h2, apr_psprintf(h2->pool, "what comes after TLS is no HTTP/2: '%s'",
                         aty_probe_clean(h2->pool, text, ATY_FRAME_HEADER_SIZE + size,
                                         sizeof text)));
}

static void frame_begin(aty_probe_h2 *h2, const uint8_t *rest, size_t size)
{
    const aty_probe_frame *frame = &h2->frames.frame;
    uint64_t cost = FRAME_COST + (uint64_t)frame->length;
    if (h2->frames_seen++ == 0) {
        first_frame_check(h2, rest, size);
    }
    h2->seen[frame->type]++;
    if (frame->type == ATY_FRAME_ORIGIN) {
        aty_probe_origin_begin(h2->pool, frame, h2->handshake);
    }
    if (frame->length > ATY_FRAME_PAYLOAD_MAX) {
        end_too_large(h2);
    }
    else if (cost > h2->credit) {
        aty_probe_h2_end_endless(h2);
    }
    h2->credit -= cost < h2->credit ? cost : h2->credit;
}

static void frame_end(aty_probe_h2 *h2)
{
    const aty_probe_frame *frame = &h2->frames.frame;
    if (frame->type == ATY_FRAME_ORIGIN) {
        aty_probe_origin_end(h2->pool, frame, h2->frames.kept, h2->frames.kept_size,
                             h2->handshake);
    }
    else if (frame->type == NGHTTP2_GOAWAY) {
        goaway_read(h2);
    }
    else if (frame->type == NGHTTP2_SETTINGS) {
        h2->has_settings = true;
    }
}

void aty_probe_h2_look(aty_probe_h2 *h2, const uint8_t *bytes, size_t size)
{
    aty_probe_frames_event event;
    while (!h2->fault && (event = aty_probe_frames_read(&h2->frames, &bytes, &size)) !=
                             ATY_FRAMES_MORE) {
        if (event == ATY_FRAMES_BEGIN) {
            frame_begin(h2, bytes, size);
        }
        else {
            frame_end(h2);
        }
    }
}
