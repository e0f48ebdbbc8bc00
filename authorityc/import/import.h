/* import.h: the configuration of an httpd, as mod_authority dumps it, on its way into a
 * policy.
 *
 * The phases, in order: import_httpd.c runs httpd, import_read.c reads its dump,
 * import_policy.c writes the lines of the policy, with import_names.c, import_tls.c,
 * import_locations.c, import_overrides.c and import_managed.c for what their names say,
 * and import_mend.c takes out what the compiler would not accept. What a policy cannot
 * express is said in a comment of it and on the standard error; where that could make two
 * vhosts look alike that are not, they are told apart by `Isolate on`.
 */
#ifndef ATY_AUTHORITYC_IMPORT_H
#define ATY_AUTHORITYC_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/import/import_lines.h"

/* A directive, or a section with what stands in it. */
typedef struct aty_import_node {
    aty_import_place place;
    const char *name;         /* in its documented spelling */
    const char *const *words; /* of httpd; paths are absolute */
    int word_count;
    bool is_section;
    struct aty_import_node *children; /* in order; NULL: none */
    struct aty_import_node *next;     /* beside it */
} aty_import_node;

typedef struct {
    const char *written; /* in <VirtualHost> */
    const char *host;    /* "*" is any */
    uint32_t port;       /* 0 is any */
    const char *key;     /* "host:port", for comparing */
} aty_import_address;

typedef struct {
    aty_import_place place;
    const char *name;              /* what httpd goes by; "" for none */
    const char *protocol;          /* "https" after Listen */
    bool is_virtual;               /* not the main server */
    bool has_tree;                 /* false: made by a module, and `nodes` is empty */
    apr_array_header_t *aliases;   /* const char *: ServerAlias, plain before patterns */
    apr_array_header_t *addresses; /* aty_import_address, each once */
    apr_array_header_t *protocols; /* const char *: Protocols; empty: httpd's default */
    aty_import_node *nodes;
    uint32_t number; /* in order, the main server is 0 */
} aty_import_server;

typedef struct {
    const char *httpd; /* version */
    const char *root;
    const char *md_store; /* NULL: no mod_md */
    bool has_sni_policy;
    bool has_http2;
    const aty_import_server *main;
    apr_array_header_t *vhosts; /* aty_import_server * */
} aty_import_dump;

/* import_read.c: reads what aty_dump_print printed (mod_authority/dump.h). The bytes may
 * be anything. NULL where they are no dump; `*problem` then says why. */
const aty_import_dump *aty_import_read(apr_pool_t *pool, const char *text, size_t size,
                                       const char **problem);

/* The first line of a dump, with its line end, as far as all versions have it. */
#define ATY_IMPORT_DUMP_MARK "authority-dump\t"

/* What the phases that write lines share. */
typedef struct {
    apr_pool_t *pool;
    apr_pool_t *scratch; /* cleared after each vhost */
    const aty_import_dump *dump;
    aty_import_lines *lines;
    apr_hash_t *sets;                   /* aty_import_set by address key */
    apr_hash_t *taken;                  /* aty_import_server by "address key name" */
    apr_hash_t *managed;                /* aty_import_managed by name; NULL: no mod_md */
    apr_array_header_t *main_overrides; /* aty_import_node *: .htaccess files of the main
                                           server, as sections */
    apr_array_header_t *own_overrides;  /* those of the vhost that is being written */
    uint32_t entries_seen;              /* of directories, in search of such files */
    apr_array_header_t *managed_patterns; /* aty_import_managed_name with a `*.` */
} aty_import;

/* An address, with all the vhosts on it. */
typedef struct {
    const aty_import_server *first; /* the default vhost */
    bool has_tls;                   /* some vhost has */
} aty_import_set;

/* import_policy.c: the lines of the whole policy. */
aty_import_lines *aty_import_policy(apr_pool_t *pool, const aty_import_dump *dump);

/* The last directive of the name that stands in the server itself; NULL: none. */
const aty_import_node *aty_import_last(const aty_import_server *server, const char *name);

/* import_names.c: whether httpd could ever give a request to the vhost: it is the first
 * on some address, or some name of it is not taken by an earlier one. */
bool aty_import_is_reachable(const aty_import *import, const aty_import_server *vhost);

/* Writes ServerName and ServerAlias, and takes the names for the addresses. */
void aty_import_names(aty_import *import, const aty_import_server *vhost);

/* import_tls.c: whether the vhost speaks TLS. */
bool aty_import_has_tls(const aty_import *import, const aty_import_server *vhost);

/* Writes the TLS directives of a server, of those that stand twice the last. */
void aty_import_tls(aty_import *import, const aty_import_server *server);

/* import_locations.c: writes a <Location> for each place in a vhost, or in all of them,
 * that has TLS needs of its own. */
void aty_import_locations(aty_import *import, const aty_import_server *server);

/* import_overrides.c: finds .htaccess files of the server that have such needs, and says
 * where there may be more. To be called before its locations are written. */
void aty_import_overrides(aty_import *import, const aty_import_server *server);

/* import_managed.c: collects the domains that mod_md manages. */
void aty_import_managed_collect(aty_import *import);

/* Writes the certificates of the vhost where mod_md provides any. Returns whether it
 * does; then SSLCertificateFile and SSLCertificateKeyFile are written. */
bool aty_import_managed_certificates(aty_import *import, const aty_import_server *vhost);

/* import_mend.c: compiles the policy, and makes comments of the lines that the compiler
 * does not accept. NULL, or what is wrong where nothing helps. */
const char *aty_import_mend(aty_import_lines *lines);

#endif
