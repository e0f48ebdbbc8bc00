/* lex.c: lines and words. Nearly every word is taken from the text as it stands; the few
 * with quotes, `\` or ${VAR} are put together in a scratch buffer. */
#include "authorityc/lex.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/nearest.h"

/* Past so many errors nobody reads suggestions, and each costs a look at every name. */
#define SUGGESTIONS_MAX 100

enum {
    PLAIN,
    BLANK,
    LINE_END,
    SPECIAL /* ends the fast way of reading a word */
};

static const unsigned char classes[256] = {
    ['\0'] = LINE_END, ['\n'] = LINE_END, ['\r'] = LINE_END, [' '] = BLANK,
    ['\t'] = BLANK,    ['\\'] = SPECIAL,  ['"'] = SPECIAL,   ['\''] = SPECIAL,
    ['$'] = SPECIAL,   ['>'] = SPECIAL,
};

static int class_of(char byte)
{
    return classes[(unsigned char)byte];
}

static aty_place place_here(const aty_lexer *lexer)
{
    return (aty_place){lexer->source, lexer->line,
                       (uint32_t)(lexer->at - lexer->line_start) + 1, 1, lexer->from};
}

/* Stretches a place to where the lexer stands, or to the end of its line. */
static void place_stretch(const aty_lexer *lexer, aty_place *place, const char *start)
{
    const char *end = lexer->at;
    if (lexer->line != place->line) {
        end = start + strcspn(start, "\r\n");
    }
    place->length = end > start ? (uint32_t)(end - start) : 1;
}

#define lex_error(lexer, place, ...) \
    ((lexer)->broken = true, aty_diag_error((lexer)->diag, (place), __VA_ARGS__))

/* Bytes of a `\` with the line end behind it, which continue the line; 0 for neither. */
static size_t continuation(const char *at)
{
    if (at[0] != '\\') {
        return 0;
    }
    if (at[1] == '\n') {
        return 2;
    }
    return at[1] == '\r' && at[2] == '\n' ? 3 : 0;
}

static void pass_line_end(aty_lexer *lexer, size_t size)
{
    lexer->at += size;
    lexer->line_start = lexer->at;
    lexer->line++;
}

static void skip_blanks(aty_lexer *lexer)
{
    for (;;) {
        size_t size;
        if (class_of(*lexer->at) == BLANK) {
            lexer->at++;
        }
        else if ((size = continuation(lexer->at)) > 0) {
            pass_line_end(lexer, size);
        }
        else {
            return;
        }
    }
}

static bool at_line_end(const aty_lexer *lexer)
{
    return class_of(*lexer->at) == LINE_END;
}

static void skip_physical_line(aty_lexer *lexer)
{
    const char *end = memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));
    if (!end) {
        lexer->at = lexer->end;
        return;
    }
    lexer->at = end;
    pass_line_end(lexer, 1);
}

/* Skips to the end of the line, with what continues it. */
static void skip_line(aty_lexer *lexer)
{
    while (!at_line_end(lexer)) {
        size_t size = continuation(lexer->at);
        if (size > 0) {
            pass_line_end(lexer, size);
        }
        else {
            lexer->at++;
        }
    }
}

static bool continued_before(const aty_lexer *lexer)
{
    const char *before = lexer->line_start - 1;
    if (before > lexer->source->file->text && before[-1] == '\r') {
        before--;
    }
    return before > lexer->source->file->text && before[-1] == '\\';
}

/* Skips a comment. httpd continues comments, too: a `\` at the end of one silently takes
 * the next line away. That is let pass only where that line is empty or a comment. */
static void skip_comment(aty_lexer *lexer)
{
    aty_place comment = place_here(lexer);
    for (;;) {
        uint32_t line = lexer->line;
        skip_physical_line(lexer);
        if (lexer->line == line || !continued_before(lexer)) {
            return;
        }
        while (class_of(*lexer->at) == BLANK) {
            lexer->at++;
        }
        if (*lexer->at != '#') {
            break;
        }
    }
    if (!at_line_end(lexer)) {
        aty_place place = place_here(lexer);
        aty_diag_error(lexer->diag, &place,
                       "httpd takes this line for a part of the comment before it, which "
                       "ends in '\\'");
        aty_diag_note(lexer->diag, &comment,
                      "the comment begins here; end it without '\\'");
    }
}

