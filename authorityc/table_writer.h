/* table_writer.h: a table under construction: sections that grow, strings that are
 * interned.
 *
 * Records are appended with all their references already known; a view of the unfinished
 * table lets the reader's own functions answer while it is built. Everything goes with
 * the pool.
 */
#ifndef ATY_AUTHORITYC_TABLE_WRITER_H
#define ATY_AUTHORITYC_TABLE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_pools.h>

#include "core/table.h"

typedef struct aty_writer aty_writer;

aty_writer *aty_writer_create(apr_pool_t *pool, aty_sni_policy sni_policy);

/* The offset of the string, which is interned: equal strings, equal offsets. The string
 * must live as long as the writer. */
aty_le32 aty_writer_string(aty_writer *writer, const char *string);

/* Appends `count` records (bytes, for sections of bytes) and returns the index of the
 * first. NULL appends zeros. */
uint32_t aty_writer_append(aty_writer *writer, aty_section section, const void *records,
                           uint32_t count);

/* The records of a section; they move when the section grows. */
void *aty_writer_records(aty_writer *writer, aty_section section);

uint32_t aty_writer_count(const aty_writer *writer, aty_section section);

/* Sets the view on what there is so far; holds until a section grows. */
void aty_writer_view(const aty_writer *writer, aty_table *view);

/* The finished bytes, with header and digest; NULL where they would not fit into 4 GiB.
 * The records move into them: the writer is used up, and no view of it holds. */
const void *aty_writer_finish(aty_writer *writer, size_t *size);

#endif
