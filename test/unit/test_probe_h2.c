/* HTTP/2 of a server, read from bytes in memory: answers, ends, floods, and ORIGIN frames
 * as RFC 8336 has them. Checklist O1, O2, O4, O6, O7, O16, F2, F4. */
#include <stdint.h>
#include <stdlib.h>

#include <apr_general.h>
#include <apr_strings.h>

#include "authorityc/probe/probe_frames.h"
#include "authorityc/probe/probe_h2.h"
#include "test/unit/tap.h"

/* Frames, written by hand: length, type, flags, stream, payload. */
#define SETTINGS    "\0\0\0\4\0\0\0\0\0"
#define PING_ACK    "\0\0\10\6\1\0\0\0\0settled?"
#define STATUS_200  "\0\0\1\1\5\0\0\0\1\x88"
#define STATUS_200B "\0\0\1\1\5\0\0\0\3\x88"
#define GOAWAY      "\0\0\12\7\0\0\0\0\0\0\0\0\0\0\0\0\13no"
#define ORIGIN_A    "\0\0\x10\x0c\0\0\0\0\0\0\x0ehttps://a.test"
#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

typedef struct {
    apr_pool_t *pool;
    aty_probe_handshake handshake;
    aty_probe_h2 *h2;
    aty_probe_request requests[3];
} talk;

static talk begin(apr_pool_t *pool)
{
    talk t = {.pool = pool};
    for (int i = 0; i < 3; i++) {
        t.requests[i].method = "GET";
        t.requests[i].authority = "a.test";
        t.requests[i].path = "/";
    }
    return t;
}

/* Drops what the client would send. Returns how much that was. */
static size_t drain(talk *t)
{
    const uint8_t *bytes;
    size_t sent = 0, size;
    while ((size = aty_probe_h2_output(t->h2, &bytes)) > 0) {
        sent += size;
    }
    return sent;
}

/* The server sends these bytes, `piece` at a time. */
static void feed(talk *t, const uint8_t *bytes, size_t size, size_t piece)
{
    for (size_t at = 0; at < size; at += piece) {
        aty_probe_h2_feed(t->h2, bytes + at, size - at < piece ? size - at : piece);
        drain(t);
    }
}

/* Asks so many requests, and reads the answers. */
static void answer(talk *t, uint32_t count, const uint8_t *bytes, size_t size,
                   size_t piece)
{
    t->h2 = aty_probe_h2_create(t->pool, &t->handshake);
    drain(t);
    feed(t, BYTES(SETTINGS), piece);
    aty_probe_h2_ask(t->h2, t->requests, count, "x-vhost");
    drain(t);
    feed(t, bytes, size, piece);
}

static void end(talk *t)
{
    aty_probe_h2_end(t->h2, "the end");
    aty_probe_h2_free(t->h2);
}

