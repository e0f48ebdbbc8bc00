/* Graphs are coloured with as few colours as can be: random graphs are held against a
 * search that tries everything, others against what is known of them. */
#include "test/unit/tap.h"

#include <time.h>

#include "authorityc/plan/plan_colour.h"
#include "test/unit/policy_text.h"
#include "test/unit/random_policy.h"

#define GRAPHS  1000
#define SMALL   12
#define COLOURS 10000 /* vertices of the largest graph */

/* Whether the vertices from `next` can be coloured with `count` colours. */
static bool can_colour(const aty_graph *graph, uint32_t vertices, uint32_t count,
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
        if (fits && can_colour(graph, vertices, count, colours, next + 1)) {
            return true;
        }
    }
    return false;
}

static uint32_t brute_force(const aty_graph *graph, uint32_t vertices)
{
    uint32_t colours[SMALL];
    uint32_t count = 0;

    while (!can_colour(graph, vertices, count, colours, 0)) {
        count++;
    }
    return count;
}

static aty_graph *random_graph(apr_pool_t *pool, uint32_t vertices, uint32_t percent)
{
    aty_graph *graph = aty_graph_make(pool, vertices);

    for (uint32_t a = 0; a < vertices; a++) {
        for (uint32_t b = 0; b < a; b++) {
            if (random_below(100) < percent) {
                aty_graph_join(graph, a, b);
            }
        }
    }
    return graph;
}

/* Whether no two neighbours share a colour, and all colours are below the number. */
static bool is_colouring(const aty_graph *graph, uint32_t vertices,
                         const uint32_t *colours, uint32_t count)
{
    for (uint32_t a = 0; a < vertices; a++) {
        if (colours[a] >= count) {
            return false;
        }
        for (uint32_t b = 0; b < a; b++) {
            if (colours[a] == colours[b] && aty_graph_joined(graph, a, b)) {
                return false;
            }
        }
    }
    return true;
}

static void small_graphs(apr_pool_t *parent)
{
    uint32_t wrong = 0, unproven = 0, broken = 0, most = 0;
    apr_pool_t *pool;

    apr_pool_create(&pool, parent);
    random_seed(1);
    for (int i = 0; i < GRAPHS; i++) {
        uint32_t vertices = random_below(SMALL + 1), colours[SMALL + 1], count;
        const aty_graph *graph = random_graph(pool, vertices, 10 + 20 * random_below(5));
        bool least;
        count = aty_graph_colour(graph, colours, &least);
        wrong += count != brute_force(graph, vertices);
        unproven += !least;
        broken += !is_colouring(graph, vertices, colours, count);
        most = count > most ? count : most;
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    tap_is_int(wrong, 0, "%d graphs of up to %d vertices, up to %u colours: the least",
               GRAPHS, SMALL, most);
    tap_is_int(unproven, 0, "... and proven to be");
    tap_is_int(broken, 0, "... and no neighbours of one colour");
}

/* Graphs as large as sites may have groups that are all in each other's way. */
static void middle_graphs(apr_pool_t *parent)
{
    static const uint32_t percents[] = {5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95};
    uint32_t unproven = 0, broken = 0, colours[60];
    apr_pool_t *pool;

    apr_pool_create(&pool, parent);
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        const aty_graph *graph = random_graph(pool, 60, percents[i]);
        bool least;
        uint32_t count = aty_graph_colour(graph, colours, &least);
        unproven += !least;
        broken += !is_colouring(graph, 60, colours, count);
    }
    apr_pool_destroy(pool);
    tap_is_int(unproven, 0, "random graphs of 60 vertices: proven to be the least");
    tap_is_int(broken, 0, "... and no neighbours of one colour");
}

typedef enum {
    EMPTY,
    COMPLETE,
    CYCLE,
    BIPARTITE,
    ISLANDS, /* triangles */
    WHEEL,
    KINDS
} kind;

static bool joined(kind of, uint32_t vertices, uint32_t a, uint32_t b)
{
    switch (of) {
    case COMPLETE:
        return true;
    case CYCLE:
        return (a + 1) % vertices == b || (b + 1) % vertices == a;
    case BIPARTITE:
        return a % 2 != b % 2 && (a * 7 + b * 5) % 3 != 0;
    case ISLANDS:
        return a / 3 == b / 3;
    case WHEEL:
        return a == 0 || b == 0 || joined(CYCLE, vertices - 1, a - 1, b - 1);
    default:
        return false;
    }
}

static const struct {
    const char *what;
    kind of;
    uint32_t vertices, colours;
} known[] = {
    {"no vertex", EMPTY, 0, 0},
    {"one vertex", EMPTY, 1, 1},
    {"no edge", EMPTY, 70, 1},
    {"two vertices", COMPLETE, 2, 2},
    {"all joined", COMPLETE, 70, 70},
    {"an even cycle", CYCLE, 64, 2},
    {"an odd cycle", CYCLE, 65, 3},
    {"a long odd cycle", CYCLE, 1001, 3},
    {"two sides", BIPARTITE, 200, 2},
    {"triangles apart", ISLANDS, 300, 3},
    {"a wheel of an even number", WHEEL, 65, 3},
    {"a wheel of an odd number", WHEEL, 66, 4},
    {"2,000 all joined", COMPLETE, 2000, 2000},
    {"3,000 on two sides", BIPARTITE, 3000, 2},
};

static void known_graphs(apr_pool_t *parent)
{
    static uint32_t colours[COLOURS];
    apr_pool_t *pool;

    apr_pool_create(&pool, parent);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t vertices = known[i].vertices;
        aty_graph *graph = aty_graph_make(pool, vertices);
        bool least;
        for (uint32_t a = 0; a < vertices; a++) {
            aty_graph_join(graph, a, a);
            for (uint32_t b = 0; b < a; b++) {
                if (joined(known[i].of, vertices, a, b)) {
                    aty_graph_join(graph, a, b);
                }
            }
        }
        tap_is_int(aty_graph_colour(graph, colours, &least), known[i].colours, "%s",
                   known[i].what);
        tap_ok(is_colouring(graph, vertices, colours, known[i].colours), "... coloured");
        tap_ok(least, "... and proven");
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
}

/* Large graphs end, with as many colours as it takes, in the same time on any machine. */
static void large_graph(apr_pool_t *parent, uint32_t vertices, uint32_t percent)
{
    static uint32_t colours[COLOURS];
    clock_t began = clock();
    apr_pool_t *pool;
    const aty_graph *graph;
    uint32_t count;
    bool least;

    apr_pool_create(&pool, parent);
    graph = random_graph(pool, vertices, percent);
    count = aty_graph_colour(graph, colours, &least);
    tap_ok(is_colouring(graph, vertices, colours, count),
           "%u vertices, %u in 100 joined: %u colours%s", vertices, percent, count,
           least ? ", the least" : "");
    tap_diag("%.2f s", (double)(clock() - began) / CLOCKS_PER_SEC);
    apr_pool_destroy(pool);
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();

    small_graphs(pool);
    middle_graphs(pool);
    known_graphs(pool);
    large_graph(pool, 300, 50);
    large_graph(pool, COLOURS, 1);
    large_graph(pool, 3000, 50);
    apr_pool_destroy(pool);
    return tap_done();
}
