/* One spelling for vhosts of one kin: the one that most of them have. */
#include "authorityc/plan/plan_unify.h"

#include <apr_strings.h>

#include "authorityc/ids.h"
#include "authorityc/plan/plan_change.h"
#include "core/verdict.h"

/* A way to spell a field. */
typedef struct {
    uint32_t vhosts; /* that have it */
    uint32_t first;  /* of them */
} spelling;

/* What the vhosts of a kin say in a field, by what it comes to. */
typedef struct {
    aty_unifier *unifier;
    aty_field field;
    aty_ids *meanings;             /* kin, effect */
    aty_ids *texts;                /* kin, effect, text */
    apr_array_header_t *spellings; /* spelling, by text */
    apr_array_header_t *winners;   /* uint32_t: of texts, by meaning */
} ballot;

static uint32_t base_of(const aty_table *table, uint32_t seat)
{
    uint32_t set = aty_get(table->seats[seat].address_set);

    return aty_get(table->address_sets[set].default_vhost);
}

static uint32_t effect_of(const aty_table *table, uint32_t vhost, aty_field field)
{
    return aty_field_effect(
        table, base_of(table, aty_get(table->vhosts[vhost].first_seat)), vhost, field);
}

/* The two keys of a vhost: what it means, and how it is spelt. */
static uint32_t text_take(const ballot *b, uint32_t vhost, uint32_t *meaning)
{
    const aty_table *table = b->unifier->site->table;
    uint32_t key[] = {b->unifier->kin[vhost], effect_of(table, vhost, b->field),
                      aty_get(aty_vhost_setting(table, vhost, b->field)->text)};

    *meaning = aty_ids_take(b->meanings, key, 2 * sizeof key[0]);
    return aty_ids_take(b->texts, key, sizeof key);
}

static void vote(ballot *b, uint32_t vhost)
{
    uint32_t meaning;
    uint32_t text = text_take(b, vhost, &meaning);
    uint32_t *winner;
    spelling *s;

    if (text == (uint32_t)b->spellings->nelts) {
        APR_ARRAY_PUSH(b->spellings, spelling) = (spelling){0, vhost};
    }
    if (meaning == (uint32_t)b->winners->nelts) {
        APR_ARRAY_PUSH(b->winners, uint32_t) = text;
    }
    s = &APR_ARRAY_IDX(b->spellings, (int)text, spelling);
    winner = &APR_ARRAY_IDX(b->winners, (int)meaning, uint32_t);
    s->vhosts++;
    if (s->vhosts > APR_ARRAY_IDX(b->spellings, (int)*winner, spelling).vhosts) {
        *winner = text;
    }
}

/* What a <Location> says is held against what its vhost says, as it is spelt: such a
 * field stays. */
static bool is_free(const aty_vhost *vhost, aty_field field)
{
    for (int i = 0; vhost->locations && i < vhost->locations->nelts; i++) {
        const aty_location *location =
            &APR_ARRAY_IDX(vhost->locations, i, const aty_location);
        if ((field == ATY_FIELD_CIPHERS && location->ciphers) ||
            (field == ATY_FIELD_CLIENT_CA && location->ca_file) ||
            (field == ATY_FIELD_CLIENT_AUTH &&
             (location->verify_depth || location->verify_client))) {
            return false;
        }
    }
    return true;
}

/* Whether SSLProtocol as another vhost says it comes to the same on all addresses: a
 * vhost without it runs with that of the default vhost. */
static bool keeps_protocols(const aty_table *table, uint32_t vhost, uint32_t like)
{
    uint32_t first = aty_get(table->vhosts[vhost].first_seat);
    uint32_t count = aty_get(table->vhosts[vhost].seat_count);

    for (uint32_t seat = first; seat < first + count; seat++) {
        uint32_t base = base_of(table, seat);
        uint32_t lent = base == vhost ? like : base;
        if (aty_field_effect(table, base, vhost, ATY_FIELD_PROTOCOL) !=
            aty_field_effect(table, lent, like, ATY_FIELD_PROTOCOL)) {
            return false;
        }
    }
    return true;
}

static void vhost_unify(const ballot *b, uint32_t vhost)
{
    const aty_plan_site *site = b->unifier->site;
    uint32_t meaning;
    uint32_t text = text_take(b, vhost, &meaning);
    uint32_t winner = APR_ARRAY_IDX(b->winners, (int)meaning, uint32_t);
    uint32_t like = APR_ARRAY_IDX(b->spellings, (int)winner, spelling).first;
    bool fits =
        b->field != ATY_FIELD_PROTOCOL || keeps_protocols(site->table, vhost, like);

    if (text != winner && fits &&
        is_free(aty_plan_vhost_of(site->policy, vhost), b->field)) {
        aty_plan_field_copy(aty_plan_vhost(b->unifier->policy, vhost),
                            aty_plan_vhost_of(site->policy, like), b->field);
    }
}

static void field_unify(aty_unifier *unifier, aty_field field)
{
    uint32_t vhosts = (uint32_t)unifier->policy->vhosts->nelts;
    ballot b = {
        .unifier = unifier,
        .field = field,
        .meanings = aty_ids_make(unifier->pool),
        .texts = aty_ids_make(unifier->pool),
        .spellings = apr_array_make(unifier->pool, 16, sizeof(spelling)),
        .winners = apr_array_make(unifier->pool, 16, sizeof(uint32_t)),
    };

    for (uint32_t vhost = 0; vhost < vhosts; vhost++) {
        if (unifier->kin[vhost]) {
            vote(&b, vhost);
        }
    }
    for (uint32_t vhost = 0; vhost < vhosts; vhost++) {
        if (unifier->kin[vhost]) {
            vhost_unify(&b, vhost);
        }
    }
}

/* The policy with certificates unified as well, where that ends more. */
static void certificates_try(apr_pool_t *pool, aty_unifier *unifier, aty_remedy *remedy)
{
    aty_remedy more = *remedy;

    unifier->policy = aty_plan_policy_copy(pool, remedy->policy);
    if (aty_unify_certificates(unifier) == 0) {
        return;
    }
    more.policy = unifier->policy;
    aty_plan_prove(pool, remedy);
    aty_plan_prove(pool, &more);
    if (!more.fault && (remedy->fault || more.after->pairs < remedy->after->pairs)) {
        *remedy = more;
    }
}

void aty_plan_unify(apr_pool_t *pool, const aty_plan_site *site, aty_remedy *remedy)
{
    aty_unifier unifier = {.site = site};

    apr_pool_create(&unifier.pool, pool);
    remedy->policy = site->policy;
    if (aty_unifier_find_kin(&unifier)) {
        unifier.policy = aty_plan_policy_copy(pool, site->policy);
        for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
            if (aty_unifier_compares(&unifier, (aty_field)field)) {
                field_unify(&unifier, (aty_field)field);
            }
        }
        remedy->policy = unifier.policy;
        if (aty_unifier_compares(&unifier, ATY_FIELD_CERTIFICATE)) {
            certificates_try(pool, &unifier, remedy);
        }
    }
    remedy->changes =
        aty_plan_changes(pool, site->policy, remedy->policy, site->options->directory);
    apr_pool_destroy(unifier.pool);
}
