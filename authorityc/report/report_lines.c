/* Where the lines of a picture go, and where on them their labels stand. */
#include "authorityc/report/report_picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "authorityc/report/report_html.h"
#include "core/search.h"

#define LABEL_FONT   12.5
#define LABEL_HEIGHT 22.0
#define THINNEST     2.0
#define THICKEST     7.0
#define EDGE         18.0  /* of an area, where no line ends */
#define GRID         3     /* points that it may end at, side by side */
#define SHORTEST     100.0 /* that a line is to be, for its label */

double aty_report_text_width(const char *text, double size, bool bold)
{
    double width = 0;

    for (; *text; text++) {
        if (((unsigned char)*text & 0xc0) != 0x80) {
            width += strchr("ijlftr.,:;'|-()[]", *text) ? 0.42
                     : strchr("mwMW@", *text)           ? 1
                                                        : 0.68;
        }
    }
    return width * size * (bold ? 1.04 : 0.94);
}

static uint64_t line_pairs(const aty_report_line *line)
{
    return line->pairs[0] + line->pairs[1];
}

static int lines_order(const void *a, const void *b)
{
    const aty_report_line *x = a;
    const aty_report_line *y = b;
    int order;

    if (line_pairs(x) != line_pairs(y)) {
        return line_pairs(x) < line_pairs(y) ? 1 : -1;
    }
    order = aty_number_order(x->ends[0], y->ends[0]);
    order = order != 0 ? order : aty_number_order(x->ends[1], y->ends[1]);
    return order != 0 ? order : aty_number_order(x->main, y->main);
}

static void line_add(aty_report_line *line, const aty_report_link *link, bool backwards)
{
    uint64_t pairs = link->pairs[0] + link->pairs[1];

    line->pairs[backwards ? 1 : 0] += link->pairs[0];
    line->pairs[backwards ? 0 : 1] += link->pairs[1];
    line->reasons |= ATY_REASON_BIT(link->reason);
    if (pairs > line->main_pairs) {
        line->main = link->reason;
        line->main_pairs = pairs;
    }
}

/* The two areas and, within one, the reason. */
#define KEY 3

static aty_report_line *line_of(apr_pool_t *pool, apr_array_header_t *lines,
                                apr_hash_t *known, const uint32_t key[KEY])
{
    uintptr_t number = (uintptr_t)apr_hash_get(known, key, KEY * sizeof *key);

    if (number == 0) {
        APR_ARRAY_PUSH(lines, aty_report_line) =
            (aty_report_line){.ends = {key[0], key[1]}};
        number = (uintptr_t)lines->nelts;
        apr_hash_set(known, apr_pmemdup(pool, key, KEY * sizeof *key), KEY * sizeof *key,
                     (const void *)number);
    }
    return &APR_ARRAY_IDX(lines, (int)number - 1, aty_report_line);
}

apr_array_header_t *aty_report_lines_collect(apr_pool_t *pool, const aty_report_set *set,
                                             const uint32_t *area_of, uint32_t rest)
{
    apr_array_header_t *lines = apr_array_make(pool, 8, sizeof(aty_report_line));
    apr_hash_t *known = apr_hash_make(pool); /* numbers in `lines`, from 1 */

    for (int i = 0; i < set->links->nelts; i++) {
        const aty_report_link *link = &APR_ARRAY_IDX(set->links, i, aty_report_link);
        uint32_t a = area_of[link->ends[0] - 1], b = area_of[link->ends[1] - 1];
        bool of_rest = a == rest || b == rest;
        uint32_t from = of_rest ? rest : a, to = of_rest ? rest : b;
        const uint32_t key[KEY] = {from < to ? from : to, from < to ? to : from,
                                   from == to ? (uint32_t)link->reason
                                              : ATY_REASON_COUNT};
        line_add(line_of(pool, lines, known, key), link, from > to);
    }
    qsort(lines->elts, (size_t)lines->nelts, sizeof(aty_report_line), lines_order);
    return lines;
}

static double overlap(const aty_box *a, const aty_box *b)
{
    double width = fmin(a->x + a->width, b->x + b->width) - fmax(a->x, b->x);
    double height = fmin(a->y + a->height, b->y + b->height) - fmax(a->y, b->y);

    return width > 0 && height > 0 ? width * height : 0;
}

