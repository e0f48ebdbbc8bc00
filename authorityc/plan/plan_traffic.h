/* plan_traffic.h: which attempts real clients made, by an access log.
 *
 * Read are the format of mod_authority(8), "%t %<{AUTHORITY_CONN}e %{Host}i
 * %<{AUTHORITY_VERDICT}e %<{AUTHORITY_REASON}e %>s %h", and Apache's vhost_combined, in
 * which the Referer tells whose connection it may have been: the page's. A log may have
 * lines of both. Requests count that were answered with 421, or would have been where
 * mod_authority only observes (would-421).
 */
#ifndef ATY_AUTHORITYC_PLAN_TRAFFIC_H
#define ATY_AUTHORITYC_PLAN_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "core/table.h"

/* A pair of the log that was, or would have been, answered with 421. */
typedef struct {
    uint32_t connection;   /* vhost */
    const char *authority; /* lower case */
    uint64_t requests;
} aty_traffic_pair;

/* Pairs of a log that are told apart: names without end lead to a vhost with a wildcard.
 */
#define ATY_TRAFFIC_PAIRS 250000

typedef struct {
    apr_array_header_t *pairs; /* aty_traffic_pair, most requests first */
    uint64_t requests;         /* with status 421, or that would have it */
    uint64_t unknown;          /* of these, whose names the table does not have, or whose
                                  connection the log does not tell */
    uint64_t crowded;          /* of these, whose pairs were too many to be told apart */
    uint64_t lines, unread;    /* all, and those in neither format */
} aty_traffic;

/* Reads a log, or standard input where the path is "-". Returns NULL, or what is wrong
 * (lower case, no full stop): it cannot be read, or none of its lines is in one of the
 * formats. The log is not kept in memory, however long it is. */
const char *aty_traffic_read(apr_pool_t *pool, const char *path, const aty_table *table,
                             aty_traffic **traffic);

/* The requests of the log whose pairs are attempts by this table, which has the vhosts of
 * the other one in their order. */
uint64_t aty_traffic_attempts(const aty_traffic *traffic, const aty_table *table);

#endif
