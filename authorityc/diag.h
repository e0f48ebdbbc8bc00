/* diag.h: errors, warnings and notes about a policy, collected and then shown together.
 *
 * Shown as gcc shows them: `file:line:column: error: text  [check]`, the source line, a
 * caret; notes follow the message they belong to; "in file included from" goes before.
 * At most 50 messages are shown, then the number of those left out.
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
    uint32_t line;   /* from 1 */
    uint32_t column; /* in bytes, from 1 */
    uint32_t length; /* bytes marked, at least 1 */
} aty_place;

typedef struct aty_diag aty_diag;

/* A collector in the pool. */
aty_diag *aty_diag_create(apr_pool_t *pool);

/* An error. `place` may be NULL for what has no place. Text: lower case, no full stop. */
void aty_diag_error(aty_diag *diag, const aty_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What a named check found: an error, a warning or nothing, as the check is set. Returns
 * whether it is kept, so that notes about it can be left out too. */
bool aty_diag_check(aty_diag *diag, aty_check check, const aty_place *place,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A note about the message before it; a second place, or the way out. */
void aty_diag_note(aty_diag *diag, const aty_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

uint32_t aty_diag_errors(const aty_diag *diag);
uint32_t aty_diag_warnings(const aty_diag *diag);

/* Shows all, by source and place, in the order of the policy. */
void aty_diag_print(const aty_diag *diag, FILE *stream, bool colour);

#endif
