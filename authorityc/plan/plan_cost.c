#include "authorityc/plan/plan_cost.h"

#include <inttypes.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/ids.h"
#include "authorityc/plan/plan_address_moves.h"

const char *aty_plan_counted(apr_pool_t *pool, uint64_t count, const char *what)
{
    return apr_psprintf(pool, "%" PRIu64 " %s%s", count, what,
                        count == 1                                 ? ""
                        : what[0] && what[strlen(what) - 1] == 's' ? "es"
                                                                   : "s");
}

/* The vhosts that get a certificate of others. */
static uint64_t certificates_lent(const aty_plan_site *site, const aty_remedy *remedy)
{
    const aty_table *after = &remedy->compiled.table;
    uint64_t count = 0;

    for (int i = 0; i < remedy->changes->nelts; i++) {
        uint32_t vhost = APR_ARRAY_IDX(remedy->changes, i, const aty_plan_change).vhost;
        const char *was = aty_table_string(
            site->table,
            aty_vhost_setting(site->table, vhost, ATY_FIELD_CERTIFICATE)->real);
        const char *is = aty_table_string(
            after, aty_vhost_setting(after, vhost, ATY_FIELD_CERTIFICATE)->real);
        count += strcmp(was, is) != 0;
    }
    return count;
}

static const char *unify_cost(apr_pool_t *pool, const aty_plan_site *site,
                              const aty_remedy *remedy)
{
    uint64_t lent = certificates_lent(site, remedy);

    return apr_psprintf(
        pool, "lines of %s to edit%s; no connection more, and nothing else changes",
        aty_plan_counted(pool, (uint64_t)remedy->changes->nelts, "vhost"),
        lent ? apr_psprintf(pool,
                            ", %" PRIu64 " of which get%s a certificate that others "
                            "have, of the same issuer and for the same kind of key, "
                            "that covers all their names; it and its private key are "
                            "then used by more vhosts",
                            lent, lent == 1 ? "s" : "")
             : "");
}

/* The vhosts that get HTTP/1.1 and whose names are tried on connections of others: they
 * never have one that could be found instead. */
static uint64_t still_tried(const aty_remedy *remedy)
{
    uint64_t count = 0;

    for (int i = 0; i < remedy->changes->nelts; i++) {
        count +=
            remedy->after->to[APR_ARRAY_IDX(remedy->changes, i, aty_plan_change).vhost] >
            0;
    }
    return count;
}

static const char *http1_cost(apr_pool_t *pool, const aty_remedy *remedy)
{
    uint64_t tried = still_tried(remedy);

    return apr_psprintf(
        pool,
        "no HTTP/2 for %s: browsers open up to six connections to "
        "each name%s",
        aty_plan_counted(pool, (uint64_t)remedy->changes->nelts, "vhost"),
        tried > 0 ? apr_psprintf(
                        pool,
                        "; without a connection of HTTP/2 to be found, %s may be tried "
                        "on those of others first with each request, which ends in "
                        "421, until certificates or addresses part them",
                        aty_plan_counted(pool, tried, "vhost"))
                  : "");
}

/* The different certificates that the vhosts of a remedy have now. */
static uint32_t certificates_now(apr_pool_t *pool, const aty_plan_site *site,
                                 const aty_remedy *remedy)
{
    const aty_table *table = site->table;
    aty_ids *ids = aty_ids_make(pool);

    for (int i = 0; i < remedy->changes->nelts; i++) {
        const aty_vhost_record *vhost =
            &table->vhosts[APR_ARRAY_IDX(remedy->changes, i, aty_plan_change).vhost];
        uint32_t first = aty_get(vhost->first_certificate);
        for (uint32_t c = first; c < first + aty_get(vhost->certificate_count); c++) {
            aty_ids_take(ids, &table->certificate_lists[c],
                         sizeof table->certificate_lists[c]);
        }
    }
    return aty_ids_count(ids);
}

