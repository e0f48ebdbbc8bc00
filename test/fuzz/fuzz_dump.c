/* Any bytes as what httpd dumps for `authorityc import`: a message, or the lines of a
 * policy that the compiler accepts. Warnings about it are UTF-8 without control
 * characters.
 *
 * links: test/fuzz/policy_memory.c
 */
#include "authorityc/compile.h"
#include "authorityc/import/import.h"
#include "authorityc/import/import_lines.h"
#include "core/utf8.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/policy_memory.h"

static void require_compiles(apr_pool_t *pool, const aty_import_lines *lines)
{
    aty_diag *diag = aty_diag_create(pool);
    aty_compiled compiled;
    size_t size;
    char *text = aty_import_lines_text(lines, &size);

    fuzz_require(text && aty_compile(pool, policy_memory_read(pool, text, size, diag),
                                     diag, &compiled),
                 "the policy of a dump compiles");
    free(text);
}

static void import(apr_pool_t *pool, const aty_import_dump *dump)
{
    aty_import_lines *lines = aty_import_policy(pool, dump);
    const char *problem;

    fuzz_require(lines != NULL, "a dump has a policy");
    problem = aty_import_mend(lines); /* of what no httpd has: an address that is none */
    if (problem) {
        fprintf(stderr, "%s\n", problem);
    }
    else {
        require_compiles(pool, lines);
    }
    aty_import_warnings_end(lines);
}

static void require_harmless(const char *text, size_t size)
{
    size_t i = 0;

    while (i < size) {
        size_t length = aty_utf8_character((const uint8_t *)text + i, size - i);
        fuzz_require(length > 0 || text[i] == '\n' || text[i] == '\t',
                     "a warning is text for a terminal");
        i += length > 0 ? length : 1;
    }
}

/* With the standard error in memory. */
static void import_quietly(apr_pool_t *pool, const aty_import_dump *dump)
{
    FILE *own = stderr;
    char *text = NULL;
    size_t size = 0;
    FILE *warnings = open_memstream(&text, &size);

    fuzz_require(warnings != NULL, "there is memory");
    stderr = warnings;
    import(pool, dump);
    stderr = own;
    fclose(warnings);
    require_harmless(text, size);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    const char *problem = NULL;
    /* As a file or a pipe is read: a NUL follows. */
    const char *text = apr_pstrmemdup(pool, (const char *)bytes, size);
    const aty_import_dump *dump = aty_import_read(pool, text, size, &problem);

    fuzz_require((dump == NULL) == (problem != NULL), "a dump, or what is wrong");
    if (dump) {
        import_quietly(pool, dump);
    }
    apr_pool_destroy(pool);
    return 0;
}
