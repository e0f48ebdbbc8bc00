/* Graphs are coloured with as few colours as can be: random graphs are held against a
 * search that tries everything, others against what is known of them. */
#include "test/unit/tap.h"

#include <time.h>

#include "authorityc/plan/plan_colour.h"
#include "test/unit/brute_colour.h"
#include "test/unit/policy_text.h"
#include "test/unit/random_policy.h"

#define GRAPHS  1000
#define SMALL   BRUTE_COLOUR_MAX
#define COLOURS 10000 /* vertices of the largest graph */

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
        wrong += count != brute_colour(graph, vertices);
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
    QUEENS
} kind;

/* Squares of a board of `side` by `side` from which a queen takes the other. */
static bool queen_takes(uint32_t side, uint32_t a, uint32_t b)
{
    uint32_t rows = a / side > b / side ? a / side - b / side : b / side - a / side;
    uint32_t columns = a % side > b % side ? a % side - b % side : b % side - a % side;

    return rows == 0 || columns == 0 || rows == columns;
}

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
    case QUEENS: /* of a board of 5, 6 or 7 */
        return queen_takes(vertices == 25 ? 5 : vertices == 36 ? 6 : 7, a, b);
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
    {"queens on 5 by 5", QUEENS, 25, 5},
    {"queens on 6 by 6", QUEENS, 36, 7}, /* none of their cliques is larger than 6 */
    {"queens on 7 by 7", QUEENS, 49, 7},
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

/* Mycielski's graphs need ever more colours, and have no triangle. */
static void mycielski_graphs(apr_pool_t *pool)
{
    aty_graph *graph = aty_graph_make(pool, 2);
    uint32_t vertices = 2, colours[64];
    bool least;

    aty_graph_join(graph, 0, 1);
    for (uint32_t needed = 2; needed <= 6; needed++) {
        aty_graph *next = aty_graph_make(pool, 2 * vertices + 1);
        tap_is_int(aty_graph_colour(graph, colours, &least), needed,
                   "Mycielski's graph of %u vertices", vertices);
        tap_ok(least, "... and proven");
        for (uint32_t a = 0; a < vertices; a++) {
            for (uint32_t b = 0; b < vertices; b++) {
                if (aty_graph_joined(graph, a, b)) {
                    aty_graph_join(next, a, b);
                    aty_graph_join(next, a, vertices + b);
                }
            }
            aty_graph_join(next, vertices + a, 2 * vertices);
        }
        graph = next;
        vertices = 2 * vertices + 1;
    }
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
    mycielski_graphs(pool);
    large_graph(pool, 300, 50);
    large_graph(pool, COLOURS, 1);
    large_graph(pool, 3000, 50);
    apr_pool_destroy(pool);
    return tap_done();
}
