/* merge.c: what holds for a vhost: its own directives over its bundles' over those of the
 * top level. Own directives and bundles make up the vhost as httpd would see it; the top
 * level then comes in as mod_ssl merges it (ssl_engine_config.c). */
#include <string.h>

#include <apr_strings.h>

#include "authorityc/nearest.h"
#include "authorityc/parse.h"

/* Entries of a certificate list that replace those of the top level, place by place;
 * mod_ssl's CERTKEYS_IDX_MAX, plus one. */
#define REPLACED_ENTRIES 3

#define SUGGESTIONS_MAX 100 /* errors, past which nobody reads suggestions */

/* The value of a slot of any kind: a directive, or an array of them. Copied as bytes,
 * since slots are pointers of different types. */
static const void *value_of(const aty_scope *scope, size_t slot)
{
    const void *value;
    memcpy(&value, (const char *)scope + slot, sizeof(value));
    return value;
}

static void set_value(aty_scope *scope, size_t slot, const void *value)
{
    memcpy((char *)scope + slot, &value, sizeof(value));
}

/* Calls for each slot that directives of the table fill. */
typedef void slot_visitor(void *context, size_t slot, bool list);

static void visit_slots(slot_visitor *visit, void *context)
{
    const aty_directive_spec *spec;
    for (int i = 0; (spec = aty_directive_at(i)) != NULL; i++) {
        if (spec->kind == ATY_KIND_SETTING || spec->kind == ATY_KIND_LIST) {
            visit(context, spec->slot, spec->kind == ATY_KIND_LIST);
        }
    }
    visit(context, offsetof(aty_scope, tls.scalars[ATY_TLS_CIPHERS]), false);
    visit(context, offsetof(aty_scope, tls.scalars[ATY_TLS_CIPHERS_13]), false);
}

/* Two scopes, one over the other, and who asks. */
typedef struct {
    aty_parser *parser;
    const aty_word *use; /* of the bundle above */
    aty_scope *result;
    const aty_scope *other;
} aty_layers;

static void lay_over(void *context, size_t slot, bool list)
{
    (void)list;
    aty_layers *layers = context;
    const void *value = value_of(layers->other, slot);
    if (value) {
        set_value(layers->result, slot, value);
    }
}

static const aty_directive *first_directive(const void *value, bool list)
{
    return list ? APR_ARRAY_IDX((const apr_array_header_t *)value, 0,
                                const aty_directive *)
                : value;
}

static void report_conflict(void *context, size_t slot, bool list)
{
    aty_layers *layers = context;
    const void *value = value_of(layers->other, slot);
    const void *before = value_of(layers->result, slot);
    if (!value || !before) {
        return;
    }
    const aty_directive *directive = first_directive(value, list);
    aty_diag_error(layers->parser->diag, &layers->use->place,
                   "'%s' sets '%s', and so does a bundle used before it",
                   aty_shown(layers->parser->pool, layers->use->text), directive->name);
    aty_diag_note(layers->parser->diag, &directive->place, "here in '%s'",
                  aty_shown(layers->parser->pool, layers->use->text));
    aty_diag_note(layers->parser->diag, &first_directive(before, list)->place,
                  "and here in the other");
}

static void unknown_bundle(aty_parser *parser, const aty_word *use)
{
    aty_nearest nearest = aty_nearest_to(use->text);
    bool suggest = aty_diag_errors(parser->diag) < SUGGESTIONS_MAX;
    for (apr_hash_index_t *index = apr_hash_first(NULL, parser->bundles);
         suggest && index; index = apr_hash_next(index)) {
        aty_nearest_try(&nearest, apr_hash_this_key(index));
    }
    aty_diag_error(parser->diag, &use->place, "there is no bundle <TLS %s>%s",
                   aty_shown(parser->pool, use->text),
                   nearest.best
                       ? apr_psprintf(parser->pool, "; did you mean '%s'?", nearest.best)
                       : "");
}

