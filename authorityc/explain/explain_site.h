/* explain_site.h: answers about a whole site instead of one pair; to standard output. */
#ifndef ATY_AUTHORITYC_EXPLAIN_SITE_H
#define ATY_AUTHORITYC_EXPLAIN_SITE_H

#include <stdbool.h>

#include <apr_pools.h>

#include "authorityc/question.h"

/* The groups of each address, their sizes, and what keeps each from the largest. */
void aty_explain_groups(apr_pool_t *pool, const aty_table *table, bool json);

/* All names of the address set that NAME is on: which of them may come to connections of
 * NAME, and on whose connections NAME may come; by verdict and reason. Returns NULL, or
 * why there is no answer. */
const char *aty_explain_all(apr_pool_t *pool, const aty_table *table,
                            const aty_question_options *options, const char *name,
                            bool json);

#endif
