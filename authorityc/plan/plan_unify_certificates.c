/* Certificates that are there already: where one covers the names of another vhost of its
 * kin, both can have it, and mod_ssl finds them alike. Clients must not notice: it is as
 * good for them in all but the names, too. */
#include "authorityc/plan/plan_unify.h"

#include <stdlib.h>
#include <string.h>

#include <apr_time.h>

#include "authorityc/ids.h"
#include "authorityc/plan/plan_change.h"
#include "authorityc/plan/plan_leaf.h"
#include "core/names.h"

/* Looks at certificates for all vhosts together, about; the commonest of a kin come
 * first. Where each of 100,000 vhosts has its own, not all can be held against all. */
#define LOOKS_MAX 10000000

/* Certificates that vhosts of a kin have. */
typedef struct {
    uint32_t kin;
    uint32_t vhosts; /* that have them */
    uint32_t first;  /* of them */
} choice;

/* Who gives what to whom. */
typedef struct {
    const aty_unifier *unifier;
    const apr_array_header_t *choices; /* choice */
    aty_plan_leaves *leaves;
    int64_t now; /* seconds since 1970 */
} lending;

/* By kin, those of most vhosts first, then in file order. */
static int choice_compare(const void *a, const void *b)
{
    const choice *x = a;
    const choice *y = b;

    if (x->kin != y->kin) {
        return x->kin < y->kin ? -1 : 1;
    }
    if (x->vhosts != y->vhosts) {
        return x->vhosts > y->vhosts ? -1 : 1;
    }
    return x->first < y->first ? -1 : x->first > y->first;
}

static uint32_t certificates_of(const aty_table *table, uint32_t vhost)
{
    return aty_get(aty_vhost_setting(table, vhost, ATY_FIELD_CERTIFICATE)->real);
}

static apr_array_header_t *choices_find(const aty_unifier *unifier)
{
    aty_ids *ids = aty_ids_make(unifier->pool);
    apr_array_header_t *choices = apr_array_make(unifier->pool, 16, sizeof(choice));

    for (uint32_t vhost = 0; vhost < (uint32_t)unifier->policy->vhosts->nelts; vhost++) {
        uint32_t key[] = {unifier->kin[vhost],
                          certificates_of(unifier->site->table, vhost)};
        uint32_t id;
        if (key[0] == 0) {
            continue;
        }
        id = aty_ids_take(ids, key, sizeof key);
        if (id == (uint32_t)choices->nelts) {
            APR_ARRAY_PUSH(choices, choice) = (choice){key[0], 0, vhost};
        }
        APR_ARRAY_IDX(choices, (int)id, choice).vhosts++;
    }
    qsort(choices->elts, (size_t)choices->nelts, sizeof(choice), choice_compare);
    return choices;
}

/* Whether every certificate of a vhost has the pattern as a name. */
static bool has_pattern(const aty_table *table, uint32_t vhost, const char *pattern)
{
    const aty_vhost_record *record = &table->vhosts[vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);

    for (uint32_t i = 0; i < aty_get(record->certificate_count); i++) {
        const aty_certificate_record *c = &table->certificates[aty_get(list[i])];
        const aty_le32 *names = table->certificate_names + aty_get(c->first_name);
        uint32_t n = 0;
        while (n < aty_get(c->name_count) &&
               strcmp(aty_table_string(table, names[n]), pattern) != 0) {
            n++;
        }
        if (n == aty_get(c->name_count)) {
            return false;
        }
    }
    return aty_get(record->certificate_count) > 0;
}

static bool covers(const aty_table *table, uint32_t vhost, const char *name)
{
    return aty_name_is_pattern(name) ? has_pattern(table, vhost, name)
                                     : aty_vhost_covers(table, vhost, name, strlen(name));
}

/* Whether the certificates of one vhost are as good for the names of another as its own.
 */