/* What one request comes to. */
static const struct {
    const char *bytes;
    size_t size;
    int status;
    int reset_code; /* -1: not reset */
    const char *vhost, *body, *fault, *what;
} answers[] = {
    {STATUS_200, 10, 200, -1, NULL, "", NULL, "a status"},
    {"\0\0\x0c\1\5\0\0\0\1\x88\0\7x-vhost\1b", 21, 200, -1, "b", "", NULL, "a header"},
    {"\0\0\1\1\4\0\0\0\1\x88\0\0\2\0\1\0\0\0\1hi", 21, 200, -1, NULL, "hi", NULL,
     "a body"},
    {"\0\0\4\3\0\0\0\0\1\0\0\0\15", 13, 0, 13, NULL, NULL, NULL, "HTTP_1_1_REQUIRED"},
    {"\0\0\4\3\0\0\0\0\1\xff\xff\xff\xff", 13, 0, -2, NULL, NULL, NULL,
     "a code of no name"},
    {"\0\0\1\1\4\0\0\0\1\x88\0\0\4\3\0\0\0\0\1\0\0\0\2", 23, 200, 2, NULL, "", NULL,
     "a status, and a reset after it"},
    {"\0\0\1\1\4\0\0\0\1\x88", 10, 200, -1, NULL, "",
     "its status came, its end did not: the end", "a status without an end"},
    {"\0\0\5\1\5\0\0\0\1\x48\x03"
     "103",
     14, 0, -1, NULL, NULL, "the answer is no valid HTTP/2 (PROTOCOL_ERROR)",
     "an interim answer alone"},
    {"\0\0\1\1\1\0\0\0\1\x88", 10, 0, -1, NULL, NULL, "the end",
     "a header that is not whole"},
    {GOAWAY, 19, 0, -1, NULL, NULL, "the server said GOAWAY (ENHANCE_YOUR_CALM: 'no')",
     "GOAWAY"},
    {"\0\0\12\7\0\0\0\0\0\0\0\0\0\0\0\0\13\x1b[", 19, 0, -1, NULL, NULL,
     "the server said GOAWAY (ENHANCE_YOUR_CALM: '\xef\xbf\xbd[')",
     "GOAWAY with control characters"},
    {"\0\0\0\4\1\0\0\0\0", 9, 0, -1, NULL, NULL, "the end", "no answer"},
    {"\0\0\1\1\5\0\0\0\1\x80", 10, 0, -1, NULL, NULL,
     "the server's HTTP/2 is broken (COMPRESSION_ERROR)", "no HPACK"},
    {"\0\0\0\0\1\0\0\0\1", 9, 0, -1, NULL, NULL,
     "the server's HTTP/2 is broken (PROTOCOL_ERROR): DATA: stream not opened",
     "DATA before HEADERS"},
    {"\0\x40\1\1\5\0\0\0\1", 9, 0, -1, NULL, NULL,
     "the server's HTTP/2 is broken (FRAME_SIZE_ERROR): HEADERS with 16385 bytes, more "
     "than "
     "16384",
     "F2 a frame that is too large"},
    {"\0\0\1\x1f\xff\x80\0\0\1z" STATUS_200, 20, 200, -1, NULL, "", NULL,
     "F4 a frame of an unknown type is passed over"},
};

static bool is_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_answer(apr_pool_t *pool, size_t i, size_t piece)
{
    talk t = begin(pool);
    const aty_probe_request *r = &t.requests[0];
    int code = answers[i].reset_code;
    answer(&t, 1, (const uint8_t *)answers[i].bytes, answers[i].size, piece);
    end(&t);
    bool held = r->status == answers[i].status && r->reset == (code != -1) &&
                (code < 0 || r->reset_code == (uint32_t)code) &&
                is_equal(r->vhost, answers[i].vhost) &&
                is_equal(r->body, answers[i].body) &&
                is_equal(r->fault, answers[i].fault);
    if (!tap_ok(held, "%s, %zu bytes at a time", answers[i].what, piece)) {
        tap_diag("status %d, reset %d (%u), vhost %s, body %s", r->status, r->reset,
                 (unsigned)r->reset_code, r->vhost, r->body);
        tap_diag("fault %s", r->fault ? r->fault : "none");
    }
}

/* The first frame of a server that is none. */
static const struct {
    const char *bytes;
    size_t size;
    const char *fault;
} firsts[] = {
    {GOAWAY, 19, "the server said GOAWAY (ENHANCE_YOUR_CALM: 'no')"},
    {PING_ACK, 17, "the server's first frame is PING, not SETTINGS (RFC 9113 §3.4)"},
    {"\0\0\0\4\1\0\0\0\0", 9,
     "the server's first frame is an ACK of SETTINGS, not SETTINGS (RFC 9113 §3.4)"},
    {"HTTP/1.1 400 Bad Request\r\n", 26,
     "what comes after TLS is no HTTP/2: 'HTTP/1.1 400 Bad Request  '"},
    {"\x1b[31m garbage", 13,
     "what comes after TLS is no HTTP/2: '\xef\xbf\xbd[31m garbage'"},
    {"\0\0\5\4\0\0\0\0\0abcde", 14, "the server's HTTP/2 is broken (FRAME_SIZE_ERROR)"},
};

