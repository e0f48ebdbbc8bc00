#include "core/utf8.h"

#include <stdbool.h>

/* What may stand in the first octet of a character, and in the second. */
static const struct {
    uint8_t first_from, first_to, second_from, second_to;
    size_t length;
} shapes[] = {
    {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

size_t aty_utf8_length(const uint8_t *text, size_t size)
{
    for (size_t i = 0; size > 0 && i < sizeof shapes / sizeof shapes[0]; i++) {
        if (text[0] < shapes[i].first_from || text[0] > shapes[i].first_to) {
            continue;
        }
        if (shapes[i].length > size) {
            return 0;
        }
        if (shapes[i].length > 1 &&
            (text[1] < shapes[i].second_from || text[1] > shapes[i].second_to)) {
            return 0;
        }
        for (size_t at = 2; at < shapes[i].length; at++) {
            if (text[at] < 0x80 || text[at] > 0xbf) {
                return 0;
            }
        }
        return shapes[i].length;
    }
    return 0;
}

/* DEL and C0; C1. */
static bool is_control(const uint8_t *character)
{
    return character[0] == 0x7f || character[0] < 0x20 ||
           (character[0] == 0xc2 && character[1] < 0xa0);
}

size_t aty_utf8_character(const uint8_t *text, size_t size)
{
    size_t length;

    if (size > 0 && text[0] >= 0x20 && text[0] < 0x7f) {
        return 1; /* nearly all are */
    }
    length = aty_utf8_length(text, size);
    return length > 0 && !is_control(text) ? length : 0;
}
