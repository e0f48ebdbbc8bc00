/* The named checks that look at groups. On each address set every group is held against
 * the largest one, and against the largest one that comes to the same: a warning for each
 * pair of groups would be one for each pair of vhosts on a site where nothing is shared.
 * What comes from the same directives, as of two bundles that many vhosts Use, is told
 * once. */
#include "authorityc/model.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/group_list.h"
#include "authorityc/unlike_lines.h"
#include "core/verdict.h"

typedef struct {
    aty_model *model;
    aty_table view;
    apr_pool_t *pool; /* of one comparison */
    apr_hash_t *told; /* keys of unlike_lines.h */
} group_checker;

/* The TLS fields that differ in this way, as a mask. */
static uint32_t fields_of(const group_checker *c, const aty_pair *pair,
                          aty_difference difference)
{
    uint32_t fields = 0;

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (aty_field_counts(&c->view, pair, (aty_field)field) &&
            aty_field_difference(&c->view, pair, (aty_field)field) == difference) {
            fields |= 1u << field;
        }
    }
    return fields;
}

static bool told_before(const group_checker *c, const aty_unlike *unlike)
{
    size_t size;
    const void *key = aty_unlike_key(c->pool, unlike, &size);

    if (size == 0) {
        return false;
    }
    if (apr_hash_get(c->told, key, (apr_ssize_t)size)) {
        return true;
    }
    apr_hash_set(c->told, apr_pmemdup(c->model->pool, key, size), (apr_ssize_t)size, c);
    return false;
}

static void false_conflict_report(const group_checker *c, const aty_unlike *unlike)
{
    aty_diag *diag = c->model->diag;
    int count;
    const char *names = aty_unlike_names(c->pool, unlike, &count);

    if (aty_diag_check(diag, ATY_CHECK_FALSE_CONFLICT, aty_unlike_place(unlike),
                       "httpd refuses '%s' on connections of '%s', although %s come%s to "
                       "the same in both",
                       unlike->own->server_name->text, unlike->other->server_name->text,
                       names, count == 1 ? "s" : "")) {
        aty_unlike_note(diag, unlike);
        aty_diag_note(
            diag, NULL,
            "write it alike in both, best once in a <TLS> bundle that both Use, "
            "or at the top level");
    }
}

static void hidden_conflict_report(const group_checker *c, const aty_unlike *unlike)
{
    aty_diag *diag = c->model->diag;
    int count;
    const char *names = aty_unlike_names(c->pool, unlike, &count);

    if (aty_diag_check(diag, ATY_CHECK_HIDDEN_CONFLICT, aty_unlike_place(unlike),
                       "httpd by itself would answer '%s' on connections of '%s', "
                       "although %s differ%s",
                       unlike->own->server_name->text, unlike->other->server_name->text,
                       count ? names : "what 'SSLProtocol' comes to",
                       count < 2 ? "s" : "")) {
        aty_unlike_note(diag, unlike);
        if (count == 0) {
            aty_diag_note(diag, &unlike->other->place,
                          "a vhost without SSLProtocol runs with that of the first vhost "
                          "of its address");
        }
        aty_diag_note(diag, NULL, "with mod_authority it is 421");
    }
}

static void pair_compare(const group_checker *c, const aty_pair *pair)
{
    aty_verdict verdict = aty_verdict_decide(&c->view, pair);
    bool textual = verdict.reason == ATY_REASON_TEXTUAL;
    uint32_t fields;
    aty_unlike unlike;

    if (verdict.outcome != ATY_MISDIRECTED) {
        return;
    }
    fields = fields_of(c, pair, textual ? ATY_TEXTUAL : ATY_REAL);
    if (fields == 0 ||
        (!textual && aty_mod_ssl_decide(&c->view, pair) != ATY_MOD_SSL_200)) {
        return;
    }
    unlike = aty_unlike_lines(c->pool, c->model, pair->request, pair->connection, fields);
    if (told_before(c, &unlike)) {
        return;
    }
    if (textual) {
        false_conflict_report(c, &unlike);
    }
    else {
        hidden_conflict_report(c, &unlike);
    }
}

