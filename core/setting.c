#include "core/setting.h"

#include <string.h>

/* Of a line that the table has no place for. */
static const aty_place_record nowhere;

bool aty_setting_next(const aty_table *table, const aty_setting_record *setting,
                      aty_setting_line *line)
{
    const char *start = aty_table_string(table, setting->text);

    if (line->text) {
        if (line->text[line->length] == '\0') {
            return false;
        }
        start = line->text + line->length + 1;
        line->index++;
    }
    if (*start == '\0') {
        return false;
    }
    line->text = start;
    line->length = strcspn(start, "\n");
    line->place = line->index < aty_get(setting->place_count)
                      ? &table->places[aty_get(setting->first_place) + line->index]
                      : &nowhere;
    return true;
}

static bool has_line(const aty_table *table, const aty_setting_record *setting,
                     const aty_setting_line *wanted)
{
    aty_setting_line line = {0};

    while (aty_setting_next(table, setting, &line)) {
        if (line.length == wanted->length &&
            memcmp(line.text, wanted->text, line.length) == 0) {
            return true;
        }
    }
    return false;
}

bool aty_setting_next_unlike(const aty_table *table, const aty_setting_record *setting,
                             const aty_setting_record *other, aty_setting_line *line)
{
    while (aty_setting_next(table, setting, line)) {
        if (!has_line(table, other, line)) {
            return true;
        }
    }
    return false;
}
