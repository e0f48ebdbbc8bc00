/* commands.h: what `authorityc NAME …` runs.
 *
 * argv[0] is the command's name. Each returns the exit code: 0 fine, 1 the answer is no
 * (errors in the policy, misdirected), 2 usage or I/O.
 */
#ifndef ATY_AUTHORITYC_COMMANDS_H
#define ATY_AUTHORITYC_COMMANDS_H

#include <apr_pools.h>

enum {
    ATY_EXIT_FINE,
    ATY_EXIT_NO,
    ATY_EXIT_TROUBLE
};

int aty_command_compile(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_check(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_explain(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_probe(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_dump(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_diff(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_import(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_plan(apr_pool_t *pool, int argc, const char *const *argv);
int aty_command_report(apr_pool_t *pool, int argc, const char *const *argv);

#endif
