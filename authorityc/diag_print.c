/* diag_print.c: messages as people read them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authorityc/messages.h"
#include "authorityc/source.h"
#include "authorityc/terminal.h"
#include "authorityc/print.h"
#include "core/utf8.h"

#define SHOWN_MAX     50  /* messages */
#define SNIPPET_MAX   100 /* bytes of a source line */
#define SNIPPET_ABOVE 40  /* of them before the caret, where the line is cut */

typedef struct {
    FILE *stream;
    bool colour;
    const aty_source *including; /* whose "in file included from" stands above */
} aty_printer;

static const struct {
    const char *label;
    const char *colour;
} kinds[] = {
    [ATY_MESSAGE_ERROR] = {"error: ", "\033[1;31m"},
    [ATY_MESSAGE_WARNING] = {"warning: ", "\033[1;35m"},
    [ATY_MESSAGE_NOTE] = {"note: ", "\033[1;36m"},
};

#define COLOUR_PLACE "\033[1m"
#define COLOUR_CARET "\033[1;32m"
#define COLOUR_END   "\033[m"

static void put_colour(const aty_printer *printer, const char *colour)
{
    if (printer->colour) {
        fputs(colour, printer->stream);
    }
}

/* Text of files and users, with a '?' for each byte that is not text, and for tabs where
 * they are not to be kept. */
static void put_text(const aty_printer *printer, const char *text, size_t length,
                     bool keep_tabs)
{
    for (size_t i = 0; i < length;) {
        size_t size = aty_utf8_character((const uint8_t *)text + i, length - i);
        if (size > 0) {
            fwrite(text + i, 1, size, printer->stream);
            i += size;
        }
        else {
            putc(text[i++] == '\t' && keep_tabs ? '\t' : '?', printer->stream);
        }
    }
}

