/* An explanation for people. */
#include "authorityc/explain/explain.h"

#include <string.h>

#include "authorityc/print.h"
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
    const char *clients;

    fputc('\n', stream);
    vhost_print(table, "connection:", pair->connection, stream);
    fprintf(stream, ", %s, address ", pair->h2 ? "HTTP/2" : "HTTP/1.1");
    aty_words_address_print(table, question->pair.address_set, stream);
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
        fprintf(stream, ", no vhost has the name '%s' %s: the default vhost is selected",
                question->host,
                aty_explain_elsewhere(table, question)
                    ? "on this address, but one on another"
                    : "");
    }
    fputc('\n', stream);
    clients = aty_explain_clients(table, question);
    if (clients) {
        aty_print_wrapped("clients:    ", clients, stream);
    }
}

static void difference_print(const aty_table *table, const aty_question *question,
                             aty_field field, aty_difference difference, FILE *stream)
{
    const aty_pair *pair = &question->pair;
    bool counts = field >= ATY_FIELD_TLS_COUNT || aty_field_counts(table, pair, field);

    fprintf(stream, "\n%s: %s%s\n", aty_words_field(field),
            difference == ATY_REAL ? "a real difference"
                                   : "textual: spelt differently, the same in effect",
            counts ? "" : "; it does not count under this SNIPolicy");
    aty_print_sides(table, pair->connection, pair->request, field, "  ", stream);
}

static void differences_print(const aty_table *table, const aty_question *question,
                              FILE *stream)
{
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        aty_difference difference =
            aty_explain_difference(table, question, (aty_field)field);
        if (difference != ATY_EQUAL) {
            difference_print(table, question, (aty_field)field, difference, stream);
        }
    }
}

/* Where client certificates are asked for differently, so are their CAs; that needs no
 * advice of its own. */
static bool follows_from_client_auth(const aty_question *question, int reason)
{
    return (question->verdict.reasons & ATY_REASON_BIT(ATY_REASON_CLIENT_AUTH)) &&
           (reason == ATY_REASON_CLIENT_CA || reason == ATY_REASON_REVOCATION);
}

static void reasons_print(const aty_question *question, FILE *stream)
{
    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        if (!(question->verdict.reasons & ATY_REASON_BIT(reason)) ||
            follows_from_client_auth(question, reason)) {
            continue;
        }
        fprintf(stream, "\n%s: %s\n", aty_reason_name((aty_reason)reason),
                aty_reason_sentence((aty_reason)reason));
        aty_print_wrapped("  what to do: ", aty_explain_way_out((aty_reason)reason),
                          stream);
    }
}

void aty_explain_text(const aty_table *table, const aty_question *question, FILE *stream)
{
    verdict_print(table, question, stream);
    pair_print(table, question, stream);
    differences_print(table, question, stream);
    reasons_print(question, stream);
}
