/* probe_h2_state.h: an HTTP/2 session of a probe, for the files that it is made of.
 */
#ifndef ATY_AUTHORITYC_PROBE_H2_STATE_H
#define ATY_AUTHORITYC_PROBE_H2_STATE_H

#include <nghttp2/nghttp2.h>

#include "authorityc/probe/probe_reply.h"
#include "authorityc/probe/probe_frames.h"
#include "authorityc/probe/probe_h2.h"

#define ATY_PROBE_IN_FLIGHT  100 /* requests at once; browsers ask no more */
#define ATY_PROBE_DETAIL_MAX 160 /* bytes of a peer's or a library's explanation */

struct aty_probe_h2 {
    apr_pool_t *pool;
    nghttp2_session *session;
    aty_probe_handshake *handshake;
    aty_probe_frames frames;
    uint64_t credit;
    uint32_t frames_seen, seen[256]; /* of each type */
    bool has_settings, is_up, awaits_ping;
    const char *fault;  /* the session has ended */
    const char *goaway; /* it will, when what is asked is answered */
    const char *detail; /* what the library found wrong last; or NULL */
    aty_probe_reply replies[ATY_PROBE_IN_FLIGHT];
    uint32_t in_flight;
    aty_probe_request *requests; /* to be asked */
    uint32_t waiting;            /* how many of them */
    const char *vhost_header;
};

/* Looks at what the server sent before libnghttp2 reads it: counts it, and reads what the
 * library would not tell. May end the session. */
void aty_probe_h2_look(aty_probe_h2 *h2, const uint8_t *bytes, size_t size);

/* What libnghttp2 calls; NULL where there is no memory. */
nghttp2_session_callbacks *aty_probe_h2_callbacks(void);

/* An answer has ended, or has this fault. */
void aty_probe_h2_free_reply(aty_probe_h2 *h2, aty_probe_reply *reply, const char *fault);

/* Ends the session: for too many frames, or for one that breaks the protocol. */
void aty_probe_h2_end_endless(aty_probe_h2 *h2);
void aty_probe_h2_end_broken(aty_probe_h2 *h2, uint32_t code, const char *detail);

#endif
