/* A plan for programs. */
#include <string.h>

#include <apr_strings.h>

#include "authorityc/plan/plan.h"
#include "authorityc/table_json.h"

static json_t *vhost_json(const aty_table *table, uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];

    return json_pack("{s:s, s:o}", "server_name", aty_vhost_server_name(table, vhost),
                     "place", aty_json_place(table, record->file, record->line));
}

static json_t *vhosts_json(const aty_table *table, const apr_array_header_t *vhosts)
{
    json_t *list = json_array();

    for (int i = 0; i < vhosts->nelts; i++) {
        json_array_append_new(list,
                              vhost_json(table, APR_ARRAY_IDX(vhosts, i, uint32_t)));
    }
    return list;
}

static json_t *name_json(const aty_table *table, uint32_t name)
{
    return name == ATY_NONE
               ? json_null()
               : json_string(aty_table_string(table, table->names[name].name));
}

static json_t *attempt_json(const aty_table *table, const aty_attempt *attempt)
{
    return json_pack(
        "{s:s, s:I, s:o, s:o, s:o, s:o}", "reason", aty_reason_name(attempt->reason),
        "pairs", (json_int_t)attempt->pairs, "address",
        aty_json_address(table, attempt->address_set), "connection",
        vhost_json(table, attempt->connection), "name", name_json(table, attempt->name),
        "request", vhost_json(table, aty_get(table->names[attempt->name].vhost)));
}

static json_t *reasons_json(const aty_attempts *attempts)
{
    json_t *reasons = json_array();

    for (int i = 0; i < ATY_REASON_COUNT; i++) {
        if (attempts->reasons[i] > 0) {
            json_array_append_new(
                reasons, json_pack("{s:s, s:I}", "reason", aty_reason_name((aty_reason)i),
                                   "pairs", (json_int_t)attempts->reasons[i]));
        }
    }
    return reasons;
}

static json_t *attempts_json(const aty_table *table, const aty_attempts *attempts)
{
    json_t *list = json_array();

    for (int i = 0; i < attempts->list->nelts; i++) {
        json_array_append_new(
            list,
            attempt_json(table, &APR_ARRAY_IDX(attempts->list, i, const aty_attempt)));
    }
    return json_pack("{s:I, s:I, s:o, s:o, s:I}", "tried", (json_int_t)attempts->tried,
                     "pairs", (json_int_t)attempts->pairs, "reasons",
                     reasons_json(attempts), "list", list, "unlisted",
                     (json_int_t)attempts->unlisted);
}

static json_t *log_json(const aty_table *table, const aty_traffic *log)
{
    json_t *pairs;

    if (!log) {
        return json_null();
    }
    pairs = json_array();
    for (int i = 0; i < log->pairs->nelts; i++) {
        const aty_traffic_pair *pair =
            &APR_ARRAY_IDX(log->pairs, i, const aty_traffic_pair);
        json_array_append_new(pairs, json_pack("{s:o, s:s, s:I}", "connection",
                                               vhost_json(table, pair->connection),
                                               "authority", pair->authority, "requests",
                                               (json_int_t)pair->requests));
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:o}", "lines", (json_int_t)log->lines,
                     "unread", (json_int_t)log->unread, "requests",
                     (json_int_t)log->requests, "unknown", (json_int_t)log->unknown,
                     "pairs", pairs);
}

/* The lines of a text. */
static json_t *lines_json(const char *lines)
{
    json_t *list = json_array();

    while (*lines) {
        size_t length = strcspn(lines, "\n");
        json_array_append_new(list, json_stringn(lines, length));
        lines += length + (lines[length] == '\n');
    }
    return list;
}

static json_t *changes_json(const aty_table *table, const apr_array_header_t *changes)
{
    json_t *list = json_array();

    for (int i = 0; i < changes->nelts; i++) {
        const aty_plan_change *change = &APR_ARRAY_IDX(changes, i, const aty_plan_change);
        json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "vhost",
                                              vhost_json(table, change->vhost), "before",
                                              lines_json(change->before), "after",
                                              lines_json(change->after)));
    }
    return list;
}

