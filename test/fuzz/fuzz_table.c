/* Any bytes as a table: refused, or harmless whatever it is asked. The digest is made
 * right first, or no input would ever get past it. */
#include <string.h>

#include "authorityc/digest.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/table_questions.h"

#define VHOSTS_MAX 64 /* with more, one input takes too long to ask */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *blob = malloc(size + ATY_DIGEST_SIZE);
    aty_table table;

    fuzz_require(blob != NULL, "there is memory");
    memcpy(blob, bytes, size);
    aty_digest_sha256(blob, size, blob + size);
    if (aty_table_open(&table, blob, size + ATY_DIGEST_SIZE, aty_digest_sha256) ==
            ATY_TABLE_OK &&
        table.counts[ATY_SECTION_VHOSTS] <= VHOSTS_MAX) {
        fuzz_require(table_questions_ask(&table) != SIZE_MAX, "an unlikely sum");
    }
    free(blob);
    return 0;
}
