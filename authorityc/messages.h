/* messages.h: what diag.c collects and diag_print.c shows. */
#ifndef ATY_AUTHORITYC_MESSAGES_H
#define ATY_AUTHORITYC_MESSAGES_H

#include <apr_hash.h>
#include <apr_tables.h>

#include "authorityc/diag.h"

typedef enum {
    ATY_MESSAGE_ERROR,
    ATY_MESSAGE_WARNING,
    ATY_MESSAGE_NOTE
} aty_message_kind;

typedef struct aty_message {
    aty_message_kind kind;
    const char *check; /* NULL: no named check */
    aty_place place;   /* source is NULL where there is none */
    const char *text;
    uint32_t order;            /* of collection */
    struct aty_message *notes; /* of this message; NULL: none */
    struct aty_message *next;  /* note of the same message */
} aty_message;

struct aty_diag {
    apr_pool_t *pool;
    aty_severity severities[ATY_CHECK_COUNT];
    apr_hash_t *seen;            /* texts with their places */
    apr_array_header_t *kept[2]; /* aty_message *, by kind: errors, warnings */
    uint32_t found[2];           /* by kind, with those that were not kept */
    bool faulty;                 /* an error of itself was found */
    aty_message *last;           /* what notes belong to; NULL: it was not kept */
};

#endif
