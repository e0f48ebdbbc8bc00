#include "authorityc/probe/probe_client.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_h1.h"
#include "authorityc/probe/probe_h2.h"
#include "authorityc/probe/probe_tcp.h"
#include "authorityc/probe/probe_tls.h"

struct aty_probe_connection {
    apr_pool_t *pool;
    aty_probe_where where;
    aty_probe_handshake *handshake;
    aty_probe_link *link;
    aty_probe_h2 *h2; /* one of these two */
    aty_probe_h1 *h1;
    const uint8_t *output; /* what is to be sent */
    size_t output_size;
    bool has_answered; /* something came since the deadline began */
    const char *fault; /* why it cannot be asked any more; NULL: it can */
};

static void deadline_begin(aty_probe_connection *connection)
{
    connection->link->deadline =
        aty_probe_deadline_make(connection->where.milliseconds, connection->where.stop);
    connection->has_answered = false;
}

/* The connection has no further use. */
static void connection_end(aty_probe_connection *connection, const char *fault)
{
    if (!connection->fault) {
        connection->fault = fault;
    }
    if (connection->h2) {
        aty_probe_h2_end(connection->h2, connection->fault);
        connection->fault = aty_probe_h2_fault(connection->h2);
    }
    if (aty_probe_link_lacks_certificate(connection->link)) {
        connection->handshake->client_certificate_required = true;
    }
}

static void output_load(aty_probe_connection *connection)
{
    if (connection->output_size == 0 && connection->h2) {
        connection->output_size =
            aty_probe_h2_output(connection->h2, &connection->output);
    }
}

/* Sends all that can be sent now. */
static aty_probe_link_result output_send(aty_probe_connection *connection)
{
    aty_probe_link_result result = ATY_LINK_DONE;
    output_load(connection);
    while (connection->output_size > 0 && result == ATY_LINK_DONE) {
        size_t count;
        result = aty_probe_link_write(connection->link, connection->output,
                                      connection->output_size, &count);
        connection->output += count;
        connection->output_size -= count;
        output_load(connection);
    }
    return result;
}

static void input_take(aty_probe_connection *connection, const uint8_t *bytes,
                       size_t size)
{
    connection->has_answered = true;
    if (connection->h2) {
        aty_probe_h2_feed(connection->h2, bytes, size);
    }
    else if (aty_probe_h1_feed(connection->h1, bytes, size) < size) {
        connection->h1->is_last = true; /* more than was asked for */
    }
}

static const char *when_of(const aty_probe_connection *connection)
{
    return connection->h2 && !aty_probe_h2_is_up(connection->h2)
               ? " right after the TLS handshake"
               : "";
}

/* Sends and reads what there is. Returns the events to wait for; 0 where something moved,
 * or all is over. */
static short exchange(aty_probe_connection *connection)
{
    uint8_t bytes[16384];
    size_t count;
    short wanted;
    aty_probe_link_result sent = output_send(connection);
    wanted = sent == ATY_LINK_WAIT ? connection->link->wanted : 0;
    switch (aty_probe_link_read(connection->link, bytes, sizeof bytes, &count)) {
    case ATY_LINK_DONE:
        input_take(connection, bytes, count);
        return 0;
    case ATY_LINK_WAIT:
        return (short)(wanted | connection->link->wanted);
    default:
        connection_end(connection,
                       aty_probe_link_fault(connection->link, when_of(connection)));
        return 0;
    }
}

typedef bool is_waiting(const aty_probe_connection *connection);

/* Whether there is something to wait for, and a connection that may bring it. */
static bool goes_on(aty_probe_connection *connection, is_waiting *waits)
{
    if (connection->h2 && aty_probe_h2_fault(connection->h2)) {
        connection->fault = aty_probe_h2_fault(connection->h2);
    }
    return !connection->fault && waits(connection);
}

/* Sends and reads until nothing is waited for any more, the connection ends, or the time
 * does. */
