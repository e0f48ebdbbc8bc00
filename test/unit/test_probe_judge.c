/* What is told of a visit, for each fault that a server can have; and nothing of a
 * healthy one.
 */
#include <time.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_judge.h"
#include "test/unit/policy_text.h"
#include "test/unit/probe_scene.h"
#include "test/unit/tap.h"

#define DAY 86400

static void healthy_change(probe_scene *s)
{
    (void)s;
}

static void opened_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 2)->status = 200;
}

static void opened_forbidden_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 3)->status = 403;
}

static void strict_host_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 4)->status = 400;
}

static void no_sni_forbidden_change(probe_scene *s)
{
    s->visit->sni = NULL;
    s->visit->is_of_nobody = true;
    s->shown->origins = NULL;
    s->shown->origin_frames = 0;
    aty_probe_answer_at(s->visit, 2)->status = 403;
    aty_probe_answer_at(s->visit, 4)->status = 200; /* without SNI nobody is unknown */
}

static void refused_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 1)->status = 421;
}

static void reset_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 0)->status = 0;
    aty_probe_answer_at(s->visit, 0)->reset = true;
    aty_probe_answer_at(s->visit, 0)->reset_code = 13;
}

static void no_answer_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 0)->status = 0;
    aty_probe_answer_at(s->visit, 0)->fault = "the connection ended";
}

static void wrong_vhost_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 1)->vhost = "www.a.test";
}

/* httpd takes a ServerName with a scheme, and a header may repeat it. */
static void scheme_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 0)->vhost = "https://www.a.test";
    aty_probe_answer_at(s->visit, 1)->vhost = "HTTPS://api.a.test:8443";
}

static void label_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 1)->vhost = "web1";
}

static void scheme_wrong_change(probe_scene *s)
{
    aty_probe_answer_at(s->visit, 1)->vhost = "https://www.a.test";
}

static void unreachable_change(probe_scene *s)
{
    *s->shown = (aty_probe_handshake){.stage = ATY_PROBE_NO_TCP, .fault = "refused"};
}

static void no_tls_change(probe_scene *s)
{
    *s->shown = (aty_probe_handshake){.stage = ATY_PROBE_NO_TLS, .fault = "an alert"};
}

static void names_change(probe_scene *s)
{
    static const char *const names[] = {"*.a.test", "a.test", "b.test", NULL};
    s->shown->names = probe_scene_list(s->probe->pool, names);
}

static void with_address_change(probe_scene *s)
{
    static const char *const names[] = {"*.a.test", "192.0.2.1", "a.test", NULL};
    s->shown->names = probe_scene_list(s->probe->pool, names);
}

static void expired_change(probe_scene *s)
{
    s->shown->not_after = (int64_t)time(NULL) - 1;
}

static void early_change(probe_scene *s)
{
    s->shown->not_before = (int64_t)time(NULL) + DAY;
}

static void ending_change(probe_scene *s)
{
    s->shown->not_after = (int64_t)time(NULL) + 14 * DAY - 60;
}

static void not_ending_change(probe_scene *s)
{
    s->shown->not_after = (int64_t)time(NULL) + 14 * DAY + 60;
}

static void untrusted_change(probe_scene *s)
{
    s->options->ca = "ca.pem";
}

static void asked_change(probe_scene *s)
{
    s->shown->client_certificate_wanted = true;
}

/* A server that requires one answers nothing; what follows from it is not told apart. */
static void locked_change(probe_scene *s)
{
    s->shown->client_certificate_wanted = true;
    for (int i = 0; i < s->visit->answers->nelts; i++) {
        aty_probe_answer_at(s->visit, i)->status = 0;
        aty_probe_answer_at(s->visit, i)->fault = "the connection ended";
    }
}

static void alpn_change(probe_scene *s)
{
    s->shown->alpn = "";
    s->shown->origins = NULL;
    s->shown->origin_frames = 0;
    aty_probe_answer_at(s->visit, 3)->status = 200; /* over HTTP/1.1 it may come */
    aty_probe_answer_at(s->visit, 3)->vhost = NULL;
}

static void protocol_change(probe_scene *s)
{
    s->shown->tls_version = "TLSv1.2";
}

static void origin_missing_change(probe_scene *s)
{
    s->shown->origins = NULL;
    s->shown->origin_frames = 0;
}

