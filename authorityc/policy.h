/* policy.h: a policy as it was written, merged: what the parser hands to the model.
 *
 * Every value remembers the directive that gave it, and so its file, line and column.
 * Everything lives in the pool of the policy. Nothing here has looked into a certificate.
 */
#ifndef ATY_AUTHORITYC_POLICY_H
#define ATY_AUTHORITYC_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/diag.h"
#include "core/format.h"

/* A word of a directive, after quotes, `\` and ${VAR}. */
typedef struct {
    const char *text; /* NUL-terminated */
    aty_place place;
} aty_word;

/* A directive that was read and whose arguments are well formed. */
typedef struct {
    const char *name;      /* in its documented spelling */
    const aty_word *words; /* its arguments */
    int word_count;
    aty_place place;  /* of the name */
    uint32_t number;  /* what the arguments come to, where a type below says so */
    const char *path; /* of a file or directory: absolute and normal, else NULL */
} aty_directive;

/* TLS directives of which the last one holds; `number` is said beside each. */
typedef enum {
    ATY_TLS_PROTOCOL,      /* mask of ATY_PROTOCOL_… */
    ATY_TLS_CIPHERS,       /* words: the list last, after an optional "SSL" */
    ATY_TLS_CIPHERS_13,    /* words: "TLSv1.3", the list */
    ATY_TLS_VERIFY_CLIENT, /* aty_verify */
    ATY_TLS_VERIFY_DEPTH,  /* the depth */
    ATY_TLS_CA_FILE,
    ATY_TLS_CA_PATH,
    ATY_TLS_CA_DN_FILE,
    ATY_TLS_CA_DN_PATH,
    ATY_TLS_CRL_FILE,
    ATY_TLS_CRL_PATH,
    ATY_TLS_CRL_CHECK,   /* ATY_CRL_… with its flag */
    ATY_TLS_OCSP_ENABLE, /* ATY_OCSP_… with its flag */
    ATY_TLS_OCSP_RESPONDER,
    ATY_TLS_OCSP_OVERRIDE, /* 0 or 1 */
    ATY_TLS_SRP_FILE,
    ATY_TLS_SCALARS
} aty_tls_scalar;

#define ATY_PROTOCOL_TLSV1   (1u << 2) /* as in mod_ssl, ssl_private.h */
#define ATY_PROTOCOL_TLSV1_1 (1u << 3)
#define ATY_PROTOCOL_TLSV1_2 (1u << 4)
#define ATY_PROTOCOL_TLSV1_3 (1u << 5)
#define ATY_PROTOCOL_ALL     (0xfu << 2)

typedef enum {
    ATY_VERIFY_NONE,
    ATY_VERIFY_OPTIONAL,
    ATY_VERIFY_REQUIRE,
    ATY_VERIFY_OPTIONAL_NO_CA
} aty_verify;

#define ATY_CRL_NONE              0u
#define ATY_CRL_LEAF              1u
#define ATY_CRL_CHAIN             2u
#define ATY_CRL_NO_CRL_FOR_CERT   (1u << 2)
#define ATY_OCSP_NONE             0u
#define ATY_OCSP_LEAF             1u
#define ATY_OCSP_CHAIN            2u
#define ATY_OCSP_NO_OCSP_FOR_CERT (1u << 2)

/* The TLS directives of one scope. Arrays of const aty_directive *, in order; NULL where
 * there are none. */
typedef struct {
    const aty_directive *scalars[ATY_TLS_SCALARS]; /* NULL: not set */
    apr_array_header_t *certificates;              /* SSLCertificateFile */
    apr_array_header_t *keys;                      /* SSLCertificateKeyFile */
    apr_array_header_t *conf_cmds;                 /* SSLOpenSSLConfCmd */
} aty_tls;

/* <Location path> of a vhost; NULL where it does not say. */
typedef struct {
    const aty_word *path;
    const aty_directive *verify_client;
    const aty_directive *verify_depth;
    const aty_directive *ciphers;
    const aty_directive *ca_file;
} aty_location;

typedef enum {
    ATY_ORIGIN_AUTO_MODE,
    ATY_ORIGIN_ALWAYS_MODE,
    ATY_ORIGIN_NEVER_MODE
} aty_origin_mode;

#define ATY_HTTP_H2    (1u << 0)
#define ATY_HTTP_1_1   (1u << 1)
#define ATY_HTTP_OTHER (1u << 2)

/* What stands in <VirtualHost>, at the top level, or both merged. NULL: not set. */
typedef struct {
    const aty_directive *protocols;         /* mask of ATY_HTTP_… */
    const aty_directive *unknown_authority; /* 1 reject, 0 serve */
    const aty_directive *advertise;         /* 1 on, 0 off */
    const aty_directive *zone;
    const aty_directive *isolate;       /* 1 on, 0 off */
    const aty_directive *public_port;   /* the port */
    const aty_directive *origin;        /* aty_origin_mode */
    const aty_directive *origin_budget; /* bytes */
    aty_tls tls;
} aty_scope;

/* One `addr[:port]` of <VirtualHost>. */
typedef struct {
    const char
        *host;     /* "*" for *, _default_, 0.0.0.0 and [::]; else as inet_ntop writes */
    uint32_t port; /* 0: any */
    aty_place place;
} aty_vhost_address;

typedef struct {
    aty_place place;               /* of `VirtualHost` in <VirtualHost> */
    apr_array_header_t *addresses; /* aty_vhost_address, without duplicates */
    const aty_word *server_name;   /* never NULL; lower case */
    uint32_t server_port;          /* of ServerName; 443 where it says none */
    apr_array_header_t *aliases;   /* aty_word, in order, lower case; NULL: none */
    apr_array_header_t *locations; /* aty_location; NULL: none */
    aty_scope scope;               /* merged: own over Use over top level */
} aty_vhost;

/* AcceptPair sni-name authority; both lower case. */
typedef struct {
    const aty_word *sni;
    const aty_word *authority;
} aty_accept_pair;

typedef struct {
    apr_pool_t *pool;
    const char
        *directory; /* absolute, of the policy file: what relative paths stand on */
    aty_sni_policy sni_policy;
    const aty_directive *sni_policy_directive; /* NULL: the default */
    const aty_directive *unknown_authority;    /* of the top level; NULL: not set */
    apr_array_header_t *vhosts;                /* aty_vhost, in file order */
    apr_array_header_t *pairs;                 /* aty_accept_pair */
    apr_hash_t *planned; /* certificates that do not exist yet, by their absolute paths:
                            arrays of const char *, their names; NULL: none */
} aty_policy;

/* Reads a policy and all it includes. Every error of every file is in `diag`; NULL where
 * the policy file itself cannot be read. After an error the policy is for nothing but
 * finding further errors. */
aty_policy *aty_policy_read(apr_pool_t *pool, const char *path, aty_diag *diag);

#endif
