/* probe_text.c: the answer for people: what is found, then how far it was asked. */
#include "authorityc/probe/probe_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/diff/diff_shown.h"
#include "authorityc/print.h"
#include "authorityc/probe/probe_alike.h"
#include "authorityc/probe/probe_matrix.h"
#include "authorityc/table_words.h"

#define SHOWN 10 /* of a list */

static const char *name_text(const aty_probe_finding *finding)
{
    return finding->name ? finding->name : "no name (no SNI)";
}

/* What it is about: a name, or a pair on a node. */
static void subject_print(const aty_probe *probe, const aty_probe_finding *finding)
{
    fputs("  ", stdout);
    if (!finding->visit) {
        puts(finding->name ? finding->name : "");
        return;
    }
    if (finding->authority) {
        printf("%s asked for on a connection for ", finding->authority);
    }
    printf("%s, %s\n", name_text(finding),
           aty_probe_node_text(probe->pool, finding->node));
}

static void written_print(const aty_probe *probe, const aty_probe_finding *finding)
{
    for (int i = 0; i < finding->written->nelts; i++) {
        const aty_probe_written *written =
            &APR_ARRAY_IDX(finding->written, i, const aty_probe_written);
        printf("    %s %s (", i == 0 ? "written: " : "         ", written->text);
        aty_words_place_print(probe->table, written->file, written->line, stdout);
        puts(")");
    }
}

/* The names of the other findings. */
static void others_print(const aty_probe *probe, const aty_probe_alike *alike)
{
    apr_array_header_t *texts =
        apr_array_make(probe->pool, ATY_PROBE_LISTED, sizeof(const char *));

    for (int i = 0; i < alike->others->nelts && i < ATY_PROBE_LISTED; i++) {
        const aty_probe_finding *other =
            APR_ARRAY_IDX(alike->others, i, const aty_probe_finding *);
        APR_ARRAY_PUSH(texts, const char *) =
            other->authority ? apr_pstrcat(probe->pool, other->authority, " on ",
                                           name_text(other), (char *)NULL)
                             : name_text(other);
    }
    if (texts->nelts > 0) {
        aty_print_wrapped("    likewise: ",
                          aty_probe_list_first(probe->pool, texts, alike->others->nelts),
                          stdout);
    }
}

static void alike_print(const aty_probe *probe, const aty_probe_alike *alike)
{
    const aty_probe_finding *finding = alike->first;

    subject_print(probe, finding);
    if (finding->expected) {
        aty_print_wrapped("    expected: ", finding->expected, stdout);
    }
    aty_print_wrapped("    got:      ", finding->got, stdout);
    written_print(probe, finding);
    others_print(probe, alike);
}

static void title_print(const aty_probe *probe, aty_probe_fault fault, int count,
                        bool colour)
{
    static const aty_shown_colour colours[] = {
        [ATY_GRAVITY_WARNING] = ATY_SHOWN_YELLOW,
        [ATY_GRAVITY_ERROR] = ATY_SHOWN_RED,
        [ATY_GRAVITY_DANGER] = ATY_SHOWN_RED,
    };
    aty_probe_gravity gravity = aty_fault_gravity(fault);

    aty_shown_title(
        apr_psprintf(probe->pool, "%s: %s  [%s]%s", aty_gravity_name(gravity),
                     aty_fault_sentence(fault), aty_fault_name(fault),
                     count > 1 ? apr_psprintf(probe->pool, ", %d times", count) : ""),
        colours[gravity], colour);
}

static const aty_probe_alike *alike_at(const apr_array_header_t *entries, int index)
{
    return APR_ARRAY_IDX(entries, index, const aty_probe_alike *);
}

/* How many findings the entries tell. */
static int told(const apr_array_header_t *entries, int from, int end)
{
    int count = 0;

    for (int i = from; i < end; i++) {
        count += 1 + alike_at(entries, i)->others->nelts;
    }
    return count;
}

/* The entries are sorted by fault. */
static void entries_print(const aty_probe *probe, const apr_array_header_t *entries,
                          bool colour)
{
    for (int i = 0, end; i < entries->nelts; i = end) {
        aty_probe_fault fault = alike_at(entries, i)->first->fault;
        for (end = i;
             end < entries->nelts && alike_at(entries, end)->first->fault == fault;) {
            end++;
        }
        title_print(probe, fault, told(entries, i, end), colour);
        for (int k = i; k < end && k < i + SHOWN; k++) {
            alike_print(probe, alike_at(entries, k));
        }
        if (end - i > SHOWN) {
            printf("  … and %d more; --json tells all\n", told(entries, i + SHOWN, end));
        }
        aty_print_wrapped("  what to do: ",
                          aty_fault_way_out(fault, aty_probe_server_of(probe)), stdout);
    }
}

