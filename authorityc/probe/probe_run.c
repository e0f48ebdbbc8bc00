/* probe_run.c: asks what is planned, visit by visit. */
#include "authorityc/probe/probe.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/progress.h"

#define TRIES          2 /* of a request whose connection ended before its answer */
#define FAILURES_MAX   3 /* handshakes in a row, where none ever went well */
#define TIMEOUTS_MAX   6 /* of time spent on nothing at a node, in --timeout */
#define MILLISECOND    1000000u /* nanoseconds */
#define PROGRESS_EVERY (100 * MILLISECOND)

/* A visit that is being made. */
typedef struct {
    aty_probe *probe;
    aty_probe_visit *visit;
    apr_pool_t *pool;   /* of this connection */
    const char *method; /* "HEAD", or "GET" for what a refusal says */
    bool anonymous;     /* without the client certificate */
    aty_probe_handshake handshake;
    aty_probe_connection *connection;
    uint64_t lost; /* nanoseconds of asking in vain */
} visiting;

static bool is_connected(const aty_probe_handshake *handshake)
{
    return handshake->stage == ATY_PROBE_OPEN;
}

static void progress(aty_probe *probe)
{
    static uint64_t shown;
    uint64_t now = aty_probe_now();

    if (now - shown >= PROGRESS_EVERY) {
        shown = now;
        aty_progress_show(probe->steps, probe->steps_planned, "connections and requests");
    }
}

static uint32_t public_port(const aty_probe *probe, const aty_probe_visit *visit,
                            const char *authority)
{
    const aty_probe_node *node = visit->node;
    uint32_t vhost, port;

    if (!probe->table) {
        return node->port;
    }
    vhost =
        aty_vhost_named(probe->table, node->address_set, authority, strlen(authority));
    port = vhost == ATY_NONE ? 0 : aty_get(probe->table->vhosts[vhost].public_port);
    if (port == 0) {
        port = aty_get(probe->table->address_sets[node->address_set].port);
    }
    return port ? port : node->port;
}

/* As clients write it: with the port that they see, where it is not 443. */
static const char *authority_text(visiting *v, const char *host)
{
    uint32_t port = public_port(v->probe, v->visit, host);

    if (strchr(host, ':')) {
        host = apr_psprintf(v->pool, "[%s]", host);
    }
    return port == 443 ? host : apr_psprintf(v->pool, "%s:%u", host, port);
}

static void connection_end(visiting *v)
{
    if (v->connection) {
        aty_probe_close(v->connection);
        v->connection = NULL;
    }
    apr_pool_clear(v->pool);
}

/* Connects to the node's address, or to the first spare one that takes it. */
static void connection_make(visiting *v)
{
    aty_probe_node *node = v->visit->node;
    const aty_probe_options *options = v->probe->options;

    connection_end(v);
    if (!aty_probe_wait(v->probe, 1)) {
        v->handshake = (aty_probe_handshake){.stage = ATY_PROBE_STOPPED};
        return;
    }
    const aty_probe_where where = {
        .address = node->address,
        .port = node->port,
        .sni = v->visit->sni,
        .http1 = options->http1,
        .anonymous = v->anonymous,
        .proxy_protocol = options->proxy_protocol,
        .tls = options->tls,
        .milliseconds = options->milliseconds,
        .stop = options->stop,
    };
    progress(v->probe);
    v->handshake = (aty_probe_handshake){0};
    v->connection = aty_probe_connect(v->pool, &where, &v->handshake);
    if (v->handshake.stage == ATY_PROBE_NO_TCP && !node->reached && node->spare &&
        node->spare_next < node->spare->nelts) {
        node->address = APR_ARRAY_IDX(node->spare, node->spare_next++, const char *);
        connection_make(v);
    }
}

/* Whether the server asks for a client certificate, and the policy has such a flag. */
static bool asks_as(const visiting *v, uint32_t flag)
{
    const aty_probe *probe = v->probe;

    return v->handshake.client_certificate_wanted && probe->table &&
           (aty_get(probe->table->vhosts[v->visit->vhost].flags) & flag);
}

