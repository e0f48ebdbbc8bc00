/* Names against the rows of test/unit/names.cases, or of the file given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/names.h"
#include "core/table.h"
#include "test/unit/tap.h"
#include "test/unit/tiny_table.h"

#define LINE_MAX_BYTES 1024
#define ROWS_MIN       60
#define ANSWER_MAX     (ATY_NAME_MAX + 1)

typedef struct {
    const char *what;
    const char *pattern;
    const char *host;
    const char *expected;
} case_row;

/* Writes what the code under test says into `answer`. */
typedef void question(const case_row *row, char answer[ANSWER_MAX]);

static void say(char answer[ANSWER_MAX], bool yes)
{
    strcpy(answer, yes ? "yes" : "no");
}

static void ask_host(const case_row *row, char answer[ANSWER_MAX])
{
    if (aty_host_of_authority(answer, row->host, strlen(row->host)) == 0) {
        strcpy(answer, "-");
    }
}

static void ask_pattern(const case_row *row, char answer[ANSWER_MAX])
{
    say(answer, aty_name_is_pattern(row->pattern));
}

static void ask_matches(const case_row *row, char answer[ANSWER_MAX])
{
    say(answer, aty_name_matches(row->host, strlen(row->host), row->pattern));
}

static void ask_covers(const case_row *row, char answer[ANSWER_MAX])
{
    say(answer, aty_name_covers(row->pattern, row->host, strlen(row->host)));
}

static void ask_address(const case_row *row, char answer[ANSWER_MAX])
{
    say(answer, aty_name_is_address(row->host, strlen(row->host)));
}

static void vhost_number(const case_row *row, const char *name, size_t length,
                         char answer[ANSWER_MAX])
{
    static uint8_t blob[TINY_TABLE_MAX];
    size_t size = tiny_table_write(blob, row->pattern);
    aty_table table;
    aty_table_status status = aty_table_open(&table, blob, size, tiny_table_digest);
    uint32_t vhost;

    if (status != ATY_TABLE_OK) {
        strcpy(answer, aty_table_status_text(status));
        return;
    }
    vhost = aty_vhost_named(&table, 0, name, length);
    if (vhost == ATY_NONE) {
        strcpy(answer, "-");
    }
    else {
        snprintf(answer, ANSWER_MAX, "%u", vhost + 1);
    }
}

static void ask_vhost_of_host(const case_row *row, char answer[ANSWER_MAX])
{
    char host[ATY_NAME_MAX + 1];
    size_t length = aty_host_of_authority(host, row->host, strlen(row->host));

    vhost_number(row, host, length, answer);
}

static void ask_vhost_of_sni(const case_row *row, char answer[ANSWER_MAX])
{
    char name[LINE_MAX_BYTES];
    size_t length = strlen(row->host);

    for (size_t i = 0; i <= length; i++) {
        char c = row->host[i];
        name[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    vhost_number(row, name, length, answer);
}

static const struct {
    const char *what;
    question *ask;
} questions[] = {
    {"host", ask_host},        {"pattern", ask_pattern}, {"matches", ask_matches},
    {"covers", ask_covers},    {"address", ask_address}, {"Host", ask_vhost_of_host},
    {"SNI", ask_vhost_of_sni},
};

static question *question_of(const char *what)
{
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        if (strcmp(questions[i].what, what) == 0) {
            return questions[i].ask;
        }
    }
    return NULL;
}

/* Cuts the next column off the line, without the space around it. */
static char *column_cut(char **line)
{
    char *start = *line + strspn(*line, " ");
    char *end = start + strcspn(start, "|\n");

    *line = *end == '|' ? end + 1 : end;
    *end = '\0';
    while (end > start && end[-1] == ' ') {
        *--end = '\0';
    }
    return start;
}

static void row_check(char *line, int number)
{
    case_row row;
    char answer[ANSWER_MAX];
    question *ask;

    row.what = column_cut(&line);
    row.pattern = column_cut(&line);
    row.host = column_cut(&line);
    row.expected = column_cut(&line);
    ask = question_of(row.what);
    if (!tap_ok(ask && row.expected[0] != '\0' && *line == '\0',
                "line %d is a row of four columns", number)) {
        return;
    }
    ask(&row, answer);
    tap_is_str(answer, row.expected, "line %d: %s [%s] [%s]", number, row.what,
               row.pattern, row.host);
}

/* No line of a file can say it. */
static void check_nul(void)
{
    static const char authority[] = "a.test\0.b.test";
    char host[ATY_NAME_MAX + 1];

    tap_ok(aty_host_of_authority(host, authority, sizeof authority - 1) == 0,
           "a host with a NUL is none");
    tap_ok(aty_host_of_authority(host, authority, 6) == 6,
           "it may stand behind the host");
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "test/unit/names.cases";
    FILE *file = fopen(path, "r");
    char line[LINE_MAX_BYTES];
    int rows = 0;

    if (!tap_ok(file != NULL, "%s can be read", path)) {
        return tap_done();
    }
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        if (line[0] != '#' && line[0] != '\n') {
            row_check(line, number);
            rows++;
        }
    }
    fclose(file);
    check_nul();
    tap_ok(rows >= ROWS_MIN, "there are at least %d rows", ROWS_MIN);
    return tap_done();
}
