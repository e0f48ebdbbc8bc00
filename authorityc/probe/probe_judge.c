/* probe_judge.c: each answer against what is expected of it. */
#include "authorityc/probe/probe_judge.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/explain/explain.h"
#include "authorityc/table_words.h"
#include "core/names.h"
#include "core/sni_policy.h"

#define HTTP_1_1_REQUIRED 13 /* RFC 9113 §7 */

/* An answer that is judged. */
typedef struct {
    aty_probe *probe;
    const aty_probe_visit *visit;
    const aty_probe_answer *answer;
    aty_probe_expected expected;
} judging;

/* Whether mod_ssl answers 421 for this field: it compares what is written. */
static bool is_unlike_for_mod_ssl(const judging *j, aty_field field)
{
    const aty_table *table = j->probe->table;
    const aty_pair *pair = &j->expected.question.pair;

    return aty_mod_ssl_compares(table, pair, field) &&
           aty_get(aty_vhost_setting(table, pair->connection, field)->text) !=
               aty_get(aty_vhost_setting(table, pair->request, field)->text);
}

static void mod_ssl_written(judging *j, aty_probe_finding *finding)
{
    const aty_pair *pair = &j->expected.question.pair;

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (is_unlike_for_mod_ssl(j, (aty_field)field)) {
            aty_finding_fields(j->probe, finding, pair->connection, pair->request,
                               (aty_field)field);
        }
    }
}

/* Where the reason for a verdict is written. */
static void reason_written(judging *j, aty_probe_finding *finding, aty_reason reason)
{
    const aty_probe *probe = j->probe;
    const aty_pair *pair = &j->expected.question.pair;
    const aty_location_record *location =
        aty_explain_location(probe->table, &j->expected.question);

    switch (reason) {
    case ATY_REASON_LOCATION_CLIENT_AUTH:
    case ATY_REASON_LOCATION_CIPHERS:
        if (location) {
            aty_finding_location(probe, finding, location);
        }
        break;
    case ATY_REASON_HTTP1_ONLY:
        aty_finding_field(probe, finding, pair->request, ATY_FIELD_HTTP, "Protocols");
        break;
    case ATY_REASON_OTHER_ZONE:
        aty_finding_fields(probe, finding, pair->connection, pair->request,
                           ATY_FIELD_ZONE);
        break;
    case ATY_REASON_NOT_COVERED:
        aty_finding_field(probe, finding, pair->connection, ATY_FIELD_CERTIFICATE,
                          "SSLCertificateFile");
        break;
    case ATY_REASON_TEXTUAL:
        mod_ssl_written(j, finding);
        break;
    default:
        if (reason < (aty_reason)ATY_FIELD_TLS_COUNT) {
            aty_finding_fields(probe, finding, pair->connection, pair->request,
                               (aty_field)reason);
        }
        break;
    }
}

/* Both vhosts, or the lines that keep them apart. */
static void pair_written(judging *j, aty_probe_finding *finding)
{
    const aty_pair *pair = &j->expected.question.pair;

    if (j->expected.reason) {
        reason_written(j, finding, j->expected.question.verdict.reason);
    }
    else if (j->expected.is_refused) {
        mod_ssl_written(j, finding);
    }
    if (finding->written->nelts == 0) {
        aty_finding_vhost(j->probe, finding, pair->connection);
        if (pair->request != pair->connection) {
            aty_finding_vhost(j->probe, finding, pair->request);
        }
    }
}

/* Without a difference it is SNIPolicy strict that refuses. */
static const char *mod_ssl_text(const judging *j)
{
    apr_pool_t *pool = j->probe->pool;
    const char *fields = NULL;

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (is_unlike_for_mod_ssl(j, (aty_field)field)) {
            fields = apr_pstrcat(pool, fields ? fields : "", fields ? ", " : "",
                                 aty_words_field((aty_field)field), (char *)NULL);
        }
    }
    return fields ? apr_pstrcat(pool, "421, since by SNIPolicy ",
                                aty_sni_policy_name(j->probe->table->sni_policy),
                                " mod_ssl compares what differs: ", fields, (char *)NULL)
                  : apr_pstrcat(pool, "421, since ",
                                aty_reason_sentence(ATY_REASON_STRICT), (char *)NULL);
}