/* How much of a line is within a box, in units. */
static double length_within(const aty_box *box, const aty_report_line *line)
{
    const int steps = 40;
    double x = line->points[1].x - line->points[0].x;
    double y = line->points[1].y - line->points[0].y;
    int within = 0;

    for (int i = 0; i <= steps; i++) {
        double at_x = line->points[0].x + x * i / steps;
        double at_y = line->points[0].y + y * i / steps;
        within += at_x >= box->x && at_x <= box->x + box->width && at_y >= box->y &&
                  at_y <= box->y + box->height;
    }
    return hypot(x, y) * within / steps;
}

typedef struct {
    const aty_report_area *areas;
    uint32_t area_count;
    const aty_report_line *lines;
    uint32_t line_count;
    aty_box whole;
} canvas;

/* One of nine points of what the area has free below its label. */
static aty_point grid_point(const aty_report_area *area, int number)
{
    double bottom = area->box.y + area->box.height - EDGE;
    double top = area->label.y + area->label.height + EDGE / 2;
    double width = area->box.width - 2 * EDGE;
    int column = number % GRID, row = number / GRID;

    top = top < bottom ? top : bottom;
    return (aty_point){area->box.x + EDGE + width * column / (GRID - 1),
                       top + (bottom - top) * row / (GRID - 1)};
}

static double distance(aty_point point, const aty_report_line *line)
{
    double x = line->points[1].x - line->points[0].x;
    double y = line->points[1].y - line->points[0].y;
    double square = x * x + y * y > 1 ? x * x + y * y : 1;
    double at =
        ((point.x - line->points[0].x) * x + (point.y - line->points[0].y) * y) / square;

    at = at < 0 ? 0 : at > 1 ? 1 : at;
    return hypot(point.x - line->points[0].x - at * x,
                 point.y - line->points[0].y - at * y);
}

/* How much of a line is so near to another that the two are hard to tell apart. */
static double nearness(const aty_report_line *line, const aty_report_line *other)
{
    const int steps = 20;
    double near = 0;

    for (int i = 0; i <= steps; i++) {
        double at = (double)i / steps;
        aty_point point = {
            line->points[0].x + (line->points[1].x - line->points[0].x) * at,
            line->points[0].y + (line->points[1].y - line->points[0].y) * at};
        near += distance(point, other) < 2 * EDGE;
    }
    return near;
}

/* What is bad about a line: its length, and what it covers. `before` lines have their
 * places. */
static double line_badness(const canvas *c, const aty_report_line *line, uint32_t before)
{
    double bad = hypot(line->points[1].x - line->points[0].x,
                       line->points[1].y - line->points[0].y);

    bad += bad < SHORTEST ? 5 * (SHORTEST - bad) : 0;
    for (uint32_t i = 0; i < c->area_count; i++) {
        bad += 6 * length_within(&c->areas[i].label, line);
        if (i != line->ends[0] && i != line->ends[1]) {
            bad += 2 * length_within(&c->areas[i].box, line);
        }
    }
    for (uint32_t i = 0; i < before; i++) {
        if (c->lines[i].ends[0] != c->lines[i].ends[1]) {
            bad += 25 * nearness(line, &c->lines[i]);
        }
        else {
            bad += 4 * length_within(&c->lines[i].label, line);
        }
    }
    return bad;
}

/* From one of the points of the one area to one of the other. */
static void ends_place(const canvas *c, aty_report_line *line, uint32_t before)
{
    aty_report_line best = *line;
    double least = -1;

    for (int from = 0; from < GRID * GRID; from++) {
        for (int to = 0; to < GRID * GRID; to++) {
            double bad;
            line->points[0] = grid_point(&c->areas[line->ends[0]], from);
            line->points[1] = grid_point(&c->areas[line->ends[1]], to);
            bad = line_badness(c, line, before);
            if (least < 0 || bad < least) {
                least = bad;
                best = *line;
            }
        }
    }
    *line = best;
}

/* What is bad about a label at this place: what it covers, and what is outside. */
static double badness(const canvas *c, const aty_report_line *of, const aty_box *label)
{
    double all = label->width * label->height;
    double bad = 8 * (all - overlap(label, &c->whole));

    for (uint32_t i = 0; i < c->area_count; i++) {
        bad += 4 * overlap(label, &c->areas[i].label);
    }
    for (uint32_t i = 0; i < c->line_count; i++) {
        const aty_report_line *other = &c->lines[i];
        if (other != of) {
            bad += 8 * overlap(label, &other->label);
        }
        if (other->ends[0] != other->ends[1]) {
            bad += 5 * length_within(label, other);
        }
    }
    return bad;
}

