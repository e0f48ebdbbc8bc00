/* Protocols http/1.1 for vhosts with a <Location> that needs a renegotiation: HTTP/2 has
 * none (RFC 9113 §9.2.1), so mod_ssl resets such streams on connections of their own, too
 * (ssl_engine_kernel.c, ssl_hook_Access). */
#include <string.h>

#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_change.h"
#include "core/verdict.h"

static bool wants_http1(const aty_table *table, uint32_t vhost)
{
    return (aty_get(table->vhosts[vhost].flags) & ATY_VHOST_H2) &&
           aty_vhost_location_needing(table, vhost, ATY_LOCATION_ANY);
}

static bool is_http(const char *protocol)
{
    return strcmp(protocol, "http/1.1") == 0 || strncmp(protocol, "h2", 2) == 0;
}

/* Protocols without those over which HTTP/2 comes. */
static const aty_directive *http1_directive(apr_pool_t *pool, const aty_vhost *vhost)
{
    const aty_directive *old = vhost->scope.protocols;
    aty_directive *new =
        aty_plan_directive(pool, "Protocols", "http/1.1", aty_plan_place(vhost, old));

    new->number = ATY_HTTP_1_1;
    if (old) {
        aty_word *words = apr_palloc(pool, ((size_t)old->word_count + 1) * sizeof *words);
        int count = 1;
        words[0] = new->words[0];
        for (int i = 0; i < old->word_count; i++) {
            if (!is_http(old->words[i].text)) {
                words[count++] = old->words[i];
                new->number |= ATY_HTTP_OTHER;
            }
        }
        new->words = words;
        new->word_count = count;
    }
    return new;
}

void aty_plan_http1(apr_pool_t *pool, const aty_plan_site *site, aty_remedy *remedy)
{
    aty_policy *policy = aty_plan_policy_copy(pool, site->policy);

    remedy->policy = site->policy;
    for (uint32_t vhost = 0; vhost < site->table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        if (wants_http1(site->table, vhost)) {
            aty_vhost *changed = aty_plan_vhost(policy, vhost);
            changed->scope.protocols = http1_directive(pool, changed);
            remedy->resets += aty_get(site->table->vhosts[vhost].name_count);
            remedy->policy = policy;
        }
    }
    remedy->changes =
        aty_plan_changes(pool, site->policy, remedy->policy, site->options->directory);
}
