#include "mod_authority/strays.h"

#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

#include "core/names.h"
#include "mod_authority/match.h"

/* Of one address set. */
typedef struct {
    apr_hash_t *names;
    apr_array_header_t *patterns; /* const char *: those with `*` or `?` */
} set_strays;

struct aty_strays {
    set_strays **sets; /* by address set; NULL: none there */
};

static set_strays *of_set(aty_site *site, apr_pool_t *pool, uint32_t set)
{
    uint32_t sets = site->table.counts[ATY_SECTION_ADDRESS_SETS];

    if (!site->strays) {
        site->strays = apr_palloc(pool, sizeof *site->strays);
        site->strays->sets = apr_pcalloc(pool, sets * sizeof(set_strays *));
    }
    if (!site->strays->sets[set]) {
        set_strays *strays = apr_palloc(pool, sizeof *strays);
        strays->names = apr_hash_make(pool);
        strays->patterns = apr_array_make(pool, 4, sizeof(const char *));
        site->strays->sets[set] = strays;
    }
    return site->strays->sets[set];
}

void aty_strays_note(aty_site *site, apr_pool_t *pool, const server_rec *server,
                     const char *name)
{
    bool has_others;
    const apr_array_header_t *sets = aty_match_sets(pool, site, server, &has_others);

    for (int i = 0; i < sets->nelts; i++) {
        set_strays *strays = of_set(site, pool, APR_ARRAY_IDX(sets, i, uint32_t));
        const char *copy = apr_pstrdup(pool, name);
        if (aty_name_is_pattern(copy)) {
            APR_ARRAY_PUSH(strays->patterns, const char *) = copy;
        }
        else {
            apr_hash_set(strays->names, copy, APR_HASH_KEY_STRING, copy);
        }
    }
}

bool aty_strays_have(const aty_site *site, uint32_t address_set, const char *host,
                     size_t length)
{
    const set_strays *strays = site->strays ? site->strays->sets[address_set] : NULL;

    if (!strays) {
        return false;
    }
    if (apr_hash_get(strays->names, host, (apr_ssize_t)length)) {
        return true;
    }
    for (int i = 0; i < strays->patterns->nelts; i++) {
        if (aty_name_matches(host, length,
                             APR_ARRAY_IDX(strays->patterns, i, const char *))) {
            return true;
        }
    }
    return false;
}
