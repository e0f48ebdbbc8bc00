/* probe_reply.h: the answer to one request, as it comes in, in bounds.
 */
#ifndef ATY_AUTHORITYC_PROBE_REPLY_H
#define ATY_AUTHORITYC_PROBE_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "authorityc/probe/probe_client.h"

#define ATY_PROBE_HEADER_MAX 65536 /* bytes of all names and values */
#define ATY_PROBE_BODY_MAX   65536 /* bytes that are read */
#define ATY_PROBE_BODY_KEPT  2048  /* bytes that are shown */

typedef struct {
    aty_probe_request *request; /* NULL: this place is free */
    const char *vhost_header;   /* or NULL */
    int32_t stream;             /* of HTTP/2 */
    int status;                 /* of a header that is not whole yet */
    size_t header_size, body_size;
    uint8_t body[ATY_PROBE_BODY_KEPT];
} aty_probe_reply;

/* Empties what the request has of an answer. */
void aty_probe_request_clear(aty_probe_request *request);

/* Begins, and empties what the request has of an answer. */
void aty_probe_reply_begin(aty_probe_reply *reply, aty_probe_request *request,
                           const char *vhost_header);

/* Takes a header field, of a name in any case. False, and the request has its fault,
 * where all of them are too large. */
bool aty_probe_reply_header(apr_pool_t *pool, aty_probe_reply *reply, const char *name,
                            size_t name_size, const char *value, size_t value_size);

/* Takes a piece of the body. False where that is enough. */
bool aty_probe_reply_body(aty_probe_reply *reply, const uint8_t *bytes, size_t size);

/* It has ended; the place is free. */
void aty_probe_reply_end(apr_pool_t *pool, aty_probe_reply *reply);

/* Nothing more will come, for this reason; the place is free. */
void aty_probe_reply_give_up(apr_pool_t *pool, aty_probe_reply *reply, const char *fault);

#endif
