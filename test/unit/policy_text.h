/* policy_text.h: policies of a test that stand in the test itself. */
#ifndef ATY_TEST_UNIT_POLICY_TEXT_H
#define ATY_TEST_UNIT_POLICY_TEXT_H

#include <apr_pools.h>

#include "authorityc/policy.h"
#include "authorityc/source.h"

/* A pool for the test, which lives to its end. */
apr_pool_t *policy_test_pool(void);

/* A source "test.policy" of the text. */
const aty_source *policy_test_source(apr_pool_t *pool, const char *text);

/* Reads the text as a policy, by a file under the name test.policy in a directory that is
 * removed again. */
aty_policy *policy_test_read(apr_pool_t *pool, const char *text, aty_diag *diag);

/* All messages, as they would be shown. */
const char *policy_test_messages(apr_pool_t *pool, const aty_diag *diag);

#endif
