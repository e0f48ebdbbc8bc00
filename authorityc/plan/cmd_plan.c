/* cmd_plan.c: `authorityc plan`. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_file_info.h>
#include <apr_lib.h>
#include <apr_strings.h>

#include "authorityc/commands.h"
#include "authorityc/options.h"
#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_apply.h"
#include "authorityc/source.h"
#include "authorityc/table_json.h"

static const char usage[] =
    "usage: authorityc plan [--unify] [--http1] [--certificates[=FORM]]\n"
    "                       [--addresses[=ADDRESS,...]] [--max-names N] [--log FILE]\n"
    "                       [--apply -o NEW.policy] [--json] POLICY\n";

static const char help[] =
    "\n"
    "Counts what clients that ignore ORIGIN frames try in vain: names that a "
    "certificate\n"
    "makes them ask for on a connection where the answer is 421. Says what can be done\n"
    "about it, the cheapest first, what that costs, and how many of the pairs it ends.\n"
    "\n"
    "  --unify              directives that only differ in how they are written\n"
    "  --http1              Protocols http/1.1 where a <Location> needs a renegotiation\n"
    "  --certificates[=FORM]\n"
    "                       a certificate for each group of vhosts; FORM is policy,\n"
    "                       mdomain (of mod_md), certbot or json\n"
    "  --addresses[=A,...]  addresses for vhosts that must not meet, as few as can be;\n"
    "                       taken from this list, or from those for documentation\n"
    "                       These four show a remedy in full, as lines to copy.\n"
    "  --max-names N        names on a certificate, at most (100)\n"
    "  --log FILE           weigh the pairs by an access log ('-': standard input), in\n"
    "                       the format of mod_authority(8) or vhost_combined\n"
    "  --apply              write the policy as it would be, with the remedies that are\n"
    "                       asked for, or with unify and certificates\n"
    "  -o, --output FILE    where to; stand-ins for new certificates are put beside it,\n"
    "                       into FILE without .policy, with .certificates\n"
    "  --json               JSON, with all there is\n"
    "  --help               this\n"
    "\n"
    "exit status: 0 no pair ends in 421; 1 some do, or errors in the policy;\n"
    "2 usage, or a file that cannot be used\n";

#define MAX_NAMES 100000

typedef struct {
    bool chosen[ATY_REMEDY_COUNT];
    const char *form;
    const char *addresses;
    const char *max_names;
    const char *log;
    bool apply;
    const char *output;
    bool json;
} plan_options;

static bool wrong(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "authorityc: error: %s takes %s, not '%.80s'\n", option, expected,
            value);
    return false;
}

static bool max_names_read(const plan_options *given, aty_plan_options *options)
{
    const char *text = given->max_names ? given->max_names : "100";
    size_t digits = strspn(text, "0123456789");
    unsigned long number = digits > 0 && digits < 7 ? strtoul(text, NULL, 10) : 0;

    if (text[digits] || number < 1 || number > MAX_NAMES) {
        return wrong("--max-names", text, "a number from 1 to 100000");
    }
    options->max_names = (uint32_t)number;
    return true;
}

/* An IPv4 address, or an IPv6 address with or without brackets. */
static const char *address_read(apr_pool_t *pool, const char *word)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    size_t length = strlen(word);

    if (word[0] == '[' && length > 2 && word[length - 1] == ']') {
        word = apr_pstrmemdup(pool, word + 1, length - 2);
        return inet_pton(AF_INET6, word, bytes) == 1 ? word : NULL;
    }
    return inet_pton(AF_INET, word, bytes) == 1 || inet_pton(AF_INET6, word, bytes) == 1
               ? word
               : NULL;
}

static bool addresses_read(apr_pool_t *pool, const plan_options *given,
                           aty_plan_options *options)
{
    apr_array_header_t *list = apr_array_make(pool, 4, sizeof(const char *));
    char *rest = given->addresses ? apr_pstrdup(pool, given->addresses) : NULL;
    char *last = NULL;

    for (char *word = rest ? apr_strtok(rest, ",", &last) : NULL; word;
         word = apr_strtok(NULL, ",", &last)) {
        const char *address = address_read(pool, word);
        if (!address) {
            return wrong("--addresses", word,
                         "IP addresses with commas between them and no ports");
        }
        APR_ARRAY_PUSH(list, const char *) = address;
    }
    if (given->addresses && list->nelts == 0) {
        return wrong("--addresses", given->addresses, "IP addresses");
    }
    options->addresses = list;
    return true;
}

