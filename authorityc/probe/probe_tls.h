/* probe_tls.h: TLS on a socket that does not block: the handshake, reading and writing.
 */
#ifndef ATY_AUTHORITYC_PROBE_TLS_H
#define ATY_AUTHORITYC_PROBE_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authorityc/probe/probe_client.h"
#include "authorityc/probe/probe_wait.h"

#define ATY_PROBE_FIRST_MAX 48

typedef struct {
    apr_pool_t *pool;
    int socket;
    SSL *ssl;
    BIO_METHOD *method;
    aty_probe_handshake *handshake;
    aty_probe_deadline deadline; /* of what is being done; the caller sets it anew */
    bool is_up;
    short wanted; /* events of poll(2) that the last call waits for */
    /* Why it failed, as far as it is known. */
    int alert;                          /* of TLS, from the server; -1: none */
    int error;                          /* errno */
    bool ended;                         /* the server closed the connection */
    const char *reason;                 /* OpenSSL's; static */
    uint8_t first[ATY_PROBE_FIRST_MAX]; /* what came first: TLS or what else it may be */
    size_t first_size;
} aty_probe_link;

/* Makes the handshake on the socket, which it owns from now on, and fills in what the
 * server showed. A link in any case; `handshake` has the stage and the fault. */
aty_probe_link *aty_probe_link_open(apr_pool_t *pool, const aty_probe_where *where,
                                    int socket, aty_probe_deadline deadline,
                                    aty_probe_handshake *handshake);

typedef enum {
    ATY_LINK_DONE, /* some bytes, at least one */
    ATY_LINK_WAIT, /* poll for `wanted` and try again */
    ATY_LINK_ENDED /* for good; aty_probe_link_fault says why */
} aty_probe_link_result;

aty_probe_link_result aty_probe_link_read(aty_probe_link *link, uint8_t *bytes,
                                          size_t size, size_t *count);
aty_probe_link_result aty_probe_link_write(aty_probe_link *link, const uint8_t *bytes,
                                           size_t size, size_t *count);

/* Why it ended: lower case, no full stop. `when` is said of a plain end, as
 * " during the TLS handshake". */
const char *aty_probe_link_fault(const aty_probe_link *link, const char *when);

/* Whether the server said that it wants a client certificate and got none. */
bool aty_probe_link_lacks_certificate(const aty_probe_link *link);

/* Sends close_notify where TLS is up, without waiting, and frees all but the pool's. */
void aty_probe_link_close(aty_probe_link *link);

/* Fills in what the server's certificate says, where it has shown one. */
void aty_probe_certificate_read(apr_pool_t *pool, SSL *ssl,
                                aty_probe_handshake *handshake);

#endif
