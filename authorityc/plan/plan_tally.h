/* plan_tally.h: connections and authorities of an address set, put together as far as
 * they are tried and answered alike; what attempts are counted from.
 *
 * Groups are numbered as in group_list.h, from 0. Vhosts of one group may come to
 * different things by the same words, which tells with others why they are apart: where
 * that is the same, too, they are of one kind. Kinds are numbered on their address set,
 * from 0.
 */
#ifndef ATY_AUTHORITYC_PLAN_TALLY_H
#define ATY_AUTHORITYC_PLAN_TALLY_H

#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/group_list.h"
#include "authorityc/plan/plan_attempts.h"
#include "authorityc/plan/plan_tries.h"
#include "authorityc/set_members.h"

typedef struct {
    uint32_t group;
    uint32_t vhost; /* the first */
} aty_tally_kind;

/* Connections of one kind whose vhosts have one class of covers. */
typedef struct {
    uint32_t class, kind, group;
    uint32_t vhosts;     /* how many */
    uint32_t example[2]; /* two of them; ATY_NONE where there is no second */
    uint64_t attempts;   /* names that end in 421 on connections of each of the vhosts,
                            and its own names that would on others' */
} aty_tally_row;

/* Names of a vhost that are tried on the connections of one list, and have a reason of
 * their own in common. */
typedef struct {
    uint32_t list, group, kind, vhost;
    aty_reason reason; /* ATY_REASON_COUNT: none */
    uint32_t names;    /* how many */
    uint32_t name;     /* the record of the first */
} aty_tally_column;

/* What all address sets share. The arrays by group and class are zero between two uses,
 * so that many address sets take no longer than one. */
typedef struct {
    const aty_table *table;
    aty_set_members members;
    aty_group_list groups;
    aty_tries *tries;
    uint32_t *rows;                /* by vhost: its row of the address set at hand, or
                                      ATY_NONE */
    uint32_t *kinds;               /* by vhost: its kind on it, or ATY_NONE */
    uint32_t *row_starts;          /* by class: its first row of the address set */
    uint32_t *row_counts;          /* by class */
    uint64_t *connections;         /* by group */
    uint64_t *names;               /* by group */
    apr_array_header_t *list_rows; /* aty_tally_row *: an answer */
    aty_attempts *found;
} aty_tally_site;

aty_tally_site *aty_tally_site_make(apr_pool_t *pool, const aty_table *table,
                                    aty_attempts *found);

typedef struct {
    const aty_tally_site *site;
    uint32_t address_set;
    apr_array_header_t *kinds; /* aty_tally_kind */
    aty_tally_row *rows;       /* by class, then by kind */
    uint32_t row_count;
    apr_array_header_t *columns; /* aty_tally_column: by list, kind, reason, vhost */
} aty_tally;

/* Until it is ended, the site's rows are those of this address set. */
aty_tally aty_tally_begin(apr_pool_t *pool, const aty_tally_site *site,
                          uint32_t address_set);
void aty_tally_end(const aty_tally *tally);

/* The rows (aty_tally_row *) of a list. The array is good until the next call. */
const apr_array_header_t *aty_tally_rows_of(const aty_tally *tally, uint32_t list);

static inline aty_tally_row *aty_tally_row_at(const apr_array_header_t *rows, int i)
{
    return APR_ARRAY_IDX(rows, i, aty_tally_row *);
}

static inline const aty_tally_kind *aty_tally_kind_at(const aty_tally *tally, uint32_t i)
{
    return &APR_ARRAY_IDX(tally->kinds, (int)i, const aty_tally_kind);
}

static inline const aty_tally_column *aty_tally_column_at(const aty_tally *tally, int i)
{
    return &APR_ARRAY_IDX(tally->columns, i, const aty_tally_column);
}

/* The end of the columns from `first` that have its list and, if that is asked for, its
 * kind and its reason. */
int aty_tally_run_end(const aty_tally *tally, int first, bool of_kind);

/* Whether the names of a column are tried on its vhost's own connections, too. */
bool aty_tally_tries_itself(const aty_tally *tally, const aty_tally_column *column);

/* The first of two reasons; ATY_REASON_COUNT is none. */
static inline aty_reason aty_tally_first(aty_reason a, aty_reason b)
{
    return a < b ? a : b;
}

/* plan_attempts_list.c: enters the attempts of an address set into the list, as far as
 * they are among the largest. */
typedef struct aty_attempt_list aty_attempt_list;

aty_attempt_list *aty_attempt_list_make(apr_pool_t *pool, const aty_tally_site *site,
                                        uint32_t entries);
void aty_attempt_list_add(aty_attempt_list *list, apr_pool_t *pool,
                          const aty_tally *tally);

/* Puts the list into what is found. */
void aty_attempt_list_finish(aty_attempt_list *list);

#endif
