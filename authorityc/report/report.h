/* report.h: a site as a page to look at: one HTML file that needs nothing beside itself.
 *
 * All that the page says is in its text and its pictures, which are static SVG. A script
 * does the search alone; it compares what report_search.c has laid out for it. A
 * Content-Security-Policy forbids the page to load anything, and to run anything but this
 * script, whatever a policy may have smuggled into a name.
 *
 * The same table and messages give the same bytes.
 */
#ifndef ATY_AUTHORITYC_REPORT_H
#define ATY_AUTHORITYC_REPORT_H

#include <stdio.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/diag.h"
#include "authorityc/group_list.h"
#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_attempts.h"
#include "core/table.h"

/* A page is to be smaller, so that mail takes it: what the search needs is cut to what
 * is left of it. */
#define ATY_REPORT_SIZE_MAX ((size_t)5000000) /* bytes */

/* Clients' attempts between two groups of one address set, or within one, for one reason.
 */
typedef struct {
    uint32_t ends[2]; /* groups as numbered, ascending; the same twice: within it */
    aty_reason reason;
    uint64_t pairs[2]; /* from ends[0] to ends[1], and back; within: in the first */
} aty_report_link;

/* An address set. */
typedef struct {
    uint32_t address_set;
    const aty_group **groups; /* most names first */
    uint32_t group_count;
    uint32_t vhosts, names;
    const aty_attempt **attempts; /* most pairs first */
    uint32_t attempt_count;
    uint64_t pairs;            /* of these attempts */
    apr_array_header_t *links; /* aty_report_link */
} aty_report_set;

/* Attempts that begin, and that end, in a group. */
typedef struct {
    uint64_t from, to;
} aty_report_traffic;

typedef struct {
    apr_pool_t *pool;
    const char *title; /* of the page: the path as it was given */
    const char *id;    /* SHA-256 of the table, in hexadecimal digits */
    const aty_table *table;
    const aty_diag *diag; /* NULL: a table, of which nobody knows the policy */
    const aty_plan *plan; /* NULL: likewise */
    const aty_attempts *attempts;
    aty_group_list groups;
    aty_report_traffic *traffic; /* by group, as numbered, less 1 */
    apr_array_header_t *sets; /* aty_report_set, most attempts first, then most names */
} aty_report;

/* Fills in what follows from pool, table and attempts: groups, traffic and sets. */
void aty_report_gather(aty_report *report);

/* The page; its length is in `size`. */
const char *aty_report_page(const aty_report *report, size_t *size);

/* Its parts, in their order. */
void aty_report_picture(const aty_report *report, uint32_t set, FILE *out);
void aty_report_set_tables(const aty_report *report, uint32_t set, FILE *out);
void aty_report_warnings(const aty_report *report, FILE *out);
void aty_report_plan(const aty_report *report, FILE *out);

/* What the search needs, as the text of an element: base64 of zlib (RFC 1950) of JSON.
 * At most `room` bytes: where there is no room for the directives behind the answers,
 * they are left out; where there is none for names either, NULL. */
const char *aty_report_search_data(const aty_report *report, size_t room);

/* The style sheet and the script, NUL-terminated (report_files.c). */
extern const char aty_report_css[];
extern const char aty_report_js[];

#endif
