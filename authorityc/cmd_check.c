/* cmd_check.c: `authorityc check`. */
#include <stdio.h>

#include "authorityc/commands.h"
#include "authorityc/compile.h"
#include "authorityc/options.h"
#include "authorityc/policy_report.h"

static const char usage[] = "usage: authorityc check [--quiet] POLICY\n";

static const char help[] =
    "\n"
    "Says what is wrong or noteworthy in a policy, on the standard error, and writes\n"
    "nothing else. Certificate files are read; private keys never are.\n"
    "\n"
    "  POLICY       '-' reads the standard input\n"
    "  -q, --quiet  no summary\n"
    "  --help       this\n"
    "\n"
    "exit status: 0 no errors; 1 errors in the policy; 2 usage, or a file that cannot\n"
    "be read\n";

static int check(apr_pool_t *pool, const char *path, bool quiet)
{
    aty_diag *diag = aty_diag_create(pool);
    const aty_policy *policy = aty_policy_read(pool, path, diag);
    const void *blob;
    size_t size;
    bool fine = policy && aty_compile(pool, policy, diag, &blob, &size);
    aty_diag_report(diag);
    if (!policy) {
        return ATY_EXIT_TROUBLE;
    }
    if (!quiet) {
        aty_policy_summary(fine ? stdout : stderr, path, policy, diag);
    }
    return fine ? ATY_EXIT_FINE : ATY_EXIT_NO;
}

int aty_command_check(apr_pool_t *pool, int argc, const char *const *argv)
{
    bool quiet = false;
    const aty_option options[] = {{"quiet", 'q', &quiet, NULL}, {NULL, 0, NULL, NULL}};
    const aty_command_line line = {usage, help, options};
    const char *const *arguments;
    int count;
    int code = aty_options_read(&line, argc, argv, &arguments, &count);

    if (code != ATY_OPTIONS_READ) {
        return code;
    }
    return count == 1 ? check(pool, arguments[0], quiet) : aty_options_wrong(&line);
}
