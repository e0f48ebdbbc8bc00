/* diff.h: what changes for clients from one policy to another.
 *
 * POINTS. Clients connect to an address and a port. A point is such a pair as OLD or NEW
 * declares it, with the address set that serves it in each (a vhost that moves from `*`
 * to an address of its own is compared on that address). Every connection is one to a
 * point.
 *
 * PAIRS. On a point a pair is a connection, by the name in its handshake or none, and the
 * authority of a request. Asked about are all names that OLD or NEW have there, all that
 * certificates name, and samples, which stand for names without end: one and two labels
 * in place of a wildcard, a name of nobody, an IP address. A pair changes if its verdict
 * or its (first) reason does. Where a side does not have the name, the default vhost
 * answers, as in httpd.
 *
 * No pair is looked at by itself. Names are put together to rows (connections: the vhost
 * in OLD and that in NEW) and columns (authorities: the same, and who covers the name).
 * Each side sorts its vhosts into nodes (levels.h): the node of two vhosts is their
 * outcome. So all pairs that go from one outcome to another are those of the rows and
 * columns that one node of OLD and one of NEW have in common, as far as their marks
 * differ: as many of these blocks as there are places on a way down the two trees, for
 * each vhost, and not the square of the vhosts. Within a block `not-covered` is told by
 * the covers of rows and the lists of covers of columns (diff_cover.h): the few that
 * cover a name are taken one by one, the many that do not are all the others.
 *
 * A change is such a block: parts, each with marks, connections and authorities. A
 * connection and an authority are one of its pairs if the marks of their two parts differ
 * in every place, unless one of `except` has the pair likewise. Pairs are counted by
 * inclusion and exclusion of equal marks. A pair of each change is decided by
 * aty_verdict_decide; were it to disagree, there would be no answer.
 *
 * VHOSTS are found again by ServerName and addresses, then by a ServerName that is alone
 * (moved), then by their names (renamed), and else came or went. What a vhost says is
 * compared by what it comes to: neither places nor spellings nor fingerprints.
 *
 * ORIGIN sets are compared for each name that connects before and after.
 */
#ifndef ATY_AUTHORITYC_DIFF_H
#define ATY_AUTHORITYC_DIFF_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/diff/diff_cover.h"
#include "authorityc/diff/diff_outcome.h"
#include "authorityc/set_members.h"
#include "core/table.h"

enum {
    ATY_OLD,
    ATY_NEW,
    ATY_SIDES
};

typedef struct {
    const char *path;
    aty_table table;
    aty_diff_cover *cover;
    aty_set_members members; /* of its address sets */
    uint32_t *asked;   /* by certificate: the last point that had its names, from 1 */
    uint32_t *numbers; /* by vhost: which it is of the address set at hand */
} aty_diff_side;

/* A name that is asked for. */
typedef struct {
    const char *name;           /* lower case */
    const char *stands_for;     /* what it is a sample of, or NULL */
    uint32_t known;             /* bit N: side N has a vhost with it; none: nobody's */
    bool connects;              /* also in handshakes */
    uint32_t vhosts[ATY_SIDES]; /* whose it is on the point, or the default ones */
} aty_diff_host;

/* Names that are all the same as connections or as authorities. */
typedef struct {
    apr_array_header_t *hosts; /* uint32_t; none: a connection without SNI */
    uint32_t count;            /* of names */
    bool kept;                 /* they neither came nor went */
    uint32_t vhosts[ATY_SIDES];
    uint32_t
        covers[ATY_SIDES];       /* of a row: its cover; of a column: the list of those
                                    that  cover it, ATY_NONE where its own vhost does not */
    uint32_t reasons[ATY_SIDES]; /* of a column: the outcome that it has on connections of
                                    all others, by itself; 0: none */
    bool unknown[ATY_SIDES];     /* of a column: nobody has it, and it is refused */
} aty_diff_atom;

typedef struct {
    uint32_t number; /* in the order of points */
    const char *host;
    uint32_t port;               /* 0: any */
    uint32_t sets[ATY_SIDES];    /* ATY_NONE: nobody serves it */
    apr_array_header_t *hosts;   /* aty_diff_host */
    apr_array_header_t *rows;    /* aty_diff_atom */
    apr_array_header_t *columns; /* aty_diff_atom */
} aty_diff_point;

/* Of a change: rows and columns with the same marks. */
typedef struct {
    const uint32_t *marks;
    apr_array_header_t *rows;    /* uint32_t, of the point */
    apr_array_header_t *columns; /* uint32_t */
} aty_diff_part;

typedef struct {
    uint32_t mark_count;
    apr_array_header_t *parts; /* aty_diff_part */
} aty_diff_block;

