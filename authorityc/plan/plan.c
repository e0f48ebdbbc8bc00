#include "authorityc/plan/plan.h"

#include <apr_strings.h>

#include "authorityc/digest.h"
#include "authorityc/plan/plan_change.h"
#include "authorityc/plan/plan_cost.h"
#include "authorityc/plan/plan_why.h"
#include "authorityc/progress.h"
#include "authorityc/warning_options.h"

#define LONG_WORK 10000 /* vhosts from which on a terminal is told what goes on */

typedef void remedy_function(apr_pool_t *pool, const aty_plan_site *site,
                             aty_remedy *remedy);

static const struct {
    const char *name;
    remedy_function *apply;
    const char *what; /* for a terminal */
} remedies[ATY_REMEDY_COUNT] = {
    [ATY_REMEDY_UNIFY] = {"unify", aty_plan_unify, "unifying directives"},
    [ATY_REMEDY_HTTP1] = {"http1", aty_plan_http1, "looking at <Location>s"},
    [ATY_REMEDY_CERTIFICATES] = {"certificates", aty_plan_certificates,
                                 "planning certificates"},
    [ATY_REMEDY_ADDRESSES] = {"addresses", aty_plan_addresses, "planning addresses"},
};

const char *aty_remedy_name(aty_remedy_kind kind)
{
    return remedies[kind].name;
}

bool aty_plan_compile(apr_pool_t *pool, const aty_policy *policy, aty_diag *diag,
                      aty_compiled *compiled)
{
    apr_pool_t *scratch;
    aty_compiled made;
    bool fine;

    apr_pool_create(&scratch, pool);
    fine = aty_compile(scratch, policy, diag, &made);
    if (fine) {
        compiled->size = made.size;
        compiled->blob = apr_pmemdup(pool, made.blob, made.size);
        fine = aty_table_open(&compiled->table, compiled->blob, compiled->size,
                              aty_digest_sha256) == ATY_TABLE_OK;
    }
    apr_pool_destroy(scratch);
    return fine;
}

void aty_plan_prove(apr_pool_t *pool, aty_remedy *remedy)
{
    aty_diag *diag;

    if (remedy->after || remedy->fault) {
        return;
    }
    diag = aty_diag_create_lenient(pool);
    if (!aty_plan_compile(pool, remedy->policy, diag, &remedy->compiled)) {
        aty_diag_report_errors(diag, "the changed policy");
        remedy->fault = "the changed policy does not compile; please report this";
        return;
    }
    remedy->after = aty_attempts_find(pool, &remedy->compiled.table);
}

static uint64_t requests_of(const aty_traffic *traffic, const aty_table *table)
{
    return traffic ? aty_traffic_attempts(traffic, table) : 0;
}

/* A remedy that ends nothing is none: certificates where every one of them has a wildcard
 * that others need. What HTTP/1.1 ends is more than attempts. */
static bool is_vain(const aty_remedy *remedy)
{
    return remedy->resets == 0 && remedy->after->pairs >= remedy->before->pairs;
}

/* Nothing changes by a remedy that cannot be, or has nothing to do. */
static void leave(apr_pool_t *pool, aty_remedy *remedy, const aty_policy *policy,
                  const aty_compiled *compiled)
{
    remedy->policy = policy;
    remedy->compiled = *compiled;
    remedy->after = remedy->before;
    remedy->changes = apr_array_make(pool, 1, sizeof(aty_plan_change));
    if (remedy->certificates) {
        apr_array_clear(remedy->certificates);
    }
    if (remedy->addresses) {
        apr_array_clear(remedy->addresses);
    }
}

void aty_plan_remedy_make(apr_pool_t *pool, aty_remedy_kind kind,
                          const aty_policy *policy, const aty_compiled *compiled,
                          const aty_attempts *attempts, const aty_traffic *traffic,
                          const aty_plan_options *options, aty_remedy *remedy)
{
    const aty_plan_site site = {policy, &compiled->table, attempts, options};

    if (policy->vhosts->nelts >= LONG_WORK) {
        aty_progress_phase(remedies[kind].what);
    }
    *remedy = (aty_remedy){.kind = kind, .before = attempts};
    remedy->requests_before = requests_of(traffic, &compiled->table);
    remedies[kind].apply(pool, &site, remedy);
    if (!remedy->fault && !apr_is_empty_array(remedy->changes)) {
        aty_plan_prove(pool, remedy);
    }
    if (remedy->fault || !remedy->after || is_vain(remedy)) {
        leave(pool, remedy, policy, compiled);
    }
    remedy->requests_after = requests_of(traffic, &remedy->compiled.table);
    remedy->cost = aty_plan_cost(pool, &site, remedy);
    aty_plan_obstacles_find(pool, remedy);
    aty_progress_end();
}

aty_plan *aty_plan_make(apr_pool_t *pool, const aty_policy *policy,
                        const aty_compiled *compiled, const aty_traffic *traffic,
                        const aty_plan_options *options)
{
    aty_plan *plan = apr_pcalloc(pool, sizeof *plan);
    const aty_remedy *unify = &plan->remedies[ATY_REMEDY_UNIFY];

    plan->policy = policy;
    plan->compiled = *compiled;
    plan->traffic = traffic;
    plan->attempts = aty_attempts_find(pool, &compiled->table);
    aty_plan_remedy_make(pool, ATY_REMEDY_UNIFY, policy, compiled, plan->attempts,
                         traffic, options, &plan->remedies[ATY_REMEDY_UNIFY]);
    for (int kind = ATY_REMEDY_HTTP1; kind < ATY_REMEDY_COUNT; kind++) {
        aty_plan_remedy_make(pool, (aty_remedy_kind)kind, unify->policy, &unify->compiled,
                             unify->after, traffic, options, &plan->remedies[kind]);
    }
    return plan;
}
