/* import_policy.c: the policy of an httpd, from its main server down. */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/import/import.h"

static const aty_import_server *vhost_at(const aty_import *import, int index)
{
    return APR_ARRAY_IDX(import->dump->vhosts, index, aty_import_server *);
}

static aty_import_set *set_of(const aty_import *import, const aty_import_address *address)
{
    return apr_hash_get(import->sets, address->key, APR_HASH_KEY_STRING);
}

static void enter_addresses(aty_import *import, const aty_import_server *vhost)
{
    bool has_tls = aty_import_has_tls(import, vhost);
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_import_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address);
        aty_import_set *set = set_of(import, address);
        if (!set) {
            set = apr_pcalloc(import->pool, sizeof(*set));
            set->first = vhost;
            apr_hash_set(import->sets, address->key, APR_HASH_KEY_STRING, set);
        }
        set->has_tls |= has_tls;
    }
}

/* The protocols that a policy knows and this httpd speaks. */
static apr_array_header_t *protocols_of(const aty_import *import,
                                        const aty_import_server *server)
{
    static const char *const known[] = {"h2", "http/1.1", "h2c", "acme-tls/1"};
    apr_array_header_t *protocols =
        apr_array_make(import->scratch, 4, sizeof(const char *));
    bool http = false;
    for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
        bool listed = false;
        for (int i = 0; i < server->protocols->nelts; i++) {
            listed |=
                strcmp(APR_ARRAY_IDX(server->protocols, i, const char *), known[k]) == 0;
        }
        if (listed && (k != 0 || import->dump->has_http2)) {
            APR_ARRAY_PUSH(protocols, const char *) = known[k];
            http |= k < 2;
        }
    }
    if (!http) {
        /* httpd falls back to it, whatever Protocols says. */
        APR_ARRAY_PUSH(protocols, const char *) = "http/1.1";
    }
    return protocols;
}

static const char *protocols_text(const aty_import *import,
                                  const aty_import_server *server)
{
    return apr_array_pstrcat(import->scratch, protocols_of(import, server), ' ');
}

static void write_protocols(aty_import *import, const aty_import_server *server)
{
    apr_array_header_t *protocols = protocols_of(import, server);
    const char *main_text = protocols_text(import, import->dump->main);
    if (server->is_virtual && strcmp(protocols_text(import, server), main_text) == 0) {
        return;
    }
    for (int i = 0; i < server->protocols->nelts; i++) {
        const char *name = APR_ARRAY_IDX(server->protocols, i, const char *);
        if (strcmp(name, "h2") == 0 && !import->dump->has_http2) {
            aty_import_comment(import->lines, "Protocols has h2 and mod_http2 is not "
                                              "there, or does not work under this MPM");
        }
    }
    aty_import_directive(import->lines, NULL, "Protocols",
                         (const char *const *)(void *)protocols->elts, protocols->nelts);
}

static void write_head(aty_import *import)
{
    aty_import_lines *lines = import->lines;
    aty_import_comment(lines, "What %s in '%s' is configured to do,", import->dump->httpd,
                       import->dump->root);
    aty_import_comment(lines, "as 'authorityc import' found it. Lines under a 'from' are "
                              "those of that place and the");
    aty_import_comment(lines,
                       "lines after it; a NOTE says what could not be taken over.");
    aty_import_gap(lines);
}

static void write_sni_policy(aty_import *import)
{
    const aty_import_node *node =
        aty_import_last(import->dump->main, "SSLVHostSNIPolicy");
    if (!import->dump->has_sni_policy) {
        aty_import_comment(
            import->lines,
            "this httpd has no SSLVHostSNIPolicy: it is older than 2.4.66");
        aty_import_setting(import->lines, NULL, "SNIPolicy", "legacy");
    }
    else if (node && node->word_count > 0) {
        aty_import_setting(import->lines, &node->place, "SNIPolicy", node->words[0]);
    }
    else {
        aty_import_comment(import->lines, "httpd's default of SSLVHostSNIPolicy");
        aty_import_setting(import->lines, NULL, "SNIPolicy", "secure");
    }
}

