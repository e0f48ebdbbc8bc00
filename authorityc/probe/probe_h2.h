/* probe_h2.h: HTTP/2 as a client speaks it, by libnghttp2, on bytes in memory: the caller
 * carries them to and from a server.
 *
 * What a server may send is bounded: each frame costs as many bytes of a credit as it
 * has, and some more; each request adds to the credit. A server that sends more is cut
 * off.
 */
#ifndef ATY_AUTHORITYC_PROBE_H2_H
#define ATY_AUTHORITYC_PROBE_H2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authorityc/probe/probe_client.h"

typedef struct aty_probe_h2 aty_probe_h2;

/* A session that begins, to be freed by aty_probe_h2_free. Fills in what `handshake` has
 * about ORIGIN frames. NULL where there is no memory. */
aty_probe_h2 *aty_probe_h2_create(apr_pool_t *pool, aty_probe_handshake *handshake);

/* Reads what the server sent. After a fault nothing is read any more. */
void aty_probe_h2_feed(aty_probe_h2 *h2, const uint8_t *bytes, size_t size);

/* The next bytes to be sent, which stay until the next call; 0 where there are none. */
size_t aty_probe_h2_output(aty_probe_h2 *h2, const uint8_t **bytes);

/* Whether the server's SETTINGS have come, which must be its first frame. */
bool aty_probe_h2_is_up(const aty_probe_h2 *h2);

/* Asks; `requests` stay the caller's until all are answered or the session has ended. */
void aty_probe_h2_ask(aty_probe_h2 *h2, aty_probe_request *requests, uint32_t count,
                      const char *vhost_header);

/* How many are neither answered nor given up. */
uint32_t aty_probe_h2_unanswered(const aty_probe_h2 *h2);

/* Sends PING; whether its ACK has not come yet. */
void aty_probe_h2_ping(aty_probe_h2 *h2);
bool aty_probe_h2_awaits_ping(const aty_probe_h2 *h2);

/* Why nothing more can be asked; NULL where it can. */
const char *aty_probe_h2_fault(const aty_probe_h2 *h2);

/* Ends the session for this reason, and with it each request that has no answer. */
void aty_probe_h2_end(aty_probe_h2 *h2, const char *fault);

/* Gives up what is not answered, for this reason; the streams are reset. */
void aty_probe_h2_give_up(aty_probe_h2 *h2, const char *fault);

/* Sends GOAWAY. */
void aty_probe_h2_goodbye(aty_probe_h2 *h2);

void aty_probe_h2_free(aty_probe_h2 *h2);

#endif
