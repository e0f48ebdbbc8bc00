/* Any bytes from a server that is probed, in HTTP/2 or HTTP/1.1, in pieces of any size:
 * each request has an end, and no text has a control character or is no UTF-8.
 *
 * The first byte says how: HTTP/2 or HTTP/1.1, HEAD or GET, with SETTINGS before the rest
 * or without, and the size of the pieces.
 */
#include <string.h>

#include "authorityc/probe/probe_h1.h"
#include "authorityc/probe/probe_h2.h"
#include "test/fuzz/fuzz.h"

#include <jansson.h>

#define HTTP1    0x80
#define GET      0x40
#define SETTINGS 0x20
#define PIECES   0x1f

#define REQUESTS 3

static void require_clean(const char *text)
{
    json_t *judge = text ? json_string(text) : NULL; /* NULL for what is no UTF-8 */

    fuzz_require(!text || judge, "it is UTF-8");
    for (; text && *text; text++) {
        fuzz_require((unsigned char)*text >= ' ' && *text != 0x7f,
                     "it has no control character");
    }
    json_decref(judge);
}

static void require_end(const aty_probe_request *request)
{
    fuzz_require(request->status == 0 ||
                     (request->status >= 200 && request->status <= 999),
                 "a status is none of 1xx");
    fuzz_require(request->status || request->reset || request->fault,
                 "a request has an end");
    require_clean(request->vhost);
    require_clean(request->body);
    require_clean(request->fault);
}

static void require_origins(const aty_probe_handshake *handshake)
{
    const apr_array_header_t *origins = handshake->origins;

    require_clean(handshake->origin_fault);
    for (int i = 0; origins && i < origins->nelts; i++) {
        require_clean(APR_ARRAY_IDX(origins, i, const char *));
    }
    fuzz_require(handshake->origin_frames == 0 || origins, "a frame has a set");
}

static void sent_drop(aty_probe_h2 *h2)
{
    const uint8_t *bytes;

    while (aty_probe_h2_output(h2, &bytes) > 0) {
    }
}

static void feed(aty_probe_h2 *h2, const uint8_t *bytes, size_t size)
{
    aty_probe_h2_feed(h2, bytes, size);
    sent_drop(h2);
}

static void h2_read(apr_pool_t *pool, aty_probe_request *requests, uint8_t how,
                    const uint8_t *bytes, size_t size)
{
    static const uint8_t settings[] = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    size_t piece = (how & PIECES) ? how & PIECES : 16384;
    aty_probe_handshake handshake = {0};
    aty_probe_h2 *h2 = aty_probe_h2_create(pool, &handshake);

    fuzz_require(h2 != NULL, "there is memory");
    if (how & SETTINGS) {
        feed(h2, settings, sizeof settings);
    }
    aty_probe_h2_ask(h2, requests, REQUESTS, "x-vhost");
    aty_probe_h2_ping(h2);
    sent_drop(h2);
    for (size_t at = 0; at < size; at += piece) {
        feed(h2, bytes + at, size - at < piece ? size - at : piece);
    }
    fuzz_require(aty_probe_h2_unanswered(h2) <= REQUESTS, "no more than were asked");
    aty_probe_h2_give_up(h2, "late");
    fuzz_require(aty_probe_h2_unanswered(h2) == 0, "nothing is waited for");
    require_clean(aty_probe_h2_fault(h2));
    require_origins(&handshake);
    aty_probe_h2_free(h2);
}

/* One after the other, as long as the connection lasts. */
static void h1_read(apr_pool_t *pool, aty_probe_request *requests, uint8_t how,
                    const uint8_t *bytes, size_t size)
{
    size_t piece = (how & PIECES) ? how & PIECES : 16384;
    aty_probe_h1 *h1 = apr_pcalloc(pool, sizeof *h1);
    size_t at = 0;

    for (int i = 0; i < REQUESTS; i++) {
        if (h1->is_last) {
            requests[i].fault = "no connection";
            continue;
        }
        aty_probe_h1_begin(h1, pool, &requests[i], "x-vhost");
        while (at < size && h1->state != ATY_H1_DONE) {
            size_t taken =
                aty_probe_h1_feed(h1, bytes + at, size - at < piece ? size - at : piece);
            fuzz_require(taken > 0 && taken <= size - at, "bytes are read on");
            at += taken;
        }
        aty_probe_h1_end(h1, true, "closed");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    aty_probe_request requests[REQUESTS] = {{0}};
    uint8_t how = size > 0 ? bytes[0] : 0;

    for (int i = 0; i < REQUESTS; i++) {
        requests[i].method = how & GET ? "GET" : "HEAD";
        requests[i].authority = "a.test";
        requests[i].path = "/";
    }
    if (size > 0) {
        (how & HTTP1 ? h1_read : h2_read)(pool, requests, how, bytes + 1, size - 1);
        for (int i = 0; i < REQUESTS; i++) {
            require_end(&requests[i]);
        }
    }
    apr_pool_destroy(pool);
    return 0;
}
