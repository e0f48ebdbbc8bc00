/* probe_matrix_text.c: the checklist for people. */
#include "authorityc/probe/probe_matrix.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <apr_strings.h>

#include "authorityc/print.h"
#include "authorityc/probe/probe_judge.h"

static const char *name_at(const aty_probe *probe, int index)
{
    return APR_ARRAY_IDX(probe->options->names, index, const char *);
}

static int number_of(const aty_probe *probe, const char *name)
{
    for (int i = 0; i < probe->options->names->nelts; i++) {
        if (strcmp(name_at(probe, i), name) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static const char *addresses_text(apr_pool_t *pool, const aty_resolved *resolved)
{
    const char *text = "";

    for (uint32_t i = 0; i < resolved->count; i++) {
        text =
            apr_pstrcat(pool, text, i ? ", " : "", resolved->addresses[i], (char *)NULL);
    }
    return resolved->count ? text : "no address";
}

/* The names at each address that several have. */
static void shared_print(const aty_probe *probe)
{
    apr_hash_t *told = apr_hash_make(probe->pool);

    for (int i = 0; i < probe->names->nelts; i++) {
        const aty_resolved *of =
            &APR_ARRAY_IDX(probe->names, i, const aty_probe_name).resolved;
        for (uint32_t a = 0; a < of->count; a++) {
            const char *address = of->addresses[a], *list = "";
            int count = 0;
            if (apr_hash_get(told, address, APR_HASH_KEY_STRING)) {
                continue;
            }
            apr_hash_set(told, address, APR_HASH_KEY_STRING, address);
            for (int k = 0; k < probe->names->nelts; k++) {
                const aty_probe_name *name =
                    &APR_ARRAY_IDX(probe->names, k, const aty_probe_name);
                for (uint32_t b = 0; b < name->resolved.count; b++) {
                    if (strcmp(name->resolved.addresses[b], address) == 0) {
                        list =
                            apr_psprintf(probe->pool, "%s%s%d", list, count++ ? ", " : "",
                                         number_of(probe, name->name));
                    }
                }
            }
            if (count > 1) {
                printf("  at one address, %s: %s\n", address, list);
            }
        }
    }
}

static void names_print(const aty_probe *probe)
{
    puts("names");
    for (int i = 0; i < probe->names->nelts; i++) {
        const aty_probe_name *name =
            &APR_ARRAY_IDX(probe->names, i, const aty_probe_name);
        printf("  %2d %s: %s\n", number_of(probe, name->name), name->name,
               addresses_text(probe->pool, &name->resolved));
    }
    shared_print(probe);
}

/* The numbers of the names that the certificate covers. */
static const char *covered_text(const aty_probe *probe, const aty_probe_visit *visit)
{
    const char *text = "";

    for (int i = 0; i < probe->options->names->nelts; i++) {
        if (aty_probe_covers(visit->shown.names, name_at(probe, i))) {
            text = apr_psprintf(probe->pool, "%s%s%d", text, *text ? ", " : "", i + 1);
        }
    }
    return *text ? text : "none of these";
}

static const char *origin_text(const aty_probe *probe, const aty_probe_handshake *shown)
{
    if (!shown->origins) {
        return "no ORIGIN frame";
    }
    return shown->origins->nelts
               ? apr_pstrcat(probe->pool, "ORIGIN ",
                             aty_probe_list_text(probe->pool, shown->origins),
                             (char *)NULL)
               : "an empty ORIGIN frame";
}

static const char *day_text(apr_pool_t *pool, int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;

    gmtime_r(&time, &parts);
    return apr_psprintf(pool, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                        parts.tm_mday);
}

static const char *client_text(const aty_probe_handshake *shown)
{
    return !shown->client_certificate_wanted ? "no client certificate wanted"
           : shown->client_certificate_sent  ? "client certificate wanted, and sent"
                                             : "client certificate wanted";
}

/* Why nothing can be asked there; NULL where something can. With TLS 1.3 a client learns
 * after the handshake that the server does not want it: over HTTP/1.1 its first request
 * ends so. */
static const char *end_text(const aty_probe_visit *visit)
{
    if (visit->shown.stage != ATY_PROBE_OPEN) {
        return visit->shown.fault;
    }
    return visit->answers->nelts > 0 && aty_probe_is_locked_out(visit)
               ? aty_probe_answer_at(visit, 0)->fault
               : NULL;
}

static void connection_print(const aty_probe *probe, const aty_probe_visit *visit)
{
    const aty_probe_handshake *shown = &visit->shown;
    apr_pool_t *pool = probe->pool;
    const char *text = "not asked", *end = end_text(visit);

    if (visit->tried && !shown->names) {
        text = shown->fault ? shown->fault : "no TLS";
    }
    else if (visit->tried) {
        text = apr_pstrcat(pool, shown->alpn && *shown->alpn ? shown->alpn : "no ALPN",
                           ", ", shown->tls_version ? shown->tls_version : "",
                           ", certificate for ", aty_probe_list_text(pool, shown->names),
                           " until ", day_text(pool, shown->not_after), ", covers ",
                           covered_text(probe, visit), ", ",
                           shown->trust_fault ? shown->trust_fault : "trusted", ", ",
                           client_text(shown), ", ", origin_text(probe, shown),
                           end ? "; " : "", end ? end : "", (char *)NULL);
    }
    aty_print_wrapped(apr_psprintf(pool, "  %2d %s, %s: ", number_of(probe, visit->sni),
                                   visit->sni, aty_probe_node_text(pool, visit->node)),
                      text, stdout);
}

static void row_print(const aty_probe *probe, const aty_probe_visit *visit)
{
    printf("  %2d", number_of(probe, visit->sni));
    for (int i = 0; i < visit->answers->nelts; i++) {
        printf(" %4s", aty_probe_cell(probe->pool, aty_probe_answer_at(visit, i)));
    }
    putchar('\n');
}

/* A row for each connection, a column for each host. */
static void rows_print(const aty_probe *probe)
{
    const aty_probe_node *node = NULL;

    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        if (visit->node != node && probe->nodes->nelts > 1) {
            printf("%s\n", aty_probe_node_text(probe->pool, visit->node));
        }
        node = visit->node;
        row_print(probe, visit);
    }
}

static void matrix_print(const aty_probe *probe)
{
    fputs("\nanswers: the connection's name in rows, the request's host in columns\n"
          "    ",
          stdout);
    for (int i = 0; i < probe->options->names->nelts; i++) {
        printf(" %4d", i + 1);
    }
    putchar('\n');
    rows_print(probe);
}

static void texts_print(const aty_probe *probe)
{
    bool titled = false;

    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        for (int a = 0; a < visit->answers->nelts; a++) {
            const aty_probe_answer *answer = aty_probe_answer_at(visit, a);
            if (answer->status != 421 || !answer->text) {
                continue;
            }
            if (!titled) {
                puts("\nwhat each 421 says");
                titled = true;
            }
            aty_print_wrapped(apr_psprintf(probe->pool,
                                           "  %2d for %d: ", number_of(probe, visit->sni),
                                           number_of(probe, answer->authority)),
                              aty_probe_page_line(probe->pool, answer->text), stdout);
        }
    }
}

typedef enum {
    REFUSED, /* browsers try, and get 421 */
    REFUSED_TO_SOME /* those that do not honour ORIGIN */,
    ANSWERED,
    FAILED, /* tried, and reset or not answered */
    FATES
} fate;

/* The names on whose connections a browser asks for the authority, by what comes of it.
 */
static void fates_find(const aty_probe *probe, const char *authority,
                       apr_array_header_t *connections[FATES])
{
    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        aty_coalesce coalesce = aty_probe_coalesces(probe, visit, authority);
        if (coalesce != ATY_COALESCE_YES && coalesce != ATY_COALESCE_NOT_LISTED) {
            continue;
        }
        for (int a = 0; a < visit->answers->nelts; a++) {
            const aty_probe_answer *answer = aty_probe_answer_at(visit, a);
            if (strcmp(answer->authority, authority) == 0 && answer->asked) {
                fate comes = answer->status != 421 ? answer->status ? ANSWERED : FAILED
                             : coalesce == ATY_COALESCE_YES ? REFUSED
                                                            : REFUSED_TO_SOME;
                APR_ARRAY_PUSH(connections[comes], const char *) = visit->sni;
            }
        }
    }
}

