#include "mod_authority/dump.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <ap_listen.h>
#include <http_config.h>
#include <http_core.h>

#include <apr_strings.h>

#include "mod_authority/config_tree.h"
#include "mod_authority/http2.h"

typedef enum {
    WORDS,
    PATH,   /* one path, below ServerRoot where it is relative */
    SECTION /* kept even if it holds nothing of interest */
} directive_kind;

static const struct {
    const char *name;
    directive_kind kind;
} kinds[] = {
    {"ServerName", WORDS},
    {"AccessFileName", WORDS},
    {"AllowOverride", WORDS},
    {"AllowOverrideList", WORDS},
    {"StrictHostCheck", WORDS},
    {"SSLEngine", WORDS},
    {"SSLStrictSNIVHostCheck", WORDS},
    {"SSLVHostSNIPolicy", WORDS},
    {"SSLProtocol", WORDS},
    {"SSLCipherSuite", WORDS},
    {"SSLCertificateFile", PATH},
    {"SSLCertificateKeyFile", PATH},
    {"SSLVerifyClient", WORDS},
    {"SSLVerifyDepth", WORDS},
    {"SSLCACertificateFile", PATH},
    {"SSLCACertificatePath", PATH},
    {"SSLCADNRequestFile", PATH},
    {"SSLCADNRequestPath", PATH},
    {"SSLCARevocationFile", PATH},
    {"SSLCARevocationPath", PATH},
    {"SSLCARevocationCheck", WORDS},
    {"SSLOCSPEnable", WORDS},
    {"SSLOCSPDefaultResponder", WORDS},
    {"SSLOCSPOverrideResponder", WORDS},
    {"SSLSRPVerifierFile", PATH},
    {"SSLOpenSSLConfCmd", WORDS},
    {"MDomain", WORDS},
    {"<MDomainSet", SECTION},
    {"<MDomain", SECTION},
    {"MDMember", WORDS},
    {"MDMembers", WORDS},
    {"MDMatchNames", WORDS},
    {"MDPrivateKeys", WORDS},
    {"MDCertificateFile", PATH},
    {"MDCertificateKeyFile", PATH},
    {"MDStoreDir", PATH},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* The row of a directive or `<Section`; KIND_COUNT: of no interest. */
static size_t find_kind(const char *name)
{
    size_t row = 0;

    while (row < KIND_COUNT && strcasecmp(kinds[row].name, name) != 0) {
        row++;
    }
    return row;
}

int aty_dump_is_wanted(void)
{
    return ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST &&
           ap_exists_config_define("DUMP_AUTHORITY");
}

static void put_field(const char *text)
{
    putchar('\t');
    for (const char *at = text; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '\\') {
            fputs("\\\\", stdout);
        }
        else if (byte < ' ' || byte == 0x7f) {
            printf("\\x%02x", byte);
        }
        else {
            putchar(byte);
        }
    }
}

static void put_fact(const char *keyword, const char *value)
{
    fputs(keyword, stdout);
    put_field(value);
    putchar('\n');
}

static void put_place(const char *file, unsigned line)
{
    put_field(file ? file : "-");
    printf("\t%u", line);
}

static void put_words(apr_pool_t *pool, const char *arguments, directive_kind kind)
{
    while (arguments && *arguments) {
        const char *word = ap_getword_conf(pool, &arguments);
        const char *path = kind == PATH ? ap_server_root_relative(pool, word) : NULL;
        put_field(path ? path : word);
    }
}

static bool is_section(const ap_directive_t *node)
{
    return node->directive[0] == '<';
}

/* Whether a directive of interest is among these or in their sections. As deep as the
 * configuration, which httpd walks in the same way. */
static bool any_of_interest(const ap_directive_t *first)
{
    for (const ap_directive_t *node = first; node; node = node->next) {
        if (find_kind(node->directive) < KIND_COUNT ||
            (is_section(node) && any_of_interest(node->first_child))) {
            return true;
        }
    }
    return false;
}

static void put_nodes(apr_pool_t *pool, const ap_directive_t *first);

static void put_section(apr_pool_t *pool, const ap_directive_t *node)
{
    /* The arguments keep the '>' of the tag. */
    const char *end = node->args ? strrchr(node->args, '>') : NULL;
    const char *arguments =
        end ? apr_pstrmemdup(pool, node->args, (apr_size_t)(end - node->args)) : "";

    fputs("open", stdout);
    put_place(node->filename, (unsigned)node->line_num);
    put_field(node->directive + 1);
    put_words(pool, arguments, WORDS);
    putchar('\n');
    put_nodes(pool, node->first_child);
    puts("close");
}

static void put_directive(apr_pool_t *pool, const ap_directive_t *node, size_t row)
{
    fputs("directive", stdout);
    put_place(node->filename, (unsigned)node->line_num);
    put_field(kinds[row].name);
    put_words(pool, node->args, kinds[row].kind);
    putchar('\n');
}

