/* How messages are shown: what comes first, what is left out, what is cut. */
#include <stdlib.h>

#include <apr_strings.h>

#include "authorityc/messages.h"
#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

static aty_place place_at(const aty_source *source, uint32_t line, uint32_t column,
                          uint32_t length)
{
    return (aty_place){source, line, column, length, NULL};
}

static void test_shape(apr_pool_t *pool)
{
    const aty_source *source = policy_test_source(pool, "one\ntwo three\n");
    aty_diag *diag = aty_diag_create(pool);
    aty_place first = place_at(source, 1, 1, 3), second = place_at(source, 2, 5, 5);
    aty_diag_check(diag, ATY_CHECK_NOT_COVERED, &second, "number %d", 2);
    aty_diag_note(diag, &first, "see here");
    aty_diag_note(diag, NULL, "do this");
    aty_diag_error(diag, &first, "number 1");
    aty_diag_error(diag, NULL, "nowhere");
    tap_is_str(policy_test_messages(pool, diag),
               "authorityc: error: nowhere\n"
               "test.policy:1:1: error: number 1\n"
               "    1 | one\n"
               "      | ^~~\n"
               "test.policy:2:5: warning: number 2  [not-covered]\n"
               "    2 | two three\n"
               "      |     ^~~~~\n"
               "test.policy:1:1: note: see here\n"
               "    1 | one\n"
               "      | ^~~\n"
               "test.policy:2:5: note: do this\n",
               "in the order of places, with notes");
    tap_is_int(aty_diag_errors(diag), 2, "errors");
    tap_is_int(aty_diag_warnings(diag), 1, "warnings");
}

static unsigned count(const char *text, const char *part)
{
    unsigned found = 0;
    while ((text = strstr(text, part)) != NULL) {
        found++;
        text += strlen(part);
    }
    return found;
}

static const aty_source *many_lines(apr_pool_t *pool)
{
    char *text = apr_palloc(pool, 2001);
    for (size_t i = 0; i < 2000; i += 2) {
        memcpy(text + i, "x\n", 2);
    }
    text[2000] = '\0';
    return policy_test_source(pool, text);
}

static void test_limit(apr_pool_t *pool)
{
    const aty_source *source = many_lines(pool);
    aty_diag *diag = aty_diag_create(pool);
    for (uint32_t line = 1000; line > 0; line--) {
        aty_place place = place_at(source, line, 1, 1);
        if (line > 980) {
            aty_diag_error(diag, &place, "an error");
        }
        else {
            aty_diag_check(diag, ATY_CHECK_NOT_COVERED, &place, "a warning");
        }
    }
    const char *text = policy_test_messages(pool, diag);
    tap_is_int(count(text, ": error: "), 20, "errors are shown before warnings");
    tap_is_int(count(text, ": warning: "), 30, "and warnings up to the limit");
    tap_ok(strncmp(text, "test.policy:1:1: warning", 24) == 0, "the first ones");
    tap_ok(strstr(text, "\nauthorityc: 950 more warnings not shown\n") != NULL,
           "the others are counted");
}

static void test_flood(apr_pool_t *pool)
{
    const aty_source *source = policy_test_source(pool, "x");
    aty_diag *diag = aty_diag_create(pool);
    for (uint32_t i = 0; i < 100000; i++) {
        aty_place place = place_at(source, 1, 1, 1);
        aty_diag_error(diag, &place, "error %u", i);
    }
    tap_is_int(aty_diag_errors(diag), 100000, "a flood of errors is counted");
    tap_ok(diag->kept[ATY_MESSAGE_ERROR]->nelts < 20000, "and not kept");
    aty_place place = place_at(source, 1, 1, 1);
    aty_diag_error(diag, &place, "one too many");
    aty_diag_note(diag, &place, "a note about it");
    tap_ok(!strstr(policy_test_messages(pool, diag), "a note"), "nor are its notes");
}

static void test_repeats(apr_pool_t *pool)
{
    aty_source twice[2] = {*policy_test_source(pool, "x\n"), {0}};
    twice[1] = twice[0];
    twice[1].order = 1;
    aty_diag *diag = aty_diag_create(pool);
    for (int i = 0; i < 2; i++) {
        aty_place place = place_at(&twice[i], 1, 1, 1);
        aty_diag_error(diag, &place, "the same");
        aty_diag_note(diag, &place, "its note");
    }
    const char *text = policy_test_messages(pool, diag);
    tap_is_int(aty_diag_errors(diag), 1, "an error of a file included twice is one");
    tap_is_int(count(text, "its note"), 1, "with one note");
}

