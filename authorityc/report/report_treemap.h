/* report_treemap.h: a rectangle divided into areas of given sizes, as square as can be
 * (Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000).
 */
#ifndef ATY_AUTHORITYC_REPORT_TREEMAP_H
#define ATY_AUTHORITYC_REPORT_TREEMAP_H

#include <stdint.h>

typedef struct {
    double x, y, width, height;
} aty_box;

/* Divides `whole`, whose sides are above 0, into `count` boxes in proportion to the
 * weights, which are above 0; the largest should come first. The boxes fill it from its
 * upper left. */
void aty_treemap(const double *weights, uint32_t count, aty_box whole, aty_box *boxes);

#endif