static void put_nodes(apr_pool_t *pool, const ap_directive_t *first)
{
    for (const ap_directive_t *node = first; node; node = node->next) {
        size_t row = find_kind(node->directive);
        if (is_section(node)) {
            if (!aty_tree_is_vhost(node) &&
                (row < KIND_COUNT || any_of_interest(node->first_child))) {
                put_section(pool, node);
            }
        }
        else if (row < KIND_COUNT) {
            put_directive(pool, node, row);
        }
    }
}

/* As ap_setup_listeners, which `httpd -t` does not come to (server/listen.c). */
static const char *protocol_of(server_rec *server)
{
    const char *protocol = ap_get_server_protocol(server);

    for (server_addr_rec *a = server->addrs; a && !protocol; a = a->next) {
        for (ap_listen_rec *l = ap_listeners; l && !protocol; l = l->next) {
            if (apr_sockaddr_equal(l->bind_addr, a->host_addr) &&
                l->bind_addr->port == a->host_port) {
                protocol = l->protocol;
            }
        }
    }
    return protocol ? protocol : "http";
}

static void put_names(const char *keyword, const apr_array_header_t *names)
{
    for (int i = 0; names && i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (name) {
            put_fact(keyword, name);
        }
    }
}

/* "*" is any address, of either family. */
static const char *host_text(apr_sockaddr_t *address, char *text, apr_size_t size)
{
    if (apr_sockaddr_ip_getbuf(text, size, address) != APR_SUCCESS) {
        return "";
    }
    return strcmp(text, "0.0.0.0") == 0 || strcmp(text, "::") == 0 ? "*" : text;
}

static void put_addresses(const server_rec *server)
{
    for (const server_addr_rec *a = server->addrs; a; a = a->next) {
        char text[128];
        fputs("address", stdout);
        put_field(a->virthost ? a->virthost : "");
        put_field(host_text(a->host_addr, text, sizeof text));
        printf("\t%u\n", a->host_port);
    }
}

static void put_protocols(const server_rec *server)
{
    const core_server_config *core = ap_get_core_module_config(server->module_config);

    fputs("speaks", stdout);
    for (int i = 0; core->protocols && i < core->protocols->nelts; i++) {
        put_field(APR_ARRAY_IDX(core->protocols, i, const char *));
    }
    putchar('\n');
}

static void put_server(apr_pool_t *pool, server_rec *server, const ap_directive_t *tag)
{
    apr_pool_t *scratch;

    fputs(server->is_virtual ? "server\tvhost" : "server\tmain", stdout);
    put_place(server->defn_name, server->defn_line_number);
    put_field(server->server_hostname ? server->server_hostname : "");
    put_field(protocol_of(server));
    puts(tag || !server->is_virtual ? "\ttree" : "\tbare");
    put_names("name", server->names);
    put_names("pattern", server->wild_names);
    put_addresses(server);
    put_protocols(server);
    apr_pool_create(&scratch, pool);
    put_nodes(scratch,
              server->is_virtual ? (tag ? tag->first_child : NULL) : ap_conftree);
    apr_pool_destroy(scratch);
}

/* The vhosts of httpd's list, which is that of the files reversed, beside the tags of
 * the tree. A vhost that some module made has no tag. */
static void put_vhosts(apr_pool_t *pool, server_rec *main_server)
{
    apr_array_header_t *vhosts = apr_array_make(pool, 64, sizeof(server_rec *));
    const ap_directive_t *tag = aty_tree_next_vhost(ap_conftree);

    for (server_rec *s = main_server->next; s; s = s->next) {
        APR_ARRAY_PUSH(vhosts, server_rec *) = s;
    }
    for (int i = vhosts->nelts; i-- > 0;) {
        server_rec *server = APR_ARRAY_IDX(vhosts, i, server_rec *);
        bool is_next = tag && aty_tree_is_of(server, tag);
        put_server(pool, server, is_next ? tag : NULL);
        if (is_next) {
            tag = aty_tree_next_vhost(tag->next);
        }
    }
}

static const char *yes_no(bool yes)
{
    return yes ? "yes" : "no";
}

static void put_facts(apr_pool_t *pool)
{
    puts("authority-dump\t1");
    put_fact("httpd", ap_get_server_description());
    put_fact("root", ap_server_root_relative(pool, ""));
    put_fact("sni-policy", yes_no(ap_exists_directive(pool, "SSLVHostSNIPolicy")));
    put_fact("http2", yes_no(aty_http2_is_served()));
    if (ap_find_linked_module("mod_md.c")) {
        put_fact("md-store", ap_server_root_relative(pool, "md"));
    }
}

void aty_dump_print(apr_pool_t *pool, server_rec *main_server)
{
    if (!aty_dump_is_wanted()) {
        return;
    }
    put_facts(pool);
    put_server(pool, main_server, NULL);
    put_vhosts(pool, main_server);
    /* Where some of it could not be written, this is missing as well. */
    if (!ferror(stdout)) {
        puts("end");
    }
    fflush(stdout);
}
