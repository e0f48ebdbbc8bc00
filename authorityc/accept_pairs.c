/* AcceptPair: from two names to a vhost and an authority. */
#include "authorityc/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/search.h"

typedef struct {
    uint32_t vhost;
    const char *authority;
} accepted;

static bool somebody_has(const aty_model *model, const aty_table *view,
                         const aty_word *name)
{
    size_t length = strlen(name->text);

    for (uint32_t set = 0; set < view->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        if (aty_vhost_named(view, set, name->text, length) != ATY_NONE) {
            return true;
        }
    }
    aty_diag_error(model->diag, &name->place, "no vhost has the name '%s'", name->text);
    return false;
}

/* Finds the vhost that the SNI name selects on each address set. */
static void pair_resolve(const aty_table *view, const aty_accept_pair *pair,
                         apr_array_header_t *found)
{
    for (uint32_t set = 0; set < view->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        uint32_t vhost =
            aty_vhost_named(view, set, pair->sni->text, strlen(pair->sni->text));
        if (vhost != ATY_NONE) {
            APR_ARRAY_PUSH(found, accepted) = (accepted){vhost, pair->authority->text};
        }
    }
}

static int accepted_compare(const void *a, const void *b)
{
    const accepted *x = a;
    const accepted *y = b;

    return x->vhost != y->vhost ? aty_number_order(x->vhost, y->vhost)
                                : strcmp(x->authority, y->authority);
}

void aty_accept_pairs_resolve(aty_model *model)
{
    const apr_array_header_t *pairs = model->policy->pairs;
    apr_array_header_t *found = apr_array_make(model->pool, 4, sizeof(accepted));
    aty_table view;

    aty_writer_view(model->writer, &view);
    for (int i = 0; i < pairs->nelts; i++) {
        const aty_accept_pair *pair = &APR_ARRAY_IDX(pairs, i, aty_accept_pair);
        bool sni_known = somebody_has(model, &view, pair->sni);
        if (somebody_has(model, &view, pair->authority) && sni_known) {
            pair_resolve(&view, pair, found);
        }
    }
    qsort(found->elts, (size_t)found->nelts, sizeof(accepted), accepted_compare);
    for (int i = 0; i < found->nelts; i++) {
        const accepted *entry = &APR_ARRAY_IDX(found, i, accepted);
        aty_pair_record record = {aty_put(entry->vhost),
                                  aty_writer_string(model->writer, entry->authority)};
        aty_writer_append(model->writer, ATY_SECTION_PAIRS, &record, 1);
    }
}
