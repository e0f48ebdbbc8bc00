/* source.h: the files that a policy is read from.
 *
 * A file is read whole and once, however often it is included; every inclusion is a
 * source of its own, which knows the place of its Include. Whatever the path leads to (a
 * directory, a FIFO, a device, an endless file), reading ends with a text or a message.
 */
#ifndef ATY_AUTHORITYC_SOURCE_H
#define ATY_AUTHORITYC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "authorityc/diag.h"

#define ATY_FILE_MAX ((size_t)256 << 20) /* bytes */

/* A file's bytes. */
typedef struct {
    const char *path; /* as it was opened; "-" is the standard input */
    const char *text; /* a NUL follows the last byte */
    size_t size;
    uint64_t device, inode; /* tell whether two paths are one file */
} aty_file;

struct aty_source {
    const char *name; /* as users write it */
    const aty_file *file;
    aty_place included_from; /* source is NULL for the policy itself */
    uint32_t depth;          /* inclusions above it */
    uint32_t order;          /* of reading, from 0 */
};

/* Reads a regular file, or the standard input where the path is "-". The file lives in
 * the pool. NULL where it cannot be read; `*problem` then says why, after "cannot read
 * 'x': ".
 */
const aty_file *aty_file_read(apr_pool_t *pool, const char *path, const char **problem);

/* Where the text starts: behind a byte order mark of UTF-8, which some editors write. */
const char *aty_source_start(const aty_source *source);

/* The "FILE:LINE" of a comment '# from FILE:LINE', as authorityc import writes it, where
 * the text begins with one; NULL for any other comment. */
const char *aty_source_comment_from(apr_pool_t *pool, const char *comment);

/* Finds the first byte that no text has: a control character that is neither a tab nor a
 * line end. Returns that byte, with its place, or -1. */
int aty_source_find_binary(const aty_source *source, aty_place *place);

#endif
