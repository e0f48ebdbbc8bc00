/* What is taken for a slip of which known word, and what is not. */
#include <stddef.h>

#include "authorityc/nearest.h"
#include "test/unit/tap.h"

static const char *const known[] = {"SSLVerifyClient",
                                    "SSLVerifyDepth",
                                    "ServerName",
                                    "ServerAlias",
                                    "on",
                                    "off",
                                    "h2",
                                    "http/1.1",
                                    "Use"};

static const struct {
    const char *word;
    const char *meant;
    const char *why;
} cases[] = {
    {"SSLVerifyClinet", "SSLVerifyClient", "two letters swapped"},
    {"sslverifyclient", "SSLVerifyClient", "case alone"},
    {"SSLVerifyCient", "SSLVerifyClient", "a letter left out"},
    {"SSLVerifyCllient", "SSLVerifyClient", "a letter too many"},
    {"SSLVerifyDeqth", "SSLVerifyDepth", "another letter"},
    {"ServerNames", "ServerName", "a plural"},
    {"ServrNaem", "ServerName", "two slips"},
    {"ServerAdmin", NULL, "another directive of httpd's"},
    {"onn", "on", "one letter more than two"},
    {"no", "on", "a swap is one slip"},
    {"h3", "h2", "one of two letters"},
    {"x", NULL, "a single letter"},
    {"", NULL, "nothing"},
    {"yes", NULL, "another word"},
    {"htp/1.1", "http/1.1", "a short word"},
    {"DocumentRoot", NULL, "no slip of anything"},
};

static const char *nearest_known(const char *word)
{
    aty_nearest nearest = aty_nearest_to(word);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        aty_nearest_try(&nearest, known[i]);
    }
    return nearest.best;
}

int main(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tap_is_str(nearest_known(cases[i].word), cases[i].meant, "'%s': %s",
                   cases[i].word, cases[i].why);
    }
    char endless[5000];
    memset(endless, 'S', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    tap_is_str(nearest_known(endless), NULL, "a word of thousands of letters");
    return tap_done();
}
