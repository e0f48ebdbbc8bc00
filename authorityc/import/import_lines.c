#include "authorityc/import/import_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "core/utf8.h"

#define INDENT         4
#define WARNINGS_SHOWN 50 /* one by one; the policy has them all */

aty_import_lines *aty_import_lines_create(apr_pool_t *pool)
{
    aty_import_lines *lines = apr_pcalloc(pool, sizeof(*lines));
    lines->pool = pool;
    lines->lines = apr_array_make(pool, 256, sizeof(aty_import_line));
    lines->lost = apr_array_make(pool, 1, sizeof(const char *));
    return lines;
}

static void push(aty_import_lines *lines, const char *text, const char *name,
                 const aty_import_place *place)
{
    aty_import_line line = {
        .text = text, .name = name, .vhost = lines->vhost, .indent = lines->indent};
    if (place) {
        line.place = *place;
    }
    APR_ARRAY_PUSH(lines->lines, aty_import_line) = line;
}

/* Reads what mod_macro calls its lines: macro 'NAME' (defined on line N of "FILE") used
 * on line M of "FILE". NULL where it is anything else. */
static const char *macro_text(apr_pool_t *pool, const aty_import_place *place)
{
    char name[128];
    unsigned defined, used;
    int begin = 0, end = 0, last = 0;
    /* Nine digits are never too large. NOLINTNEXTLINE(cert-err34-c) */
    if (sscanf(place->file, "macro '%127[^']' (defined on line %9u of \"%n", name,
               &defined, &begin) != 2 ||
        begin == 0) {
        return NULL;
    }
    end = begin + (int)strcspn(place->file + begin, "\"");
    /* NOLINTNEXTLINE(cert-err34-c): as above. */
    if (sscanf(place->file + end, "\") used on line %9u of \"%n", &used, &last) != 1 ||
        last == 0) {
        return NULL;
    }
    const char *user = place->file + end + last;
    return apr_psprintf(pool, "%.*s:%u, macro '%s' used at %.*s:%u", end - begin,
                        place->file + begin, defined + place->line, name,
                        (int)strcspn(user, "\""), user, used);
}

const char *aty_import_place_text(apr_pool_t *pool, const aty_import_place *place)
{
    const char *text =
        strncmp(place->file, "macro '", 7) == 0 ? macro_text(pool, place) : NULL;
    return text ? text : apr_psprintf(pool, "%s:%u", place->file, place->line);
}

void aty_import_gap(aty_import_lines *lines)
{
    lines->last.file = NULL;
    push(lines, "", NULL, NULL);
}

static bool is_control(char byte)
{
    return ((unsigned char)byte < ' ' && byte != '\t') || byte == 0x7f;
}

char *aty_import_harmless(apr_pool_t *pool, const char *text)
{
    char *copy = apr_pstrdup(pool, text);
    char *at = copy;
    size_t left = strlen(copy);
    while (left > 0) {
        size_t size = aty_utf8_character((const uint8_t *)at, left);
        if (size == 0) {
            *at = *at == '\t' ? '\t' : '?';
            size = 1;
        }
        at += size;
        left -= size;
    }
    /* It would continue a comment. */
    if (at > copy && at[-1] == '\\') {
        at[-1] = '/';
    }
    return copy;
}

void aty_import_comment(aty_import_lines *lines, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text =
        aty_import_harmless(lines->pool, apr_pvsprintf(lines->pool, format, arguments));
    va_end(arguments);
    push(lines, apr_pstrcat(lines->pool, "# ", text, NULL), NULL, NULL);
}

/* Returns the place as it was shown. */
static const char *show_warning(aty_import_lines *lines, const aty_import_place *place,
                                const char *text)
{
    const char *where = aty_import_harmless(
        lines->pool,
        place && place->file ? aty_import_place_text(lines->pool, place) : "authorityc");
    if (lines->warnings++ < WARNINGS_SHOWN) {
        fprintf(stderr, "%s: warning: %s\n", where, text);
    }
    return where;
}

void aty_import_warn(aty_import_lines *lines, const aty_import_place *place,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text =
        aty_import_harmless(lines->pool, apr_pvsprintf(lines->pool, format, arguments));
    va_end(arguments);
    const char *where = show_warning(lines, place, text);
    aty_import_comment(lines, "NOTE: %s", text);
    if (place && place->file) {
        aty_import_comment(lines, "      (%s)", where);
    }
}

void aty_import_warnings_end(const aty_import_lines *lines)
{
    if (lines->warnings > WARNINGS_SHOWN) {
        fprintf(stderr,
                "authorityc: warning: %u more; all of them are comments of the policy "
                "that begin with NOTE\n",
                lines->warnings - WARNINGS_SHOWN);
    }
}

bool aty_import_writable(const char *word)
{
    bool writable = *word != '\0' && !strstr(word, "${");
    while (writable && *word) {
        writable = !is_control(*word++);
    }
    return writable;
}

