/* probe_handshake.c: what a handshake showed, against what the policy has for the vhost.
 */
#include "authorityc/probe/probe_judge.h"

#include <string.h>
#include <time.h>

#include <apr_strings.h>

#include "core/names.h"
#include "core/setting.h"

#define DAY         86400
#define ENDING_DAYS 14

/* A handshake that is judged. */
typedef struct {
    aty_probe *probe;
    const aty_probe_visit *visit;
    const aty_probe_handshake *shown;
    const aty_table *table; /* NULL: no policy */
    uint32_t flags;         /* of the vhost */
} judging;

/* Whether something about this node, or about a certificate on it, is told the first
 * time: all names behind one certificate see the same dates. */
static bool is_new(judging *j, aty_probe_fault fault, const char *what)
{
    const char *key =
        apr_psprintf(j->probe->pool, "%s %s %s\n", aty_fault_name(fault),
                     aty_probe_node_text(j->probe->pool, j->visit->node), what);

    if (apr_hash_get(j->probe->kept, key, APR_HASH_KEY_STRING)) {
        return false;
    }
    apr_hash_set(j->probe->kept, key, APR_HASH_KEY_STRING, key);
    return true;
}

/* A server need not serve a name that is nobody's. */
static bool may_refuse(const judging *j)
{
    return j->table && j->visit->is_of_nobody &&
           j->probe->options->server == ATY_SERVER_OTHER;
}

/* Whether the handshake failed, or the connection is of no use, for want of a client
 * certificate. */
static bool lacks_certificate(const judging *j)
{
    return j->shown->client_certificate_wanted && !j->shown->client_certificate_sent;
}

static void stage_judge(judging *j)
{
    aty_probe_stage stage = j->shown->stage;
    bool is_unreachable = stage == ATY_PROBE_NO_TCP;
    aty_probe_fault fault = is_unreachable ? ATY_FAULT_UNREACHABLE : ATY_FAULT_NO_TLS;
    aty_probe_finding *finding;

    if (stage == ATY_PROBE_OPEN || may_refuse(j) ||
        (!is_unreachable && lacks_certificate(j)) ||
        (is_unreachable && !is_new(j, fault, ""))) {
        return;
    }
    finding = aty_finding_add(j->probe, fault, j->visit);
    finding->expected = is_unreachable               ? "a connection"
                        : stage == ATY_PROBE_NO_HTTP ? "HTTP"
                                                     : "TLS";
    finding->got = j->shown->fault ? j->shown->fault : "nothing";
    if (j->table) {
        aty_finding_vhost(j->probe, finding, j->visit->vhost);
    }
}

static apr_array_header_t *certificate_names(judging *j,
                                             const aty_certificate_record *certificate)
{
    uint32_t count = aty_get(certificate->name_count);
    uint32_t first = aty_get(certificate->first_name);
    apr_array_header_t *names =
        apr_array_make(j->probe->pool, (int)count + 1, sizeof(const char *));

    for (uint32_t i = first; i < first + count; i++) {
        APR_ARRAY_PUSH(names, const char *) =
            aty_table_string(j->table, j->table->certificate_names[i]);
    }
    return aty_probe_texts_sort(j->probe->pool, names);
}

/* Without IP addresses, of which tables know nothing. */
static apr_array_header_t *dns_names(judging *j, const apr_array_header_t *names)
{
    apr_array_header_t *found =
        apr_array_make(j->probe->pool, names->nelts + 1, sizeof(const char *));

    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        if (!aty_name_is_address(name, strlen(name))) {
            APR_ARRAY_PUSH(found, const char *) = name;
        }
    }
    return found;
}

static bool lists_equal(const apr_array_header_t *a, const apr_array_header_t *b)
{
    if (a->nelts != b->nelts) {
        return false;
    }
    for (int i = 0; i < a->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(a, i, const char *),
                   APR_ARRAY_IDX(b, i, const char *)) != 0) {
            return false;
        }
    }
    return true;
}

/* Whether the certificate is one of the vhost's, or has the names of one: which of them
 * a client gets depends on the ciphers. */
static bool is_declared(judging *j, const apr_array_header_t *shown,
                        apr_array_header_t **declared)
{
    const aty_vhost_record *vhost = &j->table->vhosts[j->visit->vhost];
    const aty_le32 *list =
        j->table->certificate_lists + aty_get(vhost->first_certificate);
    uint32_t count = aty_get(vhost->certificate_count);

    *declared = NULL;
    for (uint32_t i = 0; i < count; i++) {
        *declared = certificate_names(j, &j->table->certificates[aty_get(list[i])]);
        if (lists_equal(shown, *declared)) {
            return true;
        }
    }
    return count == 0;
}

/* A sample of a pattern that no certificate can cover is no fault of the server's. */
static bool should_be_covered(const judging *j)
{
    const char *sni = j->visit->sni;

    if (!sni || !j->table) {
        return sni != NULL;
    }
    return !j->visit->is_of_nobody &&
           (aty_name_exact(j->table, j->visit->node->address_set, sni, strlen(sni)) !=
                ATY_NONE ||
            aty_vhost_covers(j->table, j->visit->vhost, sni, strlen(sni)));
}

