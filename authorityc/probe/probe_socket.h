/* probe_socket.h: what OpenSSL reads from and writes to. Its own BIO for sockets would
 * raise SIGPIPE, knows no deadline, and hides what came first.
 */
#ifndef ATY_AUTHORITYC_PROBE_SOCKET_H
#define ATY_AUTHORITYC_PROBE_SOCKET_H

#include "authorityc/probe/probe_tls.h"

/* A BIO on the link's socket; keeps in the link what came first, and why it ended. NULL
 * where there is no memory. The link's `method` outlives it. */
BIO *aty_probe_socket_bio(aty_probe_link *link);

/* Reads what there is beside, for people to see: OpenSSL stops after five bytes that are
 * no TLS. */
void aty_probe_socket_look(aty_probe_link *link);

#endif