static bool is_on(const aty_import_node *node)
{
    return node && node->word_count > 0 && strcasecmp(node->words[0], "on") == 0;
}

/* A name that no vhost has goes to the default vhost of the address; with StrictHostCheck
 * httpd refuses it there. */
static void write_unknown_authority(aty_import *import, const aty_import_server *server)
{
    const aty_import_node *check = aty_import_last(server, "StrictHostCheck");
    if (check) {
        if (is_on(check)) {
            aty_import_comment(import->lines,
                               "with StrictHostCheck httpd answers 400 for "
                               "a name that no vhost has");
        }
        aty_import_setting(import->lines, &check->place, "UnknownAuthority",
                           is_on(check) ? "reject" : "serve");
    }
    else if (!server->is_virtual) {
        aty_import_comment(import->lines,
                           "httpd gives a name that no vhost has to the default "
                           "vhost of the address");
        aty_import_setting(import->lines, NULL, "UnknownAuthority", "serve");
    }
}

/* What mod_ssl answers by itself, and a policy has no word for. */
static void note_strict_sni(aty_import *import, const aty_import_server *server)
{
    const aty_import_node *check = aty_import_last(server, "SSLStrictSNIVHostCheck");
    if (is_on(check)) {
        aty_import_warn(import->lines, &check->place,
                        "SSLStrictSNIVHostCheck: clients that send no SNI get 403 here, "
                        "which a policy cannot say");
    }
}

static void write_top(aty_import *import)
{
    const aty_import_server *server = import->dump->main;
    write_head(import);
    write_sni_policy(import);
    write_unknown_authority(import, server);
    write_protocols(import, server);
    aty_import_tls(import, server);
    note_strict_sni(import, server);
    aty_import_overrides(import, server);
    aty_import_locations(import, server);
    const aty_import_node *engine = aty_import_last(server, "SSLEngine");
    if (is_on(engine)) {
        aty_import_warn(import->lines, &engine->place,
                        "the main server has TLS itself; connections to an address that "
                        "no <VirtualHost> has are not in this policy");
    }
}

/* "host:port" as a policy has it; NULL where it cannot be written. */
static const char *address_text(apr_pool_t *pool, const aty_import_address *address)
{
    bool ipv6 = strchr(address->host, ':') != NULL;
    const char *host =
        ipv6 ? apr_pstrcat(pool, "[", address->host, "]", NULL) : address->host;
    if (*address->host == '\0' || strchr(address->host, '%')) {
        return NULL;
    }
    return address->port > 0 ? apr_psprintf(pool, "%s:%u", host, address->port)
                             : apr_pstrcat(pool, host, ":*", NULL);
}

static apr_array_header_t *address_texts(aty_import *import,
                                         const aty_import_server *vhost)
{
    apr_array_header_t *texts = apr_array_make(import->scratch, 2, sizeof(const char *));
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_import_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address);
        const char *text = address_text(import->scratch, address);
        if (text) {
            APR_ARRAY_PUSH(texts, const char *) = text;
            continue;
        }
        aty_import_warn(import->lines, &vhost->place,
                        "address '%s' is left out: a policy cannot have it",
                        address->written);
    }
    return texts;
}

/* A DNS name leads to what it led to when httpd asked, and is also a Host that httpd
 * gives to the vhost. */
static void comment_addresses(aty_import *import, const aty_import_server *vhost)
{
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_import_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address);
        bool is_name = strcmp(address->host, "*") != 0 &&
                       strcasecmp(address->written, address->host) != 0 &&
                       address->written[strcspn(address->written, ":")] == '\0' &&
                       address->written[strspn(address->written, "0123456789.")] != '\0';
        if (is_name) {
            aty_import_warn(import->lines, &vhost->place,
                            "'%s' in <VirtualHost> is the address %s now; import again "
                            "when that changes",
                            address->written, address->host);
        }
    }
}

static bool shares_an_address_with_tls(const aty_import *import,
                                       const aty_import_server *vhost)
{
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        if (set_of(import, &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address))
                ->has_tls) {
            return true;
        }
    }
    return false;
}

