/* What `authorityc check` says of the policy. */
#include "authorityc/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/messages.h"
#include "authorityc/report/report_html.h"
#include "authorityc/report/report_list.h"
#include "authorityc/source.h"

#define SHOWN_BYTES 200 /* of a line of the policy */

static int messages_order(const void *a, const void *b)
{
    const aty_message *x = *(const aty_message *const *)a;
    const aty_message *y = *(const aty_message *const *)b;
    int order = aty_place_compare(&x->place, &y->place);

    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* Whether `check` would call it an error: here nothing is one, for a report can be made.
 */
static bool is_error(const aty_message *message)
{
    for (int check = 0; check < ATY_CHECK_COUNT; check++) {
        if (message->check &&
            strcmp(message->check, aty_check_name((aty_check)check)) == 0) {
            return aty_check_default((aty_check)check) == ATY_SEVERITY_ERROR;
        }
    }
    return message->kind == ATY_MESSAGE_ERROR;
}

static void place_write(const aty_place *place, FILE *out)
{
    fputs("<span class=\"place\">", out);
    aty_html_text(out, place->source->name);
    fprintf(out, ":%u:%u", place->line, place->column);
    if (place->from) {
        fputs(", from ", out);
        aty_html_text(out, place->from);
    }
    fputs("</span>", out);
}

/* The line of the policy, with what is meant marked. */
static void line_write(const aty_place *place, FILE *out)
{
    const char *text = aty_source_start(place->source);
    const char *end = place->source->file->text + place->source->file->size;
    size_t length, before, marked;

    for (uint32_t line = 1; line < place->line; line++) {
        const char *next = memchr(text, '\n', (size_t)(end - text));
        if (!next) {
            return;
        }
        text = next + 1;
    }
    length = strcspn(text, "\r\n");
    before = place->column - 1 < length ? place->column - 1 : length;
    marked = place->length < length - before ? place->length : length - before;
    if (length > SHOWN_BYTES) {
        return; /* it would hide more than it shows */
    }
    fputs("<pre><code>", out);
    aty_html_text_counted(out, text, before);
    fputs("<mark>", out);
    aty_html_text_counted(out, text + before, marked);
    fputs("</mark>", out);
    aty_html_text_counted(out, text + before + marked, length - before - marked);
    fputs("</code></pre>\n", out);
}

static void note_write(const aty_message *note, FILE *out)
{
    fputs("<li>", out);
    aty_html_text(out, note->text);
    if (note->place.source) {
        fputs(" ", out);
        place_write(&note->place, out);
        line_write(&note->place, out);
    }
    fputs("</li>\n", out);
}

static void message_write(const void *of, uint32_t index, FILE *out)
{
    const aty_message *message = ((const aty_message *const *)of)[index];
    bool error = is_error(message);

    fprintf(out, "<li><b class=\"%s\">%s</b> ", error ? "bad" : "attention",
            error ? "error" : "warning");
    aty_html_text(out, message->text);
    if (message->check) {
        fprintf(out, " <code>[%s]</code>", message->check);
    }
    if (message->place.source) {
        fputs(" ", out);
        place_write(&message->place, out);
        line_write(&message->place, out);
    }
    if (message->notes) {
        fputs("<ul>\n", out);
        for (const aty_message *note = message->notes; note; note = note->next) {
            note_write(note, out);
        }
        fputs("</ul>\n", out);
    }
    fputs("</li>\n", out);
}

/* How many there are of each check, in the order of the checks. */
static void counts_write(const apr_array_header_t *messages, FILE *out)
{
    fputs("<table>\n<caption>How many there are of each kind</caption>\n<thead><tr><th "
          "scope=\"col\">Check</th><th scope=\"col\" "
          "class=\"n\">Messages</th></tr></thead>\n<tbody>\n",
          out);
    for (int check = 0; check < ATY_CHECK_COUNT; check++) {
        const char *name = aty_check_name((aty_check)check);
        uint32_t count = 0;
        for (int i = 0; i < messages->nelts; i++) {
            const aty_message *message = APR_ARRAY_IDX(messages, i, const aty_message *);
            count += message->check && strcmp(message->check, name) == 0;
        }
        if (count > 0) {
            fprintf(out,
                    "<tr><th scope=\"row\">%s</th><td class=\"n\" "
                    "data-of=\"Messages\">",
                    name);
            aty_html_number(out, count);
            fputs("</td></tr>\n", out);
        }
    }
    fputs("</tbody>\n</table>\n", out);
}

static void messages_write(const aty_report *report, FILE *out)
{
    const aty_list list = {
        .opening = "<ul class=\"messages\">\n",
        .closing = "</ul>\n",
        .what = "message",
        .rest = "<code>authorityc check</code> shows them",
        .entry = message_write,
        .of = NULL,
        .more = 40,
    };
    aty_list sorted = list;
    apr_array_header_t *messages =
        apr_array_append(report->pool, report->diag->kept[ATY_MESSAGE_ERROR],
                         report->diag->kept[ATY_MESSAGE_WARNING]);
    uint32_t count = report->diag->found[0] + report->diag->found[1];

    qsort(messages->elts, (size_t)messages->nelts, sizeof(const aty_message *),
          messages_order);
    sorted.of = messages->elts;
    if (messages->nelts > ATY_LIST_FIRST) {
        counts_write(messages, out);
    }
    aty_list_write(&sorted, count, out);
}

void aty_report_warnings(const aty_report *report, FILE *out)
{
    fputs("<section aria-labelledby=\"warnings\">\n<h2 id=\"warnings\">Warnings</h2>\n",
          out);
    if (!report->diag) {
        fputs("<p>Made from a table, which has no warnings: those are of its policy. "
              "<code>authorityc report</code> of the policy has them here.</p>\n",
              out);
    }
    else if (aty_diag_errors(report->diag) + aty_diag_warnings(report->diag) == 0) {
        fputs("<p>None: <code>authorityc check</code> has nothing to say.</p>\n", out);
    }
    else {
        messages_write(report, out);
    }
    fputs("</section>\n", out);
}
