/* busiest.h: which pairs of a connection and a name are misdirected most, in memory that
 * all children share.
 *
 * A pair is told by what is configured, never by what a client sends: the connection's
 * vhost, and the name or pattern of a vhost that was asked for, or that no vhost has it.
 * So a flood of invented names is one pair for each connection's vhost.
 *
 * The memory is fixed. Where a pair finds its places taken, the one of them that is met
 * least loses a little of its credit to it, and its place once the credit is spent: those
 * that come often keep their places, also while very many others come once each.
 *
 * There are no locks, so that a child may die at any moment. A place is taken by one
 * compare-and-swap of its key, a hash; texts are believed only if they lead to that key
 * again, and written again by the next who counts there if they do not.
 */
#ifndef ATY_MOD_AUTHORITY_BUSIEST_H
#define ATY_MOD_AUTHORITY_BUSIEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_time.h>

#include "core/reason.h"

#define ATY_BUSIEST_PLACES 1024 /* a power of 2 */
#define ATY_BUSIEST_LAYOUT "busiest 1"
#define ATY_BUSIEST_TEXT   256 /* bytes of a text with its NUL; longer ones are cut */

/* Between two lines of the error log about one pair. */
#define ATY_BUSIEST_INTERVAL apr_time_from_sec(10)

/* One request that was, or would have been, refused. */
typedef struct {
    const char *connection; /* ServerName of the connection's vhost; "" not known */
    bool had_sni;
    const char
        *requested; /* as a vhost's ServerName or ServerAlias has it; NULL: none has */
    const char *authority; /* as the client wrote it */
    aty_reason reason;
    bool observed;   /* it was not refused */
    apr_time_t time; /* now */
} aty_misdirection;

/* When lines about a pair were logged. */
typedef struct aty_log_limit aty_log_limit;

/* Bytes of the block, zeroed at first, and where it is; until then the module has one in
 * each process. */
size_t aty_busiest_size(void);
void aty_busiest_use(void *memory);

/* Counts it. Returns the pair's limit; or, where the pair has no place, the one limit of
 * all such pairs. */
aty_log_limit *aty_busiest_count(const aty_misdirection *misdirection);

/* Whether a line is due: the first at once, then one in ATY_BUSIEST_INTERVAL. `left_out`
 * becomes how many were not since the line before, and `since` when that was. Where none
 * is due, it is remembered as left out. */
bool aty_busiest_line_due(aty_log_limit *limit, apr_time_t now, uint64_t *left_out,
                          apr_time_t *since);

/* Whether it is the limit of all pairs without a place. */
bool aty_busiest_is_common(const aty_log_limit *limit);

/* A pair, and what came of it since it has its place. */
typedef struct {
    char connection[ATY_BUSIEST_TEXT];
    char requested[ATY_BUSIEST_TEXT]; /* "": no vhost has the name */
    char example[ATY_BUSIEST_TEXT];   /* the first authority, octets of a client */
    bool had_sni;
    aty_reason reason; /* the last */
    uint64_t refused;
    uint64_t observed;
    apr_time_t last;
} aty_busy_pair;

/* The pairs misdirected most, most first; at most `most` of them. Returns how many. */
size_t aty_busiest_read(aty_busy_pair *pairs, size_t most);

#endif
