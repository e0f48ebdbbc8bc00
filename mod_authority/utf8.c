#include "mod_authority/utf8.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/utf8.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Octets of the character that begins here; 0: none does. */
static size_t character(const char *text, const char *end)
{
    return aty_utf8_character((const uint8_t *)text, (size_t)(end - text));
}

static bool is_clean(const char *text, const char *end)
{
    while (text < end) {
        size_t length = character(text, end);
        if (length == 0) {
            return false;
        }
        text += length;
    }
    return true;
}

const char *aty_utf8_clean(apr_pool_t *pool, const char *text)
{
    const char *end = text + strlen(text);
    char *cleaned, *to;

    if (is_clean(text, end)) {
        return text;
    }
    cleaned = apr_palloc(pool, strlen(text) * (sizeof replacement - 1) + 1);
    to = cleaned;
    while (text < end) {
        size_t length = character(text, end);
        const char *from = length ? text : replacement;
        size_t size = length ? length : sizeof replacement - 1;
        memcpy(to, from, size);
        to += size;
        text += length ? length : 1;
    }
    *to = '\0';
    return cleaned;
}
