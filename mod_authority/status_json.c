#include <http_protocol.h>

#include "mod_authority/status_formats.h"

/* What comes before the next value: "" or ",", and the depth of it. */
typedef struct {
    request_rec *r;
    const char *comma;
} writer;

/* A string of JSON. The facts have no control characters and are UTF-8, so only two
 * characters need care (RFC 8259, section 7). */
static void put_string(const writer *w, const char *text)
{
    ap_rputc('"', w->r);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            ap_rputc('\\', w->r);
        }
        ap_rputc(*text, w->r);
    }
    ap_rputc('"', w->r);
}

static void put_key(writer *w, const char *key)
{
    ap_rputs(w->comma, w->r);
    w->comma = ",\n";
    if (key) {
        put_string(w, key);
        ap_rputs(": ", w->r);
    }
}

static void begin(writer *w, const char *key, char bracket)
{
    put_key(w, key);
    ap_rputc(bracket, w->r);
    w->comma = "\n";
}

static void end(writer *w, char bracket)
{
    ap_rputc('\n', w->r);
    ap_rputc(bracket, w->r);
    w->comma = ",\n";
}

/* NULL is null. */
static void put(writer *w, const char *key, const char *text)
{
    put_key(w, key);
    if (text) {
        put_string(w, text);
    }
    else {
        ap_rputs("null", w->r);
    }
}

static void put_number(writer *w, const char *key, uint64_t number)
{
    put_key(w, key);
    ap_rprintf(w->r, "%" APR_UINT64_T_FMT, (apr_uint64_t)number);
}

static void put_bool(writer *w, const char *key, bool value)
{
    put_key(w, key);
    ap_rputs(value ? "true" : "false", w->r);
}

/* As RFC 3339 has it, in UTC; 0 is null. */
static void put_time(writer *w, const char *key, apr_time_t time)
{
    apr_time_exp_t clock;

    put_key(w, key);
    if (!time) {
        ap_rputs("null", w->r);
        return;
    }
    apr_time_exp_gmt(&clock, time);
    ap_rprintf(w->r, "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", clock.tm_year + 1900,
               clock.tm_mon + 1, clock.tm_mday, clock.tm_hour, clock.tm_min,
               clock.tm_sec);
}

static void put_table(writer *w, const aty_status_facts *facts)
{
    begin(w, "table", '{');
    put(w, "path", facts->table);
    put(w, "place", facts->table_place);
    put_bool(w, "usable", facts->id != NULL);
    put(w, "failure", facts->failure);
    put(w, "sha256", facts->id);
    put_time(w, "written", facts->written);
    put_time(w, "loaded", facts->loaded);
    put(w, "sni_policy", facts->sni_policy);
    put_number(w, "vhosts", facts->vhosts_in_table);
    put_number(w, "names", facts->names_in_table);
    put_number(w, "groups", facts->groups_in_table);
    end(w, '}');
}

static void put_vhosts(writer *w, const aty_status_facts *facts)
{
    begin(w, "engine", '{');
    put_number(w, "on", facts->engines[ATY_ENGINE_ON]);
    put_number(w, "observe", facts->engines[ATY_ENGINE_OBSERVE]);
    put_number(w, "off", facts->engines[ATY_ENGINE_OFF]);
    end(w, '}');
    put(w, "drift", facts->drift);
    begin(w, "vhosts", '{');
    for (int state = 0; state < ATY_STATUS_STATES; state++) {
        put_number(w, aty_status_state_name(state), facts->states[state]);
    }
    begin(w, "list", '[');
    for (int i = 0; i < facts->vhosts->nelts; i++) {
        const aty_status_vhost *vhost =
            &APR_ARRAY_IDX(facts->vhosts, i, const aty_status_vhost);
        begin(w, NULL, '{');
        put(w, "name", vhost->name);
        put(w, "state", aty_status_state_name(vhost->state));
        put(w, "place", vhost->place);
        put(w, "why", vhost->why);
        end(w, '}');
    }
    end(w, ']');
    put_number(w, "left_out", facts->vhosts_left_out);
    end(w, '}');
}

static void put_reasons(writer *w, const char *key, const uint64_t *counts,
                        uint64_t total)
{
    begin(w, key, '{');
    put_number(w, "total", total);
    begin(w, "by_reason", '{');
    for (int i = 0; i < ATY_REASON_COUNT; i++) {
        put_number(w, aty_reason_name((aty_reason)i), counts[i]);
    }
    end(w, '}');
    end(w, '}');
}

static void put_counts(writer *w, const aty_status_facts *facts)
{
    put_number(w, "connections", facts->counts[ATY_COUNT_CONNECTIONS]);
    put_number(w, "origin_frames", facts->counts[ATY_COUNT_ORIGIN_FRAMES]);
    begin(w, "requests", '{');
    put_number(w, "same", facts->counts[ATY_COUNT_SAME]);
    put_number(w, "shared", facts->counts[ATY_COUNT_SHARED]);
    put_reasons(w, "misdirected", facts->counts + ATY_COUNT_MISDIRECTED,
                facts->misdirected);
    put_reasons(w, "would_421", facts->counts + ATY_COUNT_WOULD, facts->would);
    end(w, '}');
}

static void put_pairs(writer *w, const aty_status_facts *facts)
{
    begin(w, "pairs", '[');
    for (size_t i = 0; i < facts->pair_count; i++) {
        const aty_status_pair *pair = &facts->pairs[i];
        begin(w, NULL, '{');
        put(w, "connection", *pair->connection ? pair->connection : NULL);
        put_bool(w, "sni", pair->had_sni);
        put(w, "requested", pair->requested);
        put(w, "example", pair->example);
        put(w, "reason", aty_reason_name(pair->reason));
        put_number(w, "misdirected", pair->refused);
        put_number(w, "would_421", pair->observed);
        put_time(w, "last", pair->last);
        end(w, '}');
    }
    end(w, ']');
}

void aty_status_json(request_rec *r, const aty_status_facts *facts)
{
    writer w = {r, ""};

    begin(&w, NULL, '{');
    put(&w, "state", aty_health_name(facts->health));
    put(&w, "summary", facts->summary);
    put_time(&w, "time", facts->now);
    put_table(&w, facts);
    put_vhosts(&w, facts);
    put_counts(&w, facts);
    put_pairs(&w, facts);
    end(&w, '}');
    ap_rputc('\n', r);
}
