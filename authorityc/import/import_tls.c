/* import_tls.c: the TLS directives of a server. They are written as they stand, top level
 * and vhost apart: the compiler merges them as mod_ssl does. */
#include <string.h>
#include <strings.h>

#include <openssl/ssl.h>

#include <apr_file_info.h>

#include "authorityc/directives.h"
#include "authorityc/import/import.h"

const aty_import_node *aty_import_last(const aty_import_server *server, const char *name)
{
    const aty_import_node *last = NULL;
    for (const aty_import_node *node = server->nodes; node; node = node->next) {
        if (!node->is_section && strcmp(node->name, name) == 0) {
            last = node;
        }
    }
    return last;
}

/* As mod_ssl decides it (ssl_engine_init.c): SSLEngine, or Listen with https and some
 * certificate. */
bool aty_import_has_tls(const aty_import *import, const aty_import_server *vhost)
{
    const aty_import_server *base = import->dump->main;
    const aty_import_node *engine = aty_import_last(vhost, "SSLEngine");
    if (!engine) {
        engine = aty_import_last(base, "SSLEngine");
    }
    if (engine && engine->word_count > 0) {
        return strcasecmp(engine->words[0], "on") == 0;
    }
    return strcmp(vhost->protocol, "https") == 0 &&
           (aty_import_last(vhost, "SSLCertificateFile") ||
            aty_import_last(base, "SSLCertificateFile"));
}

/* The row of a directive that a policy has as well; NULL: none. */
static const aty_directive_spec *tls_spec(const aty_import_node *node)
{
    const aty_directive_spec *spec =
        node->is_section ? NULL : aty_directive_find(node->name);
    bool is_tls = spec && (spec->contexts & ATY_IN_TLS) &&
                  spec->kind != ATY_KIND_DEFINE && spec->kind != ATY_KIND_INCLUDE;
    return is_tls ? spec : NULL;
}

static bool is_tls13(const aty_import_node *node)
{
    return node->word_count == 2 && strcmp(node->words[0], "TLSv1.3") == 0;
}

/* Whether a later directive sets the same. */
static bool is_replaced(const aty_import_node *node)
{
    for (const aty_import_node *later = node->next; later; later = later->next) {
        if (!later->is_section && strcmp(later->name, node->name) == 0 &&
            is_tls13(later) == is_tls13(node)) {
            return true;
        }
    }
    return false;
}

static bool is_certificate(const aty_import_node *node)
{
    return strcmp(node->name, "SSLCertificateFile") == 0 ||
           strcmp(node->name, "SSLCertificateKeyFile") == 0;
}

/* Files and directories among the values of SSLOpenSSLConfCmd stand on ServerRoot. */
static void write_conf_cmd(aty_import *import, const aty_import_node *node)
{
    SSL_CONF_CTX *commands = SSL_CONF_CTX_new();
    const char *words[2] = {node->words[0], node->words[1]};
    SSL_CONF_CTX_set_flags(commands, SSL_CONF_FLAG_FILE | SSL_CONF_FLAG_SERVER |
                                         SSL_CONF_FLAG_CERTIFICATE);
    int type = SSL_CONF_cmd_value_type(commands, words[0]);
    SSL_CONF_CTX_free(commands);
    if (type == SSL_CONF_TYPE_FILE || type == SSL_CONF_TYPE_DIR) {
        char *path;
        if (apr_filepath_merge(&path, import->dump->root, words[1], 0, import->pool) ==
            APR_SUCCESS) {
            words[1] = path;
        }
    }
    aty_import_directive(import->lines, &node->place, node->name, words, 2);
}

static void write_directive(aty_import *import, const aty_import_node *node)
{
    if (strcmp(node->name, "SSLOpenSSLConfCmd") == 0 && node->word_count == 2) {
        write_conf_cmd(import, node);
        return;
    }
    aty_import_directive(import->lines, &node->place, node->name, node->words,
                         node->word_count);
}

void aty_import_tls(aty_import *import, const aty_import_server *server)
{
    bool is_managed =
        server->is_virtual && aty_import_managed_certificates(import, server);
    for (const aty_import_node *node = server->nodes; node; node = node->next) {
        const aty_directive_spec *spec = tls_spec(node);
        if (!spec || (is_managed && is_certificate(node))) {
            continue;
        }
        if (spec->kind != ATY_KIND_LIST && is_replaced(node)) {
            aty_import_comment(import->lines, "%s of %s is replaced below", node->name,
                               aty_import_place_text(import->pool, &node->place));
            continue;
        }
        write_directive(import, node);
    }
}
