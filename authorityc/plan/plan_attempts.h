/* plan_attempts.h: the requests that clients send on a connection of another vhost by
 * themselves, and that end in 421 nevertheless.
 *
 * A client that ignores ORIGIN frames reuses an HTTP/2 connection for a name if the
 * certificate of the connection covers the name and the name leads to the same address
 * (RFC 9113 §9.1.1): so a pair of a connection's vhost C and an authority A is tried
 * where C allows h2 and does not require client certificates (browsers do not reuse
 * connections on which they sent one), and where one of C's certificates covers A. The
 * pair is an attempt where the verdict is misdirected, too.
 *
 * Connections are to vhosts that clients can reach by name: the default vhost of the
 * address set, and those to which it gives one of their names. An authority is a name of
 * another vhost that the address set gives to it.
 *
 * A pattern counts as one name, for all that certificate and pattern have in common but
 * for names that vhosts have as they are: where an entry of some certificate and the
 * pattern meet, a name of both is asked for (plan_sample.h). The pair is tried where one
 * of these is, and its reason is the first of all theirs.
 *
 * No pair is looked at by itself. The names that the same connections try are put
 * together, and so are the connections of one group with one cover (cover_classes.h):
 * time and memory follow names and groups.
 */
#ifndef ATY_AUTHORITYC_PLAN_ATTEMPTS_H
#define ATY_AUTHORITYC_PLAN_ATTEMPTS_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/reason.h"
#include "core/table.h"
#include "core/verdict.h"

/* Attempts from one group to another (or within one) for one reason. */
typedef struct {
    uint32_t address_set;
    uint32_t from, to;   /* groups, as seats number them */
    aty_reason reason;   /* the first */
    uint64_t pairs;      /* of a connection's vhost and an authority */
    uint32_t connection; /* for instance: a vhost, */
    uint32_t name;       /* and a name record that is tried on its connections */
} aty_attempt;

/* Entries of the list at most: the largest are there, but for sites whose groups meet in
 * so many ways (10^8) that not all are looked at. */
#define ATY_ATTEMPTS_LISTED 100000

typedef struct {
    uint64_t pairs;                     /* all, listed or not */
    uint64_t reasons[ATY_REASON_COUNT]; /* all, by their first reason */
    uint64_t tried;                     /* attempts, and the pairs that are answered; of
                                           two vhosts, as all pairs here */
    uint64_t *from;                     /* by vhost: attempts on its connections */
    uint64_t *to;                       /* by vhost: attempts for its names */
    apr_array_header_t *list;           /* aty_attempt, most pairs first */
    uint64_t unlisted;                  /* pairs that are in no entry of the list */
} aty_attempts;

/* Finds all attempts of a table; the time follows the names and groups, not the pairs.
 * All of it is in the pool. */
aty_attempts *aty_attempts_find(apr_pool_t *pool, const aty_table *table);

/* The same with `listed` entries of the list at most, instead of ATY_ATTEMPTS_LISTED. */
aty_attempts *aty_attempts_find_some(apr_pool_t *pool, const aty_table *table,
                                     uint32_t listed);

/* Whether clients reuse connections of the vhost for other names. */
bool aty_attempt_is_reusable(const aty_table *table, uint32_t vhost);

/* Whether clients get to the vhost on the address set. */
bool aty_attempt_is_reached(const aty_table *table, uint32_t address_set, uint32_t vhost);

/* Whether clients try an authority (lower case) on connections of a vhost, whatever the
 * verdict is. `authority` is a name, no pattern. */
bool aty_attempt_is_tried(const aty_table *table, uint32_t connection,
                          const char *authority, size_t length);

/* Whether it is an attempt on that address set. `verdict` is that of the pair in any
 * case, with the default vhost's answer where nobody has the authority. */
bool aty_attempt_is(const aty_table *table, uint32_t address_set, uint32_t connection,
                    const char *authority, size_t length, aty_verdict *verdict);

#endif