static void put_string(const aty_printer *printer, const char *text)
{
    put_text(printer, text, strlen(text), false);
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* A line of a source, or what is shown of it. */
typedef struct {
    const char *text;
    size_t length;
    size_t caret; /* bytes before it */
    bool cut_before, cut_after;
} aty_snippet;

static aty_snippet snippet_line(const aty_place *place)
{
    const char *text = aty_source_start(place->source);
    for (uint32_t line = 1; line < place->line; line++) {
        const char *end = strchr(text, '\n');
        if (!end) {
            break;
        }
        text = end + 1;
    }
    size_t length = strcspn(text, "\r\n");
    size_t caret = place->column - 1 < length ? place->column - 1 : length;
    return (aty_snippet){.text = text, .length = length, .caret = caret};
}

/* Cuts a long line down to what stands around the caret. */
static void snippet_cut(aty_snippet *snippet)
{
    if (snippet->length <= SNIPPET_MAX) {
        return;
    }
    size_t start = snippet->caret > SNIPPET_ABOVE ? snippet->caret - SNIPPET_ABOVE : 0;
    while (start > 0 && continues_character(snippet->text[start])) {
        start--;
    }
    size_t left = snippet->length - start;
    size_t length = left < SNIPPET_MAX ? left : SNIPPET_MAX;
    while (length < left && continues_character(snippet->text[start + length])) {
        length++;
    }
    snippet->cut_before = start > 0;
    snippet->cut_after = length < left;
    snippet->text += start;
    snippet->length = length;
    snippet->caret -= start;
}

/* A character for each character of the text, as wide as put_text makes it; tabs stay
 * tabs before the caret, so that they stay aligned. */
static void put_below(const aty_printer *printer, const char *text, size_t length,
                      char below, bool keep_tabs)
{
    for (size_t i = 0; i < length;) {
        size_t size = aty_utf8_character((const uint8_t *)text + i, length - i);
        putc(keep_tabs && text[i] == '\t' ? '\t' : below, printer->stream);
        i += size > 0 ? size : 1;
    }
}

static void put_mark(const aty_printer *printer, const aty_snippet *snippet,
                     size_t length)
{
    const char *marked = snippet->text + snippet->caret;
    size_t left = snippet->length - snippet->caret;
    size_t first = aty_utf8_character((const uint8_t *)marked, left);
    first = first > 0 ? first : 1;
    length = length < left ? length : left;
    putc('^', printer->stream);
    if (length > first) {
        put_below(printer, marked + first, length - first, '~', false);
    }
}

static void put_snippet(const aty_printer *printer, const aty_place *place)
{
    aty_snippet snippet = snippet_line(place);
    snippet_cut(&snippet);
    FILE *stream = printer->stream;
    fprintf(stream, "%5u | %s", place->line, snippet.cut_before ? "..." : "");
    put_text(printer, snippet.text, snippet.length, true);
    int gutter = snprintf(NULL, 0, "%5u", place->line);
    fprintf(stream, "%s\n%*s | %s", snippet.cut_after ? "..." : "", gutter, "",
            snippet.cut_before ? "   " : "");
    put_below(printer, snippet.text, snippet.caret, ' ', true);
    put_colour(printer, COLOUR_CARET);
    put_mark(printer, &snippet, place->length);
    put_colour(printer, COLOUR_END);
    putc('\n', stream);
    if (place->from) {
        fprintf(stream, "%*s = from ", gutter, "");
        put_string(printer, place->from);
        putc('\n', stream);
    }
}

/* The Includes that led to a source, innermost first; once for messages in a row. */
static void put_including(aty_printer *printer, const aty_source *source)
{
    if (printer->including == source) {
        return;
    }
    printer->including = source;
    const char *lead = "in file included from ";
    for (; source->included_from.source; source = source->included_from.source) {
        const aty_place *from = &source->included_from;
        fputs(lead, printer->stream);
        put_colour(printer, COLOUR_PLACE);
        put_string(printer, from->source->name);
        fprintf(printer->stream, ":%u", from->line);
        put_colour(printer, COLOUR_END);
        lead = ",\n                 from ";
        fputs(from->source->included_from.source ? "" : ":\n", printer->stream);
    }
}

static void put_place(const aty_printer *printer, const aty_place *place)
{
    put_colour(printer, COLOUR_PLACE);
    if (place->source) {
        put_string(printer, place->source->name);
        fprintf(printer->stream, ":%u:%u: ", place->line, place->column);
    }
    else {
        fputs("authorityc: ", printer->stream);
    }
    put_colour(printer, COLOUR_END);
}

/* `place` is that of the message a note belongs to, where the note has none. */
static void put_one(aty_printer *printer, const aty_message *message,
                    const aty_place *place)
{
    put_place(printer, place);
    put_colour(printer, kinds[message->kind].colour);
    fputs(kinds[message->kind].label, printer->stream);
    put_colour(printer, COLOUR_END);
    put_string(printer, message->text);
    if (message->check) {
        fprintf(printer->stream, "  [%s]", message->check);
    }
    putc('\n', printer->stream);
    if (message->place.source) {
        put_snippet(printer, &message->place);
    }
}

static void put_message(aty_printer *printer, const aty_message *message)
{
    if (message->place.source) {
        put_including(printer, message->place.source);
    }
    put_one(printer, message, &message->place);
    for (const aty_message *note = message->notes; note; note = note->next) {
        put_one(printer, note, note->place.source ? &note->place : &message->place);
    }
}

static int compare_messages(const void *left, const void *right)
{
    const aty_message *a = *(const aty_message *const *)left;
    const aty_message *b = *(const aty_message *const *)right;
    int order = aty_place_compare(&a->place, &b->place);
    if (order == 0) {
        order = (int)a->kind - (int)b->kind;
    }
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

static void sort(apr_array_header_t *messages)
{
    qsort(messages->elts, (size_t)messages->nelts, sizeof(aty_message *),
          compare_messages);
}

/* Appends the first messages of a kind, as far as there is room. Returns how many. */
static uint32_t choose(const aty_diag *diag, aty_message_kind kind,
                       apr_array_header_t *chosen)
{
    apr_array_header_t *kept = diag->kept[kind];
    sort(kept);
    uint32_t count = 0;
    while ((int)count < kept->nelts && chosen->nelts < SHOWN_MAX) {
        APR_ARRAY_PUSH(chosen, aty_message *) =
            APR_ARRAY_IDX(kept, (int)count++, aty_message *);
    }
    return count;
}

static void put_rest(FILE *stream, uint32_t errors, uint32_t warnings)
{
    if (errors == 0 && warnings == 0) {
        return;
    }
    fputs("authorityc: ", stream);
    if (errors > 0) {
        fprintf(stream, "%u more error%s", errors, aty_plural(errors));
    }
    if (warnings > 0) {
        fprintf(stream, "%s%u more warning%s", errors ? " and " : "", warnings,
                aty_plural(warnings));
    }
    fputs(" not shown\n", stream);
}

static void print(const aty_diag *diag, FILE *stream, bool colour, bool with_warnings)
{
    apr_array_header_t *chosen =
        apr_array_make(diag->pool, SHOWN_MAX, sizeof(aty_message *));
    uint32_t errors = choose(diag, ATY_MESSAGE_ERROR, chosen), warnings = 0;
    if (with_warnings) {
        warnings = aty_diag_warnings(diag) - choose(diag, ATY_MESSAGE_WARNING, chosen);
    }
    sort(chosen);
    aty_printer printer = {.stream = stream, .colour = colour};
    for (int i = 0; i < chosen->nelts; i++) {
        put_message(&printer, APR_ARRAY_IDX(chosen, i, aty_message *));
    }
    put_rest(stream, aty_diag_errors(diag) - errors, warnings);
}

void aty_diag_print(const aty_diag *diag, FILE *stream, bool colour)
{
    print(diag, stream, colour, true);
}

void aty_diag_report(const aty_diag *diag)
{
    print(diag, stderr, aty_terminal_has_colour(STDERR_FILENO), true);
}

void aty_diag_report_errors(const aty_diag *diag, const char *path)
{
    uint32_t warnings = aty_diag_warnings(diag);
    print(diag, stderr, aty_terminal_has_colour(STDERR_FILENO), false);
    if (warnings > 0) {
        put_string(&(aty_printer){.stream = stderr}, path);
        fprintf(stderr, ": %u warning%s, which 'authorityc check' shows\n", warnings,
                aty_plural(warnings));
    }
}