/* What the vhosts of a group come to, however it is written. */
typedef struct {
    uint32_t address_set;
    uint32_t effects[ATY_FIELD_TLS_COUNT];
    uint32_t zone;
} group_content;

static aty_pair pair_of(const group_checker *c, const aty_group *connection,
                        const aty_group *request)
{
    uint32_t base = aty_get(c->view.address_sets[request->address_set].default_vhost);

    return (aty_pair){.connection = connection->vhost,
                      .address_set = request->address_set,
                      .base = base,
                      .request = request->vhost,
                      .authority = "",
                      .had_sni = true};
}

static group_content content_of(const group_checker *c, const aty_group *group)
{
    const aty_pair itself = pair_of(c, group, group);
    uint32_t flags = aty_get(c->view.vhosts[group->vhost].flags);
    group_content content;

    memset(&content, 0, sizeof content);
    content.address_set = group->address_set;
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        bool is_base = field == ATY_FIELD_PROTOCOL && !(flags & ATY_VHOST_PROTOCOL_SET);
        uint32_t vhost = is_base ? itself.base : group->vhost;
        if (aty_field_counts(&c->view, &itself, (aty_field)field)) {
            content.effects[field] =
                aty_get(aty_vhost_setting(&c->view, vhost, (aty_field)field)->real);
        }
    }
    content.zone =
        aty_get(aty_vhost_setting(&c->view, group->vhost, ATY_FIELD_ZONE)->text);
    return content;
}

/* The largest group of each content; the first of several. */
static apr_hash_t *largest_alike(const group_checker *c, const aty_group_list *list)
{
    apr_hash_t *largest = apr_hash_make(c->model->pool);

    for (uint32_t i = 0; i < list->count; i++) {
        const aty_group *group = &list->groups[i];
        group_content content = content_of(c, group);
        const aty_group *known = apr_hash_get(largest, &content, sizeof content);
        if (group->vhosts > 0 && (!known || group->vhosts > known->vhosts)) {
            apr_hash_set(largest, apr_pmemdup(c->model->pool, &content, sizeof content),
                         sizeof content, group);
        }
    }
    return largest;
}

static void group_compare(const group_checker *c, const aty_group *group,
                          const aty_group *largest, apr_hash_t *alike)
{
    group_content content = content_of(c, group);
    const aty_group *twin = apr_hash_get(alike, &content, sizeof content);
    aty_pair pair = pair_of(c, twin, group);

    pair_compare(c, &pair);
    if (twin != largest) {
        pair = pair_of(c, largest, group);
        pair_compare(c, &pair);
    }
}

static void groups_compare(const group_checker *c, const aty_group_list *list)
{
    apr_hash_t *alike = largest_alike(c, list);

    for (uint32_t i = 0; i < list->count; i++) {
        const aty_group *group = &list->groups[i];
        if (group->vhosts > 0) {
            group_compare(c, group, list->largest[group->address_set], alike);
            apr_pool_clear(c->pool);
        }
    }
}

/* Of a group, by its number: the first vhost with h2, and those without it that its
 * connections would serve. */
typedef struct {
    uint32_t h2, http1; /* ATY_NONE: none yet */
    uint32_t http1_count;
} group_protocols;

static bool has_h2(const group_checker *c, uint32_t vhost)
{
    return aty_get(c->view.vhosts[vhost].flags) & ATY_VHOST_H2;
}

/* Whether browsers would bring the vhost's requests to an h2 connection of the other, and
 * httpd would answer. */
