/* print.h: pieces of answers for people. */
#ifndef ATY_AUTHORITYC_PRINT_H
#define ATY_AUTHORITYC_PRINT_H

#include <stdio.h>

#include "core/table.h"

/* Prints a text and a line end after its label, broken at blanks; what follows is set in
 * by four. Digests are cut short. */
void aty_print_wrapped(const char *label, const char *text, FILE *stream);

/* Prints, for each of two vhosts, the directives of a field that the other has not, with
 * their places, and what they come to. Every line begins with the margin. */
void aty_print_sides(const aty_table *table, uint32_t a, uint32_t b, aty_field field,
                     const char *margin, FILE *stream);

/* What stands behind a word that is said of so many. */
static inline const char *aty_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

#endif