const char *aty_import_word(apr_pool_t *pool, const char *word)
{
    bool quoted = strpbrk(word, " \t\"'#<>\\") != NULL;
    if (!aty_import_writable(word)) {
        return NULL;
    }
    char *text = apr_palloc(pool, 2 * strlen(word) + 3), *to = text;
    if (quoted) {
        *to++ = '"';
    }
    for (; *word; word++) {
        if (*word == '\\' || *word == '"') {
            *to++ = '\\';
        }
        *to++ = *word;
    }
    if (quoted) {
        *to++ = '"';
    }
    *to = '\0';
    return text;
}

/* The words with a blank before each; NULL where one of them cannot be written. */
static const char *words_text(apr_pool_t *pool, const char *const *words, int word_count)
{
    apr_array_header_t *parts = apr_array_make(pool, word_count, sizeof(const char *));
    for (int i = 0; i < word_count; i++) {
        const char *word = aty_import_word(pool, words[i]);
        if (!word) {
            return NULL;
        }
        APR_ARRAY_PUSH(parts, const char *) = word;
    }
    return apr_array_pstrcat(pool, parts, ' ');
}

void aty_import_from(aty_import_lines *lines, const aty_import_place *place)
{
    const aty_import_place *last = &lines->last;
    bool follows = last->file && strcmp(last->file, place->file) == 0 &&
                   place->line == last->line + 1;
    if (!follows) {
        aty_import_comment(lines, "from %s", aty_import_place_text(lines->pool, place));
    }
    lines->last = *place;
}

void aty_import_directive(aty_import_lines *lines, const aty_import_place *place,
                          const char *name, const char *const *words, int word_count)
{
    const char *text = words_text(lines->pool, words, word_count);
    if (!text) {
        aty_import_warn(lines, place,
                        "no policy can hold the arguments of this %s: they are empty, or "
                        "have '${' or control characters",
                        name);
        if (lines->vhost > 0) {
            aty_import_isolate(lines);
        }
        else {
            APR_ARRAY_PUSH(lines->lost, const char *) = name;
        }
        return;
    }
    if (place) {
        aty_import_from(lines, place);
    }
    else {
        lines->last.file = NULL;
    }
    push(lines, apr_pstrcat(lines->pool, name, " ", text, NULL), name, place);
}

void aty_import_setting(aty_import_lines *lines, const aty_import_place *place,
                        const char *name, const char *word)
{
    aty_import_directive(lines, place, name, &word, 1);
}

void aty_import_open(aty_import_lines *lines, const char *name, const char *const *words,
                     int word_count)
{
    const char *text = words_text(lines->pool, words, word_count);
    push(lines, apr_pstrcat(lines->pool, "<", name, " ", text ? text : "", ">", NULL),
         NULL, NULL);
    lines->indent += INDENT;
}

void aty_import_close(aty_import_lines *lines, const char *name)
{
    lines->indent -= INDENT;
    lines->last.file = NULL;
    push(lines, apr_pstrcat(lines->pool, "</", name, ">", NULL), NULL, NULL);
}

void aty_import_line_refuse(aty_import_lines *lines, aty_import_line *line,
                            const char *message)
{
    const char *text =
        aty_import_harmless(lines->pool, apr_psprintf(lines->pool, "%s is left out: %s",
                                                      line->name, message));
    show_warning(lines, &line->place, text);
    line->text = apr_psprintf(lines->pool, "# NOTE: %s: %s", text, line->text);
    line->name = NULL;
}

void aty_import_open_vhost(aty_import_lines *lines, const char *const *addresses,
                           int count)
{
    lines->vhosts++;
    lines->vhost = lines->vhosts;
    aty_import_open(lines, "VirtualHost", addresses, count);
    lines->isolate = lines->lines->nelts;
    push(lines, NULL, ATY_IMPORT_ISOLATE, NULL);
}

void aty_import_close_vhost(aty_import_lines *lines)
{
    aty_import_close(lines, "VirtualHost");
    lines->vhost = 0;
}

void aty_import_isolate(aty_import_lines *lines)
{
    APR_ARRAY_IDX(lines->lines, lines->isolate, aty_import_line).text =
        ATY_IMPORT_ISOLATE_ON;
}

static size_t line_size(const aty_import_line *line)
{
    return line->text ? line->indent + strlen(line->text) + 1 : 0;
}

static char *line_put(char *to, const aty_import_line *line)
{
    if (!line->text) {
        return to;
    }
    size_t length = strlen(line->text);
    size_t indent = length > 0 ? line->indent : 0;
    memset(to, ' ', indent);
    memcpy(to + indent, line->text, length);
    to[indent + length] = '\n';
    return to + indent + length + 1;
}

char *aty_import_lines_text(const aty_import_lines *lines, size_t *size)
{
    size_t room = 1;
    for (int i = 0; i < lines->lines->nelts; i++) {
        room += line_size(&APR_ARRAY_IDX(lines->lines, i, aty_import_line));
    }
    char *text = malloc(room), *to = text;
    for (int i = 0; text && i < lines->lines->nelts; i++) {
        to = line_put(to, &APR_ARRAY_IDX(lines->lines, i, aty_import_line));
    }
    *size = (size_t)(to - text);
    return text;
}