static bool serves(const aty_table *table, uint32_t giver, uint32_t taker)
{
    uint32_t first = aty_get(table->vhosts[taker].first_name);
    uint32_t count = aty_get(table->vhosts[taker].name_count);

    for (uint32_t i = first; i < first + count; i++) {
        const char *name = aty_table_string(table, table->names[i].name);
        if (covers(table, taker, name) && !covers(table, giver, name)) {
            return false;
        }
    }
    return true;
}

static const apr_array_header_t *files_of(const lending *l, uint32_t vhost)
{
    return aty_plan_vhost_of(l->unifier->policy, vhost)->scope.tls.certificates;
}

/* Whether one of the files has a certificate that may stand for the other. */
static bool any_replaces(const lending *l, const apr_array_header_t *files,
                         const aty_directive *taken)
{
    const aty_plan_leaf *taker = aty_plan_leaf_read(l->leaves, taken->path);

    for (int i = 0; i < files->nelts; i++) {
        const aty_directive *given = APR_ARRAY_IDX(files, i, const aty_directive *);
        if (aty_plan_leaf_replaces(aty_plan_leaf_read(l->leaves, given->path), taker,
                                   l->now)) {
            return true;
        }
    }
    return false;
}

/* Whether clients of the taker take the giver's certificates as they take its own: there
 * is one for each kind of key that it has, and none of another kind. */
static bool is_as_good(const lending *l, uint32_t giver, uint32_t taker)
{
    const apr_array_header_t *given = files_of(l, giver);
    const apr_array_header_t *taken = files_of(l, taker);

    if (!given || !taken || given->nelts != taken->nelts) {
        return false;
    }
    for (int i = 0; i < taken->nelts; i++) {
        if (!any_replaces(l, given, APR_ARRAY_IDX(taken, i, const aty_directive *))) {
            return false;
        }
    }
    return true;
}

/* The choices of a kin that come before the vhost's own, or NULL. */
static const choice *better_choice(const lending *l, uint32_t start, uint32_t vhost)
{
    const aty_unifier *unifier = l->unifier;
    const aty_table *table = unifier->site->table;
    uint32_t own = certificates_of(table, vhost);
    int looks = 1 + LOOKS_MAX / (unifier->policy->vhosts->nelts + 1);

    for (int i = (int)start; i < l->choices->nelts && looks-- > 0; i++) {
        const choice *c = &APR_ARRAY_IDX(l->choices, i, const choice);
        if (c->kin != unifier->kin[vhost] || certificates_of(table, c->first) == own) {
            return NULL;
        }
        if (serves(table, c->first, vhost) && is_as_good(l, c->first, vhost)) {
            return c;
        }
    }
    return NULL;
}

uint32_t aty_unify_certificates(aty_unifier *unifier)
{
    apr_array_header_t *choices = choices_find(unifier);
    const lending l = {unifier, choices, aty_plan_leaves_make(unifier->pool, false),
                       apr_time_sec(apr_time_now())};
    aty_ids *starts = aty_ids_make(unifier->pool);
    apr_array_header_t *firsts =
        apr_array_make(unifier->pool, choices->nelts + 1, sizeof(uint32_t));
    uint32_t moved = 0;

    for (int i = 0; i < choices->nelts; i++) {
        uint32_t kin = APR_ARRAY_IDX(choices, i, choice).kin;
        if (aty_ids_take(starts, &kin, sizeof kin) == (uint32_t)firsts->nelts) {
            APR_ARRAY_PUSH(firsts, uint32_t) = (uint32_t)i;
        }
    }
    for (uint32_t vhost = 0; vhost < (uint32_t)unifier->policy->vhosts->nelts; vhost++) {
        uint32_t kin = unifier->kin[vhost];
        const choice *better =
            kin ? better_choice(&l,
                                APR_ARRAY_IDX(firsts,
                                              (int)aty_ids_find(starts, &kin, sizeof kin),
                                              uint32_t),
                                vhost)
                : NULL;
        if (better) {
            aty_plan_field_copy(aty_plan_vhost(unifier->policy, vhost),
                                aty_plan_vhost_of(unifier->policy, better->first),
                                ATY_FIELD_CERTIFICATE);
            moved++;
        }
    }
    return moved;
}