static void test_order_of_includes(apr_pool_t *pool)
{
    const aty_source *top = policy_test_source(pool, "a\nb\nc\n");
    aty_source early = *top, late = *top, below = *top;
    early.name = "early", late.name = "late", below.name = "below";
    early.included_from = late.included_from = place_at(top, 2, 1, 1);
    early.depth = late.depth = 1;
    below.included_from = place_at(&early, 3, 1, 1);
    below.depth = 2;
    early.order = 1, below.order = 2, late.order = 3;
    const aty_place expected[] = {
        place_at(top, 1, 1, 1),    place_at(top, 2, 1, 1),    place_at(&early, 2, 1, 1),
        place_at(&below, 1, 1, 1), place_at(&below, 3, 1, 1), place_at(&late, 1, 1, 1),
        place_at(top, 3, 1, 1),
    };
    size_t number = sizeof(expected) / sizeof(expected[0]), wrong = 0;
    for (size_t i = 0; i < number; i++) {
        for (size_t j = 0; j < number; j++) {
            int order = aty_place_compare(&expected[i], &expected[j]);
            wrong += (order > 0) - (order < 0) != (i > j) - (i < j);
        }
    }
    tap_is_int((long long)wrong, 0, "included files stand where their Include does");
}

static void test_odd_text(apr_pool_t *pool)
{
    const aty_source *source =
        policy_test_source(pool, "\t\xc3\xa4\xff\xc2\x9b x\x1b[m y");
    aty_diag *diag = aty_diag_create(pool);
    aty_place place = place_at(source, 1, 7, 2);
    aty_diag_error(diag, &place, "text with \x1b[31m");
    tap_is_str(policy_test_messages(pool, diag),
               "test.policy:1:7: error: text with ?[31m\n"
               "    1 | \t\xc3\xa4??? x?[m y\n"
               "      | \t    ^~\n",
               "nothing reaches the terminal that is not text, and the caret fits");
}

/* What decoders must not take for characters (RFC 3629 §3, §4). */
static void test_no_characters(apr_pool_t *pool)
{
    static const char *const texts[] = {"\xe0\x9c\x90", "\xed\xa0\x80",
                                        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        aty_diag *diag = aty_diag_create(pool);
        aty_diag_error(diag, NULL, "text with %s", texts[i]);
        tap_is_str(policy_test_messages(pool, diag),
                   strlen(texts[i]) == 3 ? "authorityc: error: text with ???\n"
                                         : "authorityc: error: text with ????\n",
                   "bytes that look like a character, and are none");
    }
}

static void test_cut(apr_pool_t *pool)
{
    char word[300], text[301];
    memset(word, 'w', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    tap_is_int((long long)strlen(aty_shown(pool, word)), 80, "long words are cut");
    tap_is_str(aty_shown(pool, "short"), "short", "short ones are not");
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    aty_diag *diag = aty_diag_create(pool);
    aty_place place = place_at(policy_test_source(pool, text), 1, 200, 50);
    aty_diag_error(diag, &place, "far away");
    const char *shown = policy_test_messages(pool, diag);
    const char *line = strstr(shown, "    1 | ..."), *mark = strchr(shown, '^');
    const char *below = mark ? mark : shown;
    while (below > shown && below[-1] != '\n') {
        below--;
    }
    tap_ok(line && strlen(shown) < 320, "a long line is cut");
    tap_is_int(mark - below, 8 + 3 + 40, "the caret stands below its place");
}

static void test_colour(apr_pool_t *pool)
{
    aty_diag *diag = aty_diag_create(pool);
    aty_place place = place_at(policy_test_source(pool, "x"), 1, 1, 1);
    aty_diag_error(diag, &place, "red");
    tap_ok(!strchr(policy_test_messages(pool, diag), '\x1b'),
           "no colour unless asked for");
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    aty_diag_print(diag, stream, true);
    fclose(stream);
    tap_ok(strstr(text, "\x1b[1;31merror: \x1b[m") != NULL, "colour where it is");
    free(text);
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    test_shape(pool);
    test_limit(pool);
    test_flood(pool);
    test_repeats(pool);
    test_order_of_includes(pool);
    test_odd_text(pool);
    test_no_characters(pool);
    test_cut(pool);
    test_colour(pool);
    apr_pool_destroy(pool);
    return tap_done();
}
