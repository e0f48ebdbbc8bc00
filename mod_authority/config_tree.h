/* config_tree.h: what httpd's configuration tree says of a server, where httpd itself
 * keeps it to its modules.
 *
 * When the tree is read, IfModule and its like are gone and macros are expanded.
 */
#ifndef ATY_MOD_AUTHORITY_CONFIG_TREE_H
#define ATY_MOD_AUTHORITY_CONFIG_TREE_H

#include <stdbool.h>

#include <apr_tables.h>
#include <httpd.h>
#include <util_cfgtree.h>

/* The first <VirtualHost> among `node` and those after it, or NULL. */
const ap_directive_t *aty_tree_next_vhost(const ap_directive_t *node);

bool aty_tree_is_vhost(const ap_directive_t *node);

/* Whether the server is the one of this <VirtualHost>. */
bool aty_tree_is_of(const server_rec *server, const ap_directive_t *vhost);

/* The first word of the last such line at the top level; NULL where there is none. */
const char *aty_tree_top_word(apr_pool_t *pool, const char *directive);

/* The tree, made ready to be asked about many servers. */
typedef struct aty_tree aty_tree;

aty_tree *aty_tree_read(apr_pool_t *pool);

/* The words of the last such line of a server, with a blank between: of its
 * <VirtualHost>, or else of the top level; NULL where there is none. */
const char *aty_tree_words(apr_pool_t *pool, const aty_tree *tree,
                           const server_rec *server, const char *directive);

/* The words of every such line (const char *), those of the top level first. */
apr_array_header_t *aty_tree_all_words(apr_pool_t *pool, const aty_tree *tree,
                                       const server_rec *server, const char *directive);

#endif
