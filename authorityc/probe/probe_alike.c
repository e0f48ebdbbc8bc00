/* probe_alike.c: findings of one cause. */
#include "authorityc/probe/probe_alike.h"

#include <string.h>

#include <apr_strings.h>

/* The vhost that httpd selects for the authority; ATY_NONE for a handshake. */
static uint32_t request_vhost(const aty_probe *probe, const aty_probe_finding *finding)
{
    uint32_t set = finding->node->address_set;
    uint32_t vhost;

    if (!finding->authority) {
        return ATY_NONE;
    }
    vhost = aty_vhost_named(probe->table, set, finding->authority,
                            strlen(finding->authority));
    return vhost == ATY_NONE ? aty_get(probe->table->address_sets[set].default_vhost)
                             : vhost;
}

/* What must be the same; NULL where nothing is alike. */
static const char *key_of(apr_pool_t *pool, const aty_probe *probe,
                          const aty_probe_finding *finding)
{
    if (!probe->table || !finding->visit) {
        return NULL;
    }
    return apr_psprintf(pool, "%d %pp %u %u %s\n%s", (int)finding->fault,
                        (const void *)finding->node, finding->visit->vhost,
                        request_vhost(probe, finding),
                        finding->expected ? finding->expected : "", finding->got);
}

static aty_probe_alike *alike_add(apr_array_header_t *found, apr_pool_t *pool,
                                  const aty_probe_finding *first)
{
    aty_probe_alike *alike = apr_palloc(pool, sizeof *alike);

    alike->first = first;
    alike->others = apr_array_make(pool, 1, sizeof(const aty_probe_finding *));
    APR_ARRAY_PUSH(found, aty_probe_alike *) = alike;
    return alike;
}

/* There may be millions of findings: a key is kept once. */
apr_array_header_t *aty_probe_alike_find(const aty_probe *probe)
{
    apr_array_header_t *found = apr_array_make(probe->pool, 8, sizeof(aty_probe_alike *));
    apr_hash_t *by_key = apr_hash_make(probe->pool);
    apr_pool_t *scratch;

    apr_pool_create(&scratch, probe->pool);
    for (int i = 0; i < probe->findings->nelts; i++) {
        const aty_probe_finding *finding =
            &APR_ARRAY_IDX(probe->findings, i, const aty_probe_finding);
        const char *key = key_of(scratch, probe, finding);
        aty_probe_alike *alike =
            key ? apr_hash_get(by_key, key, APR_HASH_KEY_STRING) : NULL;
        if (alike) {
            APR_ARRAY_PUSH(alike->others, const aty_probe_finding *) = finding;
        }
        else {
            alike = alike_add(found, probe->pool, finding);
            if (key) {
                apr_hash_set(by_key, apr_pstrdup(probe->pool, key), APR_HASH_KEY_STRING,
                             alike);
            }
        }
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    return found;
}
