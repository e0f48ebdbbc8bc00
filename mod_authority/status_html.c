#include <string.h>

#include <apr_strings.h>
#include <http_protocol.h>

#include "mod_authority/status_formats.h"

/* Light and dark, wide and narrow. On a narrow screen a table's rows become blocks, and
 * each cell says by itself what it is. */
static const char style[] =
    ":root{color-scheme:light "
    "dark;--ink:#1c1f23;--soft:#5b636e;--page:#fff;--line:#d8dce2;"
    "--band:#f4f6f8;--good:#0b6e3b;--attention:#8a5300;--bad:#b3161b}\n"
    "@media "
    "(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a3abb6;--page:#15181c;"
    "--line:#363c45;--band:#1e2329;--good:#5ecb91;--attention:#f0b354;--bad:#ff8682}}\n"
    "body{margin:0 auto;padding:1.2rem 1rem 3rem;max-width:68rem;color:var(--ink);"
    "background:var(--page);font:1rem/1.5 "
    "system-ui,sans-serif;overflow-wrap:break-word}\n"
    "h1{font-size:1.4rem;margin:0 0 .8rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}\n"
    ".state{margin:0;padding:.7rem 1rem;border:1px solid;border-left-width:.5rem;"
    "border-radius:.3rem;background:var(--band)}\n"
    ".state b{text-transform:uppercase;letter-spacing:.05em;margin-right:.5em}\n"
    ".good{color:var(--good)}.attention{color:var(--attention)}.bad{color:var(--bad)}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.5rem;margin:0}\n"
    "dt,.soft{color:var(--soft)}dd{margin:0}code{font-size:.92em}\n"
    "bdi,.soft,code{overflow-wrap:anywhere}tbody th{width:28%}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .9rem .35rem 0;"
    "border-bottom:1px solid var(--line);font-weight:inherit}\n"
    "thead th{color:var(--soft);font-size:.88em}.w,thead th{white-space:nowrap}\n"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    ".soft{font-size:.88em}.name{font-weight:600}\n"
    "footer{margin-top:2.5rem;color:var(--soft)}a{color:inherit}\n"
    "@media (max-width:42rem){dl{display:block}dd{margin:0 0 .5rem}thead{display:none}"
    "table,tbody,tr,th,tbody "
    "th,td{display:block;width:auto;border:0;padding:0}.n{text-align:left}"
    "tr{border-bottom:1px solid var(--line);padding:.5rem 0}"
    "[data-of]::before{content:attr(data-of) ': ';color:var(--soft);font-weight:400}}\n";

static void text(request_rec *r, const char *string)
{
    ap_rputs(ap_escape_html(r->pool, string), r);
}

/* In two elements: the inner keeps the directions of a stranger's letters to itself. */
static void quoted(request_rec *r, const char *string)
{
    ap_rputs("<code><bdi>", r);
    text(r, string);
    ap_rputs("</bdi></code>", r);
}

/* How long ago, roughly. */
static const char *age(apr_pool_t *pool, apr_time_t since, apr_time_t now)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    int64_t seconds = now > since ? apr_time_sec(now - since) : 0;
    size_t i = 0;

    if (seconds == 0) {
        return "just now";
    }
    /* Up to two of a unit are told in the smaller one. */
    while (i < 3 && seconds < 2 * units[i].seconds) {
        i++;
    }
    seconds /= units[i].seconds;
    return apr_psprintf(pool, "%" APR_INT64_T_FMT " %s%s ago", (apr_int64_t)seconds,
                        units[i].name, seconds == 1 ? "" : "s");
}

static void moment(request_rec *r, apr_time_t time, apr_time_t now)
{
    apr_time_exp_t clock;

    apr_time_exp_lt(&clock, time);
    ap_rprintf(r, "%04d-%02d-%02d %02d:%02d:%02d <span class=\"soft\">(%s)</span>",
               clock.tm_year + 1900, clock.tm_mon + 1, clock.tm_mday, clock.tm_hour,
               clock.tm_min, clock.tm_sec, age(r->pool, time, now));
}

