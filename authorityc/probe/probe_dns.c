/* probe_dns.c: where names lead, and what that says about a policy. */
#include "authorityc/probe/probe.h"

#include <stdlib.h>
#include <string.h>

#include <netdb.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_judge.h"
#include "authorityc/progress.h"
#include "core/names.h"

#define BATCH       16 /* names asked for at a time; silence and Ctrl-C are seen after each */
#define SILENCE_MAX 32 /* names in a row without an answer: none will come */
#define HTTPS       443

static bool leads_nowhere(const aty_resolved *resolved)
{
    return resolved->error == EAI_NONAME || resolved->error == EAI_NODATA ||
           (resolved->error == 0 && resolved->count == 0);
}

/* Takes the answers of a batch; counts how long the resolver has been silent. */
static void batch_take(aty_probe *probe, const char *const *names,
                       const aty_resolved *resolved, uint32_t count, uint32_t *silence)
{
    for (uint32_t i = 0; i < count; i++) {
        bool is_silent = resolved[i].error != 0 && !leads_nowhere(&resolved[i]);
        *silence = is_silent ? *silence + 1 : 0;
        probe->silent_names += is_silent;
        APR_ARRAY_PUSH(probe->names, aty_probe_name) =
            (aty_probe_name){names[i], ATY_NONE, resolved[i]};
    }
}

void aty_probe_names_resolve(aty_probe *probe, const apr_array_header_t *names)
{
    const char *const *all = (const char *const *)(const void *)names->elts;
    uint32_t total = (uint32_t)names->nelts, silence = 0;
    aty_resolved *resolved = calloc(BATCH, sizeof *resolved);

    for (uint32_t done = 0; done < total && resolved && silence < SILENCE_MAX &&
                            !(probe->options->stop && *probe->options->stop);
         done += BATCH) {
        uint32_t count = total - done < BATCH ? total - done : BATCH;
        aty_progress_show(done, total, "names resolved");
        aty_resolve_all(probe->options->resolver, all + done, resolved, count);
        batch_take(probe, all + done, resolved, count, &silence);
    }
    free(resolved);
    aty_progress_end();
}

static apr_array_header_t *declared_names(const aty_probe *probe,
                                          apr_array_header_t *vhosts)
{
    const aty_table *table = probe->table;
    apr_array_header_t *names = apr_array_make(probe->pool, 16, sizeof(const char *));

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_NAMES]; i++) {
        const char *name = aty_table_string(table, table->names[i].name);
        uint32_t vhost = aty_get(table->names[i].vhost);
        if (!aty_name_is_pattern(name) && !aty_name_is_address(name, strlen(name)) &&
            aty_vhost_owns(table, vhost, name, strlen(name))) {
            APR_ARRAY_PUSH(names, const char *) = name;
            APR_ARRAY_PUSH(vhosts, uint32_t) = vhost;
        }
    }
    return names;
}

/* The port that clients come to. */
static uint16_t client_port(const aty_table *table, uint32_t vhost, uint32_t set)
{
    uint32_t port = aty_get(table->vhosts[vhost].public_port);

    if (port == 0) {
        port = aty_get(table->address_sets[set].port);
    }
    return (uint16_t)(port ? port : HTTPS);
}

static bool is_star(const aty_table *table, uint32_t set)
{
    return strcmp(aty_table_string(table, table->address_sets[set].host), "*") == 0;
}

/* Remembers that names of the vhost lead to the node of a `*`. */
static void node_vhost_add(aty_probe *probe, aty_probe_node *node, uint32_t vhost)
{
    apr_array_header_t *vhosts = (apr_array_header_t *)node->vhosts;

    if (!vhosts) {
        vhosts = apr_array_make(probe->pool, 4, sizeof(uint32_t));
        node->vhosts = vhosts;
    }
    if (vhosts->nelts == 0 ||
        APR_ARRAY_IDX(vhosts, vhosts->nelts - 1, uint32_t) != vhost) {
        APR_ARRAY_PUSH(vhosts, uint32_t) = vhost;
    }
}

/* Every declared address is asked, whether a name leads there or not; of `*` those that
 * names lead to. Names come by vhost, so the vhosts of a node ascend. */
