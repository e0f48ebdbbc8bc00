/* DSATUR (D. Brélaz, 1979): the vertex whose neighbours have the most colours is next; in
 * a branch and bound it proves that there is nothing better. Each component is coloured
 * apart. A clique says how many colours are needed in any case, and has the first ones.
 */
#include "authorityc/plan/plan_colour.h"

#include <stdlib.h>
#include <string.h>

#include <apr_tables.h>

#define WORD          64u
#define EXACT_MAX     1000u      /* vertices of a component that is searched through */
#define EXACT_STEPS   200000000u /* looks at a vertex, in all components together */
#define CLIQUE_STARTS 64u        /* vertices from which cliques of large ones are grown */

/* Rows of bits. */
typedef struct {
    uint32_t words; /* of a row */
    uint64_t *rows;
} bit_rows;

struct aty_graph {
    apr_pool_t *pool;
    uint32_t count;
    bit_rows neighbours;
};

static bit_rows rows_make(apr_pool_t *pool, uint32_t count, uint32_t bits)
{
    bit_rows made = {(bits + WORD - 1) / WORD, NULL};

    made.rows = apr_pcalloc(pool, ((size_t)count * made.words + 1) * sizeof(uint64_t));
    return made;
}

aty_graph *aty_graph_make(apr_pool_t *pool, uint32_t count)
{
    aty_graph *graph = apr_palloc(pool, sizeof *graph);

    graph->pool = pool;
    graph->count = count;
    graph->neighbours = rows_make(pool, count, count);
    return graph;
}

static uint64_t *row_of(const aty_graph *graph, uint32_t vertex)
{
    return graph->neighbours.rows + (size_t)vertex * graph->neighbours.words;
}

static bool has_bit(const uint64_t *bits, uint32_t index)
{
    return bits[index / WORD] >> index % WORD & 1;
}

static void set_bit(uint64_t *bits, uint32_t index)
{
    bits[index / WORD] |= (uint64_t)1 << index % WORD;
}

void aty_graph_join(aty_graph *graph, uint32_t a, uint32_t b)
{
    if (a != b) {
        set_bit(row_of(graph, a), b);
        set_bit(row_of(graph, b), a);
    }
}

bool aty_graph_joined(const aty_graph *graph, uint32_t a, uint32_t b)
{
    return has_bit(row_of(graph, a), b);
}

static uint32_t degree_of(const aty_graph *graph, uint32_t vertex)
{
    uint32_t degree = 0;

    for (uint32_t i = 0; i < graph->neighbours.words; i++) {
        degree += (uint32_t)__builtin_popcountll(row_of(graph, vertex)[i]);
    }
    return degree;
}

/* A component as a graph of its own, and how far its colouring is. */
typedef struct {
    const aty_graph *graph;
    uint32_t *vertices; /* of the whole graph */
    uint32_t *degrees;
    uint32_t *clique;
    uint32_t clique_size;
    uint32_t *best; /* colours */
    uint32_t best_count;
} component;

/* Those with more neighbours first. */
static int degree_compare(const void *a, const void *b, void *degrees)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint32_t of_x = ((const uint32_t *)degrees)[x], of_y = ((const uint32_t *)degrees)[y];

    if (of_x != of_y) {
        return of_x > of_y ? -1 : 1;
    }
    return x < y ? -1 : x > y;
}

/* Grows a clique from a vertex, by the neighbour that has the most neighbours. Returns
 * its size. */
static uint32_t clique_grow(const component *c, const uint32_t *order, uint32_t start,
                            uint32_t *clique, uint64_t *candidates)
{
    const aty_graph *graph = c->graph;
    uint32_t size = 1;

    clique[0] = start;
    memcpy(candidates, row_of(graph, start), graph->neighbours.words * sizeof(uint64_t));
    for (uint32_t i = 0; i < graph->count; i++) {
        if (has_bit(candidates, order[i])) {
            clique[size++] = order[i];
            for (uint32_t w = 0; w < graph->neighbours.words; w++) {
                candidates[w] &= row_of(graph, order[i])[w];
            }
        }
    }
    return size;
}

