/* probe_h1.h: one answer in HTTP/1.1 (RFC 9112), read from bytes in memory.
 */
#ifndef ATY_AUTHORITYC_PROBE_H1_H
#define ATY_AUTHORITYC_PROBE_H1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authorityc/probe/probe_reply.h"

typedef enum {
    ATY_H1_HEAD,       /* status line and header */
    ATY_H1_LENGTH,     /* a body of `left` bytes */
    ATY_H1_CHUNK_SIZE, /* the line before a chunk */
    ATY_H1_CHUNK,      /* `left` bytes of it */
    ATY_H1_CHUNK_END,  /* the line end after it */
    ATY_H1_TRAILER,    /* lines after the last chunk */
    ATY_H1_TO_END,     /* a body that ends with the connection */
    ATY_H1_DONE
} aty_probe_h1_state;

typedef struct {
    apr_pool_t *pool;
    aty_probe_reply reply;
    aty_probe_h1_state state;
    bool is_last; /* the connection ends with this answer */
    uint64_t left;
    uint32_t interims; /* answers of 1xx before */
    size_t lines_size; /* bytes of all lines of chunks and trailers */
    size_t line_size;  /* bytes in `line`: a header, or a line of chunks */
    char line[ATY_PROBE_HEADER_MAX];
} aty_probe_h1;

/* Begins to read the answer to a request. */
void aty_probe_h1_begin(aty_probe_h1 *h1, apr_pool_t *pool, aty_probe_request *request,
                        const char *vhost_header);

/* Reads on; stops at the end of the answer. Returns how many bytes it took. */
size_t aty_probe_h1_feed(aty_probe_h1 *h1, const uint8_t *bytes, size_t size);

/* The server has closed, or sends nothing more: the answer is what it is. `fault` says
 * why; a body that ends so is whole where `closed`. */
void aty_probe_h1_end(aty_probe_h1 *h1, bool closed, const char *fault);

/* The request as bytes, in the pool. */
const char *aty_probe_h1_text(apr_pool_t *pool, const aty_probe_request *request);

#endif
