#include "authorityc/probe/probe_tls.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <openssl/err.h>

#include "authorityc/probe/probe_clean.h"
#include "authorityc/probe/probe_socket.h"
#include "authorityc/probe/probe_tcp.h"

/* Whether a Certificate message has a certificate in it. In TLS 1.3 the list follows one
 * byte of context, of its length (RFC 8446 §4.4.2; RFC 5246 §7.4.2). */
static bool has_certificate(int version, const uint8_t *message, size_t size)
{
    size_t at = 4;
    if (version == TLS1_3_VERSION && size > at) {
        at += 1 + (size_t)message[at];
    }
    return size >= at + 3 && (message[at] || message[at + 1] || message[at + 2]);
}

/* Sees each message of TLS in the clear. */
static void message_seen(int written, int version, int type, const void *bytes,
                         size_t size, SSL *ssl, void *data)
{
    aty_probe_link *link = data;
    const uint8_t *message = bytes;
    (void)version;
    if (type == SSL3_RT_ALERT && !written && size >= 2 && message[0] == SSL3_AL_FATAL) {
        link->alert = message[1];
    }
    if (type != SSL3_RT_HANDSHAKE || size == 0) {
        return;
    }
    if (!written && message[0] == SSL3_MT_CERTIFICATE_REQUEST) {
        link->handshake->client_certificate_wanted = true;
    }
    if (written && message[0] == SSL3_MT_CERTIFICATE &&
        has_certificate(SSL_version(ssl), message, size)) {
        link->handshake->client_certificate_sent = true;
    }
}

static const uint8_t both_protocols[] = "\x02h2\x08http/1.1";
static const uint8_t http1_alone[] = "\x08http/1.1";

static bool link_prepare(aty_probe_link *link, const aty_probe_where *where)
{
    const uint8_t *protocols = where->http1 ? http1_alone : both_protocols;
    size_t size = where->http1 ? sizeof http1_alone : sizeof both_protocols;
    BIO *bio;
    link->ssl = SSL_new(where->tls);
    bio = link->ssl ? aty_probe_socket_bio(link) : NULL;
    if (!bio) {
        return false;
    }
    SSL_set_bio(link->ssl, bio, bio);
    if (where->anonymous) {
        SSL_certs_clear(link->ssl);
    }
    SSL_set_connect_state(link->ssl);
    SSL_set_msg_callback(link->ssl, message_seen);
    SSL_set_msg_callback_arg(link->ssl, link);
    return SSL_set_alpn_protos(link->ssl, protocols, (unsigned)size - 1) == 0 &&
           (!where->sni || SSL_set_tlsext_host_name(link->ssl, where->sni) == 1);
}

/* What a call of OpenSSL came to. */
static aty_probe_link_result result_of(aty_probe_link *link, int returned)
{
    if (returned > 0) {
        return ATY_LINK_DONE;
    }
    switch (SSL_get_error(link->ssl, returned)) {
    case SSL_ERROR_WANT_READ:
        link->wanted = POLLIN;
        return ATY_LINK_WAIT;
    case SSL_ERROR_WANT_WRITE:
        link->wanted = POLLOUT;
        return ATY_LINK_WAIT;
    case SSL_ERROR_ZERO_RETURN:
        link->ended = true;
        return ATY_LINK_ENDED;
    default:
        link->reason = ERR_reason_error_string(ERR_get_error());
        return ATY_LINK_ENDED;
    }
}

aty_probe_link_result aty_probe_link_read(aty_probe_link *link, uint8_t *bytes,
                                          size_t size, size_t *count)
{
    *count = 0;
    ERR_clear_error();
    return result_of(link, SSL_read_ex(link->ssl, bytes, size, count));
}

aty_probe_link_result aty_probe_link_write(aty_probe_link *link, const uint8_t *bytes,
                                           size_t size, size_t *count)
{
    *count = 0;
    ERR_clear_error();
    return result_of(link, SSL_write_ex(link->ssl, bytes, size, count));
}

/* Content types of TLS records: change_cipher_spec to application_data. */
static bool is_tls(uint8_t first)
{
    return first >= 20 && first <= 23;
}

bool aty_probe_link_lacks_certificate(const aty_probe_link *link)
{
    /* TLS 1.3 has an alert of its own; before, these two were sent for it. */
    return link->handshake->client_certificate_wanted &&
           !link->handshake->client_certificate_sent &&
           (link->alert == TLS13_AD_CERTIFICATE_REQUIRED ||
            link->alert == SSL3_AD_HANDSHAKE_FAILURE ||
            link->alert == SSL3_AD_BAD_CERTIFICATE);
}