static bool form_read(const plan_options *given, aty_certificate_form *form)
{
    *form = given->form ? aty_certificate_form_named(given->form) : ATY_FORM_POLICY;
    return *form < ATY_FORM_COUNT ||
           wrong("--certificates", given->form, "policy, mdomain, certbot or json");
}

/* Where the changed policy will be, and its certificates beside it. */
static bool places_set(apr_pool_t *pool, const char *path, aty_plan_options *options)
{
    char *absolute;
    const char *name;
    size_t length;

    if (apr_filepath_merge(&absolute, NULL, strcmp(path, "-") == 0 ? "policy" : path, 0,
                           pool) != APR_SUCCESS) {
        fprintf(stderr, "authorityc: error: '%s' is no path\n", path);
        return false;
    }
    name = apr_filepath_name_get(absolute);
    options->directory =
        name - absolute > 1
            ? apr_pstrmemdup(pool, absolute, (size_t)(name - absolute) - 1)
            : "/";
    length = strlen(name);
    if (length > 7 && strcmp(name + length - 7, ".policy") == 0) {
        length -= 7;
    }
    options->certificates =
        apr_psprintf(pool, "%.*s%.*s.certificates", (int)(name - absolute), absolute,
                     (int)length, name);
    return true;
}

/* A table has no directives that could be changed. */
static bool is_table(apr_pool_t *pool, const char *path)
{
    const char *problem;
    const aty_file *file = aty_file_read(pool, path, &problem);
    const size_t magic_size = sizeof ATY_TABLE_MAGIC - 1;

    if (file && file->size >= magic_size &&
        memcmp(file->text, ATY_TABLE_MAGIC, magic_size) == 0) {
        fprintf(stderr,
                "authorityc: error: '%s' is a table; a plan changes directives, so it "
                "needs the policy that the table was compiled from\n",
                path);
        return true;
    }
    return false;
}

static int policy_input(apr_pool_t *pool, const char *path, const aty_policy **policy,
                        aty_compiled *compiled)
{
    aty_diag *diag = aty_diag_create_lenient(pool);
    bool fine;

    if (is_table(pool, path)) {
        return ATY_EXIT_TROUBLE;
    }
    *policy = aty_policy_read(pool, path, diag);
    fine = *policy && aty_plan_compile(pool, *policy, diag, compiled);
    aty_diag_report_errors(diag, path);
    if (!*policy) {
        return ATY_EXIT_TROUBLE;
    }
    return fine ? ATY_EXIT_FINE : ATY_EXIT_NO;
}

static bool log_input(apr_pool_t *pool, const char *path, const aty_table *table,
                      const aty_traffic **traffic)
{
    aty_traffic *read = NULL;
    const char *problem = path ? aty_traffic_read(pool, path, table, &read) : NULL;

    *traffic = read;
    if (problem) {
        fprintf(stderr, "authorityc: error: cannot use log '%s': %s\n", path, problem);
    }
    return !problem;
}

static bool any_chosen(const plan_options *given)
{
    bool any = false;

    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        any |= given->chosen[kind];
    }
    return any;
}

static void chosen_print(const aty_plan *plan, const plan_options *given,
                         aty_certificate_form form)
{
    bool first = true;

    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        const aty_remedy *remedy = &plan->remedies[kind];
        if (!given->chosen[kind]) {
            continue;
        }
        fputs(first ? "" : "\n", stdout);
        first = false;
        if (kind == ATY_REMEDY_CERTIFICATES && !remedy->fault &&
            !apr_is_empty_array(remedy->changes)) {
            aty_plan_certificates_text(plan, remedy, form, stdout);
        }
        else {
            aty_plan_remedy_text(plan, remedy, stdout);
        }
    }
}