static void origin_more_change(probe_scene *s)
{
    static const char *const origins[] = {"https://admin.a.test", "https://api.a.test",
                                          "https://www.a.test", NULL};
    s->shown->origins = probe_scene_list(s->probe->pool, origins);
}

static void origin_less_change(probe_scene *s)
{
    static const char *const origins[] = {"https://www.a.test", NULL};
    s->shown->origins = probe_scene_list(s->probe->pool, origins);
}

static void origin_empty_change(probe_scene *s)
{
    s->shown->origins = probe_scene_list(s->probe->pool, (const char *const[]){NULL});
}

static void origin_large_change(probe_scene *s)
{
    s->shown->origin_largest = 4097;
}

static void origin_default_change(probe_scene *s)
{
    s->shown->origin_largest = 4096;
}

static void origin_malformed_change(probe_scene *s)
{
    s->shown->origin_fault = "an entry is cut off";
}

/* What mod_ssl answers by itself: it lets a vhost without HTTP/2 pass, and all unknown
 * names; and it sends no ORIGIN frames. */
static void stock_change(probe_scene *s)
{
    s->options->server = ATY_SERVER_HTTPD;
    origin_missing_change(s);
    aty_probe_answer_at(s->visit, 3)->status = 200;
    aty_probe_answer_at(s->visit, 3)->vhost = "old.a.test";
    aty_probe_answer_at(s->visit, 4)->status = 200;
}

static void stock_origin_change(probe_scene *s)
{
    stock_change(s);
    s->shown->origins = probe_scene_handshake(s->probe->pool).origins;
    s->shown->origin_frames = 1;
}

static void stock_opened_change(probe_scene *s)
{
    stock_change(s);
    opened_change(s);
}

/* Of another server pairs are not judged, but for a name's own. */
static void other_change(probe_scene *s)
{
    s->options->server = ATY_SERVER_OTHER;
    opened_change(s);
    refused_change(s);
    origin_more_change(s);
}

static void other_own_change(probe_scene *s)
{
    s->options->server = ATY_SERVER_OTHER;
    aty_probe_answer_at(s->visit, 0)->status = 421;
}

static void other_vhost_change(probe_scene *s)
{
    s->options->server = ATY_SERVER_OTHER;
    wrong_vhost_change(s);
}

static const struct {
    const char *what;
    void (*change)(probe_scene *);
    const char *faults;
} cases[] = {
    {"a healthy visit", healthy_change, ""},
    {"admin answers", opened_change, "opened"},
    {"old answers 403", opened_forbidden_change, "opened"},
    {"an unknown name is refused by 400", strict_host_change, ""},
    {"no SNI is refused by 403", no_sni_forbidden_change, ""},
    {"api is refused", refused_change, "refused"},
    {"its own stream is reset", reset_change, "reset"},
    {"no answer", no_answer_change, "no-answer"},
    {"another vhost answers", wrong_vhost_change, "wrong-vhost"},
    {"a vhost with a scheme", scheme_change, ""},
    {"a label that is no name", label_change, ""},
    {"another vhost with a scheme", scheme_wrong_change, "wrong-vhost"},
    {"no connection", unreachable_change, "unreachable"},
    {"no TLS", no_tls_change, "no-tls"},
    {"a certificate of more names", names_change, "wrong-certificate"},
    {"one with an IP address besides", with_address_change, ""},
    {"expired", expired_change, "expired-certificate"},
    {"not yet valid", early_change, "expired-certificate"},
    {"not quite 14 days", ending_change, "ending-certificate"},
    {"a little more than 14 days", not_ending_change, ""},
    {"not of the CA", untrusted_change, "untrusted-certificate"},
    {"asks for a client certificate", asked_change, "client-certificate-asked"},
    {"requires one", locked_change, "client-certificate-asked"},
    {"HTTP/1.1", alpn_change, "alpn"},
    {"TLS 1.2", protocol_change, "protocol"},
    {"no ORIGIN frame", origin_missing_change, "origin-missing"},
    {"an origin too many", origin_more_change, "origin-differs"},
    {"an origin too few", origin_less_change, "origin-differs"},
    {"an empty ORIGIN frame", origin_empty_change, "origin-differs"},
    {"a frame over the budget", origin_large_change, "origin-too-large"},
    {"a frame of the usual budget", origin_default_change, ""},
    {"a malformed frame", origin_malformed_change, "origin-malformed"},
    {"httpd alone", stock_change, ""},
    {"httpd alone with a frame", stock_origin_change, "origin-unexpected"},
    {"httpd alone, admin answers", stock_opened_change, "opened"},
    {"another server", other_change, ""},
    {"another server refuses a name's own", other_own_change, "refused"},
    {"another server, another vhost", other_vhost_change, "wrong-vhost"},
};

