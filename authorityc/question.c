#include "authorityc/question.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The first address set on which some vhost has the name. */
static uint32_t set_with_name(const aty_table *table, const char *name)
{
    for (uint32_t set = 0; set < table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        if (aty_vhost_named(table, set, name, strlen(name)) != ATY_NONE) {
            return set;
        }
    }
    return ATY_NONE;
}

static uint32_t address_set_of(const aty_table *table,
                               const aty_question_options *options, const char *sni,
                               const char *host)
{
    uint32_t set = options->address_set;

    if (set == ATY_NONE && sni) {
        set = set_with_name(table, sni);
    }
    if (set == ATY_NONE) {
        set = set_with_name(table, host);
    }
    return set == ATY_NONE ? 0 : set;
}

/* The SNI as mod_ssl compares it: without case, but with a trailing dot, which no vhost
 * has (ssl_util.c, ssl_util_vhost_matches). */
static bool sni_lower(char sni[ATY_NAME_MAX + 1], const char *name)
{
    size_t length = strlen(name);

    if (length > ATY_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i <= length; i++) {
        sni[i] = (char)tolower((unsigned char)name[i]);
    }
    return true;
}

/* The vhost that has the name, or the default one. */
static uint32_t vhost_of(const aty_table *table, uint32_t set, const char *name,
                         bool *named)
{
    uint32_t vhost = aty_vhost_named(table, set, name, strlen(name));

    *named = vhost != ATY_NONE;
    return *named ? vhost : aty_get(table->address_sets[set].default_vhost);
}

static bool is_printable(const char *name)
{
    for (; *name; name++) {
        if (*name <= ' ' || *name > '~') {
            return false;
        }
    }
    return true;
}

const char *aty_question_answer(const aty_table *table,
                                const aty_question_options *options,
                                const char *connection, const char *authority,
                                aty_question *question)
{
    char sni[ATY_NAME_MAX + 1];
    bool has_sni = strcmp(connection, "-") != 0;
    aty_pair *pair = &question->pair;
    size_t length = aty_host_of_authority(question->host, authority, strlen(authority));
    uint32_t set, base;

    if (table->counts[ATY_SECTION_ADDRESS_SETS] == 0) {
        return "the policy has no vhosts";
    }
    if (length == 0 || !is_printable(question->host) || !is_printable(connection) ||
        (has_sni && !sni_lower(sni, connection))) {
        return "these are no host names";
    }
    set = address_set_of(table, options, has_sni ? sni : NULL, question->host);
    question->connection_name = connection;
    question->authority = authority;
    question->connection_named = true;
    base = aty_get(table->address_sets[set].default_vhost);
    *pair = (aty_pair){
        .connection =
            has_sni ? vhost_of(table, set, sni, &question->connection_named) : base,
        .address_set = set,
        .base = base,
        .request = vhost_of(table, set, question->host, &question->authority_named),
        .authority = question->host,
        .authority_length = length,
        .had_sni = has_sni,
        .h2 = !options->http1,
    };
    question->verdict = aty_verdict_decide(table, pair);
    question->mod_ssl = aty_mod_ssl_decide(table, pair);
    return NULL;
}

uint32_t aty_question_address_set(const aty_table *table, const char *address)
{
    char host[ATY_NAME_MAX + 1];
    const char *colon = strrchr(address, ':');
    size_t length = aty_host_of_authority(host, address, strlen(address));
    char *end = NULL;
    unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;
    uint32_t set;

    if (length == 0 || !colon || end == colon + 1 || *end || port > UINT16_MAX) {
        return ATY_NONE;
    }
    set = aty_address_set_named(table, host, (uint32_t)port);
    return set != ATY_NONE ? set : aty_address_set_serving(table, host, (uint32_t)port);
}