static int show(apr_pool_t *pool, const plan_options *given, aty_certificate_form form,
                const aty_plan_site *site, const aty_compiled *compiled,
                const aty_traffic *traffic)
{
    const aty_plan *plan =
        aty_plan_make(pool, site->policy, compiled, traffic, site->options);

    if (given->json) {
        aty_json_print(aty_plan_json(plan), JSON_INDENT(2));
    }
    else if (any_chosen(given)) {
        chosen_print(plan, given, form);
    }
    else {
        aty_plan_text(plan, stdout);
    }
    return plan->attempts->pairs == 0 ? ATY_EXIT_FINE : ATY_EXIT_NO;
}

static bool is_standard(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* Options that do not go together; NULL: all do. */
static const char *misfit_of(const plan_options *given, const char *policy)
{
    if (given->apply && !given->output) {
        return "--apply needs '-o NEW.policy', where the changed policy is written";
    }
    if (given->output && !given->apply) {
        return "-o says where --apply writes, and there is no --apply";
    }
    if (given->json && is_standard(given->output)) {
        return "the changed policy and the JSON cannot both be written to standard "
               "output";
    }
    if (is_standard(given->log) && is_standard(policy)) {
        return "the policy and the log cannot both be read from standard input";
    }
    return NULL;
}

static int plan_run(apr_pool_t *pool, void *context, const aty_arguments *arguments)
{
    plan_options *given = context;
    aty_plan_options options;
    aty_certificate_form form;
    aty_compiled compiled;
    aty_plan_site site = {.options = &options};
    const aty_traffic *traffic;
    const char *misfit;
    int code;

    if (arguments->count != 1) {
        return ATY_ARGUMENTS_WRONG;
    }
    misfit = misfit_of(given, arguments->words[0]);
    if (misfit) {
        fprintf(stderr, "authorityc: error: %s\n", misfit);
        return ATY_EXIT_TROUBLE;
    }
    if (!max_names_read(given, &options) || !addresses_read(pool, given, &options) ||
        !form_read(given, &form) ||
        !places_set(pool, given->output ? given->output : arguments->words[0],
                    &options)) {
        return ATY_EXIT_TROUBLE;
    }
    code = policy_input(pool, arguments->words[0], &site.policy, &compiled);
    if (code != ATY_EXIT_FINE) {
        return code;
    }
    if (!log_input(pool, given->log, &compiled.table, &traffic)) {
        return ATY_EXIT_TROUBLE;
    }
    if (!given->apply) {
        return show(pool, given, form, &site, &compiled, traffic);
    }
    if (!any_chosen(given)) {
        given->chosen[ATY_REMEDY_UNIFY] = given->chosen[ATY_REMEDY_CERTIFICATES] = true;
    }
    return aty_plan_apply(pool, &(aty_plan_order){.policy = site.policy,
                                                  .compiled = &compiled,
                                                  .traffic = traffic,
                                                  .options = &options,
                                                  .chosen = given->chosen,
                                                  .path = arguments->words[0],
                                                  .output = given->output,
                                                  .json = given->json});
}

int aty_command_plan(apr_pool_t *pool, int argc, const char *const *argv)
{
    plan_options given = {.form = NULL};
    bool *chosen = given.chosen;
    const aty_option options[] = {
        {"unify", 0, &chosen[ATY_REMEDY_UNIFY], NULL},
        {"http1", 0, &chosen[ATY_REMEDY_HTTP1], NULL},
        {"certificates", 0, &chosen[ATY_REMEDY_CERTIFICATES], &given.form},
        {"addresses", 0, &chosen[ATY_REMEDY_ADDRESSES], &given.addresses},
        {"max-names", 0, NULL, &given.max_names},
        {"log", 0, NULL, &given.log},
        {"apply", 0, &given.apply, NULL},
        {"output", 'o', NULL, &given.output},
        {"json", 0, &given.json, NULL},
        {NULL, 0, NULL, NULL},
    };
    const aty_command_line line = {usage, help, options, NULL, plan_run, &given};

    return aty_command_run(&line, pool, argc, argv);
}
