/* import_names.c: the names of a vhost, as far as httpd could select it by them. */
#include <string.h>

#include <apr_strings.h>

#include "authorityc/import/import.h"
#include "authorityc/messages.h"
#include "authorityc/values.h"

#define LINE_WIDTH 80 /* of a ServerAlias, about */

static const char *first_error(const aty_diag *diag)
{
    const apr_array_header_t *errors = diag->kept[ATY_MESSAGE_ERROR];
    return errors && errors->nelts > 0 ? APR_ARRAY_IDX(errors, 0, aty_message *)->text
                                       : "cannot stand in a policy";
}

/* What the policy language has against a name; NULL: nothing. */
static const char *name_problem(apr_pool_t *pool, const char *name, bool may_be_pattern)
{
    aty_diag *diag = aty_diag_create(pool);
    aty_values values = {.pool = pool, .diag = diag};
    aty_word word = {.text = name};
    aty_directive directive = {.word_count = 1};
    aty_value_parser *parse =
        may_be_pattern ? aty_value_server_alias : aty_value_host_names;
    if (*name == '\0') {
        return "is empty";
    }
    return parse(&values, NULL, &directive, &word) ? NULL : first_error(diag);
}

static const char *taken_key(apr_pool_t *pool, const aty_import_address *address,
                             const char *name)
{
    char *key = apr_pstrcat(pool, address->key, " ", name, NULL);
    for (char *byte = key; *byte; byte++) {
        *byte = (char)(*byte >= 'A' && *byte <= 'Z' ? *byte + ('a' - 'A') : *byte);
    }
    return key;
}

/* Who has the name on how many of the vhost's addresses. */
typedef struct {
    const aty_import_server *owner; /* some; NULL: nobody */
    int count;
} holders;

static holders find_holders(const aty_import *import, const aty_import_server *vhost,
                            const char *name)
{
    holders found = {NULL, 0};
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_import_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address);
        const aty_import_server *owner =
            apr_hash_get(import->taken, taken_key(import->scratch, address, name),
                         APR_HASH_KEY_STRING);
        if (owner) {
            found.owner = owner;
            found.count++;
        }
    }
    return found;
}

static void take(aty_import *import, const aty_import_server *vhost, const char *name)
{
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_import_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address);
        const char *key = taken_key(import->pool, address, name);
        if (!apr_hash_get(import->taken, key, APR_HASH_KEY_STRING)) {
            apr_hash_set(import->taken, key, APR_HASH_KEY_STRING, vhost);
        }
    }
}

static bool is_free(const aty_import *import, const aty_import_server *vhost,
                    const char *name, bool may_be_pattern)
{
    return !name_problem(import->scratch, name, may_be_pattern) &&
           find_holders(import, vhost, name).count < vhost->addresses->nelts;
}

bool aty_import_is_reachable(const aty_import *import, const aty_import_server *vhost)
{
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_import_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, aty_import_address);
        const aty_import_set *set =
            apr_hash_get(import->sets, address->key, APR_HASH_KEY_STRING);
        if (set && set->first == vhost) {
            return true;
        }
    }
    bool reachable = is_free(import, vhost, vhost->name, false);
    for (int i = 0; i < vhost->aliases->nelts && !reachable; i++) {
        reachable =
            is_free(import, vhost, APR_ARRAY_IDX(vhost->aliases, i, const char *), true);
    }
    return reachable;
}

/* Says why a name of the vhost is not written. */
static void warn_of_name(aty_import *import, const aty_import_server *vhost,
                         const char *name, const holders *found)
{
    const char *owner = aty_import_place_text(import->scratch, &found->owner->place);
    if (found->count == vhost->addresses->nelts) {
        aty_import_warn(
            import->lines, &vhost->place,
            "name '%s' leads to the vhost of %s; httpd never selects this one "
            "by it",
            name, owner);
        return;
    }
    aty_import_warn(import->lines, &vhost->place,
                    "name '%s' leads to the vhost of %s on one address and here on "
                    "another, which a policy cannot say; it is left out here",
                    name, owner);
}

