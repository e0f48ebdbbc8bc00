/* probe_client.h: one connection to a live server, made as clients make it: TCP, TLS by
 * OpenSSL, then HTTP/2 by libnghttp2 or HTTP/1.1.
 *
 * Nothing waits without a deadline, and nothing that a server sends is kept without a
 * bound. A client that is not answered says why and goes on.
 */
#ifndef ATY_AUTHORITYC_PROBE_CLIENT_H
#define ATY_AUTHORITYC_PROBE_CLIENT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>
#include <openssl/ssl.h>

typedef struct {
    const char *address; /* IP address, as inet_ntop writes it */
    uint16_t port;
    const char *sni;       /* NULL: none is sent */
    bool http1;            /* offers http/1.1 only; else h2 and http/1.1 */
    bool anonymous;        /* has no client certificate, whatever `tls` has */
    bool proxy_protocol;   /* begins with a PROXY line (version 1) of its own addresses */
    SSL_CTX *tls;          /* of aty_probe_tls */
    uint32_t milliseconds; /* for the connection and its handshakes, and again for each
                              call of aty_probe_ask */
    const volatile sig_atomic_t *stop; /* nonzero: give up at once; or NULL */
} aty_probe_where;

/* An SSL_CTX for probing, which lives as long as the pool. `ca_file`: trusted CAs instead
 * of the system's, or NULL. `certificate` and `key`: PEM files of a client certificate,
 * or NULL. Certificates are judged, and the handshake goes on whatever comes of it. NULL
 * with `fault` (lower case, no full stop) where a file cannot be used. */
SSL_CTX *aty_probe_tls(apr_pool_t *pool, const char *ca_file, const char *certificate,
                       const char *key, const char **fault);

typedef enum {
    ATY_PROBE_OPEN,    /* TLS is up, and HTTP where it says so */
    ATY_PROBE_NO_TCP,  /* refused, unreachable, no answer in time */
    ATY_PROBE_NO_TLS,  /* alert, garbage, closed, no answer in time */
    ATY_PROBE_NO_HTTP, /* TLS is up; what came then is no HTTP/2, or nothing came */
    ATY_PROBE_STOPPED  /* by `stop` */
} aty_probe_stage;

/* What the server showed before any request. Strings are in the pool, UTF-8 or ASCII,
 * without control characters. */
typedef struct {
    aty_probe_stage stage;
    const char *fault;         /* of any stage but ATY_PROBE_OPEN; lower case */
    const char *local_address; /* of our end; NULL before TCP is up */
    const char *tls_version;   /* "TLSv1.3" */
    const char *cipher;
    const char *alpn;          /* "h2", "http/1.1", or "" for none */
    X509 *certificate;         /* freed with the pool; NULL before it was shown */
    apr_array_header_t *names; /* const char *: DNS names and addresses in it, lower case;
                                  the common name only where there are none */
    int64_t not_before, not_after; /* seconds since 1970 */
    const char *fingerprint;       /* SHA-256 of its DER, 64 hexadecimal digits */
    const char *trust_fault; /* NULL where the chain leads to a trusted CA; names and
                                dates are not looked at */
    bool client_certificate_wanted; /* the server sent a CertificateRequest */
    bool client_certificate_sent;
    bool
        client_certificate_required; /* the server ended TLS for want of one: with TLS 1.3
                                        on HTTP/1.1 known when the first request failed */
    /* RFC 8336; h2 only. Filled in by the time the first request is answered, or by
     * aty_probe_settle. */
    uint32_t origin_frames;
    apr_array_header_t *origins; /* const char *, as sent; NULL before the first frame */
    uint32_t
        origin_largest; /* bytes of the largest frame's payload, as its header says */
    const char *origin_fault; /* NULL, or what is malformed */
} aty_probe_handshake;

typedef struct {
    const char *authority; /* as :authority or Host says it */
    const char *method;    /* "HEAD", "GET" */
    const char *path;
    /* the answer */
    int status;          /* 100 to 599; 0: none */
    bool reset;          /* the stream ended in RST_STREAM, */
    uint32_t reset_code; /* with this code (RFC 9113 §7) */
    const char *vhost;   /* the header that names the vhost; NULL: not there */
    const char *body;    /* the first 2 KiB of a GET's, without control characters */
    const char *fault;   /* NULL, or why there is no answer, or no end of one that has a
                            status: lower case, no full stop; NULL where it was reset */
} aty_probe_request;

typedef struct aty_probe_connection aty_probe_connection;

/* Connects. Never NULL; `handshake` tells how far it came, and stays the caller's, who
 * keeps it as long as the connection. What is not closed by then is closed with the pool.
 */
aty_probe_connection *aty_probe_connect(apr_pool_t *pool, const aty_probe_where *where,
                                        aty_probe_handshake *handshake);

/* Waits until all that the server sends by itself has come: asks PING and waits for its
 * ACK (RFC 9113 §6.7). */
void aty_probe_settle(aty_probe_connection *connection);

/* Asks, on h2 all at once as far as the server allows, on HTTP/1.1 one after the other on
 * this connection. `vhost_header` is the name of the header that tells the vhost, or
 * NULL. What is not answered has its fault: where the connection ended, the caller opens
 * another one. */
void aty_probe_ask(aty_probe_connection *connection, aty_probe_request *requests,
                   uint32_t count, const char *vhost_header);

/* Whether it can be asked again. */
bool aty_probe_is_open(const aty_probe_connection *connection);

/* Says goodbye and closes. */
void aty_probe_close(aty_probe_connection *connection);

/* "HTTP_1_1_REQUIRED" and so on (RFC 9113 §7); "code 99" for others. */
const char *aty_probe_code_text(apr_pool_t *pool, uint32_t code);

#endif
