/* An explanation for people. */
#include "authorityc/explain.h"

#include <string.h>

#include "authorityc/table_words.h"

static void vhost_print(const aty_table *table, const char *label, uint32_t vhost,
                        FILE *stream)
{
    const aty_vhost_record *record = &table->vhosts[vhost];

    fprintf(stream, "%s %s (", label, aty_vhost_server_name(table, vhost));
    aty_words_place_print(table, record->file, record->line, stream);
    fputc(')', stream);
}

static void verdict_print(const aty_table *table, const aty_question *question,
                          FILE *stream)
{
    const aty_location_record *location = aty_explain_location(table, question);
    aty_reason reason = question->verdict.reason;

    fputs(aty_outcome_name(question->verdict.outcome), stream);
    if (question->verdict.outcome == ATY_MISDIRECTED) {
        fprintf(stream, ": %s", aty_reason_name(reason));
    }
    fprintf(stream, "\nmod_ssl: %s", aty_mod_ssl_answer_name(question->mod_ssl));
    if (question->mod_ssl == ATY_MOD_SSL_HTTP1_REQUIRED && location) {
        fprintf(stream, " for <Location %s> (", aty_table_string(table, location->path));
        aty_words_place_print(table, location->file, location->line, stream);
        fputc(')', stream);
    }
    fputc('\n', stream);
}

static void pair_print(const aty_table *table, const aty_question *question, FILE *stream)
{
    const aty_pair *pair = &question->pair;

    fputc('\n', stream);
    vhost_print(table, "connection:", pair->connection, stream);
    fprintf(stream, ", %s, address ", pair->h2 ? "HTTP/2" : "HTTP/1.1");
    aty_words_address_print(table, question->address_set, stream);
    if (!pair->had_sni) {
        fputs(", no SNI: the default vhost answers", stream);
    }
    else if (!question->connection_named) {
        fprintf(stream, ", no vhost has the name '%s': the default vhost answers",
                question->connection_name);
    }
    fputc('\n', stream);
    vhost_print(table, "request:   ", pair->request, stream);
    if (!question->authority_named) {
        fprintf(stream, ", no vhost has the name '%s': the default vhost is selected",
                question->host);
    }
    fputc('\n', stream);
}

static void side_print(const aty_table *table, uint32_t vhost, aty_field field, bool real,
                       FILE *stream)
{
    const aty_setting_record *setting = aty_vhost_setting(table, vhost, field);
    const char *text = aty_table_string(table, setting->text);
    const char *meaning = aty_table_string(table, setting->real);

    fprintf(stream, "  %s (", aty_vhost_server_name(table, vhost));
    aty_words_place_print(table, setting->file, setting->line, stream);
    fprintf(stream, "): %s\n", *text ? text : "not set");
    if (real && *meaning && strcmp(meaning, text) != 0) {
        fprintf(stream, "    that is: %s\n", meaning);
    }
}

static void differences_print(const aty_table *table, const aty_question *question,
                              FILE *stream)
{
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        aty_difference difference =
            aty_explain_difference(table, question, (aty_field)field);
        if (difference == ATY_EQUAL) {
            continue;
        }
        fprintf(stream, "\n%s differs, %s:\n", aty_words_field((aty_field)field),
                difference == ATY_REAL ? "real" : "textual");
        side_print(table, question->pair.connection, (aty_field)field,
                   difference == ATY_REAL, stream);
        side_print(table, question->pair.request, (aty_field)field,
                   difference == ATY_REAL, stream);
    }
}

static void reasons_print(const aty_question *question, FILE *stream)
{
    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        if (question->verdict.reasons & ATY_REASON_BIT(reason)) {
            fprintf(stream, "\n%s: %s\n  what to do: %s\n",
                    aty_reason_name((aty_reason)reason),
                    aty_reason_sentence((aty_reason)reason),
                    aty_explain_way_out((aty_reason)reason));
        }
    }
}

void aty_explain_text(const aty_table *table, const aty_question *question, FILE *stream)
{
    verdict_print(table, question, stream);
    pair_print(table, question, stream);
    differences_print(table, question, stream);
    reasons_print(question, stream);
}
