/* The named checks that need the model: names, certificates, <Location>s, AcceptPairs and
 * groups. Each looks at all vhosts and says what an administrator can do about it. */
#include "authorityc/model.h"

#include <string.h>
#include <time.h>

#include <apr_strings.h>

#include "authorityc/table_words.h"
#include "core/names.h"
#include "core/verdict.h"

/* An earlier wildcard, or an earlier vhost, takes the name on some address set. */
static void shadowed_check(aty_model *model, const aty_table *view, uint32_t name)
{
    const char *text = aty_table_string(view, view->names[name].name);
    uint32_t vhost = aty_get(view->names[name].vhost);
    const aty_seat_record *seats = view->seats + aty_get(view->vhosts[vhost].first_seat);
    const aty_word *word = aty_model_name_word(model, name);

    for (uint32_t i = 0; i < aty_get(view->vhosts[vhost].seat_count); i++) {
        uint32_t winner =
            aty_vhost_named(view, aty_get(seats[i].address_set), text, strlen(text));
        const aty_vhost *other = winner < vhost ? aty_model_vhost(model, winner) : NULL;
        if (other && aty_diag_check(model->diag, ATY_CHECK_SHADOWED_NAME, &word->place,
                                    "httpd never selects this vhost by '%s': an earlier "
                                    "wildcard takes it",
                                    text)) {
            aty_diag_note(model->diag, &other->place,
                          "'%s' takes it; put the vhost with the exact name first",
                          other->server_name->text);
            return;
        }
    }
}

/* Whether the name was reported as a duplicate: the earlier vhost has the very same name.
 * Odd patterns are in no index that would have noticed. */
static bool is_duplicate(const aty_table *view, uint32_t name)
{
    uint32_t vhost = aty_get(view->names[name].vhost);
    const aty_vhost_record *record = &view->vhosts[vhost];
    const char *text = aty_table_string(view, view->names[name].name);
    uint32_t set = aty_get(view->seats[aty_get(record->first_seat)].address_set);
    uint32_t winner = aty_vhost_named(view, set, text, strlen(text));
    const aty_name_record *names;

    if (winner >= vhost ||
        (aty_name_is_pattern(text) && !aty_name_pattern_ending(text))) {
        return false;
    }
    names = view->names + aty_get(view->vhosts[winner].first_name);
    for (uint32_t i = 0; i < aty_get(view->vhosts[winner].name_count); i++) {
        if (aty_get(names[i].name) == aty_get(view->names[name].name)) {
            return true;
        }
    }
    return false;
}

static void names_check(aty_model *model, const aty_table *view)
{
    for (uint32_t name = 0; name < view->counts[ATY_SECTION_NAMES]; name++) {
        if (!is_duplicate(view, name)) {
            shadowed_check(model, view, name);
        }
    }
}

/* A wildcard alias is covered where the certificate has the same wildcard. */
static bool name_covered(const aty_table *view, uint32_t vhost, const char *name)
{
    return aty_vhost_covers(view, vhost, name, strlen(name));
}

static void cover_check(aty_model *model, const aty_table *view)
{
    for (uint32_t name = 0; name < view->counts[ATY_SECTION_NAMES]; name++) {
        uint32_t vhost = aty_get(view->names[name].vhost);
        const char *text = aty_table_string(view, view->names[name].name);
        const aty_word *word = aty_model_name_word(model, name);
        if (aty_get(view->vhosts[vhost].certificate_count) > 0 &&
            !name_covered(view, vhost, text)) {
            aty_diag_check(model->diag, ATY_CHECK_NOT_COVERED, &word->place,
                           "not every certificate of this vhost covers '%s'", text);
        }
    }
}

static void missing_certificate_check(aty_model *model, const aty_table *view)
{
    (void)view;
    for (uint32_t i = 0; i < aty_model_vhost_count(model); i++) {
        const aty_vhost *vhost = aty_model_vhost(model, i);
        if (apr_is_empty_array(vhost->scope.tls.certificates) &&
            aty_diag_check(model->diag, ATY_CHECK_NOT_COVERED, &vhost->place,
                           "vhost '%s' has no certificate", vhost->server_name->text)) {
            aty_diag_note(model->diag, NULL,
                          "add SSLCertificateFile, or Use a bundle that has one");
        }
    }
}

