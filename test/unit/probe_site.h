/* probe_site.h: a probe of a policy that stands in a test, without a network. */
#ifndef ATY_TEST_UNIT_PROBE_SITE_H
#define ATY_TEST_UNIT_PROBE_SITE_H

#include "authorityc/probe/probe.h"

/* A file with a certificate for a.test and *.a.test, which is removed with the pool. */
const char *probe_site_certificate(apr_pool_t *pool);

/* A probe with the usual options and the table of the policy. Aborts where it cannot be
 * compiled. */
aty_probe *probe_site_make(apr_pool_t *pool, const char *policy,
                           aty_probe_options *options);

/* The names of all that was found, in the order of the findings, with blanks between. */
const char *probe_site_faults(const aty_probe *probe);

#endif
