/* import_lines.h: a policy that is being written, line by line.
 *
 * Lines are kept apart until the end, so that one can still become a comment. Each is
 * valid text: what cannot be written in a policy is refused or shown otherwise.
 */
#ifndef ATY_AUTHORITYC_IMPORT_LINES_H
#define ATY_AUTHORITYC_IMPORT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

/* A place in httpd's configuration, as httpd names it. */
typedef struct {
    const char *file; /* or the text of a macro; "-" is unknown */
    uint32_t line;
} aty_import_place;

typedef struct {
    const char *text; /* without indent and line end; NULL: left out */
    const char *name; /* of the directive; NULL: a comment, a tag, or nothing */
    aty_import_place place;
    uint32_t vhost; /* it stands in, counted from 1; 0: the top level */
    uint32_t indent;
} aty_import_line;

typedef struct {
    apr_pool_t *pool;
    apr_array_header_t *lines; /* aty_import_line */
    uint32_t vhost;            /* that is open, counted from 1; 0: none */
    uint32_t vhosts;           /* so far */
    uint32_t indent;
    aty_import_place last;    /* of the last line with a place */
    uint32_t warnings;        /* so far, with those that were not shown */
    apr_array_header_t *lost; /* const char *: directives of the top level that could not
                                 be written */
    int isolate; /* the line of the open vhost that can become `Isolate on` */
} aty_import_lines;

aty_import_lines *aty_import_lines_create(apr_pool_t *pool);

/* "file:line", and of a macro where it was used. */
const char *aty_import_place_text(apr_pool_t *pool, const aty_import_place *place);

/* A text of a stranger, fit for a terminal and for a comment: with a '?' for each byte
 * that is no UTF-8 or part of a control character, and without a `\` at its end. */
char *aty_import_harmless(apr_pool_t *pool, const char *text);

/* An empty line. */
void aty_import_gap(aty_import_lines *lines);

/* A comment. Whatever is in it, it is one line. */
void aty_import_comment(aty_import_lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A comment that what follows comes from there and the lines after it. */
void aty_import_from(aty_import_lines *lines, const aty_import_place *place);

/* What the policy does not express: a comment, and a warning on the standard error. */
void aty_import_warn(aty_import_lines *lines, const aty_import_place *place,
                     const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Says how many warnings were not shown one by one. */
void aty_import_warnings_end(const aty_import_lines *lines);

/* A directive. `place` may be NULL; else a comment names it, unless it is the line after
 * the last place. Words that no policy can hold make it a warning, and
 * who would have the setting shares with nobody. */
void aty_import_directive(aty_import_lines *lines, const aty_import_place *place,
                          const char *name, const char *const *words, int word_count);

/* The same with one word. */
void aty_import_setting(aty_import_lines *lines, const aty_import_place *place,
                        const char *name, const char *word);

/* Opens and closes a section; what follows stands further to the right. */
void aty_import_open(aty_import_lines *lines, const char *name, const char *const *words,
                     int word_count);
void aty_import_close(aty_import_lines *lines, const char *name);

/* Opens and closes <VirtualHost>, with room in it for `Isolate on`. */
void aty_import_open_vhost(aty_import_lines *lines, const char *const *addresses,
                           int count);
void aty_import_close_vhost(aty_import_lines *lines);

/* Makes the open vhost share with nobody. */
void aty_import_isolate(aty_import_lines *lines);

/* The name and the text of the line that does so. */
#define ATY_IMPORT_ISOLATE    "Isolate"
#define ATY_IMPORT_ISOLATE_ON "Isolate on # see the NOTEs"

/* Makes a comment of a directive, with what the compiler says about it, and warns. */
void aty_import_line_refuse(aty_import_lines *lines, aty_import_line *line,
                            const char *message);

/* A word as a policy has it, in quotes where they are needed; NULL where no policy can
 * hold it. */
const char *aty_import_word(apr_pool_t *pool, const char *word);

/* Whether a policy can hold the word. */
bool aty_import_writable(const char *word);

/* The whole text, in malloc'd memory that is the caller's. NULL: out of memory. */
char *aty_import_lines_text(const aty_import_lines *lines, size_t *size);

#endif
