/* fuzz.h: what the fuzz targets have in common.
 *
 * A target is a file fuzz_NAME.c with LLVMFuzzerTestOneInput: one input, any bytes, and
 * whatever must hold then. It is linked with libFuzzer, which invents inputs, and with
 * replay.c, which takes them from files. Its corpus is corpus/NAME; what was once wrong
 * is kept in found/NAME.
 */
#ifndef ATY_TEST_FUZZ_H
#define ATY_TEST_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_pools.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What must hold of every input. */
static inline void fuzz_require(int held, const char *what)
{
    if (!held) {
        /* Not by stderr: a target may have that in memory. */
        dprintf(STDERR_FILENO, "fuzz: this does not hold: %s\n", what);
        abort();
    }
}

/* A pool for one input; the caller destroys it. */
static inline apr_pool_t *fuzz_pool(void)
{
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    fuzz_require(pool != NULL, "there is memory");
    return pool;
}

#endif
