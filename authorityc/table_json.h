/* table_json.h: pieces of a table as JSON; every object that is returned is the caller's.
 */
#ifndef ATY_AUTHORITYC_TABLE_JSON_H
#define ATY_AUTHORITYC_TABLE_JSON_H

#include <jansson.h>

#include "core/table.h"

/* {"file", "line"}, with "from" where it was imported; null for a default. */
json_t *aty_json_place(const aty_table *table, aty_le32 file, aty_le32 line);

/* {"directives": [{"text", "place"}], "real"}. */
json_t *aty_json_setting(const aty_table *table, const aty_setting_record *setting);

/* {"path", "needs", "place"}. */
json_t *aty_json_location(const aty_table *table, const aty_location_record *location);

/* {"host", "port"}; port null for any. */
json_t *aty_json_address(const aty_table *table, uint32_t address_set);

/* Prints an answer and a line end on standard output, with flags of json_dumpf, and
 * releases it. */
void aty_json_print(json_t *answer, size_t flags);

/* The whole table. */
json_t *aty_json_table(const aty_table *table);

#endif
