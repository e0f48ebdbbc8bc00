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
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_pools.h>
#include <apr_strings.h>

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

/* An input that is taken apart from its beginning; what is missing at its end is 0. */
typedef struct {
    const uint8_t *at;
    size_t left;
} fuzz_input;

static inline uint8_t fuzz_byte(fuzz_input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->at++;
}

static inline uint32_t fuzz_number(fuzz_input *input)
{
    uint32_t number = 0;

    for (int i = 0; i < 4; i++) {
        number = number << 8 | fuzz_byte(input);
    }
    return number;
}

/* A byte that says how many bytes follow, and these, as far as there are any. */
static inline size_t fuzz_bytes(fuzz_input *input, const char **bytes)
{
    size_t size = fuzz_byte(input);

    size = size < input->left ? size : input->left;
    *bytes = (const char *)input->at;
    input->at += size;
    input->left -= size;
    return size;
}

/* The same as a string, to its first NUL, in memory of its own size. */
static inline const char *fuzz_text(apr_pool_t *pool, fuzz_input *input)
{
    const char *bytes;
    size_t size = fuzz_bytes(input, &bytes);

    return apr_pstrmemdup(pool, bytes, strnlen(bytes, size));
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
