/* plan_colour.h: colouring a graph: as few colours as can be, and no two neighbours of
 * one colour.
 */
#ifndef ATY_AUTHORITYC_PLAN_COLOUR_H
#define ATY_AUTHORITYC_PLAN_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>

typedef struct aty_graph aty_graph;

/* Vertices of a graph that is coloured in about a second; it takes two bits for each two
 * of them, 25 MB in all. */
#define ATY_GRAPH_MAX 10000

/* A graph of `count` vertices, 0 to count - 1, without edges. */
aty_graph *aty_graph_make(apr_pool_t *pool, uint32_t count);

/* Joins two vertices; of a vertex with itself nothing comes. */
void aty_graph_join(aty_graph *graph, uint32_t a, uint32_t b);

bool aty_graph_joined(const aty_graph *graph, uint32_t a, uint32_t b);

/* Colours the vertices from 0; `colours` has room for all. Returns how many colours there
 * are. `least` says whether fewer are proven to be impossible: always for graphs as small
 * as sites have, else as far as a bounded number of steps got (no clock: one graph, one
 * answer). */
uint32_t aty_graph_colour(const aty_graph *graph, uint32_t *colours, bool *least);

#endif
