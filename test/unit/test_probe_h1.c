/* Answers in HTTP/1.1 (RFC 9112), read from bytes: whole, and byte by byte. */
#include <stdint.h>
#include <stdlib.h>

#include <apr_general.h>

#include "authorityc/probe/probe_h1.h"
#include "test/unit/tap.h"

#define OK       "HTTP/1.1 200 OK\r\n"
#define CHUNKED  OK "Transfer-Encoding: chunked\r\n\r\n"
#define CLOSED   "closed"
#define ANSWERED NULL
#define LATER    "its status came, its end did not: " CLOSED

static const struct {
    const char *method;
    const char *text;
    int status;
    const char *vhost, *body, *fault;
    bool is_last;
    size_t rest; /* bytes that are left alone */
    const char *what;
} cases[] = {
    {"HEAD", OK "\r\n", 200, NULL, NULL, ANSWERED, false, 0, "HEAD needs no length"},
    {"HEAD", OK "Content-Length: 9\r\n\r\n", 200, NULL, NULL, ANSWERED, false, 0,
     "HEAD has no body"},
    {"GET", OK "X-Vhost:  b \r\nContent-Length: 3\r\n\r\nabc", 200, "b", "abc", ANSWERED,
     false, 0, "a header and a body"},
    {"GET", OK "Content-Length: 3\r\n\r\nabcHTTP", 200, NULL, "abc", ANSWERED, false, 4,
     "what follows is not of it"},
    {"GET", "HTTP/1.1 204 No Content\r\nConnection: keep-alive, Close\r\n\r\n", 204, NULL,
     "", ANSWERED, true, 0, "204; Connection has a list"},
    {"GET", "HTTP/1.1 421 Misdirected Request\r\nConnection: close\r\n\r\nno", 421, NULL,
     "no", ANSWERED, true, 0, "421, to the end of the connection"},
    {"GET", "HTTP/1.1 204 No Content\r\n\r\nHTTP", 204, NULL, "", ANSWERED, false, 4,
     "204 has no body"},
    {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, NULL, "",
     ANSWERED, false, 0, "nor has 304"},
    {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 200, NULL, "a", ANSWERED,
     true, 0, "HTTP/1.0"},
    {"GET", "HTTP/1.1 200\r\nx-vHOST: c\r\nContent-Length: 0\r\n\r\n", 200, "c", "",
     ANSWERED, false, 0, "no words after the status; names in any case"},
    {"GET", "HTTP/1.1 200 OK\nX-Vhost: a\nContent-Length: 1\n\na", 200, "a", "a",
     ANSWERED, false, 0, "lines that end in LF alone"},
    {"GET",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" OK
     "Content-Length: 0\r\n\r\n",
     200, NULL, "", ANSWERED, false, 0, "interim answers"},
    {"GET", "HTTP/1.1 100 Continue\r\n\r\n", 0, NULL, NULL, CLOSED, true, 0,
     "an interim answer alone"},
    {"GET", "HTTP/1.1 101 Switching\r\n\r\n", 0, NULL, NULL,
     "status 101, where nobody asked for it", true, 0, "101"},
    {"GET", CHUNKED "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 200, NULL, "abcde", ANSWERED,
     false, 0, "chunks"},
    {"GET", CHUNKED "1\na\n0\nTrailer: x\n\n", 200, NULL, "a", ANSWERED, false, 0,
     "chunks with LF, and a trailer"},
    {"GET", CHUNKED "1\r\nab\r\n0\r\n\r\n", 200, NULL, "a",
     "its status came, its end did not: a chunk is longer than its size says", true, 0,
     "a chunk that is too long"},
    {"GET", CHUNKED "x\r\n", 200, NULL, "",
     "its status came, its end did not: the size of a chunk is none: 'x '", true, 0,
     "a chunk without a size"},
    {"GET", CHUNKED "ffffffffffffffff\r\n", 200, NULL, "",
     "its status came, its end did not: the size of a chunk is none: 'ffffffffffffffff '",
     true, 0, "a chunk that is too large"},
    {"GET", CHUNKED "3\r\nab", 200, NULL, "ab", LATER, true, 0, "a chunk that is cut"},
    {"GET", OK "Content-Length: 9\r\n\r\nabc", 200, NULL, "abc", LATER, true, 0,
     "a body that is cut"},
    {"GET", OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 200,
     NULL, "", ANSWERED, false, 0, "chunks before a length (RFC 9112 6.3)"},
    {"GET", OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 200, NULL, "a",
     ANSWERED, false, 0, "one length said twice"},
    {"GET", OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 200, NULL, "",
     "its status came, its end did not: its Content-Length is no number", true, 0,
     "two lengths"},
    {"GET", OK "Content-Length: -1\r\n\r\n", 200, NULL, "",
     "its status came, its end did not: its Content-Length is no number", true, 0,
     "a negative length"},
    {"GET", OK "Content-Length: 99999999999999999999\r\n\r\n", 200, NULL, "",
     "its status came, its end did not: its Content-Length is no number", true, 0,
     "a length past all numbers"},
    {"GET", OK "X-Vhost: \x1b[2J\r\nContent-Length: 0\r\n\r\n", 200, "\xef\xbf\xbd[2J",
     "", ANSWERED, false, 0, "control characters in a header"},
    {"GET", OK "X-Vhost: a\r\n b\r\nContent-Length: 0\r\n\r\n", 200, "a", "", ANSWERED,
     false, 0, "a continued line"},
    {"GET", OK "no field\r\n\r\n", 0, NULL, NULL, "a header line is none: 'no field'",
     true, 0, "a header line without a colon"},
    {"GET", OK ": x\r\n\r\n", 0, NULL, NULL, "a header line is none: ': x'", true, 0,
     "a header line without a name"},
    {"GET", "HTTP/1.1 999 Far\r\n\r\n", 0, NULL, NULL,
     "what answers is no HTTP/1.1: 'HTTP/1.1 999 Far'", true, 0, "status 999"},
    {"GET", "HTTP/1.1 20 OK!\r\n\r\n", 0, NULL, NULL,
     "what answers is no HTTP/1.1: 'HTTP/1.1 20 OK!'", true, 0, "a status of two digits"},
    {"GET", "HTTP/1.1\r\n\r\n", 0, NULL, NULL, "what answers is no HTTP/1.1: 'HTTP/1.1'",
     true, 0, "no status"},
    {"GET", "", 0, NULL, NULL, CLOSED, true, 0, "nothing"},
    {"GET", OK "X-Vhost: a\r\n", 0, NULL, NULL, CLOSED, true, 0, "half a header"},
};

