/* nearest.h: the known word that somebody probably meant.
 *
 * Words are compared without case by the number of letters changed, left out, added or
 * swapped with their neighbour. What is too far away to be a slip is not suggested.
 *
 *     aty_nearest nearest = aty_nearest_to("SSLVerifyClinet");
 *     aty_nearest_try(&nearest, "SSLVerifyClient");   once for each known word
 *     nearest.best                                    NULL where none is near
 */
#ifndef ATY_AUTHORITYC_NEAREST_H
#define ATY_AUTHORITYC_NEAREST_H

#include <stddef.h>

typedef struct {
    const char *word;
    size_t length;
    const char *best; /* the nearest so far */
    unsigned distance;
} aty_nearest;

aty_nearest aty_nearest_to(const char *word);

void aty_nearest_try(aty_nearest *nearest, const char *known);

#endif
