/* probe_json.c: the answer for programs. Connections are never in memory as JSON at once.
 */
#include "authorityc/probe/probe_judge.h"

#include <stdio.h>
#include <stdlib.h>

#include "authorityc/commands.h"
#include "authorityc/probe/probe_matrix.h"
#include "authorityc/table_json.h"

static const char *const servers[] = {
    [ATY_SERVER_AUTHORITY] = "authority",
    [ATY_SERVER_HTTPD] = "httpd",
    [ATY_SERVER_OTHER] = "other",
};

static const char *const stages[] = {
    [ATY_PROBE_OPEN] = "open",       [ATY_PROBE_NO_TCP] = "no-tcp",
    [ATY_PROBE_NO_TLS] = "no-tls",   [ATY_PROBE_NO_HTTP] = "no-http",
    [ATY_PROBE_STOPPED] = "stopped",
};

/* An answer that cannot be told whole, as of a text that is no UTF-8, is no answer. */
static json_t *whole(json_t *json)
{
    if (!json) {
        fputs("authorityc: error: the answer cannot be told as JSON\n", stderr);
        exit(ATY_EXIT_TROUBLE);
    }
    return json;
}

static void append(json_t *array, json_t *json)
{
    json_array_append_new(array, whole(json));
}

static json_t *texts_json(const apr_array_header_t *texts)
{
    json_t *array;

    if (!texts) {
        return json_null();
    }
    array = json_array();
    for (int i = 0; i < texts->nelts; i++) {
        append(array, json_string(APR_ARRAY_IDX(texts, i, const char *)));
    }
    return array;
}

static json_t *certificate_json(const aty_probe_handshake *shown)
{
    return shown->fingerprint
               ? json_pack("{s:o, s:I, s:I, s:s, s:s?}", "names",
                           texts_json(shown->names), "not_before",
                           (json_int_t)shown->not_before, "not_after",
                           (json_int_t)shown->not_after, "fingerprint",
                           shown->fingerprint, "trust_fault", shown->trust_fault)
               : json_null();
}

/* What is expected of a request. */
static json_t *expected_json(const aty_probe *probe, const aty_probe_visit *visit,
                             const char *authority)
{
    aty_probe_expected expected;

    if (!visit->tried || !aty_probe_expect(probe, visit, authority, &expected)) {
        return json_null();
    }
    return json_pack("{s:s?, s:s?, s:s?}", "answer",
                     !expected.is_judged   ? NULL
                     : expected.is_refused ? "421"
                                           : "answered",
                     "reason", expected.reason, "vhost", expected.vhost);
}

static json_t *answer_json(const aty_probe *probe, const aty_probe_visit *visit,
                           const aty_probe_answer *answer)
{
    apr_pool_t *scratch;
    json_t *json;

    apr_pool_create(&scratch, probe->pool);
    json = json_pack(
        "{s:s, s:b, s:o, s:s?, s:s?, s:s?, s:o, s:s?, s:s?, s:s}", "authority",
        answer->authority, "asked", answer->asked, "status",
        answer->status ? json_integer(answer->status) : json_null(), "reset",
        answer->reset ? aty_probe_code_text(scratch, answer->reset_code) : NULL, "vhost",
        answer->vhost, "fault", answer->fault, "expected",
        expected_json(probe, visit, answer->authority), "coalesces",
        probe->table
            ? NULL
            : aty_coalesce_name(aty_probe_coalesces(probe, visit, answer->authority)),
        "text", answer->text ? aty_probe_page_line(scratch, answer->text) : NULL, "curl",
        aty_probe_curl(scratch, probe, visit, answer->authority));
    apr_pool_destroy(scratch);
    return json;
}

/* What came without a client certificate. */
static json_t *anonymous_json(const aty_probe *probe, const aty_probe_answer *answer)
{
    return answer->authority
               ? json_pack(
                     "{s:s, s:o, s:s?, s:s?, s:s?}", "authority", answer->authority,
                     "status",
                     answer->status ? json_integer(answer->status) : json_null(), "reset",
                     answer->reset ? aty_probe_code_text(probe->pool, answer->reset_code)
                                   : NULL,
                     "vhost", answer->vhost, "fault", answer->fault)
               : json_null();
}

static json_t *visit_json(const aty_probe *probe, const aty_probe_visit *visit)
{
    const aty_probe_handshake *shown = &visit->shown;
    json_t *requests = json_array();

    for (int i = 0; i < visit->answers->nelts; i++) {
        append(requests, answer_json(probe, visit, aty_probe_answer_at(visit, i)));
    }
    return json_pack(
        "{s:s?, s:s, s:i, s:s?, s:b, s:b, s:s?, s:s?, s:s?, s:s?, s:s?, s:o, s:b, s:b, "
        "s:i, s:i, s:o, s:s?, s:o, s:o}",
        "sni", visit->sni, "address", visit->node->address, "port", visit->node->port,
        "server_name",
        probe->table ? aty_vhost_server_name(probe->table, visit->vhost) : NULL, "tried",
        visit->tried, "withheld", visit->withheld, "stage",
        visit->tried ? stages[shown->stage] : NULL, "fault", shown->fault, "tls_version",
        shown->tls_version, "cipher", shown->cipher, "alpn", shown->alpn, "certificate",
        certificate_json(shown), "client_certificate_wanted",
        shown->client_certificate_wanted, "client_certificate_sent",
        shown->client_certificate_sent, "origin_frames", (int)shown->origin_frames,
        "origin_largest", (int)shown->origin_largest, "origins",
        texts_json(shown->origins), "origin_fault", shown->origin_fault, "anonymous",
        anonymous_json(probe, &visit->anonymous), "requests", requests);
}