/* Whether the name is to be written; takes it then. Else says why not. */
static bool accept_name(aty_import *import, const aty_import_server *vhost,
                        const char *name, bool may_be_pattern)
{
    const char *problem = name_problem(import->scratch, name, may_be_pattern);
    if (problem) {
        aty_import_warn(import->lines, &vhost->place, "left out: %s", problem);
        return false;
    }
    holders found = find_holders(import, vhost, name);
    if (!found.owner) {
        take(import, vhost, name);
        return true;
    }
    if (found.owner == vhost) {
        aty_import_comment(import->lines, "'%s' stands there more than once", name);
        return false;
    }
    warn_of_name(import, vhost, name, &found);
    take(import, vhost, name);
    return false;
}

static apr_array_header_t *accepted_names(aty_import *import,
                                          const aty_import_server *vhost)
{
    apr_array_header_t *names = apr_array_make(import->scratch, 4, sizeof(const char *));
    if (accept_name(import, vhost, vhost->name, false)) {
        APR_ARRAY_PUSH(names, const char *) = vhost->name;
    }
    for (int i = 0; i < vhost->aliases->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(vhost->aliases, i, const char *);
        if (accept_name(import, vhost, alias, true)) {
            APR_ARRAY_PUSH(names, const char *) = alias;
        }
    }
    return names;
}

/* A policy needs a ServerName, and httpd may do without one that can be asked for. Names
 * under .invalid lead nowhere (RFC 6761). */
static const char *server_name(aty_import *import, const aty_import_server *vhost,
                               const apr_array_header_t *names)
{
    if (names->nelts > 0 && !strpbrk(APR_ARRAY_IDX(names, 0, const char *), "*?")) {
        return APR_ARRAY_IDX(names, 0, const char *);
    }
    aty_import_comment(import->lines,
                       "no name of it can be a ServerName; this one is made "
                       "up, and nobody asks for it");
    return apr_psprintf(import->pool, "vhost-%u.invalid", vhost->number);
}

/* With the port that ServerName says there, where it is not that of https. */
static const char *with_port(const aty_import *import, const aty_import_server *vhost,
                             const char *name)
{
    const aty_import_node *line = aty_import_last(vhost, "ServerName");
    const char *written = line && line->word_count > 0 ? line->words[0] : "";
    const char *scheme = strstr(written, "://");
    const char *port = strchr(scheme ? scheme + 3 : written, ':');

    return port && strcmp(port, ":443") != 0
               ? apr_pstrcat(import->pool, name, port, (char *)NULL)
               : name;
}

static void write_aliases(aty_import *import, const apr_array_header_t *names, int first)
{
    while (first < names->nelts) {
        size_t width = 0;
        int end = first;
        while (end < names->nelts && (end == first || width < LINE_WIDTH - 24)) {
            width += strlen(APR_ARRAY_IDX(names, end++, const char *)) + 1;
        }
        aty_import_directive(import->lines, NULL, "ServerAlias",
                             &APR_ARRAY_IDX(names, first, const char *), end - first);
        first = end;
    }
}

void aty_import_names(aty_import *import, const aty_import_server *vhost)
{
    if (!aty_import_last(vhost, "ServerName")) {
        aty_import_comment(import->lines, "no ServerName stands there; httpd takes '%s'",
                           vhost->name);
    }
    apr_array_header_t *names = accepted_names(import, vhost);
    const char *name = server_name(import, vhost, names);
    bool is_first = names->nelts > 0 && name == APR_ARRAY_IDX(names, 0, const char *);
    aty_import_setting(import->lines, NULL, "ServerName",
                       name == vhost->name ? with_port(import, vhost, name) : name);
    write_aliases(import, names, is_first ? 1 : 0);
}