/* Names lead to it, and mod_ssl answers none of them with it on a TLS connection. */
static void note_no_tls(aty_import *import, const aty_import_server *vhost)
{
    bool is_default = false;
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_import_set *set =
            set_of(import, &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address));
        is_default |= set->has_tls && set->first == vhost;
    }
    aty_import_warn(import->lines, &vhost->place,
                    is_default ? "vhost '%s' has no TLS and is the default of an address "
                                 "with vhosts that have: httpd speaks no TLS there"
                               : "vhost '%s' has no TLS and stands on an address with "
                                 "vhosts that have; it shares with nobody",
                    vhost->name);
    aty_import_comment(
        import->lines,
        "mod_ssl never fills in the defaults of such a vhost, and so takes "
        "it for another");
    aty_import_setting(import->lines, NULL, "SSLVerifyDepth", "65535");
    aty_import_isolate(import->lines);
}

/* Why a vhost shares with nobody, where there is a reason to be told. */
static void isolate_doubtful(aty_import *import, const aty_import_server *vhost)
{
    if (!vhost->has_tree) {
        aty_import_warn(import->lines, &vhost->place,
                        "vhost '%s' comes from no line of a file; it shares with nobody, "
                        "since its TLS settings are not known",
                        vhost->name);
        aty_import_isolate(import->lines);
    }
    else if (!aty_import_has_tls(import, vhost)) {
        note_no_tls(import, vhost);
    }
}

static void write_inside(aty_import *import, const aty_import_server *vhost)
{
    isolate_doubtful(import, vhost);
    aty_import_names(import, vhost);
    write_unknown_authority(import, vhost);
    write_protocols(import, vhost);
    aty_import_tls(import, vhost);
    note_strict_sni(import, vhost);
    aty_import_overrides(import, vhost);
    aty_import_locations(import, vhost);
}

static void write_vhost(aty_import *import, const aty_import_server *vhost)
{
    aty_import_lines *lines = import->lines;
    aty_import_gap(lines);
    if (!aty_import_is_reachable(import, vhost)) {
        aty_import_warn(lines, &vhost->place,
                        "vhost '%s' is left out: httpd never selects it, since earlier "
                        "vhosts have its names, or no request can have them",
                        vhost->name);
        return;
    }
    comment_addresses(import, vhost);
    apr_array_header_t *addresses = address_texts(import, vhost);
    if (addresses->nelts == 0) {
        aty_import_warn(lines, &vhost->place, "vhost '%s' is left out: it has no address",
                        vhost->name);
        return;
    }
    aty_import_from(lines, &vhost->place);
    aty_import_open_vhost(lines, (const char *const *)(void *)addresses->elts,
                          addresses->nelts);
    write_inside(import, vhost);
    aty_import_close_vhost(lines);
}

static void comment_without_tls(aty_import *import, const aty_import_server *vhost)
{
    aty_import_gap(import->lines);
    aty_import_from(import->lines, &vhost->place);
    aty_import_comment(import->lines, "vhost '%s' has no TLS", vhost->name);
}

aty_import_lines *aty_import_policy(apr_pool_t *pool, const aty_import_dump *dump)
{
    aty_import import = {.pool = pool, .dump = dump};
    apr_pool_create(&import.scratch, pool);
    import.lines = aty_import_lines_create(pool);
    import.sets = apr_hash_make(pool);
    import.taken = apr_hash_make(pool);
    import.main_overrides = apr_array_make(pool, 4, sizeof(aty_import_node *));
    import.own_overrides = apr_array_make(pool, 4, sizeof(aty_import_node *));
    aty_import_managed_collect(&import);
    for (int i = 0; i < dump->vhosts->nelts; i++) {
        enter_addresses(&import, vhost_at(&import, i));
    }
    write_top(&import);
    for (int i = 0; i < dump->vhosts->nelts; i++) {
        const aty_import_server *vhost = vhost_at(&import, i);
        if (aty_import_has_tls(&import, vhost) || !vhost->has_tree ||
            shares_an_address_with_tls(&import, vhost)) {
            write_vhost(&import, vhost);
        }
        else {
            comment_without_tls(&import, vhost);
        }
        apr_array_clear(import.own_overrides);
        apr_pool_clear(import.scratch);
    }
    return import.lines;
}
