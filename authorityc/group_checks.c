/* The named checks that look at groups. On each address set every group is held against
 * the largest one: a warning for each pair of groups would be one for each pair of vhosts
 * on a site where nothing is shared. */
#include "authorityc/model.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/table_words.h"
#include "core/verdict.h"

typedef struct {
    uint32_t address_set;
    uint32_t vhost; /* the first */
    uint32_t size;
} group;

/* All groups, at their number. */
static group *groups_collect(const aty_model *model, const aty_table *view,
                             uint32_t *count)
{
    uint32_t seats = view->counts[ATY_SECTION_SEATS];
    group *groups = apr_pcalloc(model->pool, (seats + 1) * sizeof *groups);

    *count = 0;
    for (uint32_t vhost = 0; vhost < view->counts[ATY_SECTION_VHOSTS]; vhost++) {
        const aty_seat_record *seat =
            view->seats + aty_get(view->vhosts[vhost].first_seat);
        for (uint32_t i = 0; i < aty_get(view->vhosts[vhost].seat_count); i++, seat++) {
            group *g = &groups[aty_get(seat->group)];
            if (g->size++ == 0) {
                g->address_set = aty_get(seat->address_set);
                g->vhost = vhost;
                *count = aty_get(seat->group);
            }
        }
    }
    return groups;
}

/* The largest group of each address set. */
static const group **largest_collect(const aty_model *model, const aty_table *view,
                                     const group *groups, uint32_t count)
{
    uint32_t sets = view->counts[ATY_SECTION_ADDRESS_SETS];
    const group **largest = apr_pcalloc(model->pool, (sets + 1) * sizeof *largest);

    for (uint32_t i = 1; i <= count; i++) {
        const group **known = &largest[groups[i].address_set];
        if (!*known || groups[i].size > (*known)->size) {
            *known = &groups[i];
        }
    }
    return largest;
}

/* The fields that differ in this way, "client-auth, protocol". */
static const char *fields_text(const aty_model *model, const aty_table *view,
                               const aty_pair *pair, aty_difference difference)
{
    const char *text = "";

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (aty_field_difference(view, pair, (aty_field)field) == difference) {
            text = apr_pstrcat(model->pool, text, *text ? ", " : "",
                               aty_words_field((aty_field)field), (char *)NULL);
        }
    }
    return text;
}

static void false_conflict_report(aty_model *model, const aty_table *view,
                                  const aty_pair *pair)
{
    const aty_vhost *vhost = aty_model_vhost(model, pair->request);
    const aty_vhost *other = aty_model_vhost(model, pair->connection);

    if (aty_diag_check(model->diag, ATY_CHECK_FALSE_CONFLICT, &vhost->place,
                       "httpd refuses '%s' on connections of '%s', although they differ "
                       "only in how it is written: %s",
                       vhost->server_name->text, other->server_name->text,
                       fields_text(model, view, pair, ATY_TEXTUAL))) {
        aty_diag_note(model->diag, &other->place,
                      "write it here and there alike, best in one <TLS> bundle that both "
                      "Use; 'authorityc explain' shows both lines");
    }
}

static void hidden_conflict_report(aty_model *model, const aty_table *view,
                                   const aty_pair *pair)
{
    const aty_vhost *vhost = aty_model_vhost(model, pair->request);
    const aty_vhost *other = aty_model_vhost(model, pair->connection);

    if (aty_diag_check(model->diag, ATY_CHECK_HIDDEN_CONFLICT, &vhost->place,
                       "httpd by itself would answer '%s' on connections of '%s', "
                       "although they differ: %s",
                       vhost->server_name->text, other->server_name->text,
                       fields_text(model, view, pair, ATY_REAL))) {
        aty_diag_note(
            model->diag, &other->place,
            "with mod_authority it is 421; 'authorityc explain' shows both lines");
    }
}

static void groups_compare(aty_model *model, const aty_table *view, const group *largest,
                           const group *other)
{
    const aty_reasons fields = ATY_REASON_BIT(ATY_FIELD_TLS_COUNT) - 1;
    const aty_pair pair = {
        .connection = largest->vhost,
        .base = aty_get(view->address_sets[largest->address_set].default_vhost),
        .request = other->vhost,
        .authority = "",
        .had_sni = true,
    };
    aty_verdict verdict = aty_verdict_decide(view, &pair);

    if (verdict.outcome != ATY_MISDIRECTED) {
        return;
    }
    if (verdict.reason == ATY_REASON_TEXTUAL) {
        false_conflict_report(model, view, &pair);
    }
    else if ((verdict.reasons & fields) &&
             aty_mod_ssl_decide(view, &pair) == ATY_MOD_SSL_200) {
        hidden_conflict_report(model, view, &pair);
    }
}

void aty_groups_check(aty_model *model)
{
    aty_table view;
    uint32_t count;
    group *groups;
    const group **largest;

    aty_writer_view(model->writer, &view);
    groups = groups_collect(model, &view, &count);
    largest = largest_collect(model, &view, groups, count);
    for (uint32_t i = 1; i <= count; i++) {
        const group *against = largest[groups[i].address_set];
        if (against != &groups[i]) {
            groups_compare(model, &view, against, &groups[i]);
        }
    }
}
