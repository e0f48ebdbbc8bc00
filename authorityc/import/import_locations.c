/* import_locations.c: places with TLS needs of their own. A policy knows paths; of any
 * other place (a directory, a regular expression, a condition) it is not known which
 * paths it stands for, and so it is written as if it were somewhere under '/'. */
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/directives.h"
#include "authorityc/import/import.h"

/* A place, with the last directive of each name. */
typedef struct {
    const char *path;
    bool is_path; /* in truth, not as far as it can be told */
    bool is_own;  /* of the vhost, not of the main server */
    aty_import_place place;
    apr_array_header_t *directives; /* const aty_import_node * */
} location;

typedef struct {
    apr_pool_t *pool;
    apr_hash_t *known;             /* location, by path */
    apr_array_header_t *locations; /* location *, in order */
    bool is_own;
} collection;

static bool is_of_location(const aty_import_node *node)
{
    const aty_directive_spec *spec = aty_directive_find(node->name);
    return spec && (spec->contexts & ATY_IN_LOCATION) && spec->kind != ATY_KIND_DEFINE &&
           spec->kind != ATY_KIND_INCLUDE;
}

/* "<Name word …>" */
static const char *tag_text(apr_pool_t *pool, const aty_import_node *section)
{
    const char *text = apr_pstrcat(pool, "<", section->name, NULL);
    for (int i = 0; i < section->word_count; i++) {
        text = apr_pstrcat(pool, text, " ", section->words[i], NULL);
    }
    return apr_pstrcat(pool, text, ">", NULL);
}

static bool is_plain_location(const aty_import_node *section)
{
    return strcasecmp(section->name, "Location") == 0 && section->word_count == 1 &&
           section->words[0][0] == '/' && aty_import_writable(section->words[0]);
}

/* The path of a section in a place; `outer` is NULL at the server itself. */
static const char *path_within(apr_pool_t *pool, const char *outer,
                               const aty_import_node *section)
{
    if (!outer && is_plain_location(section)) {
        return section->words[0];
    }
    const char *tag = tag_text(pool, section);
    return apr_pstrcat(pool, outer ? outer : "/", " (",
                       aty_import_writable(tag) ? tag : section->name, ")", NULL);
}

static location *find_location(collection *all, const char *path, bool is_path,
                               const aty_import_place *place)
{
    location *found = apr_hash_get(all->known, path, APR_HASH_KEY_STRING);
    if (!found) {
        found = apr_pcalloc(all->pool, sizeof(*found));
        found->path = path;
        found->is_path = is_path;
        found->place = *place;
        found->directives = apr_array_make(all->pool, 2, sizeof(aty_import_node *));
        apr_hash_set(all->known, path, APR_HASH_KEY_STRING, found);
        APR_ARRAY_PUSH(all->locations, location *) = found;
    }
    found->is_own |= all->is_own;
    return found;
}

static void put_directive(location *place, const aty_import_node *node)
{
    for (int i = 0; i < place->directives->nelts; i++) {
        const aty_import_node **known =
            &APR_ARRAY_IDX(place->directives, i, const aty_import_node *);
        if (strcmp((*known)->name, node->name) == 0) {
            *known = node;
            return;
        }
    }
    APR_ARRAY_PUSH(place->directives, const aty_import_node *) = node;
}

/* Sections are at most as deep as the reader of the dump takes them. */
static void collect(collection *all, const aty_import_node *section, const char *path,
                    bool is_path)
{
    for (const aty_import_node *node = section->children; node; node = node->next) {
        if (node->is_section) {
            collect(all, node, path_within(all->pool, path, node), false);
        }
        else if (is_of_location(node)) {
            put_directive(find_location(all, path, is_path, &section->place), node);
        }
    }
}

static void collect_server(const aty_import *import, collection *all,
                           const aty_import_server *server)
{
    all->is_own = server->is_virtual;
    for (const aty_import_node *node = server->nodes; node; node = node->next) {
        if (node->is_section && strncasecmp(node->name, "MDomain", 7) != 0) {
            collect(all, node, path_within(all->pool, NULL, node),
                    is_plain_location(node));
        }
    }
    const apr_array_header_t *overrides =
        server->is_virtual ? import->own_overrides : import->main_overrides;
    for (int i = 0; i < overrides->nelts; i++) {
        const aty_import_node *file = APR_ARRAY_IDX(overrides, i, aty_import_node *);
        collect(all, file, path_within(all->pool, NULL, file), false);
    }
}

static void warn_of_place(aty_import *import, const location *place)
{
    aty_import_warn(import->lines, &place->place,
                    "which paths this is cannot be told, so it counts for the whole "
                    "vhost: %s",
                    place->path);
}

static void write_location(aty_import *import, const location *place)
{
    if (!place->is_path && place->is_own) {
        warn_of_place(import, place);
    }
    aty_import_from(import->lines, &place->place);
    aty_import_open(import->lines, "Location", &place->path, 1);
    for (int i = 0; i < place->directives->nelts; i++) {
        const aty_import_node *node =
            APR_ARRAY_IDX(place->directives, i, const aty_import_node *);
        aty_import_directive(import->lines, &node->place, node->name, node->words,
                             node->word_count);
    }
    aty_import_close(import->lines, "Location");
}

void aty_import_locations(aty_import *import, const aty_import_server *server)
{
    collection all = {.pool = import->scratch, .known = apr_hash_make(import->scratch)};
    all.locations = apr_array_make(import->scratch, 4, sizeof(location *));
    collect_server(import, &all, import->dump->main);
    if (server->is_virtual) {
        collect_server(import, &all, server);
    }
    for (int i = 0; i < all.locations->nelts; i++) {
        const location *place = APR_ARRAY_IDX(all.locations, i, location *);
        if (server->is_virtual) {
            write_location(import, place);
        }
        else if (!place->is_path) {
            warn_of_place(import, place);
        }
    }
}
