#include <http_protocol.h>

#include "mod_authority/status_formats.h"

/* The head of a metric: what it is for, and its type. */
static void head(request_rec *r, const char *name, const char *type, const char *help)
{
    ap_rvputs(r, "# HELP authority_", name, " ", help, "\n# TYPE authority_", name, " ",
              type, "\n", NULL);
}

/* A label's value: as in JSON, but for a line end, which the facts have not. */
static void label(request_rec *r, const char *before, const char *name, const char *value)
{
    ap_rvputs(r, before, name, "=\"", NULL);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\') {
            ap_rputc('\\', r);
        }
        ap_rputc(*value, r);
    }
    ap_rputc('"', r);
}

static void value(request_rec *r, uint64_t number)
{
    ap_rprintf(r, " %" APR_UINT64_T_FMT "\n", (apr_uint64_t)number);
}

static void plain(request_rec *r, const char *name, const char *type, uint64_t number,
                  const char *help)
{
    head(r, name, type, help);
    ap_rvputs(r, "authority_", name, NULL);
    value(r, number);
}

/* A sample with one label. */
static void labelled(request_rec *r, const char *name, const char *key, const char *text,
                     uint64_t number)
{
    ap_rvputs(r, "authority_", name, NULL);
    label(r, "{", key, text);
    ap_rputc('}', r);
    value(r, number);
}

/* Left out where it is not known: 0 would be 1970. */
static void moment(request_rec *r, const char *name, apr_time_t time, const char *help)
{
    if (time) {
        plain(r, name, "gauge", (uint64_t)apr_time_sec(time), help);
    }
}

static void table_metrics(request_rec *r, const aty_status_facts *facts)
{
    plain(r, "table_usable", "gauge", facts->id != NULL,
          "Whether a table is in use: without one, every cross-vhost request gets 421.");
    if (facts->id) {
        head(r, "table_info", "gauge", "The table in use.");
        ap_rputs("authority_table_info", r);
        label(r, "{", "sha256", facts->id);
        label(r, ",", "sni_policy", facts->sni_policy);
        label(r, ",", "path", facts->table);
        ap_rputc('}', r);
        value(r, 1);
    }
    moment(r, "table_written_timestamp_seconds", facts->written,
           "When the table's file was last changed.");
    moment(r, "table_loaded_timestamp_seconds", facts->loaded,
           "When the table was loaded.");
    plain(r, "table_vhosts", "gauge", facts->vhosts_in_table, "Vhosts in the table.");
    plain(r, "table_names", "gauge", facts->names_in_table, "Names in the table.");
    plain(r, "table_groups", "gauge", facts->groups_in_table,
          "Groups of vhosts that share connections.");
}

static void vhost_metrics(request_rec *r, const aty_status_facts *facts)
{
    head(r, "state", "gauge", "1 for the state that mod_authority is in.");
    for (int i = 0; i < ATY_HEALTHS; i++) {
        labelled(r, "state", "state", aty_health_name((aty_health)i),
                 (int)facts->health == i);
    }
    head(r, "vhosts", "gauge",
         "Vhosts with TLS, by what they are to the table; missing ones are in it alone.");
    for (int i = 0; i < ATY_STATUS_STATES; i++) {
        labelled(r, "vhosts", "state", aty_status_state_name(i), facts->states[i]);
    }
    head(r, "engine_vhosts", "gauge", "Vhosts with TLS, by AuthorityEngine.");
    for (int i = ATY_ENGINE_ON; i <= ATY_ENGINE_OBSERVE; i++) {
        labelled(r, "engine_vhosts", "engine", aty_engine_name((aty_engine)i),
                 facts->engines[i]);
    }
}

static void requests(request_rec *r, const char *verdict, const char *reason,
                     uint64_t number)
{
    ap_rputs("authority_requests_total", r);
    label(r, "{", "verdict", verdict);
    label(r, ",", "reason", reason);
    ap_rputc('}', r);
    value(r, number);
}

static void count_metrics(request_rec *r, const aty_status_facts *facts)
{
    plain(r, "connections_total", "counter", facts->counts[ATY_COUNT_CONNECTIONS],
          "TLS connections, after the handshake.");
    plain(r, "origin_frames_total", "counter", facts->counts[ATY_COUNT_ORIGIN_FRAMES],
          "ORIGIN frames sent.");
    head(r, "requests_total", "counter",
         "Requests on TLS connections, by verdict; the reason is empty where nothing was "
         "refused.");
    requests(r, "same", "", facts->counts[ATY_COUNT_SAME]);
    requests(r, "shared", "", facts->counts[ATY_COUNT_SHARED]);
    for (int i = 0; i < ATY_REASON_COUNT; i++) {
        const char *reason = aty_reason_name((aty_reason)i);
        requests(r, "misdirected", reason, facts->counts[ATY_COUNT_MISDIRECTED + i]);
        requests(r, "would-421", reason, facts->counts[ATY_COUNT_WOULD + i]);
    }
}

void aty_status_prometheus(request_rec *r, const aty_status_facts *facts)
{
    table_metrics(r, facts);
    vhost_metrics(r, facts);
    count_metrics(r, facts);
}
