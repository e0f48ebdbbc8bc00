/* The named checks that look at groups. On each address set every group is held against
 * the largest one: a warning for each pair of groups would be one for each pair of vhosts
 * on a site where nothing is shared. */
#include "authorityc/model.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/group_list.h"
#include "authorityc/table_words.h"
#include "core/verdict.h"

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

static void groups_compare(aty_model *model, const aty_table *view,
                           const aty_group *largest, const aty_group *other)
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
    aty_group_list list;

    aty_writer_view(model->writer, &view);
    list = aty_group_list_make(model->pool, &view);
    for (uint32_t i = 0; i < list.count; i++) {
        const aty_group *largest = list.largest[list.groups[i].address_set];
        if (list.groups[i].vhosts > 0 && largest != &list.groups[i]) {
            groups_compare(model, &view, largest, &list.groups[i]);
        }
    }
}
