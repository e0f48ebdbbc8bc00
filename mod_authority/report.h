/* report.h: what administrators see of a decision: the environment of the request, for
 * LogFormat, the counters, and a line in the error log.
 */
#ifndef ATY_MOD_AUTHORITY_REPORT_H
#define ATY_MOD_AUTHORITY_REPORT_H

#include <stdbool.h>

#include <httpd.h>

#include "core/verdict.h"
#include "mod_authority/connection.h"

/* Counts the request, and sets AUTHORITY_VERDICT; AUTHORITY_REASON where misdirected; and
 * where they are known AUTHORITY_CONN, ServerName of the connection's vhost, and
 * AUTHORITY_GROUP, the group of the request's. For a request that has none of them yet.
 * `observed`: nobody is refused (AuthorityEngine observe), and a misdirected request is
 * called "would-421". */
void aty_report_verdict(request_rec *r, const aty_connection *connection,
                        const aty_pair *pair, const aty_verdict *verdict, bool observed);

/* The same, in short, where the request is plainly for the connection's own vhost: sets
 * AUTHORITY_VERDICT and AUTHORITY_CONN. Allocates nothing; each further variable would
 * cost such a request 90 instructions more. */
void aty_report_same(request_rec *r, const aty_connection *connection);

/* Adds a misdirected request to those of its pair (busiest.h), and logs it at level info,
 * with the lines of the policy that tell the two vhosts of the pair apart: ATY301, or
 * ATY302 where it is only observed. A pair has one line in ten seconds, but at debug
 * every one. */
void aty_report_misdirected(request_rec *r, const aty_connection *connection,
                            const aty_pair *pair, aty_reason reason, bool observed);

#endif