static bool comes_over_h2(const group_checker *c, uint32_t vhost, uint32_t other,
                          uint32_t base)
{
    const char *name = aty_vhost_server_name(&c->view, vhost);
    const aty_pair pair = {.connection = other,
                           .address_set = ATY_NONE,
                           .base = base,
                           .request = vhost,
                           .authority = name,
                           .authority_length = strlen(name),
                           .had_sni = true,
                           .h2 = true};

    return aty_vhost_covers(&c->view, other, name, strlen(name)) &&
           aty_mod_ssl_decide(&c->view, &pair) == ATY_MOD_SSL_200;
}

/* Calls for each seat of each vhost. */
static void seats_visit(const group_checker *c, group_protocols *groups,
                        void (*visit)(const group_checker *, group_protocols *, uint32_t,
                                      const aty_seat_record *))
{
    for (uint32_t vhost = 0; vhost < c->view.counts[ATY_SECTION_VHOSTS]; vhost++) {
        const aty_vhost_record *record = &c->view.vhosts[vhost];
        const aty_seat_record *seat = c->view.seats + aty_get(record->first_seat);
        for (uint32_t i = 0; i < aty_get(record->seat_count); i++, seat++) {
            visit(c, &groups[aty_get(seat->group)], vhost, seat);
        }
    }
}

static void h2_note(const group_checker *c, group_protocols *group, uint32_t vhost,
                    const aty_seat_record *seat)
{
    (void)seat;
    if (group->h2 == ATY_NONE && has_h2(c, vhost)) {
        group->h2 = vhost;
    }
}

static void http1_note(const group_checker *c, group_protocols *group, uint32_t vhost,
                       const aty_seat_record *seat)
{
    uint32_t set = aty_get(seat->address_set);
    uint32_t base = aty_get(c->view.address_sets[set].default_vhost);

    if (group->h2 != ATY_NONE && !has_h2(c, vhost) &&
        comes_over_h2(c, vhost, group->h2, base) && group->http1_count++ == 0) {
        group->http1 = vhost;
    }
}

static void http1_report(const group_checker *c, const group_protocols *group)
{
    const aty_vhost *vhost = aty_model_vhost(c->model, group->http1);
    const aty_vhost *other = aty_model_vhost(c->model, group->h2);
    const char *more =
        group->http1_count > 1
            ? apr_psprintf(c->pool, "; so it is for %u more", group->http1_count - 1)
            : "";

    if (aty_diag_check(c->model->diag, ATY_CHECK_HIDDEN_CONFLICT,
                       &vhost->scope.protocols->place,
                       "httpd by itself would serve '%s' over HTTP/2, on connections of "
                       "'%s', although its 'Protocols' has no h2",
                       vhost->server_name->text, other->server_name->text)) {
        aty_diag_note(c->model->diag, &other->place,
                      "browsers come from here, since its certificate covers '%s'",
                      vhost->server_name->text);
        aty_diag_note(c->model->diag, NULL, "with mod_authority it is 421%s", more);
    }
}

/* A vhost without h2 that is reached over h2 all the same, told once for each group. */
static void protocols_compare(const group_checker *c, const aty_group_list *list)
{
    group_protocols *groups =
        apr_palloc(c->model->pool, (list->count + 1) * sizeof *groups);

    for (uint32_t i = 0; i <= list->count; i++) {
        groups[i] = (group_protocols){ATY_NONE, ATY_NONE, 0};
    }
    seats_visit(c, groups, h2_note);
    seats_visit(c, groups, http1_note);
    for (uint32_t i = 0; i <= list->count; i++) {
        if (groups[i].http1_count > 0) {
            http1_report(c, &groups[i]);
            apr_pool_clear(c->pool);
        }
    }
}

void aty_groups_check(aty_model *model)
{
    group_checker c = {.model = model, .told = apr_hash_make(model->pool)};
    aty_group_list list;

    apr_pool_create(&c.pool, model->pool);
    aty_writer_view(model->writer, &c.view);
    list = aty_group_list_make(model->pool, &c.view);
    groups_compare(&c, &list);
    protocols_compare(&c, &list);
    apr_pool_destroy(c.pool);
}
