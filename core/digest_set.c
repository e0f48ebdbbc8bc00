#include "core/digest_set.h"

#include <string.h>

#include "core/decimal.h"
#include "core/search.h"

void aty_digest_hex(char hex[ATY_DIGEST_HEX_SIZE], const uint8_t digest[ATY_DIGEST_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < ATY_DIGEST_SIZE; i++) {
        *hex++ = digits[digest[i] >> 4];
        *hex++ = digits[digest[i] & 15];
    }
    *hex = '\0';
}

/* What is looked for among sorted digests. */
typedef struct {
    uint8_t (*digests)[ATY_DIGEST_SIZE];
    uint8_t digest[ATY_DIGEST_SIZE];
} wanted;

static int digest_order(const void *what, size_t index)
{
    const wanted *w = what;

    return memcmp(w->digests[index], w->digest, ATY_DIGEST_SIZE);
}

/* By insertion: sets of CAs have some hundred members, and libc's qsort may allocate. */
size_t aty_digest_set_normalise(uint8_t (*digests)[ATY_DIGEST_SIZE], size_t count)
{
    wanted next = {.digests = digests};
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        size_t place;
        memcpy(next.digest, digests[i], ATY_DIGEST_SIZE);
        if (!aty_search(&next, kept, digest_order, &place)) {
            memmove(digests[place + 1], digests[place], (kept - place) * ATY_DIGEST_SIZE);
            memcpy(digests[place], next.digest, ATY_DIGEST_SIZE);
            kept++;
        }
    }
    return kept;
}

void aty_digest_set_text(char text[ATY_DIGEST_SET_TEXT_SIZE],
                         uint8_t (*digests)[ATY_DIGEST_SIZE], size_t count,
                         aty_sha256 *sha256)
{
    uint8_t digest[ATY_DIGEST_SIZE];
    static const char label[] = ", sha256:";

    if (count == 0) {
        memcpy(text, "none", sizeof "none");
        return;
    }
    sha256(digests, count * ATY_DIGEST_SIZE, digest);
    text += aty_decimal_write(text, count);
    memcpy(text, label, sizeof label - 1);
    aty_digest_hex(text + sizeof label - 1, digest);
}