static json_t *node_json(const aty_probe *probe, const aty_probe_node *node)
{
    return json_pack("{s:s, s:i, s:o, s:b}", "address", node->address, "port", node->port,
                     "policy_address",
                     probe->table ? aty_json_address(probe->table, node->address_set)
                                  : json_null(),
                     "given_up", node->given_up);
}

static json_t *nodes_json(const aty_probe *probe)
{
    json_t *nodes = json_array();

    for (int i = 0; i < probe->nodes->nelts; i++) {
        append(nodes, node_json(probe, APR_ARRAY_IDX(probe->nodes, i, aty_probe_node *)));
    }
    return nodes;
}

static json_t *names_json(const aty_probe *probe)
{
    json_t *names = json_array();

    for (int i = 0; i < probe->names->nelts; i++) {
        const aty_probe_name *name =
            &APR_ARRAY_IDX(probe->names, i, const aty_probe_name);
        json_t *addresses = json_array();
        for (uint32_t a = 0; a < name->resolved.count; a++) {
            append(addresses, json_string(name->resolved.addresses[a]));
        }
        append(names,
               json_pack("{s:s, s:o}", "name", name->name, "addresses", addresses));
    }
    return names;
}

static json_t *written_json(const aty_probe *probe, const aty_probe_finding *finding)
{
    json_t *written = json_array();

    for (int i = 0; i < finding->written->nelts; i++) {
        const aty_probe_written *at =
            &APR_ARRAY_IDX(finding->written, i, const aty_probe_written);
        append(written, json_pack("{s:s, s:o}", "text", at->text, "place",
                                  aty_json_place(probe->table, at->file, at->line)));
    }
    return written;
}

static json_t *finding_json(const aty_probe *probe, const aty_probe_finding *finding)
{
    const aty_probe_node *node = finding->node;

    return json_pack(
        "{s:s, s:s, s:s, s:s?, s:o, s:s?, s:s?, s:s?, s:s, s:s?, s:o, s:s}", "fault",
        aty_fault_name(finding->fault), "severity",
        aty_gravity_name(aty_fault_gravity(finding->fault)), "sentence",
        aty_fault_sentence(finding->fault), "address", node ? node->address : NULL,
        "port", node ? json_integer(node->port) : json_null(), "name", finding->name,
        "authority", finding->authority, "expected", finding->expected, "got",
        finding->got, "reason", finding->reason, "written", written_json(probe, finding),
        "what_to_do", aty_fault_way_out(finding->fault, aty_probe_server_of(probe)));
}

static json_t *findings_json(const aty_probe *probe)
{
    json_t *findings = json_array();

    for (int i = 0; i < probe->findings->nelts; i++) {
        append(findings, finding_json(probe, &APR_ARRAY_IDX(probe->findings, i,
                                                            const aty_probe_finding)));
    }
    return findings;
}

static json_t *extent_json(uint32_t connections, uint32_t requests)
{
    return json_pack("{s:I, s:I}", "connections", (json_int_t)connections, "requests",
                     (json_int_t)requests);
}

static void member_print(const char *name, json_t *value)
{
    printf(",\n\"%s\": ", name);
    json_dumpf(whole(value), stdout, JSON_ENCODE_ANY | JSON_COMPACT);
    json_decref(value);
}

static void visits_print(const aty_probe *probe)
{
    fputs(",\n\"connections\": [", stdout);
    for (int i = 0; i < probe->visits->nelts; i++) {
        json_t *visit = visit_json(probe, aty_probe_visit_at(probe, i));
        fputs(i == 0 ? "\n" : ",\n", stdout);
        json_dumpf(whole(visit), stdout, JSON_COMPACT);
        json_decref(visit);
    }
    putchar(']');
}

void aty_probe_json(const aty_probe *probe, const char *input)
{
    aty_probe_extent extent = aty_probe_extent_of(probe);

    printf("{\"fine\": %s",
           probe->findings->nelts == 0 && !probe->stopped ? "true" : "false");
    member_print("policy", input ? json_string(input) : json_null());
    member_print("server", probe->table ? json_string(servers[probe->options->server])
                                        : json_null());
    member_print("interrupted", json_boolean(probe->stopped));
    member_print("planned", extent_json(extent.visits, extent.requests));
    member_print("asked", extent_json(extent.visits_tried, extent.requests_asked));
    member_print("pairs", json_pack("{s:I, s:I}", "possible", (json_int_t)probe->pairs,
                                    "planned", (json_int_t)probe->pairs_planned));
    member_print("names_left_out", json_integer(probe->names_left_out));
    member_print("names_unanswered", json_integer(probe->silent_names));
    member_print("faults", findings_json(probe));
    member_print("names", names_json(probe));
    member_print("addresses", nodes_json(probe));
    visits_print(probe);
    puts("}");
}