/* Whether it waits for one that nobody has. */
static bool lacks_certificate(const visiting *v)
{
    return asks_as(v, ATY_VHOST_REQUIRES) && !v->handshake.client_certificate_sent;
}

static void handshake_keep(visiting *v)
{
    aty_probe_keep(v->probe, &v->handshake, &v->visit->shown);
}

static bool is_answered(const aty_probe_request *request)
{
    return request->status != 0 || request->reset;
}

/* What was not answered since the probe is to stop was not asked. */
static void answer_take(visiting *v, aty_probe_answer *answer,
                        const aty_probe_request *request)
{
    if (v->probe->stopped && !is_answered(request)) {
        return;
    }
    if (strcmp(v->method, "GET") == 0) {
        answer->text = request->status && request->body
                           ? apr_pstrdup(v->probe->pool, request->body)
                           : NULL;
        return;
    }
    v->probe->steps += !answer->asked;
    answer->asked = true;
    answer->status = request->status;
    answer->reset = request->reset;
    answer->reset_code = request->reset_code;
    answer->vhost = aty_probe_text(v->probe, request->vhost);
    answer->fault = aty_probe_text(v->probe, request->fault);
}

/* Whether an unanswered request is asked for again on another connection. HTTP/1.1 has
 * one request at a time: those behind the first that was not answered were never sent.
 * HTTP/2 has all at once: where some were answered, the others came too late. */
static bool is_asked_again(visiting *v, aty_probe_answer *answer, bool is_first,
                           bool some_answered)
{
    bool is_h2 = v->handshake.alpn && strcmp(v->handshake.alpn, "h2") == 0;

    if (aty_probe_is_open(v->connection)) {
        return false;
    }
    if (is_h2 ? !some_answered : is_first) {
        answer->tries++;
    }
    return answer->tries < TRIES;
}

/* Takes what was answered out of `wanted`, whose first `count` were asked. */
static void batch_take(visiting *v, apr_array_header_t *wanted,
                       const aty_probe_request *requests, uint32_t count, bool some)
{
    int kept = 0;
    bool is_first = true;

    for (int i = 0; i < wanted->nelts; i++) {
        int index = APR_ARRAY_IDX(wanted, i, int);
        aty_probe_answer *answer = aty_probe_answer_at(v->visit, index);
        bool again = i >= (int)count;
        if (!again) {
            bool has_answer = is_answered(&requests[i]);
            answer_take(v, answer, &requests[i]);
            again = !has_answer && is_asked_again(v, answer, is_first, some);
            is_first = is_first && has_answer;
        }
        if (again) {
            APR_ARRAY_IDX(wanted, kept++, int) = index;
        }
    }
    wanted->nelts = kept;
}

/* Sends the first requests of `wanted` together, and keeps there what is still wanted. */
static void batch_send(visiting *v, apr_array_header_t *wanted, uint32_t count)
{
    aty_probe_request *requests = apr_pcalloc(v->pool, count * sizeof *requests);
    const aty_probe_options *options = v->probe->options;
    uint64_t began = aty_probe_now();
    bool some = false;

    for (uint32_t i = 0; i < count; i++) {
        int index = APR_ARRAY_IDX(wanted, (int)i, int);
        requests[i].authority =
            authority_text(v, aty_probe_answer_at(v->visit, index)->authority);
        requests[i].method = v->method;
        requests[i].path = options->path;
    }
    aty_probe_ask(v->connection, requests, count, options->vhost_header);
    if (options->stop && *options->stop) {
        v->probe->stopped = true;
    }
    for (uint32_t i = 0; i < count; i++) {
        some = some || is_answered(&requests[i]);
    }
    if (!some) {
        v->lost += aty_probe_now() - began;
    }
    batch_take(v, wanted, requests, count, some);
    progress(v->probe);
}

