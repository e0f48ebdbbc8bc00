/* question.h: from the names a person gives to the pair that the verdict is about. */
#ifndef ATY_AUTHORITYC_QUESTION_H
#define ATY_AUTHORITYC_QUESTION_H

#include <stdbool.h>

#include "core/names.h"
#include "core/verdict.h"

/* What the command line says about connections. */
typedef struct {
    uint32_t address_set; /* ATY_NONE: the first that has the connection's name */
    bool http1;
} aty_question_options;

typedef struct {
    const char *connection_name; /* as given; "-" for no SNI */
    const char *authority;       /* as given */
    char host[ATY_NAME_MAX + 1]; /* of the authority */
    bool connection_named; /* false: the SNI is nobody's, the default vhost answers */
    bool authority_named;  /* false: likewise for the authority */
    aty_pair pair;
    aty_verdict verdict;
    aty_mod_ssl_answer mod_ssl;
} aty_question;

/* Resolves both names as httpd does, and decides. Returns NULL, or why there is no answer
 * (lower case, no full stop). `question` must stay where it is while it is used. */
const char *aty_question_answer(const aty_table *table,
                                const aty_question_options *options,
                                const char *connection, const char *authority,
                                aty_question *question);

/* The address set that "addr:port" says: declared so, or serving it; ATY_NONE for none.
 */
uint32_t aty_question_address_set(const aty_table *table, const char *address);

#endif