static void check_first(apr_pool_t *pool, size_t i)
{
    talk t = begin(pool);
    t.h2 = aty_probe_h2_create(pool, &t.handshake);
    drain(&t);
    feed(&t, (const uint8_t *)firsts[i].bytes, firsts[i].size, SIZE_MAX / 2);
    tap_is_str(aty_probe_h2_fault(t.h2), firsts[i].fault, "first: %s", firsts[i].fault);
    tap_ok(!aty_probe_h2_is_up(t.h2), "and it is not up");
    end(&t);
}

/* The payloads, flags and streams of ORIGIN frames, and what is made of them. */
static const struct {
    const char *payload;
    size_t size;
    uint8_t flags, stream;
    uint32_t frames;
    const char *origins; /* set apart by blanks; NULL: no frame */
    const char *fault;
    const char *what;
} origins[] = {
    {"\0\x0ehttps://a.test", 16, 0, 0, 1, "https://a.test", NULL, "O1 one"},
    {"\0\x0ehttps://a.test\0\x11https://b.test:99", 35, 0, 0, 1,
     "https://a.test https://b.test:99", NULL, "O1 two"},
    {"", 0, 0, 0, 1, "", NULL, "O16 none"},
    {"\0\x0ehttps://a.test", 16, 0x10, 0, 1, "https://a.test", NULL,
     "O4 a flag that says nothing"},
    {"\0\x0ehttps://a.test", 16, 1, 0, 0, NULL,
     "an ORIGIN frame with flags (0x01), which clients ignore (RFC 8336 §2.2)",
     "O4 a flag"},
    {"\0\x0ehttps://a.test", 16, 8, 0, 0, NULL,
     "an ORIGIN frame with flags (0x08), which clients ignore (RFC 8336 §2.2)",
     "O4 another flag"},
    {"\0\x0ehttps://a.test", 16, 0, 5, 0, NULL,
     "an ORIGIN frame on stream 5, which clients ignore: stream 0 is its place "
     "(RFC 8336 §2.2)",
     "O2 on a stream"},
    {"\0\x0ehttps://a.test\0\x11https://b.test:9", 34, 0, 0, 1, "https://a.test",
     "an ORIGIN frame of 34 bytes ends inside an entry that begins at byte 16 "
     "(RFC 8336 §2.1)",
     "O1 an entry that is cut"},
    {"\0", 1, 0, 0, 1, "",
     "an ORIGIN frame of 1 bytes ends inside an entry that begins at byte 0 "
     "(RFC 8336 §2.1)",
     "O1 half a length"},
    {"\0\x10https://*.a.test", 18, 0, 0, 1, "https://*.a.test",
     "'https://*.a.test' in an ORIGIN frame is no origin; clients ignore it (RFC 8336 "
     "§2.2)",
     "O7 a wildcard"},
    {"\0\x0fhttps://a.test/", 17, 0, 0, 1, "https://a.test/",
     "'https://a.test/' in an ORIGIN frame is no origin; clients ignore it (RFC 8336 "
     "§2.2)",
     "O6 a path"},
    {"\0\x0ehttps://A.test", 16, 0, 0, 1, "https://A.test",
     "'https://A.test' in an ORIGIN frame is no origin; clients ignore it (RFC 8336 "
     "§2.2)",
     "O6 upper case"},
    {"\0\6a.test", 8, 0, 0, 1, "a.test",
     "'a.test' in an ORIGIN frame is no origin; clients ignore it (RFC 8336 §2.2)",
     "O6 no scheme"},
    {"\0\x13https://[2001::1]:9", 21, 0, 0, 1, "https://[2001::1]:9", NULL, "an address"},
    {"\0\7\x1b]0;x\x07\0", 9, 0, 0, 1, "\xef\xbf\xbd]0;x\xef\xbf\xbd\xef\xbf\xbd",
     "'\xef\xbf\xbd]0;x\xef\xbf\xbd\xef\xbf\xbd' in an ORIGIN frame is no origin; "
     "clients "
     "ignore it (RFC 8336 §2.2)",
     "control characters"},
};

