/* Pieces of the page: areas of a treemap, texts of strangers, and what the search gets
 * where there is little room. */
#include "test/unit/tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "authorityc/compile.h"
#include "authorityc/report/report.h"
#include "authorityc/report/report_html.h"
#include "authorityc/report/report_treemap.h"
#include "authorityc/warning_options.h"
#include "test/unit/policy_text.h"

#define BOXES 40

static double overlap(const aty_box *a, const aty_box *b)
{
    double width = fmin(a->x + a->width, b->x + b->width) - fmax(a->x, b->x);
    double height = fmin(a->y + a->height, b->y + b->height) - fmax(a->y, b->y);

    return width > 0 && height > 0 ? width * height : 0;
}

static bool is_within(const aty_box *box, const aty_box *whole)
{
    const double slack = 1e-6;

    return box->x >= whole->x - slack && box->y >= whole->y - slack &&
           box->x + box->width <= whole->x + whole->width + slack &&
           box->y + box->height <= whole->y + whole->height + slack;
}

/* Each box has its share, is within the whole, and covers no other. */
static bool is_divided(const double *weights, uint32_t count, aty_box whole)
{
    aty_box boxes[BOXES];
    double all = 0;

    for (uint32_t i = 0; i < count; i++) {
        all += weights[i];
    }
    aty_treemap(weights, count, whole, boxes);
    for (uint32_t i = 0; i < count; i++) {
        double share = boxes[i].width * boxes[i].height / (whole.width * whole.height);
        if (fabs(share - weights[i] / all) > 1e-9 || !is_within(&boxes[i], &whole)) {
            return false;
        }
        for (uint32_t k = 0; k < i; k++) {
            if (overlap(&boxes[i], &boxes[k]) > 1e-6) {
                return false;
            }
        }
    }
    return true;
}

/* As many boxes as that, of random sizes, the largest first. */
static bool random_are_divided(uint32_t count)
{
    double weights[BOXES];
    double left = 1000;

    for (uint32_t i = 0; i < count; i++) {
        weights[i] = left;
        left -= left * (rand() % 100) / 150;
    }
    return is_divided(weights, count, (aty_box){0, 0, 1000, 400}) &&
           is_divided(weights, count, (aty_box){10, 20, 300, 600});
}

static void test_treemap(void)
{
    /* Bruls, Huizing and van Wijk, figure 4. */
    const double paper[] = {6, 6, 4, 3, 2, 2, 1};
    aty_box boxes[7];
    bool all = true;

    aty_treemap(paper, 7, (aty_box){0, 0, 6, 4}, boxes);
    tap_ok(boxes[0].width == 3 && boxes[0].height == 2 && boxes[1].y == 2,
           "the first row of the paper's example is two boxes of 3 by 2");
    tap_ok(fabs(boxes[2].width - 12.0 / 7) < 1e-9 &&
               fabs(boxes[2].height - 7.0 / 3) < 1e-9,
           "its third box is 1.7 by 2.3");
    srand(1);
    for (uint32_t count = 1; count <= BOXES; count++) {
        all = all && random_are_divided(count);
    }
    tap_ok(all, "boxes have their shares, and lie beside each other");
}

static void test_text(const char *what, const char *text, const char *expected)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);

    aty_html_text(out, text);
    fclose(out);
    tap_is_str(written, expected, "%s", what);
    free(written);
}

static void test_texts(apr_pool_t *pool)
{
    test_text("signs of HTML", "a<b>&\"'\n\t", "a&lt;b&gt;&amp;&quot;&#39;\n\t");
    test_text("UTF-8", "h\303\274ll \360\237\230\200", "h\303\274ll \360\237\230\200");
    test_text("controls", "\x01\x7f\302\205", "\357\277\275\357\277\275\357\277\275");
    test_text("too long, and half of a pair", "\300\257\355\240\200",
              "\357\277\275\357\277\275\357\277\275\357\277\275\357\277\275");
    test_text("too large", "\364\220\200\200",
              "\357\277\275\357\277\275\357\277\275\357\277\275");
    test_text("no character, and a part of one", "\357\277\277 \342\202",
              "\357\277\275 \357\277\275\357\277\275");
    tap_is_str(aty_number_text(pool, 999), "999", "a number");
    tap_is_str(aty_number_text(pool, 1002003), "1,002,003", "a large number");
}

static const char site[] =
    "<VirtualHost *:443>\nServerName a.test\nSSLVerifyClient none\n</VirtualHost>\n"
    "<VirtualHost *:443>\nServerName b.test\nSSLProtocol TLSv1.3\n</VirtualHost>\n";

static void test_room(apr_pool_t *pool)
{
    aty_diag *diag = aty_diag_create_lenient(pool);
    const aty_policy *policy = policy_test_read(pool, site, diag);
    aty_compiled compiled;
    aty_report report = {.pool = pool, .title = "fine"};
    const char *all, *some;

    tap_ok(policy && aty_compile(pool, policy, diag, &compiled), "a policy compiles");
    report.table = &compiled.table;
    all = aty_report_search_data(&report, ATY_REPORT_SIZE_MAX);
    tap_ok(all != NULL, "there is room for all");
    tap_ok(strcmp(all, aty_report_search_data(&report, strlen(all))) == 0,
           "... and needs to be no more than that");
    some = aty_report_search_data(&report, strlen(all) - 1);
    tap_ok(some && strlen(some) < strlen(all),
           "where there is less, directives are left out");
    tap_ok(!aty_report_search_data(&report, strlen(some) - 1),
           "... and where there is still less, all is");
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();

    test_treemap();
    test_texts(pool);
    test_room(pool);
    apr_pool_destroy(pool);
    return tap_done();
}
