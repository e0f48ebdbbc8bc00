/* main.c: which command runs. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "authorityc/commands.h"
#include "authorityc/nearest.h"
#include "authorityc/version.h"

typedef struct {
    const char *name;
    int (*run)(apr_pool_t *pool, int argc, const char *const *argv);
    const char *summary;
} command;

static const command commands[] = {
    {"compile", aty_command_compile, "compile a policy to the table of mod_authority"},
    {"check", aty_command_check, "say what is wrong or noteworthy in a policy"},
    {"explain", aty_command_explain, "say whether and why two names share a connection"},
    {"diff", aty_command_diff, "say what changes for clients between two policies"},
    {"plan", aty_command_plan, "say how to end the 421s that ORIGIN cannot prevent"},
    {"import", aty_command_import, "print the policy of an httpd"},
    {"probe", aty_command_probe, "ask a live server, and hold it against the policy"},
    {"report", aty_command_report, "draw a site as a page to look at"},
    {"dump", aty_command_dump, "print all that a table holds"},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int show_help(void)
{
    puts("usage: authorityc COMMAND ...\n"
         "\n"
         "Compiles a policy of httpd's vhosts, which says what names may share a\n"
         "connection, and answers questions about it.\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    puts("\n"
         "  --help     this; with a command, how to use it\n"
         "  --version  the version\n"
         "\n"
         "exit status: 0 fine; 1 the answer is no; 2 usage, or a file that cannot be "
         "used");
    return ATY_EXIT_FINE;
}

static int usage_error(void)
{
    fputs("usage: authorityc COMMAND ...; 'authorityc --help' lists the commands\n",
          stderr);
    return ATY_EXIT_TROUBLE;
}

static int unknown_command(const char *name)
{
    aty_nearest nearest = aty_nearest_to(name);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        aty_nearest_try(&nearest, commands[i].name);
    }
    fprintf(stderr, "authorityc: error: unknown %s '%.80s'",
            *name == '-' ? "option" : "command", name);
    if (nearest.best) {
        fprintf(stderr, "; did you mean '%s'?", nearest.best);
    }
    fputc('\n', stderr);
    return usage_error();
}

static int run(apr_pool_t *pool, int argc, const char *const *argv)
{
    if (argc < 2) {
        return usage_error();
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return show_help();
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("authorityc " ATY_VERSION);
        return ATY_EXIT_FINE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(pool, argc - 1, argv + 1);
        }
    }
    return unknown_command(argv[1]);
}

static int out_of_memory(int status)
{
    (void)status;
    fputs("authorityc: error: out of memory\n", stderr);
    _Exit(ATY_EXIT_TROUBLE);
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    if (apr_initialize() != APR_SUCCESS ||
        apr_pool_create_ex(&pool, NULL, out_of_memory, NULL) != APR_SUCCESS) {
        return out_of_memory(APR_ENOMEM);
    }
    /* Too large a file is an error of write(2), with a message, and not the end. */
    signal(SIGXFSZ, SIG_IGN);
    int code = run(pool, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "authorityc: error: cannot write the answer: %s\n",
                strerror(errno));
        code = ATY_EXIT_TROUBLE;
    }
    apr_pool_destroy(pool); /* and what OpenSSL keeps for it */
    return code;
}
