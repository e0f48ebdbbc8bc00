/* Any bytes as a policy: messages, or a table that its reader accepts. The certificates
 * and CAs that it may name are those of the directory FUZZ_FILES. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/compile.h"
#include "test/fuzz/fuzz.h"

/* Where the policy is written: beside the files that it may name. */
static const char *policy_path(void)
{
    static char path[4096];
    const char *files = getenv("FUZZ_FILES");

    if (!path[0]) {
        snprintf(path, sizeof path, "%s/fuzz-%ld.policy", files ? files : "/tmp",
                 (long)getpid());
    }
    return path;
}

static void policy_write(const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(policy_path(), "wb");

    fuzz_require(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0,
                 "the policy can be written");
}

static void messages_print(const aty_diag *diag)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    fuzz_require(stream != NULL, "there is memory");
    aty_diag_print(diag, stream, false);
    fclose(stream);
    fuzz_require(aty_diag_errors(diag) == 0 || size > 0, "an error has a message");
    /* Only a message without a place begins a line so. */
    fuzz_require(strncmp(text, "error: internal", 15) != 0 &&
                     !strstr(text, "\nerror: internal"),
                 "what is written can be read");
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    aty_diag *diag = aty_diag_create(pool);
    aty_policy *policy;
    aty_compiled compiled;

    policy_write(bytes, size);
    policy = aty_policy_read(pool, policy_path(), diag);
    fuzz_require(policy != NULL, "the policy can be read");
    if (!aty_compile(pool, policy, diag, &compiled)) {
        fuzz_require(aty_diag_errors(diag) > 0, "no table without an error");
    }
    messages_print(diag);
    apr_pool_destroy(pool);
    unlink(policy_path());
    return 0;
}