static void clique_find(apr_pool_t *pool, component *c)
{
    uint32_t count = c->graph->count;
    uint32_t step = count > EXACT_MAX ? count / CLIQUE_STARTS : 1;
    uint32_t *grown = apr_palloc(pool, count * sizeof *grown);
    uint32_t *order = apr_palloc(pool, count * sizeof *order);
    uint64_t *candidates =
        apr_palloc(pool, c->graph->neighbours.words * sizeof *candidates);

    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    qsort_r(order, count, sizeof *order, degree_compare, c->degrees);
    c->clique_size = 0;
    for (uint32_t i = 0; i < count && c->clique_size < count; i += step) {
        uint32_t size = clique_grow(c, order, order[i], grown, candidates);
        if (size > c->clique_size) {
            c->clique_size = size;
            memcpy(c->clique, grown, size * sizeof *grown);
        }
    }
}

/* A colouring on its way. */
typedef struct {
    component *of;
    uint32_t *colours;    /* UINT32_MAX: none yet */
    uint32_t *saturation; /* how many colours the neighbours have */
    uint32_t *neighbours; /* of a search: by vertex and colour, how many have it */
    uint32_t width;       /* colours that there is room for */
    uint64_t *steps;      /* left */
} painter;

static painter painter_make(apr_pool_t *pool, component *c, uint32_t width,
                            uint64_t *steps)
{
    size_t count = c->graph->count;
    painter p = {
        .of = c,
        .colours = apr_palloc(pool, count * sizeof(uint32_t)),
        .saturation = apr_pcalloc(pool, count * sizeof(uint32_t)),
        .width = width,
        .steps = steps,
    };

    memset(p.colours, 0xff, count * sizeof *p.colours);
    return p;
}

/* Walks through the neighbours of a vertex. */
static uint32_t neighbour_next(const aty_graph *graph, uint32_t vertex, uint32_t from)
{
    const uint64_t *row = row_of(graph, vertex);

    for (uint32_t i = from / WORD; from < graph->count; from = ++i * WORD) {
        uint64_t rest = row[i] >> from % WORD;
        if (rest != 0) {
            return from + (uint32_t)__builtin_ctzll(rest);
        }
    }
    return UINT32_MAX;
}

static void paint(painter *p, uint32_t vertex, uint32_t colour)
{
    const aty_graph *graph = p->of->graph;

    p->colours[vertex] = colour;
    for (uint32_t n = neighbour_next(graph, vertex, 0); n != UINT32_MAX;
         n = neighbour_next(graph, vertex, n + 1)) {
        p->saturation[n] += p->neighbours[(size_t)n * p->width + colour]++ == 0;
    }
}

static void unpaint(painter *p, uint32_t vertex)
{
    const aty_graph *graph = p->of->graph;
    uint32_t colour = p->colours[vertex];

    p->colours[vertex] = UINT32_MAX;
    for (uint32_t n = neighbour_next(graph, vertex, 0); n != UINT32_MAX;
         n = neighbour_next(graph, vertex, n + 1)) {
        p->saturation[n] -= --p->neighbours[(size_t)n * p->width + colour] == 0;
    }
}

/* UINT32_MAX: all are painted. */
static uint32_t vertex_next(const painter *p)
{
    uint32_t next = UINT32_MAX;

    for (uint32_t i = 0; i < p->of->graph->count; i++) {
        if (p->colours[i] == UINT32_MAX &&
            (next == UINT32_MAX || p->saturation[i] > p->saturation[next] ||
             (p->saturation[i] == p->saturation[next] &&
              p->of->degrees[i] > p->of->degrees[next]))) {
            next = i;
        }
    }
    return next;
}

static bool is_free(const painter *p, uint32_t vertex, uint32_t colour)
{
    return p->neighbours[(size_t)vertex * p->width + colour] == 0;
}

static void best_keep(const painter *p, uint32_t count)
{
    memcpy(p->of->best, p->colours, p->of->graph->count * sizeof *p->colours);
    p->of->best_count = count;
}

