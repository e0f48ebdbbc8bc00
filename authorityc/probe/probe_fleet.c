/* probe_fleet.c: one fleet, one answer: the same question, asked of several nodes.
 *
 * What most of them show is what they should show; where no answer is the most frequent,
 * what the first shows.
 */
#include "authorityc/probe/probe_judge.h"

#include <string.h>

#include <apr_strings.h>

/* The visits for one SNI, a node each. */
typedef struct {
    const char *sni;            /* NULL: none */
    apr_array_header_t *visits; /* aty_probe_visit * */
} question;

/* What is compared of a visit; NULL where it is not known. */
typedef const char *fact(apr_pool_t *pool, const aty_probe_visit *visit,
                         const char *authority);

static const char *names_fact(apr_pool_t *pool, const aty_probe_visit *visit,
                              const char *authority)
{
    (void)authority;
    return visit->shown.names
               ? apr_pstrcat(pool, "a certificate for ",
                             visit->shown.names->nelts
                                 ? apr_array_pstrcat(pool, visit->shown.names, ' ')
                                 : "no name",
                             (char *)NULL)
               : NULL;
}

static const char *fingerprint_fact(apr_pool_t *pool, const aty_probe_visit *visit,
                                    const char *authority)
{
    (void)authority;
    return visit->shown.fingerprint
               ? apr_pstrcat(pool, "a certificate with the fingerprint ",
                             visit->shown.fingerprint, (char *)NULL)
               : NULL;
}

static const char *alpn_fact(apr_pool_t *pool, const aty_probe_visit *visit,
                             const char *authority)
{
    (void)authority;
    if (visit->shown.stage != ATY_PROBE_OPEN || !visit->shown.alpn) {
        return NULL;
    }
    return apr_pstrcat(pool, "ALPN ", *visit->shown.alpn ? visit->shown.alpn : "none",
                       (char *)NULL);
}

static const char *protocol_fact(apr_pool_t *pool, const aty_probe_visit *visit,
                                 const char *authority)
{
    (void)pool;
    (void)authority;
    return visit->shown.tls_version;
}

static const char *client_fact(apr_pool_t *pool, const aty_probe_visit *visit,
                               const char *authority)
{
    (void)pool;
    (void)authority;
    if (visit->shown.stage != ATY_PROBE_OPEN) {
        return NULL;
    }
    return visit->shown.client_certificate_wanted ? "a client certificate is asked for"
                                                  : "no client certificate is asked for";
}

static const char *origin_fact(apr_pool_t *pool, const aty_probe_visit *visit,
                               const char *authority)
{
    const apr_array_header_t *origins = visit->shown.origins;

    (void)authority;
    if (visit->shown.stage != ATY_PROBE_OPEN || visit->withheld) {
        return NULL;
    }
    if (!origins) {
        return "no ORIGIN frame";
    }
    return origins->nelts
               ? apr_pstrcat(pool, "ORIGIN ", apr_array_pstrcat(pool, origins, ' '),
                             (char *)NULL)
               : "an empty ORIGIN frame";
}

/* Which vhost answers, and with what; the rest of an answer is the application's. */
static const char *answer_fact(apr_pool_t *pool, const aty_probe_visit *visit,
                               const char *authority)
{
    for (int i = 0; i < visit->answers->nelts; i++) {
        const aty_probe_answer *answer = aty_probe_answer_at(visit, i);
        if (strcmp(answer->authority, authority) == 0) {
            return answer->asked ? aty_probe_answer_text(pool, answer) : NULL;
        }
    }
    return NULL;
}

static fact *const handshake_facts[] = {names_fact,    fingerprint_fact, alpn_fact,
                                        protocol_fact, client_fact,      origin_fact};

#define FACTS (sizeof handshake_facts / sizeof handshake_facts[0])

/* The text that most have; the first of several. */
static int usual_of(const char *const *texts, int count)
{
    int best = -1, best_votes = 0;

    for (int i = 0; i < count; i++) {
        int votes = 0;
        for (int k = 0; texts[i] && k < count; k++) {
            votes += texts[k] && strcmp(texts[k], texts[i]) == 0;
        }
        if (votes > best_votes) {
            best = i;
            best_votes = votes;
        }
    }
    return best;
}

