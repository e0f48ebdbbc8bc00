/* run.h: running another program, without a shell.
 */
#ifndef ATY_AUTHORITYC_RUN_H
#define ATY_AUTHORITYC_RUN_H

#include <stddef.h>

#include <apr_pools.h>

typedef struct {
    int exit_code;      /* 128 plus the signal that ended it */
    const char *output; /* its standard output; a NUL follows the last byte */
    size_t output_size;
    const char *errors; /* its standard error */
    size_t errors_size;
} aty_run_result;

/* Runs the program, found by PATH where its name has no '/', with nothing to read. After
 * `seconds` it is killed, with all that it started. Returns NULL, or what is wrong: it
 * does not run, takes too long, or prints more than anybody would. */
const char *aty_run(apr_pool_t *pool, const char *const *words, int seconds,
                    aty_run_result *result);

#endif
