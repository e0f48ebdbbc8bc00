/* The named checks of names: who gets them, and which certificates cover them. */
#include "authorityc/model.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/certificate.h"
#include "core/names.h"

#define COVERED_SHOWN 3 /* names of a certificate in a note */

typedef struct {
    aty_model *model;
    aty_table view;
    apr_hash_t *patterns; /* vhost -> its patterns (uint32_t names); those asked for */
} name_checker;

static const char *name_text(const name_checker *c, uint32_t name)
{
    return aty_table_string(&c->view, c->view.names[name].name);
}

/* Each vhost is searched once: one may have 100,000 names, and take as many from others.
 */
static const apr_array_header_t *patterns_of(const name_checker *c, uint32_t vhost)
{
    apr_array_header_t *found = apr_hash_get(c->patterns, &vhost, sizeof vhost);
    uint32_t first = aty_get(c->view.vhosts[vhost].first_name);
    uint32_t count = aty_get(c->view.vhosts[vhost].name_count);

    if (found) {
        return found;
    }
    found = apr_array_make(c->model->pool, 1, sizeof(uint32_t));
    for (uint32_t name = first; name < first + count; name++) {
        if (aty_name_is_pattern(name_text(c, name))) {
            APR_ARRAY_PUSH(found, uint32_t) = name;
        }
    }
    apr_hash_set(c->patterns, apr_pmemdup(c->model->pool, &vhost, sizeof vhost),
                 sizeof vhost, found);
    return found;
}

/* Whether the earlier vhost has the very same name, which was reported as a duplicate;
 * but the same pattern only where an index could notice it. */
static bool is_duplicate(const name_checker *c, uint32_t earlier, uint32_t address_set,
                         uint32_t name)
{
    const char *text = name_text(c, name);
    const apr_array_header_t *patterns;

    if (!aty_name_is_pattern(text)) {
        uint32_t exact = aty_name_exact(&c->view, address_set, text, strlen(text));
        return exact != ATY_NONE && aty_get(c->view.names[exact].vhost) == earlier;
    }
    patterns = patterns_of(c, earlier);
    for (int i = 0; aty_name_pattern_ending(text) && i < patterns->nelts; i++) {
        if (strcmp(name_text(c, APR_ARRAY_IDX(patterns, i, uint32_t)), text) == 0) {
            return true;
        }
    }
    return false;
}

/* Shows the pattern by which the earlier vhost takes the name. */
static void taking_note(const name_checker *c, uint32_t earlier, const char *text)
{
    const apr_array_header_t *patterns = patterns_of(c, earlier);

    for (int i = 0; i < patterns->nelts; i++) {
        const aty_word *pattern =
            aty_model_name_word(c->model, APR_ARRAY_IDX(patterns, i, uint32_t));
        if (aty_name_matches(text, strlen(text), pattern->text)) {
            aty_diag_note(c->model->diag, &pattern->place,
                          "'%s' takes it; put the vhost with the exact name before this "
                          "one",
                          pattern->text);
            return;
        }
    }
}

/* `where` is one of several addresses, or "". */
static void shadowed_report(const name_checker *c, uint32_t name, uint32_t earlier,
                            const char *where)
{
    const aty_word *word = aty_model_name_word(c->model, name);

    if (aty_diag_check(c->model->diag, ATY_CHECK_SHADOWED_NAME, &word->place,
                       "httpd never selects this vhost by '%s'%s: an earlier pattern "
                       "takes it",
                       word->text, where)) {
        taking_note(c, earlier, word->text);
    }
}

/* An earlier pattern takes the name on some address of its vhost. */
static void shadowed_check(const name_checker *c, uint32_t name)
{
    uint32_t vhost = aty_get(c->view.names[name].vhost);
    const aty_vhost_record *record = &c->view.vhosts[vhost];
    const aty_seat_record *seats = c->view.seats + aty_get(record->first_seat);
    const char *text = name_text(c, name);
    uint32_t count = aty_get(record->seat_count);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t set = aty_get(seats[i].address_set);
        uint32_t earlier = aty_vhost_named(&c->view, set, text, strlen(text));
        if (earlier < vhost && !is_duplicate(c, earlier, set, name)) {
            const char *address = aty_model_address(c->model, vhost, i);
            shadowed_report(
                c, name, earlier,
                count > 1 ? apr_pstrcat(c->model->pool, " on ", address, (char *)NULL)
                          : "");
            return;
        }
    }
}

