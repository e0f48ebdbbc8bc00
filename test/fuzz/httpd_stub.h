/* httpd_stub.h: as much of httpd as the module's pieces need that fuzz targets feed: what
 * a handler writes is kept, and configuration is found.
 */
#ifndef ATY_TEST_FUZZ_HTTPD_STUB_H
#define ATY_TEST_FUZZ_HTTPD_STUB_H

#include <stddef.h>

#include <apr_pools.h>
#include <httpd.h>

/* What was written since the last httpd_stub_begin, NUL-terminated; it may move. */
typedef struct {
    char *text;
    size_t size;
    const char *type; /* Content-Type; NULL: not set */
    const char *name; /* what ap_get_server_name answers */
} httpd_stub_answer;

extern httpd_stub_answer httpd_stub;

/* Forgets what was written. */
void httpd_stub_begin(const char *server_name);

#endif