static void scratch_add(aty_lexer *lexer, const char *text, size_t length)
{
    if (length > ATY_WORD_MAX - lexer->scratch_size) {
        lexer->overlong = true;
        return;
    }
    if (length >= lexer->scratch_capacity - lexer->scratch_size) {
        size_t capacity = 2 * lexer->scratch_capacity + length;
        char *more = apr_palloc(lexer->buffers, capacity);
        memcpy(more, lexer->scratch, lexer->scratch_size);
        lexer->scratch = more;
        lexer->scratch_capacity = capacity;
    }
    memcpy(lexer->scratch + lexer->scratch_size, text, length);
    lexer->scratch_size += length;
}

static const char *suggested_define(const aty_lexer *lexer, const char *name)
{
    aty_nearest nearest = aty_nearest_to(name);
    if (aty_diag_errors(lexer->diag) > SUGGESTIONS_MAX) {
        return NULL;
    }
    for (apr_hash_index_t *index = apr_hash_first(NULL, lexer->defines); index;
         index = apr_hash_next(index)) {
        aty_nearest_try(&nearest, apr_hash_this_key(index));
    }
    return nearest.best;
}

static void undefined_error(aty_lexer *lexer, const aty_place *place, const char *name)
{
    const char *suggested = suggested_define(lexer, name);
    lex_error(lexer, place, "'${%s}' is not defined%s", aty_shown(lexer->pool, name),
              suggested ? apr_psprintf(lexer->pool, "; did you mean '${%s}'?", suggested)
                        : "");
    if (!suggested) {
        aty_diag_note(lexer->diag, NULL, "write 'Define %s VALUE' above it",
                      aty_shown(lexer->pool, name));
    }
}

/* Reads ${NAME} and adds its value. As in httpd, the value is not expanded again. */
static void read_variable(aty_lexer *lexer)
{
    aty_place place = place_here(lexer);
    const char *start = lexer->at, *name = start + 2;
    size_t length = strcspn(name, "}\"' \t\r\n");
    if (name[length] != '}') {
        place.length = 2;
        lex_error(lexer, &place, "'${' without a '}' behind the variable's name");
        lexer->at = name + length;
        return;
    }
    lexer->at = name + length + 1;
    place_stretch(lexer, &place, start);
    const aty_define *define = apr_hash_get(lexer->defines, name, (apr_ssize_t)length);
    if (define) {
        scratch_add(lexer, define->value, strlen(define->value));
    }
    else {
        undefined_error(lexer, &place, apr_pstrmemdup(lexer->pool, name, length));
    }
}

/* Adds what stands here in a word: one byte, an escaped one, or a variable. */
static void read_piece(aty_lexer *lexer, char quote)
{
    const char *at = lexer->at;
    size_t size = continuation(at);
    if (size > 0) {
        pass_line_end(lexer, size);
    }
    else if (at[0] == '\\' && (at[1] == '\\' || (quote && at[1] == quote))) {
        scratch_add(lexer, at + 1, 1);
        lexer->at += 2;
    }
    else if (at[0] == '$' && at[1] == '{') {
        read_variable(lexer);
    }
    else {
        scratch_add(lexer, at, 1);
        lexer->at++;
    }
}

static void read_quoted(aty_lexer *lexer, const aty_place *place, bool in_tag)
{
    char quote = *lexer->at++;
    while (!at_line_end(lexer) && *lexer->at != quote) {
        read_piece(lexer, quote);
    }
    if (*lexer->at != quote) {
        lex_error(lexer, place,
                  "this quote is never closed; %c is missing before the "
                  "end of the line",
                  quote);
        return;
    }
    lexer->at++;
    bool ended = at_line_end(lexer) || class_of(*lexer->at) == BLANK ||
                 continuation(lexer->at) > 0 || (in_tag && *lexer->at == '>');
    if (!ended) {
        aty_place here = place_here(lexer);
        lex_error(lexer, &here,
                  "a blank is missing behind the closing quote; within the quotes, "
                  "write \\%c for %c",
                  quote, quote);
    }
}