typedef struct {
    const aty_diff_point *point;
    uint32_t outcomes[ATY_SIDES];
    bool kept; /* of names that both sides have */
    uint64_t pairs;
    aty_diff_block block;
    apr_array_header_t *except; /* aty_diff_block, of which no two share a pair */
    uint32_t number, sequence;  /* of its point, and of itself: for its order */
} aty_diff_change;

/* What happened to a vhost or a name. */
typedef enum {
    ATY_CAME,
    ATY_WENT,
    ATY_MOVED,   /* vhost: to other addresses; name: to another vhost */
    ATY_RENAMED, /* vhost */
    ATY_FATES
} aty_diff_fate;

typedef struct {
    aty_diff_fate fate;
    uint32_t vhosts[ATY_SIDES]; /* ATY_NONE on a side that has it not */
} aty_diff_vhost;

typedef struct {
    aty_diff_fate fate;
    const aty_diff_point *point;
    uint32_t host;
} aty_diff_name;

/* Connections whose ORIGIN frame says something else than before. */
typedef struct {
    const aty_diff_point *point;
    const aty_seat_record *seats[ATY_SIDES];
    apr_array_header_t *rows;   /* uint32_t */
    uint32_t connections;       /* names */
    uint32_t counts[ATY_SIDES]; /* of origins that only that side has */
} aty_diff_origin;

/* Vhosts that say something else than before in one respect. */
typedef struct {
    const char *what;
    const char *texts[ATY_SIDES];
    apr_array_header_t *vhosts; /* uint32_t, of NEW */
} aty_diff_setting;

typedef struct {
    apr_pool_t *pool;
    aty_diff_side sides[ATY_SIDES];
    bool h2;                        /* connections are HTTP/2 */
    apr_array_header_t *points;     /* aty_diff_point *, in the order of NEW */
    apr_array_header_t *changes;    /* aty_diff_change, in the order in which they are
                                       told */
    uint64_t pairs[ATY_DIRECTIONS]; /* in all changes */
    uint32_t *found[ATY_SIDES];     /* by vhost: who it is on the other side */
    apr_array_header_t *vhosts;     /* aty_diff_vhost */
    apr_array_header_t *names;      /* aty_diff_name */
    apr_array_header_t *origins;    /* aty_diff_origin */
    apr_array_header_t *settings;   /* aty_diff_setting */
    const char *fault;              /* NULL: none */
} aty_diff;

/* Compares. `sides` has paths and tables; all else is filled in. Where there is a fault,
 * there is no answer. */
void aty_diff_make(aty_diff *diff);

/* Whether nothing changes for clients. */
bool aty_diff_is_equal(const aty_diff *diff);

/* The steps, in their order. */
void aty_diff_points_find(aty_diff *diff);
void aty_diff_vhosts_find(aty_diff *diff);
void aty_diff_hosts_find(aty_diff *diff, uint32_t number, const char *label);
void aty_diff_atoms_form(aty_diff *diff, aty_diff_point *point);
void aty_diff_pairs_compare(aty_diff *diff, const aty_diff_point *point);
void aty_diff_names_compare(aty_diff *diff, const aty_diff_point *point);
void aty_diff_origins_compare(aty_diff *diff, const aty_diff_point *point);
void aty_diff_settings_compare(aty_diff *diff);

/* The origins (aty_seat_origin) of two frames that only one side has, in an order of
 * their own. */
void aty_diff_origin_lists(const aty_diff *diff, apr_pool_t *pool,
                           const aty_seat_record *const seats[ATY_SIDES],
                           apr_array_header_t *lists[ATY_SIDES]);

/* "*:443", "[2001:db8::1]:443", "192.0.2.1:*". */
const char *aty_diff_address(apr_pool_t *pool, const aty_diff_point *point);

/* A label that begins no name of either side, for samples. */
const char *aty_diff_sample_label(const aty_diff *diff);

/* The answer on standard output, for people and for programs. */
void aty_diff_text(const aty_diff *diff, bool colour);
void aty_diff_json(const aty_diff *diff);

/* Readers. */
static inline const aty_diff_host *aty_diff_host_at(const aty_diff_point *point,
                                                    uint32_t host)
{
    return &APR_ARRAY_IDX(point->hosts, (int)host, const aty_diff_host);
}

static inline const aty_diff_atom *aty_diff_row_at(const aty_diff_point *point,
                                                   uint32_t row)
{
    return &APR_ARRAY_IDX(point->rows, (int)row, const aty_diff_atom);
}

static inline const aty_diff_atom *aty_diff_column_at(const aty_diff_point *point,
                                                      uint32_t column)
{
    return &APR_ARRAY_IDX(point->columns, (int)column, const aty_diff_atom);
}

/* Whether both sides have the name, or neither. */
static inline bool aty_diff_host_is_kept(const aty_diff_host *host)
{
    return host->known == 0 || host->known == 3;
}

#endif
