/* plan_certificates.h: which names go on which certificate.
 *
 * A certificate is for vhosts of one unit (plan_units.h). It has the names that lead to
 * them, as they are, and of their patterns what their certificates cover today; no name
 * beside a wildcard that covers it, which authorities refuse.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_CERTIFICATES_H
#define ATY_AUTHORITYC_PLAN_PLAN_CERTIFICATES_H

#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_units.h"

/* plan_certificate_names.c: the names that a certificate of the vhost needs (const
 * char *), in the order of the policy. */
apr_array_header_t *aty_plan_wanted_names(apr_pool_t *pool, const aty_table *table,
                                          uint32_t vhost);

/* Whether a name is a wildcard, "*.example.com". */
bool aty_plan_is_wildcard(const char *name);

/* The ".example.com" of www.example.com and *.example.com; NULL where there is none. */
const char *aty_plan_parent(const char *name);

/* Names without doubles and without those that a wildcard among them covers; the first
 * that is no wildcard goes first. */
apr_array_header_t *aty_plan_names_tidy(apr_pool_t *pool,
                                        const apr_array_header_t *names);

/* A certificate in the making. */
typedef struct {
    apr_array_header_t *vhosts; /* uint32_t */
    apr_hash_t *names;          /* const char *, with wildcards */
} aty_plan_bundle;

/* plan_certificate_bundles.c: puts the members of a unit together (aty_plan_bundle), with
 * at most `most` names each. Where one of them has more names by itself there are none,
 * and all are told as obstacles. */
apr_array_header_t *aty_plan_bundles_make(apr_pool_t *pool, const aty_table *table,
                                          const uint32_t *members, uint32_t count,
                                          uint32_t most, apr_array_header_t *obstacles);

#endif
