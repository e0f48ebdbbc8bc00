/* import_managed.c: certificates that mod_md provides. It adds them to those of the vhost
 * (mod_md.c, md_add_cert_files), from its store: DOMAIN/pubcert.pem, or
 * DOMAIN/pubcert.CURVE.pem for an elliptic key. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "authorityc/import/import.h"

#define REPLACED_ENTRIES 3 /* as in merge.c: a vhost's over those of the top level */

typedef struct aty_import_managed {
    const char *name; /* of the domain: its first name */
    aty_import_place place;
    const aty_import_node *section; /* <MDomainSet>; NULL: none */
} managed;

typedef struct {
    const char *ending; /* from the '.' of "*.example.com" on */
    const managed *domain;
} pattern;

static bool is_keyword(const char *word)
{
    return strcasecmp(word, "auto") == 0 || strcasecmp(word, "manual") == 0;
}

static const char *in_lower_case(apr_pool_t *pool, const char *name)
{
    char *lower = apr_pstrdup(pool, name);
    for (char *byte = lower; *byte; byte++) {
        *byte = (char)apr_tolower(*byte);
    }
    return lower;
}

static void add_name(aty_import *import, const managed *domain, const char *name)
{
    const char *lower = in_lower_case(import->pool, name);
    if (strncmp(lower, "*.", 2) == 0) {
        APR_ARRAY_PUSH(import->managed_patterns, pattern) = (pattern){lower + 1, domain};
    }
    else if (!apr_hash_get(import->managed, lower, APR_HASH_KEY_STRING)) {
        apr_hash_set(import->managed, lower, APR_HASH_KEY_STRING, domain);
    }
}

static void add_names(aty_import *import, managed *domain, const aty_import_node *node)
{
    for (int i = 0; i < node->word_count; i++) {
        if (is_keyword(node->words[i])) {
            continue;
        }
        if (!domain->name) {
            domain->name = in_lower_case(import->pool, node->words[i]);
        }
        add_name(import, domain, node->words[i]);
    }
}

static void add_domain(aty_import *import, const aty_import_node *node)
{
    managed *domain = apr_pcalloc(import->pool, sizeof(*domain));
    domain->place = node->place;
    domain->section = node->is_section ? node : NULL;
    add_names(import, domain, node);
    for (const aty_import_node *inner = node->children; inner; inner = inner->next) {
        if (strncmp(inner->name, "MDMember", 8) == 0) {
            add_names(import, domain, inner);
        }
    }
}

static void collect(aty_import *import, const aty_import_server *server)
{
    for (const aty_import_node *node = server->nodes; node; node = node->next) {
        if (strcasecmp(node->name, "MDomain") == 0 ||
            strcasecmp(node->name, "MDomainSet") == 0) {
            add_domain(import, node);
        }
    }
}

void aty_import_managed_collect(aty_import *import)
{
    if (!import->dump->md_store) {
        return;
    }
    import->managed = apr_hash_make(import->pool);
    import->managed_patterns = apr_array_make(import->pool, 4, sizeof(pattern));
    collect(import, import->dump->main);
    for (int i = 0; i < import->dump->vhosts->nelts; i++) {
        collect(import, APR_ARRAY_IDX(import->dump->vhosts, i, aty_import_server *));
    }
}

static const managed *find_domain(const aty_import *import, const char *name)
{
    const char *lower = in_lower_case(import->scratch, name);
    const managed *domain = apr_hash_get(import->managed, lower, APR_HASH_KEY_STRING);
    const char *dot = strchr(lower, '.');
    for (int i = 0; !domain && dot && i < import->managed_patterns->nelts; i++) {
        const pattern *known = &APR_ARRAY_IDX(import->managed_patterns, i, pattern);
        if (strcmp(dot, known->ending) == 0) {
            domain = known->domain;
        }
    }
    return domain;
}

/* The domain of a vhost: by any of its names, or by ServerName alone. */
static const managed *domain_of(const aty_import *import, const aty_import_server *vhost)
{
    const aty_import_node *match = aty_import_last(import->dump->main, "MDMatchNames");
    bool all = !(match && match->word_count > 0 &&
                 strcasecmp(match->words[0], "servernames") == 0);
    const managed *domain = find_domain(import, vhost->name);
    for (int i = 0; all && !domain && i < vhost->aliases->nelts; i++) {
        domain = find_domain(import, APR_ARRAY_IDX(vhost->aliases, i, const char *));
    }
    return domain;
}

/* The paths of files that a vhost has, one for each directive of a name. */
static apr_array_header_t *paths_of(apr_pool_t *pool, const aty_import_node *first,
                                    const char *name)
{
    apr_array_header_t *paths = apr_array_make(pool, 2, sizeof(const char *));
    for (const aty_import_node *node = first; node; node = node->next) {
        if (strcmp(node->name, name) == 0 && node->word_count > 0) {
            APR_ARRAY_PUSH(paths, const char *) = node->words[0];
        }
    }
    return paths;
}

