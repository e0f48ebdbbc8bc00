/* import_httpd.h: asking an httpd for its configuration.
 */
#ifndef ATY_AUTHORITYC_IMPORT_HTTPD_H
#define ATY_AUTHORITYC_IMPORT_HTTPD_H

#include <stddef.h>

#include <apr_pools.h>

typedef struct {
    const char *command;          /* a program's name or path; NULL: the usual names */
    const char *file;             /* its -f; NULL: httpd's own */
    const char *module;           /* path of mod_authority.so; NULL: the usual places */
    const char *const *arguments; /* for httpd, as they are */
    int argument_count;
} aty_import_request;

/* Runs `httpd -t -D DUMP_AUTHORITY`, with mod_authority loaded if the configuration does
 * not. What httpd says on its standard error is passed on. Returns NULL and the dump, in
 * the pool; or what went wrong. */
const char *aty_import_ask(apr_pool_t *pool, const aty_import_request *request,
                           const char **dump, size_t *size);

#endif
