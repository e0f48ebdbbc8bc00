#include "authorityc/report/report_treemap.h"

static double sum(const double *weights, uint32_t count)
{
    double all = 0;

    for (uint32_t i = 0; i < count; i++) {
        all += weights[i];
    }
    return all;
}

/* How far the worst of a row's boxes is from a square: the longer side by the shorter.
 * The row is `side` long, and a weight takes `scale` of the area. */
static double worst_shape(const double *weights, uint32_t count, double side,
                          double scale)
{
    double thickness = sum(weights, count) * scale / side;
    double worst = 1;

    for (uint32_t i = 0; i < count; i++) {
        double length = weights[i] * scale / thickness;
        double shape = length > thickness ? length / thickness : thickness / length;
        worst = shape > worst ? shape : worst;
    }
    return worst;
}

/* How many of the weights make the best row along the shorter side. */
static uint32_t row_choose(const double *weights, uint32_t count, double side,
                           double scale)
{
    uint32_t taken = 1;

    while (taken < count && worst_shape(weights, taken + 1, side, scale) <=
                                worst_shape(weights, taken, side, scale)) {
        taken++;
    }
    return taken;
}

/* Lays a row along the shorter side of what is left, and takes it away from there. */
static void row_lay(const double *weights, uint32_t count, double scale, aty_box *left,
                    aty_box *boxes)
{
    int upright = left->width >= left->height;
    double thickness =
        sum(weights, count) * scale / (upright ? left->height : left->width);
    double at = upright ? left->y : left->x;

    for (uint32_t i = 0; i < count; i++) {
        double length = weights[i] * scale / thickness;
        boxes[i] = upright ? (aty_box){left->x, at, thickness, length}
                           : (aty_box){at, left->y, length, thickness};
        at += length;
    }
    if (upright) {
        left->x += thickness;
        left->width -= thickness;
    }
    else {
        left->y += thickness;
        left->height -= thickness;
    }
}

void aty_treemap(const double *weights, uint32_t count, aty_box whole, aty_box *boxes)
{
    double scale = whole.width * whole.height / sum(weights, count);
    aty_box left = whole;

    for (uint32_t done = 0, taken; done < count; done += taken) {
        double side = left.width < left.height ? left.width : left.height;
        taken = row_choose(weights + done, count - done, side, scale);
        row_lay(weights + done, taken, scale, &left, boxes + done);
    }
}
