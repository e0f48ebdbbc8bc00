/* What is told of a server where the policy requires client certificates. */
#include "test/unit/policy_text.h"
#include "test/unit/probe_scene.h"
#include "test/unit/tap.h"

/* admin: a client certificate is required, and without one nothing was asked. */
static void test_required(apr_pool_t *pool, const char *text)
{
    probe_scene s = probe_scene_make(pool, text);

    s.visit->vhost = 2;
    s.visit->sni = "admin.a.test";
    s.visit->withheld = true;
    s.visit->answers->nelts = 0;
    *s.shown = (aty_probe_handshake){.stage = ATY_PROBE_NO_TLS,
                                     .fault = "an alert",
                                     .client_certificate_wanted = true};
    aty_probe_judge(s.probe, s.visit);
    tap_is_str(probe_site_faults(s.probe), "", "a required certificate is no fault");
    *s.shown = probe_scene_handshake(pool);
    s.shown->origins = probe_scene_list(pool, (const char *const[]){NULL});
    aty_probe_judge(s.probe, s.visit);
    tap_is_str(probe_site_faults(s.probe), "client-certificate-not-asked",
               "that it is not asked for, is");
}

/* What the server answers without a certificate that the policy requires. */
static void test_anonymous(apr_pool_t *pool, const char *text)
{
    static const struct {
        const char *what;
        aty_probe_answer answer;
        const char *faults;
    } answers[] = {
        {"the connection ended", {.fault = "an alert"}, ""},
        {"200", {.status = 200}, "client-certificate-not-asked"},
        {"403", {.status = 403}, "client-certificate-not-asked"},
        {"a stream is reset", {.reset = true}, "client-certificate-not-asked"},
        {"400 of no reason", {.status = 400}, "client-certificate-not-asked"},
        {"400 of nginx",
         {.status = 400, .text = "<center>No required SSL certificate was sent</center>"},
         ""},
        {"the same words by 200",
         {.status = 200, .text = "No required SSL certificate was sent"},
         "client-certificate-not-asked"},
    };

    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        probe_scene s = probe_scene_make(pool, text);
        s.visit->vhost = 2;
        s.visit->sni = "admin.a.test";
        s.visit->answers->nelts = 0;
        s.visit->withheld = true;
        s.shown->client_certificate_wanted = true;
        s.visit->anonymous = answers[i].answer;
        s.visit->anonymous.authority = "admin.a.test";
        aty_probe_judge(s.probe, s.visit);
        tap_is_str(probe_site_faults(s.probe), answers[i].faults,
                   "without a client certificate: %s", answers[i].what);
    }
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    const char *text = probe_scene_policy(pool);

    test_required(pool, text);
    test_anonymous(pool, text);
    apr_pool_destroy(pool);
    return tap_done();
}
