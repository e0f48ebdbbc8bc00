/* plan_leaf.h: of the certificates of vhosts what their names do not say: whose they are,
 * what key they have, and when they are valid. Each file is read once.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_LEAF_H
#define ATY_AUTHORITYC_PLAN_PLAN_LEAF_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>

/* Of the first certificate in a file, which is the one that mod_ssl shows. */
typedef struct {
    int key;                       /* EVP_PKEY_RSA, EVP_PKEY_EC, …; 0: not known */
    int bits;                      /* of the key; 0: not known, or not asked for */
    const char *issuer;            /* equal for equal ones; NULL: signed by itself */
    int64_t not_before, not_after; /* seconds since 1970 */
} aty_plan_leaf;

typedef struct aty_plan_leaves aty_plan_leaves;

/* Remembers what it read as long as the pool lives. `with_bits` asks for the lengths of
 * keys, which takes several times as long. */
aty_plan_leaves *aty_plan_leaves_make(apr_pool_t *pool, bool with_bits);

/* Never NULL: of what cannot be read nothing is known. `path` is absolute. */
const aty_plan_leaf *aty_plan_leaf_read(aty_plan_leaves *leaves, const char *path);

/* Whether a client that takes one certificate takes the other, and no sooner finds it
 * expired: the same kind of key, the same issuer, valid at `now`, and no earlier end but
 * for a day. One that is signed by itself is like no other. */
bool aty_plan_leaf_replaces(const aty_plan_leaf *giver, const aty_plan_leaf *taker,
                            int64_t now);

#endif
