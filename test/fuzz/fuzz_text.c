/* Any bytes as a text of a stranger for the status page, as query strings, hosts and
 * paths are: what comes out is UTF-8 without control characters (RFC 3629), and what was
 * fit already stays.
 *
 * links: mod_authority/utf8.c
 */
#include <string.h>

#include "mod_authority/utf8.h"
#include "test/fuzz/fuzz.h"

#include <jansson.h>

static int has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            return 1;
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    char *text = apr_palloc(pool, size + 1);
    const char *clean;
    json_t *judge;

    memcpy(text, bytes, size);
    text[size] = '\0';
    clean = aty_utf8_clean(pool, text);
    judge = json_string(clean); /* NULL for what is no UTF-8 */
    fuzz_require(judge != NULL, "it is UTF-8");
    fuzz_require(!has_control(clean), "it has no control character");
    fuzz_require(strcmp(aty_utf8_clean(pool, clean), clean) == 0, "clean stays clean");
    json_decref(judge);
    apr_pool_destroy(pool);
    return 0;
}
