/* Texts of strangers: what is no UTF-8, and what controls a terminal, is replaced.
 *
 * links: mod_authority/utf8.c
 */
#include <stdint.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "core/utf8.h"
#include "mod_authority/utf8.h"
#include "test/unit/tap.h"

#define BAD "\xef\xbf\xbd"

static const struct {
    const char *text;
    const char *clean; /* NULL: the text itself */
    const char *what;
} cases[] = {
    {"", NULL, "nothing"},
    {"www.example.com <\"\\'&>~ ", NULL, "ASCII, for whatever format"},
    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf", NULL,
     "2, 3 and 4 octets"},
    {"\xc2\xa0 \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xf0\x90\x80\x80", NULL,
     "the ends"},
    {"a\nb\tc\x7f\x1b[0m", "a" BAD "b" BAD "c" BAD BAD "[0m", "control characters"},
    {"\xc2\x80\xc2\x9f", BAD BAD BAD BAD, "those above ASCII"},
    {"\xff\x80\xbf", BAD BAD BAD, "octets that begin nothing"},
    {"\xc0\xaf\xc1\xbf", BAD BAD BAD BAD, "overlong in 2 octets"},
    {"\xe0\x9f\xbf", BAD BAD BAD, "overlong in 3"},
    {"\xf0\x8f\xbf\xbf", BAD BAD BAD BAD, "overlong in 4"},
    {"\xed\xa0\x80", BAD BAD BAD, "a surrogate"},
    {"\xf4\x90\x80\x80\xf5\x80", BAD BAD BAD BAD BAD BAD, "past U+10FFFF"},
    {"x\xc3", "x" BAD, "cut off after 1 octet"},
    {"x\xe2\x82", "x" BAD BAD, "after 2"},
    {"x\xf0\x9f\x98", "x" BAD BAD BAD, "after 3"},
    {"\xe2\x82<\xc3(", BAD BAD "<" BAD "(", "what follows a broken one stays"},
};

/* Octets of the first character, by core/'s two questions. */
static void lengths_are(const char *text, long long length, long long character,
                        const char *what)
{
    const uint8_t *octets = (const uint8_t *)text;

    tap_is_int((long long)aty_utf8_length(octets, strlen(text)), length, "%s: its length",
               what);
    tap_is_int((long long)aty_utf8_character(octets, strlen(text)), character,
               "%s: where it may not control", what);
}

static void test_lengths(void)
{
    lengths_are("e", 1, 1, "ASCII");
    lengths_are("\xc3\xa9", 2, 2, "not ASCII");
    lengths_are("\x1b[0m", 1, 0, "ESC");
    lengths_are("\x7f", 1, 0, "DEL");
    lengths_are("\xc2\x9b", 2, 0, "CSI");
    lengths_are("\xc2\xa0", 2, 2, "the first above the controls");
    lengths_are("\xc2", 0, 0, "half of it");
    lengths_are("", 0, 0, "nothing");
}

int main(void)
{
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *clean = aty_utf8_clean(pool, cases[i].text);
        tap_is_str(clean, cases[i].clean ? cases[i].clean : cases[i].text, "%s",
                   cases[i].what);
        tap_ok(cases[i].clean || clean == cases[i].text, "copied only where it must be");
    }
    test_lengths();
    apr_terminate();
    return tap_done();
}
