/* The names that are asked for on a point. */
#include "authorityc/diff/diff.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/ids.h"
#include "authorityc/samples.h"
#include "core/names.h"

#define ADDRESS_SAMPLE "192.0.2.1" /* RFC 5737: nobody's */

typedef struct {
    aty_diff *diff;
    aty_diff_point *point;
    const char *label;
    aty_ids *names;
    uint32_t number; /* of the point, from 1 */
    const aty_table *table;
    uint32_t side; /* bit */
} collector;

const char *aty_diff_sample_label(const aty_diff *diff)
{
    const char *label = ATY_SAMPLE_LABEL;

    while (aty_sample_label_is_taken(&diff->sides[ATY_OLD].table, label) ||
           aty_sample_label_is_taken(&diff->sides[ATY_NEW].table, label)) {
        label = apr_pstrcat(diff->pool, label, "x", (char *)NULL);
    }
    return label;
}

/* Adds a name, or adds to what is known of it. */
static void host_add(collector *c, const char *name, const char *stands_for,
                     uint32_t known)
{
    uint32_t index = aty_ids_take(c->names, name, strlen(name));
    aty_diff_host *host;

    if ((int)index == c->point->hosts->nelts) {
        host = &APR_ARRAY_PUSH(c->point->hosts, aty_diff_host);
        *host = (aty_diff_host){.name = name, .stands_for = stands_for};
        host->connects = !aty_name_is_address(name, strlen(name));
    }
    host = &APR_ARRAY_IDX(c->point->hosts, (int)index, aty_diff_host);
    host->known |= known;
    if (!stands_for) {
        host->stands_for = NULL;
    }
}

static void samples_add(collector *c, const char *pattern, uint32_t known)
{
    const char *const stars[] = {
        c->label, apr_pstrcat(c->diff->pool, c->label, ".", c->label, (char *)NULL)};

    for (int deep = 0; deep < 2; deep++) {
        const char *sample = aty_sample_of(c->diff->pool, pattern, stars[deep]);
        if (strlen(sample) <= ATY_NAME_MAX) {
            host_add(c, sample, pattern, known);
        }
    }
}

static void names_add(collector *c, const aty_vhost_record *vhost)
{
    uint32_t first = aty_get(vhost->first_name);

    for (uint32_t i = first; i < first + aty_get(vhost->name_count); i++) {
        const char *name = aty_table_string(c->table, c->table->names[i].name);
        if (aty_name_is_pattern(name)) {
            samples_add(c, name, c->side);
        }
        else {
            host_add(c, name, NULL, c->side);
        }
    }
}

/* What certificates cover may come here, whosever it is. */
static void certificate_names_add(collector *c, uint32_t certificate)
{
    const aty_certificate_record *record = &c->table->certificates[certificate];
    uint32_t first = aty_get(record->first_name);

    for (uint32_t i = first; i < first + aty_get(record->name_count); i++) {
        const char *name = aty_table_string(c->table, c->table->certificate_names[i]);
        if (*name == '*') {
            samples_add(c, name, 0);
        }
        else if (*name) {
            host_add(c, name, NULL, 0);
        }
    }
}

static void certificates_add(collector *c, const aty_vhost_record *vhost, uint32_t *asked)
{
    const aty_le32 *list =
        c->table->certificate_lists + aty_get(vhost->first_certificate);

    for (uint32_t i = 0; i < aty_get(vhost->certificate_count); i++) {
        uint32_t certificate = aty_get(list[i]);
        if (asked[certificate] != c->number) {
            asked[certificate] = c->number;
            certificate_names_add(c, certificate);
        }
    }
}

static void accepted_add(collector *c, uint32_t set)
{
    for (uint32_t i = 0; i < c->table->counts[ATY_SECTION_PAIRS]; i++) {
        const aty_pair_record *pair = &c->table->pairs[i];
        if (aty_vhost_seat(c->table, aty_get(pair->vhost), set)) {
            host_add(c, aty_table_string(c->table, pair->authority), NULL, 0);
        }
    }
}

static void side_add(collector *c, int side)
{
    const aty_diff_side *of = &c->diff->sides[side];
    uint32_t set = c->point->sets[side];

    c->table = &of->table;
    c->side = 1u << side;
    for (uint32_t i = of->members.starts[set]; i < of->members.starts[set + 1]; i++) {
        const aty_vhost_record *vhost = &of->table.vhosts[of->members.vhosts[i]];
        names_add(c, vhost);
        certificates_add(c, vhost, of->asked);
    }
    accepted_add(c, set);
}

/* Whose a name is; the default vhost's if nobody's. */
static uint32_t vhost_of(const aty_table *table, uint32_t set, const char *name)
{
    uint32_t vhost = aty_vhost_named(table, set, name, strlen(name));

    return vhost != ATY_NONE ? vhost : aty_get(table->address_sets[set].default_vhost);
}

void aty_diff_hosts_find(aty_diff *diff, uint32_t number, const char *label)
{
    aty_diff_point *point = APR_ARRAY_IDX(diff->points, (int)number, aty_diff_point *);
    collector c = {diff, point, label, aty_ids_make(diff->pool), number + 1, NULL, 0};

    point->hosts = apr_array_make(diff->pool, 16, sizeof(aty_diff_host));
    side_add(&c, ATY_NEW);
    side_add(&c, ATY_OLD);
    host_add(&c, apr_pstrcat(diff->pool, label, ".invalid", (char *)NULL),
             "a name of nobody", 0);
    host_add(&c, ADDRESS_SAMPLE, "an IP address", 0);
    for (int i = 0; i < point->hosts->nelts; i++) {
        aty_diff_host *host = &APR_ARRAY_IDX(point->hosts, i, aty_diff_host);
        for (int side = 0; side < ATY_SIDES; side++) {
            host->vhosts[side] =
                vhost_of(&diff->sides[side].table, point->sets[side], host->name);
        }
    }
}
