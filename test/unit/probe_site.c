#include "test/unit/probe_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/compile.h"
#include "authorityc/plan/plan_stand_in.h"
#include "test/unit/policy_text.h"

static apr_status_t file_remove(void *path)
{
    unlink(path);
    return APR_SUCCESS;
}

const char *probe_site_certificate(apr_pool_t *pool)
{
    char *path = apr_pstrdup(pool, "/tmp/aty-test-XXXXXX");
    apr_array_header_t *names = apr_array_make(pool, 2, sizeof(const char *));
    FILE *file = fdopen(mkstemp(path), "w");

    APR_ARRAY_PUSH(names, const char *) = "a.test";
    APR_ARRAY_PUSH(names, const char *) = "*.a.test";
    if (!file ||
        fputs(aty_stand_in_pem(aty_stand_ins_make(pool), pool, names), file) < 0 ||
        fclose(file) != 0) {
        abort();
    }
    apr_pool_cleanup_register(pool, path, file_remove, apr_pool_cleanup_null);
    return path;
}

aty_probe *probe_site_make(apr_pool_t *pool, const char *policy,
                           aty_probe_options *options)
{
    aty_diag *diag = aty_diag_create(pool);
    aty_compiled *compiled = apr_palloc(pool, sizeof *compiled);
    const aty_policy *read = policy_test_read(pool, policy, diag);

    if (!read || !aty_compile(pool, read, diag, compiled)) {
        aty_diag_print(diag, stderr, false);
        abort();
    }
    *options = (aty_probe_options){
        .targets = apr_array_make(pool, 2, sizeof(aty_probe_target)),
        .port = 443,
        .rate = 100000,
        .milliseconds = 1000,
        .path = "/",
        .vhost_header = "X-Vhost",
        .resolver = aty_resolve,
    };
    return aty_probe_make(pool, options, &compiled->table);
}

const char *probe_site_faults(const aty_probe *probe)
{
    const char *faults = "";

    for (int i = 0; i < probe->findings->nelts; i++) {
        faults = apr_pstrcat(
            probe->pool, faults, i ? " " : "",
            aty_fault_name(APR_ARRAY_IDX(probe->findings, i, aty_probe_finding).fault),
            (char *)NULL);
    }
    return faults;
}