static void term(request_rec *r, const char *name)
{
    ap_rvputs(r, "<dt>", name, "</dt><dd>", NULL);
}

static void term_moment(request_rec *r, const char *name, apr_time_t time, apr_time_t now)
{
    if (time) {
        term(r, name);
        moment(r, time, now);
        ap_rputs("</dd>\n", r);
    }
}

static void write_head(request_rec *r, const aty_status_facts *facts)
{
    const char *state = aty_health_name(facts->health);

    ap_rvputs(r,
              "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
              state, ": mod_authority on ", ap_escape_html(r->pool, facts->server),
              "</title>\n<style>\n", style,
              "</style>\n</head>\n<body>\n<h1>mod_authority on ",
              ap_escape_html(r->pool, facts->server), "</h1>\n<p class=\"state ", state,
              "\"><b>", state, "</b> ", ap_escape_html(r->pool, facts->summary), "</p>\n",
              NULL);
}

static void write_table(request_rec *r, const aty_status_facts *facts)
{
    if (!facts->table) {
        return;
    }
    ap_rputs("<h2>Table</h2>\n<dl>\n", r);
    term(r, "File");
    quoted(r, facts->table);
    ap_rputs(" <span class=\"soft\">AuthorityTable at ", r);
    text(r, facts->table_place);
    ap_rputs("</span></dd>\n", r);
    if (facts->id) {
        term(r, "SHA-256");
        ap_rprintf(r, "<code><b>%.12s</b>%s</code></dd>\n", facts->id, facts->id + 12);
    }
    term_moment(r, "Written", facts->written, facts->now);
    term_moment(r, "Loaded", facts->loaded, facts->now);
    if (facts->id) {
        term(r, "Contents");
        ap_rprintf(r, "%u vhosts, %u names, %u groups</dd>\n", facts->vhosts_in_table,
                   facts->names_in_table, facts->groups_in_table);
        term(r, "SNIPolicy");
        ap_rvputs(r, facts->sni_policy, "</dd>\n", NULL);
    }
    ap_rputs("</dl>\n", r);
}

/* "agrees: 3, missing: 1", or whatever there is. */
static const char *numbers(apr_pool_t *pool, const uint32_t *counts, int count,
                           const char *(*name)(int))
{
    const char *all = "";

    for (int i = 0; i < count; i++) {
        if (counts[i] > 0) {
            all = apr_psprintf(pool, "%s%s%s: %u", all, *all ? ", " : "", name(i),
                               counts[i]);
        }
    }
    return *all ? all : "none";
}

static const char *engine_name(int engine)
{
    return aty_engine_name((aty_engine)engine);
}

static void write_vhost(request_rec *r, const aty_status_vhost *vhost)
{
    ap_rputs("<tr><th scope=\"row\"><bdi class=\"name\">", r);
    text(r, vhost->name);
    ap_rputs("</bdi><br><span class=\"soft\">", r);
    text(r, vhost->place);
    ap_rvputs(r, "</span></th><td class=\"w\" data-of=\"State\">",
              aty_status_state_name(vhost->state), "</td><td data-of=\"Why\">", NULL);
    text(r, vhost->why);
    ap_rputs("</td></tr>\n", r);
}

