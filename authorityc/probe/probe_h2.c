#include "authorityc/probe/probe_h2.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_h2_state.h"
#include "authorityc/version.h"

#define CREDIT         1048576 /* bytes a server may send, of a connection */
#define REQUEST_CREDIT 262144  /* and of each request */

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

void aty_probe_h2_free_reply(aty_probe_h2 *h2, aty_probe_reply *reply, const char *fault)
{
    if (fault) {
        aty_probe_reply_give_up(h2->pool, reply, fault);
    }
    else {
        aty_probe_reply_end(h2->pool, reply);
    }
    h2->in_flight--;
}

static void flying_give_up(aty_probe_h2 *h2, const char *fault)
{
    for (int i = 0; i < ATY_PROBE_IN_FLIGHT; i++) {
        if (h2->replies[i].request) {
            aty_probe_h2_free_reply(h2, &h2->replies[i], fault);
        }
    }
}

void aty_probe_h2_end(aty_probe_h2 *h2, const char *fault)
{
    if (!h2->fault) {
        /* What comes after a GOAWAY is its aftermath. */
        h2->fault = h2->goaway ? h2->goaway : fault;
    }
    flying_give_up(h2, h2->fault);
    waiting_give_up(h2, h2->fault);
    h2->awaits_ping = false;
}

void aty_probe_h2_end_broken(aty_probe_h2 *h2, uint32_t code, const char *detail)
{
    aty_probe_h2_end(h2, apr_psprintf(h2->pool, "the server's HTTP/2 is broken (%s)%s%s",
                                      aty_probe_code_text(h2->pool, code),
                                      *detail ? ": " : "", detail));
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
    nghttp2_session_callbacks *callbacks = aty_probe_h2_callbacks();
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
    if (error == NGHTTP2_ERR_FLOODED) {
        aty_probe_h2_end_endless(h2);
        return;
    }
    if (error == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS) {
        aty_probe_h2_end_broken(h2, NGHTTP2_ENHANCE_YOUR_CALM,
                                "a header goes on in CONTINUATION frames without end");
        return;
    }
    aty_probe_h2_end_broken(h2, NGHTTP2_PROTOCOL_ERROR,
                            h2->detail ? h2->detail : nghttp2_strerror(error));
}

void aty_probe_h2_feed(aty_probe_h2 *h2, const uint8_t *bytes, size_t size)
{
    ssize_t count;
    if (h2->fault) {
        return;
    }
    aty_probe_h2_look(h2, bytes, size);
    if (h2->fault) {
        /* What came before the fault may have come with it. */
        h2->is_up = h2->is_up || h2->has_settings;
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
                           aty_probe_reply *reply)
{
    const nghttp2_nv fields[] = {
        field(":method", request->method),
        field(":scheme", "https"),
        field(":authority", request->authority),
        field(":path", request->path),
        field("user-agent", "authorityc/" ATY_VERSION),
        field("accept", "*/*"),
    };
    aty_probe_reply_begin(reply, request, h2->vhost_header);
    reply->stream = nghttp2_submit_request(h2->session, NULL, fields,
                                           sizeof fields / sizeof fields[0], NULL, NULL);
    h2->in_flight++;
    h2->credit += REQUEST_CREDIT;
    if (reply->stream < 0) {
        aty_probe_h2_free_reply(h2, reply, "no further request fits this connection");
    }
}

static aty_probe_reply *free_place(aty_probe_h2 *h2)
{
    uint32_t most = nghttp2_session_get_remote_settings(
        h2->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    for (uint32_t i = 0; i < ATY_PROBE_IN_FLIGHT && h2->in_flight < most; i++) {
        if (!h2->replies[i].request) {
            return &h2->replies[i];
        }
    }
    return NULL;
}

static void requests_submit(aty_probe_h2 *h2)
{
    aty_probe_reply *reply;
    while (h2->waiting > 0 && (reply = free_place(h2))) {
        h2->waiting--;
        request_submit(h2, h2->requests++, reply);
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
    for (int i = 0; i < ATY_PROBE_IN_FLIGHT; i++) {
        aty_probe_reply *reply = &h2->replies[i];
        if (reply->request) {
            nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE, reply->stream,
                                      NGHTTP2_CANCEL);
            aty_probe_h2_free_reply(h2, reply, fault);
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
