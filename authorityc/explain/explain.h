/* explain.h: answers in words, in JSON and in lines. */
#ifndef ATY_AUTHORITYC_EXPLAIN_H
#define ATY_AUTHORITYC_EXPLAIN_H

#include <stdio.h>

#include <apr_pools.h>
#include <jansson.h>

#include "authorityc/question.h"

/* The whole answer for a person. */
void aty_explain_text(const aty_table *table, const aty_question *question, FILE *stream);

/* The whole answer as an object of the caller's. */
json_t *aty_explain_json(const aty_table *table, const aty_question *question);

/* Answers a line `CONN AUTHORITY` after another with a line `CONN AUTHORITY VERDICT
 * REASON|- MOD_SSL`, or with a JSON object each. Returns an exit code. */
int aty_explain_pairs(const aty_table *table, const aty_question_options *options,
                      FILE *input, const char *input_name, bool json);

/* What can be done about a reason: a sentence, lower case, no full stop. */
const char *aty_explain_way_out(aty_reason reason);

/* Whether the pair's fields differ in a way that stands in the answer. */
aty_difference aty_explain_difference(const aty_table *table,
                                      const aty_question *question, aty_field field);

/* What real clients do with this pair: a sentence, lower case, no full stop; NULL where
 * there is nothing to say. */
const char *aty_explain_clients(const aty_table *table, const aty_question *question);

/* Whether a vhost has the name of the authority on another address. */
bool aty_explain_elsewhere(const aty_table *table, const aty_question *question);

/* The first <Location> of the requested vhost that ends an h2 stream, or NULL. */
const aty_location_record *aty_explain_location(const aty_table *table,
                                                const aty_question *question);

#endif
