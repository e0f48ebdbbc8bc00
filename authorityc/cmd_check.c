/* cmd_check.c: `authorityc check`. */
#include <stdio.h>

#include "authorityc/check_texts.h"
#include "authorityc/commands.h"
#include "authorityc/compile.h"
#include "authorityc/options.h"
#include "authorityc/policy_report.h"

static const char usage[] =
    "usage: authorityc check [-W[no-]CHECK] [-W[no-]error[=CHECK]] [--quiet] POLICY\n"
    "       authorityc check --explain [CHECK]\n";

static const char help[] =
    "\n"
    "Says what is wrong or noteworthy in a policy, on the standard error, and writes\n"
    "nothing else. Certificate files are read; private keys never are.\n"
    "\n"
    "  POLICY                 '-' reads the standard input\n"
    "  -q, --quiet            no summary\n"
    "  -WCHECK, -Wno-CHECK    ask for a check, whose name stands in brackets at the end\n"
    "                         of its messages, or silence it\n"
    "  -Werror, -Wno-error    warnings are errors, or not\n"
    "  -Werror=CHECK, -Wno-error=CHECK\n"
    "                         what this check finds is an error, or a warning\n"
    "  --explain [CHECK]      what a check means and what to do; without one, the list\n"
    "  --help                 this\n"
    "\n"
    "exit status: 0 no errors; 1 errors in the policy; 2 usage, or a file that cannot\n"
    "be read\n";

static int check(apr_pool_t *pool, const char *path, const aty_warning_options *warnings,
                 bool quiet)
{
    aty_diag *diag = aty_diag_create_with(pool, warnings);
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

/* `name` is NULL for the list of all. */
static int explain(const char *name)
{
    aty_check found = name ? aty_check_named(name) : ATY_CHECK_COUNT;

    if (found < ATY_CHECK_COUNT) {
        aty_check_explain(found, stdout);
        return ATY_EXIT_FINE;
    }
    aty_checks_list(name ? stderr : stdout);
    return name ? ATY_EXIT_TROUBLE : ATY_EXIT_FINE;
}

int aty_command_check(apr_pool_t *pool, int argc, const char *const *argv)
{
    bool quiet = false, explains = false;
    aty_warning_options warnings = {0};
    const aty_option options[] = {{"quiet", 'q', &quiet, NULL},
                                  {"explain", 0, &explains, NULL},
                                  {NULL, 0, NULL, NULL}};
    const aty_command_line line = {usage, help, options};
    const char *const *arguments;
    int count;
    int code =
        aty_options_read_warnings(&line, &warnings, argc, argv, &arguments, &count);

    if (code != ATY_OPTIONS_READ) {
        return code;
    }
    if (explains && count < 2) {
        return explain(count ? arguments[0] : NULL);
    }
    return count == 1 ? check(pool, arguments[0], &warnings, quiet)
                      : aty_options_wrong(&line);
}
