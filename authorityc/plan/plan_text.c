/* A plan for people: what is tried in vain, and what can be done about it. */
#include <inttypes.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_cost.h"
#include "authorityc/print.h"
#include "authorityc/table_words.h"

#define EXAMPLES  3 /* of each reason, and of what remains */
#define LOG_SHOWN 5

static void vhost_print(const aty_table *table, uint32_t vhost, FILE *stream)
{
    const aty_vhost_record *record = &table->vhosts[vhost];

    fprintf(stream, "%s (", aty_vhost_server_name(table, vhost));
    aty_words_place_print(table, record->file, record->line, stream);
    fputc(')', stream);
}

/* The name as it is tried, with its vhost where that is called otherwise. */
static void name_print(const aty_table *table, uint32_t name, FILE *stream)
{
    const aty_name_record *record = &table->names[name];
    uint32_t vhost = aty_get(record->vhost);
    const char *text = aty_table_string(table, record->name);

    if (strcmp(text, aty_vhost_server_name(table, vhost)) != 0) {
        fprintf(stream, "%s of ", text);
    }
    vhost_print(table, vhost, stream);
}

static void attempt_print(const aty_table *table, const aty_attempt *attempt,
                          FILE *stream)
{
    fputs("    ", stream);
    vhost_print(table, attempt->connection, stream);
    fputs(" -> ", stream);
    name_print(table, attempt->name, stream);
    if (table->counts[ATY_SECTION_ADDRESS_SETS] > 1) {
        fputs(" at ", stream);
        aty_words_address_print(table, attempt->address_set, stream);
    }
    if (attempt->pairs > 1) {
        fprintf(stream, ", and %" PRIu64 " like it", attempt->pairs - 1);
    }
    fputc('\n', stream);
}

static void reason_print(const aty_table *table, const aty_attempts *attempts,
                         aty_reason reason, FILE *stream)
{
    uint64_t left = attempts->reasons[reason];
    int shown = 0;

    fprintf(stream, "  %s: %" PRIu64 "\n", aty_reason_name(reason), left);
    for (int i = 0; i < attempts->list->nelts && shown < EXAMPLES; i++) {
        const aty_attempt *attempt = &APR_ARRAY_IDX(attempts->list, i, const aty_attempt);
        if (attempt->reason == reason) {
            attempt_print(table, attempt, stream);
            left -= attempt->pairs;
            shown++;
        }
    }
    if (left > 0) {
        fprintf(stream, "    and %" PRIu64 " more\n", left);
    }
}

/* The reasons with the most pairs first. */
static void reasons_print(const aty_table *table, const aty_attempts *attempts,
                          FILE *stream)
{
    aty_reasons told = 0;

    for (int n = 0; n < ATY_REASON_COUNT; n++) {
        int most = -1;
        for (int i = 0; i < ATY_REASON_COUNT; i++) {
            if (!(told & ATY_REASON_BIT(i)) && attempts->reasons[i] > 0 &&
                (most < 0 || attempts->reasons[i] > attempts->reasons[most])) {
                most = i;
            }
        }
        if (most < 0) {
            return;
        }
        told |= ATY_REASON_BIT(most);
        reason_print(table, attempts, (aty_reason)most, stream);
    }
}

static void log_print(const aty_plan *plan, FILE *stream)
{
    const aty_traffic *log = plan->traffic;
    uint64_t meant = plan->remedies[ATY_REMEDY_UNIFY].requests_before;

    if (!log) {
        return;
    }
    fprintf(stream,
            "\nthe log has %" PRIu64 " request%s with 421, %" PRIu64 " of these pairs",
            log->requests, aty_plural(log->requests), meant);
    if (log->unknown > 0) {
        fprintf(stream,
                ", %" PRIu64 " of names that the policy does not have, or "
                "of which the log does not tell the connection",
                log->unknown);
    }
    if (log->unread > 0) {
        fprintf(stream, "; %" PRIu64 " of %" PRIu64 " lines are in no known format",
                log->unread, log->lines);
    }
    fputc('\n', stream);
    for (int i = 0; i < log->pairs->nelts && i < LOG_SHOWN; i++) {
        const aty_traffic_pair *pair =
            &APR_ARRAY_IDX(log->pairs, i, const aty_traffic_pair);
        fprintf(stream, "  %" PRIu64 ": ", pair->requests);
        vhost_print(&plan->compiled.table, pair->connection, stream);
        fprintf(stream, " -> %s\n", pair->authority);
    }
}

