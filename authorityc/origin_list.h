/* origin_list.h: the names that one ORIGIN frame says, and what had to be left out. */
#ifndef ATY_AUTHORITYC_ORIGIN_LIST_H
#define ATY_AUTHORITYC_ORIGIN_LIST_H

#include "authorityc/cover.h"
#include "authorityc/model.h"
#include "authorityc/origin_names.h"

typedef struct {
    const uint8_t *payload; /* RFC 8336 §2.1 */
    size_t size;            /* bytes, within the budget */
    uint32_t count;         /* entries */
    uint32_t first_vhost;   /* of the first entry */
    uint32_t left_out;      /* names that the budget has no room for */
    bool lacks_wildcards;   /* names that come here by a wildcard cannot be listed */
    bool protects;          /* a covered name must not come here */
    apr_array_header_t *wild_vhosts; /* uint32_t: those behind lacks_wildcards */
    bool wildcards_warned;
    uint32_t frame; /* for who stores it: ATY_NONE until then */
} aty_origin_list;

/* The list for connections of the vhost on the address set: all covered names of its
 * group that can be served over HTTP/2 there, and its own. `names` are the cover's, of
 * its group. Reports names over the budget. */
aty_origin_list *aty_origin_list_make(aty_model *model, apr_pool_t *pool,
                                      const aty_table *view, uint32_t address_set,
                                      uint32_t vhost, const aty_cover *cover,
                                      aty_origin_names *names, uint32_t budget);

/* Reports, once for a list, that wildcard names are not in it. */
void aty_origin_list_warn(aty_model *model, const aty_table *view, uint32_t vhost,
                          aty_origin_list *list, bool sent);

#endif
