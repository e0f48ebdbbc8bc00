#include "authorityc/probe/probe_h2.h"

#include <string.h>

#include <apr_strings.h>
#include <nghttp2/nghttp2.h>

#include "authorityc/probe/probe_answer.h"
#include "authorityc/probe/probe_clean.h"
#include "authorityc/probe/probe_frames.h"
#include "authorityc/probe/probe_origin.h"
#include "authorityc/version.h"

#define IN_FLIGHT_MAX  100     /* requests at once; browsers ask no more */
#define FRAME_COST     256     /* bytes of credit for a frame beside its payload */
#define CREDIT         1048576 /* of a connection */
#define REQUEST_CREDIT 262144  /* of each request */
#define DETAIL_MAX     160     /* bytes of a peer's or a library's explanation */

struct aty_probe_h2 {
    apr_pool_t *pool;
    nghttp2_session *session;
    aty_probe_handshake *handshake;
    aty_probe_frames frames;
    uint64_t credit;
    uint32_t frames_seen, seen[256]; /* of each type */
    bool is_up, awaits_ping;
    const char *fault;  /* the session has ended */
    const char *goaway; /* it will, when what is asked is answered */
    const char *detail; /* what the library found wrong last; or NULL */
    aty_probe_answer answers[IN_FLIGHT_MAX];
    uint32_t in_flight;
    aty_probe_request *requests; /* to be asked */
    uint32_t waiting;            /* how many of them */
    const char *vhost_header;
};

/* Codes of RFC 9113 §7. */
const char *aty_probe_code_text(apr_pool_t *pool, uint32_t code)
{
    return code <= NGHTTP2_HTTP_1_1_REQUIRED
               ? nghttp2_http2_strerror(code)
               : apr_psprintf(pool, "code %u", (unsigned)code);
}

/* The end. */

static void waiting_give_up(aty_probe_h2 *h2, const char *fault)
{
    for (uint32_t i = 0; i < h2->waiting; i++) {
        h2->requests[i].fault = fault;
    }
    h2->waiting = 0;
}

static void answer_free(aty_probe_h2 *h2, aty_probe_answer *answer, const char *fault)
{
    if (fault) {
        aty_probe_answer_give_up(h2->pool, answer, fault);
    }
    else {
        aty_probe_answer_end(h2->pool, answer);
    }
    h2->in_flight--;
}

static void flying_give_up(aty_probe_h2 *h2, const char *fault)
{
    for (int i = 0; i < IN_FLIGHT_MAX; i++) {
        if (h2->answers[i].request) {
            answer_free(h2, &h2->answers[i], fault);
        }
    }
}

void aty_probe_h2_end(aty_probe_h2 *h2, const char *fault)
{
    if (!h2->fault) {
        h2->fault = fault;
    }
    flying_give_up(h2, h2->fault);
    waiting_give_up(h2, h2->fault);
    h2->awaits_ping = false;
}

static void end_endless(aty_probe_h2 *h2)
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

static void end_broken(aty_probe_h2 *h2, uint32_t code, const char *detail)
{
    aty_probe_h2_end(h2, apr_psprintf(h2->pool, "the server's HTTP/2 is broken (%s): %s",
                                      aty_probe_code_text(h2->pool, code), detail));
}

static void end_too_large(aty_probe_h2 *h2)
{
    char name[32];
    end_broken(h2, NGHTTP2_FRAME_SIZE_ERROR,
               apr_psprintf(h2->pool, "%s with %u bytes, more than %u",
                            aty_probe_frame_name(h2->frames.frame.type, name),
                            (unsigned)h2->frames.frame.length,
                            (unsigned)ATY_FRAME_PAYLOAD_MAX));
}

/* What the server's frames say before the library reads them. */

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
    detail =
        size > 8
            ? apr_pstrcat(h2->pool, ": '",
                          aty_probe_clean(h2->pool, payload + 8, size - 8, DETAIL_MAX),
                          "'", NULL)
            : "";
    h2->goaway = apr_psprintf(h2->pool, "the server said GOAWAY (%s%s)", code, detail);
}

/* RFC 9113 §3.4: the first frame of a server is SETTINGS. `rest` is what follows its
 * header. */
