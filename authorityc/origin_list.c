#include "authorityc/origin_list.h"

#include <string.h>

#include <apr_strings.h>

#include "core/names.h"
#include "core/origin.h"
#include "core/verdict.h"

#define NAMED_IN_WARNING 10
#define HTTPS_PORT       443

typedef struct {
    aty_model *model;
    apr_pool_t *pool;
    const aty_table *view;
    uint32_t address_set;
    uint32_t vhost; /* of the connection */
    uint32_t group;
    uint32_t budget;
    const aty_origin_names *names;
    aty_origin_list *list;
    uint8_t *payload;
    const char *named; /* the first names left out, ", a, b" */
} list_maker;

/* Whether a request for the vhost may come to this connection over HTTP/2. */
static bool may_come(const list_maker *m, uint32_t vhost)
{
    const aty_seat_record *seat = aty_vhost_seat(m->view, vhost, m->address_set);

    return vhost == m->vhost || (seat && aty_get(seat->group) == m->group &&
                                 aty_vhost_serves_h2(m->view, vhost));
}

/* The port that clients see in front of a vhost. */
static uint32_t port_of(const list_maker *m, uint32_t vhost)
{
    uint32_t public_port = aty_get(m->view->vhosts[vhost].public_port);
    uint32_t port = aty_get(m->view->address_sets[m->address_set].port);

    return public_port ? public_port : port ? port : HTTPS_PORT;
}

static void name_leave_out(list_maker *m, const char *name)
{
    m->list->left_out++;
    m->named = apr_pstrcat(m->pool, m->named, ", ", name, (char *)NULL);
}

static void name_list(list_maker *m, uint32_t name)
{
    const char *text = aty_table_string(m->view, m->view->names[name].name);
    uint32_t vhost = aty_get(m->view->names[name].vhost);
    uint32_t port = port_of(m, vhost);

    if (m->list->left_out > 0 ||
        aty_origin_entry_size(text, port) > m->budget - m->list->size) {
        name_leave_out(m, text);
        return;
    }
    if (m->list->count++ == 0) {
        m->list->first_vhost = vhost;
    }
    m->list->size += aty_origin_entry_write(m->payload + m->list->size, text, port);
}

/* Past the budget only so many are looked at as a warning names. */
static void names_list(list_maker *m)
{
    aty_origin_walk walk = aty_origin_walk_begin(m->names, m->view, m->vhost);
    uint32_t name;

    m->list->protects = walk.protects;
    while (m->list->left_out < NAMED_IN_WARNING &&
           (name = aty_origin_walk_next(&walk)) != ATY_NONE) {
        name_list(m, name);
    }
    m->list->left_out = walk.count - m->list->count;
}

static void wildcards_note(list_maker *m, const apr_array_header_t *wild_vhosts)
{
    for (int i = 0; i < wild_vhosts->nelts; i++) {
        uint32_t vhost = APR_ARRAY_IDX(wild_vhosts, i, uint32_t);
        if (!may_come(m, vhost)) {
            m->list->protects = true;
        }
        else if (aty_get(m->view->vhosts[vhost].flags) & ATY_VHOST_ADVERTISED) {
            m->list->lacks_wildcards = true;
            APR_ARRAY_PUSH(m->list->wild_vhosts, uint32_t) = vhost;
        }
    }
}

/* Once for a group: lists that differ by names of one vhost lack the same others. */
static void budget_report(const list_maker *m)
{
    const aty_vhost *vhost = aty_model_vhost(m->model, m->vhost);
    uint32_t left_out = m->list->left_out;
    const char *more =
        left_out > NAMED_IN_WARNING
            ? apr_psprintf(m->pool, " and %u more", left_out - NAMED_IN_WARNING)
            : "";

    if (aty_diag_check(m->model->diag, ATY_CHECK_OVER_BUDGET, &vhost->place,
                       "%u name%s not fit into the %u bytes of this vhost's ORIGIN "
                       "frame: %s%s",
                       left_out, left_out == 1 ? " does" : "s do", m->budget,
                       m->named + 2, more)) {
        aty_diag_note(
            m->model->diag, NULL,
            "raise OriginBudget (at most %d), or say 'Advertise off' for vhosts "
            "that pages do not load from",
            ATY_FRAME_PAYLOAD_MAX);
    }
}

aty_origin_list *aty_origin_list_make(aty_model *model, apr_pool_t *pool,
                                      const aty_table *view, uint32_t address_set,
                                      uint32_t vhost, const aty_cover *cover,
                                      aty_origin_names *names, uint32_t budget)
{
    uint8_t payload[ATY_FRAME_PAYLOAD_MAX];
    aty_origin_list *list = apr_pcalloc(pool, sizeof *list);
    list_maker m = {
        .model = model,
        .pool = pool,
        .view = view,
        .address_set = address_set,
        .vhost = vhost,
        .group = aty_get(aty_vhost_seat(view, vhost, address_set)->group),
        .budget = budget < sizeof payload ? budget : sizeof payload,
        .names = names,
        .list = list,
        .payload = payload,
        .named = "",
    };

    list->frame = ATY_NONE;
    list->wild_vhosts = apr_array_make(pool, 1, sizeof(uint32_t));
    names_list(&m);
    wildcards_note(&m, cover->wild_vhosts);
    list->payload = apr_pmemdup(pool, payload, list->size);
    if (list->left_out > 0 && names->told_budget != m.budget) {
        names->told_budget = m.budget;
        budget_report(&m);
    }
    return list;
}

/* The first pattern among a vhost's names. */
static const aty_word *pattern_of(const aty_model *model, const aty_table *view,
                                  uint32_t vhost)
{
    uint32_t first = aty_get(view->vhosts[vhost].first_name);

    for (uint32_t i = first; i < first + aty_get(view->vhosts[vhost].name_count); i++) {
        if (aty_name_is_pattern(aty_table_string(view, view->names[i].name))) {
            return aty_model_name_word(model, i);
        }
    }
    return aty_model_name_word(model, first);
}

void aty_origin_list_warn(aty_model *model, const aty_table *view, uint32_t vhost,
                          aty_origin_list *list, bool sent)
{
    const char *name = aty_vhost_server_name(view, vhost);

    if (list->wildcards_warned) {
        return;
    }
    list->wildcards_warned = true;
    for (int i = 0; i < list->wild_vhosts->nelts; i++) {
        const aty_word *pattern =
            pattern_of(model, view, APR_ARRAY_IDX(list->wild_vhosts, i, uint32_t));
        if (!aty_diag_check(
                model->diag, ATY_CHECK_WILDCARD_NOT_ADVERTISED, &pattern->place,
                "names by '%s' cannot be listed in an ORIGIN frame", pattern->text)) {
            return;
        }
        if (sent) {
            aty_diag_note(
                model->diag, NULL,
                "the frame on connections of '%s' is sent without them: clients "
                "that honour it open connections of their own for them",
                name);
        }
        else {
            aty_diag_note(model->diag, NULL,
                          "so none is sent on connections of '%s'; 'Origin always' sends "
                          "one without them, 'Advertise off' says that it need not be "
                          "complete",
                          name);
        }
    }
}