/* Tells that a visit shows something else than another one. */
static void difference_add(aty_probe *probe, const aty_probe_visit *visit,
                           const char *shown, const aty_probe_visit *usual,
                           const char *usually, const char *authority)
{
    aty_probe_finding *finding = aty_finding_add(probe, ATY_FAULT_FLEET_DIFFERS, visit);

    finding->authority = authority;
    finding->expected = apr_psprintf(probe->pool, "%s, as %s has it", usually,
                                     aty_probe_node_text(probe->pool, usual->node));
    finding->got = apr_pstrdup(probe->pool, shown);
}

/* Tells who differs from the others. Whether somebody does. */
static bool fact_compare(aty_probe *probe, const question *asked, fact *of,
                         const char *authority)
{
    int count = asked->visits->nelts, found = 0, usual;
    const char **texts;
    apr_pool_t *scratch;

    apr_pool_create(&scratch, probe->pool);
    texts = apr_pcalloc(scratch, (size_t)count * sizeof *texts);
    for (int i = 0; i < count; i++) {
        texts[i] =
            of(scratch, APR_ARRAY_IDX(asked->visits, i, aty_probe_visit *), authority);
    }
    usual = usual_of(texts, count);
    for (int i = 0; i < count; i++) {
        if (texts[i] && strcmp(texts[i], texts[usual]) != 0) {
            difference_add(probe, APR_ARRAY_IDX(asked->visits, i, aty_probe_visit *),
                           texts[i],
                           APR_ARRAY_IDX(asked->visits, usual, aty_probe_visit *),
                           texts[usual], authority);
            found++;
        }
    }
    apr_pool_destroy(scratch);
    return found > 0;
}

/* Other names and another fingerprint are one difference. */
static void question_compare(aty_probe *probe, const question *asked)
{
    const aty_probe_visit *first = APR_ARRAY_IDX(asked->visits, 0, aty_probe_visit *);
    bool other_names = fact_compare(probe, asked, names_fact, NULL);

    for (size_t i = 1; i < FACTS; i++) {
        if (handshake_facts[i] != fingerprint_fact || !other_names) {
            fact_compare(probe, asked, handshake_facts[i], NULL);
        }
    }
    for (int i = 0; i < first->answers->nelts; i++) {
        fact_compare(probe, asked, answer_fact, aty_probe_answer_at(first, i)->authority);
    }
}

/* What should be alike: nodes of one address set, or all where there is no policy. */
static const char *fleet_key(aty_probe *probe, const aty_probe_visit *visit)
{
    return apr_psprintf(probe->pool, "%u %s", visit->node->address_set,
                        visit->sni ? visit->sni : "-");
}

void aty_probe_fleet(aty_probe *probe)
{
    apr_hash_t *known = apr_hash_make(probe->pool);
    apr_array_header_t *questions = apr_array_make(probe->pool, 16, sizeof(question *));

    for (int i = 0; i < probe->visits->nelts; i++) {
        aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        const char *key = fleet_key(probe, visit);
        question *asked = apr_hash_get(known, key, APR_HASH_KEY_STRING);
        if (!asked) {
            asked = apr_palloc(probe->pool, sizeof *asked);
            *asked = (question){
                visit->sni, apr_array_make(probe->pool, 2, sizeof(aty_probe_visit *))};
            apr_hash_set(known, key, APR_HASH_KEY_STRING, asked);
            APR_ARRAY_PUSH(questions, question *) = asked;
        }
        if (visit->tried) {
            APR_ARRAY_PUSH(asked->visits, aty_probe_visit *) = visit;
        }
    }
    for (int i = 0; i < questions->nelts; i++) {
        const question *asked = APR_ARRAY_IDX(questions, i, question *);
        if (asked->visits->nelts > 1) {
            question_compare(probe, asked);
        }
    }
}
