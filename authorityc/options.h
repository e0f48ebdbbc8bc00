/* options.h: from the words of a command line to an exit code. Options are read by
 * getopt_long(3): they may stand anywhere among the arguments, `--` ends them, and `-` is
 * an argument.
 */
#ifndef ATY_AUTHORITYC_OPTIONS_H
#define ATY_AUTHORITYC_OPTIONS_H

#include <stdbool.h>

#include <apr_pools.h>

#include "authorityc/warning_options.h"

/* In place of a letter: none, and the option may stand several times; its values are
 * joined by commas. */
#define ATY_OPTION_SEVERAL 1

/* An option; one of `flag` and `value` says where it goes. */
typedef struct {
    const char *name; /* long; NULL ends a list */
    char letter;      /* short, NUL, or ATY_OPTION_SEVERAL */
    bool *flag;
    const char **value;
} aty_option;

/* What is left when the options are read. */
typedef struct {
    const char *const *words;
    int count;
} aty_arguments;

/* What a command's `run` returns where the arguments are not such. */
#define ATY_ARGUMENTS_WRONG (-1)

typedef struct {
    const char *usage; /* lines that end in a line end */
    const char *help;
    const aty_option *options;     /* `--help` is understood without being listed */
    aty_warning_options *warnings; /* of -W, which may stand several times; NULL: no -W */
    /* Does the work; `given` is what the options were read into. Returns an exit code of
     * commands.h, or ATY_ARGUMENTS_WRONG. */
    int (*run)(apr_pool_t *pool, void *given, const aty_arguments *arguments);
    void *given;
} aty_command_line;

/* Reads the options and runs the command. Shows the help where it is asked for, and the
 * usage where the words are wrong. Returns the exit code. */
int aty_command_run(const aty_command_line *line, apr_pool_t *pool, int argc,
                    const char *const *argv);

#endif
