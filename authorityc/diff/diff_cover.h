/* diff_cover.h: whose certificates cover a name: the one thing that verdicts of vhosts of
 * one class can differ in. A cover is a class of cover_classes.h.
 */
#ifndef ATY_AUTHORITYC_DIFF_COVER_H
#define ATY_AUTHORITYC_DIFF_COVER_H

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/table.h"

typedef struct aty_diff_cover aty_diff_cover;

aty_diff_cover *aty_diff_cover_make(apr_pool_t *pool, const aty_table *table);

/* The cover of a vhost. */
uint32_t aty_diff_cover_of(const aty_diff_cover *cover, uint32_t vhost);

/* The number of the list of all covers that cover the name (lower case). */
uint32_t aty_diff_covering(aty_diff_cover *cover, const char *name);

/* The covers (uint32_t, ascending) in list `number`. */
const apr_array_header_t *aty_diff_cover_list(const aty_diff_cover *cover,
                                              uint32_t number);

#endif