static const char *expected_text(const judging *j)
{
    apr_pool_t *pool = j->probe->pool;

    if (!j->expected.is_refused) {
        return j->expected.vhost
                   ? apr_pstrcat(pool, "an answer of ", j->expected.vhost, (char *)NULL)
                   : "an answer";
    }
    return j->expected.reason
               ? apr_pstrcat(pool, "421, ", j->expected.reason, ": ",
                             aty_reason_sentence(j->expected.question.verdict.reason),
                             (char *)NULL)
               : mod_ssl_text(j);
}

static void fault_add(judging *j, aty_probe_fault fault)
{
    aty_probe_finding *finding = aty_finding_add(j->probe, fault, j->visit);

    finding->authority = j->answer->authority;
    finding->expected = expected_text(j);
    finding->got = aty_probe_answer_text(j->probe->pool, j->answer);
    finding->reason = j->expected.reason;
    if (j->probe->table) {
        pair_written(j, finding);
    }
}

/* What refuses by another status: httpd without SNI under SSLStrictSNIVHostCheck, and an
 * unknown name under StrictHostCheck. */
static bool is_refused_otherwise(const judging *j)
{
    bool is_unknown = !j->expected.question.authority_named;

    return (j->answer->status == 403 && !j->visit->sni) ||
           (j->answer->status == 400 && is_unknown);
}

/* ServerName may have a scheme, with which a header may repeat it (server/core.c,
 * server_hostname_port). */
static const char *without_scheme(const char *said)
{
    const char *end = said ? strstr(said, "://") : NULL;

    return end ? end + strlen("://") : said;
}

/* A header that says no name with a dot in it, as "web1", says nothing of vhosts. */
static bool is_other_vhost(const judging *j)
{
    const char *said = without_scheme(j->answer->vhost);
    char host[ATY_NAME_MAX + 1];

    return said && j->expected.vhost &&
           aty_host_of_authority(host, said, strlen(said)) > 0 && strchr(host, '.') &&
           strcmp(host, j->expected.vhost) != 0;
}

static void status_judge(judging *j)
{
    if (j->answer->status == 421) {
        if (j->expected.is_judged && !j->expected.is_refused) {
            fault_add(j, ATY_FAULT_REFUSED);
        }
        return;
    }
    if (j->expected.is_judged && j->expected.is_refused && !is_refused_otherwise(j)) {
        fault_add(j, ATY_FAULT_OPENED);
    }
    else if (is_other_vhost(j)) {
        fault_add(j, ATY_FAULT_WRONG_VHOST);
    }
}

/* Without a policy a name should be answered on its own connection, and that is all. */
static void own_expect(judging *j)
{
    j->expected.is_judged =
        j->visit->sni && strcmp(j->visit->sni, j->answer->authority) == 0;
}

void aty_judge_answer(aty_probe *probe, const aty_probe_visit *visit,
                      const aty_probe_answer *answer)
{
    judging j = {.probe = probe, .visit = visit, .answer = answer};

    if (!probe->table) {
        own_expect(&j);
    }
    else if (!aty_probe_expect(probe, visit, answer->authority, &j.expected)) {
        return;
    }
    if (answer->reset) {
        if (!j.expected.may_be_reset || answer->reset_code != HTTP_1_1_REQUIRED) {
            fault_add(&j, ATY_FAULT_RESET);
        }
    }
    else if (answer->status == 0) {
        fault_add(&j, ATY_FAULT_NO_ANSWER);
    }
    else {
        status_judge(&j);
    }
}

bool aty_probe_is_locked_out(const aty_probe_visit *visit)
{
    if (!visit->shown.client_certificate_wanted || visit->shown.client_certificate_sent) {
        return false;
    }
    for (int i = 0; i < visit->answers->nelts; i++) {
        const aty_probe_answer *answer = aty_probe_answer_at(visit, i);
        if (answer->status != 0 || answer->reset) {
            return false;
        }
    }
    return true;
}

void aty_probe_judge(aty_probe *probe, const aty_probe_visit *visit)
{
    aty_judge_handshake(probe, visit);
    if (visit->shown.stage != ATY_PROBE_OPEN || aty_probe_is_locked_out(visit)) {
        return;
    }
    aty_judge_origin(probe, visit);
    for (int i = 0; i < visit->answers->nelts; i++) {
        const aty_probe_answer *answer = aty_probe_answer_at(visit, i);
        if (answer->asked) {
            aty_judge_answer(probe, visit, answer);
        }
    }
}