static aty_box label_at(const aty_report_line *line, double x, double y)
{
    return (aty_box){x - line->label.width / 2, y - line->label.height / 2,
                     line->label.width, line->label.height};
}

static void label_try(const canvas *c, const aty_report_line *line, aty_box place,
                      double dislike, aty_box *best, double *least)
{
    double bad = badness(c, line, &place) + dislike;

    if (*least < 0 || bad < *least) {
        *least = bad;
        *best = place;
    }
}

/* Beside the line, near its middle if that is free. */
static void label_place(const canvas *c, aty_report_line *line)
{
    static const double positions[] = {0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.95, 0.05};
    double x = line->points[1].x - line->points[0].x;
    double y = line->points[1].y - line->points[0].y;
    double length = hypot(x, y) > 1 ? hypot(x, y) : 1;
    double half =
        (fabs(y / length) * line->label.width + fabs(x / length) * line->label.height) /
            2 +
        line->thickness / 2 + 5;
    aty_box best = line->label;
    double least = -1;

    for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++) {
        double at_x = line->points[0].x + x * positions[i];
        double at_y = line->points[0].y + y * positions[i];
        for (int side = -1; side <= 1; side++) {
            label_try(c, line,
                      label_at(line, at_x - side * half * y / length,
                               at_y + side * half * x / length),
                      (double)i * 20, &best, &least);
        }
    }
    line->label = best;
}

/* In the area, below its label: as far to the left and as high as is free. */
static void loop_place(const canvas *c, aty_report_line *line)
{
    const aty_report_area *area = &c->areas[line->ends[0]];
    double left = area->box.x + 10 + line->label.width / 2;
    double top = area->label.y + area->label.height + 6 + line->label.height / 2;
    aty_box best = line->label;
    double least = -1;

    for (int row = 0; row < 6; row++) {
        for (int column = 0; column < 3; column++) {
            double x = left + column * (line->label.width + 12);
            double y = top + row * (line->label.height + 4);
            aty_box place = label_at(line, x, y);
            double out = place.width * place.height - overlap(&place, &area->box);
            label_try(c, line, place, 6 * out + row + 8 * column, &best, &least);
        }
    }
    line->label = best;
}

static const char *text_of(apr_pool_t *pool, const aty_report_line *line)
{
    uint32_t reasons = 0;
    const char *others = "";

    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        reasons += (line->reasons & ATY_REASON_BIT(reason)) != 0;
    }
    if (reasons > 1) {
        others = apr_psprintf(pool, " and %u more", reasons - 1);
    }
    return apr_psprintf(pool, "%s%s: %s", aty_reason_name(line->main), others,
                        aty_number_text(pool, line_pairs(line)));
}

static void line_prepare(apr_pool_t *pool, aty_report_line *line, uint64_t most)
{
    bool within = line->ends[0] == line->ends[1];

    line->thickness =
        THINNEST + (THICKEST - THINNEST) * sqrt((double)line_pairs(line) / (double)most);
    line->text = text_of(pool, line);
    line->label = (aty_box){-1e6, -1e6, 0, LABEL_HEIGHT}; /* nowhere yet */
    line->label.width = aty_report_text_width(line->text, LABEL_FONT, false) + 18 +
                        (within ? ATY_LOOP_ROOM : 0);
}

void aty_report_lines_lay(apr_pool_t *pool, const aty_report_area *areas,
                          uint32_t area_count, aty_report_line *lines, uint32_t count,
                          aty_box whole)
{
    canvas c = {areas, area_count, lines, count, whole};

    for (uint32_t i = 0; i < count; i++) {
        line_prepare(pool, &lines[i], line_pairs(&lines[0]));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (lines[i].ends[0] == lines[i].ends[1]) {
            loop_place(&c, &lines[i]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (lines[i].ends[0] != lines[i].ends[1]) {
            ends_place(&c, &lines[i], i);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (lines[i].ends[0] != lines[i].ends[1]) {
            label_place(&c, &lines[i]);
        }
    }
}
