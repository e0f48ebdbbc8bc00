/* table_strings.h: the texts of a table, fit for terminals, for JSON and for pages.
 *
 * A table may come from anybody, and a policy may lie in a directory whose name is no
 * UTF-8.
 */
#ifndef ATY_AUTHORITYC_TABLE_STRINGS_H
#define ATY_AUTHORITYC_TABLE_STRINGS_H

#include "core/table.h"

/* Puts '?' for each octet of the table's strings and origins that is not part of valid
 * UTF-8 (RFC 3629) and for each control character; but the line ends between the
 * directives of a setting stay. `blob` is the memory that the table is a view of. Of an
 * orderly table nothing changes; of others the digest at the end is made right again. */
void aty_table_strings_clean(const aty_table *table, void *blob);

#endif
