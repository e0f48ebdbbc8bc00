/* brute_colour.h: the fewest colours of a small graph, by trying everything.
 */
#ifndef ATY_TEST_UNIT_BRUTE_COLOUR_H
#define ATY_TEST_UNIT_BRUTE_COLOUR_H

#include "authorityc/plan/plan_colour.h"

#define BRUTE_COLOUR_MAX 12

/* Whether the vertices from `next` can be coloured with `count` colours. */
static bool brute_colour_can(const aty_graph *graph, uint32_t vertices, uint32_t count,
                             uint32_t *colours, uint32_t next)
{
    if (next == vertices) {
        return true;
    }
    for (uint32_t colour = 0; colour < count; colour++) {
        bool fits = true;
        for (uint32_t i = 0; i < next; i++) {
            fits = fits && !(colours[i] == colour && aty_graph_joined(graph, i, next));
        }
        colours[next] = colour;
        if (fits && brute_colour_can(graph, vertices, count, colours, next + 1)) {
            return true;
        }
    }
    return false;
}

static inline uint32_t brute_colour(const aty_graph *graph, uint32_t vertices)
{
    uint32_t colours[BRUTE_COLOUR_MAX];
    uint32_t count = 0;

    while (!brute_colour_can(graph, vertices, count, colours, 0)) {
        count++;
    }
    return count;
}

#endif
