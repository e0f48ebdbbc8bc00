#include "authorityc/probe/probe_names.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/samples.h"
#include "core/names.h"
#include "core/search.h"

const char *aty_probe_sample_label(const aty_probe *probe)
{
    const char *label = ATY_SAMPLE_LABEL;

    while (aty_sample_label_is_taken(probe->table, label)) {
        label = apr_pstrcat(probe->pool, label, "x", (char *)NULL);
    }
    return label;
}

/* Whether it can be sent in a handshake and as an authority: httpd takes no other. */
static bool is_host_name(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= ATY_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.:") == length &&
           name[length - 1] != '.';
}

/* A name that another vhost takes is not this one's. */
static void name_add(const aty_probe *probe, const aty_probe_node *node, uint32_t vhost,
                     const char *name, apr_array_header_t *names)
{
    const aty_seat_record *seat = aty_vhost_seat(probe->table, vhost, node->address_set);

    if (is_host_name(name) &&
        aty_vhost_named(probe->table, node->address_set, name, strlen(name)) == vhost) {
        APR_ARRAY_PUSH(names, aty_probe_site_name) =
            (aty_probe_site_name){name, vhost, aty_get(seat->group)};
    }
}

static void vhost_names_add(const aty_probe *probe, const aty_probe_node *node,
                            uint32_t vhost, const char *label, apr_array_header_t *names)
{
    const aty_vhost_record *record = &probe->table->vhosts[vhost];
    uint32_t first = aty_get(record->first_name);

    for (uint32_t i = first; i < first + aty_get(record->name_count); i++) {
        const char *name = aty_table_string(probe->table, probe->table->names[i].name);
        name_add(probe, node, vhost,
                 aty_name_is_pattern(name) ? aty_sample_of(probe->pool, name, label)
                                           : name,
                 names);
    }
}

static bool leads_here(const aty_probe_node *node, uint32_t vhost)
{
    return !node->vhosts ||
           bsearch(&vhost, node->vhosts->elts, (size_t)node->vhosts->nelts,
                   sizeof(uint32_t), aty_number_compare) != NULL;
}

apr_array_header_t *aty_probe_names_on(aty_probe *probe, const aty_probe_node *node,
                                       const aty_set_members *members, const char *label)
{
    apr_array_header_t *names =
        apr_array_make(probe->pool, 16, sizeof(aty_probe_site_name));

    for (uint32_t i = members->starts[node->address_set];
         i < members->starts[node->address_set + 1]; i++) {
        if (leads_here(node, members->vhosts[i])) {
            vhost_names_add(probe, node, members->vhosts[i], label, names);
        }
    }
    return names;
}
