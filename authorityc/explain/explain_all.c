/* `authorityc explain --all NAME`: everyone NAME can and cannot share with, by reason. */
#include "authorityc/explain/explain_site.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_tables.h>

#include "authorityc/table_json.h"
#include "authorityc/table_words.h"

/* The kinds of answers: the two without a reason, then one for each reason. */
#define KIND_SAME   0
#define KIND_SHARED 1
#define KIND_REASON 2
#define KINDS       (KIND_REASON + ATY_REASON_COUNT)

/* Which way the requests go. */
typedef enum {
    TO_NAME,  /* requests for others on connections of NAME */
    FROM_NAME /* requests for NAME on connections of others */
} direction;

typedef struct {
    const aty_table *table;
    aty_question subject;             /* NAME asked for on its own connection */
    apr_array_header_t *kinds[KINDS]; /* of name records (uint32_t) */
} survey;

static uint32_t kind_of(const aty_verdict *verdict)
{
    switch (verdict->outcome) {
    case ATY_SAME:
        return KIND_SAME;
    case ATY_SHARED:
        return KIND_SHARED;
    default:
        return KIND_REASON + (uint32_t)verdict->reason;
    }
}

static const char *kind_name(uint32_t kind)
{
    return kind < KIND_REASON
               ? aty_outcome_name(kind == KIND_SAME ? ATY_SAME : ATY_SHARED)
               : aty_reason_name((aty_reason)(kind - KIND_REASON));
}

static aty_verdict name_verdict(const survey *s, uint32_t name, direction way)
{
    const char *text = aty_table_string(s->table, s->table->names[name].name);
    uint32_t vhost = aty_get(s->table->names[name].vhost);
    aty_pair pair = s->subject.pair;

    if (way == TO_NAME) {
        pair.request = vhost;
        pair.authority = text;
        pair.authority_length = strlen(text);
    }
    else {
        pair.connection = vhost;
        pair.had_sni = true;
    }
    return aty_verdict_decide(s->table, &pair);
}

/* Whether the question makes sense: httpd gives the name to its vhost on this address,
 * and a vhost whose connections are asked about has such connections. */
static bool is_asked(const survey *s, uint32_t name, direction way)
{
    const char *text = aty_table_string(s->table, s->table->names[name].name);
    uint32_t vhost = aty_get(s->table->names[name].vhost);

    if (way == FROM_NAME && s->subject.pair.h2 &&
        !(aty_get(s->table->vhosts[vhost].flags) & ATY_VHOST_H2)) {
        return false;
    }
    return aty_vhost_seat(s->table, vhost, s->subject.pair.address_set) &&
           aty_vhost_named(s->table, s->subject.pair.address_set, text, strlen(text)) ==
               vhost;
}

static void survey_make(survey *s, apr_pool_t *pool, direction way)
{
    for (uint32_t kind = 0; kind < KINDS; kind++) {
        s->kinds[kind] = apr_array_make(pool, 4, sizeof(uint32_t));
    }
    for (uint32_t name = 0; name < s->table->counts[ATY_SECTION_NAMES]; name++) {
        if (is_asked(s, name, way)) {
            aty_verdict verdict = name_verdict(s, name, way);
            APR_ARRAY_PUSH(s->kinds[kind_of(&verdict)], uint32_t) = name;
        }
    }
}

/* The names of a kind, the vhost and its place said once for all its names. */
static void names_print(const survey *s, const apr_array_header_t *names)
{
    uint32_t last = ATY_NONE;

    for (int i = 0; i < names->nelts; i++) {
        const aty_name_record *record =
            &s->table->names[APR_ARRAY_IDX(names, i, uint32_t)];
        uint32_t vhost = aty_get(record->vhost);
        const aty_vhost_record *about = &s->table->vhosts[vhost];
        printf("    %s", aty_table_string(s->table, record->name));
        if (vhost != last) {
            fputs(" (", stdout);
            aty_words_place_print(s->table, about->file, about->line, stdout);
            putchar(')');
        }
        putchar('\n');
        last = vhost;
    }
}

static void survey_print(const survey *s)
{
    for (uint32_t kind = 0; kind < KINDS; kind++) {
        int count = s->kinds[kind]->nelts;
        if (count > 0) {
            printf("  %s%s, %d name%s%s%s\n",
                   kind < KIND_REASON ? "" : "misdirected: ", kind_name(kind), count,
                   count == 1 ? "" : "s", kind < KIND_REASON ? "" : ": ",
                   kind < KIND_REASON
                       ? ""
                       : aty_reason_sentence((aty_reason)(kind - KIND_REASON)));
            names_print(s, s->kinds[kind]);
        }
    }
}

static json_t *survey_json(const survey *s)
{
    json_t *answers = json_array();

    for (uint32_t kind = 0; kind < KINDS; kind++) {
        json_t *names = json_array();
        for (int i = 0; i < s->kinds[kind]->nelts; i++) {
            uint32_t name = APR_ARRAY_IDX(s->kinds[kind], i, uint32_t);
            json_array_append_new(names, json_string(aty_table_string(
                                             s->table, s->table->names[name].name)));
        }
        if (json_array_size(names) == 0) {
            json_decref(names);
            continue;
        }
        json_array_append_new(
            answers,
            json_pack("{s:s, s:s?, s:o}", "verdict",
                      kind < KIND_REASON ? kind_name(kind) : "misdirected", "reason",
                      kind < KIND_REASON ? NULL : kind_name(kind), "names", names));
    }
    return answers;
}

static void all_json_print(survey *s, apr_pool_t *pool)
{
    json_t *whole = json_pack("{s:s, s:o}", "name", s->subject.connection_name, "address",
                              aty_json_address(s->table, s->subject.pair.address_set));

    survey_make(s, pool, TO_NAME);
    json_object_set_new(whole, "on_its_connections", survey_json(s));
    survey_make(s, pool, FROM_NAME);
    json_object_set_new(whole, "on_connections_of_others", survey_json(s));
    aty_json_print(whole, JSON_INDENT(2));
}

static void all_print(survey *s, apr_pool_t *pool)
{
    const char *name = s->subject.connection_name;

    printf("requests on connections of %s, %s, address ", name,
           s->subject.pair.h2 ? "HTTP/2" : "HTTP/1.1");
    aty_words_address_print(s->table, s->subject.pair.address_set, stdout);
    puts(":");
    survey_make(s, pool, TO_NAME);
    survey_print(s);
    printf("\nrequests for %s on connections of:\n", name);
    survey_make(s, pool, FROM_NAME);
    survey_print(s);
}

const char *aty_explain_all(apr_pool_t *pool, const aty_table *table,
                            const aty_question_options *options, const char *name,
                            bool json)
{
    survey s = {.table = table};
    const char *fault = aty_question_answer(table, options, name, name, &s.subject);

    if (fault) {
        return fault;
    }
    if (!s.subject.connection_named) {
        return "no vhost has this name";
    }
    (json ? all_json_print : all_print)(&s, pool);
    return NULL;
}
