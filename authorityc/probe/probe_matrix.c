/* probe_matrix.c: what is asked without a policy, and what a browser would make of it. */
#include "authorityc/probe/probe_matrix.h"

#include <string.h>

#include <netdb.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_judge.h"
#include "core/names.h"

/* Chromium and Firefox, measured; the same connection may serve a name that its
 * certificate covers and that has an address in common (RFC 9113 §9.1.1). */
static const struct {
    const char *name;
    const char *sentence;
} coalescing[] = {
    [ATY_COALESCE_OWN] = {"own", "the connection is for this name"},
    [ATY_COALESCE_YES] = {"yes", "browsers send the request on this connection"},
    [ATY_COALESCE_NOT_LISTED] = {"not-listed",
                                 "browsers that do not honour ORIGIN, as Chromium, send "
                                 "the request on this connection"},
    [ATY_COALESCE_NOT_H2] = {"http1", "it is no HTTP/2 connection"},
    [ATY_COALESCE_NOT_COVERED] = {"not-covered",
                                  "the certificate does not cover both names"},
    [ATY_COALESCE_ELSEWHERE] = {"elsewhere", "the names have no address in common"},
    [ATY_COALESCE_CLIENT] = {"client-certificate",
                             "a client certificate was sent on this connection"},
    [ATY_COALESCE_UNKNOWN] = {"unknown", "there was no connection"},
};

const char *aty_coalesce_name(aty_coalesce coalesce)
{
    return coalescing[coalesce].name;
}

const char *aty_coalesce_sentence(aty_coalesce coalesce)
{
    return coalescing[coalesce].sentence;
}

static const aty_probe_name *name_of(const aty_probe *probe, const char *name)
{
    for (int i = 0; i < probe->names->nelts; i++) {
        const aty_probe_name *found =
            &APR_ARRAY_IDX(probe->names, i, const aty_probe_name);
        if (strcmp(found->name, name) == 0) {
            return found;
        }
    }
    return NULL;
}

/* Whether a client can find both at one address. What DNS does not know is taken to be
 * where the connection is, if that was said on the command line. */
