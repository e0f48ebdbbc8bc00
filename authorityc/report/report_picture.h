/* report_picture.h: what a picture of an address set is made of, in units of its viewBox,
 * which are about pixels.
 */
#ifndef ATY_AUTHORITYC_REPORT_PICTURE_H
#define ATY_AUTHORITYC_REPORT_PICTURE_H

#include <stdbool.h>

#include "authorityc/report/report.h"
#include "authorityc/report/report_treemap.h"

typedef struct {
    double x, y;
} aty_point;

#define ATY_LABEL_LINES 3

/* A group, or all that are not drawn by themselves. */
typedef struct {
    const aty_group *group; /* NULL: the rest */
    uint32_t groups;        /* how many: 1, or those of the rest */
    uint32_t names;
    aty_box box;
    const char *lines[ATY_LABEL_LINES]; /* of its label; NULL: no more */
    aty_box label;
} aty_report_area;

#define ATY_LOOP_ROOM                                                 \
    20.0 /* of the ring before the label of what stays within an area \
          */

/* Attempts between two areas, or within one for one reason. */
typedef struct {
    uint32_t ends[2]; /* areas */
    uint64_t pairs[2];
    aty_reasons reasons;
    aty_reason main;     /* of the most pairs that came from one link, */
    uint64_t main_pairs; /* and those */
    aty_point points[2]; /* of the line at its ends; unused within an area */
    double thickness;
    const char *text;
    aty_box label;
} aty_report_line;

/* How wide a text is about, in a font of this size; rather too much than too little, for
 * nobody knows the font. */
double aty_report_text_width(const char *text, double size, bool bold);

/* Collects the links of a set by areas (`area_of` has the area of each group as numbered,
 * less 1), most pairs first. The area `rest` stands for many groups: what they have to do
 * with others counts as within it; ATY_NONE: there is none. */
apr_array_header_t *aty_report_lines_collect(apr_pool_t *pool, const aty_report_set *set,
                                             const uint32_t *area_of, uint32_t rest);

/* Lays the first `count` lines over the areas: ends, thickness, and labels where they
 * cover little else. */
void aty_report_lines_lay(apr_pool_t *pool, const aty_report_area *areas,
                          uint32_t area_count, aty_report_line *lines, uint32_t count,
                          aty_box whole);

#endif
