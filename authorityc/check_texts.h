/* check_texts.h: what the named checks mean, for `authorityc check --explain`.
 *
 * authority.policy(5) begins each check's paragraph with the same summary.
 */
#ifndef ATY_AUTHORITYC_CHECK_TEXTS_H
#define ATY_AUTHORITYC_CHECK_TEXTS_H

#include <stdio.h>

#include "authorityc/checks.h"

/* A line for each check. */
void aty_checks_list(FILE *stream);

/* All about a check: what it means, an example, what to do. */
void aty_check_explain(aty_check check, FILE *stream);

#endif
