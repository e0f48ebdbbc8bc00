/* cmd_check.c: `authorityc check`. */
#include <stdio.h>

#include "authorityc/check_texts.h"
#include "authorityc/commands.h"
#include "authorityc/compile.h"
#include "authorityc/dns_check.h"
#include "authorityc/options.h"
#include "authorityc/policy_report.h"
#include "authorityc/upgrade.h"

static const char usage[] =
    "usage: authorityc check [-W[no-]CHECK] [-W[no-]error[=CHECK]] [--dns] [--quiet]\n"
    "                        POLICY\n"
    "       authorityc check --upgrade [--json] [-W...] POLICY\n"
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
    "  --dns                  ask DNS for the names that may be advertised: do they "
    "lead\n"
    "                         here? (not-here)\n"
    "  --upgrade              say what changes by itself when httpd goes from 2.4.63 or\n"
    "                         older to 2.4.66 or newer, and how to keep it working\n"
    "  --json                 say that as JSON\n"
    "  --explain [CHECK]      what a check means and what to do; without one, the list\n"
    "  --help                 this\n"
    "\n"
    "exit status: 0 no errors; 1 errors in the policy, or an upgrade that breaks\n"
    "something; 2 usage, or a file that cannot be read\n";

typedef struct {
    aty_warning_options warnings;
    bool quiet;
    bool dns;
    bool upgrade;
    bool json;
    bool explains;
} check_options;

static int policy_check(apr_pool_t *pool, const char *path, const check_options *given)
{
    aty_diag *diag = aty_diag_create_with(pool, &given->warnings);
    const aty_policy *policy = aty_policy_read(pool, path, diag);
    aty_compiled compiled;
    bool fine = policy && aty_compile(pool, policy, diag, &compiled);
    if (fine && given->dns) {
        aty_dns_check(policy, diag, aty_resolve);
        fine = aty_diag_errors(diag) == 0;
    }
    aty_diag_report(diag);
    if (!policy) {
        return ATY_EXIT_TROUBLE;
    }
    if (fine && given->upgrade) {
        return aty_upgrade_report(pool, &compiled.table, given->json) > 0 ? ATY_EXIT_NO
                                                                          : ATY_EXIT_FINE;
    }
    if (!given->quiet) {
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

static int check(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    const check_options *options = given;

    if (options->explains && arguments->count < 2) {
        return explain(arguments->count ? arguments->words[0] : NULL);
    }
    if (arguments->count != 1 || (options->json && !options->upgrade)) {
        return ATY_ARGUMENTS_WRONG;
    }
    return policy_check(pool, arguments->words[0], options);
}

int aty_command_check(apr_pool_t *pool, int argc, const char *const *argv)
{
    check_options given = {.quiet = false};
    const aty_option options[] = {
        {"quiet", 'q', &given.quiet, NULL},    {"dns", 0, &given.dns, NULL},
        {"upgrade", 0, &given.upgrade, NULL},  {"json", 0, &given.json, NULL},
        {"explain", 0, &given.explains, NULL}, {NULL, 0, NULL, NULL}};
    const aty_command_line line = {usage, help, options, &given.warnings, check, &given};

    return aty_command_run(&line, pool, argc, argv);
}