static bool is_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Reads the text in pieces; the connection closes after it. */
static void read_in(apr_pool_t *pool, size_t i, size_t piece)
{
    aty_probe_h1 *h1 = apr_pcalloc(pool, sizeof *h1);
    aty_probe_request request = {
        .method = cases[i].method, .authority = "a", .path = "/"};
    size_t size = strlen(cases[i].text), at = 0, taken = 1;
    aty_probe_h1_begin(h1, pool, &request, "X-Vhost");
    while (at < size && h1->state != ATY_H1_DONE && taken > 0) {
        taken = aty_probe_h1_feed(h1, (const uint8_t *)cases[i].text + at,
                                  size - at < piece ? size - at : piece);
        at += taken;
    }
    aty_probe_h1_end(h1, true, CLOSED);
    bool held =
        request.status == cases[i].status && is_equal(request.vhost, cases[i].vhost) &&
        is_equal(request.body, cases[i].body) &&
        is_equal(request.fault, cases[i].fault) && h1->is_last == cases[i].is_last &&
        (cases[i].fault || size - at == cases[i].rest);
    if (!tap_ok(held, "%s, %zu bytes at a time", cases[i].what, piece)) {
        tap_diag("status %d, vhost %s, body %s, last %d, left %zu", request.status,
                 request.vhost, request.body, h1->is_last, size - at);
        tap_diag("fault %s", request.fault ? request.fault : "none");
    }
}

