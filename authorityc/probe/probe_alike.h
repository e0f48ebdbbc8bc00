/* probe_alike.h: findings of one cause, so that people read it once.
 *
 * A policy speaks of vhosts, and a probe asks for names: what is wrong with a vhost, or
 * between two of them, is found for each of their names.
 */
#ifndef ATY_AUTHORITYC_PROBE_ALIKE_H
#define ATY_AUTHORITYC_PROBE_ALIKE_H

#include "authorityc/probe/probe.h"

/* Findings of one fault, on one node, with the same vhost of the connection and of the
 * request, of which the same was expected and the same came. */
typedef struct {
    const aty_probe_finding *first;
    apr_array_header_t *others; /* const aty_probe_finding * */
} aty_probe_alike;

/* All findings, as an array of aty_probe_alike * by the first of each; lives in the
 * probe's pool. What is not about a connection is like nothing else, and so is everything
 * where there is no policy. The findings stay where they are and must not be sorted
 * after. */
apr_array_header_t *aty_probe_alike_find(const aty_probe *probe);

#endif