static void first_frame_check(aty_probe_h2 *h2, const uint8_t *rest, size_t size)
{
    const aty_probe_frame *frame = &h2->frames.frame;
    char text[ATY_FRAME_HEADER_SIZE + 32], name[32];
    bool is_frame =
        frame->length <= ATY_FRAME_PAYLOAD_MAX && frame->type <= ATY_FRAME_ORIGIN;
    if (is_frame && (frame->type == NGHTTP2_SETTINGS || frame->type == NGHTTP2_GOAWAY)) {
        return;
    }
    if (is_frame) {
        aty_probe_h2_end(h2, apr_psprintf(h2->pool,
                                          "the server's first frame is %s, not SETTINGS "
                                          "(RFC 9113 §3.4)",
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
        end_endless(h2);
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
}

static void frames_look(aty_probe_h2 *h2, const uint8_t *bytes, size_t size)
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

/* Callbacks of the library. */

static aty_probe_answer *answer_of(aty_probe_h2 *h2, int32_t stream)
{
    for (int i = 0; i < IN_FLIGHT_MAX; i++) {
        if (h2->answers[i].request && h2->answers[i].stream == stream) {
            return &h2->answers[i];
        }
    }
    return NULL;
}

static int frame_received(nghttp2_session *session, const nghttp2_frame *frame,
                          void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_answer *answer;
    bool is_ack = frame->hd.flags & NGHTTP2_FLAG_ACK;
    (void)session;
    switch (frame->hd.type) {
    case NGHTTP2_SETTINGS:
        h2->is_up = h2->is_up || !is_ack;
        break;
    case NGHTTP2_PING:
        h2->awaits_ping = h2->awaits_ping && !is_ack;
        break;
    case NGHTTP2_RST_STREAM:
        answer = answer_of(h2, frame->hd.stream_id);
        if (answer) {
            answer->request->reset = true;
            answer->request->reset_code = frame->rst_stream.error_code;
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
    aty_probe_answer *answer = answer_of(h2, frame->hd.stream_id);
    (void)session;
    (void)flags;
    if (!answer) {
        return 0;
    }
    if (name_size == 7 && memcmp(name, ":status", 7) == 0) {
        answer->request->status = status_read(value, value_size);
    }
    return aty_probe_answer_header(h2->pool, answer, (const char *)name, name_size,
                                   (const char *)value, value_size)
               ? 0
               : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int data_received(nghttp2_session *session, uint8_t flags, int32_t stream,
                         const uint8_t *bytes, size_t size, void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_answer *answer = answer_of(h2, stream);
    (void)flags;
    if (answer && !aty_probe_answer_body(answer, bytes, size)) {
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
        answer_free(h2, answer, NULL);
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
    aty_probe_answer *answer = answer_of(h2, stream);
    (void)session;
    if (answer) {
        answer_free(h2, answer, close_fault(h2, answer->request, code));
    }
    return 0;
}

/* A request that the library does not send, after a GOAWAY. */
static int frame_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int error,
                          void *data)
{
    aty_probe_h2 *h2 = data;
    aty_probe_answer *answer =
        frame->hd.type == NGHTTP2_HEADERS ? answer_of(h2, frame->hd.stream_id) : NULL;
    (void)session;
    if (answer) {
        answer_free(h2, answer, h2->goaway ? h2->goaway : nghttp2_strerror(error));
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
        end_broken(h2, frame->goaway.error_code,
                   h2->detail
                       ? h2->detail
                       : aty_probe_clean(h2->pool, frame->goaway.opaque_data,
                                         frame->goaway.opaque_data_len, DETAIL_MAX));
    }
    return 0;
}

static int error_told(nghttp2_session *session, int code, const char *text, size_t size,
                      void *data)
{
    aty_probe_h2 *h2 = data;
    (void)session;
    (void)code;
    if (!h2->detail) {
        h2->detail = aty_probe_clean(h2->pool, text, size, DETAIL_MAX);
    }
    return 0;
}

static nghttp2_session_callbacks *callbacks_make(void)
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

/* The session. */

static bool settings_send(aty_probe_h2 *h2)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, ATY_PROBE_HEADER_MAX},
    };
    return nghttp2_submit_settings(h2->session, NGHTTP2_FLAG_NONE, settings,
                                   sizeof settings / sizeof settings[0]) == 0;
}

aty_probe_h2 *aty_probe_h2_create(apr_pool_t *pool, aty_probe_handshake *handshake)
{
    aty_probe_h2 *h2 = apr_pcalloc(pool, sizeof *h2);
    nghttp2_session_callbacks *callbacks = callbacks_make();
    int failed;
    h2->pool = pool;
    h2->handshake = handshake;
    h2->credit = CREDIT;
    if (!callbacks) {
        return NULL;
    }
    failed = nghttp2_session_client_new(&h2->session, callbacks, h2);
    nghttp2_session_callbacks_del(callbacks);
    if (failed || !settings_send(h2)) {
        nghttp2_session_del(h2->session);
        return NULL;
    }
    return h2;
}

static void error_end(aty_probe_h2 *h2, int error)
{
    if (error == NGHTTP2_ERR_FLOODED || error == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS) {
        end_endless(h2);
        return;
    }
    end_broken(h2, NGHTTP2_PROTOCOL_ERROR,
               h2->detail ? h2->detail : nghttp2_strerror(error));
}

void aty_probe_h2_feed(aty_probe_h2 *h2, const uint8_t *bytes, size_t size)
{
    ssize_t count;
    if (h2->fault) {
        return;
    }
    frames_look(h2, bytes, size);
    if (h2->fault) {
        return;
    }
    count = nghttp2_session_mem_recv(h2->session, bytes, size);
    if (count < 0) {
        error_end(h2, (int)count);
    }
    else if (h2->goaway) {
        waiting_give_up(h2, h2->goaway);
        if (h2->in_flight == 0) {
            aty_probe_h2_end(h2, h2->goaway);
        }
    }
}

static nghttp2_nv field(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
}

static void request_submit(aty_probe_h2 *h2, aty_probe_request *request,
                           aty_probe_answer *answer)
{
    const nghttp2_nv fields[] = {
        field(":method", request->method),
        field(":scheme", "https"),
        field(":authority", request->authority),
        field(":path", request->path),
        field("user-agent", "authorityc/" ATY_VERSION),
        field("accept", "*/*"),
    };
    aty_probe_answer_begin(answer, request, h2->vhost_header);
    answer->stream = nghttp2_submit_request(h2->session, NULL, fields,
                                            sizeof fields / sizeof fields[0], NULL, NULL);
    h2->in_flight++;
    h2->credit += REQUEST_CREDIT;
    if (answer->stream < 0) {
        answer_free(h2, answer, "no further request fits this connection");
    }
}

static aty_probe_answer *free_place(aty_probe_h2 *h2)
{
    uint32_t most = nghttp2_session_get_remote_settings(
        h2->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    for (uint32_t i = 0; i < IN_FLIGHT_MAX && h2->in_flight < most; i++) {
        if (!h2->answers[i].request) {
            return &h2->answers[i];
        }
    }
    return NULL;
}

static void requests_submit(aty_probe_h2 *h2)
{
    aty_probe_answer *answer;
    while (h2->waiting > 0 && (answer = free_place(h2))) {
        h2->waiting--;
        request_submit(h2, h2->requests++, answer);
    }
}

size_t aty_probe_h2_output(aty_probe_h2 *h2, const uint8_t **bytes)
{
    ssize_t size;
    if (!h2->fault) {
        requests_submit(h2);
    }
    size = nghttp2_session_mem_send(h2->session, bytes);
    if (size < 0) {
        error_end(h2, (int)size);
    }
    return size > 0 ? (size_t)size : 0;
}

bool aty_probe_h2_is_up(const aty_probe_h2 *h2)
{
    return h2->is_up;
}

void aty_probe_h2_ask(aty_probe_h2 *h2, aty_probe_request *requests, uint32_t count,
                      const char *vhost_header)
{
    h2->requests = requests;
    h2->waiting = count;
    h2->vhost_header = vhost_header;
    h2->detail = NULL;
    if (h2->fault) {
        waiting_give_up(h2, h2->fault);
    }
}

uint32_t aty_probe_h2_unanswered(const aty_probe_h2 *h2)
{
    return h2->waiting + h2->in_flight;
}

void aty_probe_h2_ping(aty_probe_h2 *h2)
{
    static const uint8_t opaque[8] = {'s', 'e', 't', 't', 'l', 'e', 'd', '?'};
    h2->awaits_ping =
        !h2->fault && nghttp2_submit_ping(h2->session, NGHTTP2_FLAG_NONE, opaque) == 0;
}

bool aty_probe_h2_awaits_ping(const aty_probe_h2 *h2)
{
    return h2->awaits_ping;
}

const char *aty_probe_h2_fault(const aty_probe_h2 *h2)
{
    return h2->fault;
}

void aty_probe_h2_give_up(aty_probe_h2 *h2, const char *fault)
{
    uint32_t most = nghttp2_session_get_remote_settings(
        h2->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    for (int i = 0; i < IN_FLIGHT_MAX; i++) {
        aty_probe_answer *answer = &h2->answers[i];
        if (answer->request) {
            nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE, answer->stream,
                                      NGHTTP2_CANCEL);
            answer_free(h2, answer, fault);
        }
    }
    waiting_give_up(h2, most == 0 ? "the server allows no request: its "
                                    "SETTINGS_MAX_CONCURRENT_STREAMS is 0"
                                  : fault);
}

void aty_probe_h2_goodbye(aty_probe_h2 *h2)
{
    if (!h2->fault) {
        nghttp2_session_terminate_session(h2->session, NGHTTP2_NO_ERROR);
    }
}

void aty_probe_h2_free(aty_probe_h2 *h2)
{
    nghttp2_session_del(h2->session);
}