static void use_bundle(aty_parser *parser, aty_scope *scope, const aty_word *use)
{
    const aty_bundle *bundle =
        apr_hash_get(parser->bundles, use->text, APR_HASH_KEY_STRING);
    if (!bundle) {
        unknown_bundle(parser, use);
        return;
    }
    aty_layers layers = {parser, use, scope, &bundle->scope};
    visit_slots(report_conflict, &layers);
    visit_slots(lay_over, &layers);
}

static void inherit_scalar(void *context, size_t slot, bool list)
{
    aty_layers *layers = context;
    if (!list && !value_of(layers->result, slot)) {
        set_value(layers->result, slot, value_of(layers->other, slot));
    }
}

/* The lists of certificates and keys: the vhost's first entries stand for the base's of
 * the same place, the base's others follow, and then the vhost's others. */
static apr_array_header_t *merge_files(apr_pool_t *pool, apr_array_header_t *base,
                                       apr_array_header_t *own)
{
    if (!base || !own) {
        return base ? base : own;
    }
    int replaced = own->nelts < REPLACED_ENTRIES ? own->nelts : REPLACED_ENTRIES;
    apr_array_header_t *merged =
        apr_array_make(pool, base->nelts + own->nelts, sizeof(aty_directive *));
    for (int i = 0; i < replaced; i++) {
        APR_ARRAY_PUSH(merged, aty_directive *) = APR_ARRAY_IDX(own, i, aty_directive *);
    }
    for (int i = replaced; i < base->nelts; i++) {
        APR_ARRAY_PUSH(merged, aty_directive *) = APR_ARRAY_IDX(base, i, aty_directive *);
    }
    for (int i = replaced; i < own->nelts; i++) {
        APR_ARRAY_PUSH(merged, aty_directive *) = APR_ARRAY_IDX(own, i, aty_directive *);
    }
    return merged;
}

static apr_array_header_t *append(apr_pool_t *pool, apr_array_header_t *base,
                                  apr_array_header_t *own)
{
    if (!base || !own) {
        return base ? base : own;
    }
    return apr_array_append(pool, base, own);
}

static void inherit(aty_parser *parser, aty_scope *scope)
{
    aty_layers layers = {parser, NULL, scope, &parser->base};
    const aty_tls *base = &parser->base.tls;
    aty_tls *tls = &scope->tls;
    visit_slots(inherit_scalar, &layers);
    tls->certificates = merge_files(parser->pool, base->certificates, tls->certificates);
    tls->keys = merge_files(parser->pool, base->keys, tls->keys);
    tls->conf_cmds = append(parser->pool, base->conf_cmds, tls->conf_cmds);
}

static void merge_scope(aty_parser *parser, const aty_draft *draft, aty_scope *scope)
{
    for (int i = 0; draft->uses && i < draft->uses->nelts; i++) {
        use_bundle(parser, scope, &APR_ARRAY_IDX(draft->uses, i, aty_word));
    }
    if (draft->scope) {
        aty_layers layers = {parser, NULL, scope, draft->scope};
        visit_slots(lay_over, &layers);
    }
    inherit(parser, scope);
}

void aty_merge_vhosts(aty_parser *parser)
{
    apr_array_header_t *vhosts =
        apr_array_make(parser->pool, parser->drafts->nelts, sizeof(aty_vhost));
    for (int i = 0; i < parser->drafts->nelts; i++) {
        const aty_draft *draft = APR_ARRAY_IDX(parser->drafts, i, aty_draft *);
        aty_vhost vhost = {.place = draft->place,
                           .addresses = draft->addresses,
                           .server_name = draft->server_name,
                           .server_port = draft->server_port,
                           .aliases = draft->aliases,
                           .locations = draft->locations};
        merge_scope(parser, draft, &vhost.scope);
        /* After its error was reported: the model has no use for half a vhost. */
        if (draft->server_name && draft->addresses->nelts > 0) {
            APR_ARRAY_PUSH(vhosts, aty_vhost) = vhost;
        }
    }
    parser->policy->vhosts = vhosts;
    parser->policy->unknown_authority = parser->base.unknown_authority;
}
