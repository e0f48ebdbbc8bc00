/* plan_unify.h: vhosts that only their spelling keeps apart, and what mod_ssl takes for
 * spelling: the files of certificates.
 *
 * A kin are the vhosts that attempts join which end for no other reason, with those that
 * are spelt like them: they agree in all that counts. The spelling that most of them have
 * wins.
 */
#ifndef ATY_AUTHORITYC_PLAN_PLAN_UNIFY_H
#define ATY_AUTHORITYC_PLAN_PLAN_UNIFY_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>

#include "authorityc/plan/plan.h"

typedef struct {
    apr_pool_t *pool;
    const aty_plan_site *site;
    uint32_t *kin;      /* by vhost: a number from 1; 0: of none */
    aty_policy *policy; /* that is being changed */
} aty_unifier;

/* plan_kin.c: finds the kins. Returns whether there are any. */
bool aty_unifier_find_kin(aty_unifier *unifier);

/* Whether mod_ssl compares the spelling of the field, on HTTP/2 connections with SNI. */
bool aty_unifier_compares(const aty_unifier *unifier, aty_field field);

/* plan_unify_certificates.c: where a certificate that is there covers all names of a
 * vhost of the same kin and is as good for its clients (plan_leaf.h), gives it to that
 * one. Returns how many vhosts have another one. */
uint32_t aty_unify_certificates(aty_unifier *unifier);

#endif