static void write_vhosts(request_rec *r, const aty_status_facts *facts)
{
    ap_rputs("<h2>Virtual hosts with TLS</h2>\n<dl>\n", r);
    if (facts->id) {
        term(r, "Against the table");
        ap_rvputs(
            r, numbers(r->pool, facts->states, ATY_STATUS_STATES, aty_status_state_name),
            "</dd>\n", NULL);
    }
    term(r, "AuthorityEngine");
    ap_rvputs(r, numbers(r->pool, facts->engines, ATY_ENGINE_OBSERVE + 1, engine_name),
              "</dd>\n", NULL);
    term(r, "AuthorityDrift");
    ap_rvputs(r, facts->drift, "</dd>\n</dl>\n", NULL);
    if (facts->vhosts->nelts == 0) {
        return;
    }
    ap_rputs(
        "<h2>Not in order</h2>\n<table>\n<thead><tr><th scope=\"col\">Virtual host</th>"
        "<th scope=\"col\">State</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
        r);
    for (int i = 0; i < facts->vhosts->nelts; i++) {
        write_vhost(r, &APR_ARRAY_IDX(facts->vhosts, i, const aty_status_vhost));
    }
    ap_rputs("</tbody>\n</table>\n", r);
    if (facts->vhosts_left_out) {
        ap_rprintf(r, "<p>and %u more</p>\n", facts->vhosts_left_out);
    }
}

static void write_number(request_rec *r, const char *of, uint64_t number)
{
    ap_rprintf(r, "<td class=\"n\" data-of=\"%s\">%" APR_UINT64_T_FMT "</td>", of,
               (apr_uint64_t)number);
}

static void write_verdict(request_rec *r, const char *name, const char *sentence,
                          uint64_t number)
{
    ap_rvputs(r, "<tr><th scope=\"row\" class=\"name\">", name, "</th><td>", sentence,
              "</td>", NULL);
    write_number(r, "Count", number);
    ap_rputs("</tr>\n", r);
}

static void write_counts(request_rec *r, const aty_status_facts *facts)
{
    ap_rputs("<h2>Counted since httpd was started</h2>\n<table>\n<thead><tr>"
             "<th scope=\"col\">What</th><th scope=\"col\">That is</th>"
             "<th scope=\"col\" class=\"n\">Count</th></tr></thead>\n<tbody>\n",
             r);
    write_verdict(r, "same", "requests for the connection's own virtual host",
                  facts->counts[ATY_COUNT_SAME]);
    write_verdict(r, "shared", "requests for another one that may share the connection",
                  facts->counts[ATY_COUNT_SHARED]);
    write_verdict(r, "misdirected", "requests that got 421", facts->misdirected);
    write_verdict(r, "would-421", "requests that would have, and were only observed",
                  facts->would);
    write_verdict(r, "connections", "TLS connections, after the handshake",
                  facts->counts[ATY_COUNT_CONNECTIONS]);
    write_verdict(r, "ORIGIN frames", "sent to clients",
                  facts->counts[ATY_COUNT_ORIGIN_FRAMES]);
    ap_rputs("</tbody>\n</table>\n", r);
}

static void write_reasons(request_rec *r, const aty_status_facts *facts)
{
    if (facts->misdirected + facts->would == 0) {
        return;
    }
    ap_rputs("<h2>Why requests were misdirected</h2>\n<table>\n<thead><tr>"
             "<th scope=\"col\">Reason</th><th scope=\"col\">That is</th>"
             "<th scope=\"col\" class=\"n\">421</th>"
             "<th scope=\"col\" class=\"n\">Observed</th></tr></thead>\n<tbody>\n",
             r);
    for (int i = 0; i < ATY_REASON_COUNT; i++) {
        uint64_t refused = facts->counts[ATY_COUNT_MISDIRECTED + i];
        uint64_t observed = facts->counts[ATY_COUNT_WOULD + i];
        if (refused + observed > 0) {
            ap_rvputs(r, "<tr><th scope=\"row\" class=\"name\">",
                      aty_reason_name((aty_reason)i), "</th><td>", NULL);
            text(r, aty_reason_sentence((aty_reason)i));
            ap_rputs("</td>", r);
            write_number(r, "421", refused);
            write_number(r, "Observed", observed);
            ap_rputs("</tr>\n", r);
        }
    }
    ap_rputs("</tbody>\n</table>\n", r);
}