static const char *listed(apr_pool_t *pool, const aty_probe_handshake *handshake)
{
    return handshake->origins ? apr_array_pstrcat(pool, handshake->origins, ' ') : NULL;
}

static void check_origins(apr_pool_t *pool, size_t i, size_t piece)
{
    talk t = begin(pool);
    uint8_t header[ATY_FRAME_HEADER_SIZE];
    const char *list;
    answer(&t, 1, BYTES(""), 1);
    aty_origin_header_write(header, origins[i].size);
    header[4] = origins[i].flags;
    header[8] = origins[i].stream;
    feed(&t, header, sizeof header, piece);
    feed(&t, (const uint8_t *)origins[i].payload, origins[i].size, piece);
    feed(&t, BYTES(STATUS_200), piece);
    list = listed(pool, &t.handshake);
    tap_ok(is_equal(list, origins[i].origins), "%s: origins %s", origins[i].what,
           list ? list : "none");
    tap_is_int(t.handshake.origin_frames, origins[i].frames, "%s: frames",
               origins[i].what);
    tap_is_int(t.handshake.origin_largest, (long long)origins[i].size, "%s: largest",
               origins[i].what);
    tap_is_str(t.handshake.origin_fault, origins[i].fault, "%s: fault", origins[i].what);
    tap_is_int(t.requests[0].status, 200, "%s: the answer comes all the same",
               origins[i].what);
    end(&t);
}

/* Sets add up (O9); a frame that is too large ends the connection (F2). */
static void check_frames(apr_pool_t *pool)
{
    talk t = begin(pool);
    answer(&t, 1, BYTES(ORIGIN_A "\0\0\x10\x0c\0\0\0\0\0\0\x0ehttps://b.test"), 5);
    tap_is_str(listed(pool, &t.handshake), "https://a.test https://b.test",
               "O9 a second frame adds to the set");
    feed(&t, BYTES("\0\x40\1\x0c\0\0\0\0\0"), 100);
    tap_is_int(t.handshake.origin_largest, 16385, "F2 the size of a larger one is known");
    tap_ok(strstr(t.handshake.origin_fault, "16385 bytes") != NULL, "and told");
    tap_ok(strstr(t.requests[0].fault, "FRAME_SIZE_ERROR") != NULL,
           "the connection ends");
    end(&t);
}

/* Several at once; the ACK of a PING; an end between them. */
static void check_session(apr_pool_t *pool)
{
    talk t = begin(pool);
    answer(&t, 3, BYTES(STATUS_200B), 100);
    tap_is_int(aty_probe_h2_unanswered(t.h2), 2, "one of three is answered");
    tap_ok(t.requests[1].status == 200 && !t.requests[0].status, "it is the second");
    aty_probe_h2_ping(t.h2);
    tap_ok(aty_probe_h2_awaits_ping(t.h2), "PING is sent");
    feed(&t, BYTES(PING_ACK), 3);
    tap_ok(!aty_probe_h2_awaits_ping(t.h2), "and its ACK comes");
    aty_probe_h2_give_up(t.h2, "late");
    tap_is_int(aty_probe_h2_unanswered(t.h2), 0, "nothing is waited for");
    tap_is_str(t.requests[0].fault, "late", "the first is given up");
    tap_ok(!aty_probe_h2_fault(t.h2), "the session is not");
    feed(&t, BYTES(STATUS_200), 100);
    tap_ok(t.requests[0].status == 0, "an answer that comes later is nobody's");
    aty_probe_h2_ask(t.h2, t.requests, 1, NULL);
    drain(&t);
    feed(&t, BYTES("\0\0\1\1\5\0\0\0\7\x88"), 100);
    tap_is_int(t.requests[0].status, 200, "and it can be asked again");
    end(&t);
}

/* Frames without end. */
static const struct {
    const char *frame;
    size_t size;
    const char *what;
} floods[] = {
    {"\0\0\0\4\0\0\0\0\0", 9, "SETTINGS"},
    {"\0\0\10\6\0\0\0\0\0abcdefgh", 17, "PING"},
    {PING_ACK, 17, "PING"},
    {"\0\0\4\x08\0\0\0\0\0\0\0\0\1", 13, "WINDOW_UPDATE"},
    {"\0\0\5\2\0\0\0\0\1\0\0\0\0\0", 14, "PRIORITY"},
    {ORIGIN_A, 25, "ORIGIN"},
    {"\0\0\0\x1f\0\0\0\0\0", 9, "of type 0x1f"},
};

