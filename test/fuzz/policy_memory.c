#include "test/fuzz/policy_memory.h"

#include <sys/mman.h>

#include "test/fuzz/fuzz.h"

const char *policy_memory_begin(apr_pool_t *pool, const void *bytes, size_t size,
                                int *file)
{
    *file = memfd_create("policy", MFD_CLOEXEC);
    fuzz_require(*file >= 0 && write(*file, bytes, size) == (ssize_t)size,
                 "there is memory");
    return apr_psprintf(pool, "/proc/self/fd/%d", *file);
}

void policy_memory_end(int file)
{
    close(file);
}

aty_policy *policy_memory_read(apr_pool_t *pool, const char *text, size_t size,
                               aty_diag *diag)
{
    int file;
    const char *path = policy_memory_begin(pool, text, size, &file);
    aty_policy *policy = aty_policy_read(pool, path, diag);

    fuzz_require(policy != NULL, "the policy can be read");
    policy_memory_end(file);
    return policy;
}