static void wrong_certificate_add(judging *j, const char *expected)
{
    aty_probe_finding *finding =
        aty_finding_add(j->probe, ATY_FAULT_WRONG_CERTIFICATE, j->visit);

    finding->expected = expected;
    finding->got = apr_pstrcat(j->probe->pool, "one for ",
                               j->shown->names->nelts
                                   ? aty_probe_list_text(j->probe->pool, j->shown->names)
                                   : "no name",
                               (char *)NULL);
    if (j->table) {
        aty_finding_field(j->probe, finding, j->visit->vhost, ATY_FIELD_CERTIFICATE,
                          "SSLCertificateFile");
    }
}

static void names_judge(judging *j)
{
    apr_array_header_t *shown = dns_names(j, j->shown->names);
    apr_array_header_t *declared;

    if (j->table && !is_declared(j, shown, &declared)) {
        wrong_certificate_add(
            j, apr_pstrcat(j->probe->pool, "a certificate for ",
                           aty_probe_list_text(j->probe->pool, declared), (char *)NULL));
    }
    else if (should_be_covered(j) && !aty_probe_covers(j->shown->names, j->visit->sni)) {
        wrong_certificate_add(j, apr_pstrcat(j->probe->pool, "a certificate that covers ",
                                             j->visit->sni, (char *)NULL));
    }
}

static const char *date_text(apr_pool_t *pool, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;
    char text[sizeof "2026-11-22 16:00:00 UTC"];

    gmtime_r(&time, &parts);
    return strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts)
               ? apr_pstrdup(pool, text)
               : "a day out of reach";
}

static void certificate_fault_add(judging *j, aty_probe_fault fault, const char *expected,
                                  const char *got)
{
    if (is_new(j, fault, j->shown->fingerprint)) {
        aty_probe_finding *finding = aty_finding_add(j->probe, fault, j->visit);
        finding->expected = expected;
        finding->got = got;
        if (j->table) {
            aty_finding_field(j->probe, finding, j->visit->vhost, ATY_FIELD_CERTIFICATE,
                              "SSLCertificateFile");
        }
    }
}

static void dates_judge(judging *j)
{
    apr_pool_t *pool = j->probe->pool;
    int64_t now = (int64_t)time(NULL), end = j->shown->not_after;

    if (now < j->shown->not_before) {
        certificate_fault_add(j, ATY_FAULT_EXPIRED_CERTIFICATE, "a valid certificate",
                              apr_pstrcat(pool, "one that begins on ",
                                          date_text(pool, j->shown->not_before),
                                          (char *)NULL));
    }
    if (now > end) {
        certificate_fault_add(
            j, ATY_FAULT_EXPIRED_CERTIFICATE, "a valid certificate",
            apr_pstrcat(pool, "one that ended on ", date_text(pool, end), (char *)NULL));
    }
    else if (end - now < (int64_t)ENDING_DAYS * DAY) {
        certificate_fault_add(
            j, ATY_FAULT_ENDING_CERTIFICATE,
            apr_psprintf(pool, "more than %d days to its end", ENDING_DAYS),
            apr_pstrcat(pool, "it ends on ", date_text(pool, end), (char *)NULL));
    }
}

static void trust_judge(judging *j)
{
    if (j->probe->options->ca && j->shown->trust_fault) {
        certificate_fault_add(j, ATY_FAULT_UNTRUSTED_CERTIFICATE,
                              "a certificate of a CA of --ca", j->shown->trust_fault);
    }
}

static void client_certificate_judge(judging *j)
{
    bool asks = (j->flags & ATY_VHOST_ASKS) != 0;
    bool wanted = j->shown->client_certificate_wanted;
    aty_probe_finding *finding;

    if (!j->table || asks == wanted || (!wanted && j->shown->stage != ATY_PROBE_OPEN)) {
        return;
    }
    finding = aty_finding_add(j->probe,
                              wanted ? ATY_FAULT_CLIENT_CERTIFICATE_ASKED
                                     : ATY_FAULT_CLIENT_CERTIFICATE_NOT_ASKED,
                              j->visit);
    finding->expected = wanted ? "no client certificate is asked for"
                               : "a client certificate is asked for";
    finding->got = wanted ? "one is asked for" : "none is asked for";
    aty_finding_field(j->probe, finding, j->visit->vhost, ATY_FIELD_CLIENT_AUTH,
                      "SSLVerifyClient");
}

/* nginx ends no handshake for want of a client certificate: its page says that one is
 * missing (ngx_http_special_response.c, ngx_http_error_496_page). */
static bool is_refused(const aty_probe_answer *answer)
{
    return answer->status == 400 && answer->text &&
           strstr(answer->text, "No required SSL certificate was sent");
}

static void demand_add(judging *j, aty_probe_fault fault, const char *expected,
                       const char *got)
{
    aty_probe_finding *finding = aty_finding_add(j->probe, fault, j->visit);

    finding->expected = expected;
    finding->got = got;
    aty_finding_field(j->probe, finding, j->visit->vhost, ATY_FIELD_CLIENT_AUTH,
                      "SSLVerifyClient");
}

