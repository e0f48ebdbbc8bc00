/* origin_names.h: of the names that certificates cover on an address set, those of one
 * group, sorted out once for all lists of its vhosts.
 */
#ifndef ATY_AUTHORITYC_ORIGIN_NAMES_H
#define ATY_AUTHORITYC_ORIGIN_NAMES_H

#include <stdbool.h>

#include "authorityc/cover.h"

typedef struct {
    const apr_array_header_t *covered; /* aty_covered_name, of all groups */
    uint32_t group;
    apr_array_header_t *comers; /* uint32_t: advertised names that may come over HTTP/2 to
                                   any vhost of the group, in file order */
    bool has_others;            /* a covered name is another group's */
    uint32_t strangers;         /* vhosts of the group whose covered names may not come */
    uint32_t told_budget;       /* what was over this one is told; 0: nothing is */
} aty_origin_names;

aty_origin_names *aty_origin_names_sort(apr_pool_t *pool, const aty_table *table,
                                        const apr_array_header_t *covered,
                                        uint32_t group);

/* What may come to connections of one vhost of the group, in file order. */
typedef struct {
    const aty_origin_names *names;
    int comer; /* the next of the comers */
    int own,
        own_end;    /* the next covered name of the vhost itself, where it is no comer */
    uint32_t count; /* of all */
    bool protects;  /* a covered name may not come here */
} aty_origin_walk;

aty_origin_walk aty_origin_walk_begin(const aty_origin_names *names,
                                      const aty_table *table, uint32_t vhost);

/* The next name, or ATY_NONE. */
uint32_t aty_origin_walk_next(aty_origin_walk *walk);

#endif
