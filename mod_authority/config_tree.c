#include "mod_authority/config_tree.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

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

static const char *last_word(apr_pool_t *pool, const ap_directive_t *first,
                             const char *directive)
{
    const char *word = NULL;

    for (const ap_directive_t *node = first; node; node = node->next) {
        if (strcasecmp(node->directive, directive) == 0) {
            const char *arguments = node->args;
            word = ap_getword_conf(pool, &arguments);
        }
    }
    return word;
}

const char *aty_tree_top_word(apr_pool_t *pool, const char *directive)
{
    return last_word(pool, ap_conftree, directive);
}

static const char *place_key(apr_pool_t *pool, const char *file, unsigned line)
{
    return apr_psprintf(pool, "%u %s", line, file);
}

apr_hash_t *aty_tree_vhosts(apr_pool_t *pool)
{
    apr_hash_t *vhosts = apr_hash_make(pool);

    for (const ap_directive_t *vhost = aty_tree_next_vhost(ap_conftree); vhost;
         vhost = aty_tree_next_vhost(vhost->next)) {
        if (vhost->filename) {
            apr_hash_set(vhosts,
                         place_key(pool, vhost->filename, (unsigned)vhost->line_num),
                         APR_HASH_KEY_STRING, vhost);
        }
    }
    return vhosts;
}

const char *aty_tree_word(apr_pool_t *pool, apr_hash_t *vhosts, const server_rec *server,
                          const char *directive)
{
    const ap_directive_t *vhost = NULL;
    const char *word = NULL;

    if (server->is_virtual && server->defn_name) {
        vhost = apr_hash_get(vhosts,
                             place_key(pool, server->defn_name, server->defn_line_number),
                             APR_HASH_KEY_STRING);
    }
    if (vhost) {
        word = last_word(pool, vhost->first_child, directive);
    }
    return word ? word : aty_tree_top_word(pool, directive);
}