/* OpenSSL 3.0 has no words for two of them (RFC 8446 §6, RFC 7301 §3.2). */
static const char *alert_text(int alert)
{
    switch (alert) {
    case TLS13_AD_CERTIFICATE_REQUIRED:
        return "certificate required";
    case TLS1_AD_NO_APPLICATION_PROTOCOL:
        return "no application protocol";
    default:
        return SSL_alert_desc_string_long(alert);
    }
}

static const char *alert_fault(const aty_probe_link *link)
{
    const char *alert = alert_text(link->alert);
    if (aty_probe_link_lacks_certificate(link)) {
        return apr_psprintf(link->pool,
                            "the server demands a client certificate (TLS alert '%s'); "
                            "--client-cert gives it one",
                            alert);
    }
    return apr_psprintf(link->pool, "the server refuses with the TLS alert '%s'%s", alert,
                        link->handshake->client_certificate_sent
                            ? ", after it got a client certificate"
                            : "");
}

static const char *other_protocol(const aty_probe_link *link)
{
    return link->first_size >= 5 && memcmp(link->first, "HTTP/", 5) == 0
               ? "what answers is HTTP without TLS"
               : "what answers is no TLS";
}

const char *aty_probe_link_fault(const aty_probe_link *link, const char *when)
{
    apr_pool_t *pool = link->pool;
    if (link->alert >= 0) {
        return alert_fault(link);
    }
    if (!link->is_up && link->first_size > 0 && !is_tls(link->first[0])) {
        return apr_psprintf(pool, "%s: '%s'", other_protocol(link),
                            aty_probe_clean(pool, link->first, link->first_size, 32));
    }
    if (link->error && link->error != EPIPE) {
        return apr_psprintf(pool, "%s%s", aty_probe_error_text(pool, link->error), when);
    }
    if (link->ended || link->error == EPIPE) {
        return apr_psprintf(pool, "the server closed the connection%s", when);
    }
    return apr_psprintf(pool, "the server's TLS is broken: %s",
                        link->reason ? link->reason : "OpenSSL does not say how");
}

static void protocol_read(aty_probe_link *link)
{
    const uint8_t *alpn = NULL;
    unsigned size = 0;
    SSL_get0_alpn_selected(link->ssl, &alpn, &size);
    link->handshake->tls_version = SSL_get_version(link->ssl);
    link->handshake->cipher = SSL_get_cipher_name(link->ssl);
    link->handshake->alpn = aty_probe_clean(link->pool, alpn, size, 64);
}

/* The server's part of TLS, until it is up. */
static void link_shake(aty_probe_link *link)
{
    aty_probe_handshake *handshake = link->handshake;
    aty_probe_link_result result;
    aty_probe_wait_end waited = ATY_WAIT_READY;
    do {
        ERR_clear_error();
        result = result_of(link, SSL_do_handshake(link->ssl));
        if (result == ATY_LINK_WAIT) {
            waited = aty_probe_wait_for(link->socket, link->wanted, &link->deadline);
        }
    } while (result == ATY_LINK_WAIT && waited == ATY_WAIT_READY);
    link->is_up = result == ATY_LINK_DONE;
    if (link->is_up) {
        handshake->stage = ATY_PROBE_OPEN;
        protocol_read(link);
        return;
    }
    aty_probe_socket_look(link);
    handshake->stage = waited == ATY_WAIT_STOPPED ? ATY_PROBE_STOPPED : ATY_PROBE_NO_TLS;
    handshake->fault =
        result == ATY_LINK_ENDED
            ? aty_probe_link_fault(link, " during the TLS handshake")
            : aty_probe_wait_fault(link->pool, "no answer to the TLS handshake", waited,
                                   &link->deadline);
}

aty_probe_link *aty_probe_link_open(apr_pool_t *pool, const aty_probe_where *where,
                                    int socket, aty_probe_deadline deadline,
                                    aty_probe_handshake *handshake)
{
    aty_probe_link *link = apr_pcalloc(pool, sizeof *link);
    link->pool = pool;
    link->socket = socket;
    link->handshake = handshake;
    link->deadline = deadline;
    link->alert = -1;
    if (!link_prepare(link, where)) {
        handshake->stage = ATY_PROBE_NO_TLS;
        handshake->fault = "OpenSSL cannot begin a handshake with this name";
        return link;
    }
    link_shake(link);
    aty_probe_certificate_read(pool, link->ssl, handshake);
    handshake->client_certificate_required = aty_probe_link_lacks_certificate(link);
    return link;
}

void aty_probe_link_close(aty_probe_link *link)
{
    if (link->is_up && !link->error && link->alert < 0 && !link->reason) {
        SSL_shutdown(link->ssl);
    }
    SSL_free(link->ssl);
    BIO_meth_free(link->method);
    close(link->socket);
    ERR_clear_error();
}