static void resets_print(uint64_t resets, FILE *stream)
{
    if (resets > 0) {
        fprintf(
            stream,
            "    and it ends the resets of HTTP/2 streams on connections of their own, "
            "of %" PRIu64 " name%s\n    with a <Location> that needs a "
            "renegotiation\n",
            resets, aty_plural(resets));
    }
}

static void obstacles_print(const aty_table *table, const aty_remedy *remedy,
                            FILE *stream)
{
    const apr_array_header_t *obstacles = remedy->obstacles;
    int count = obstacles ? obstacles->nelts : 0;

    for (int i = 0; i < count && i < EXAMPLES; i++) {
        const aty_plan_obstacle *obstacle =
            &APR_ARRAY_IDX(obstacles, i, const aty_plan_obstacle);
        fputs("    not ", stream);
        vhost_print(table, obstacle->vhost, stream);
        fputs(" -> ", stream);
        name_print(table, obstacle->name, stream);
        fputs(":\n", stream);
        aty_print_wrapped("    ", obstacle->why, stream);
    }
    if (count > EXAMPLES) {
        fprintf(stream, "    and more, which --json lists\n");
    }
}

static void ends_print(uint64_t before, uint64_t after, FILE *stream)
{
    if (before == 0) {
        fputs("ends no 421, as there is none", stream);
    }
    else if (after > before) {
        fprintf(stream, "ends none, and brings %" PRIu64 " more", after - before);
    }
    else {
        fprintf(stream, "ends %" PRIu64 " of %" PRIu64, before - after, before);
    }
}

static void remedy_print(const aty_plan *plan, const aty_remedy *remedy, FILE *stream)
{
    const aty_table *table = &plan->compiled.table;
    uint64_t before = remedy->before->pairs;

    fprintf(stream, "  %-12s  ", aty_remedy_name(remedy->kind));
    if (remedy->fault) {
        fprintf(stream, "cannot be: %s\n", remedy->fault);
        return;
    }
    if (apr_is_empty_array(remedy->changes)) {
        fputs(apr_is_empty_array(remedy->obstacles) ? "nothing to do\n"
                                                    : "does not help\n",
              stream);
        obstacles_print(table, remedy, stream);
        return;
    }
    ends_print(before, remedy->after->pairs, stream);
    if (plan->traffic) {
        fprintf(stream, ", and %" PRIu64 " of %" PRIu64 " logged requests",
                remedy->requests_before - remedy->requests_after,
                remedy->requests_before);
    }
    fputc('\n', stream);
    aty_print_wrapped("    ", remedy->cost, stream);
    resets_print(remedy->resets, stream);
    obstacles_print(table, remedy, stream);
}

/* What remains when each remedy was tried alone, and so of the best of them. */
static const aty_remedy *best_of(const aty_plan *plan)
{
    const aty_remedy *best = &plan->remedies[ATY_REMEDY_UNIFY];

    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        const aty_remedy *remedy = &plan->remedies[kind];
        best = remedy->after->pairs < best->after->pairs ? remedy : best;
    }
    return best;
}

static void rest_print(const aty_plan *plan, FILE *stream)
{
    const aty_remedy *best = best_of(plan);

    if (best->after->pairs == 0) {
        return;
    }
    fprintf(stream, "\nno remedy ends %" PRIu64 " of them:\n", best->after->pairs);
    reasons_print(&plan->compiled.table, best->after, stream);
}

static void attempts_print(const aty_plan *plan, FILE *stream)
{
    const aty_attempts *attempts = plan->attempts;

    if (attempts->pairs == 0) {
        fprintf(stream, "no pair of a connection and a name that clients try ends in "
                        "421\n");
        return;
    }
    fprintf(stream,
            "clients that ignore ORIGIN frames try %" PRIu64
            " pair%s of a connection and "
            "a name;\n%" PRIu64 " of them end in 421\n",
            attempts->tried, aty_plural(attempts->tried), attempts->pairs);
    reasons_print(&plan->compiled.table, attempts, stream);
}

void aty_plan_text(const aty_plan *plan, FILE *stream)
{
    bool unified = !apr_is_empty_array(plan->remedies[ATY_REMEDY_UNIFY].changes);

    attempts_print(plan, stream);
    log_print(plan, stream);
    if (plan->attempts->pairs == 0 && plan->remedies[ATY_REMEDY_HTTP1].resets == 0) {
        return;
    }
    fprintf(stream, "\nremedies, cheapest first%s:\n",
            unified ? ", the others after unify" : "");
    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        remedy_print(plan, &plan->remedies[kind], stream);
    }
    rest_print(plan, stream);
}
