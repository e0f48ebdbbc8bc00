/* policy_text.c: sources and policies out of strings. */
#include "test/unit/policy_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>

apr_pool_t *policy_test_pool(void)
{
    apr_pool_t *pool;
    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        abort();
    }
    return pool;
}

const aty_source *policy_test_source(apr_pool_t *pool, const char *text)
{
    aty_file *file = apr_pcalloc(pool, sizeof(*file));
    aty_source *source = apr_pcalloc(pool, sizeof(*source));
    file->path = source->name = "test.policy";
    file->text = apr_pstrdup(pool, text);
    file->size = strlen(text);
    source->file = file;
    return source;
}

aty_policy *policy_test_read(apr_pool_t *pool, const char *text, aty_diag *diag)
{
    char directory[] = "/tmp/aty-test-XXXXXX";
    if (!mkdtemp(directory)) {
        abort();
    }
    const char *path = apr_pstrcat(pool, directory, "/test.policy", NULL);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        abort();
    }
    aty_policy *policy = aty_policy_read(pool, path, diag);
    unlink(path);
    rmdir(directory);
    return policy;
}

const char *policy_test_messages(apr_pool_t *pool, const aty_diag *diag)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    aty_diag_print(diag, stream, false);
    fclose(stream);
    const char *copy = apr_pstrmemdup(pool, text, size);
    free(text);
    return copy;
}
