/* ORIGIN frames: origins of any kind, which are written and read again, and any bytes as
 * a payload. Both readers, that of tables and that of probed servers, find the same
 * entries, which lie one behind the other. (RFC 8336 §2.1)
 */
#include <jansson.h>

#include "authorityc/probe/probe_clean.h"
#include "authorityc/probe/probe_origin.h"
#include "core/origin.h"
#include "test/fuzz/fuzz.h"

#define ORIGINS_MAX 40
#define SHOWN       2048 /* bytes of an origin that probe keeps */

/* Entries of a payload, as the target itself finds them. */
typedef struct {
    const uint8_t *entry[ATY_FRAME_PAYLOAD_MAX / 2];
    size_t length[ATY_FRAME_PAYLOAD_MAX / 2];
    size_t count;
    bool is_whole; /* nothing stands behind the last one */
} entries;

static void entries_find(entries *found, const uint8_t *payload, size_t size)
{
    size_t at = 0;

    found->count = 0;
    while (at + 1 < size) {
        size_t length = (size_t)payload[at] * 256 + payload[at + 1];
        if (at + 2 + length > size) {
            break;
        }
        found->entry[found->count] = payload + at + 2;
        found->length[found->count++] = length;
        at += 2 + length;
    }
    found->is_whole = at == size;
}

static void read_plainly(const entries *wanted, const uint8_t *payload, size_t size)
{
    size_t offset = 0;
    size_t length;
    size_t count = 0;
    const char *entry;

    while ((entry = aty_origin_entry_next(payload, size, &offset, &length))) {
        fuzz_require(count < wanted->count, "there are no more");
        fuzz_require(entry == (const char *)wanted->entry[count] &&
                         length == wanted->length[count],
                     "it is the entry");
        count++;
    }
    fuzz_require(count == wanted->count, "all are found");
    fuzz_require((offset == size) == wanted->is_whole, "what is left is seen");
}

/* As a client does that probes a server. */
static void read_as_client(apr_pool_t *pool, const entries *wanted,
                           const uint8_t *payload, size_t size)
{
    const aty_probe_frame frame = {.length = (uint32_t)size, .type = ATY_FRAME_ORIGIN};
    aty_probe_handshake handshake = {0};

    aty_probe_origin_begin(pool, &frame, &handshake);
    aty_probe_origin_end(pool, &frame, payload, size, &handshake);
    fuzz_require(handshake.origin_frames == 1 && handshake.origins, "the frame counts");
    fuzz_require((size_t)handshake.origins->nelts == wanted->count, "all are kept");
    for (size_t i = 0; i < wanted->count; i++) {
        const char *kept = APR_ARRAY_IDX(handshake.origins, (int)i, const char *);
        const char *clean = aty_probe_clean(pool, (const char *)wanted->entry[i],
                                            wanted->length[i], SHOWN);
        fuzz_require(strcmp(kept, clean) == 0, "each is kept");
    }
    fuzz_require(wanted->is_whole || handshake.origin_fault, "a bad end is a fault");
}

static void payload_read(apr_pool_t *pool, const uint8_t *payload, size_t size)
{
    static entries found;

    entries_find(&found, payload, size);
    read_plainly(&found, payload, size);
    read_as_client(pool, &found, payload, size);
}

/* Whether it is what clients take for the host of an origin. */
static bool is_host(const char *host)
{
    return *host && host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-._")] == '\0';
}

/* Writes origins, and reads them again. */
static void origins_write(apr_pool_t *pool, fuzz_input *input)
{
    uint8_t *payload = apr_palloc(pool, ATY_FRAME_PAYLOAD_MAX);
    static entries found;
    size_t size = 0;

    for (int i = 0; i < ORIGINS_MAX && input->left > 0; i++) {
        uint32_t port = fuzz_number(input) & UINT16_MAX;
        const char *host = fuzz_text(pool, input);
        const char *text = port == 443 ? apr_pstrcat(pool, "https://", host, NULL)
                                       : apr_psprintf(pool, "https://%s:%u", host, port);
        size_t needed = aty_origin_entry_size(host, port);
        aty_probe_handshake handshake = {0};
        const aty_probe_frame frame = {.length = (uint32_t)needed};
        uint8_t *entry = payload + size;
        fuzz_require(needed == 2 + strlen(text), "the size is foretold");
        fuzz_require(aty_origin_entry_write(entry, host, port) == needed, "and right");
        fuzz_require(memcmp(entry + 2, text, needed - 2) == 0, "it is the origin");
        aty_probe_origin_end(pool, &frame, entry, needed, &handshake);
        fuzz_require(!is_host(host) || !handshake.origin_fault, "clients take it");
        size += needed;
    }
    entries_find(&found, payload, size);
    fuzz_require(found.is_whole, "what is written is whole");
    payload_read(pool, payload, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, size};

    if (fuzz_byte(&input) & 1) {
        origins_write(pool, &input);
    }
    else if (input.left <= ATY_FRAME_PAYLOAD_MAX) {
        payload_read(pool, input.at, input.left);
    }
    apr_pool_destroy(pool);
    return 0;
}
