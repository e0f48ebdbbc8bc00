/* An explanation for programs. */
#include "authorityc/explain/explain.h"

#include "authorityc/table_json.h"
#include "authorityc/table_words.h"

static json_t *side_json(const aty_table *table, uint32_t vhost, aty_field field)
{
    const aty_setting_record *setting = aty_vhost_setting(table, vhost, field);

    return aty_json_setting(table, setting);
}

static bool counts(const aty_table *table, const aty_question *question, int field)
{
    return field >= ATY_FIELD_TLS_COUNT ||
           aty_field_counts(table, &question->pair, (aty_field)field);
}

static json_t *differences_json(const aty_table *table, const aty_question *question)
{
    json_t *differences = json_array();

    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        aty_difference difference =
            aty_explain_difference(table, question, (aty_field)field);
        if (difference != ATY_EQUAL) {
            json_array_append_new(
                differences,
                json_pack("{s:s, s:s, s:b, s:o, s:o}", "field",
                          aty_words_field((aty_field)field), "difference",
                          difference == ATY_REAL ? "real" : "textual", "counts",
                          counts(table, question, field), "connection",
                          side_json(table, question->pair.connection, (aty_field)field),
                          "request",
                          side_json(table, question->pair.request, (aty_field)field)));
        }
    }
    return differences;
}

static json_t *reasons_json(const aty_question *question)
{
    json_t *reasons = json_array();

    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        if (question->verdict.reasons & ATY_REASON_BIT(reason)) {
            json_array_append_new(
                reasons, json_pack("{s:s, s:s, s:s}", "reason",
                                   aty_reason_name((aty_reason)reason), "sentence",
                                   aty_reason_sentence((aty_reason)reason), "what_to_do",
                                   aty_explain_way_out((aty_reason)reason)));
        }
    }
    return reasons;
}

static json_t *vhost_json(const aty_table *table, uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];

    return json_pack("{s:s, s:o}", "server_name", aty_vhost_server_name(table, vhost),
                     "place", aty_json_place(table, record->file, record->line));
}

json_t *aty_explain_json(const aty_table *table, const aty_question *question)
{
    const aty_pair *pair = &question->pair;
    const aty_location_record *location = aty_explain_location(table, question);
    bool refused = question->verdict.outcome == ATY_MISDIRECTED;

    return json_pack(
        "{s:s, s:s, s:s, s:s?, s:s, s:o, s:s, s:o, s:o, s:o, s:s?, s:o, s:o}",
        "connection", question->connection_name, "authority", question->authority,
        "verdict", aty_outcome_name(question->verdict.outcome), "reason",
        refused ? aty_reason_name(question->verdict.reason) : NULL, "mod_ssl",
        aty_mod_ssl_answer_name(question->mod_ssl), "location",
        location ? aty_json_location(table, location) : json_null(), "http",
        pair->h2 ? "2" : "1.1", "address",
        aty_json_address(table, question->pair.address_set), "connection_vhost",
        vhost_json(table, pair->connection), "request_vhost",
        vhost_json(table, pair->request), "clients", aty_explain_clients(table, question),
        "differences", differences_json(table, question), "reasons",
        reasons_json(question));
}
