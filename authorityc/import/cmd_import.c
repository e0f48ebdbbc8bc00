/* cmd_import.c: `authorityc import`. */
#include <stdio.h>
#include <stdlib.h>

#include <apr_strings.h>

#include "authorityc/commands.h"
#include "authorityc/file_write.h"
#include "authorityc/import/import.h"
#include "authorityc/import/import_httpd.h"
#include "authorityc/options.h"
#include "authorityc/source.h"

static const char usage[] =
    "usage: authorityc import [-f FILE] [--httpd CMD] [--module FILE] [-o POLICY]\n"
    "                         [--quiet] [-- HTTPD-ARGUMENT ...]\n"
    "       authorityc import --dump FILE [-o POLICY] [--quiet]\n";

static const char help[] =
    "\n"
    "Prints the policy of a real httpd. httpd itself is asked, by 'httpd -t', what its\n"
    "configuration comes to; nothing is changed or restarted. Run it as a user who can\n"
    "read what httpd reads.\n"
    "\n"
    "  -f, --file FILE      the configuration file; default: httpd's own\n"
    "  --httpd CMD          the program to ask, by name or path; default: the first\n"
    "                       that is there of apache2ctl, httpd, apache2 and apachectl\n"
    "  --module FILE        mod_authority.so, where the configuration does not load it\n"
    "                       and it is not with the other modules\n"
    "  -o, --output POLICY  write to this file; default: the standard output\n"
    "  -q, --quiet          no summary after -o\n"
    "  --dump FILE          do not ask httpd: read what 'httpd -t -D DUMP_AUTHORITY'\n"
    "                       printed\n"
    "  HTTPD-ARGUMENT       for httpd, as '-D NAME' or '-d DIRECTORY'\n"
    "  --help               this\n"
    "\n"
    "What a policy cannot express is named on the standard error and in comments of the\n"
    "policy that begin with NOTE.\n"
    "\n"
    "exit status: 0 the policy is written; 2 usage, or httpd gives no answer\n";

typedef struct {
    aty_import_request request;
    const char *output;
    const char *dump;
    bool quiet;
} import_options;

static int trouble(const char *what, const char *problem)
{
    fprintf(stderr, "authorityc: error: %s%s\n", what, problem);
    return ATY_EXIT_TROUBLE;
}

static int write_policy(apr_pool_t *pool, const char *path, const char *text, size_t size)
{
    const char *problem = aty_output_write(pool, path, text, size);

    return problem ? trouble(apr_psprintf(pool, "cannot write '%s': ", path), problem)
                   : ATY_EXIT_FINE;
}

static int write_import(apr_pool_t *pool, const aty_import_dump *dump, const char *path,
                        bool quiet)
{
    aty_import_lines *lines = aty_import_policy(pool, dump);
    const char *problem = aty_import_mend(lines);
    aty_import_warnings_end(lines);
    if (problem) {
        return trouble("cannot make a policy of this configuration: ", problem);
    }
    size_t size;
    char *text = aty_import_lines_text(lines, &size);
    if (!text) {
        return trouble("", "out of memory");
    }
    int code = write_policy(pool, path ? path : "-", text, size);
    free(text);
    if (code == ATY_EXIT_FINE && path && !quiet) {
        fprintf(stderr, "%s: %u vhost%s, %u NOTE%s\n", path, lines->vhosts,
                lines->vhosts == 1 ? "" : "s", lines->warnings,
                lines->warnings == 1 ? "" : "s");
    }
    return code;
}

/* The bytes of the dump, from httpd or from a file. */
static const char *get_dump(apr_pool_t *pool, const import_options *given,
                            const char **dump, size_t *size)
{
    if (!given->dump) {
        return aty_import_ask(pool, &given->request, dump, size);
    }
    const char *problem;
    const aty_file *file = aty_file_read(pool, given->dump, &problem);
    if (file) {
        *dump = file->text;
        *size = file->size;
    }
    return file ? NULL : apr_psprintf(pool, "cannot read '%s': %s", given->dump, problem);
}

static int policy_import(apr_pool_t *pool, const import_options *given)
{
    const char *text = "", *problem;
    size_t size = 0;
    problem = get_dump(pool, given, &text, &size);
    if (problem) {
        return trouble("", problem);
    }
    const aty_import_dump *dump = aty_import_read(pool, text, size, &problem);
    if (!dump) {
        return trouble("cannot read the dump of mod_authority: ", problem);
    }
    return write_import(pool, dump, given->output, given->quiet);
}

static int import(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    import_options *options = given;

    /* A configuration without its -f is no argument for httpd. */
    if (arguments->count > 0 && *arguments->words[0] != '-') {
        return ATY_ARGUMENTS_WRONG;
    }
    options->request.arguments = arguments->words;
    options->request.argument_count = arguments->count;
    return policy_import(pool, options);
}

int aty_command_import(apr_pool_t *pool, int argc, const char *const *argv)
{
    import_options given = {.output = NULL};
    const aty_option options[] = {{"file", 'f', NULL, &given.request.file},
                                  {"httpd", '\0', NULL, &given.request.command},
                                  {"module", '\0', NULL, &given.request.module},
                                  {"output", 'o', NULL, &given.output},
                                  {"quiet", 'q', &given.quiet, NULL},
                                  {"dump", '\0', NULL, &given.dump},
                                  {NULL, 0, NULL, NULL}};
    const aty_command_line line = {usage, help, options, NULL, import, &given};

    return aty_command_run(&line, pool, argc, argv);
}
