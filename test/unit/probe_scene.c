/* probe_scene.c: a healthy server, as a probe saw it. */
#include "test/unit/probe_scene.h"

#include <time.h>

#include <apr_strings.h>

#define DAY 86400

static const char policy[] = "SSLCertificateFile %s\n"
                             "SSLProtocol TLSv1.2 TLSv1.3\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName www.a.test\n"
                             "</VirtualHost>\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName api.a.test\n"
                             "</VirtualHost>\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName admin.a.test\n"
                             "    SSLVerifyClient require\n"
                             "    SSLCACertificateFile %s\n"
                             "</VirtualHost>\n"
                             "<VirtualHost *:443>\n"
                             "    ServerName old.a.test\n"
                             "    Protocols http/1.1\n"
                             "</VirtualHost>\n";

static const char *const wild[] = {"*.a.test", "a.test", NULL};
static const char *const origins_right[] = {"https://api.a.test", "https://www.a.test",
                                            NULL};

apr_array_header_t *probe_scene_list(apr_pool_t *pool, const char *const *texts)
{
    apr_array_header_t *made = apr_array_make(pool, 4, sizeof(const char *));

    for (; *texts; texts++) {
        APR_ARRAY_PUSH(made, const char *) = *texts;
    }
    return made;
}

aty_probe_handshake probe_scene_handshake(apr_pool_t *pool)
{
    return (aty_probe_handshake){
        .stage = ATY_PROBE_OPEN,
        .tls_version = "TLSv1.3",
        .cipher = "TLS_AES_256_GCM_SHA384",
        .alpn = "h2",
        .names = probe_scene_list(pool, wild),
        .fingerprint = "0123",
        .not_before = (int64_t)time(NULL) - DAY,
        .not_after = (int64_t)time(NULL) + 90 * DAY,
        .trust_fault = "unable to get local issuer certificate",
        .origin_frames = 1,
        .origins = probe_scene_list(pool, origins_right),
        .origin_largest = 42,
    };
}

void probe_scene_answer(aty_probe_visit *visit, const char *authority, int status,
                        const char *vhost)
{
    aty_probe_visit_ask(visit, authority);
    aty_probe_answer *last = aty_probe_answer_at(visit, visit->answers->nelts - 1);
    last->asked = true;
    last->status = status;
    last->vhost = vhost;
}

probe_scene probe_scene_make(apr_pool_t *pool, const char *text)
{
    probe_scene s = {.options = apr_palloc(pool, sizeof(aty_probe_options))};

    s.probe = probe_site_make(pool, text, s.options);
    s.visit = aty_probe_visit_add(
        s.probe, aty_probe_node_add(s.probe, "192.0.2.1", 443, 0), "www.a.test");
    s.visit->tried = true;
    s.visit->shown = probe_scene_handshake(pool);
    s.shown = &s.visit->shown;
    probe_scene_answer(s.visit, "www.a.test", 200, "www.a.test");
    probe_scene_answer(s.visit, "api.a.test", 404, "api.a.test:443");
    probe_scene_answer(s.visit, "admin.a.test", 421, NULL);
    probe_scene_answer(s.visit, "old.a.test", 421, "www.a.test");
    probe_scene_answer(s.visit, "any-name.invalid", 421, NULL);
    return s;
}

const char *probe_scene_policy(apr_pool_t *pool)
{
    const char *certificate = probe_site_certificate(pool);

    return apr_psprintf(pool, policy, certificate, certificate);
}