/* Sends what is wanted as long as this connection lasts. */
static void connection_use(visiting *v, apr_array_header_t *wanted)
{
    while (wanted->nelts > 0 && aty_probe_is_open(v->connection)) {
        uint32_t count = aty_probe_batch(v->probe, (uint32_t)wanted->nelts);
        if (!aty_probe_wait(v->probe, count)) {
            return;
        }
        batch_send(v, wanted, count);
    }
}

/* Every request that is still wanted gets this fault. What a 421 says is no loss. */
static void rest_fail(visiting *v, const apr_array_header_t *wanted, const char *fault)
{
    if (strcmp(v->method, "GET") == 0) {
        return;
    }
    for (int i = 0; i < wanted->nelts; i++) {
        aty_probe_answer *answer =
            aty_probe_answer_at(v->visit, APR_ARRAY_IDX(wanted, i, int));
        answer->asked = true;
        if (!answer->fault) {
            answer->fault = aty_probe_text(v->probe, fault);
        }
    }
}

/* Opens connections until all is asked. A connection that brings no answer is followed by
 * one more, whose requests then have had their tries. */
static void wanted_ask(visiting *v, apr_array_header_t *wanted)
{
    while (wanted->nelts > 0 && !v->probe->stopped) {
        if (!v->connection || !aty_probe_is_open(v->connection)) {
            connection_make(v);
        }
        if (!is_connected(&v->handshake)) {
            if (v->handshake.stage != ATY_PROBE_STOPPED) {
                rest_fail(v, wanted, v->handshake.fault);
            }
            return;
        }
        if (!aty_probe_is_open(v->connection)) {
            rest_fail(v, wanted, "the connection ended at once");
            return;
        }
        if (v->lost > (uint64_t)TRIES * v->probe->options->milliseconds * MILLISECOND) {
            rest_fail(v, wanted, "others before it were not answered in time");
            return;
        }
        connection_use(v, wanted);
    }
}

/* The requests of the visit; for GET those that got a 421. */
static apr_array_header_t *wanted_of(visiting *v)
{
    apr_array_header_t *wanted =
        apr_array_make(v->probe->pool, v->visit->answers->nelts, sizeof(int));

    for (int i = 0; i < v->visit->answers->nelts; i++) {
        aty_probe_answer *answer = aty_probe_answer_at(v->visit, i);
        if (strcmp(v->method, "GET") != 0 || answer->status == 421) {
            answer->tries = 0;
            APR_ARRAY_PUSH(wanted, int) = i;
        }
    }
    return wanted;
}

/* What the first connection shows; the ORIGIN set is there when something was answered.
 */
static void visit_ask(visiting *v)
{
    apr_array_header_t *wanted = wanted_of(v);
    uint32_t count = aty_probe_batch(v->probe, (uint32_t)wanted->nelts);

    if (count > 0 && aty_probe_wait(v->probe, count)) {
        batch_send(v, wanted, count);
    }
    else {
        aty_probe_settle(v->connection);
    }
    handshake_keep(v);
    wanted_ask(v, wanted);
    if (!v->probe->table) {
        v->method = "GET";
        wanted_ask(v, wanted_of(v));
    }
}

/* Whether it has to be seen what comes without a client certificate. Where the handshake
 * did not end well without one, it was. */
static bool is_asked_without(const visiting *v)
{
    const aty_probe *probe = v->probe;

    return asks_as(v, ATY_VHOST_ASKS) && !probe->stopped &&
           (is_connected(&v->handshake) || v->handshake.client_certificate_sent) &&
           (!v->visit->is_of_nobody || probe->options->server != ATY_SERVER_OTHER);
}

/* The visit's own name, asked for once without a client certificate. In TLS 1.3 a server
 * refuses after the handshake (RFC 8446 §4.4.2.4), thus by no answer; nginx refuses by a
 * page, which says so. */
