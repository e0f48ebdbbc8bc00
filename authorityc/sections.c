/* sections.c: which sections are open.
 *
 * A forgotten or misspelt tag must not turn all the rest of a file into errors: a section
 * that opens where it cannot stand closes what is in its way, and the closing tags that
 * are then too many are let pass.
 */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/nearest.h"
#include "authorityc/parse.h"

aty_frame *aty_frame_top(const aty_parser *parser)
{
    return &APR_ARRAY_IDX(parser->frames, parser->frames->nelts - 1, aty_frame);
}

aty_scope *aty_frame_scope(aty_parser *parser, aty_frame *frame)
{
    if (frame->scope) {
        return frame->scope;
    }
    if (!frame->draft->scope) {
        frame->draft->scope = apr_pcalloc(parser->scratch, sizeof(aty_scope));
    }
    return frame->draft->scope;
}

/* Whether a section of this file is open. */
static bool any_open(const aty_parser *parser)
{
    return parser->frames->nelts > parser->file_frames;
}

static void pop(aty_parser *parser)
{
    const aty_frame *frame = aty_frame_top(parser);
    if (frame->section->close) {
        frame->section->close(parser, frame);
    }
    parser->frames->nelts--;
}

static void push(aty_parser *parser, const aty_section_spec *section,
                 const aty_line *line)
{
    bool usable =
        !line->broken && aty_words_check(parser, line, section->name, section->usage, 1,
                                         section->most_words);
    aty_frame *frame = apr_array_push(parser->frames);
    *frame = (aty_frame){.context = section->context,
                         .section = section,
                         .written = section->name,
                         .place = line->name.place};
    if (strcasecmp(line->name.text, section->name) != 0) {
        frame->written = apr_pstrdup(parser->pool, line->name.text);
    }
    section->open(parser, frame, line, usable);
}

static const aty_section_spec *find_section(const char *name)
{
    const aty_section_spec *section;
    for (int i = 0; (section = aty_section_at(i)) != NULL; i++) {
        if (strcasecmp(section->name, name) == 0) {
            return section;
        }
    }
    return NULL;
}

/* What is wrong with a section that is not known. Returns the one that was meant. */
static const aty_section_spec *unknown_section(aty_parser *parser, const aty_word *name)
{
    const aty_section_spec *section;
    aty_nearest nearest = aty_nearest_to(name->text);
    for (int i = 0; (section = aty_section_at(i)) != NULL; i++) {
        aty_nearest_try(&nearest, section->name);
    }
    const char *shown = aty_shown(parser->pool, name->text);
    if (nearest.best) {
        aty_diag_error(parser->diag, &name->place,
                       "unknown section <%s>; did you mean <%s>?", shown, nearest.best);
        return find_section(nearest.best);
    }
    aty_diag_error(parser->diag, &name->place, "unknown section <%s>", shown);
    aty_diag_note(parser->diag, NULL,
                  "a policy has <VirtualHost>, <TLS> and <Location>; leave out what else "
                  "httpd's configuration has");
    return NULL;
}

/* The frame of this file nearest to the top whose section it is; -1: none. */
static int open_frame(const aty_parser *parser, const aty_section_spec *section)
{
    for (int i = parser->frames->nelts - 1; i >= parser->file_frames; i--) {
        if (APR_ARRAY_IDX(parser->frames, i, aty_frame).section == section) {
            return i;
        }
    }
    return -1;
}

/* Closes, unasked, what a section that cannot stand here shows to be forgotten open. */
static void make_room(aty_parser *parser, const aty_section_spec *section)
{
    int keep = open_frame(parser, section);
    if (section->context == ATY_IN_VHOST) {
        keep = parser->file_frames;
    }
    while (keep >= 0 && parser->frames->nelts > keep && any_open(parser)) {
        pop(parser);
        parser->implied++;
    }
}

static void misplaced_error(aty_parser *parser, const aty_section_spec *section,
                            const aty_place *place)
{
    const aty_frame *around = aty_frame_top(parser);
    if (!around->section) {
        aty_diag_error(parser->diag, place, "<%s> belongs in <VirtualHost>",
                       section->name);
        return;
    }
    const char *outer = around->section->name;
    aty_diag_error(parser->diag, place,
                   "<%s> cannot stand in <%s>; is a </%s> missing before it?",
                   section->name, outer, outer);
    aty_diag_note(parser->diag, &around->place, "<%s> begins here", outer);
}

void aty_section_open(aty_parser *parser, const aty_line *line)
{
    if (parser->ignored > 0) {
        parser->ignored++;
        return;
    }
    const aty_section_spec *section = find_section(line->name.text);
    if (!section && !(line->broken && *line->name.text == '\0')) {
        section = unknown_section(parser, &line->name);
    }
    if (!section) {
        parser->ignored = 1;
        return;
    }
    if (section->parent != aty_frame_top(parser)->context) {
        misplaced_error(parser, section, &line->name.place);
        make_room(parser, section);
    }
    push(parser, section, line);
}

static void not_open_error(aty_parser *parser, const aty_word *name)
{
    const char *shown = aty_shown(parser->pool, name->text);
    const aty_frame *top = aty_frame_top(parser);
    aty_diag_error(parser->diag, &name->place,
                   "</%s> closes nothing: no section is open%s", shown,
                   top->section ? " in this file" : "");
    if (top->section) {
        aty_diag_note(parser->diag, &top->place,
                      "<%s> begins here, and must end in the same file",
                      top->section->name);
    }
}

static bool closes(const aty_frame *frame, const char *name)
{
    return strcasecmp(frame->section->name, name) == 0 ||
           strcasecmp(frame->written, name) == 0;
}

/* A closing tag of another section than the innermost: either the tags between are
 * missing, or it is misspelt. */
static void mismatch(aty_parser *parser, const aty_word *name)
{
    const aty_frame *top = aty_frame_top(parser);
    aty_diag_error(parser->diag, &name->place, "expected </%s>, found </%s>",
                   top->section->name, aty_shown(parser->pool, name->text));
    aty_diag_note(parser->diag, &top->place, "<%s> begins here", top->section->name);
    const aty_section_spec *section = find_section(name->text);
    int keep = section ? open_frame(parser, section) : -1;
    if (keep < 0) {
        keep = parser->frames->nelts - 1;
    }
    while (parser->frames->nelts > keep) {
        pop(parser);
    }
}

void aty_section_close(aty_parser *parser, const aty_line *line)
{
    if (parser->ignored > 0) {
        parser->ignored--;
        return;
    }
    if (line->word_count > 0) {
        aty_diag_error(parser->diag, &line->words[0].place,
                       "a closing tag has nothing but its name");
    }
    if (any_open(parser) && closes(aty_frame_top(parser), line->name.text)) {
        pop(parser);
    }
    else if (any_open(parser)) {
        mismatch(parser, &line->name);
    }
    else if (parser->implied > 0) {
        parser->implied--;
    }
    else {
        not_open_error(parser, &line->name);
    }
}

void aty_sections_end(aty_parser *parser)
{
    parser->ignored = 0;
    while (any_open(parser)) {
        const aty_frame *frame = aty_frame_top(parser);
        aty_diag_error(parser->diag, &frame->place,
                       "this <%s> is never closed; </%s> is missing",
                       frame->section->name, frame->section->name);
        pop(parser);
    }
}
