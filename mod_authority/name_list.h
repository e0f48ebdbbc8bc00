/* name_list.h: names in a message, of which there may be too many for a log.
 */
#ifndef ATY_MOD_AUTHORITY_NAME_LIST_H
#define ATY_MOD_AUTHORITY_NAME_LIST_H

#include <apr_pools.h>

/* Begins with all zeros. */
typedef struct {
    const char *text;
    int count;
} aty_name_list;

void aty_name_list_add(apr_pool_t *pool, aty_name_list *list, const char *name);

/* "'a', 'b' and 3 more"; NULL where there are none. */
const char *aty_name_list_text(apr_pool_t *pool, const aty_name_list *list);

#endif
