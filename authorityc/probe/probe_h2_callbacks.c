/* What libnghttp2 tells of a session. */
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "authorityc/probe/probe_clean.h"
#include "authorityc/probe/probe_h2_state.h"

static aty_probe_reply *reply_of(aty_probe_h2 *h2, int32_t stream)
{
    for (int i = 0; i < ATY_PROBE_IN_FLIGHT; i++) {
        if (h2->replies[i].request && h2->replies[i].stream == stream) {
            return &h2->replies[i];
        }
    }
    return NULL;
}

static int frame_received(nghttp2_session *session, const nghttp2_frame *frame,
                          void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_reply *reply;
    bool is_ack = frame->hd.flags & NGHTTP2_FLAG_ACK;
    (void)session;
    switch (frame->hd.type) {
    case NGHTTP2_SETTINGS:
        h2->is_up = h2->is_up || !is_ack;
        break;
    case NGHTTP2_HEADERS:
        reply = reply_of(h2, frame->hd.stream_id);
        if (reply && reply->status) {
            reply->request->status = reply->status;
        }
        break;
    case NGHTTP2_PING:
        h2->awaits_ping = h2->awaits_ping && !is_ack;
        break;
    case NGHTTP2_RST_STREAM:
        reply = reply_of(h2, frame->hd.stream_id);
        if (reply) {
            reply->request->reset = true;
            reply->request->reset_code = frame->rst_stream.error_code;
        }
        break;
    default:
        break;
    }
    return 0;
}

static int status_read(const uint8_t *value, size_t size)
{
    return size == 3 ? (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0')
                     : 0;
}

static int header_received(nghttp2_session *session, const nghttp2_frame *frame,
                           const uint8_t *name, size_t name_size, const uint8_t *value,
                           size_t value_size, uint8_t flags, void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_reply *reply = reply_of(h2, frame->hd.stream_id);
    (void)session;
    (void)flags;
    if (!reply) {
        return 0;
    }
    if (name_size == 7 && memcmp(name, ":status", 7) == 0) {
        reply->status = status_read(value, value_size);
    }
    return aty_probe_reply_header(h2->pool, reply, (const char *)name, name_size,
                                  (const char *)value, value_size)
               ? 0
               : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int data_received(nghttp2_session *session, uint8_t flags, int32_t stream,
                         const uint8_t *bytes, size_t size, void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_reply *reply = reply_of(h2, stream);
    (void)flags;
    if (reply && !aty_probe_reply_body(reply, bytes, size)) {
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
        aty_probe_h2_free_reply(h2, reply, NULL);
    }
    return 0;
}

/* Why a stream closed that the server did not reset; NULL where its answer is whole. */
static const char *close_fault(const aty_probe_h2 *h2, const aty_probe_request *request,
                               uint32_t code)
{
    if (request->reset || (code == NGHTTP2_NO_ERROR && request->status >= 200)) {
        return NULL;
    }
    if (h2->goaway) {
        return h2->goaway;
    }
    return code == NGHTTP2_NO_ERROR
               ? "the stream ended without an answer"
               : apr_psprintf(h2->pool, "the answer is no valid HTTP/2 (%s)%s%s",
                              aty_probe_code_text(h2->pool, code), h2->detail ? ": " : "",
                              h2->detail ? h2->detail : "");
}

static int stream_closed(nghttp2_session *session, int32_t stream, uint32_t code,
                         void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_reply *reply = reply_of(h2, stream);
    (void)session;
    if (reply) {
        aty_probe_h2_free_reply(h2, reply, close_fault(h2, reply->request, code));
    }
    return 0;
}

/* A request that the library does not send, after a GOAWAY. */
static int frame_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int error,
                          void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_reply *reply =
        frame->hd.type == NGHTTP2_HEADERS ? reply_of(h2, frame->hd.stream_id) : NULL;
    (void)session;
    if (reply) {
        aty_probe_h2_free_reply(h2, reply,
                                h2->goaway ? h2->goaway : nghttp2_strerror(error));
    }
    return 0;
}

/* Our own GOAWAY tells what the library has found. */
static int frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *data)
{
    aty_probe_h2 *h2 = data;
    (void)session;
    if (frame->hd.type == NGHTTP2_GOAWAY &&
        frame->goaway.error_code != NGHTTP2_NO_ERROR) {
        aty_probe_h2_end_broken(h2, frame->goaway.error_code,
                                h2->detail
                                    ? h2->detail
                                    : aty_probe_clean(h2->pool, frame->goaway.opaque_data,
                                                      frame->goaway.opaque_data_len,
                                                      ATY_PROBE_DETAIL_MAX));
    }
    return 0;
}

/* The library's sentences, as ours begin and end. */
static const char *detail_text(apr_pool_t *pool, const char *text, size_t size)
{
    char *detail =
        apr_pstrdup(pool, aty_probe_clean(pool, text, size, ATY_PROBE_DETAIL_MAX));
    size_t length = strlen(detail);
    if (length > 1 && apr_islower(detail[1])) {
        detail[0] = (char)apr_tolower(detail[0]);
    }
    if (length > 0 && detail[length - 1] == '.') {
        detail[length - 1] = '\0';
    }
    return detail;
}

static int error_told(nghttp2_session *session, int code, const char *text, size_t size,
                      void *data)
{
    aty_probe_h2 *h2 = data;
    (void)session;
    (void)code;
    if (!h2->detail) {
        h2->detail = detail_text(h2->pool, text, size);
    }
    return 0;
}

nghttp2_session_callbacks *aty_probe_h2_callbacks(void)
{
    nghttp2_session_callbacks *callbacks = NULL;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) {
        return NULL;
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_received);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, frame_not_sent);
    nghttp2_session_callbacks_set_error_callback2(callbacks, error_told);
    return callbacks;
}