/* What has no end: it is cut, and how. `first` comes once, `again` for ever. */
static const struct {
    const char *first, *again;
    int status;
    const char *fault, *what;
} floods[] = {
    {"", "x", 0, "what answers is no HTTP/1.1: 'x'", "garbage"},
    {"HTTP/1.1 200 ", "x", 0, "the header of the answer is larger than 64 KiB",
     "a status line"},
    {OK "A: ", "x", 0, "the header of the answer is larger than 64 KiB", "a field"},
    {OK, "A: b\r\n", 0, "the header of the answer is larger than 64 KiB", "fields"},
    {"", "HTTP/1.1 103 Early\r\n\r\n", 0, "interim answers (1xx) without end",
     "interim answers"},
    {OK "\r\n", "abc", 200, NULL, "a body"},
    {OK "Content-Length: 99999999999\r\n\r\n", "abc", 200, NULL, "a body with a length"},
    {CHUNKED, "10\r\n0123456789abcdef\r\n", 200, NULL, "chunks"},
    {CHUNKED, "0", 200,
     "its status came, its end did not: a line between chunks is longer than 1 KiB",
     "the size of a chunk"},
    {CHUNKED, "1;extension=of-a-chunk-that-is-long\r\nx\r\n", 200,
     "its status came, its end did not: chunks that are nearly empty, or trailers, "
     "without end",
     "extensions of chunks"},
    {CHUNKED "0\r\n", "Trailer: x\r\n", 200,
     "its status came, its end did not: chunks that are nearly empty, or trailers, "
     "without end",
     "trailers"},
};

static void read_flood(apr_pool_t *pool, size_t i)
{
    aty_probe_h1 *h1 = apr_pcalloc(pool, sizeof *h1);
    aty_probe_request request = {.method = "GET", .authority = "a", .path = "/"};
    const char *text = floods[i].first;
    size_t fed = 0;
    aty_probe_h1_begin(h1, pool, &request, NULL);
    while (h1->state != ATY_H1_DONE && fed < 1000000) {
        fed += aty_probe_h1_feed(h1, (const uint8_t *)text, strlen(text));
        text = floods[i].again;
    }
    tap_ok(fed < 300000 && h1->is_last, "%s without end: cut after %zu bytes",
           floods[i].what, fed);
    tap_is_int(request.status, floods[i].status, "%s: status", floods[i].what);
    tap_is_str(request.fault, floods[i].fault, "%s: fault", floods[i].what);
}

static void check_body_kept(apr_pool_t *pool)
{
    aty_probe_h1 *h1 = apr_pcalloc(pool, sizeof *h1);
    aty_probe_request request = {.method = "GET", .authority = "a", .path = "/"};
    static uint8_t text[5000];
    memset(text, 'x', sizeof text);
    aty_probe_h1_begin(h1, pool, &request, NULL);
    aty_probe_h1_feed(h1, (const uint8_t *)OK "\r\n", strlen(OK) + 2);
    aty_probe_h1_feed(h1, text, sizeof text);
    aty_probe_h1_end(h1, true, CLOSED);
    tap_is_int((long long)strlen(request.body), 2048,
               "the first 2 KiB of a body are kept");
}

static void check_request(apr_pool_t *pool)
{
    aty_probe_request request = {
        .method = "HEAD", .authority = "b.test:8443", .path = "/x"};
    const char *text = aty_probe_h1_text(pool, &request);
    tap_ok(strstr(text, "HEAD /x HTTP/1.1\r\nHost: b.test:8443\r\n") == text,
           "a request begins so");
    tap_is_str(strstr(text, "\r\n\r\n"), "\r\n\r\n", "and ends so");
}

int main(void)
{
    apr_pool_t *pool;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_in(pool, i, SIZE_MAX);
        read_in(pool, i, 1);
        read_in(pool, i, 7);
        apr_pool_clear(pool);
    }
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        read_flood(pool, i);
    }
    check_body_kept(pool);
    check_request(pool);
    apr_terminate();
    return tap_done();
}
