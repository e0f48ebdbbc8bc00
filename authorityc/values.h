/* values.h: what the arguments of directives come to.
 *
 * Each function reports what is wrong at the word where it stands, and returns whether
 * all was well. The directives of mod_ssl take what mod_ssl takes
 * (modules/ssl/ssl_engine_config.c), no more, and no less but for its silent surprises.
 */
#ifndef ATY_AUTHORITYC_VALUES_H
#define ATY_AUTHORITYC_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>

#include "authorityc/policy.h"

typedef struct {
    apr_pool_t *pool;
    aty_diag *diag;
    const char *directory; /* what relative paths stand on */
    apr_hash_t *paths;     /* absolute paths by how they are written */
} aty_values;

typedef struct aty_directive_spec aty_directive_spec; /* directives.h */

/* Checks the words of a directive, which may be rewritten in place, and sets its number
 * or path. */
typedef bool aty_value_parser(const aty_values *values, const aty_directive_spec *spec,
                              aty_directive *directive, aty_word *words);

/* A word that a directive takes. Tables end with a NULL word. */
typedef struct {
    const char *word;
    uint32_t number;
    bool silent; /* taken, but not offered in messages */
} aty_choice;

aty_value_parser aty_value_choice;       /* one of spec->choices, then of spec->flags */
aty_value_parser aty_value_number;       /* spec->least to spec->most */
aty_value_parser aty_value_path;         /* a file or directory, on this machine or not */
aty_value_parser aty_value_identifier;   /* first, a name of our own */
aty_value_parser aty_value_protocols;    /* Protocols */
aty_value_parser aty_value_ssl_protocol; /* SSLProtocol */
aty_value_parser aty_value_ciphers;      /* SSLCipherSuite; number: 1 for TLSv1.3 */
aty_value_parser aty_value_responder;    /* SSLOCSPDefaultResponder */
aty_value_parser aty_value_openssl_conf; /* SSLOpenSSLConfCmd */
aty_value_parser aty_value_server_name;  /* ServerName's name; number: its port */
aty_value_parser aty_value_server_alias; /* ServerAlias: names or patterns */
aty_value_parser aty_value_host_names;   /* each word a host name */

/* "; did you mean 'known'?", or "" where no known word is near. */
const char *aty_value_hint(apr_pool_t *pool, const char *word, const aty_choice *choices);

/* Checks a name of our own, which `what` takes: letters, digits, '-', '_' and '.'. */
bool aty_value_check_identifier(const aty_values *values, const char *what,
                                const aty_word *word);

/* Reports "'WORD' PROBLEM" at a word; returns false. */
bool aty_value_wrong(const aty_values *values, const aty_word *word, const char *problem);

bool aty_value_is_ascii(const char *text);

/* Reads one `addr[:port]` of <VirtualHost>. */
bool aty_value_address(const aty_values *values, const aty_word *word,
                       aty_vhost_address *address);

#endif
