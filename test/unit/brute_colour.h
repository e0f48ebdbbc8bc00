/* brute_colour.h: the fewest colours of a small graph, by trying everything. Only what
 * colours are called is not tried: a vertex gets one that came before, or the next new
 * one.
 */
#ifndef ATY_TEST_UNIT_BRUTE_COLOUR_H
#define ATY_TEST_UNIT_BRUTE_COLOUR_H

#include "authorityc/plan/plan_colour.h"

#define BRUTE_COLOUR_MAX 12

static bool brute_colour_fits(const aty_graph *graph, const uint32_t *colours,
                              uint32_t vertex)
{
    for (uint32_t i = 0; i < vertex; i++) {
        if (colours[i] == colours[vertex] && aty_graph_joined(graph, i, vertex)) {
            return false;
        }
    }
    return true;
}

/* Whether the vertices from `next` can be coloured with `count` colours, of which those
 * before have `used`. */
static bool brute_colour_can(const aty_graph *graph, uint32_t vertices, uint32_t count,
                             uint32_t *colours, uint32_t next, uint32_t used)
{
    if (next == vertices) {
        return true;
    }
    for (uint32_t colour = 0; colour < count && colour <= used; colour++) {
        colours[next] = colour;
        if (brute_colour_fits(graph, colours, next) &&
            brute_colour_can(graph, vertices, count, colours, next + 1,
                             colour == used ? used + 1 : used)) {
            return true;
        }
    }
    return false;
}

static inline uint32_t brute_colour(const aty_graph *graph, uint32_t vertices)
{
    uint32_t colours[BRUTE_COLOUR_MAX];
    uint32_t count = 0;

    while (!brute_colour_can(graph, vertices, count, colours, 0, 0)) {
        count++;
    }
    return count;
}

#endif
