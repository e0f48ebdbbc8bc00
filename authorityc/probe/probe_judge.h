/* probe_judge.h: what is expected of a server, and what is told where it is not so.
 */
#ifndef ATY_AUTHORITYC_PROBE_JUDGE_H
#define ATY_AUTHORITYC_PROBE_JUDGE_H

#include "authorityc/probe/probe.h"
#include "authorityc/question.h"

/* What a server should do with a request. */
typedef struct {
    bool is_judged;
    bool is_refused;       /* a 421 is expected; else anything but that */
    bool may_be_reset;     /* HTTP_1_1_REQUIRED is right as well */
    const char *vhost;     /* ServerName of the vhost that should answer; NULL: unknown */
    const char *reason;    /* of the refusal, by its stable name; NULL: mod_ssl's */
    aty_question question; /* both names resolved; `question.pair` is filled in */
} aty_probe_expected;

/* With a table. False where nothing can be expected of such names. */
bool aty_probe_expect(const aty_probe *probe, const aty_probe_visit *visit,
                      const char *authority, aty_probe_expected *expected);

/* Adds a finding; `visit` NULL is one about a name. The caller fills in the rest. The
 * pointer is good until the next one. */
aty_probe_finding *aty_finding_add(aty_probe *probe, aty_probe_fault fault,
                                   const aty_probe_visit *visit);

/* Adds where it is written: a vhost; of one of its fields the directives of that name,
 * and the vhost where no line says any; the directives of a field that two vhosts do not
 * have in common, likewise; the place of a <Location>. */
void aty_finding_vhost(const aty_probe *probe, aty_probe_finding *finding,
                       uint32_t vhost);
void aty_finding_field(const aty_probe *probe, aty_probe_finding *finding, uint32_t vhost,
                       aty_field field, const char *directive);
void aty_finding_fields(const aty_probe *probe, aty_probe_finding *finding, uint32_t a,
                        uint32_t b, aty_field field);
void aty_finding_location(const aty_probe *probe, aty_probe_finding *finding,
                          const aty_location_record *location);

/* The parts of a judgement: certificate and TLS; the ORIGIN set; each request. */
void aty_judge_handshake(aty_probe *probe, const aty_probe_visit *visit);
void aty_judge_origin(aty_probe *probe, const aty_probe_visit *visit);
void aty_judge_answer(aty_probe *probe, const aty_probe_visit *visit,
                      const aty_probe_answer *answer);

/* Whether nothing was answered for want of a client certificate: that the server wants
 * one is told, or is as it should be. */
bool aty_probe_is_locked_out(const aty_probe_visit *visit);

/* "200", "421", "RST_STREAM HTTP_1_1_REQUIRED", or what is wrong. */
const char *aty_probe_answer_text(apr_pool_t *pool, const aty_probe_answer *answer);

/* "a, b, c and 12 more". The second takes the first of `count` texts: all of them, or
 * ATY_PROBE_LISTED. */
#define ATY_PROBE_LISTED 7
const char *aty_probe_list_text(apr_pool_t *pool, const apr_array_header_t *texts);
const char *aty_probe_list_first(apr_pool_t *pool, const apr_array_header_t *texts,
                                 int count);

/* Whether the DNS names of a certificate cover the name. */
bool aty_probe_covers(const apr_array_header_t *names, const char *name);

#endif