static void node_print(const aty_probe *probe, const aty_probe_node *node,
                       const char *input)
{
    uint32_t connections = 0, requests = 0;

    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        if (visit->node != node || !visit->tried) {
            continue;
        }
        connections++;
        for (int a = 0; a < visit->answers->nelts; a++) {
            requests += aty_probe_answer_at(visit, a)->asked;
        }
    }
    fputs(aty_probe_node_text(probe->pool, node), stdout);
    if (probe->table) {
        fputs(", ", stdout);
        aty_words_address_print(probe->table, node->address_set, stdout);
        printf(" of %s", input);
    }
    printf(": %u name%s in handshakes, %u request%s\n", connections,
           aty_plural(connections), requests, aty_plural(requests));
    if (node->given_up) {
        printf("  given up there, since it does not answer\n");
    }
}

static void nodes_print(const aty_probe *probe, const char *input)
{
    for (int i = 0; i < probe->nodes->nelts && i < SHOWN; i++) {
        node_print(probe, APR_ARRAY_IDX(probe->nodes, i, aty_probe_node *), input);
    }
    if (probe->nodes->nelts > SHOWN) {
        printf("… and %d more addresses\n", probe->nodes->nelts - SHOWN);
    }
}

/* Connections that want a client certificate, once for all. */
static void withheld_print(const aty_probe *probe)
{
    apr_array_header_t *names = apr_array_make(probe->pool, 4, sizeof(const char *));

    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        if (visit->withheld) {
            APR_ARRAY_PUSH(names, const char *) = visit->sni ? visit->sni : "no SNI";
        }
    }
    if (names->nelts > 0) {
        aty_print_wrapped(
            "not asked: ",
            apr_pstrcat(probe->pool,
                        "connections that want a client certificate, which --client-cert "
                        "and --key give: ",
                        aty_probe_list_text(probe->pool,
                                            aty_probe_texts_sort(probe->pool, names)),
                        (char *)NULL),
            stdout);
    }
}

/* What another server refuses is not held against anything, and yet worth knowing. */
static void refusals_print(const aty_probe *probe)
{
    uint32_t refused = 0;

    if (!probe->table || probe->options->server != ATY_SERVER_OTHER) {
        return;
    }
    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        for (int a = 0; a < visit->answers->nelts; a++) {
            refused += aty_probe_answer_at(visit, a)->status == 421;
        }
    }
    printf("%u request%s got a 421, which is not judged with --server other\n", refused,
           aty_plural(refused));
}

/* Without the header nobody can say which virtual host has answered. */
static void header_print(const aty_probe *probe)
{
    uint32_t answered = 0;

    for (int i = 0; probe->table && i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        for (int a = 0; a < visit->answers->nelts; a++) {
            const aty_probe_answer *answer = aty_probe_answer_at(visit, a);
            if (answer->vhost) {
                return;
            }
            answered += answer->status != 0 && answer->status != 421;
        }
    }
    if (answered > 0) {
        printf(
            "not known: which virtual host answers, since no answer has the header %s\n",
            probe->options->vhost_header);
    }
}

static void left_out_print(const aty_probe *probe)
{
    if (probe->pairs_planned < probe->pairs) {
        printf("left out: %" PRIu64 " of %" PRIu64 " pairs",
               probe->pairs - probe->pairs_planned, probe->pairs);
        if (probe->names_left_out) {
            printf(", and the handshakes of %u name%s", probe->names_left_out,
                   aty_plural(probe->names_left_out));
        }
        puts(probe->pairs > ATY_PROBE_PAIRS_MAX ? "" : "; --all-pairs asks all");
    }
    if (probe->silent_names) {
        printf("DNS gave no answer for %u name%s\n", probe->silent_names,
               aty_plural(probe->silent_names));
    }
}

static void extent_print(const aty_probe *probe)
{
    aty_probe_extent extent = aty_probe_extent_of(probe);

    if (probe->stopped) {
        printf("interrupted: this is from %u of %u connections and %u of %u requests\n",
               extent.visits_tried, extent.visits, extent.requests_asked,
               extent.requests);
    }
}

static void verdict_print(const aty_probe *probe, int entries)
{
    int count = probe->findings->nelts;

    if (count > entries) {
        printf("%d faults in %d entr%s\n", count, entries, entries == 1 ? "y" : "ies");
    }
    else if (count > 0) {
        printf("%d fault%s\n", count, aty_plural((uint64_t)count));
    }
    else if (probe->stopped) {
        puts("no fault so far");
    }
    else {
        puts(probe->table && probe->options->server != ATY_SERVER_OTHER
                 ? "no fault: all is as the policy says"
                 : "no fault");
    }
}

void aty_probe_print(const aty_probe *probe, const char *input, bool colour)
{
    const apr_array_header_t *entries = aty_probe_alike_find(probe);

    if (!probe->table) {
        aty_probe_matrix_print(probe);
    }
    entries_print(probe, entries, colour);
    if (probe->findings->nelts > 0 || !probe->table) {
        putchar('\n');
    }
    nodes_print(probe, input);
    refusals_print(probe);
    withheld_print(probe);
    header_print(probe);
    left_out_print(probe);
    extent_print(probe);
    verdict_print(probe, entries->nelts);
}
