/* tiny_table.h: a table with nothing but vhosts and their names, on one address set.
 *
 * A writer of its own, made from authority.table(5) and sharing no code with authorityc
 * or core/, so that a mistake that writer and reader have in common does not stay hidden.
 */
#ifndef ATY_TEST_UNIT_TINY_TABLE_H
#define ATY_TEST_UNIT_TINY_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define TINY_TABLE_MAX 8192

/* Writes a table for `vhosts`: their names in lower case, set apart by spaces, the vhosts
 * set apart by `;`. The address set is `*`:443. Returns the size in bytes; aborts where
 * the names do not fit. */
size_t tiny_table_write(uint8_t blob[TINY_TABLE_MAX], const char *vhosts);

/* The digest of tiny tables: an aty_sha256 for aty_table_open that calculates nothing. */
void tiny_table_digest(const void *bytes, size_t size, uint8_t digest[32]);

#endif
