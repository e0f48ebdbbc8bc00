/* probe_names.h: the names that a site is asked for on an address.
 */
#ifndef ATY_AUTHORITYC_PROBE_NAMES_H
#define ATY_AUTHORITYC_PROBE_NAMES_H

#include "authorityc/probe/probe.h"
#include "authorityc/set_members.h"

typedef struct {
    const char *name; /* a sample where the policy has a pattern */
    uint32_t vhost;
    uint32_t group; /* of the vhost's seat */
} aty_probe_site_name;

/* A label that begins no name of the policy. */
const char *aty_probe_sample_label(const aty_probe *probe);

/* aty_probe_site_name: all names that lead to their own vhosts on the node, by vhost in
 * file order. */
apr_array_header_t *aty_probe_names_on(aty_probe *probe, const aty_probe_node *node,
                                       const aty_set_members *members, const char *label);

#endif
