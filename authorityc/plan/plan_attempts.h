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
 * An authority is a name of a vhost that the address set gives to it. A pattern counts as
 * one name, for all that certificate and pattern have in common.
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

#define ATY_ATTEMPTS_LISTED \
    100000 /* entries of the list at most; the largest are there */

typedef struct {
    uint64_t pairs;                     /* all, listed or not */
    uint64_t reasons[ATY_REASON_COUNT]; /* all, by their first reason */
    uint64_t tried;                     /* attempts, and the pairs that are answered */
    uint64_t *from;                     /* by vhost: attempts on its connections */
    uint64_t *to;                       /* by vhost: attempts for its names */
    apr_array_header_t *list;           /* aty_attempt, most pairs first */
    uint64_t unlisted;                  /* pairs that are in no entry of the list */
} aty_attempts;

/* Finds all attempts of a table; the time follows the names and groups, not the pairs.
 * All of it is in the pool. */
aty_attempts *aty_attempts_find(apr_pool_t *pool, const aty_table *table);

/* Whether clients try an authority (lower case) on connections of a vhost, whatever the
 * verdict is. `authority` is a name, no pattern. */
bool aty_attempt_is_tried(const aty_table *table, uint32_t connection,
                          const char *authority, size_t length);

/* Whether it is an attempt on that address set; `verdict` says why. */
bool aty_attempt_is(const aty_table *table, uint32_t address_set, uint32_t connection,
                    const char *authority, size_t length, aty_verdict *verdict);

#endif
