#include "authorityc/print.h"

#include <string.h>

#include "authorityc/table_words.h"
#include "core/setting.h"

#define COLUMNS 90

/* Bytes of a word that are shown: of a digest enough to tell it from others. */
static size_t shown_length(const char *word, size_t length)
{
    const size_t digest_shown = sizeof "sha256:012345678901" - 1;

    return length > digest_shown && strncmp(word, "sha256:", 7) == 0 ? digest_shown
                                                                     : length;
}

void aty_print_wrapped(const char *label, const char *text, FILE *stream)
{
    size_t column = strlen(label);

    fputs(label, stream);
    for (bool first = true; *text; first = false) {
        size_t word = strcspn(text, " ");
        size_t shown = shown_length(text, word);
        if (!first && column + 1 + shown > COLUMNS) {
            fputs("\n   ", stream);
            column = 3;
        }
        fprintf(stream, "%s%.*s%s", first ? "" : " ", (int)shown, text,
                shown == word           ? ""
                : text[word - 1] == ';' ? "…;"
                : text[word - 1] == ',' ? "…,"
                                        : "…");
        column += shown + !first;
        text += word + (text[word] == ' ');
    }
    fputc('\n', stream);
}

/* Goes on to what one side has and the other has not; to all of it where both have the
 * same, and the difference lies in what it is used for. */
static bool next_shown(const aty_table *table, const aty_setting_record *setting,
                       const aty_setting_record *against, aty_setting_line *line)
{
    return aty_get(setting->text) == aty_get(against->text)
               ? aty_setting_next(table, setting, line)
               : aty_setting_next_unlike(table, setting, against, line);
}

static void side_print(const aty_table *table, uint32_t vhost, uint32_t other,
                       aty_field field, const char *margin, FILE *stream)
{
    const aty_setting_record *setting = aty_vhost_setting(table, vhost, field);
    const aty_setting_record *against = aty_vhost_setting(table, other, field);
    const char *meaning = aty_table_string(table, setting->real);
    aty_setting_line line = {0};
    bool any = false;

    fprintf(stream, "%s%s\n", margin, aty_vhost_server_name(table, vhost));
    while (next_shown(table, setting, against, &line)) {
        fprintf(stream, "%s  %.*s (", margin, (int)line.length, line.text);
        aty_words_place_print(table, line.place->file, line.place->line, stream);
        fputs(")\n", stream);
        any = true;
    }
    if (!any) {
        fprintf(stream, "%s  nothing of the kind\n", margin);
    }
    if (*meaning && aty_get(setting->real) != aty_get(setting->text) &&
        aty_get(setting->real) != aty_get(against->real)) {
        fputs(margin, stream);
        aty_print_wrapped("  that is: ", meaning, stream);
    }
}

void aty_print_sides(const aty_table *table, uint32_t a, uint32_t b, aty_field field,
                     const char *margin, FILE *stream)
{
    side_print(table, a, b, field, margin, stream);
    side_print(table, b, a, field, margin, stream);
}
