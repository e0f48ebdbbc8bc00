/* cmd_diff.c: `authorityc diff`. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/commands.h"
#include "authorityc/diff/diff.h"
#include "authorityc/digest.h"
#include "authorityc/options.h"
#include "authorityc/table_input.h"
#include "authorityc/terminal.h"

static const char usage[] = "usage: authorityc diff [--http1] [--json] OLD NEW\n";

static const char help[] =
    "\n"
    "Says what changes for clients from one policy or table to another: which pairs of\n"
    "names become shared or misdirected, or are misdirected for another reason; which\n"
    "vhosts, names and settings came, went or changed; which ORIGIN sets grow or "
    "shrink.\n"
    "What is dangerous comes first. Of each list the first few are shown.\n"
    "\n"
    "  OLD, NEW  a policy or a table each; one may be '-', a policy on standard input\n"
    "  --http1   HTTP/1.1 connections; else HTTP/2\n"
    "  --json    JSON, with all names\n"
    "  --help    this\n"
    "\n"
    "exit status: 0 nothing changes for clients; 1 something does, or errors in a "
    "policy;\n"
    "2 usage, or a file that cannot be used\n";

typedef struct {
    bool http1;
    bool json;
} diff_options;

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Reads a side, and keeps no more of it than the bytes of its table: what compiling takes
 * is free for the next. */
static int side_read(aty_diff *diff, int side, const char *path)
{
    apr_pool_t *scratch;
    aty_table table;
    int code;

    apr_pool_create(&scratch, diff->pool);
    code = aty_table_input(scratch, path, &table);
    diff->sides[side].path = path;
    if (code == ATY_EXIT_FINE) {
        uint32_t size = aty_get(table.header->file_size);
        const void *blob = apr_pmemdup(diff->pool, table.header, size);
        aty_table_status status =
            aty_table_open(&diff->sides[side].table, blob, size, aty_digest_sha256);
        if (status != ATY_TABLE_OK) {
            fprintf(stderr, "authorityc: cannot use '%s': %s\n", path,
                    aty_table_status_text(status));
            code = ATY_EXIT_TROUBLE;
        }
    }
    apr_pool_destroy(scratch);
    return code;
}

/* Both are read, so that all errors are told at once. */
static int sides_read(aty_diff *diff, const char *const *paths)
{
    int code = ATY_EXIT_FINE;

    for (int side = 0; side < ATY_SIDES; side++) {
        int read = side_read(diff, side, paths[side]);
        code = read > code ? read : code;
    }
    return code;
}

static int diff_run(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    const diff_options *options = given;
    aty_diff diff = {.pool = pool, .h2 = !options->http1};
    int code;

    if (arguments->count != ATY_SIDES || (is_standard_input(arguments->words[0]) &&
                                          is_standard_input(arguments->words[1]))) {
        return ATY_ARGUMENTS_WRONG;
    }
    code = sides_read(&diff, arguments->words);
    if (code != ATY_EXIT_FINE) {
        return code;
    }
    aty_diff_make(&diff);
    if (diff.fault) {
        fprintf(stderr, "authorityc: %s\n", diff.fault);
        return ATY_EXIT_TROUBLE;
    }
    if (options->json) {
        aty_diff_json(&diff);
    }
    else {
        aty_diff_text(&diff, aty_terminal_has_colour(STDOUT_FILENO));
    }
    return aty_diff_is_equal(&diff) ? ATY_EXIT_FINE : ATY_EXIT_NO;
}

int aty_command_diff(apr_pool_t *pool, int argc, const char *const *argv)
{
    diff_options given = {false, false};
    const aty_option options[] = {
        {"http1", 0, &given.http1, NULL},
        {"json", 0, &given.json, NULL},
        {NULL, 0, NULL, NULL},
    };
    const aty_command_line line = {usage, help, options, NULL, diff_run, &given};

    return aty_command_run(&line, pool, argc, argv);
}