static aty_probe_wait_end converse(aty_probe_connection *connection, is_waiting *waits)
{
    const aty_probe_deadline *deadline = &connection->link->deadline;
    aty_probe_wait_end end = ATY_WAIT_READY;
    while (end == ATY_WAIT_READY && goes_on(connection, waits)) {
        short wanted = exchange(connection);
        end = wanted && goes_on(connection, waits)
                  ? aty_probe_wait_for(connection->link->socket, wanted, deadline)
                  : aty_probe_deadline_check(deadline);
    }
    return goes_on(connection, waits) ? end : ATY_WAIT_READY;
}

static const char *late(const aty_probe_connection *connection, const char *nothing,
                        aty_probe_wait_end end)
{
    return aty_probe_wait_fault(connection->pool, nothing, end,
                                &connection->link->deadline);
}

/* Connecting. */

static bool awaits_settings(const aty_probe_connection *connection)
{
    return !aty_probe_h2_is_up(connection->h2);
}

static void http_refuse(aty_probe_connection *connection, aty_probe_stage stage,
                        const char *fault)
{
    connection_end(connection, fault);
    connection->handshake->stage = stage;
    connection->handshake->fault = connection->fault;
}

static void h2_begin(aty_probe_connection *connection)
{
    aty_probe_wait_end end;
    /* RFC 9113 §9.2.1 forbids it. */
    SSL_set_options(connection->link->ssl, SSL_OP_NO_RENEGOTIATION);
    connection->h2 = aty_probe_h2_create(connection->pool, connection->handshake);
    if (!connection->h2) {
        http_refuse(connection, ATY_PROBE_NO_HTTP, "libnghttp2 cannot begin");
        return;
    }
    end = converse(connection, awaits_settings);
    if (aty_probe_h2_is_up(connection->h2)) {
        return;
    }
    if (connection->fault) {
        /* A server that refuses a client in TLS 1.3 says so after the handshake. */
        http_refuse(connection,
                    connection->link->alert >= 0 ? ATY_PROBE_NO_TLS : ATY_PROBE_NO_HTTP,
                    connection->fault);
    }
    else if (end != ATY_WAIT_READY) {
        http_refuse(connection,
                    end == ATY_WAIT_STOPPED ? ATY_PROBE_STOPPED : ATY_PROBE_NO_HTTP,
                    late(connection, "no HTTP/2 SETTINGS", end));
    }
}

static void http_begin(aty_probe_connection *connection)
{
    const char *alpn = connection->handshake->alpn;
    if (strcmp(alpn, "h2") == 0 && !connection->where.http1) {
        h2_begin(connection);
    }
    else if (*alpn == '\0' || strcmp(alpn, "http/1.1") == 0) {
        connection->h1 = apr_pcalloc(connection->pool, sizeof *connection->h1);
    }
    else {
        http_refuse(
            connection, ATY_PROBE_NO_HTTP,
            apr_psprintf(connection->pool,
                         "the server chose the protocol '%s', which was not offered",
                         alpn));
    }
}

static void connection_open(aty_probe_connection *connection)
{
    const aty_probe_where *where = &connection->where;
    aty_probe_handshake *handshake = connection->handshake;
    aty_probe_deadline deadline =
        aty_probe_deadline_make(where->milliseconds, where->stop);
    int socket = aty_probe_tcp(connection->pool, where, &deadline, handshake);
    if (socket >= 0) {
        connection->link =
            aty_probe_link_open(connection->pool, where, socket, deadline, handshake);
    }
    if (handshake->fault) {
        connection->fault = handshake->fault;
        return;
    }
    http_begin(connection);
}

/* Asking. */

static bool awaits_ping(const aty_probe_connection *connection)
{
    return aty_probe_h2_awaits_ping(connection->h2);
}

void aty_probe_settle(aty_probe_connection *connection)
{
    aty_probe_wait_end end;
    if (connection->fault || !connection->h2) {
        return;
    }
    deadline_begin(connection);
    aty_probe_h2_ping(connection->h2);
    end = converse(connection, awaits_ping);
    if (end != ATY_WAIT_READY) {
        connection_end(connection, late(connection, "no answer to PING", end));
    }
}

