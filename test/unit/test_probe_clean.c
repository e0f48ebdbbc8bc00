/* What a server sends, made fit for a terminal. */
#include <stdint.h>

#include <apr_general.h>

#include "authorityc/probe/probe_clean.h"
#include "test/unit/tap.h"

#define BAD  "\xef\xbf\xbd"
#define MORE "\xe2\x80\xa6"

static const struct {
    const char *text;
    size_t size, most;
    const char *clean;
    const char *what;
} cases[] = {
    {"", 0, 10, "", "nothing"},
    {"www.example.com", 15, SIZE_MAX, "www.example.com", "ASCII"},
    {"\xc3\xa9\xe2\x82\xac", 5, 5, "\xc3\xa9\xe2\x82\xac", "UTF-8"},
    {"a\r\nb\tc", 6, 6, "a  b c", "blanks for line ends and tabs"},
    {"\x1b]0;x\x07\x7f", 7, 7, BAD "]0;x" BAD BAD, "what a terminal obeys"},
    {"\xc2\x9b"
     "2J",
     4, 4, BAD BAD "2J", "a control character above ASCII"},
    {"a\0b", 3, 3, "a" BAD "b", "a NUL inside"},
    {"\xff\xc3", 2, 2, BAD BAD, "no UTF-8"},
    {"\xe2\x82\xac", 2, 2, BAD BAD, "a character that the text ends in"},
    {"abcdef", 6, 3, "abc" MORE, "cut"},
    {"abc", 3, 3, "abc", "just not cut"},
    {"ab\xf0\x9f\x98\x80z", 7, 3, "ab\xf0\x9f\x98\x80" MORE,
     "not cut inside a character"},
    {"\x01\x02\x03", 3, 1, BAD MORE, "cut among the worst"},
    {"abc", 3, 0, MORE, "nothing but the cut"},
};

int main(void)
{
    apr_pool_t *pool;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tap_is_str(aty_probe_clean(pool, cases[i].text, cases[i].size, cases[i].most),
                   cases[i].clean, "%s", cases[i].what);
    }
    apr_terminate();
    return tap_done();
}
