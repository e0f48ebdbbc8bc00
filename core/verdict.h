/* verdict.h: whether a request may be answered on a connection, and what mod_ssl would
 * say.
 *
 * Pure functions over a proven table, the same for authorityc and for mod_authority.
 */
#ifndef ATY_CORE_VERDICT_H
#define ATY_CORE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/reason.h"
#include "core/table.h"

/* One question. */
typedef struct {
    uint32_t connection;     /* vhost of the handshake; ATY_NONE: not in the table */
    uint32_t address_set;    /* of the connection; ATY_NONE: unknown, which costs time */
    uint32_t base;           /* default vhost of that address set, or ATY_NONE */
    uint32_t request;        /* vhost that httpd selects for the authority, or ATY_NONE */
    const char *authority;   /* host in lower case, no port; has no NUL */
    size_t authority_length; /* 0: the request names no host (HTTP/1.0) */
    bool had_sni;
    bool h2;
    bool is_named; /* the request's vhost was selected by its ServerName, the authority:
                    * then the table need not be asked whether it has it */
} aty_pair;

typedef enum {
    ATY_SAME,
    ATY_SHARED,
    ATY_MISDIRECTED
} aty_outcome;

typedef struct {
    aty_outcome outcome;
    aty_reason reason;   /* the first; only where misdirected */
    aty_reasons reasons; /* all that hold */
} aty_verdict;

/* "same", "shared", "misdirected". */
const char *aty_outcome_name(aty_outcome outcome);

/* Decides by the model of authority.policy(5). The caller says whether connection and
 * request are one vhost by giving the same index; two vhosts that the table does not know
 * share with nobody (not-in-policy). By the address set, two vhosts of one group are
 * known to agree without a look at their fields; leave it out where the view has another
 * SNIPolicy than the one its groups were made for. */
aty_verdict aty_verdict_decide(const aty_table *table, const aty_pair *pair);

/* How a field of two vhosts differs. `base` as in aty_pair: it lends its protocols to
 * vhosts without SSLProtocol (ssl_engine_kernel.c, ssl_find_vhost). */
typedef enum {
    ATY_EQUAL,
    ATY_TEXTUAL, /* spelt differently, the same in effect */
    ATY_REAL
} aty_difference;

aty_difference aty_field_difference(const aty_table *table, const aty_pair *pair,
                                    aty_field field);

/* What a field comes to on a connection, as the offset of a string: a vhost without
 * SSLProtocol runs with that of `base`. */
uint32_t aty_field_effect(const aty_table *table, uint32_t base, uint32_t vhost,
                          aty_field field);

/* Whether a difference in the field counts for this pair. */
bool aty_field_counts(const aty_table *table, const aty_pair *pair, aty_field field);

/* What two vhosts on one address set must have in common to share an h2 connection that
 * had an SNI, but for what <Location>s, Protocols and the names of certificates decide:
 * they agree if and only if all numbers are equal. */
#define ATY_AGREEMENT_SIZE (2 * ATY_FIELD_TLS_COUNT + 2)

void aty_vhost_agreement(const aty_table *table, uint32_t base, uint32_t vhost,
                         uint32_t agreement[ATY_AGREEMENT_SIZE]);

/* Whether an h2 connection of another vhost can serve this one: its Protocols have h2 and
 * no <Location> needs a renegotiation. */
bool aty_vhost_serves_h2(const aty_table *table, uint32_t vhost);

/* Whether mod_ssl compares the spelling of the field for this pair, to answer 421. */
bool aty_mod_ssl_compares(const aty_table *table, const aty_pair *pair, aty_field field);

/* What httpd answers without mod_authority. */
typedef enum {
    ATY_MOD_SSL_200,
    ATY_MOD_SSL_421,
    ATY_MOD_SSL_HTTP1_REQUIRED /* 200, but some <Location> resets the h2 stream */
} aty_mod_ssl_answer;

/* "200", "421", "http1-required". */
const char *aty_mod_ssl_answer_name(aty_mod_ssl_answer answer);

/* Follows ssl_check_vhost_sni_policy (httpd 2.4.66), ssl_server_compatible (2.4.37 to
 * 2.4.63, SNIPolicy legacy) and ssl_hook_Access. Both vhosts must be known. */
aty_mod_ssl_answer aty_mod_ssl_decide(const aty_table *table, const aty_pair *pair);

#endif
