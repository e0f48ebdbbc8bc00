#include "authorityc/diff/diff_shown.h"

#include <inttypes.h>
#include <stdio.h>

/* Where the next word goes: to the end, or for a name to the place of a sample. */
static uint64_t free_word(const aty_shown *shown, const char *stands_for)
{
    uint64_t place = 0;

    if (shown->count < ATY_SHOWN_WORDS) {
        return shown->count;
    }
    while (place < ATY_SHOWN_WORDS && (stands_for || !shown->words[place].stands_for)) {
        place++;
    }
    return place;
}

void aty_shown_add(aty_shown *shown, const char *word, const char *stands_for)
{
    uint64_t place = free_word(shown, stands_for);

    if (place < ATY_SHOWN_WORDS) {
        shown->words[place].word = word;
        shown->words[place].stands_for = stands_for;
    }
    shown->count++;
}

void aty_shown_print(const aty_shown *shown)
{
    for (uint64_t i = 0; i < shown->count && i < ATY_SHOWN_WORDS; i++) {
        printf("%s%s", i == 0 ? shown->label : ", ", shown->words[i].word);
        if (shown->words[i].stands_for) {
            printf(" (for %s)", shown->words[i].stands_for);
        }
    }
    if (shown->count > ATY_SHOWN_WORDS) {
        printf(" and %" PRIu64 " more", shown->count - ATY_SHOWN_WORDS);
    }
    if (shown->count > 0) {
        putchar('\n');
    }
}

void aty_shown_title(const char *title, aty_shown_colour colour, bool has_colour)
{
    static const char *const codes[] = {"\033[1m", "\033[1;33m", "\033[1;31m"};

    if (has_colour) {
        printf("\n%s%s\033[0m\n", codes[colour], title);
    }
    else {
        printf("\n%s\n", title);
    }
}
