/* compile.h: from a parsed policy to the bytes of its table. */
#ifndef ATY_AUTHORITYC_COMPILE_H
#define ATY_AUTHORITYC_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include <apr_pools.h>

#include "authorityc/diag.h"
#include "authorityc/policy.h"
#include "core/table.h"

/* A table in memory. */
typedef struct {
    const void *blob;
    size_t size;
    aty_table table; /* the proven view of the blob */
} aty_compiled;

/* Reads the certificates, resolves names and addresses, runs every check and encodes the
 * table. All that is wrong is in `diag`; false where anything was an error (of the
 * policy, too), and then `compiled` is unusable. The bytes live in the pool. */
bool aty_compile(apr_pool_t *pool, const aty_policy *policy, aty_diag *diag,
                 aty_compiled *compiled);

#endif
