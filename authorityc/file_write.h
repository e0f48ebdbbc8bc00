/* file_write.h: replacing a file as a whole. */
#ifndef ATY_AUTHORITYC_FILE_WRITE_H
#define ATY_AUTHORITYC_FILE_WRITE_H

#include <stddef.h>

#include <apr_pools.h>

/* Writes the bytes to a temporary file beside `path`, brings it to disk and renames it: a
 * reader, and a machine that loses its power, has the old file or the new one. A symbolic
 * link stays, and the file behind it is replaced; anything but a regular file is refused.
 * The mode is 0644 as far as umask lets it. Returns what is wrong, or NULL; after a
 * failure nothing has changed and nothing is left over. */
const char *aty_file_replace(apr_pool_t *pool, const char *path, const void *bytes,
                             size_t size);

/* The same, or to the standard output where `path` is "-". */
const char *aty_output_write(apr_pool_t *pool, const char *path, const void *bytes,
                             size_t size);

#endif