static const char *certificates_cost(apr_pool_t *pool, const aty_plan_site *site,
                                     const aty_remedy *remedy)
{
    uint64_t wildcards = 0;
    uint64_t lost = remedy->before->tried - remedy->before->pairs;
    uint64_t kept = remedy->after->tried - remedy->after->pairs;

    for (int i = 0; i < remedy->certificates->nelts; i++) {
        wildcards +=
            APR_ARRAY_IDX(remedy->certificates, i, aty_plan_certificate).wildcard;
    }
    lost = lost > kept ? lost - kept : 0;
    return apr_psprintf(
        pool, "%s to get and renew, instead of %u%s%s",
        aty_plan_counted(pool, (uint64_t)remedy->certificates->nelts, "certificate"),
        certificates_now(pool, site, remedy),
        wildcards ? apr_psprintf(pool,
                                 ", %" PRIu64 " of them with wildcards, which need a "
                                 "DNS challenge",
                                 wildcards)
                  : "",
        lost ? apr_pstrcat(pool, "; sharing is lost for ",
                           aty_plan_counted(pool, lost, "pair"), (char *)NULL)
             : "");
}

/* The names that lead to other addresses. */
static uint64_t names_moved(const aty_table *table, const aty_remedy *remedy)
{
    uint64_t names = 0;

    for (int i = 0; i < remedy->addresses->nelts; i++) {
        const aty_plan_address *address =
            &APR_ARRAY_IDX(remedy->addresses, i, const aty_plan_address);
        for (int v = 0; v < address->vhosts->nelts; v++) {
            uint32_t vhost = APR_ARRAY_IDX(address->vhosts, v, uint32_t);
            names += aty_get(table->vhosts[vhost].name_count);
        }
    }
    return names;
}

/* The vhosts that leave all addresses for one of a family, and so lose the other. */
static const char *lost_families(apr_pool_t *pool, const aty_remedy *remedy)
{
    static const char *const families[] = {"IPv6", "IPv4"};
    const char *text = "";

    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        uint64_t vhosts = 0;
        for (int i = 0; i < remedy->addresses->nelts; i++) {
            const aty_plan_address *address =
                &APR_ARRAY_IDX(remedy->addresses, i, const aty_plan_address);
            const char *lost = aty_plan_lost_family(address);
            vhosts += lost && strcmp(lost, families[f]) == 0
                          ? (uint64_t)address->vhosts->nelts
                          : 0;
        }
        if (vhosts > 0) {
            text = apr_psprintf(
                pool, "%s; %s leave%s '*' and lose%s %s unless %s an %s address, too",
                text, aty_plan_counted(pool, vhosts, "vhost"), vhosts == 1 ? "s" : "",
                vhosts == 1 ? "s" : "", families[f], vhosts == 1 ? "it gets" : "they get",
                families[f]);
        }
    }
    return text;
}

static const char *addresses_cost(apr_pool_t *pool, const aty_plan_site *site,
                                  const aty_remedy *remedy)
{
    int left = aty_plan_left_names(pool, site->table, remedy)->nelts;

    return apr_psprintf(
        pool,
        "%s more%s, and DNS records of %s to change; the first vhost at each is its "
        "default, for unknown names and without SNI%s%s",
        aty_plan_counted(pool, (uint64_t)remedy->addresses->nelts, "address"),
        remedy->least ? ", fewer are not enough" : "",
        aty_plan_counted(pool, names_moved(site->table, remedy), "name"),
        lost_families(pool, remedy),
        left > 0 ? apr_psprintf(pool,
                                "; at the old address another vhost answers for %s that "
                                "DNS caches still lead there, unless both are kept "
                                "until then",
                                aty_plan_counted(pool, (uint64_t)left, "name"))
                 : "");
}

const char *aty_plan_cost(apr_pool_t *pool, const aty_plan_site *site,
                          const aty_remedy *remedy)
{
    if (remedy->fault || apr_is_empty_array(remedy->changes)) {
        return "nothing to do";
    }
    switch (remedy->kind) {
    case ATY_REMEDY_UNIFY:
        return unify_cost(pool, site, remedy);
    case ATY_REMEDY_HTTP1:
        return http1_cost(pool, remedy);
    case ATY_REMEDY_CERTIFICATES:
        return certificates_cost(pool, site, remedy);
    default:
        return addresses_cost(pool, site, remedy);
    }
}
