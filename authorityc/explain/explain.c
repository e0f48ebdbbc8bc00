/* `authorityc explain`. */
#include "authorityc/explain/explain.h"

#include <errno.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/commands.h"
#include "authorityc/explain/explain_site.h"
#include "authorityc/nearest.h"
#include "authorityc/options.h"
#include "authorityc/table_input.h"
#include "authorityc/table_json.h"

static const char usage[] =
    "usage: authorityc explain [--address ADDR:PORT] [--http1] [--json]\n"
    "                          POLICY|TABLE CONNECTION AUTHORITY\n"
    "       authorityc explain [--address ADDR:PORT] [--http1] [--json]\n"
    "                          --pairs FILE|- POLICY|TABLE\n"
    "       authorityc explain [--address ADDR:PORT] [--http1] [--json]\n"
    "                          --all NAME POLICY|TABLE\n"
    "       authorityc explain [--json] --groups POLICY|TABLE\n";

static const char help[] =
    "\n"
    "Says whether a request for AUTHORITY may be answered on a connection that was\n"
    "opened for CONNECTION, and if not, why, and what can be done.\n"
    "\n"
    "  CONNECTION           the name sent in the TLS handshake (SNI); '-' for none\n"
    "  AUTHORITY            the host of the request\n"
    "  --address ADDR:PORT  the local address of the connection; else the first one\n"
    "                       declared that has CONNECTION\n"
    "  --http1              an HTTP/1.1 connection; else HTTP/2\n"
    "  --pairs FILE         a line 'CONNECTION AUTHORITY' in, a line 'CONNECTION\n"
    "                       AUTHORITY VERDICT REASON|- MOD_SSL' out; '-' reads\n"
    "                       standard input\n"
    "  --all NAME           everyone NAME can and cannot share with, by reason\n"
    "  --groups             the groups, and what keeps each from the largest\n"
    "  --json               JSON; with --pairs an object a line\n"
    "  --help               this\n"
    "\n"
    "exit status: 0 same or shared, or all was answered; 1 misdirected, or errors in\n"
    "the policy; 2 usage, or a file that cannot be read\n";

typedef struct {
    const char *address;
    const char *pairs;
    const char *all;
    bool groups;
    bool http1;
    bool json;
} explain_options;

static int pairs_answer(const aty_table *table, const aty_question_options *asked,
                        const explain_options *options)
{
    FILE *input;
    int code;

    if (strcmp(options->pairs, "-") == 0) {
        return aty_explain_pairs(table, asked, stdin, "standard input", options->json);
    }
    input = fopen(options->pairs, "r");
    if (!input) {
        fprintf(stderr, "authorityc: cannot read '%s': %s\n", options->pairs,
                strerror(errno));
        return ATY_EXIT_TROUBLE;
    }
    code = aty_explain_pairs(table, asked, input, options->pairs, options->json);
    fclose(input);
    return code;
}

/* The name that was probably meant, as the end of a message. */
static const char *meant(apr_pool_t *pool, const aty_table *table, const char *name)
{
    aty_nearest nearest = aty_nearest_to(name);

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_NAMES]; i++) {
        aty_nearest_try(&nearest, aty_table_string(table, table->names[i].name));
    }
    return nearest.best
               ? apr_pstrcat(pool, "; did you mean '", nearest.best, "'?", (char *)NULL)
               : "";
}

/* A question about a connection of nobody's is a slip. About an authority of nobody's
 * there is an answer, but it may be a slip as well. */
static bool names_known(apr_pool_t *pool, const aty_table *table,
                        const aty_question *question)
{
    if (!question->connection_named) {
        fprintf(
            stderr,
            "authorityc: no vhost has the name '%s'%s\n"
            "authorityc: note: a client that sends it in its handshake is answered by "
            "the default vhost, '%s'\n",
            question->connection_name, meant(pool, table, question->connection_name),
            aty_vhost_server_name(table, question->pair.connection));
        return false;
    }
    if (!question->authority_named) {
        const char *hint = meant(pool, table, question->host);
        if (*hint) {
            fprintf(stderr, "authorityc: note: no vhost has the name '%s'%s\n",
                    question->host, hint);
        }
    }
    return true;
}

static int pair_answer(apr_pool_t *pool, const aty_table *table,
                       const aty_question_options *asked, const explain_options *options,
                       const char *const *names)
{
    aty_question question;
    const char *fault = aty_question_answer(table, asked, names[0], names[1], &question);

    if (fault) {
        fprintf(stderr, "authorityc: %s: '%s' '%s'\n", fault, names[0], names[1]);
        return ATY_EXIT_TROUBLE;
    }
    if (!names_known(pool, table, &question)) {
        return ATY_EXIT_TROUBLE;
    }
    if (options->json) {
        json_t *answer = aty_explain_json(table, &question);
        aty_json_print(answer, JSON_INDENT(2));
    }
    else {
        aty_explain_text(table, &question, stdout);
    }
    return question.verdict.outcome == ATY_MISDIRECTED ? ATY_EXIT_NO : ATY_EXIT_FINE;
}

static int all_answer(apr_pool_t *pool, const aty_table *table,
                      const aty_question_options *asked, const explain_options *options)
{
    const char *fault = aty_explain_all(pool, table, asked, options->all, options->json);

    if (fault) {
        fprintf(stderr, "authorityc: %s: '%s'\n", fault, options->all);
        return ATY_EXIT_TROUBLE;
    }
    return ATY_EXIT_FINE;
}

/* The arguments that are wanted, or -1 for options that exclude each other. */
static int arguments_wanted(const explain_options *given)
{
    int modes = (given->pairs != NULL) + (given->all != NULL) + given->groups;

    return modes > 1 ? -1 : modes == 1 ? 1 : 3;
}

static int explain(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    const explain_options *options = given;
    aty_table table;
    aty_question_options asked = {ATY_NONE, options->http1};
    int code;

    if (arguments->count != arguments_wanted(options)) {
        return ATY_ARGUMENTS_WRONG;
    }
    code = aty_table_input(pool, arguments->words[0], &table);
    if (code != ATY_EXIT_FINE) {
        return code;
    }
    if (options->address) {
        asked.address_set = aty_question_address_set(&table, options->address);
        if (asked.address_set == ATY_NONE) {
            fprintf(stderr,
                    "authorityc: no vhost is declared for the address '%s' "
                    "(written as 192.0.2.1:443, [2001:db8::1]:443 or *:443)\n",
                    options->address);
            return ATY_EXIT_TROUBLE;
        }
    }
    if (options->groups) {
        aty_explain_groups(pool, &table, options->json);
        return ATY_EXIT_FINE;
    }
    if (options->all) {
        return all_answer(pool, &table, &asked, options);
    }
    return options->pairs
               ? pairs_answer(&table, &asked, options)
               : pair_answer(pool, &table, &asked, options, arguments->words + 1);
}

int aty_command_explain(apr_pool_t *pool, int argc, const char *const *argv)
{
    explain_options given = {0};
    const aty_option options[] = {
        {"address", 0, NULL, &given.address},
        {"pairs", 0, NULL, &given.pairs},
        {"all", 0, NULL, &given.all},
        {"groups", 0, &given.groups, NULL},
        {"http1", 0, &given.http1, NULL},
        {"json", 0, &given.json, NULL},
        {NULL, 0, NULL, NULL},
    };
    const aty_command_line line = {usage, help, options, NULL, explain, &given};

    return aty_command_run(&line, pool, argc, argv);
}