/* What mod_ssl merges of a vhost and the main server, as in merge.c. */
static apr_array_header_t *merged_paths(const aty_import *import,
                                        const aty_import_server *vhost, const char *name)
{
    apr_array_header_t *base = paths_of(import->scratch, import->dump->main->nodes, name);
    apr_array_header_t *own = paths_of(import->scratch, vhost->nodes, name);
    for (int i = 0; i < own->nelts; i++) {
        const char *path = APR_ARRAY_IDX(own, i, const char *);
        if (i < base->nelts && i < REPLACED_ENTRIES) {
            APR_ARRAY_IDX(base, i, const char *) = path;
        }
        else {
            APR_ARRAY_PUSH(base, const char *) = path;
        }
    }
    return base;
}

static const aty_import_node *find_child(const aty_import_node *section, const char *name)
{
    const aty_import_node *found = NULL;
    for (const aty_import_node *node = section ? section->children : NULL; node;
         node = node->next) {
        if (strcmp(node->name, name) == 0) {
            found = node;
        }
    }
    return found;
}

/* The parts of file names that tell the kinds of keys apart: "" for RSA, ".secp384r1". */
static apr_array_header_t *key_kinds(const aty_import *import, const managed *domain)
{
    apr_array_header_t *kinds = apr_array_make(import->scratch, 2, sizeof(const char *));
    const aty_import_node *keys = find_child(domain->section, "MDPrivateKeys");
    if (!keys) {
        keys = aty_import_last(import->dump->main, "MDPrivateKeys");
    }
    for (int i = 0; keys && i < keys->word_count; i++) {
        const char *word = in_lower_case(import->scratch, keys->words[i]);
        if (strncmp(word, "rsa", 3) == 0 || strcmp(word, "default") == 0) {
            APR_ARRAY_PUSH(kinds, const char *) = "";
        }
        else if (!apr_isdigit(*word)) {
            APR_ARRAY_PUSH(kinds, const char *) =
                apr_pstrcat(import->scratch, ".", word, NULL);
        }
    }
    if (!keys) {
        APR_ARRAY_PUSH(kinds, const char *) = "";
    }
    return kinds;
}

/* Adds what the store has of the domain; the reason in errno's words where that cannot be
 * found out, else NULL. */
static const char *add_stored(const aty_import *import, const managed *domain,
                              apr_array_header_t *certificates, apr_array_header_t *keys)
{
    const aty_import_node *set = aty_import_last(import->dump->main, "MDStoreDir");
    const char *store =
        set && set->word_count > 0 ? set->words[0] : import->dump->md_store;
    apr_array_header_t *kinds = key_kinds(import, domain);
    for (int i = 0; i < kinds->nelts; i++) {
        const char *kind = APR_ARRAY_IDX(kinds, i, const char *);
        const char *begin =
            apr_pstrcat(import->pool, store, "/domains/", domain->name, "/", NULL);
        const char *path =
            apr_pstrcat(import->pool, begin, "pubcert", kind, ".pem", NULL);
        if (access(path, R_OK) == 0) {
            APR_ARRAY_PUSH(certificates, const char *) = path;
            APR_ARRAY_PUSH(keys, const char *) =
                apr_pstrcat(import->pool, begin, "privkey", kind, ".pem", NULL);
        }
        else if (errno != ENOENT) {
            return apr_psprintf(import->scratch, "cannot read '%s': %s", path,
                                strerror(errno));
        }
    }
    return NULL;
}

static void write_files(aty_import *import, const char *name,
                        const apr_array_header_t *paths)
{
    for (int i = 0; i < paths->nelts; i++) {
        aty_import_setting(import->lines, NULL, name,
                           APR_ARRAY_IDX(paths, i, const char *));
    }
}

static void warn_of_pending(aty_import *import, const aty_import_server *vhost,
                            const managed *domain, const char *problem)
{
    const char *names = vhost->name;
    for (int i = 0; i < vhost->aliases->nelts; i++) {
        names = apr_pstrcat(import->scratch, names, " ",
                            APR_ARRAY_IDX(vhost->aliases, i, const char *), NULL);
    }
    aty_import_warn(
        import->lines, &domain->place,
        "the certificate of the managed domain '%s' is not known (%s), so its "
        "vhost shares with nobody; import again when it is there. It will be "
        "for: %s",
        domain->name, problem ? problem : "not issued yet", names);
    aty_import_isolate(import->lines);
}

bool aty_import_managed_certificates(aty_import *import, const aty_import_server *vhost)
{
    const managed *domain = import->managed ? domain_of(import, vhost) : NULL;
    if (!domain || !aty_import_has_tls(import, vhost)) {
        return false;
    }
    apr_array_header_t *certificates = merged_paths(import, vhost, "SSLCertificateFile");
    apr_array_header_t *keys = merged_paths(import, vhost, "SSLCertificateKeyFile");
    int before = certificates->nelts;
    const char *problem = NULL;
    if (find_child(domain->section, "MDCertificateFile")) {
        const aty_import_node *inner = domain->section->children;
        apr_array_cat(certificates,
                      paths_of(import->scratch, inner, "MDCertificateFile"));
        apr_array_cat(keys, paths_of(import->scratch, inner, "MDCertificateKeyFile"));
    }
    else {
        problem = add_stored(import, domain, certificates, keys);
    }
    if (certificates->nelts == before) {
        warn_of_pending(import, vhost, domain, problem);
        return false;
    }
    aty_import_comment(import->lines, "managed domain '%s', from %s", domain->name,
                       aty_import_place_text(import->scratch, &domain->place));
    write_files(import, "SSLCertificateFile", certificates);
    write_files(import, "SSLCertificateKeyFile", keys);
    return true;
}