static void visit_ask_without(aty_probe *probe, aty_probe_visit *of)
{
    aty_probe_visit visit = {.node = of->node, .sni = of->sni, .vhost = of->vhost};
    visiting v = {.probe = probe, .visit = &visit, .method = "HEAD", .anonymous = true};
    apr_array_header_t *wanted = apr_array_make(probe->pool, 1, sizeof(int));

    apr_pool_create(&v.pool, probe->pool);
    visit.answers = apr_array_make(probe->pool, 1, sizeof(aty_probe_answer));
    APR_ARRAY_PUSH(visit.answers, aty_probe_answer) = (aty_probe_answer){
        .authority = of->sni ? of->sni : aty_vhost_server_name(probe->table, of->vhost),
        .asked = true, /* the plan has no step for it */
    };
    APR_ARRAY_PUSH(wanted, int) = 0;
    wanted_ask(&v, wanted);
    if (aty_probe_answer_at(&visit, 0)->status == 400) {
        v.method = "GET";
        APR_ARRAY_PUSH(wanted, int) = 0;
        wanted_ask(&v, wanted);
    }
    if (v.lost >= (uint64_t)probe->options->milliseconds * MILLISECOND) {
        of->node->lost += v.lost;
    }
    of->anonymous = *aty_probe_answer_at(&visit, 0);
    of->anonymous_refused = v.handshake.client_certificate_required;
    connection_end(&v);
    apr_pool_destroy(v.pool);
}

static void visit_make(aty_probe *probe, aty_probe_visit *visit)
{
    visiting v = {.probe = probe, .visit = visit, .method = "HEAD"};
    bool ask_without = false;

    apr_pool_create(&v.pool, probe->pool);
    connection_make(&v);
    if (v.handshake.stage == ATY_PROBE_STOPPED) {
        probe->stopped = true;
    }
    else {
        visit->tried = true;
        handshake_keep(&v);
        visit->withheld = lacks_certificate(&v);
        if (is_connected(&v.handshake) && !visit->withheld) {
            visit_ask(&v);
        }
        ask_without = is_asked_without(&v);
    }
    connection_end(&v);
    apr_pool_destroy(v.pool);
    if (ask_without) {
        visit_ask_without(probe, visit);
    }
}

static bool has_unanswered(const aty_probe_visit *visit)
{
    for (int i = 0; i < visit->answers->nelts; i++) {
        if (aty_probe_answer_at(visit, i)->fault) {
            return true;
        }
    }
    return false;
}

/* A node that answers nothing must not cost its time-out for each of its names. One that
 * wants a client certificate says so at once. */
static void node_note(const aty_probe *probe, const aty_probe_visit *visit,
                      uint64_t began)
{
    aty_probe_node *node = visit->node;
    bool is_well = is_connected(&visit->shown) || visit->withheld ||
                   visit->shown.client_certificate_required;

    node->reached = node->reached || is_well;
    node->failures = is_well ? 0 : node->failures + 1;
    if (!is_well || has_unanswered(visit)) {
        node->lost += aty_probe_now() - began;
    }
    node->given_up =
        (!node->reached && node->failures >= FAILURES_MAX) ||
        node->lost > (uint64_t)TIMEOUTS_MAX * probe->options->milliseconds * MILLISECOND;
}

/* What is left out of a node that is given up counts as done. */
static void visit_run(aty_probe *probe, aty_probe_visit *visit)
{
    uint64_t began = aty_probe_now();
    uint32_t steps = probe->steps + 1 + (uint32_t)visit->answers->nelts;

    if (!visit->node->given_up) {
        visit_make(probe, visit);
    }
    if (visit->tried) {
        node_note(probe, visit, began);
        aty_probe_judge(probe, visit);
    }
    probe->steps = steps;
}

void aty_probe_run(aty_probe *probe)
{
    aty_probe_extent extent = aty_probe_extent_of(probe);

    probe->steps_planned = extent.visits + extent.requests;
    for (int i = 0; i < probe->visits->nelts && !probe->stopped; i++) {
        visit_run(probe, aty_probe_visit_at(probe, i));
    }
    probe->stopped = probe->stopped || (probe->options->stop && *probe->options->stop);
    aty_progress_end();
}