static void stray_quote_error(aty_lexer *lexer)
{
    aty_place place = place_here(lexer);
    lex_error(lexer, &place,
              "a quote in the middle of an argument; put the quotes around the whole "
              "of it");
}

static void stray_backslash_error(aty_lexer *lexer, bool at_end)
{
    aty_place place = place_here(lexer);
    if (at_end) {
        lex_error(lexer, &place, "the file ends in '\\', which continues a line");
    }
    else {
        lex_error(lexer, &place,
                  "blanks follow this '\\'; to continue the line it must be its last "
                  "character");
    }
}

/* Whether a `\` here was meant to continue the line and cannot. */
static void check_backslash(aty_lexer *lexer)
{
    const char *behind = lexer->at + 1;
    behind += strspn(behind, " \t");
    bool at_end = behind == lexer->end;
    if (at_end || (behind > lexer->at + 1 && class_of(*behind) == LINE_END)) {
        stray_backslash_error(lexer, at_end && behind == lexer->at + 1);
    }
}

/* The slow way to read the rest of an unquoted word. */
static void read_unquoted_rest(aty_lexer *lexer, bool in_tag)
{
    bool quote_seen = false;
    for (;;) {
        char byte = *lexer->at;
        if (at_line_end(lexer) || class_of(byte) == BLANK || (in_tag && byte == '>')) {
            return;
        }
        if ((byte == '"' || byte == '\'') && !quote_seen) {
            stray_quote_error(lexer);
            quote_seen = true;
        }
        if (byte == '\\') {
            check_backslash(lexer);
        }
        read_piece(lexer, '\0');
    }
}

/* A word as bytes: of the source's text, or in the scratch until the next word. */
typedef struct {
    const char *text;
    size_t length;
} aty_slice;

static aty_slice read_unquoted(aty_lexer *lexer, bool in_tag)
{
    const char *start = lexer->at;
    while (class_of(*lexer->at) == PLAIN) {
        lexer->at++;
    }
    size_t length = (size_t)(lexer->at - start);
    bool whole = class_of(*lexer->at) != SPECIAL || (in_tag && *lexer->at == '>');
    if (whole) {
        lexer->overlong = length > ATY_WORD_MAX;
        return (aty_slice){start, length};
    }
    scratch_add(lexer, start, length);
    read_unquoted_rest(lexer, in_tag);
    return (aty_slice){lexer->scratch, lexer->scratch_size};
}

/* Reads a word and its place; its bytes have no NUL yet. */
static aty_slice read_slice(aty_lexer *lexer, bool in_tag, aty_place *place)
{
    const char *start = lexer->at;
    aty_slice slice;
    *place = place_here(lexer);
    lexer->scratch_size = 0;
    lexer->overlong = false;
    if (*start == '"' || *start == '\'') {
        read_quoted(lexer, place, in_tag);
        slice = (aty_slice){lexer->scratch, lexer->scratch_size};
    }
    else {
        slice = read_unquoted(lexer, in_tag);
    }
    if (lexer->overlong) {
        lex_error(lexer, place, "a word of more than %u bytes", (unsigned)ATY_WORD_MAX);
        slice.length = slice.length < ATY_WORD_MAX ? slice.length : ATY_WORD_MAX;
    }
    place_stretch(lexer, place, start);
    return slice;
}

static aty_word read_word(aty_lexer *lexer, bool in_tag)
{
    aty_word word;
    aty_slice slice = read_slice(lexer, in_tag, &word.place);
    word.text = apr_pstrmemdup(lexer->pool, slice.text, slice.length);
    return word;
}

/* Most lines' names are forgotten with the line, so they need no memory of their own. */
static aty_word read_name(aty_lexer *lexer, bool in_tag)
{
    aty_word name;
    aty_slice slice = read_slice(lexer, in_tag, &name.place);
    if (slice.length >= sizeof(lexer->name)) {
        name.text = apr_pstrmemdup(lexer->pool, slice.text, slice.length);
        return name;
    }
    memcpy(lexer->name, slice.text, slice.length);
    lexer->name[slice.length] = '\0';
    name.text = lexer->name;
    return name;
}