static const aty_certificate_record *certificate_of(const name_checker *c,
                                                    const aty_directive *directive)
{
    return &c->view.certificates[aty_certificate_read(c->model, directive)];
}

static const char *certificate_name(const name_checker *c,
                                    const aty_certificate_record *certificate, uint32_t i)
{
    uint32_t index = aty_get(certificate->first_name) + i;

    return aty_table_string(&c->view, c->view.certificate_names[index]);
}

static bool certificate_covers(const name_checker *c,
                               const aty_certificate_record *certificate,
                               const char *name)
{
    for (uint32_t i = 0; i < aty_get(certificate->name_count); i++) {
        if (aty_name_covers(certificate_name(c, certificate, i), name, strlen(name))) {
            return true;
        }
    }
    return false;
}

/* "'example.com', '*.example.com' and 5 more". */
static const char *covered_text(const name_checker *c,
                                const aty_certificate_record *certificate)
{
    uint32_t count = aty_get(certificate->name_count);
    const char *text = count == 0 ? "no name" : "";

    for (uint32_t i = 0; i < count && i < COVERED_SHOWN; i++) {
        text = apr_psprintf(c->model->pool, "%s%s'%s'", text, i ? ", " : "",
                            certificate_name(c, certificate, i));
    }
    return count <= COVERED_SHOWN ? text
                                  : apr_psprintf(c->model->pool, "%s and %u more", text,
                                                 count - COVERED_SHOWN);
}

/* Says what the first certificate covers that does not cover the name. */
static void cover_note(const name_checker *c, const apr_array_header_t *certificates,
                       const char *name)
{
    for (int i = 0; i < certificates->nelts; i++) {
        const aty_directive *directive =
            APR_ARRAY_IDX(certificates, i, const aty_directive *);
        const aty_certificate_record *certificate = certificate_of(c, directive);
        if (!certificate_covers(c, certificate, name)) {
            aty_diag_note(c->model->diag, &directive->words[0].place, "it covers %s",
                          covered_text(c, certificate));
            return;
        }
    }
}

/* A pattern is covered where a certificate has the same wildcard. */
static void cover_check(const name_checker *c, uint32_t name)
{
    uint32_t index = aty_get(c->view.names[name].vhost);
    const aty_word *word = aty_model_name_word(c->model, name);
    const apr_array_header_t *certificates =
        aty_model_vhost(c->model, index)->scope.tls.certificates;
    uint32_t count = aty_get(c->view.vhosts[index].certificate_count);

    if (count == 0 || aty_vhost_covers(&c->view, index, word->text, strlen(word->text))) {
        return;
    }
    if (aty_diag_check(c->model->diag, ATY_CHECK_NOT_COVERED, &word->place,
                       count == 1 ? "the certificate of this vhost does not cover '%s'"
                                  : "not every certificate of this vhost covers '%s'",
                       word->text)) {
        cover_note(c, certificates, word->text);
    }
}

static void missing_certificate_check(const name_checker *c, uint32_t index)
{
    const aty_vhost *vhost = aty_model_vhost(c->model, index);

    if (apr_is_empty_array(vhost->scope.tls.certificates) &&
        aty_diag_check(c->model->diag, ATY_CHECK_NOT_COVERED, &vhost->place,
                       "vhost '%s' has no certificate", vhost->server_name->text)) {
        aty_diag_note(c->model->diag, NULL,
                      "add SSLCertificateFile, or Use a bundle that has one");
    }
}

void aty_names_check(aty_model *model)
{
    name_checker c = {.model = model, .patterns = apr_hash_make(model->pool)};

    aty_writer_view(model->writer, &c.view);
    for (uint32_t name = 0; name < c.view.counts[ATY_SECTION_NAMES]; name++) {
        shadowed_check(&c, name);
        cover_check(&c, name);
    }
    for (uint32_t vhost = 0; vhost < aty_model_vhost_count(model); vhost++) {
        missing_certificate_check(&c, vhost);
    }
}
