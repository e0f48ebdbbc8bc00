#include "authorityc/table_strings.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "authorityc/digest.h"
#include "core/utf8.h"
#include "core/search.h"

/* Cleans one string; says whether that changed it. */
static bool string_clean(uint8_t *text, size_t length, bool has_lines)
{
    bool changed = false;

    for (size_t i = 0; i < length;) {
        size_t size = aty_utf8_character(text + i, length - i);
        if (size == 0 && !(has_lines && text[i] == '\n')) {
            text[i] = '?';
            changed = true;
        }
        i += size ? size : 1;
    }
    return changed;
}

/* Where the strings with several lines begin, ascending: in malloc'd memory. */
static uint32_t *lines_find(const aty_table *table, size_t *count)
{
    uint32_t settings = table->counts[ATY_SECTION_SETTINGS];
    uint32_t *offsets = malloc((2 * (size_t)settings + 1) * sizeof *offsets);

    *count = 0;
    for (uint32_t i = 0; offsets && i < settings; i++) {
        offsets[(*count)++] = aty_get(table->settings[i].text);
        offsets[(*count)++] = aty_get(table->settings[i].real);
    }
    if (offsets) {
        qsort(offsets, *count, sizeof *offsets, aty_number_compare);
    }
    return offsets;
}

static bool strings_clean(const aty_table *table, uint8_t *strings)
{
    uint32_t size = table->counts[ATY_SECTION_STRINGS];
    bool changed = false;
    size_t count;
    uint32_t *lines = lines_find(table, &count);

    for (uint32_t at = 0; at < size;) {
        size_t length = strlen((const char *)strings + at);
        bool has_lines = lines && bsearch(&at, lines, count, sizeof *lines,
                                          aty_number_compare) != NULL;
        changed = string_clean(strings + at, length, has_lines) || changed;
        at += (uint32_t)length + 1;
    }
    free(lines);
    return changed;
}

/* Whether a bit was clear; sets it. Without memory for bits it always was. */
static bool is_new(uint8_t *bits, uint32_t number)
{
    uint8_t bit = (uint8_t)(1u << number % 8);

    if (!bits) {
        return true;
    }
    if (bits[number / 8] & bit) {
        return false;
    }
    bits[number / 8] |= bit;
    return true;
}

/* The origins in the frames are texts as well. Seats share frames by the hundred: each
 * frame is looked at once, as its length is in it, and so the same for all. */
static bool origins_clean(const aty_table *table, uint8_t *bytes)
{
    uint8_t *known = calloc(table->counts[ATY_SECTION_FRAMES] / 8 + 1, 1);
    bool changed = false;

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_SEATS]; i++) {
        const aty_seat_record *seat = &table->seats[i];
        aty_seat_origin origin = {0};
        if (aty_get(seat->frame) == ATY_NONE || !is_new(known, aty_get(seat->frame))) {
            continue;
        }
        while (aty_seat_origin_next(table, seat, &origin)) {
            size_t begin = (size_t)(origin.text - (const char *)table->header);
            changed = string_clean(bytes + begin, origin.length, false) || changed;
        }
    }
    free(known);
    return changed;
}

void aty_table_strings_clean(const aty_table *table, void *blob)
{
    uint8_t *bytes = blob;
    size_t begin = (size_t)(table->strings - (const char *)blob);
    size_t size = aty_get(table->header->file_size) - ATY_DIGEST_SIZE;

    bool strings = strings_clean(table, bytes + begin);
    bool origins = origins_clean(table, bytes);

    if (strings || origins) {
        aty_digest_sha256(bytes, size, bytes + size);
    }
}
