/* cmd_report.c: `authorityc report`. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <apr_strings.h>

#include "authorityc/commands.h"
#include "authorityc/compile.h"
#include "authorityc/digest.h"
#include "authorityc/file_write.h"
#include "authorityc/options.h"
#include "authorityc/policy.h"
#include "authorityc/progress.h"
#include "authorityc/report/report.h"
#include "authorityc/source.h"
#include "authorityc/table_input.h"
#include "authorityc/warning_options.h"

static const char usage[] =
    "usage: authorityc report [--quiet] POLICY|TABLE -o REPORT.html\n";

static const char help[] =
    "\n"
    "Writes a page to look at: the groups as a picture, what clients try and what ends "
    "in\n"
    "421, a search for names, the warnings, and the plan. It is one HTML file, which "
    "loads\n"
    "nothing: it works from a disk and by mail. Made from a table it has no warnings "
    "and\n"
    "no remedies.\n"
    "\n"
    "  POLICY, TABLE      '-' reads a policy from standard input\n"
    "  -o, --output FILE  where to write the page; '-' writes to the standard output\n"
    "  -q, --quiet        no summary\n"
    "  --help             this\n"
    "\n"
    "exit status: 0 the page is written; 1 errors in the policy; 2 usage, or a file "
    "that\n"
    "cannot be read or written\n";

#define CERTIFICATE_NAMES 100 /* at most, in the plan: as of `authorityc plan` */

typedef struct {
    const char *output;
    bool quiet;
} report_options;

static const char *id_of(apr_pool_t *pool, const aty_table *table)
{
    size_t size = aty_get(table->header->file_size);
    uint8_t digest[ATY_DIGEST_SIZE];

    aty_digest_sha256(table->header, size - ATY_DIGEST_SIZE, digest);
    return aty_digest_text(pool, digest) + strlen("sha256:");
}

static bool is_table(const aty_file *file)
{
    size_t size = sizeof ATY_TABLE_MAGIC - 1;

    return file->size >= size && memcmp(file->text, ATY_TABLE_MAGIC, size) == 0;
}

/* What checks find stops no report: of a name that is there twice, httpd takes the first.
 */
static int policy_read(aty_report *report, const char *path, aty_compiled *compiled,
                       const aty_policy **policy)
{
    aty_diag *diag = aty_diag_create_lenient(report->pool);
    bool fine;

    *policy = aty_policy_read(report->pool, path, diag);
    fine = *policy && aty_compile(report->pool, *policy, diag, compiled);
    if (!*policy || !fine) {
        aty_diag_report_errors(diag, path);
        return *policy ? ATY_EXIT_NO : ATY_EXIT_TROUBLE;
    }
    report->diag = diag;
    report->table = &compiled->table;
    return ATY_EXIT_FINE;
}

static int page_write(const aty_report *report, const report_options *options)
{
    size_t size = 0;
    const char *page = aty_report_page(report, &size);
    const char *problem = aty_output_write(report->pool, options->output, page, size);

    aty_progress_end();
    if (problem) {
        fprintf(stderr, "authorityc: error: cannot write '%s': %s\n", options->output,
                problem);
        return ATY_EXIT_TROUBLE;
    }
    if (!options->quiet) {
        fprintf(stderr, "%s: %" APR_SIZE_T_FMT " KiB\n", options->output,
                (size + 512) / 1024);
    }
    return ATY_EXIT_FINE;
}

/* `policy` is NULL for a table. */
static void report_make(aty_report *report, const aty_policy *policy,
                        const aty_compiled *compiled)
{
    report->id = id_of(report->pool, report->table);
    if (policy) {
        const aty_plan_options options = {
            .max_names = CERTIFICATE_NAMES,
            .directory = policy->directory,
            .certificates = apr_pstrcat(report->pool, policy->directory, "/certificates",
                                        (char *)NULL),
        };
        const aty_plan *plan =
            aty_plan_make(report->pool, policy, compiled, NULL, &options);
        report->plan = plan;
        report->attempts = plan->attempts;
    }
    else {
        aty_progress_phase("looking for what ends in 421");
        report->attempts = aty_attempts_find(report->pool, report->table);
    }
    aty_progress_phase("drawing");
    aty_report_gather(report);
}

/* Whether there is a file that is no page: the policy, or what it includes or names. */
static bool overwrites_another(const char *path)
{
    static const char page[] = "<!DOCTYPE html>";
    char begin[sizeof page - 1];
    struct stat about;
    FILE *file;
    size_t size;

    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size == 0) {
        return false;
    }
    file = fopen(path, "rb");
    size = file ? fread(begin, 1, sizeof begin, file) : 0;
    if (file) {
        fclose(file);
    }
    return size != sizeof begin || memcmp(begin, page, sizeof begin) != 0;
}

static int input_read(aty_report *report, const char *path, const report_options *options)
{
    const char *problem = NULL;
    const aty_file *file =
        strcmp(path, "-") == 0 ? NULL : aty_file_read(report->pool, path, &problem);
    const aty_policy *policy = NULL;
    aty_compiled *compiled = apr_palloc(report->pool, sizeof *compiled);
    int code;

    if (problem) {
        fprintf(stderr, "authorityc: cannot read '%s': %s\n", path, problem);
        return ATY_EXIT_TROUBLE;
    }
    if (file && is_table(file)) {
        aty_table *table = apr_palloc(report->pool, sizeof *table);
        report->table = table;
        code = aty_table_input(report->pool, path, table);
    }
    else {
        code = policy_read(report, path, compiled, &policy);
    }
    if (code != ATY_EXIT_FINE) {
        return code;
    }
    report_make(report, policy, compiled);
    return page_write(report, options);
}

static int report_run(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    const report_options *options = given;
    aty_report report = {.pool = pool};
    const char *path;

    if (arguments->count != 1 || !options->output) {
        return ATY_ARGUMENTS_WRONG;
    }
    path = arguments->words[0];
    if (overwrites_another(options->output)) {
        fprintf(stderr,
                "authorityc: error: the report would overwrite '%s', which is no page\n",
                options->output);
        return ATY_EXIT_TROUBLE;
    }
    report.title = strcmp(path, "-") == 0 ? "standard input" : path;
    return input_read(&report, path, options);
}

int aty_command_report(apr_pool_t *pool, int argc, const char *const *argv)
{
    report_options given = {0};
    const aty_option options[] = {{"output", 'o', NULL, &given.output},
                                  {"quiet", 'q', &given.quiet, NULL},
                                  {NULL, 0, NULL, NULL}};
    const aty_command_line line = {usage, help, options, NULL, report_run, &given};

    return aty_command_run(&line, pool, argc, argv);
}
