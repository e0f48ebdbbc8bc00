/* cmd_compile.c: `authorityc compile`. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/commands.h"
#include "authorityc/compile.h"
#include "authorityc/file_write.h"
#include "authorityc/options.h"
#include "authorityc/policy_report.h"

static const char usage[] =
    "usage: authorityc compile [-W[no-]CHECK] [-W[no-]error[=CHECK]] [--quiet]\n"
    "                          POLICY -o TABLE\n";

static const char help[] =
    "\n"
    "Compiles a policy to the table that mod_authority loads. After any error nothing "
    "is\n"
    "written, and a table that is there already stays as it was.\n"
    "\n"
    "  POLICY              '-' reads the standard input\n"
    "  -o, --output TABLE  where to write the table; '-' writes to the standard output\n"
    "  -q, --quiet         no summary\n"
    "  -WCHECK, -Wno-CHECK, -Werror, -Wno-error, -Werror=CHECK, -Wno-error=CHECK\n"
    "                      what is warned of, as for 'authorityc check'\n"
    "  --help              this\n"
    "\n"
    "exit status: 0 the table is written; 1 errors in the policy; 2 usage, or a file "
    "that\n"
    "cannot be read or written\n";

typedef struct {
    const char *policy;
    const char *table;
    aty_warning_options warnings;
    bool quiet;
} compile_options;

static int write_table(apr_pool_t *pool, const char *path, const void *blob, size_t size)
{
    const char *problem = strcmp(path, "-") == 0 && isatty(STDOUT_FILENO)
                              ? "a table is no text for a terminal"
                              : aty_output_write(pool, path, blob, size);

    if (!problem) {
        return ATY_EXIT_FINE;
    }
    fprintf(stderr, "authorityc: error: cannot write '%s': %s\n", path, problem);
    return ATY_EXIT_TROUBLE;
}

static bool same_file(const char *a, const char *b)
{
    struct stat about_a, about_b;
    return stat(a, &about_a) == 0 && stat(b, &about_b) == 0 &&
           about_a.st_dev == about_b.st_dev && about_a.st_ino == about_b.st_ino;
}

/* "412 KiB", or bytes where it is less than ten of them. */
static const char *size_text(apr_pool_t *pool, size_t size)
{
    if (size < 10 * 1024) {
        return apr_psprintf(pool, "%" APR_SIZE_T_FMT " bytes", size);
    }
    return apr_psprintf(pool, "%" APR_SIZE_T_FMT " KiB", (size + 512) / 1024);
}

static int policy_compile(apr_pool_t *pool, const compile_options *options)
{
    aty_diag *diag = aty_diag_create_with(pool, &options->warnings);
    const aty_policy *policy = aty_policy_read(pool, options->policy, diag);
    aty_compiled compiled;
    bool fine = policy && aty_compile(pool, policy, diag, &compiled);
    aty_diag_report(diag);
    if (!policy) {
        return ATY_EXIT_TROUBLE;
    }
    if (!fine) {
        aty_policy_summary(stderr, options->policy, policy, diag);
        return ATY_EXIT_NO;
    }
    int code = write_table(pool, options->table, compiled.blob, compiled.size);
    if (code == ATY_EXIT_FINE && !options->quiet) {
        fprintf(stderr, "%s: %s, %s\n", options->table, aty_policy_counts(pool, policy),
                size_text(pool, compiled.size));
    }
    return code;
}

static int compile(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    compile_options *options = given;

    if (arguments->count != 1 || !options->table) {
        return ATY_ARGUMENTS_WRONG;
    }
    options->policy = arguments->words[0];
    if (same_file(options->policy, options->table)) {
        fprintf(stderr, "authorityc: error: the table would overwrite the policy '%s'\n",
                options->policy);
        return ATY_EXIT_TROUBLE;
    }
    return policy_compile(pool, options);
}

int aty_command_compile(apr_pool_t *pool, int argc, const char *const *argv)
{
    compile_options given = {0};
    const aty_option options[] = {{"output", 'o', NULL, &given.table},
                                  {"quiet", 'q', &given.quiet, NULL},
                                  {NULL, 0, NULL, NULL}};
    const aty_command_line line = {usage,           help,    options,
                                   &given.warnings, compile, &given};

    return aty_command_run(&line, pool, argc, argv);
}
