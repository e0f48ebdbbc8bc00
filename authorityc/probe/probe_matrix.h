/* probe_matrix.h: names without a policy: the checklist of someone hunting a 421.
 */
#ifndef ATY_AUTHORITYC_PROBE_MATRIX_H
#define ATY_AUTHORITYC_PROBE_MATRIX_H

#include "authorityc/probe/probe.h"

/* What a browser does with a request for the authority while it has a connection. */
typedef enum {
    ATY_COALESCE_OWN,         /* it is for this very name */
    ATY_COALESCE_YES,         /* sends it there */
    ATY_COALESCE_NOT_H2,      /* no: HTTP/1.1 */
    ATY_COALESCE_NOT_COVERED, /* no: the certificate does not cover the name */
    ATY_COALESCE_ELSEWHERE,   /* no: the names have no address in common */
    ATY_COALESCE_CLIENT,      /* no: a client certificate was sent there */
    ATY_COALESCE_NOT_LISTED,  /* Chromium does; Firefox goes by the ORIGIN set */
    ATY_COALESCE_UNKNOWN      /* there was no connection */
} aty_coalesce;

aty_coalesce aty_probe_coalesces(const aty_probe *probe, const aty_probe_visit *visit,
                                 const char *authority);

/* A stable word for it, and what it means for people. */
const char *aty_coalesce_name(aty_coalesce coalesce);
const char *aty_coalesce_sentence(aty_coalesce coalesce);

/* The answer to a name as people read it in a column: "200", "421", "R13", "-". */
const char *aty_probe_cell(apr_pool_t *pool, const aty_probe_answer *answer);

/* The command that asks the same once more. */
const char *aty_probe_curl(apr_pool_t *pool, const aty_probe *probe,
                           const aty_probe_visit *visit, const char *authority);

/* The first line of text of a page: without its tags, title and blanks. What is cut ends
 * in "...", behind a word. */
const char *aty_probe_page_line(apr_pool_t *pool, const char *page);

/* The names and where they lead; the matrix; what follows. */
void aty_probe_matrix_print(const aty_probe *probe);

#endif
