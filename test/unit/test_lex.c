/* Lines and words, and where they stand: a row gives a text, and what is read from it as
 * `line:column+length[word]`. */
#include <apr_strings.h>

#include "authorityc/lex.h"
#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

typedef struct {
    const char *text;
    const char *read; /* lines end in ';' */
    unsigned errors;
    const char *what;
} lex_case;

static const lex_case cases[] = {
    {"", "", 0, "nothing"},
    {"\n \t\n# comment\n  # another\n", "", 0, "blank lines and comments"},
    {"Name", "1:1+4[Name];", 0, "a last line without an end"},
    {"Name a\tb  c \n", "1:1+4[Name] 1:6+1[a] 1:8+1[b] 1:11+1[c];", 0, "blanks and tabs"},
    {"A 1\r\nB 2\r\n", "1:1+1[A] 1:3+1[1]; 2:1+1[B] 2:3+1[2];", 0, "ends of Windows"},
    {"\xef\xbb\xbf"
     "A 1\n",
     "1:1+1[A] 1:3+1[1];", 0, "behind a byte order mark"},
    {"A b#c #d e\n", "1:1+1[A] 1:3+3[b#c];", 0, "# before a word begins a comment"},
    {"A '#b' \"#c\"\n", "1:1+1[A] 1:3+4[#b] 1:8+4[#c];", 0, "quoted, it does not"},
    {"A \\\n  b\\\nc \\\r\n d\n", "1:1+1[A] 2:3+2[bc] 4:2+1[d];", 0, "continued lines"},
    {"Na\\\nme x\n", "1:1+3[Name] 2:4+1[x];", 0, "a name over two lines"},
    {"A \"b \\\n c\" d\n", "1:1+1[A] 1:3+4[b  c] 2:5+1[d];", 0, "a quote over two lines"},
    {"A \\\n\nB\n", "1:1+1[A]; 3:1+1[B];", 0, "a continuation by nothing"},
    {"A \"b c\" 'd \"e\"'\n", "1:1+1[A] 1:3+5[b c] 1:9+7[d \"e\"];", 0, "both quotes"},
    {"A \"\" ''\n", "1:1+1[A] 1:3+2[] 1:6+2[];", 0, "empty words"},
    {"A \"\\\"\\\\\\'\\n\"\n", "1:1+1[A] 1:3+10[\"\\\\'\\n];", 0, "escapes in quotes"},
    {"A b\\\\c\\d\n", "1:1+1[A] 1:3+6[b\\c\\d];", 0, "escapes outside"},
    {"A ${one}x$y$ ${two}\n", "1:1+1[A] 1:3+10[1x$y$] 1:14+6[${one}];", 0, "variables"},
    {"A \"${one} ${one}\"\n", "1:1+1[A] 1:3+15[1 1];", 0, "variables in quotes"},
    {"A ${On}\n", "1:1+1[A] 1:3+5[];", 1, "an unknown variable"},
    {"A ${one b\n", "1:1+1[A] 1:3+5[] 1:9+1[b];", 1, "a variable without end"},
    {"A \"b\nB\n", "1:1+1[A] 1:3+2[b]; 2:1+1[B];", 1, "a quote without end"},
    {"A 'b'c d\n", "1:1+1[A] 1:3+3[b] 1:6+1[c] 1:8+1[d];", 1, "text behind a quote"},
    {"A b'c d'\n", "1:1+1[A] 1:3+3[b'c] 1:7+2[d'];", 2, "quotes within words"},
    {"A b\\", "1:1+1[A] 1:3+2[b\\];", 1, "a `\\` at the end of the file"},
    {"A b \\ \n", "1:1+1[A] 1:3+1[b] 1:5+1[\\];", 1, "blanks behind a `\\`"},
    {"# c \\\n# d\nB\n", "3:1+1[B];", 0, "a comment continued by a comment"},
    {"# c \\\nA\n", "2:1+1[A];", 1, "a comment continued by a directive"},
    {"<S a \"b\">\n</S>\n", "<1:2+1[S] 1:4+1[a] 1:6+3[b]; </2:3+1[S];", 0, "tags"},
    {"<S a > # c\n", "<1:2+1[S] 1:4+1[a];", 0, "a tag, a blank, a comment"},
    {"<S\n", "<1:2+1[S];", 1, "no '>'"},
    {"<S a> b\nC\n", "<1:2+1[S] 1:4+1[a]; 2:1+1[C];", 1, "text behind '>'"},
    {"<S \\\n a>\n", "<1:2+1[S] 2:2+1[a];", 0, "a tag over two lines"},
    {"< S>\n", "<1:2+1[] 1:3+1[S];", 1, "a blank before the name"},
    {"A b>c\n", "1:1+1[A] 1:3+3[b>c];", 0, "'>' in a directive"},
};

static const char *describe(apr_pool_t *pool, const char *text, const aty_word *word)
{
    return apr_psprintf(pool, "%s%u:%u+%u[%s]", text, word->place.line,
                        word->place.column, word->place.length, word->text);
}

static const char *read_all(apr_pool_t *pool, aty_lexer *lexer)
{
    static const char *const marks[] = {"", "<", "</"};
    const char *text = "";
    aty_line line;
    while (aty_lex_line(lexer, &line)) {
        text = apr_pstrcat(pool, text, *text ? " " : "", marks[line.kind], NULL);
        text = describe(pool, text, &line.name);
        for (int i = 0; i < line.word_count; i++) {
            text = describe(pool, apr_pstrcat(pool, text, " ", NULL), &line.words[i]);
        }
        text = apr_pstrcat(pool, text, ";", NULL);
    }
    return text;
}

static void test_case(apr_pool_t *pool, const lex_case *row)
{
    aty_define one = {.name = "one", .value = "1"},
               two = {.name = "two", .value = "${one}"};
    apr_hash_t *defines = apr_hash_make(pool);
    apr_hash_set(defines, "one", APR_HASH_KEY_STRING, &one);
    apr_hash_set(defines, "two", APR_HASH_KEY_STRING, &two);
    aty_diag *diag = aty_diag_create(pool);
    aty_lexer lexer;
    aty_lex_begin(&lexer, pool, pool, diag, policy_test_source(pool, row->text), defines);
    tap_is_str(read_all(pool, &lexer), row->read, "%s", row->what);
    if (!tap_is_int(aty_diag_errors(diag), row->errors, "%s: errors", row->what)) {
        tap_diag("%s", policy_test_messages(pool, diag));
    }
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_case(pool, &cases[i]);
    }
    apr_pool_destroy(pool);
    return tap_done();
}
