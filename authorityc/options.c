#include "authorityc/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/commands.h"

#define OPTIONS_MAX 32 /* of a command */

/* What getopt_long returns for what is everywhere the same, and for option N of a command
 * without a letter: that plus N. */
#define HELP      'h'
#define WARNING   'W'
#define LONG_ONLY 256

#define READ (-2) /* no exit code, and not ATY_ARGUMENTS_WRONG */

typedef struct {
    struct option options[OPTIONS_MAX + 2];
    char letters[3 * OPTIONS_MAX + 3]; /* and "W:" */
} getopt_lists;

static bool has_letter(const aty_option *option)
{
    return option->letter != '\0' && option->letter != ATY_OPTION_SEVERAL;
}

static int code_of(const aty_option *options, int index)
{
    return has_letter(&options[index]) ? options[index].letter : LONG_ONLY + index;
}

static void lists_fill(getopt_lists *lists, const aty_option *options, bool has_warnings)
{
    char *letter = lists->letters;
    int count = 0;

    for (; count < OPTIONS_MAX && options[count].name; count++) {
        bool has_value = options[count].value != NULL;
        int argument = !has_value            ? no_argument
                       : options[count].flag ? optional_argument
                                             : required_argument;
        lists->options[count] =
            (struct option){options[count].name, argument, NULL, code_of(options, count)};
        if (has_letter(&options[count])) {
            *letter++ = options[count].letter;
            for (int colons = argument; colons > 0; colons--) {
                *letter++ = ':'; /* one: required_argument; two: optional_argument */
            }
        }
    }
    lists->options[count] = (struct option){"help", no_argument, NULL, HELP};
    lists->options[count + 1] = (struct option){NULL, 0, NULL, 0};
    if (has_warnings) {
        *letter++ = WARNING;
        *letter++ = ':';
    }
    *letter = '\0';
}

static void option_take(apr_pool_t *pool, const aty_option *options, int code,
                        const char *value)
{
    int index = 0;

    while (code_of(options, index) != code) {
        index++;
    }
    const aty_option *option = &options[index];
    if (option->letter == ATY_OPTION_SEVERAL && *option->value) {
        value = apr_pstrcat(pool, *option->value, ",", value, (char *)NULL);
    }
    if (option->flag) {
        *option->flag = true;
    }
    if (option->value) {
        *option->value = value;
    }
}

/* Shows the usage; returns the exit code for it. */
static int wrong(const aty_command_line *line)
{
    fputs(line->usage, stderr);
    return ATY_EXIT_TROUBLE;
}

/* Takes what getopt_long found. Returns READ, or an exit code. */
static int found_take(const aty_command_line *line, apr_pool_t *pool, int code)
{
    switch (code) {
    case '?':
        return wrong(line);
    case HELP:
        printf("%s%s", line->usage, line->help);
        return ATY_EXIT_FINE;
    case WARNING:
        return aty_warning_option_take(line->warnings, optarg) ? READ : ATY_EXIT_TROUBLE;
    default:
        option_take(pool, line->options, code, optarg);
        return READ;
    }
}

/* Returns READ with the arguments that are left, or the exit code of a command that has
 * nothing more to do. */
static int options_read(const aty_command_line *line, apr_pool_t *pool, int argc,
                        const char *const *argv, aty_arguments *arguments)
{
    getopt_lists lists;
    char *const *words =
        (char *const *)argv; /* getopt_long permutes, and writes no more */
    int code;

    lists_fill(&lists, line->options, line->warnings != NULL);
    optind = 0;
    while ((code = getopt_long(argc, words, lists.letters, lists.options, NULL)) != -1) {
        code = found_take(line, pool, code);
        if (code != READ) {
            return code;
        }
    }
    arguments->words = argv + optind;
    arguments->count = argc - optind;
    return READ;
}

int aty_command_run(const aty_command_line *line, apr_pool_t *pool, int argc,
                    const char *const *argv)
{
    aty_arguments arguments;
    int code = options_read(line, pool, argc, argv, &arguments);

    if (code == READ) {
        code = line->run(pool, line->given, &arguments);
    }
    return code == ATY_ARGUMENTS_WRONG ? wrong(line) : code;
}
