#include "authorityc/plan/plan_why.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/plan/plan_certificates.h"
#include "authorityc/plan/plan_sample.h"
#include "core/names.h"

#define EXPLAINED 100 /* attempts that remain; each costs a look at a certificate */

/* Whether an entry of a certificate and a name, which may be a pattern, meet. */
static bool meets(const char *san, const char *name)
{
    char sample[ATY_NAME_MAX + 1];

    return aty_name_is_pattern(name) ? aty_plan_sample(sample, name, san)
                                     : aty_name_covers(san, name, strlen(name));
}

/* The entry of a vhost's certificates that makes clients try the name, or NULL. */
static const char *entry_for(const aty_table *table, uint32_t vhost, const char *name)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);

    for (uint32_t i = 0; i < aty_get(record->certificate_count); i++) {
        const aty_certificate_record *c = &table->certificates[aty_get(list[i])];
        const aty_le32 *names = table->certificate_names + aty_get(c->first_name);
        for (uint32_t n = 0; n < aty_get(c->name_count); n++) {
            const char *san = aty_table_string(table, names[n]);
            if (meets(san, name)) {
                return san;
            }
        }
    }
    return NULL;
}

/* The pattern of a vhost for which a certificate has the wildcard, or NULL. */
static const char *pattern_for(const aty_table *table, uint32_t vhost, const char *san)
{
    uint32_t first = aty_get(table->vhosts[vhost].first_name);
    uint32_t count = aty_get(table->vhosts[vhost].name_count);

    for (uint32_t i = first; i < first + count; i++) {
        const char *name = aty_table_string(table, table->names[i].name);
        if (aty_name_is_pattern(name) && meets(san, name)) {
            return name;
        }
    }
    return NULL;
}

/* The certificate that was planned for a vhost, or NULL. */
static const aty_plan_certificate *planned_for(const aty_remedy *remedy, uint32_t vhost)
{
    for (int i = 0; remedy->certificates && i < remedy->certificates->nelts; i++) {
        const aty_plan_certificate *certificate =
            &APR_ARRAY_IDX(remedy->certificates, i, const aty_plan_certificate);
        for (int v = 0; v < certificate->vhosts->nelts; v++) {
            if (APR_ARRAY_IDX(certificate->vhosts, v, uint32_t) == vhost) {
                return certificate;
            }
        }
    }
    return NULL;
}

static const char *wildcard_why(apr_pool_t *pool, const aty_remedy *remedy,
                                uint32_t vhost, const char *san, const char *name)
{
    const aty_table *table = &remedy->compiled.table;
    const aty_plan_certificate *planned = planned_for(remedy, vhost);
    const char *pattern = pattern_for(table, vhost, san);
    uint32_t owner = vhost;

    for (int i = 0; !pattern && planned && i < planned->vhosts->nelts; i++) {
        owner = APR_ARRAY_IDX(planned->vhosts, i, uint32_t);
        pattern = pattern_for(table, owner, san);
    }
    if (!pattern) {
        return apr_psprintf(pool, "its certificate has '%s', which covers '%s'", san,
                            name);
    }
    return apr_psprintf(
        pool, "'%s' of vhost '%s'%s covers '%s', too; an address of its own helps",
        pattern, aty_vhost_server_name(table, owner),
        strcmp(pattern, san) == 0
            ? ""
            : apr_psprintf(pool, " needs '%s' on its certificate, which", san),
        name);
}

static const char *certificate_why(apr_pool_t *pool, const aty_remedy *remedy,
                                   const aty_attempt *attempt)
{
    const aty_table *table = &remedy->compiled.table;
    const char *name = aty_table_string(table, table->names[attempt->name].name);
    const char *san = entry_for(table, attempt->connection, name);

    if (san && aty_plan_is_wildcard(san)) {
        return wildcard_why(pool, remedy, attempt->connection, san, name);
    }
    return apr_psprintf(pool,
                        "vhosts with one certificate have the name '%s' on "
                        "different addresses",
                        san ? san : name);
}

/* What the remedy found about the vhost before, or NULL. */
static const char *known_why(const apr_array_header_t *found, uint32_t vhost)
{
    for (int i = 0; found && i < found->nelts; i++) {
        const aty_plan_obstacle *obstacle =
            &APR_ARRAY_IDX(found, i, const aty_plan_obstacle);
        if (obstacle->vhost == vhost) {
            return obstacle->why;
        }
    }
    return NULL;
}

void aty_plan_obstacles_find(apr_pool_t *pool, aty_remedy *remedy)
{
    const apr_array_header_t *found = remedy->obstacles;
    const apr_array_header_t *left = remedy->after ? remedy->after->list : NULL;
    apr_array_header_t *obstacles = apr_array_make(pool, 4, sizeof(aty_plan_obstacle));

    if (remedy->kind != ATY_REMEDY_CERTIFICATES || !left || remedy->fault) {
        return;
    }
    for (int i = 0; i < left->nelts && i < EXPLAINED; i++) {
        const aty_attempt *attempt = &APR_ARRAY_IDX(left, i, const aty_attempt);
        const char *why = known_why(found, attempt->connection);
        APR_ARRAY_PUSH(obstacles, aty_plan_obstacle) =
            (aty_plan_obstacle){attempt->connection, attempt->name, attempt->pairs,
                                why ? why : certificate_why(pool, remedy, attempt)};
    }
    remedy->obstacles = obstacles;
}