static void consequence_print(const aty_probe *probe, const char *authority)
{
    static const char *const sentences[FATES] = {
        [REFUSED] = "browsers send its requests, get a 421 and ask again on another "
                    "connection",
        [REFUSED_TO_SOME] =
            "browsers that do not honour ORIGIN (Chromium, Safari) send its "
            "requests, get a 421 and ask again on another connection",
        [ANSWERED] = "browsers send its requests as well, and are answered",
        [FAILED] = "browsers send its requests, and get no answer",
    };
    apr_array_header_t *connections[FATES];
    bool any = false;

    for (int i = 0; i < FATES; i++) {
        connections[i] = apr_array_make(probe->pool, 4, sizeof(const char *));
    }
    fates_find(probe, authority, connections);
    for (int i = 0; i < FATES; i++) {
        if (connections[i]->nelts > 0) {
            any = true;
            aty_print_wrapped(
                apr_psprintf(probe->pool, "  %s: ", authority),
                apr_psprintf(
                    probe->pool, "on connections for %s %s",
                    aty_probe_list_text(
                        probe->pool, aty_probe_texts_sort(probe->pool, connections[i])),
                    sentences[i]),
                stdout);
        }
    }
    if (!any) {
        printf("  %s: browsers use no connection for another of these names\n",
               authority);
    }
}

/* Each row once more: the same connection name, every host. */
static void commands_print(const aty_probe *probe)
{
    const char *hosts = apr_array_pstrcat(probe->pool, probe->options->names, ' ');

    puts("\nto ask a row again");
    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        printf("  for host in %s; do %s; done\n", hosts,
               aty_probe_curl(probe->pool, probe, visit, "$host"));
    }
}

void aty_probe_matrix_print(const aty_probe *probe)
{
    names_print(probe);
    puts("\nconnections");
    for (int i = 0; i < probe->visits->nelts; i++) {
        connection_print(probe, aty_probe_visit_at(probe, i));
    }
    matrix_print(probe);
    texts_print(probe);
    puts("\nwhat follows");
    for (int i = 0; i < probe->options->names->nelts; i++) {
        consequence_print(probe, name_at(probe, i));
    }
    commands_print(probe);
}
