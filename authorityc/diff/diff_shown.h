/* diff_shown.h: pieces of a comparison for people: titles, and lists of which the first
 * few are shown. To standard output.
 */
#ifndef ATY_AUTHORITYC_DIFF_SHOWN_H
#define ATY_AUTHORITYC_DIFF_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    ATY_SHOWN_PLAIN,
    ATY_SHOWN_YELLOW,
    ATY_SHOWN_RED
} aty_shown_colour;

#define ATY_SHOWN_WORDS 4

/* A list in a line. Begins with its label and zeros. */
typedef struct {
    const char *label;
    uint64_t count; /* of what was added */
    struct {
        const char *word;
        const char *stands_for; /* NULL: itself */
    } words[ATY_SHOWN_WORDS];
} aty_shown;

/* Adds a word, and what it stands for if that is not NULL: names go before samples. Both
 * must stay until the end. */
void aty_shown_add(aty_shown *shown, const char *word, const char *stands_for);

/* Prints the line, and how many words it has no room for. An empty list has none. */
void aty_shown_print(const aty_shown *shown);

/* An empty line and a title; in colour if the second says so. */
void aty_shown_title(const char *title, aty_shown_colour colour, bool has_colour);

#endif
