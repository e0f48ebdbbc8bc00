/* drift_checks.h: each thing in which a live vhost can differ from the table.
 */
#ifndef ATY_MOD_AUTHORITY_DRIFT_CHECKS_H
#define ATY_MOD_AUTHORITY_DRIFT_CHECKS_H

#include <apr_hash.h>
#include <apr_pools.h>

#include "mod_authority/config_tree.h"
#include "mod_authority/live.h"
#include "mod_authority/site.h"

/* What the checks work on. */
typedef struct {
    aty_site *site;
    const aty_table *table;
    apr_pool_t *pool;    /* for what is said */
    apr_pool_t *scratch; /* for the time of the comparison */
    const aty_tree *tree;
    apr_hash_t *ciphers; /* drift_ciphers.c: text of a setting → SSL_CTX * */
    apr_hash_t *lost;    /* drift_certificates.c: certificates → aty_lost_names */
} aty_drift_search;

/* A check: NULL where the vhost is what the table says, or what the table has and what
 * httpd has, "client-auth: the table has … (site.policy:12), httpd …". */
typedef const char *aty_drift_check(aty_drift_search *search, aty_live *live);

/* drift_tls.c: verify mode, TLS versions. */
aty_drift_check aty_drift_client_auth;
aty_drift_check aty_drift_protocol;

/* drift_cas.c: CAs by content, and the names of CAs that clients are sent. */
aty_drift_check aty_drift_client_ca;

/* drift_words.c: what mod_ssl keeps to itself: kind of verification, depth, revocation
 * (not the lists themselves); SSLOpenSSLConfCmd. */
aty_drift_check aty_drift_words;
aty_drift_check aty_drift_conf_cmds;

/* drift_ciphers.c: the table's list, expanded by this OpenSSL. */
aty_drift_check aty_drift_ciphers;

/* drift_names.c: ServerAlias, the default vhost of an address, h2 in Protocols. Names
 * that httpd has and the table has not become strays of the site. */
aty_drift_check aty_drift_names;
aty_drift_check aty_drift_default_vhost;
aty_drift_check aty_drift_http;

/* drift_certificates.c: the names of every certificate. What it finds concerns these
 * names alone: it leaves `lost` in the live vhost. A certificate that mod_md has
 * put there until there is a real one makes it pending. */
aty_drift_check aty_drift_certificates;

/* "LABEL: the table has TABLE (PLACE), httpd LIVE", with the first line of the policy
 * that says something of the field. */
const char *aty_drift_text(const aty_drift_search *search, const aty_live *live,
                           aty_field field, const char *table, const char *httpd);

/* The same with this line; NULL, or one of no file: the vhost's. */
const char *aty_drift_text_at(const aty_drift_search *search, const aty_live *live,
                              aty_field field, const aty_place_record *place,
                              const char *table, const char *httpd);

/* Whether the vhost has an SSLOpenSSLConfCmd that sets the TLS versions, or the ciphers:
 * then they are not what SSLProtocol or SSLCipherSuite say. */
bool aty_drift_conf_cmds_decide(const aty_drift_search *search, const aty_live *live,
                                aty_field field);

#endif
