/* policy_print.h: a policy as text, from which the same table is compiled.
 *
 * Each vhost is written whole, with all that holds for it; there are no bundles,
 * inclusions and variables any more, and no TLS at the top level. A comment '# from
 * FILE:LINE' says where the lines below it come from, as those of `authorityc import` do,
 * so that messages about the text name the places that people know.
 */
#ifndef ATY_AUTHORITYC_POLICY_PRINT_H
#define ATY_AUTHORITYC_POLICY_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include <apr_pools.h>

#include "authorityc/policy.h"

typedef struct {
    const char *directory; /* absolute, of the file that the text is for: paths that
                              were relative lead to the same files from there */
    const aty_policy
        *before; /* the policy that this one was made of, with the same vhosts
                    in the same order: what it had instead stands in comments
                    '# was'; NULL: none */
} aty_policy_print_options;

/* Writes the policy, with an empty line before all else; `pool` is for what is needed on
 * the way. Errors are the stream's. */
void aty_policy_print(apr_pool_t *pool, const aty_policy *policy,
                      const aty_policy_print_options *options, FILE *stream);

/* The lines in which two versions of a vhost differ, without indent, with a line end
 * between them; "" where one of them has nothing instead. Returns whether any differ. */
bool aty_policy_print_changes(apr_pool_t *pool, const aty_vhost *before,
                              const aty_vhost *after, const char *directory,
                              const char **lines_before, const char **lines_after);

/* "192.0.2.1:443", "[2001:db8::1]:*": an address of <VirtualHost>. */
const char *aty_policy_print_address(apr_pool_t *pool, const aty_vhost_address *address);

/* A path as a file in the directory would have it: relative where it lies below. */
const char *aty_policy_print_path(const char *directory, const char *path);

#endif
