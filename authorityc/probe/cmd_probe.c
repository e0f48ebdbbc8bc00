/* cmd_probe.c: `authorityc probe`. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authorityc/commands.h"
#include "authorityc/options.h"
#include "authorityc/probe/probe.h"
#include "authorityc/probe/probe_clean.h"
#include "authorityc/probe/probe_given.h"
#include "authorityc/table_input.h"
#include "authorityc/terminal.h"

static const char usage[] =
    "usage: authorityc probe [OPTION ...] --connect HOST:PORT POLICY|TABLE\n"
    "       authorityc probe [OPTION ...] --dns POLICY|TABLE\n"
    "       authorityc probe [OPTION ...] --names NAME,...\n"
    "                        [--connect HOST:PORT | --port PORT]\n";

static const char help[] =
    "\n"
    "Asks a live server as clients do, over TLS and HTTP/2, and says where it is not\n"
    "what the policy says. With --names it needs no policy and works on any server:\n"
    "which name is answered on whose connection, and what browsers make of it.\n"
    "\n"
    "  --connect HOST:PORT     the server; several with commas between, or several "
    "times\n"
    "  --dns                   where DNS leads for the names of the policy\n"
    "  --names NAME,...        these names, and no policy\n"
    "  --port PORT             their port, without --connect (443)\n"
    "  --each-address          all addresses of a name, held against each other\n"
    "  --server KIND           what pairs are held against: authority, the policy's\n"
    "                          verdicts (default); httpd, what mod_ssl answers by "
    "itself;\n"
    "                          other, nothing\n"
    "  --address ADDR:PORT     the address of the policy that the server stands for\n"
    "  --all-pairs             every name on every connection; else on large sites a\n"
    "                          sample\n"
    "  --http1                 HTTP/1.1 only\n"
    "  --client-cert FILE      a client certificate in PEM, for servers that want one\n"
    "  --key FILE              its key\n"
    "  --ca FILE               the CAs that certificates must lead to\n"
    "  --proxy-protocol        begin connections with a PROXY line\n"
    "  --rate N                at most so many requests and connections a second (50)\n"
    "  --timeout SECONDS       for a connection, and for its answers (10)\n"
    "  --path PATH             what to ask for (/)\n"
    "  --vhost-header NAME     the header that names the virtual host (X-Vhost)\n"
    "  --json                  JSON, with every connection and request\n"
    "  --help                  this\n"
    "\n"
    "exit status: 0 all is as expected; 1 something is not, or errors in the policy;\n"
    "2 usage, a file that cannot be used, or nothing could be asked\n";

static volatile sig_atomic_t stopped;

/* The first signal ends the asking, the second one the program. */
static void stop(int number)
{
    (void)number;
    stopped = 1;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static void signals_catch(void)
{
    struct sigaction action = {.sa_handler = stop};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static const char *asked_find(aty_probe *probe)
{
    const char *fault;

    if (!probe->table) {
        return aty_probe_matrix_plan(probe);
    }
    fault = probe->options->dns ? aty_probe_nodes_resolve(probe)
                                : aty_probe_nodes_find(probe);
    return fault ? fault : aty_probe_plan(probe);
}

static int exit_code(const aty_probe *probe)
{
    if (aty_probe_extent_of(probe).visits_tried == 0) {
        return ATY_EXIT_TROUBLE;
    }
    return probe->findings->nelts > 0 || probe->stopped ? ATY_EXIT_NO : ATY_EXIT_FINE;
}

static int probe_make(apr_pool_t *pool, const aty_probe_options *options,
                      const aty_table *table, const char *input, bool json)
{
    aty_probe *probe = aty_probe_make(pool, options, table);
    const char *fault;

    signals_catch();
    fault = asked_find(probe);
    if (!fault) {
        aty_probe_run(probe);
    }
    if (options->each_address) {
        aty_probe_fleet(probe);
    }
    aty_probe_findings_sort(probe);
    if (json) {
        aty_probe_json(probe, input);
    }
    else if (!fault || probe->findings->nelts > 0) {
        aty_probe_print(probe, input, aty_terminal_has_colour(STDOUT_FILENO));
    }
    if (fault) {
        fprintf(stderr, "authorityc: %s\n", fault);
    }
    return exit_code(probe);
}

/* A file may have any octets in its name. */
static const char *shown_path(apr_pool_t *pool, const char *path)
{
    return aty_probe_clean(pool, path, strlen(path), strlen(path));
}

static int probe_run(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    const aty_probe_given *words = given;
    aty_probe_options options;
    aty_table table;
    const char *fault;
    int code = ATY_EXIT_FINE;

    if (arguments->count != (words->names ? 0 : 1)) {
        return ATY_ARGUMENTS_WRONG;
    }
    fault = aty_probe_given_read(pool, words, &options);
    if (fault) {
        fprintf(stderr, "authorityc: error: %s\n", fault);
        return ATY_EXIT_TROUBLE;
    }
    options.stop = &stopped;
    if (words->names) {
        return probe_make(pool, &options, NULL, NULL, words->json);
    }
    code = aty_table_input(pool, arguments->words[0], &table);
    return code == ATY_EXIT_FINE
               ? probe_make(pool, &options, &table, shown_path(pool, arguments->words[0]),
                            words->json)
               : code;
}

int aty_command_probe(apr_pool_t *pool, int argc, const char *const *argv)
{
    aty_probe_given given = {0};
    const aty_option options[] = {
        {"connect", ATY_OPTION_SEVERAL, NULL, &given.connect},
        {"dns", 0, &given.dns, NULL},
        {"names", 0, NULL, &given.names},
        {"port", 0, NULL, &given.port},
        {"each-address", 0, &given.each_address, NULL},
        {"server", 0, NULL, &given.server},
        {"address", 0, NULL, &given.address},
        {"all-pairs", 0, &given.all_pairs, NULL},
        {"http1", 0, &given.http1, NULL},
        {"client-cert", 0, NULL, &given.certificate},
        {"key", 0, NULL, &given.key},
        {"ca", 0, NULL, &given.ca},
        {"proxy-protocol", 0, &given.proxy_protocol, NULL},
        {"rate", 0, NULL, &given.rate},
        {"timeout", 0, NULL, &given.timeout},
        {"path", 0, NULL, &given.path},
        {"vhost-header", 0, NULL, &given.vhost_header},
        {"json", 0, &given.json, NULL},
        {NULL, 0, NULL, NULL},
    };
    const aty_command_line line = {usage, help, options, NULL, probe_run, &given};

    return aty_command_run(&line, pool, argc, argv);
}
