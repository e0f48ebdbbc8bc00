#include "authorityc/table_input.h"

#include <stdio.h>
#include <string.h>

#include "authorityc/commands.h"
#include "authorityc/compile.h"
#include "authorityc/digest.h"
#include "authorityc/source.h"
#include "authorityc/table_strings.h"
#include "authorityc/warning_options.h"

static int table_open(const char *path, void *blob, size_t size, aty_table *table)
{
    aty_table_status status = aty_table_open(table, blob, size, aty_digest_sha256);

    if (status != ATY_TABLE_OK) {
        fprintf(stderr, "authorityc: cannot use '%s': %s\n", path,
                aty_table_status_text(status));
        return ATY_EXIT_TROUBLE;
    }
    aty_table_strings_clean(table, blob);
    return ATY_EXIT_FINE;
}

static int policy_compile(apr_pool_t *pool, const char *path, aty_table *table)
{
    aty_diag *diag = aty_diag_create_lenient(pool);
    const aty_policy *policy = aty_policy_read(pool, path, diag);
    aty_compiled compiled;
    bool fine = policy && aty_compile(pool, policy, diag, &compiled);

    aty_diag_report_errors(diag, path);
    if (!policy) {
        return ATY_EXIT_TROUBLE;
    }
    if (!fine) {
        return ATY_EXIT_NO;
    }
    *table = compiled.table;
    aty_table_strings_clean(table, (void *)compiled.blob);
    return ATY_EXIT_FINE;
}

int aty_table_input(apr_pool_t *pool, const char *path, aty_table *table)
{
    const char *problem = NULL;
    const aty_file *file = aty_file_read(pool, path, &problem);
    const size_t magic_size = sizeof ATY_TABLE_MAGIC - 1;

    if (!file) {
        fprintf(stderr, "authorityc: cannot read '%s': %s\n", path, problem);
        return ATY_EXIT_TROUBLE;
    }
    if (file->size >= magic_size &&
        memcmp(file->text, ATY_TABLE_MAGIC, magic_size) == 0) {
        return table_open(path, (void *)file->text, file->size, table);
    }
    return policy_compile(pool, path, table);
}
