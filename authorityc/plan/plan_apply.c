#include "authorityc/plan/plan_apply.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <apr_strings.h>

#include "authorityc/commands.h"
#include "authorityc/file_write.h"
#include "authorityc/plan/plan_cost.h"
#include "authorityc/plan/plan_stand_in.h"
#include "authorityc/policy_print.h"
#include "authorityc/table_json.h"

/* One remedy on top of the other. Returns the last state, or NULL where one cannot be. */
static const aty_remedy *chain_make(apr_pool_t *pool, const aty_plan_order *order,
                                    aty_plan *plan)
{
    const aty_remedy *last = NULL;

    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        aty_remedy *remedy = &plan->remedies[kind];
        if (!order->chosen[kind]) {
            continue;
        }
        aty_plan_remedy_make(
            pool, (aty_remedy_kind)kind, last ? last->policy : order->policy,
            last ? &last->compiled : order->compiled, last ? last->after : plan->attempts,
            order->traffic, order->options, remedy);
        if (remedy->fault) {
            fprintf(stderr, "authorityc: error: %s cannot be: %s\n",
                    aty_remedy_name(remedy->kind), remedy->fault);
            return NULL;
        }
        last = remedy;
    }
    return last;
}

static const char *full_path(apr_pool_t *pool, const aty_plan_options *options,
                             const char *path)
{
    return *path == '/' ? path
                        : apr_pstrcat(pool, options->directory, "/", path, (char *)NULL);
}

/* Whether all stand-ins may be written: what an administrator put there stays. */
static bool stand_ins_may(apr_pool_t *pool, const aty_plan_options *options,
                          const apr_array_header_t *certificates)
{
    bool fine = true;

    for (int i = 0; i < certificates->nelts; i++) {
        const aty_plan_certificate *certificate =
            &APR_ARRAY_IDX(certificates, i, const aty_plan_certificate);
        const char *path = full_path(pool, options, certificate->path);
        if (aty_stand_in_look(pool, path, certificate->names) == ATY_STAND_IN_FOREIGN) {
            fprintf(stderr,
                    "authorityc: error: '%s' is there, and is neither a stand-in nor a "
                    "certificate with the planned names; move it away, or write the "
                    "policy under another name\n",
                    path);
            fine = false;
        }
    }
    return fine;
}

static const char *stand_in_write(apr_pool_t *pool, aty_stand_ins *stand_ins,
                                  const aty_plan_options *options,
                                  const aty_plan_certificate *certificate)
{
    const char *path = full_path(pool, options, certificate->path);
    const char *pem;
    const char *problem;

    if (aty_stand_in_look(pool, path, certificate->names) == ATY_STAND_IN_SAME) {
        return NULL;
    }
    pem = aty_stand_in_pem(stand_ins, pool, certificate->names);
    problem = pem ? aty_file_replace(pool, path, pem, strlen(pem))
                  : "OpenSSL cannot make a certificate with these names";
    return problem ? apr_psprintf(pool, "cannot write '%s': %s", path, problem) : NULL;
}

static aty_stand_ins *(*const stand_in_makers[ATY_KEY_COUNT])(apr_pool_t *) = {
    [ATY_KEY_ECDSA] = aty_stand_ins_make,
    [ATY_KEY_RSA] = aty_stand_ins_make_rsa,
};

static const char *stand_ins_write(apr_pool_t *pool, const aty_plan_options *options,
                                   const apr_array_header_t *certificates)
{
    aty_stand_ins *made[ATY_KEY_COUNT] = {NULL};
    const char *problem = NULL;

    if (certificates->nelts > 0 && mkdir(options->certificates, 0755) != 0 &&
        errno != EEXIST) {
        return apr_psprintf(pool, "cannot make the directory '%s': %s",
                            options->certificates, strerror(errno));
    }
    for (int i = 0; !problem && i < certificates->nelts; i++) {
        const aty_plan_certificate *certificate =
            &APR_ARRAY_IDX(certificates, i, aty_plan_certificate);
        aty_stand_ins **stand_ins = &made[certificate->key];
        if (!*stand_ins) {
            *stand_ins = stand_in_makers[certificate->key](pool);
        }
        problem = *stand_ins ? stand_in_write(pool, *stand_ins, options, certificate)
                             : "OpenSSL cannot make a key";
    }
    return problem;
}