static bool share_address(const aty_probe *probe, const char *a, const char *b)
{
    const aty_probe_name *x = name_of(probe, a);
    const aty_probe_name *y = name_of(probe, b);

    if (!x || !y || x->resolved.count == 0 || y->resolved.count == 0) {
        return probe->options->targets->nelts > 0;
    }
    for (uint32_t i = 0; i < x->resolved.count; i++) {
        for (uint32_t k = 0; k < y->resolved.count; k++) {
            if (strcmp(x->resolved.addresses[i], y->resolved.addresses[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Whether an ORIGIN set has the name; without a frame there is no set. */
static bool is_listed(const aty_probe_visit *visit, const char *authority)
{
    const apr_array_header_t *origins = visit->shown.origins;
    size_t length = strlen(authority);
    const size_t scheme = sizeof "https://" - 1;

    for (int i = 0; origins && i < origins->nelts; i++) {
        const char *origin = APR_ARRAY_IDX(origins, i, const char *);
        if (strncmp(origin, "https://", scheme) == 0 &&
            strncmp(origin + scheme, authority, length) == 0 &&
            (origin[scheme + length] == '\0' || origin[scheme + length] == ':')) {
            return true;
        }
    }
    return !origins;
}

aty_coalesce aty_probe_coalesces(const aty_probe *probe, const aty_probe_visit *visit,
                                 const char *authority)
{
    if (!visit->sni || !visit->tried) {
        return ATY_COALESCE_UNKNOWN;
    }
    if (strcmp(visit->sni, authority) == 0) {
        return ATY_COALESCE_OWN;
    }
    if (visit->shown.stage != ATY_PROBE_OPEN) {
        return ATY_COALESCE_UNKNOWN;
    }
    if (!visit->shown.alpn || strcmp(visit->shown.alpn, "h2") != 0) {
        return ATY_COALESCE_NOT_H2;
    }
    if (!aty_probe_covers(visit->shown.names, authority) ||
        !aty_probe_covers(visit->shown.names, visit->sni)) {
        return ATY_COALESCE_NOT_COVERED;
    }
    if (!share_address(probe, visit->sni, authority)) {
        return ATY_COALESCE_ELSEWHERE;
    }
    if (visit->shown.client_certificate_sent) {
        return ATY_COALESCE_CLIENT;
    }
    return is_listed(visit, authority) ? ATY_COALESCE_YES : ATY_COALESCE_NOT_LISTED;
}

/* Asks for every name on a connection for one of them. */
static void visit_plan(aty_probe *probe, aty_probe_node *node, const char *sni)
{
    const apr_array_header_t *names = probe->options->names;
    aty_probe_visit *visit = aty_probe_visit_add(probe, node, sni);

    for (int i = 0; i < names->nelts; i++) {
        aty_probe_visit_ask(visit, APR_ARRAY_IDX(names, i, const char *));
        probe->pairs_planned++;
        probe->pairs++;
    }
}

/* Whether a node has just these addresses, in whatever order DNS gave them. */
static bool has_addresses(const aty_probe_node *node, const aty_resolved *resolved)
{
    uint32_t found = 0;

    if ((uint32_t)node->spare->nelts != resolved->count) {
        return false;
    }
    for (uint32_t i = 0; i < resolved->count; i++) {
        for (int k = 0; k < node->spare->nelts; k++) {
            found += strcmp(resolved->addresses[i],
                            APR_ARRAY_IDX(node->spare, k, const char *)) == 0;
        }
    }
    return found == resolved->count;
}

/* A node of all the addresses, which takes the first that can be connected to. */
static aty_probe_node *node_of(aty_probe *probe, const aty_resolved *resolved)
{
    aty_probe_node *node;
    apr_array_header_t *spare;

    for (int i = 0; i < probe->nodes->nelts; i++) {
        node = APR_ARRAY_IDX(probe->nodes, i, aty_probe_node *);
        if (has_addresses(node, resolved)) {
            return node;
        }
    }
    spare = apr_array_make(probe->pool, (int)resolved->count, sizeof(const char *));
    for (uint32_t i = 0; i < resolved->count; i++) {
        APR_ARRAY_PUSH(spare, const char *) =
            apr_pstrdup(probe->pool, resolved->addresses[i]);
    }
    node = apr_pcalloc(probe->pool, sizeof *node);
    *node = (aty_probe_node){.address = APR_ARRAY_IDX(spare, 0, const char *),
                             .spare = spare,
                             .spare_next = 1,
                             .port = probe->options->port,
                             .address_set = ATY_NONE};
    APR_ARRAY_PUSH(probe->nodes, aty_probe_node *) = node;
    return node;
}

/* The connection of a name goes to its own address, as a browser's does. */
static void name_plan(aty_probe *probe, const aty_probe_name *name)
{
    const aty_resolved *resolved = &name->resolved;
    uint16_t port = probe->options->port;

    if (resolved->error || resolved->count == 0) {
        aty_probe_finding *finding =
            aty_finding_add(probe, ATY_FAULT_RESOLVES_NOWHERE, NULL);
        finding->name = name->name;
        finding->expected = "an address";
        finding->got = resolved->error ? gai_strerror(resolved->error) : "none";
        return;
    }
    if (!probe->options->each_address) {
        visit_plan(probe, node_of(probe, resolved), name->name);
        return;
    }
    for (uint32_t i = 0; i < resolved->count; i++) {
        visit_plan(probe,
                   aty_probe_node_add(probe, resolved->addresses[i], port, ATY_NONE),
                   name->name);
    }
}

static void targets_plan(aty_probe *probe)
{
    const apr_array_header_t *names = probe->options->names;

    for (int i = 0; i < probe->nodes->nelts; i++) {
        aty_probe_node *node = APR_ARRAY_IDX(probe->nodes, i, aty_probe_node *);
        for (int n = 0; n < names->nelts; n++) {
            const char *name = APR_ARRAY_IDX(names, n, const char *);
            if (!aty_name_is_address(name, strlen(name))) {
                visit_plan(probe, node, name);
            }
        }
    }
}

const char *aty_probe_matrix_plan(aty_probe *probe)
{
    aty_probe_names_resolve(probe, probe->options->names);
    if (probe->options->targets->nelts > 0) {
        const char *fault = aty_probe_nodes_find(probe);
        if (!fault) {
            targets_plan(probe);
        }
        return fault;
    }
    for (int i = 0; i < probe->names->nelts; i++) {
        name_plan(probe, &APR_ARRAY_IDX(probe->names, i, const aty_probe_name));
    }
    return probe->nodes->nelts > 0 ? NULL : "none of the names leads anywhere";
}
