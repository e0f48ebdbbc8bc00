/* probe.c: the pieces of a probe. */
#include "authorityc/probe/probe.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

aty_probe *aty_probe_make(apr_pool_t *pool, const aty_probe_options *options,
                          const aty_table *table)
{
    aty_probe *probe = apr_pcalloc(pool, sizeof *probe);

    probe->pool = pool;
    probe->options = options;
    probe->table = table;
    probe->nodes = apr_array_make(pool, 4, sizeof(aty_probe_node *));
    probe->node_index = apr_hash_make(pool);
    probe->visits = apr_array_make(pool, 16, sizeof(aty_probe_visit *));
    probe->findings = apr_array_make(pool, 8, sizeof(aty_probe_finding));
    probe->names = apr_array_make(pool, 8, sizeof(aty_probe_name));
    probe->kept = apr_hash_make(pool);
    return probe;
}

const char *aty_probe_node_text(apr_pool_t *pool, const aty_probe_node *node)
{
    return apr_psprintf(pool, strchr(node->address, ':') ? "[%s]:%u" : "%s:%u",
                        node->address, node->port);
}

aty_probe_node *aty_probe_node_add(aty_probe *probe, const char *address, uint16_t port,
                                   uint32_t address_set)
{
    const char *key = apr_psprintf(probe->pool, "%u %u %s", address_set, port, address);
    aty_probe_node *node = apr_hash_get(probe->node_index, key, APR_HASH_KEY_STRING);

    if (!node) {
        node = apr_pcalloc(probe->pool, sizeof *node);
        node->address = apr_pstrdup(probe->pool, address);
        node->port = port;
        node->address_set = address_set;
        apr_hash_set(probe->node_index, key, APR_HASH_KEY_STRING, node);
        APR_ARRAY_PUSH(probe->nodes, aty_probe_node *) = node;
    }
    return node;
}

/* The vhost whose TLS settings answer to the SNI there. */
static void vhost_find(const aty_probe *probe, aty_probe_visit *visit)
{
    const aty_table *table = probe->table;
    uint32_t set = visit->node->address_set;

    visit->vhost = ATY_NONE;
    if (!table) {
        return;
    }
    if (visit->sni) {
        visit->vhost = aty_vhost_named(table, set, visit->sni, strlen(visit->sni));
    }
    if (visit->vhost == ATY_NONE) {
        visit->is_of_nobody = true;
        visit->vhost = aty_get(table->address_sets[set].default_vhost);
    }
}

aty_probe_visit *aty_probe_visit_add(aty_probe *probe, aty_probe_node *node,
                                     const char *sni)
{
    aty_probe_visit *visit = apr_pcalloc(probe->pool, sizeof *visit);

    visit->node = node;
    visit->sni = sni;
    visit->answers = apr_array_make(probe->pool, 2, sizeof(aty_probe_answer));
    vhost_find(probe, visit);
    APR_ARRAY_PUSH(probe->visits, aty_probe_visit *) = visit;
    return visit;
}

void aty_probe_visit_ask(aty_probe_visit *visit, const char *authority)
{
    APR_ARRAY_PUSH(visit->answers, aty_probe_answer) =
        (aty_probe_answer){.authority = authority};
}

aty_probe_extent aty_probe_extent_of(const aty_probe *probe)
{
    aty_probe_extent extent = {0};

    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        extent.visits++;
        extent.visits_tried += visit->tried;
        extent.requests += visit->withheld ? 0 : (uint32_t)visit->answers->nelts;
        for (int a = 0; a < visit->answers->nelts; a++) {
            extent.requests_asked += aty_probe_answer_at(visit, a)->asked;
        }
    }
    return extent;
}

static int finding_compare(const void *a, const void *b)
{
    const aty_probe_finding *x = a;
    const aty_probe_finding *y = b;

    if (x->fault != y->fault) {
        return x->fault < y->fault ? -1 : 1;
    }
    return x->number < y->number ? -1 : x->number > y->number;
}

void aty_probe_findings_sort(aty_probe *probe)
{
    qsort(probe->findings->elts, (size_t)probe->findings->nelts,
          sizeof(aty_probe_finding), finding_compare);
}
