/* ORIGIN frames as RFC 8336 and RFC 6454 have them: the encoder of core/origin.h against
 * bytes written by hand. Checklist O1, O2, O4, O6, O16, F2. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/origin.h"
#include "test/unit/tap.h"

#define ENTRY_MAX 512

/* One entry and its bytes: two of length, high one first, and the origin. */
static const struct {
    const char *host;
    uint32_t port;
    const char *origin;
} entries[] = {
    {"a.test", 443, "https://a.test"}, /* O6: the default port is left out */
    {"a.test", 8443, "https://a.test:8443"},
    {"a.test", 1, "https://a.test:1"},
    {"a.test", 80, "https://a.test:80"}, /* the default of http, not of https */
    {"a.test", 4430, "https://a.test:4430"},
    {"a.test", 65535, "https://a.test:65535"},
    {"xn--bcher-kva.example", 443, "https://xn--bcher-kva.example"},
    {"www.a-rather-long-name-of-a-host.example.com", 443,
     "https://www.a-rather-long-name-of-a-host.example.com"},
};

static void check_entries(void)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        const char *origin = entries[i].origin;
        size_t length = strlen(origin);
        uint8_t out[ENTRY_MAX];
        size_t size = aty_origin_entry_size(entries[i].host, entries[i].port);

        memset(out, 0xee, sizeof out);
        tap_is_int((long long)size, (long long)length + 2, "O1 size of %s", origin);
        tap_is_int(
            (long long)aty_origin_entry_write(out, entries[i].host, entries[i].port),
            (long long)size, "O1 bytes written for %s", origin);
        tap_ok(out[0] == length >> 8 && out[1] == (length & 0xff),
               "O1 length before %s, in network order", origin);
        tap_ok(memcmp(out + 2, origin, length) == 0, "O6 %s", origin);
        tap_ok(out[2 + length] == 0xee, "nothing is written after %s", origin);
    }
}

/* The length is two bytes: a host of 255 bytes needs the high one. */
static void check_longest(void)
{
    char host[256];
    uint8_t out[ENTRY_MAX];
    const size_t length = strlen("https://") + 255 + strlen(":65535");

    memset(host, 'a', 255);
    host[255] = '\0';
    tap_is_int((long long)aty_origin_entry_write(out, host, 65535), (long long)length + 2,
               "O1 the longest host");
    tap_ok(out[0] == 1 && out[1] == length - 256, "O1 a length above 255");
    tap_ok(memcmp(out + 2 + length - 6, ":65535", 6) == 0, "O6 its port");
}

/* The nine bytes of a frame header: length (24 bits), type, flags, stream. */
static const struct {
    size_t payload_size;
    uint8_t header[ATY_FRAME_HEADER_SIZE];
    const char *what;
} headers[] = {
    {0, {0, 0, 0, 0x0c, 0, 0, 0, 0, 0}, "O16 the empty frame"},
    {16, {0, 0, 16, 0x0c, 0, 0, 0, 0, 0}, "O1 O2 O4 one entry"},
    {256, {0, 1, 0, 0x0c, 0, 0, 0, 0, 0}, "O1 256 bytes"},
    {4096, {0, 0x10, 0, 0x0c, 0, 0, 0, 0, 0}, "O1 the default budget"},
    {ATY_FRAME_PAYLOAD_MAX, {0, 0x40, 0, 0x0c, 0, 0, 0, 0, 0}, "F2 the longest payload"},
};

static void check_headers(void)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        uint8_t out[ATY_FRAME_HEADER_SIZE + 1];

        memset(out, 0xee, sizeof out);
        aty_origin_header_write(out, headers[i].payload_size);
        tap_ok(memcmp(out, headers[i].header, ATY_FRAME_HEADER_SIZE) == 0, "%s",
               headers[i].what);
        tap_ok(out[ATY_FRAME_HEADER_SIZE] == 0xee, "%s: nine bytes", headers[i].what);
    }
}

/* A frame as a whole, written by hand: two origins, one with a port. */
static const char whole_frame[] = "\0\0\x23\x0c\0\0\0\0\0"
                                  "\0\x0e"
                                  "https://a.test"
                                  "\0\x11"
                                  "https://b.test:99";
static const size_t whole_size = sizeof whole_frame - 1; /* without its NUL */

static void check_frame(void)
{
    uint8_t out[sizeof whole_frame];
    size_t size = ATY_FRAME_HEADER_SIZE;

    size += aty_origin_entry_write(out + size, "a.test", 443);
    size += aty_origin_entry_write(out + size, "b.test", 99);
    aty_origin_header_write(out, size - ATY_FRAME_HEADER_SIZE);
    tap_ok(size == whole_size && memcmp(out, whole_frame, size) == 0,
           "O1 O2 O4 O6 a whole frame");
}

/* Reads a payload back; returns its origins, set apart by spaces. */
static const char *origins(const uint8_t *payload, size_t size)
{
    static char text[ENTRY_MAX];
    size_t offset = 0;
    size_t length;
    const char *entry;

    text[0] = '\0';
    while ((entry = aty_origin_entry_next(payload, size, &offset, &length))) {
        if (text[0]) {
            strcat(text, " ");
        }
        strncat(text, entry, length);
    }
    return text;
}

static void check_reading(void)
{
    const uint8_t *payload = (const uint8_t *)whole_frame + ATY_FRAME_HEADER_SIZE;
    const size_t size = whole_size - ATY_FRAME_HEADER_SIZE;
    const size_t first = 16; /* bytes of the first entry */

    tap_is_str(origins(payload, size), "https://a.test https://b.test:99", "O1 reading");
    tap_is_str(origins(payload, 0), "", "O16 an empty payload has no entry");
    for (size_t cut = 0; cut < size; cut++) {
        tap_is_str(origins(payload, cut), cut < first ? "" : "https://a.test",
                   "a payload cut after %zu bytes gives its whole entries alone", cut);
    }
}

int main(void)
{
    check_entries();
    check_longest();
    check_headers();
    check_frame();
    check_reading();
    return tap_done();
}