/* Whether what is asked for is demanded where the policy requires it, and only there. */
static void demand_judge(judging *j)
{
    const aty_probe_answer *answer = &j->visit->anonymous;
    bool has_answer = answer->status != 0 || answer->reset;
    apr_pool_t *pool = j->probe->pool;

    if (!(j->flags & ATY_VHOST_ASKS)) {
        return;
    }
    if (!(j->flags & ATY_VHOST_REQUIRES)) {
        if (j->shown->client_certificate_required || j->visit->anonymous_refused ||
            is_refused(answer)) {
            demand_add(j, ATY_FAULT_CLIENT_CERTIFICATE_ASKED,
                       "a client certificate may be left out",
                       "without one the server refuses");
        }
    }
    else if (has_answer && !is_refused(answer)) {
        demand_add(j, ATY_FAULT_CLIENT_CERTIFICATE_NOT_ASKED,
                   "no answer without a client certificate",
                   apr_pstrcat(pool, "one is asked for, and without it comes ",
                               aty_probe_answer_text(pool, answer), (char *)NULL));
    }
}

/* Whether httpd takes HTTP/2 where a client offers both: the first of the two in
 * Protocols (server/core.c, core_upgrade_handler and ProtocolsHonorOrder). */
static bool prefers_h2(judging *j)
{
    aty_setting_line line = {0};
    char *text, *last = NULL;

    if (!(j->flags & ATY_VHOST_H2) ||
        !aty_setting_next(j->table,
                          aty_vhost_setting(j->table, j->visit->vhost, ATY_FIELD_HTTP),
                          &line)) {
        return false;
    }
    text = apr_pstrmemdup(j->probe->pool, line.text, line.length);
    for (char *word = apr_strtok(text, " ", &last); word;
         word = apr_strtok(NULL, " ", &last)) {
        if (strcmp(word, "http/1.1") == 0) {
            return false;
        }
        if (strcmp(word, "h2") == 0) {
            return true;
        }
    }
    return true;
}

static void alpn_judge(judging *j)
{
    aty_probe_finding *finding;
    bool wanted, got;

    if (!j->table || j->probe->options->http1 || !j->shown->alpn) {
        return;
    }
    wanted = prefers_h2(j);
    got = strcmp(j->shown->alpn, "h2") == 0;
    if (wanted == got) {
        return;
    }
    finding = aty_finding_add(j->probe, ATY_FAULT_ALPN, j->visit);
    finding->expected = wanted ? "h2" : "http/1.1";
    finding->got = *j->shown->alpn ? j->shown->alpn : "none";
    aty_finding_field(j->probe, finding, j->visit->vhost, ATY_FIELD_HTTP, "Protocols");
}

/* SSLOpenSSLConfCmd may say something else, and the policy cannot know what. */
static bool is_overridden(const judging *j)
{
    const aty_setting_record *setting =
        aty_vhost_setting(j->table, j->visit->vhost, ATY_FIELD_OPENSSL_CONF);

    return strstr(aty_table_string(j->table, setting->text), "Protocol") != NULL;
}

/* Both sides offer all they may, and take the newest. */
static void protocol_judge(judging *j)
{
    uint32_t base, vhost = j->visit->vhost;
    const char *allowed, *newest;
    aty_probe_finding *finding;

    if (!j->table || !j->shown->tls_version || is_overridden(j)) {
        return;
    }
    base = aty_get(j->table->address_sets[j->visit->node->address_set].default_vhost);
    allowed =
        j->table->strings + aty_field_effect(j->table, base, vhost, ATY_FIELD_PROTOCOL);
    newest = strrchr(allowed, ' ') ? strrchr(allowed, ' ') + 1 : allowed;
    if (strcmp(newest, j->shown->tls_version) == 0) {
        return;
    }
    finding = aty_finding_add(j->probe, ATY_FAULT_PROTOCOL, j->visit);
    finding->expected = newest;
    finding->got = j->shown->tls_version;
    aty_finding_field(j->probe, finding,
                      (j->flags & ATY_VHOST_PROTOCOL_SET) ? vhost : base,
                      ATY_FIELD_PROTOCOL, "SSLProtocol");
}

void aty_judge_handshake(aty_probe *probe, const aty_probe_visit *visit)
{
    judging j = {probe, visit, &visit->shown, probe->table, 0};

    if (probe->table) {
        j.flags = aty_get(probe->table->vhosts[visit->vhost].flags);
    }
    stage_judge(&j);
    client_certificate_judge(&j);
    demand_judge(&j);
    if (visit->shown.names && visit->shown.fingerprint && !may_refuse(&j)) {
        names_judge(&j);
        dates_judge(&j);
        trust_judge(&j);
    }
    if (visit->shown.stage == ATY_PROBE_OPEN && !may_refuse(&j)) {
        alpn_judge(&j);
        protocol_judge(&j);
    }
}
