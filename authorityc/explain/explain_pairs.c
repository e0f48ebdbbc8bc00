/* `authorityc explain --pairs`: many questions, a line each. */
#include "authorityc/explain/explain.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/commands.h"
#include "authorityc/table_json.h"

#define BLANKS " \t\r\n"

static void line_print(const aty_question *question)
{
    bool refused = question->verdict.outcome == ATY_MISDIRECTED;

    printf("%s %s %s %s %s\n", question->connection_name, question->authority,
           aty_outcome_name(question->verdict.outcome),
           refused ? aty_reason_name(question->verdict.reason) : "-",
           aty_mod_ssl_answer_name(question->mod_ssl));
}

static void object_print(const aty_table *table, const aty_question *question)
{
    json_t *answer = aty_explain_json(table, question);

    aty_json_print(answer, JSON_COMPACT);
}

/* Answers one line; NULL, or what is wrong with it. Empty lines are no questions. */
static const char *line_answer(const aty_table *table,
                               const aty_question_options *options, char *line, bool json)
{
    char *rest = NULL;
    const char *connection = strtok_r(line, BLANKS, &rest);
    const char *authority = strtok_r(NULL, BLANKS, &rest);
    aty_question question;
    const char *fault;

    if (!connection) {
        return NULL;
    }
    if (!authority || strtok_r(NULL, BLANKS, &rest)) {
        return "expected two words, 'CONNECTION AUTHORITY'";
    }
    fault = aty_question_answer(table, options, connection, authority, &question);
    if (fault) {
        return fault;
    }
    if (json) {
        object_print(table, &question);
    }
    else {
        line_print(&question);
    }
    return NULL;
}

int aty_explain_pairs(const aty_table *table, const aty_question_options *options,
                      FILE *input, const char *input_name, bool json)
{
    char *line = NULL;
    size_t room = 0;
    unsigned long number = 0;
    int code = ATY_EXIT_FINE;

    while (getline(&line, &room, input) >= 0) {
        const char *fault = line_answer(table, options, line, json);
        number++;
        if (fault) {
            fprintf(stderr, "%s:%lu: error: %s\n", input_name, number, fault);
            code = ATY_EXIT_TROUBLE;
        }
    }
    if (ferror(input)) {
        fprintf(stderr, "authorityc: cannot read '%s'\n", input_name);
        code = ATY_EXIT_TROUBLE;
    }
    free(line);
    return code;
}
