/* probe_nodes.c: the addresses of --connect. */
#include "authorityc/probe/probe.h"

#include <string.h>

#include <netdb.h>

#include <apr_strings.h>

#include "authorityc/question.h"
#include "core/names.h"

static bool is_address(const char *host)
{
    return aty_name_is_address(host, strlen(host));
}

/* The declared addresses, for people to choose from. */
static const char *addresses_text(const aty_probe *probe)
{
    const aty_table *table = probe->table;
    const uint32_t count = table->counts[ATY_SECTION_ADDRESS_SETS], most = 4;
    const char *text = "";

    for (uint32_t i = 0; i < count && i < most; i++) {
        const aty_address_set_record *set = &table->address_sets[i];
        const char *host = aty_table_string(table, set->host);
        const char *port = aty_get(set->port)
                               ? apr_psprintf(probe->pool, "%u", aty_get(set->port))
                               : "0";
        text = apr_psprintf(probe->pool, strchr(host, ':') ? "%s%s[%s]:%s" : "%s%s%s:%s",
                            text, i ? ", " : "", host, port);
    }
    return count > most ? apr_pstrcat(probe->pool, text, ", …", (char *)NULL) : text;
}

/* The address set that a connection to the address comes to. NULL, or what is wrong. */
static const char *set_find(const aty_probe *probe, const char *address, uint16_t port,
                            uint32_t *set)
{
    const aty_table *table = probe->table;

    *set = ATY_NONE;
    if (!table) {
        return NULL;
    }
    if (probe->options->address) {
        *set = aty_question_address_set(table, probe->options->address);
        return *set != ATY_NONE
                   ? NULL
                   : apr_psprintf(probe->pool,
                                  "no vhost is declared for the address '%s' of "
                                  "--address; declared are %s",
                                  probe->options->address, addresses_text(probe));
    }
    *set = aty_address_set_serving(table, address, port);
    if (*set == ATY_NONE && table->counts[ATY_SECTION_ADDRESS_SETS] == 1) {
        *set = 0;
    }
    return *set != ATY_NONE
               ? NULL
               : apr_psprintf(probe->pool,
                              "no vhost is declared for %s, port %u; say by --address "
                              "which of the policy's addresses it stands for: %s",
                              address, port, addresses_text(probe));
}

static const char *node_make(aty_probe *probe, const aty_resolved *resolved,
                             uint32_t index, uint16_t port, aty_probe_node **node)
{
    const char *address = resolved->addresses[index];
    uint32_t set;
    const char *fault = set_find(probe, address, port, &set);

    if (!fault) {
        *node = aty_probe_node_add(probe, address, port, set);
    }
    return fault;
}

/* The others are taken where the first cannot be connected to. */
static void node_spare(aty_probe *probe, aty_probe_node *node,
                       const aty_resolved *resolved)
{
    apr_array_header_t *spare =
        apr_array_make(probe->pool, ATY_RESOLVED_MAX, sizeof(const char *));

    for (uint32_t i = 0; i < resolved->count; i++) {
        APR_ARRAY_PUSH(spare, const char *) =
            apr_pstrdup(probe->pool, resolved->addresses[i]);
    }
    node->spare = spare;
    node->spare_next = 1;
}

static const char *target_resolve(aty_probe *probe, const aty_probe_target *target,
                                  aty_resolved *resolved)
{
    if (is_address(target->host)) {
        *resolved = (aty_resolved){.count = 1};
        apr_cpystrn(resolved->addresses[0], target->host, INET6_ADDRSTRLEN);
        return NULL;
    }
    aty_resolve_all(probe->options->resolver, &target->host, resolved, 1);
    if (resolved->error || resolved->count == 0) {
        return apr_psprintf(probe->pool, "'%s' leads nowhere: %s", target->host,
                            resolved->error ? gai_strerror(resolved->error)
                                            : "it has no address");
    }
    return NULL;
}

static const char *target_add(aty_probe *probe, const aty_probe_target *target)
{
    bool each = probe->options->each_address;
    aty_resolved resolved;
    aty_probe_node *node = NULL;
    const char *fault = target_resolve(probe, target, &resolved);

    for (uint32_t i = 0; !fault && i < (each ? resolved.count : 1); i++) {
        fault = node_make(probe, &resolved, i, target->port, &node);
    }
    if (!fault && !each && resolved.count > 1) {
        node_spare(probe, node, &resolved);
    }
    return fault;
}

const char *aty_probe_nodes_find(aty_probe *probe)
{
    const apr_array_header_t *targets = probe->options->targets;
    const char *fault = NULL;

    for (int i = 0; i < targets->nelts && !fault; i++) {
        fault = target_add(probe, &APR_ARRAY_IDX(targets, i, const aty_probe_target));
    }
    return fault;
}
