#include "mod_authority/config_tree.h"

#include <string.h>
#include <strings.h>

#include <apr_hash.h>
#include <apr_strings.h>

struct aty_tree {
    apr_array_header_t *top; /* const ap_directive_t *: directives outside of sections */
    apr_hash_t *vhosts;      /* "line file" → const ap_directive_t * */
};

bool aty_tree_is_vhost(const ap_directive_t *node)
{
    return strcasecmp(node->directive, "<VirtualHost") == 0;
}

const ap_directive_t *aty_tree_next_vhost(const ap_directive_t *node)
{
    while (node && !aty_tree_is_vhost(node)) {
        node = node->next;
    }
    return node;
}

bool aty_tree_is_of(const server_rec *server, const ap_directive_t *vhost)
{
    return server->defn_name && vhost->filename &&
           server->defn_line_number == (unsigned)vhost->line_num &&
           strcmp(server->defn_name, vhost->filename) == 0;
}

const char *aty_tree_top_word(apr_pool_t *pool, const char *directive)
{
    const char *word = NULL;

    for (const ap_directive_t *node = ap_conftree; node; node = node->next) {
        if (strcasecmp(node->directive, directive) == 0) {
            const char *arguments = node->args;
            word = ap_getword_conf(pool, &arguments);
        }
    }
    return word;
}

static const char *place_key(apr_pool_t *pool, const char *file, unsigned line)
{
    return apr_psprintf(pool, "%u %s", line, file);
}

aty_tree *aty_tree_read(apr_pool_t *pool)
{
    aty_tree *tree = apr_palloc(pool, sizeof *tree);

    tree->top = apr_array_make(pool, 64, sizeof(const ap_directive_t *));
    tree->vhosts = apr_hash_make(pool);
    for (const ap_directive_t *node = ap_conftree; node; node = node->next) {
        if (aty_tree_is_vhost(node) && node->filename) {
            apr_hash_set(tree->vhosts,
                         place_key(pool, node->filename, (unsigned)node->line_num),
                         APR_HASH_KEY_STRING, node);
        }
        if (node->directive[0] != '<') {
            APR_ARRAY_PUSH(tree->top, const ap_directive_t *) = node;
        }
    }
    return tree;
}

/* The directives of the server's own section; NULL where it has none. */
static const ap_directive_t *own_directives(apr_pool_t *pool, const aty_tree *tree,
                                            const server_rec *server)
{
    const ap_directive_t *vhost;

    if (!server->is_virtual || !server->defn_name) {
        return NULL;
    }
    vhost = apr_hash_get(tree->vhosts,
                         place_key(pool, server->defn_name, server->defn_line_number),
                         APR_HASH_KEY_STRING);
    return vhost ? vhost->first_child : NULL;
}

static void add_words(apr_array_header_t *lines, const ap_directive_t *node,
                      const char *directive)
{
    const char *arguments = node->args;
    const char *words = "";

    if (strcasecmp(node->directive, directive) != 0) {
        return;
    }
    while (arguments && *arguments) {
        words = apr_pstrcat(lines->pool, words, *words ? " " : "",
                            ap_getword_conf(lines->pool, &arguments), NULL);
    }
    APR_ARRAY_PUSH(lines, const char *) = words;
}

apr_array_header_t *aty_tree_all_words(apr_pool_t *pool, const aty_tree *tree,
                                       const server_rec *server, const char *directive)
{
    apr_array_header_t *lines = apr_array_make(pool, 2, sizeof(const char *));

    for (int i = 0; i < tree->top->nelts; i++) {
        add_words(lines, APR_ARRAY_IDX(tree->top, i, const ap_directive_t *), directive);
    }
    for (const ap_directive_t *node = own_directives(pool, tree, server); node;
         node = node->next) {
        add_words(lines, node, directive);
    }
    return lines;
}

const char *aty_tree_words(apr_pool_t *pool, const aty_tree *tree,
                           const server_rec *server, const char *directive)
{
    const apr_array_header_t *lines = aty_tree_all_words(pool, tree, server, directive);

    return lines->nelts ? APR_ARRAY_IDX(lines, lines->nelts - 1, const char *) : NULL;
}