static bool awaits_h2(const aty_probe_connection *connection)
{
    return aty_probe_h2_unanswered(connection->h2) > 0;
}

static void h2_ask(aty_probe_connection *connection, aty_probe_request *requests,
                   uint32_t count, const char *vhost_header)
{
    aty_probe_wait_end end;
    deadline_begin(connection);
    aty_probe_h2_ask(connection->h2, requests, count, vhost_header);
    end = converse(connection, awaits_h2);
    if (end == ATY_WAIT_READY) {
        return;
    }
    aty_probe_h2_give_up(connection->h2, late(connection, "no answer", end));
    if (end == ATY_WAIT_STOPPED || !connection->has_answered) {
        connection_end(connection, late(connection, "no answer", end));
    }
}

static bool awaits_h1(const aty_probe_connection *connection)
{
    return connection->h1->state != ATY_H1_DONE;
}

static void h1_ask_one(aty_probe_connection *connection, aty_probe_request *request,
                       const char *vhost_header)
{
    const char *text = aty_probe_h1_text(connection->pool, request);
    aty_probe_wait_end end;
    aty_probe_h1_begin(connection->h1, connection->pool, request, vhost_header);
    connection->output = (const uint8_t *)text;
    connection->output_size = strlen(text);
    end = converse(connection, awaits_h1);
    if (connection->fault) {
        aty_probe_h1_end(connection->h1, connection->link->ended, connection->fault);
    }
    else if (end != ATY_WAIT_READY) {
        connection_end(connection, late(connection, "no answer", end));
        aty_probe_h1_end(connection->h1, false, connection->fault);
    }
    else if (connection->h1->is_last) {
        connection_end(connection, "the answer before was the last on its connection");
    }
}

static void h1_ask(aty_probe_connection *connection, aty_probe_request *requests,
                   uint32_t count, const char *vhost_header)
{
    deadline_begin(connection);
    for (uint32_t i = 0; i < count; i++) {
        if (connection->fault) {
            requests[i].fault = connection->fault;
        }
        else {
            h1_ask_one(connection, &requests[i], vhost_header);
        }
    }
}

void aty_probe_ask(aty_probe_connection *connection, aty_probe_request *requests,
                   uint32_t count, const char *vhost_header)
{
    for (uint32_t i = 0; i < count; i++) {
        aty_probe_request_clear(&requests[i]);
        requests[i].fault = connection->fault;
    }
    if (connection->fault) {
        return;
    }
    if (connection->h2) {
        h2_ask(connection, requests, count, vhost_header);
    }
    else {
        h1_ask(connection, requests, count, vhost_header);
    }
}

bool aty_probe_is_open(const aty_probe_connection *connection)
{
    return !connection->fault;
}

/* GOAWAY is sent as far as that needs no waiting. */
static void h2_close(aty_probe_connection *connection)
{
    if (!connection->fault) {
        aty_probe_h2_goodbye(connection->h2);
        output_send(connection);
    }
    aty_probe_h2_free(connection->h2);
    connection->h2 = NULL;
}

static apr_status_t connection_close(void *closed)
{
    aty_probe_connection *connection = closed;
    if (connection->h2) {
        h2_close(connection);
    }
    if (connection->link) {
        aty_probe_link_close(connection->link);
        connection->link = NULL;
    }
    connection->fault = "the connection is closed";
    return APR_SUCCESS;
}

aty_probe_connection *aty_probe_connect(apr_pool_t *pool, const aty_probe_where *where,
                                        aty_probe_handshake *handshake)
{
    aty_probe_connection *connection = apr_pcalloc(pool, sizeof *connection);
    connection->pool = pool;
    connection->where = *where;
    connection->handshake = handshake;
    *handshake = (aty_probe_handshake){.stage = ATY_PROBE_OPEN, .alpn = ""};
    apr_pool_cleanup_register(pool, connection, connection_close, apr_pool_cleanup_null);
    connection_open(connection);
    return connection;
}

void aty_probe_close(aty_probe_connection *connection)
{
    apr_pool_cleanup_run(connection->pool, connection, connection_close);
}