static void check_flood(apr_pool_t *pool, size_t i)
{
    talk t = begin(pool);
    size_t fed = 0;
    answer(&t, 1, BYTES(""), 1);
    while (!aty_probe_h2_fault(t.h2) && fed < 10000000) {
        feed(&t, (const uint8_t *)floods[i].frame, floods[i].size, 100);
        fed += floods[i].size;
    }
    tap_ok(aty_probe_h2_fault(t.h2) && strstr(aty_probe_h2_fault(t.h2), floods[i].what) &&
               strstr(t.requests[0].fault, "without end"),
           "%s without end: cut after %zu bytes", floods[i].what, fed);
    end(&t);
}

/* A body without end is enough at 64 KiB, and resets the stream. */
static void check_body(apr_pool_t *pool)
{
    talk t = begin(pool);
    static uint8_t data[9 + 1000] = {0, 3, 0xe8, 0, 0, 0, 0, 0, 1};
    size_t fed = 0;
    answer(&t, 1, BYTES("\0\0\1\1\4\0\0\0\1\x88"), 100);
    while (aty_probe_h2_unanswered(t.h2) > 0 && fed < 1000000) {
        feed(&t, data, sizeof data, 5000);
        fed += sizeof data;
    }
    tap_ok(fed < 70000, "a body is enough after %zu bytes", fed);
    tap_ok(t.requests[0].status == 200 && !t.requests[0].fault, "and is an answer");
    tap_ok(!aty_probe_h2_fault(t.h2), "the session goes on");
    end(&t);
}

/* Bytes changed at random: nothing hangs, and each request has an end. */
static void check_damage(apr_pool_t *pool)
{
    static const char whole[] = ORIGIN_A STATUS_200 PING_ACK STATUS_200B GOAWAY;
    uint32_t random = 1, without_end = 0;
    for (int round = 0; round < 5000; round++) {
        talk t = begin(pool);
        uint8_t bytes[sizeof whole - 1];
        memcpy(bytes, whole, sizeof bytes);
        for (int i = 0; i <= round % 3; i++) {
            random = random * 1664525 + 1013904223;
            bytes[(random >> 8) % sizeof bytes] = (uint8_t)(random >> 24);
        }
        answer(&t, 3, bytes, sizeof bytes, (size_t)(round % 13 + 1));
        end(&t);
        for (int i = 0; i < 3; i++) {
            const aty_probe_request *r = &t.requests[i];
            without_end += !r->fault && !r->reset && r->status < 200;
        }
        apr_pool_clear(pool);
    }
    tap_is_int(without_end, 0, "5000 damaged servers: each request has an end");
}

static void check_code_texts(apr_pool_t *pool)
{
    tap_is_str(aty_probe_code_text(pool, 13), "HTTP_1_1_REQUIRED", "code 13");
    tap_is_str(aty_probe_code_text(pool, 0), "NO_ERROR", "code 0");
    tap_is_str(aty_probe_code_text(pool, 14), "code 14", "code 14");
}

int main(void)
{
    apr_pool_t *pool;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        check_answer(pool, i, 1000);
        check_answer(pool, i, 1);
        apr_pool_clear(pool);
    }
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
        check_first(pool, i);
        apr_pool_clear(pool);
    }
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        check_origins(pool, i, 1000);
        check_origins(pool, i, 1);
        apr_pool_clear(pool);
    }
    check_frames(pool);
    check_session(pool);
    for (size_t i = 0; i < sizeof floods / sizeof floods[0]; i++) {
        check_flood(pool, i);
        apr_pool_clear(pool);
    }
    check_body(pool);
    check_damage(pool);
    check_code_texts(pool);
    apr_terminate();
    return tap_done();
}
