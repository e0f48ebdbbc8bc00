/* samples.h: names that stand for all that a pattern stands for.
 */
#ifndef ATY_AUTHORITYC_SAMPLES_H
#define ATY_AUTHORITYC_SAMPLES_H

#include <stdbool.h>

#include <apr_pools.h>

#include "core/table.h"

#define ATY_SAMPLE_LABEL "any-name"

/* Whether a name of the table, of a vhost or a certificate, begins with the label: a
 * sample with it could be somebody. */
bool aty_sample_label_is_taken(const aty_table *table, const char *label);

/* The pattern with `star` for each `*`, and a letter for each `?`. */
const char *aty_sample_of(apr_pool_t *pool, const char *pattern, const char *star);

#endif
