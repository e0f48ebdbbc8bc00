/* random_policy.h: random policies, from a seed and nothing else, and their tables.
 *
 * Few names, many ways to overlap: patterns, vhosts on several address sets, certificates
 * that cover more or less, and every directive that keeps vhosts apart.
 */
#ifndef ATY_TEST_UNIT_RANDOM_POLICY_H
#define ATY_TEST_UNIT_RANDOM_POLICY_H

#include <apr_pools.h>

#include "authorityc/compile.h"

typedef struct random_site random_site;

/* Makes certificates, and files of CAs that are removed with the pool. */
random_site *random_site_make(apr_pool_t *pool);

/* The policy of a seed, with so many vhosts at most, and its table. NULL where the
 * compiler refuses it, which is then told in a comment of the test. */
aty_policy *random_policy_compile(const random_site *site, apr_pool_t *pool,
                                  uint32_t seed, uint32_t vhosts, aty_compiled *compiled);

/* The same of a text, which names certificates by random_certificate_add, and its own. */
aty_policy *random_policy_compile_text(const random_site *site, apr_pool_t *pool,
                                       const char *text, aty_compiled *compiled);

/* Adds a certificate with these names (const char *) under a path, both the caller's. */
void random_certificate_add(random_site *site, const char *path,
                            const apr_array_header_t *list);

/* Compiles a policy as it is; its messages are told where it cannot be. */
bool random_policy_recompile(apr_pool_t *pool, const aty_policy *policy,
                             aty_compiled *compiled);

/* A number below, the same sequence on every machine after the same seed. */
void random_seed(uint32_t seed);
uint32_t random_below(uint32_t below);

#endif
