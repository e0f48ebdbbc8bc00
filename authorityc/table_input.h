/* table_input.h: the table that a command answers from: a table, or a policy compiled
 * now. */
#ifndef ATY_AUTHORITYC_TABLE_INPUT_H
#define ATY_AUTHORITYC_TABLE_INPUT_H

#include <apr_pools.h>

#include "core/table.h"

/* Reads either kind, told apart by the table's magic. Returns an exit code of commands.h;
 * whatever is wrong, and how many warnings there are, is on standard error. What checks
 * find stops no answer: of a name that is there twice, httpd takes the first. */
int aty_table_input(apr_pool_t *pool, const char *path, aty_table *table);

#endif