static void location_check(aty_model *model, const aty_table *view)
{
    for (uint32_t i = 0; i < aty_model_vhost_count(model); i++) {
        const aty_vhost *vhost = aty_model_vhost(model, i);
        const aty_vhost_record *record = &view->vhosts[i];
        const aty_location_record *locations =
            view->locations + aty_get(record->first_location);
        bool h2 = aty_get(record->flags) & ATY_VHOST_H2;
        for (uint32_t l = 0; h2 && l < aty_get(record->location_count); l++) {
            const aty_word *path =
                APR_ARRAY_IDX(vhost->locations, (int)l, aty_location).path;
            if ((aty_get(locations[l].needs) & ATY_LOCATION_CLIENT_AUTH) &&
                aty_diag_check(model->diag, ATY_CHECK_LOCATION_CLIENT_AUTH, &path->place,
                               "<Location %s> wants a client certificate, which HTTP/2 "
                               "cannot ask for once the connection stands",
                               path->text)) {
                aty_diag_note(model->diag, &vhost->place,
                              "give it a vhost of its own, or say 'Protocols http/1.1' "
                              "for this one");
            }
        }
    }
}

/* Each certificate once, at the first vhost that has it. */
static void expiry_check(aty_model *model, const aty_table *view)
{
    int64_t now = (int64_t)time(NULL);
    char *seen = apr_pcalloc(model->pool, view->counts[ATY_SECTION_CERTIFICATES] + 1);

    for (uint32_t i = 0; i < aty_model_vhost_count(model); i++) {
        const aty_vhost *vhost = aty_model_vhost(model, i);
        const aty_le32 *list =
            view->certificate_lists + aty_get(view->vhosts[i].first_certificate);
        for (uint32_t c = 0; c < aty_get(view->vhosts[i].certificate_count); c++) {
            uint32_t index = aty_get(list[c]);
            const aty_certificate_record *certificate = &view->certificates[index];
            if (!seen[index] && aty_words_not_after(certificate) < now) {
                aty_diag_check(model->diag, ATY_CHECK_EXPIRED_CERTIFICATE, &vhost->place,
                               "the certificate '%s' of vhost '%s' has expired",
                               aty_table_string(view, certificate->path),
                               vhost->server_name->text);
            }
            seen[index] = 1;
        }
    }
}

/* The default vhost of an address set answers every name that nobody has. */
static void default_check(aty_model *model, const aty_table *view)
{
    for (uint32_t set = 0; set < view->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        uint32_t index = aty_get(view->address_sets[set].default_vhost);
        const aty_vhost *vhost = aty_model_vhost(model, index);
        const aty_directive *serve = vhost->scope.unknown_authority;
        if (serve && !serve->number) {
            aty_diag_check(
                model->diag, ATY_CHECK_LONE_DEFAULT, &vhost->place,
                "vhost '%s' is the first on its address, and 'UnknownAuthority "
                "serve' lets it answer every name that no vhost has",
                vhost->server_name->text);
        }
    }
}

static void pair_check(aty_model *model, const aty_table *view, uint32_t set,
                       const aty_accept_pair *pair)
{
    size_t length = strlen(pair->authority->text);
    aty_pair question = {
        .connection =
            aty_vhost_named(view, set, pair->sni->text, strlen(pair->sni->text)),
        .base = aty_get(view->address_sets[set].default_vhost),
        .request = aty_vhost_named(view, set, pair->authority->text, length),
        .authority = pair->authority->text,
        .authority_length = length,
        .had_sni = true,
    };
    aty_verdict verdict;

    if (question.connection == ATY_NONE || question.request == ATY_NONE) {
        return;
    }
    verdict = aty_verdict_decide(view, &question);
    if (verdict.outcome == ATY_MISDIRECTED &&
        aty_diag_check(model->diag, ATY_CHECK_IMPOSSIBLE_PAIR, &pair->sni->place,
                       "this pair is refused all the same (%s): %s",
                       aty_reason_name(verdict.reason),
                       aty_reason_sentence(verdict.reason))) {
        aty_diag_note(
            model->diag, NULL,
            "AcceptPair only excuses a certificate that does not cover the name");
    }
}

static void pairs_check(aty_model *model, const aty_table *view)
{
    const apr_array_header_t *pairs = model->policy->pairs;

    for (int i = 0; i < pairs->nelts; i++) {
        for (uint32_t set = 0; set < view->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
            pair_check(model, view, set, &APR_ARRAY_IDX(pairs, i, aty_accept_pair));
        }
    }
}

void aty_model_check(aty_model *model)
{
    static void (*const checks[])(aty_model *, const aty_table *) = {
        names_check,    cover_check,  missing_certificate_check,
        location_check, expiry_check, default_check,
        pairs_check,
    };
    aty_table view;

    aty_writer_view(model->writer, &view);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        checks[i](model, &view);
    }
}
