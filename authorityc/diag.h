/* diag.h: errors, warnings and notes about a policy, collected and then shown together.
 *
 * Shown as gcc shows them: `file:line:column: error: text  [check]`, the source line, a
 * caret; notes follow the message they belong to; "in file included from" goes before.
 * At most 50 messages are shown, errors before warnings, then the number of those left
 * out. A message that a file brings again, because it is included twice, is kept once.
 */
#ifndef ATY_AUTHORITYC_DIAG_H
#define ATY_AUTHORITYC_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <apr_pools.h>

#include "authorityc/checks.h"

typedef struct aty_source aty_source; /* source.h */

/* A place in a source. */
typedef struct {
    const aty_source *source;
    uint32_t line;    /* from 1 */
    uint32_t column;  /* in bytes, from 1 */
    uint32_t length;  /* bytes marked, at least 1 */
    const char *from; /* of an imported line: "FILE:LINE" of httpd's configuration, as
                         the comment '# from FILE:LINE' above it says; or NULL */
} aty_place;

typedef struct aty_diag aty_diag;

/* A collector in the pool, with every check as it is by default. */
aty_diag *aty_diag_create(apr_pool_t *pool);

/* What becomes of what a check finds from now on. */
void aty_diag_set_severity(aty_diag *diag, aty_check check, aty_severity severity);

/* An error. `place` may be NULL for what has no place. Text: lower case, no full stop. */
void aty_diag_error(aty_diag *diag, const aty_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What a named check found: an error, a warning or nothing, as the check is set. Returns
 * whether it is kept, so that notes about it can be left out too. */
bool aty_diag_check(aty_diag *diag, aty_check check, const aty_place *place,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A note about the message before it: a second place, or, with a NULL place, the way out.
 */
void aty_diag_note(aty_diag *diag, const aty_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A word of the user's for a message: cut where it is very long. */
const char *aty_shown(apr_pool_t *pool, const char *word);

/* The errors so far. */
uint32_t aty_diag_errors(const aty_diag *diag);
uint32_t aty_diag_warnings(const aty_diag *diag);

/* Whether the policy itself is wrong: an error that is more than a warning made louder.
 */
bool aty_diag_is_faulty(const aty_diag *diag);

/* Which of two places comes first in the order of the policy, where an included file
 * stands at its Include: below, equal to or above 0. Without a source comes first. */
int aty_place_compare(const aty_place *a, const aty_place *b);

/* Shows them, by source and place, in the order of the policy. */
void aty_diag_print(const aty_diag *diag, FILE *stream, bool colour);

/* Shows them on the standard error, in colour where that is a terminal that has it
 * (TERM, and https://no-color.org). */
void aty_diag_report(const aty_diag *diag);

/* The same without the warnings of the policy at the path: says how many there are. */
void aty_diag_report_errors(const aty_diag *diag, const char *path);

#endif
