/* setting.h: the directives behind a setting, one by one.
 *
 * Pure functions over a proven table.
 */
#ifndef ATY_CORE_SETTING_H
#define ATY_CORE_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/table.h"

/* A line of a setting's text. */
typedef struct {
    const char *text; /* "SSLVerifyClient require", not NUL-terminated */
    size_t length;
    const aty_place_record *place;
    uint32_t index; /* from 0 */
} aty_setting_line;

/* Goes to the first line (`line` all zero) or to the next one. False at the end. */
bool aty_setting_next(const aty_table *table, const aty_setting_record *setting,
                      aty_setting_line *line);

/* The same, passing over the lines that `other` has as well: what one has and the other
 * has not. */
bool aty_setting_next_unlike(const aty_table *table, const aty_setting_record *setting,
                             const aty_setting_record *other, aty_setting_line *line);

#endif
