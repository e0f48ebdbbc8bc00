#include "authorityc/probe/probe_clean.h"

#include <stdint.h>
#include <string.h>

#include "core/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS    "\xe2\x80\xa6" /* U+2026 */
#define MARK_SIZE   3              /* bytes of either */

/* Writes the character that begins at `from`, or what stands for it. Returns how many
 * bytes of `from` it was. */
static size_t character_write(char **to, const uint8_t *from, size_t left)
{
    size_t length = aty_utf8_character(from, left);
    if (length > 0) {
        memcpy(*to, from, length);
        *to += length;
        return length;
    }
    if (*from == '\t' || *from == '\n' || *from == '\r') {
        *(*to)++ = ' ';
        return 1;
    }
    memcpy(*to, REPLACEMENT, MARK_SIZE);
    *to += MARK_SIZE;
    return 1;
}

const char *aty_probe_clean(apr_pool_t *pool, const void *text, size_t size, size_t most)
{
    const uint8_t *from = text;
    size_t shown = size < most ? size : most;
    char *clean = apr_palloc(pool, (shown + 1) * MARK_SIZE + 4 + 1);
    char *to = clean;
    for (size_t at = 0; at < shown;) {
        at += character_write(&to, from + at, size - at);
    }
    if (shown < size) {
        memcpy(to, ELLIPSIS, MARK_SIZE);
        to += MARK_SIZE;
    }
    *to = '\0';
    return clean;
}
