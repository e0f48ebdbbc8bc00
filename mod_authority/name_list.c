#include "mod_authority/name_list.h"

#include <apr_strings.h>

#define SHOWN 5

void aty_name_list_add(apr_pool_t *pool, aty_name_list *list, const char *name)
{
    if (list->count < SHOWN) {
        list->text = apr_pstrcat(pool, list->count ? list->text : "",
                                 list->count ? ", '" : "'", name, "'", NULL);
    }
    list->count++;
}

const char *aty_name_list_text(apr_pool_t *pool, const aty_name_list *list)
{
    return list->count <= SHOWN
               ? list->text
               : apr_psprintf(pool, "%s and %d more", list->text, list->count - SHOWN);
}
