/* table_questions.h: whatever can be asked of a table, asked at once.
 */
#ifndef ATY_TEST_UNIT_TABLE_QUESTIONS_H
#define ATY_TEST_UNIT_TABLE_QUESTIONS_H

#include <stddef.h>

#include "core/table.h"

/* Asks everything, for the sanitizers to watch, and returns a number that all answers are
 * part of, so that nothing can be optimised away. The time grows with the square of the
 * vhosts. */
size_t table_questions_ask(const aty_table *table);

#endif
