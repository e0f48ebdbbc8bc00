/* warning_options.h: which named checks speak, and how loud: -W as compilers have it.
 *
 *     -WNAME, -Wno-NAME                ask for a check, silence it
 *     -Werror, -Wno-error              all warnings are errors, or not
 *     -Werror=NAME, -Wno-error=NAME    what one check finds is an error, or a warning
 *
 * The last word about a check holds. A word about one check goes before a word about all,
 * whichever comes first, as with gcc; so does what is an error by default.
 */
#ifndef ATY_AUTHORITYC_WARNING_OPTIONS_H
#define ATY_AUTHORITYC_WARNING_OPTIONS_H

#include <stdbool.h>

#include "authorityc/diag.h"

typedef enum {
    ATY_UNSAID,
    ATY_SAID_NO,
    ATY_SAID_YES
} aty_said;

/* What was said; all zero where nothing was. */
typedef struct {
    bool all_errors;
    struct {
        aty_said asked;
        aty_said error;
    } of[ATY_CHECK_COUNT];
} aty_warning_options;

/* Takes what stands after -W. False for a name that no check has, which is then on
 * standard error. */
bool aty_warning_option_take(aty_warning_options *options, const char *word);

/* What they come to for a check. */
aty_severity aty_warning_severity(const aty_warning_options *options, aty_check check);

/* A collector in the pool that follows them. */
aty_diag *aty_diag_create_with(apr_pool_t *pool, const aty_warning_options *options);

/* A collector in the pool that takes nothing for an error that a check finds: for what
 * only looks at a policy, as httpd would. */
aty_diag *aty_diag_create_lenient(apr_pool_t *pool);

/* The check of a name, or ATY_CHECK_COUNT and a line on standard error with the nearest.
 */
aty_check aty_check_named(const char *name);

#endif
