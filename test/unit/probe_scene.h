/* probe_scene.h: a visit to a healthy server, to be changed before it is judged.
 */
#ifndef ATY_TEST_UNIT_PROBE_SCENE_H
#define ATY_TEST_UNIT_PROBE_SCENE_H

#include "authorityc/probe/probe_judge.h"
#include "test/unit/probe_site.h"

/* A visit that is changed before it is judged. */
typedef struct {
    aty_probe *probe;
    aty_probe_options *options;
    aty_probe_visit *visit;
    aty_probe_handshake *shown;
} probe_scene;

/* A policy of www, api, admin (which requires client certificates) and old (HTTP/1.1
 * only), all of a.test. */
const char *probe_scene_policy(apr_pool_t *pool);

/* As a server with the table of the policy answers on a connection for www.a.test. */
probe_scene probe_scene_make(apr_pool_t *pool, const char *text);

/* What it shows before any request. */
aty_probe_handshake probe_scene_handshake(apr_pool_t *pool);

/* One more answer. */
void probe_scene_answer(aty_probe_visit *visit, const char *authority, int status,
                        const char *vhost);

/* The texts up to a NULL. */
apr_array_header_t *probe_scene_list(apr_pool_t *pool, const char *const *texts);

#endif
