/* policy_memory.h: policies that are in no file.
 */
#ifndef ATY_TEST_FUZZ_POLICY_MEMORY_H
#define ATY_TEST_FUZZ_POLICY_MEMORY_H

#include <stddef.h>

#include <apr_pools.h>

#include "authorityc/policy.h"

/* A path under which the bytes can be read, until policy_memory_end; aborts where there
 * is no memory. */
const char *policy_memory_begin(apr_pool_t *pool, const void *bytes, size_t size,
                                int *file);
void policy_memory_end(int file);

/* Reads the text as aty_policy_read does. Never NULL. */
aty_policy *policy_memory_read(apr_pool_t *pool, const char *text, size_t size,
                               aty_diag *diag);

#endif