static void head_print(const aty_plan_order *order, const aty_plan *plan, FILE *stream)
{
    const char *names = "";
    apr_pool_t *pool = plan->policy->pool;

    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        if (order->chosen[kind]) {
            names = apr_pstrcat(pool, names, *names ? ", " : "",
                                aty_remedy_name((aty_remedy_kind)kind), (char *)NULL);
        }
    }
    fprintf(
        stream,
        "# A policy as it would be, by 'authorityc plan --apply': %s. Lines under a\n"
        "# 'from' are those of that place and the lines after it; 'was' is what stood "
        "there.\n",
        names);
}

/* The text, in malloc'd memory; NULL where there is not enough. */
static char *policy_text(apr_pool_t *pool, const aty_plan_order *order,
                         const aty_plan *plan, const aty_policy *policy, size_t *size)
{
    aty_policy_print_options options = {order->options->directory, order->policy};
    char *text = NULL;
    FILE *stream = open_memstream(&text, size);

    if (!stream) {
        return NULL;
    }
    head_print(order, plan, stream);
    aty_policy_print(pool, policy, &options, stream);
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static const char *policy_write(apr_pool_t *pool, const aty_plan_order *order,
                                const aty_plan *plan, const aty_policy *policy)
{
    size_t size;
    char *text = policy_text(pool, order, plan, policy, &size);
    const char *problem =
        text ? aty_output_write(pool, order->output, text, size) : "out of memory";

    free(text);
    return problem ? apr_psprintf(pool, "cannot write '%s': %s", order->output, problem)
                   : NULL;
}

static void summary_print(const aty_plan_order *order, const aty_plan *plan,
                          const aty_remedy *last, FILE *stream)
{
    const apr_array_header_t *certificates =
        plan->remedies[ATY_REMEDY_CERTIFICATES].certificates;

    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        const aty_remedy *remedy = &plan->remedies[kind];
        if (order->chosen[kind]) {
            fprintf(stream,
                    "%s: %d vhost%s changed, %" PRIu64 " of %" PRIu64 " pairs end\n",
                    aty_remedy_name(remedy->kind), remedy->changes->nelts,
                    remedy->changes->nelts == 1 ? "" : "s",
                    remedy->before->pairs > remedy->after->pairs
                        ? remedy->before->pairs - remedy->after->pairs
                        : 0,
                    remedy->before->pairs);
        }
    }
    if (certificates && certificates->nelts > 0) {
        fprintf(stream, "stand-ins for %s: %s\n",
                aty_plan_counted(plan->policy->pool, (uint64_t)certificates->nelts,
                                 "certificate"),
                order->options->certificates);
    }
    fprintf(stream, "%s: %" PRIu64 " of %" PRIu64 " pairs still end in 421\n",
            order->output, last->after->pairs, plan->attempts->pairs);
}

static const char *write_all(apr_pool_t *pool, const aty_plan_order *order,
                             const aty_plan *plan, const aty_remedy *last)
{
    const apr_array_header_t *certificates =
        plan->remedies[ATY_REMEDY_CERTIFICATES].certificates;
    const char *problem = NULL;

    if (certificates) {
        problem = stand_ins_write(pool, order->options, certificates);
    }
    return problem ? problem : policy_write(pool, order, plan, last->policy);
}

int aty_plan_apply(apr_pool_t *pool, const aty_plan_order *order)
{
    aty_plan *plan = apr_pcalloc(pool, sizeof *plan);
    FILE *stream = strcmp(order->output, "-") == 0 ? stderr : stdout;
    const apr_array_header_t *certificates;
    const aty_remedy *last;
    const char *problem;

    plan->policy = order->policy;
    plan->compiled = *order->compiled;
    plan->traffic = order->traffic;
    plan->attempts = aty_attempts_find(pool, &order->compiled->table);
    last = chain_make(pool, order, plan);
    if (!last) {
        return ATY_EXIT_NO;
    }
    certificates = plan->remedies[ATY_REMEDY_CERTIFICATES].certificates;
    if (certificates && !stand_ins_may(pool, order->options, certificates)) {
        return ATY_EXIT_TROUBLE;
    }
    problem = write_all(pool, order, plan, last);
    if (problem) {
        fprintf(stderr, "authorityc: error: %s\n", problem);
        return ATY_EXIT_TROUBLE;
    }
    if (order->json) {
        aty_json_print(aty_plan_json(plan), JSON_INDENT(2));
    }
    else {
        summary_print(order, plan, last, stream);
    }
    return last->after->pairs == 0 ? ATY_EXIT_FINE : ATY_EXIT_NO;
}
