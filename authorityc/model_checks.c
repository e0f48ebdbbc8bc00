/* The named checks of vhosts, one by one, and of AcceptPairs. Each looks at all of them
 * and says what an administrator can do about it. */
#include "authorityc/model.h"

#include <string.h>
#include <time.h>

#include <apr_strings.h>

#include "authorityc/certificate.h"
#include "authorityc/table_words.h"
#include "core/verdict.h"

#define SECONDS_OF_DAY 86400
#define DEFAULTS_NAMED 3 /* addresses in notes */

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

/* "2 days ago". */
static const char *ago(apr_pool_t *pool, int64_t seconds)
{
    int64_t days = seconds / SECONDS_OF_DAY;

    return days == 0   ? "less than a day ago"
           : days == 1 ? "1 day ago"
                       : apr_psprintf(pool, "%" APR_INT64_T_FMT " days ago", days);
}

/* Each certificate once, at the first directive that names it. */
static void expiry_check(aty_model *model, const aty_table *view,
                         const aty_directive *directive, char *seen)
{
    uint32_t index = aty_certificate_read(model, directive);
    int64_t past = (int64_t)time(NULL) - aty_words_not_after(&view->certificates[index]);

    if (!seen[index] && past > 0) {
        aty_diag_check(model->diag, ATY_CHECK_EXPIRED_CERTIFICATE,
                       &directive->words[0].place, "this certificate has expired, %s",
                       ago(model->pool, past));
    }
    seen[index] = 1;
}

static void expiries_check(aty_model *model, const aty_table *view)
{
    char *seen = apr_pcalloc(model->pool, view->counts[ATY_SECTION_CERTIFICATES] + 1);

    for (uint32_t i = 0; i < aty_model_vhost_count(model); i++) {
        const apr_array_header_t *certificates =
            aty_model_vhost(model, i)->scope.tls.certificates;
        for (int c = 0; certificates && c < certificates->nelts; c++) {
            expiry_check(model, view,
                         APR_ARRAY_IDX(certificates, c, const aty_directive *), seen);
        }
    }
}

/* The address set as its default vhost has it. */
static const char *address_text(const aty_model *model, const aty_table *view,
                                uint32_t vhost, uint32_t address_set)
{
    const aty_seat_record *seat = aty_vhost_seat(view, vhost, address_set);
    uint32_t first = aty_get(view->vhosts[vhost].first_seat);

    return aty_model_address(model, vhost, (uint32_t)(seat - view->seats) - first);
}

/* The default vhost of an address set answers every name that nobody has. A default
 * vhost that says so itself is there to catch them: only what the top level says for all
 * may not have been meant, and is told once. */
static void default_check(aty_model *model, const aty_table *view)
{
    const aty_directive *serve = model->policy->unknown_authority;
    uint32_t found = 0;

    if (!serve || serve->number) {
        return;
    }
    for (uint32_t set = 0; set < view->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        uint32_t index = aty_get(view->address_sets[set].default_vhost);
        const aty_vhost *vhost = aty_model_vhost(model, index);
        if (vhost->scope.unknown_authority != serve || found++ >= DEFAULTS_NAMED) {
            continue;
        }
        if (found > 1 ||
            aty_diag_check(model->diag, ATY_CHECK_LONE_DEFAULT, &serve->place,
                           "the first vhost of an address answers every "
                           "name that no vhost has")) {
            aty_diag_note(model->diag, &vhost->place, "this one answers on %s",
                          address_text(model, view, index, set));
        }
    }
    if (found > DEFAULTS_NAMED) {
        aty_diag_note(model->diag, NULL, "and so on %u more addresses",
                      found - DEFAULTS_NAMED);
    }
}

static void pair_check(aty_model *model, const aty_table *view, uint32_t set,
                       const aty_accept_pair *pair)
{
    size_t length = strlen(pair->authority->text);
    aty_pair question = {
        .connection =
            aty_vhost_named(view, set, pair->sni->text, strlen(pair->sni->text)),
        .address_set = set,
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
        location_check,
        expiries_check,
        default_check,
        pairs_check,
    };
    aty_table view;

    aty_writer_view(model->writer, &view);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        checks[i](model, &view);
    }
}
