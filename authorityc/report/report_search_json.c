/* The pieces that the search's data is made of. */
#include "authorityc/report/report_search.h"

#include <inttypes.h>
#include <string.h>

#include <apr_strings.h>

#include "core/utf8.h"

static void character_write(FILE *out, const char *text, size_t length)
{
    if (length == 0) {
        fputs("\\ufffd", out);
    }
    else if (*text == '"' || *text == '\\') {
        fprintf(out, "\\%c", *text);
    }
    else if ((unsigned char)*text < 0x20) {
        fprintf(out, "\\u%04x", (unsigned)(unsigned char)*text);
    }
    else {
        fwrite(text, 1, length, out);
    }
}

void aty_search_string(const aty_search *search, const char *text, size_t length)
{
    fputc('"', search->out);
    for (size_t left = length, step; left > 0; left -= step, text += step) {
        size_t character = aty_utf8_length((const uint8_t *)text, left);
        character_write(search->out, text, character);
        step = character > 0 ? character : 1;
    }
    fputc('"', search->out);
}

void aty_search_member(const aty_search *search, const char *name)
{
    fprintf(search->out, ",\n\"%s\":", name);
}

void aty_search_deltas(const aty_search *search, const uint32_t *values, uint32_t count)
{
    uint32_t last = 0;

    fputc('[', search->out);
    for (uint32_t i = 0; i < count; i++) {
        fprintf(search->out, "%s%" PRId64, i ? "," : "", (int64_t)values[i] - last);
        last = values[i];
    }
    fputc(']', search->out);
}

void aty_search_columns(const aty_search *search, const uint32_t *const *columns,
                        uint32_t column_count, uint32_t count)
{
    for (uint32_t i = 0; i < column_count; i++) {
        fputc(i ? ',' : '[', search->out);
        aty_search_deltas(search, columns[i], count);
    }
    fputc(']', search->out);
}

static uint32_t file_number(aty_search *search, const char *name)
{
    uint32_t number = aty_ids_take(search->files, name, strlen(name));

    if ((int)number == search->file_names->nelts) {
        APR_ARRAY_PUSH(search->file_names, const char *) = name;
    }
    return number;
}

void aty_search_place(aty_search *search, aty_le32 file, aty_le32 line,
                      uint32_t place[ATY_SEARCH_PLACE])
{
    const char *source = aty_table_source(search->table, file, line);
    const char *colon = source ? strrchr(source, ':') : NULL;

    place[0] = file_number(search, aty_table_string(search->table, file));
    place[1] = aty_get(line);
    place[2] = place[3] = 0;
    if (colon) {
        place[2] = 1 + file_number(search, apr_pstrndup(search->pool, source,
                                                        (size_t)(colon - source)));
        place[3] = (uint32_t)apr_atoi64(colon + 1);
    }
}
