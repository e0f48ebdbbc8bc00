#include "core/digest_set.h"

#include <stdbool.h>
#include <string.h>

void aty_digest_hex(char hex[ATY_DIGEST_HEX_SIZE], const uint8_t digest[ATY_DIGEST_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < ATY_DIGEST_SIZE; i++) {
        *hex++ = digits[digest[i] >> 4];
        *hex++ = digits[digest[i] & 15];
    }
    *hex = '\0';
}

/* Finds where a digest stands, or would, among `count` sorted ones; tells whether it
 * does.
 */
static bool place_find(uint8_t (*digests)[ATY_DIGEST_SIZE], size_t count,
                       const uint8_t digest[ATY_DIGEST_SIZE], size_t *place)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(digests[middle], digest, ATY_DIGEST_SIZE);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    *place = low;
    return false;
}

/* By insertion: sets of CAs have some hundred members, and libc's qsort may allocate. */
size_t aty_digest_set_normalise(uint8_t (*digests)[ATY_DIGEST_SIZE], size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        uint8_t digest[ATY_DIGEST_SIZE];
        size_t place;

        memcpy(digest, digests[i], ATY_DIGEST_SIZE);
        if (!place_find(digests, kept, digest, &place)) {
            memmove(digests[place + 1], digests[place], (kept - place) * ATY_DIGEST_SIZE);
            memcpy(digests[place], digest, ATY_DIGEST_SIZE);
            kept++;
        }
    }
    return kept;
}

/* Writes a number in decimal digits; returns their count. */
static size_t number_write(char *out, size_t number)
{
    char digits[20];
    size_t count = 0;
    size_t size = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        out[size++] = digits[--count];
    }
    return size;
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
    text += number_write(text, count);
    memcpy(text, label, sizeof label - 1);
    aty_digest_hex(text + sizeof label - 1, digest);
}