/* Paints for good: then it is enough to know which colours the neighbours have. */
static void paint_finally(painter *p, bit_rows *taken, uint32_t vertex, uint32_t colour)
{
    const aty_graph *graph = p->of->graph;

    p->colours[vertex] = colour;
    for (uint32_t n = neighbour_next(graph, vertex, 0); n != UINT32_MAX;
         n = neighbour_next(graph, vertex, n + 1)) {
        uint64_t *row = taken->rows + (size_t)n * taken->words;
        p->saturation[n] += !has_bit(row, colour);
        set_bit(row, colour);
    }
}

/* Goes for the first colour that is free, with no way back. */
static void paint_greedily(apr_pool_t *pool, painter *p)
{
    component *c = p->of;
    bit_rows taken = rows_make(pool, c->graph->count, p->width);
    uint32_t count = c->clique_size;

    for (uint32_t i = 0; i < count; i++) {
        paint_finally(p, &taken, c->clique[i], i);
    }
    for (uint32_t vertex = vertex_next(p); vertex != UINT32_MAX;
         vertex = vertex_next(p)) {
        uint32_t colour = 0;
        while (has_bit(taken.rows + (size_t)vertex * taken.words, colour)) {
            colour++;
        }
        count = colour >= count ? colour + 1 : count;
        paint_finally(p, &taken, vertex, colour);
    }
    best_keep(p, count);
}

/* Tries all colourings with fewer colours than the best one, down to `enough`. `count`
 * are in use. False where the steps ended before. */
static bool search(painter *p, uint32_t count, uint32_t enough)
{
    uint32_t vertex = vertex_next(p);

    if (*p->steps < p->of->graph->count) {
        return false;
    }
    *p->steps -= p->of->graph->count;
    if (vertex == UINT32_MAX) {
        best_keep(p, count);
        return true;
    }
    /* A new colour is as good as any other new one. */
    for (uint32_t colour = 0;
         colour <= count && colour + 1 < p->of->best_count && p->of->best_count > enough;
         colour++) {
        bool through = true;
        if (is_free(p, vertex, colour)) {
            paint(p, vertex, colour);
            through = search(p, colour == count ? count + 1 : count, enough);
            unpaint(p, vertex);
        }
        if (!through) {
            return false;
        }
    }
    return true;
}

/* Collects what is connected with a vertex, and takes it out of `unseen`. Tells how many
 * vertices that are. */
static component component_find(apr_pool_t *pool, const aty_graph *graph, uint32_t start,
                                uint64_t *unseen, uint32_t *count_found)
{
    apr_array_header_t *vertices = apr_array_make(pool, 4, sizeof(uint32_t));
    component c = {.best_count = 0};
    uint32_t count;

    APR_ARRAY_PUSH(vertices, uint32_t) = start;
    unseen[start / WORD] &= ~((uint64_t)1 << start % WORD);
    for (int i = 0; i < vertices->nelts; i++) {
        const uint64_t *row = row_of(graph, APR_ARRAY_IDX(vertices, i, uint32_t));
        for (uint32_t w = 0; w < graph->neighbours.words; w++) {
            for (uint64_t new = row[w] & unseen[w]; new != 0; new &= new - 1) {
                APR_ARRAY_PUSH(vertices, uint32_t) =
                    w * WORD + (uint32_t)__builtin_ctzll(new);
            }
            unseen[w] &= ~row[w];
        }
    }
    count = (uint32_t)vertices->nelts;
    c.vertices = (uint32_t *)(void *)vertices->elts;
    c.degrees = apr_palloc(pool, count * sizeof *c.degrees);
    c.clique = apr_palloc(pool, count * sizeof *c.clique);
    c.best = apr_palloc(pool, count * sizeof *c.best);
    *count_found = count;
    return c;
}

static int number_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* Makes a graph of its vertices, as the whole one has them; if they are all, it is that
 * one. `numbers` is by vertex of the whole graph. */
static void component_join(apr_pool_t *pool, const aty_graph *graph, component *c,
                           uint32_t count, uint32_t *numbers)
{
    aty_graph *own = count < graph->count ? aty_graph_make(pool, count) : NULL;

    qsort(c->vertices, count, sizeof *c->vertices, number_compare);
    for (uint32_t i = 0; i < count; i++) {
        numbers[c->vertices[i]] = i;
    }
    for (uint32_t i = 0; own && i < count; i++) {
        for (uint32_t n = neighbour_next(graph, c->vertices[i], 0); n != UINT32_MAX;
             n = neighbour_next(graph, c->vertices[i], n + 1)) {
            set_bit(row_of(own, i), numbers[n]);
        }
    }
    c->graph = own ? own : graph;
    for (uint32_t i = 0; i < count; i++) {
        c->degrees[i] = degree_of(c->graph, i);
    }
}