/* Reads words up to the end of the line, or to the '>' of a tag. */
static void read_words(aty_lexer *lexer, bool in_tag)
{
    lexer->words->nelts = 0;
    for (;;) {
        skip_blanks(lexer);
        if (at_line_end(lexer) || *lexer->at == '#' || (in_tag && *lexer->at == '>')) {
            return;
        }
        if (lexer->words->nelts == ATY_WORDS_MAX) {
            aty_place place = place_here(lexer);
            lex_error(lexer, &place, "more than %d arguments", ATY_WORDS_MAX);
            skip_line(lexer);
            return;
        }
        aty_word word = read_word(lexer, in_tag);
        APR_ARRAY_PUSH(lexer->words, aty_word) = word;
    }
}

static void read_tag_end(aty_lexer *lexer)
{
    aty_place place = place_here(lexer);
    if (*lexer->at != '>') {
        lex_error(lexer, &place, "'>' is missing at the end of the tag");
        return;
    }
    lexer->at++;
    skip_blanks(lexer);
    if (!at_line_end(lexer) && *lexer->at != '#') {
        place = place_here(lexer);
        lex_error(lexer, &place,
                  "nothing may follow the '>' of a tag; quote an argument that has "
                  "'>' in it");
        skip_line(lexer);
    }
}

static void read_tag(aty_lexer *lexer, aty_line *line)
{
    line->kind = lexer->at[1] == '/' ? ATY_LINE_CLOSE : ATY_LINE_OPEN;
    lexer->at += line->kind == ATY_LINE_CLOSE ? 2 : 1;
    line->name = read_name(lexer, true);
    if (*line->name.text == '\0') {
        lex_error(lexer, &line->name.place,
                  "the name of a section must follow '%s' directly",
                  line->kind == ATY_LINE_CLOSE ? "</" : "<");
    }
    read_words(lexer, true);
    read_tag_end(lexer);
}

static void read_line(aty_lexer *lexer, aty_line *line)
{
    lexer->broken = false;
    if (*lexer->at == '<') {
        read_tag(lexer, line);
    }
    else {
        line->kind = ATY_LINE_DIRECTIVE;
        line->name = read_name(lexer, false);
        read_words(lexer, false);
    }
    line->broken = lexer->broken;
    line->words = (aty_word *)lexer->words->elts;
    line->word_count = lexer->words->nelts;
}

void aty_lex_begin(aty_lexer *lexer, apr_pool_t *pool, apr_pool_t *buffers,
                   aty_diag *diag, const aty_source *source, apr_hash_t *defines)
{
    *lexer = (aty_lexer){.pool = pool, .diag = diag, .source = source};
    lexer->buffers = buffers;
    lexer->defines = defines;
    lexer->at = lexer->line_start = aty_source_start(source);
    lexer->end = source->file->text + source->file->size;
    lexer->line = 1;
    lexer->words = apr_array_make(buffers, 8, sizeof(aty_word));
    lexer->scratch_capacity = 256;
    lexer->scratch = apr_palloc(buffers, lexer->scratch_capacity);
}

/* Whether nothing stood in the line that ends here. */
static bool line_is_empty(const aty_lexer *lexer)
{
    const char *at = lexer->line_start;
    while (at < lexer->at && class_of(*at) == BLANK) {
        at++;
    }
    return at == lexer->at;
}

bool aty_lex_line(aty_lexer *lexer, aty_line *line)
{
    for (;;) {
        skip_blanks(lexer);
        if (lexer->at >= lexer->end) {
            return false;
        }
        if (*lexer->at == '#') {
            const char *from = aty_source_comment_from(lexer->pool, lexer->at);
            lexer->from = from ? from : lexer->from;
            skip_comment(lexer);
        }
        else if (at_line_end(lexer)) {
            lexer->from = line_is_empty(lexer) ? NULL : lexer->from;
            skip_physical_line(lexer);
        }
        else {
            read_line(lexer, line);
            return true;
        }
    }
}
