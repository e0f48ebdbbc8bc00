/* table_file.h: a table from the disk into memory.
 */
#ifndef ATY_MOD_AUTHORITY_TABLE_FILE_H
#define ATY_MOD_AUTHORITY_TABLE_FILE_H

#include <apr_pools.h>

#include "core/table.h"

/* Reads the regular file at `path` into the pool, proves it and fills `table`, which then
 * lives as long as the pool. It is read, not mapped: a file that is changed in place must
 * not reach a running server. Returns NULL, or what is wrong (lower case, no full stop).
 */
const char *aty_table_file_read(apr_pool_t *pool, const char *path, aty_table *table);

/* An aty_sha256 by OpenSSL; all zeros where the library fails, which no digest is. */
void aty_table_file_sha256(const void *bytes, size_t size,
                           uint8_t digest[ATY_DIGEST_SIZE]);

#endif
