/* plan_sample.h: names that stand for all that a pattern and a certificate have in
 * common.
 */
#ifndef ATY_AUTHORITYC_PLAN_SAMPLE_H
#define ATY_AUTHORITYC_PLAN_SAMPLE_H

#include <stdbool.h>

#include "core/names.h"

/* Finds a name that the pattern matches and that a DNS name of a certificate covers, as
 * aty_name_matches and aty_name_covers have it. Where both leave open what stands there,
 * it has a character that is in no name. False where they have no name in common. */
bool aty_plan_sample(char sample[ATY_NAME_MAX + 1], const char *pattern, const char *san);

#endif
