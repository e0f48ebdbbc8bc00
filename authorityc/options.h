/* options.h: the options of a command, read by getopt_long(3): they may stand anywhere
 * among the arguments, `--` ends them, and `-` is an argument.
 */
#ifndef ATY_AUTHORITYC_OPTIONS_H
#define ATY_AUTHORITYC_OPTIONS_H

#include <stdbool.h>

#include "authorityc/warning_options.h"

/* An option; one of `flag` and `value` says where it goes. */
typedef struct {
    const char *name; /* long; NULL ends a list */
    char letter;      /* short, or NUL */
    bool *flag;
    const char **value;
} aty_option;

typedef struct {
    const char *usage; /* lines that end in a line end */
    const char *help;
    const aty_option *options; /* `--help` is understood without being listed */
} aty_command_line;

#define ATY_OPTIONS_READ (-1)

/* Reads the options, and shows the help where it is asked for. Returns ATY_OPTIONS_READ
 * with the arguments that are left, or the exit code of a command that has nothing more
 * to do. */
int aty_options_read(const aty_command_line *line, int argc, const char *const *argv,
                     const char *const **arguments, int *argument_count);

/* The same, for a command that takes -W as well, which may stand several times. */
int aty_options_read_warnings(const aty_command_line *line, aty_warning_options *warnings,
                              int argc, const char *const *argv,
                              const char *const **arguments, int *argument_count);

/* Shows the usage on standard error; returns the exit code for it. */
int aty_options_wrong(const aty_command_line *line);

#endif
