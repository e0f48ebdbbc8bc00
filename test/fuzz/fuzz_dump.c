/* Any bytes as what httpd dumps for `authorityc import`: a message, or lines of a policy.
 */
#include <apr_strings.h>

#include "authorityc/import/import.h"
#include "authorityc/import/import_lines.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    const char *problem = NULL;
    /* As a file or a pipe is read: a NUL follows. */
    const char *text = apr_pstrmemdup(pool, (const char *)bytes, size);
    const aty_import_dump *dump = aty_import_read(pool, text, size, &problem);

    fuzz_require((dump == NULL) == (problem != NULL), "a dump, or what is wrong");
    if (dump) {
        fuzz_require(aty_import_policy(pool, dump) != NULL, "a dump has a policy");
    }
    apr_pool_destroy(pool);
    return 0;
}
