/* nearest.c: optimal string alignment, which knows swapped neighbours. */
#include "authorityc/nearest.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define WORD_MAX 64 /* nobody misspells a longer word by a slip */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static int lower(char letter)
{
    return tolower((unsigned char)letter);
}

/* One row of the alignment; `rows` are the row before the last, the last, and this one.
 */
static void align_row(const char *a, size_t i, const char *b, size_t b_length,
                      unsigned *rows[3])
{
    rows[2][0] = (unsigned)i;
    for (size_t j = 1; j <= b_length; j++) {
        unsigned change = lower(a[i - 1]) != lower(b[j - 1]);
        unsigned best = rows[1][j - 1] + change;
        best = least(best, least(rows[1][j], rows[2][j - 1]) + 1);
        if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
            lower(a[i - 2]) == lower(b[j - 1])) {
            best = least(best, rows[0][j - 2] + 1);
        }
        rows[2][j] = best;
    }
}

static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned space[3][WORD_MAX + 1];
    unsigned *rows[3] = {space[0], space[1], space[2]};
    for (size_t j = 0; j <= b_length; j++) {
        rows[1][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        align_row(a, i, b, b_length, rows);
        unsigned *oldest = rows[0];
        rows[0] = rows[1];
        rows[1] = rows[2];
        rows[2] = oldest;
    }
    return rows[1][b_length];
}

/* A slip changes at most every third letter, and one of a short word. */
static unsigned slip_limit(size_t longer)
{
    return longer < 6 ? 1 : (unsigned)(longer / 3);
}

aty_nearest aty_nearest_to(const char *word)
{
    return (aty_nearest){word, strlen(word), NULL, UINT_MAX};
}

void aty_nearest_try(aty_nearest *nearest, const char *known)
{
    size_t length = strlen(known);
    size_t longer = length > nearest->length ? length : nearest->length;
    size_t shorter = length + nearest->length - longer;
    unsigned limit = slip_limit(longer);
    if (longer > WORD_MAX || shorter == 0 || longer - shorter > limit) {
        return;
    }
    unsigned found = distance(nearest->word, nearest->length, known, length);
    if (found <= limit && found < nearest->distance) {
        nearest->best = known;
        nearest->distance = found;
    }
}
