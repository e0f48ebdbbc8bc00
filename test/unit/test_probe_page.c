/* The line of a 421's page that people read.
 */
#include <string.h>

#include "authorityc/probe/probe_matrix.h"
#include "authorityc/probe/probe_reply.h"
#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

#define TEN   "ten bytes "
#define FIFTY TEN TEN TEN TEN TEN
#define EURO  "\xe2\x82\xac"

static const struct {
    const char *what, *page, *line;
} cases[] = {
    {"nothing", "", ""},
    {"tags, title and blanks", "<title>421</title>\n<h1>Not &amp; here</h1> Ask\t again ",
     "Not & here Ask again"},
    {"160 bytes are whole", FIFTY FIFTY FIFTY "ten bytes.",
     FIFTY FIFTY FIFTY "ten bytes."},
    {"161 bytes", FIFTY FIFTY FIFTY "ten bytes..", FIFTY FIFTY FIFTY "ten ..."},
    {"a word that ends at 160", FIFTY FIFTY FIFTY "ten bytes. More.",
     FIFTY FIFTY FIFTY "ten bytes. ..."},
    {"a tag behind them is no text", FIFTY FIFTY FIFTY "ten bytes.</p> ",
     FIFTY FIFTY FIFTY "ten bytes."},
    {"httpd's own",
     "<h1>Misdirected Request</h1>\n<p>The client needs a new connection for this\n"
     "request as the requested host name does not match\nthe Server Name Indication "
     "(SNI) in use for this\nconnection.</p>\n",
     "Misdirected Request The client needs a new connection for this request as the "
     "requested host name does not match the Server Name Indication (SNI) in use for "
     "..."},
};

/* No word of 160 bytes: behind a character. */
static void test_long_word(apr_pool_t *pool)
{
    char page[ATY_PROBE_BODY_KEPT + 1] = "", line[200] = "";

    for (int i = 0; i < 60; i++) {
        strcat(page, EURO);
        strcat(line, i < 53 ? EURO : "");
    }
    tap_is_str(aty_probe_page_line(pool, page), strcat(line, "..."),
               "a word alone is cut behind a character");
}

/* A page that was not kept whole ends anywhere. */
static void test_long_page(apr_pool_t *pool)
{
    static const char *const ends[][2] = {
        {"Ask agai", "Ask ..."}, {"Ask again.<!--", "Ask again."}, {"a", "a..."}};
    char page[ATY_PROBE_BODY_KEPT + 1];

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        memset(page, ' ', sizeof page - 1);
        page[sizeof page - 1] = '\0';
        memcpy(page + sizeof page - 1 - strlen(ends[i][0]), ends[i][0],
               strlen(ends[i][0]));
        tap_is_str(aty_probe_page_line(pool, page), ends[i][1],
                   "a page that ends in '%s'", ends[i][0]);
    }
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tap_is_str(aty_probe_page_line(pool, cases[i].page), cases[i].line, "%s",
                   cases[i].what);
    }
    test_long_word(pool);
    test_long_page(pool);
    apr_pool_destroy(pool);
    return tap_done();
}
