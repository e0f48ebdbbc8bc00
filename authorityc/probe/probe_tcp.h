/* probe_tcp.h: a TCP connection to an address, and the PROXY line before all else.
 */
#ifndef ATY_AUTHORITYC_PROBE_TCP_H
#define ATY_AUTHORITYC_PROBE_TCP_H

#include "authorityc/probe/probe_client.h"
#include "authorityc/probe/probe_wait.h"

/* Connects, and sends the PROXY line (version 1 of haproxy's proxy-protocol.txt, §2.1)
 * where it is wanted. Returns a socket that does not block, and the local address in
 * `handshake`; -1 with its stage and fault set. */
int aty_probe_tcp(apr_pool_t *pool, const aty_probe_where *where,
                  const aty_probe_deadline *deadline, aty_probe_handshake *handshake);

/* What the system says of an errno: lower case, no full stop. */
const char *aty_probe_error_text(apr_pool_t *pool, int error);

#endif
