/* directives.h: the directives of the policy language, as a table.
 *
 * What a directive is called, where it may stand, what it takes and where its value goes
 * is said here and nowhere else; the parser walks the table.
 */
#ifndef ATY_AUTHORITYC_DIRECTIVES_H
#define ATY_AUTHORITYC_DIRECTIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authorityc/policy.h"
#include "authorityc/values.h"

/* Where a directive may stand. */
#define ATY_IN_TOP      (1u << 0)
#define ATY_IN_TLS      (1u << 1)
#define ATY_IN_VHOST    (1u << 2)
#define ATY_IN_LOCATION (1u << 3)

/* What becomes of it. */
typedef enum {
    ATY_KIND_SETTING, /* the one value of a slot of aty_scope (or aty_location) */
    ATY_KIND_LIST,    /* one more entry of a list of aty_scope */
    ATY_KIND_CIPHERS, /* a setting; its first word may choose the slot behind */
    ATY_KIND_SERVER_NAME,
    ATY_KIND_SERVER_ALIAS,
    ATY_KIND_USE,
    ATY_KIND_INCLUDE,
    ATY_KIND_DEFINE,
    ATY_KIND_SNI_POLICY,
    ATY_KIND_ACCEPT_PAIR,
    ATY_KIND_COUNT
} aty_directive_kind;

struct aty_directive_spec {
    const char *name;  /* in its documented spelling */
    const char *usage; /* its arguments, as a manual writes them */
    unsigned contexts; /* ATY_IN_… */
    int least_words, most_words;
    aty_directive_kind kind;
    size_t slot;             /* bytes into aty_scope */
    size_t location_slot;    /* bytes into aty_location; 0: none */
    aty_value_parser *parse; /* NULL: words are all there is to it */
    const aty_choice *choices;
    const aty_choice *flags; /* for a second word */
    uint32_t least, most;    /* of a number */
};

/* The directive of that name, whatever its case, or NULL. */
const aty_directive_spec *aty_directive_find(const char *name);

/* All of them, by name; NULL past the last. */
const aty_directive_spec *aty_directive_at(int index);

/* Advice about a directive of httpd's that has no place in a policy, or NULL. */
const char *aty_directive_advice(const char *name);

#endif