static void write_pair(request_rec *r, const aty_status_pair *pair, apr_time_t now)
{
    ap_rputs("<tr><th scope=\"row\" data-of=\"Connection\"><bdi class=\"name\">", r);
    text(r, *pair->connection ? pair->connection : "not known");
    ap_rvputs(r, "</bdi>",
              pair->had_sni ? "" : "<br><span class=\"soft\">without SNI</span>",
              "</th><td data-of=\"Asked for\"><bdi class=\"name\">", NULL);
    text(r, pair->requested ? pair->requested : "a name that no virtual host has");
    ap_rputs("</bdi>", r);
    if (!pair->requested || strcmp(pair->requested, pair->example) != 0) {
        ap_rputs("<br><span class=\"soft\">first as ", r);
        quoted(r, pair->example);
        ap_rputs("</span>", r);
    }
    ap_rvputs(r, "</td><td class=\"w\" data-of=\"Reason\">",
              aty_reason_name(pair->reason), "</td>", NULL);
    write_number(r, "421", pair->refused);
    write_number(r, "Observed", pair->observed);
    ap_rvputs(r, "<td class=\"w\" data-of=\"Last\">", age(r->pool, pair->last, now),
              "</td></tr>\n", NULL);
}

static void write_pairs(request_rec *r, const aty_status_facts *facts)
{
    if (facts->pair_count == 0) {
        return;
    }
    ap_rputs("<h2>Pairs that are misdirected most</h2>\n<table>\n<thead><tr>"
             "<th scope=\"col\">Connection of</th><th scope=\"col\">Asked for</th>"
             "<th scope=\"col\">Last reason</th><th scope=\"col\" class=\"n\">421</th>"
             "<th scope=\"col\" class=\"n\">Observed</th><th scope=\"col\">Last</th></tr>"
             "</thead>\n<tbody>\n",
             r);
    for (size_t i = 0; i < facts->pair_count; i++) {
        write_pair(r, &facts->pairs[i], facts->now);
    }
    ap_rputs("</tbody>\n</table>\n", r);
}

void aty_status_html(request_rec *r, const aty_status_facts *facts)
{
    write_head(r, facts);
    write_table(r, facts);
    write_vhosts(r, facts);
    write_counts(r, facts);
    write_reasons(r, facts);
    write_pairs(r, facts);
    ap_rputs(
        "<footer>The same for programs: <a href=\"?auto\">?auto</a>, "
        "<a href=\"?json\">?json</a>, <a href=\"?prometheus\">?prometheus</a></footer>\n"
        "</body>\n</html>\n",
        r);
}

/* On a page that is not ours, in its character set: ASCII alone. */
void aty_status_html_section(request_rec *r, const aty_status_facts *facts)
{
    ap_rvputs(r, "<hr />\n<h2>mod_authority</h2>\n<dl>\n<dt>State: ",
              aty_health_name(facts->health), ": ",
              ap_escape_html2(r->pool, facts->summary, 1), "</dt>\n", NULL);
    if (facts->id) {
        ap_rprintf(r, "<dt>Table: %.12s, %u vhosts, %u names, loaded %s</dt>\n",
                   facts->id, facts->vhosts_in_table, facts->names_in_table,
                   age(r->pool, facts->loaded, facts->now));
    }
    ap_rprintf(r,
               "<dt>Requests: %" APR_UINT64_T_FMT " same, %" APR_UINT64_T_FMT
               " shared, %" APR_UINT64_T_FMT " misdirected, %" APR_UINT64_T_FMT
               " would get 421</dt>\n",
               (apr_uint64_t)facts->counts[ATY_COUNT_SAME],
               (apr_uint64_t)facts->counts[ATY_COUNT_SHARED],
               (apr_uint64_t)facts->misdirected, (apr_uint64_t)facts->would);
    ap_rprintf(r,
               "<dt>TLS connections: %" APR_UINT64_T_FMT
               ", ORIGIN frames: %" APR_UINT64_T_FMT "</dt>\n</dl>\n",
               (apr_uint64_t)facts->counts[ATY_COUNT_CONNECTIONS],
               (apr_uint64_t)facts->counts[ATY_COUNT_ORIGIN_FRAMES]);
}