/* A colouring that is quickly found. DSATUR needs no more colours than a vertex has
 * neighbours, and one. */
static void component_colour(apr_pool_t *parent, component *c)
{
    uint32_t width = 1;
    apr_pool_t *pool;
    painter p;

    apr_pool_create(&pool, parent);
    for (uint32_t i = 0; i < c->graph->count; i++) {
        width = c->degrees[i] >= width ? c->degrees[i] + 1 : width;
    }
    clique_find(pool, c);
    p = painter_make(pool, c, width, NULL);
    if (c->clique_size < c->graph->count) {
        paint_greedily(pool, &p);
    }
    else {
        for (uint32_t i = 0; i < c->clique_size; i++) {
            p.colours[c->clique[i]] = i;
        }
        best_keep(&p, c->clique_size);
    }
    apr_pool_destroy(pool);
}

/* Looks for a better one. Returns whether there is none with fewer colours, but for those
 * with fewer than `enough`. */
static bool component_search(apr_pool_t *parent, component *c, uint32_t enough,
                             uint64_t *steps)
{
    apr_pool_t *pool;
    painter p;
    bool through;

    if (c->graph->count > EXACT_MAX) {
        return false;
    }
    apr_pool_create(&pool, parent);
    p = painter_make(pool, c, c->best_count, steps);
    p.neighbours =
        apr_pcalloc(pool, (size_t)c->graph->count * p.width * sizeof(uint32_t));
    for (uint32_t i = 0; i < c->clique_size; i++) {
        paint(&p, c->clique[i], i);
    }
    through = search(&p, c->clique_size, enough);
    apr_pool_destroy(pool);
    return through;
}

static apr_array_header_t *components_find(apr_pool_t *pool, const aty_graph *graph)
{
    apr_array_header_t *all = apr_array_make(pool, 4, sizeof(component));
    uint64_t *unseen = apr_palloc(pool, (graph->neighbours.words + 1) * sizeof *unseen);
    uint32_t *numbers = apr_palloc(pool, (graph->count + 1) * sizeof *numbers);

    memset(unseen, 0xff, graph->neighbours.words * sizeof *unseen);
    for (uint32_t i = 0; i < graph->count; i++) {
        if (has_bit(unseen, i)) {
            component *c = &APR_ARRAY_PUSH(all, component);
            uint32_t count;
            *c = component_find(pool, graph, i, unseen, &count);
            component_join(pool, graph, c, count, numbers);
            component_colour(pool, c);
        }
    }
    return all;
}

/* What one component needs, the others may have. Where two colours are enough, DSATUR
 * finds them: where it takes more, three are needed. */
uint32_t aty_graph_colour(const aty_graph *graph, uint32_t *colours, bool *least)
{
    uint64_t steps = EXACT_STEPS;
    uint32_t needed = 0, count = 0;
    const apr_array_header_t *all;
    apr_pool_t *pool;

    apr_pool_create(&pool, graph->pool);
    all = components_find(pool, graph);
    for (int i = 0; i < all->nelts; i++) {
        const component *c = &APR_ARRAY_IDX(all, i, const component);
        uint32_t sure = c->best_count > 2 && c->clique_size == 2 ? 3 : c->clique_size;
        needed = sure > needed ? sure : needed;
    }
    for (int i = 0; i < all->nelts; i++) {
        component *c = &APR_ARRAY_IDX(all, i, component);
        if (c->best_count > needed && component_search(pool, c, needed, &steps) &&
            c->best_count > needed) {
            needed = c->best_count;
        }
        count = c->best_count > count ? c->best_count : count;
        for (uint32_t v = 0; v < c->graph->count; v++) {
            colours[c->vertices[v]] = c->best[v];
        }
    }
    *least = count <= needed;
    apr_pool_destroy(pool);
    return count;
}