static json_t *strings_json(const apr_array_header_t *strings)
{
    json_t *list = json_array();

    for (int i = 0; i < strings->nelts; i++) {
        json_array_append_new(list, json_string(APR_ARRAY_IDX(strings, i, const char *)));
    }
    return list;
}

json_t *aty_plan_certificates_json(const aty_plan *plan, const aty_remedy *remedy)
{
    json_t *list = json_array();
    int count = remedy->certificates ? remedy->certificates->nelts : 0;

    for (int i = 0; i < count; i++) {
        const aty_plan_certificate *certificate =
            &APR_ARRAY_IDX(remedy->certificates, i, const aty_plan_certificate);
        json_array_append_new(
            list,
            json_pack("{s:s, s:o, s:b, s:s, s:o}", "path", certificate->path, "names",
                      strings_json(certificate->names), "wildcard", certificate->wildcard,
                      "key", aty_plan_key_name(certificate->key), "vhosts",
                      vhosts_json(&plan->compiled.table, certificate->vhosts)));
    }
    return list;
}

static json_t *addresses_json(const aty_table *table, const apr_array_header_t *addresses)
{
    json_t *list = json_array();

    for (int i = 0; addresses && i < addresses->nelts; i++) {
        const aty_plan_address *address =
            &APR_ARRAY_IDX(addresses, i, const aty_plan_address);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:o}", "address", address->address,
                                        "instead", address->instead, "vhosts",
                                        vhosts_json(table, address->vhosts)));
    }
    return list;
}

static json_t *obstacles_json(const aty_table *table, const apr_array_header_t *obstacles)
{
    json_t *list = json_array();

    for (int i = 0; obstacles && i < obstacles->nelts; i++) {
        const aty_plan_obstacle *obstacle =
            &APR_ARRAY_IDX(obstacles, i, const aty_plan_obstacle);
        json_array_append_new(list, json_pack("{s:o, s:o, s:I, s:s}", "connection",
                                              vhost_json(table, obstacle->vhost), "name",
                                              name_json(table, obstacle->name), "pairs",
                                              (json_int_t)obstacle->pairs, "why",
                                              obstacle->why));
    }
    return list;
}

static json_t *remedy_json(const aty_plan *plan, const aty_remedy *remedy)
{
    const aty_table *table = &plan->compiled.table;
    json_t *json = json_pack(
        "{s:s, s:s?, s:s, s:o, s:o, s:o, s:o, s:I}", "name",
        aty_remedy_name(remedy->kind), "fault", remedy->fault, "cost", remedy->cost,
        "changes", changes_json(table, remedy->changes), "certificates",
        aty_plan_certificates_json(plan, remedy), "addresses",
        addresses_json(table, remedy->addresses), "obstacles",
        obstacles_json(table, remedy->obstacles), "resets", (json_int_t)remedy->resets);

    json_object_set_new(json, "before", json_integer((json_int_t)remedy->before->pairs));
    json_object_set_new(json, "after", json_integer((json_int_t)remedy->after->pairs));
    json_object_set_new(json, "reasons_after", reasons_json(remedy->after));
    json_object_set_new(json, "least",
                        remedy->kind == ATY_REMEDY_ADDRESSES ? json_boolean(remedy->least)
                                                             : json_null());
    if (plan->traffic) {
        json_object_set_new(json, "requests_before",
                            json_integer((json_int_t)remedy->requests_before));
        json_object_set_new(json, "requests_after",
                            json_integer((json_int_t)remedy->requests_after));
    }
    return json;
}

json_t *aty_plan_json(const aty_plan *plan)
{
    const aty_table *table = &plan->compiled.table;
    json_t *remedies = json_array();

    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        if (plan->remedies[kind].policy) {
            json_array_append_new(remedies, remedy_json(plan, &plan->remedies[kind]));
        }
    }
    return json_pack("{s:o, s:o, s:o}", "attempts", attempts_json(table, plan->attempts),
                     "log", log_json(table, plan->traffic), "remedies", remedies);
}