static void name_nodes_add(aty_probe *probe, const aty_probe_name *name)
{
    const aty_table *table = probe->table;
    const aty_vhost_record *vhost = &table->vhosts[name->vhost];
    uint32_t first = aty_get(vhost->first_seat);

    for (uint32_t i = first; i < first + aty_get(vhost->seat_count); i++) {
        uint32_t set = aty_get(table->seats[i].address_set);
        uint16_t port = client_port(table, name->vhost, set);
        if (!is_star(table, set)) {
            aty_probe_node_add(
                probe, aty_table_string(table, table->address_sets[set].host), port, set);
            continue;
        }
        for (uint32_t a = 0; a < name->resolved.count; a++) {
            const char *address = name->resolved.addresses[a];
            if (aty_address_set_serving(table, address,
                                        aty_get(table->address_sets[set].port)) == set) {
                node_vhost_add(probe, aty_probe_node_add(probe, address, port, set),
                               name->vhost);
            }
        }
    }
}

/* Whether the vhost is declared on the address, on some port. */
static bool is_declared(const aty_table *table, uint32_t vhost, const char *address)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    uint32_t first = aty_get(record->first_seat);

    for (uint32_t i = first; i < first + aty_get(record->seat_count); i++) {
        uint32_t set = aty_get(table->seats[i].address_set);
        if (is_star(table, set) ||
            strcmp(aty_table_string(table, table->address_sets[set].host), address) ==
                0) {
            return true;
        }
    }
    return false;
}

static const char *list_append(apr_pool_t *pool, const char *list, const char *text)
{
    return *list ? apr_pstrcat(pool, list, ", ", text, (char *)NULL) : text;
}

static const char *declared_text(const aty_probe *probe, uint32_t vhost)
{
    const aty_table *table = probe->table;
    const aty_vhost_record *record = &table->vhosts[vhost];
    const char *text = "";

    for (uint32_t i = 0; i < aty_get(record->seat_count); i++) {
        uint32_t set = aty_get(table->seats[aty_get(record->first_seat) + i].address_set);
        text = list_append(probe->pool, text,
                           aty_table_string(table, table->address_sets[set].host));
    }
    return text;
}

static void name_judge(aty_probe *probe, const aty_probe_name *name)
{
    aty_probe_finding *finding = NULL;
    const char *elsewhere = "";

    for (uint32_t i = 0; i < name->resolved.count; i++) {
        if (!is_declared(probe->table, name->vhost, name->resolved.addresses[i])) {
            elsewhere =
                list_append(probe->pool, elsewhere,
                            apr_pstrdup(probe->pool, name->resolved.addresses[i]));
        }
    }
    if (leads_nowhere(&name->resolved)) {
        finding = aty_finding_add(probe, ATY_FAULT_RESOLVES_NOWHERE, NULL);
        finding->got = "DNS has no address for it";
    }
    else if (*elsewhere) {
        finding = aty_finding_add(probe, ATY_FAULT_RESOLVES_ELSEWHERE, NULL);
        finding->got = apr_pstrcat(probe->pool, "it leads to ", elsewhere, (char *)NULL);
    }
    if (finding) {
        finding->name = name->name;
        finding->expected = apr_pstrcat(probe->pool, "it leads to ",
                                        declared_text(probe, name->vhost), (char *)NULL);
        aty_finding_vhost(probe, finding, name->vhost);
    }
}

const char *aty_probe_nodes_resolve(aty_probe *probe)
{
    apr_array_header_t *vhosts = apr_array_make(probe->pool, 16, sizeof(uint32_t));
    apr_array_header_t *names = declared_names(probe, vhosts);

    aty_probe_names_resolve(probe, names);
    for (int i = 0; i < probe->names->nelts; i++) {
        aty_probe_name *name = &APR_ARRAY_IDX(probe->names, i, aty_probe_name);
        name->vhost = APR_ARRAY_IDX(vhosts, i, uint32_t);
        name_judge(probe, name);
        name_nodes_add(probe, name);
    }
    return probe->nodes->nelts > 0 ? NULL : "no name of the policy leads anywhere";
}