/* Where the first finding is written, each line on its own. */
static const char *written(const aty_probe *probe)
{
    const aty_probe_finding *finding =
        &APR_ARRAY_IDX(probe->findings, 0, aty_probe_finding);
    const char *text = "";

    for (int i = 0; i < finding->written->nelts; i++) {
        const aty_probe_written *at =
            &APR_ARRAY_IDX(finding->written, i, aty_probe_written);
        text = apr_psprintf(probe->pool, "%s%s%s:%u", text, i ? "; " : "", at->text,
                            aty_get(at->line));
    }
    return text;
}

static const char *finding_text(const aty_probe *probe)
{
    const aty_probe_finding *finding =
        &APR_ARRAY_IDX(probe->findings, 0, aty_probe_finding);

    return apr_pstrcat(probe->pool, finding->expected, " | ", finding->got, (char *)NULL);
}

static void test_places(apr_pool_t *pool, const char *text)
{
    probe_scene s = probe_scene_make(pool, text);

    opened_change(&s);
    aty_probe_judge(s.probe, s.visit);
    tap_is_str(written(s.probe),
               "SSLVerifyClient none of www.a.test:0; <VirtualHost> of www.a.test:3; "
               "SSLVerifyClient require of admin.a.test:11",
               "the lines that keep them apart are told");
    s = probe_scene_make(pool, text);
    origin_more_change(&s);
    aty_probe_judge(s.probe, s.visit);
    tap_is_str(finding_text(s.probe),
               "2 origins | 3 origins; too much: https://admin.a.test",
               "what is too much is told");
    s = probe_scene_make(pool, text);
    origin_less_change(&s);
    aty_probe_judge(s.probe, s.visit);
    tap_is_str(finding_text(s.probe),
               "2 origins | 1 origin; too little: https://api.a.test",
               "what is too little is told");
}

/* What a certificate has in common for all names is told once. */
static void test_once(apr_pool_t *pool, const char *text)
{
    probe_scene s = probe_scene_make(pool, text);

    expired_change(&s);
    aty_probe_judge(s.probe, s.visit);
    aty_probe_judge(s.probe, s.visit);
    tap_is_str(probe_site_faults(s.probe), "expired-certificate", "told once");
}

/* A second node for each of these, that differs from the first. */
static void test_fleet(apr_pool_t *pool, const char *text)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        probe_scene s = probe_scene_make(pool, text);
        probe_scene other = s;
        bool differs =
            cases[i].change == opened_change || cases[i].change == origin_less_change ||
            cases[i].change == names_change || cases[i].change == protocol_change ||
            cases[i].change == asked_change;
        if (!differs && cases[i].change != healthy_change) {
            continue;
        }
        other.visit = aty_probe_visit_add(
            s.probe, aty_probe_node_add(s.probe, "192.0.2.2", 443, 0), "www.a.test");
        other.visit->tried = true;
        other.visit->shown = *s.shown;
        other.shown = &other.visit->shown;
        other.visit->answers = apr_array_copy(pool, s.visit->answers);
        cases[i].change(&other);
        aty_probe_fleet(s.probe);
        if (tap_is_str(probe_site_faults(s.probe), differs ? "fleet-differs" : "",
                       "fleet: %s", cases[i].what) &&
            differs) {
            const aty_probe_finding *finding =
                &APR_ARRAY_IDX(s.probe->findings, 0, aty_probe_finding);
            tap_is_str(finding->node->address, "192.0.2.2", "... and who it is");
        }
    }
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    const char *text = probe_scene_policy(pool);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        probe_scene s = probe_scene_make(pool, text);
        cases[i].change(&s);
        aty_probe_judge(s.probe, s.visit);
        tap_is_str(probe_site_faults(s.probe), cases[i].faults, "%s", cases[i].what);
    }
    test_places(pool, text);
    test_once(pool, text);
    test_fleet(pool, text);
    apr_pool_destroy(pool);
    return tap_done();
}
