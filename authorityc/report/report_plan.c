/* What can be done about the attempts, as `authorityc plan` says it. */
#include "authorityc/report/report.h"

#include <apr_strings.h>

#include "authorityc/report/report_html.h"
#include "authorityc/report/report_list.h"

static const char *const titles[ATY_REMEDY_COUNT] = {
    [ATY_REMEDY_UNIFY] = "Write equal settings equally",
    [ATY_REMEDY_HTTP1] = "HTTP/1.1 where a &lt;Location&gt; wants it",
    [ATY_REMEDY_CERTIFICATES] = "Certificates that do not reach into other groups",
    [ATY_REMEDY_ADDRESSES] = "Addresses for those that must not meet",
};

typedef struct {
    const aty_report *report;
    const aty_remedy *remedy;
} remedy_part;

/* Directives before or after, each line with a sign of its own. */
static void lines_write(const char *lines, const char *element, FILE *out)
{
    if (*lines) {
        fprintf(out, "<%s><pre><code>", element);
        aty_html_text(out, lines);
        fprintf(out, "</code></pre></%s>\n", element);
    }
}

static void change_write(const void *of, uint32_t index, FILE *out)
{
    const remedy_part *part = of;
    const aty_plan_change *change =
        &APR_ARRAY_IDX(part->remedy->changes, (int)index, const aty_plan_change);
    const aty_vhost_record *vhost = &part->report->table->vhosts[change->vhost];

    fputs("<li>", out);
    aty_html_vhost(out, part->report->table, change->vhost);
    fputs(" ", out);
    aty_html_place(out, part->report->table, vhost->file, vhost->line);
    lines_write(change->before, "del", out);
    lines_write(change->after, "ins", out);
    fputs("</li>\n", out);
}

/* The first names of a list, and how many more there are. */
static void names_write(const apr_array_header_t *names, FILE *out)
{
    const int shown = 3;

    for (int i = 0; i < names->nelts && i < shown; i++) {
        fputs(i ? ", " : "", out);
        aty_html_word(out, APR_ARRAY_IDX(names, i, const char *));
    }
    if (names->nelts > shown) {
        fputs(" and ", out);
        aty_html_number(out, (uint64_t)(names->nelts - shown));
        fputs(" more", out);
    }
}

static void vhosts_write(const aty_report *report, const apr_array_header_t *vhosts,
                         FILE *out)
{
    const int shown = 3;

    for (int i = 0; i < vhosts->nelts && i < shown; i++) {
        fputs(i ? ", " : "", out);
        aty_html_vhost(out, report->table, APR_ARRAY_IDX(vhosts, i, uint32_t));
    }
    if (vhosts->nelts > shown) {
        fputs(" and ", out);
        aty_html_number(out, (uint64_t)(vhosts->nelts - shown));
        fputs(" more", out);
    }
}

static void certificate_write(const void *of, uint32_t index, FILE *out)
{
    const remedy_part *part = of;
    const aty_plan_certificate *certificate = &APR_ARRAY_IDX(
        part->remedy->certificates, (int)index, const aty_plan_certificate);

    fputs("<tr><th scope=\"row\">", out);
    aty_html_word(out, certificate->path);
    fputs("</th><td data-of=\"Names\">", out);
    names_write(certificate->names, out);
    fputs("</td><td data-of=\"For\">", out);
    vhosts_write(part->report, certificate->vhosts, out);
    fprintf(out, "</td><td data-of=\"Challenge\">%s</td></tr>\n",
            certificate->wildcard ? "by DNS: it has a wildcard" : "any");
}

static void address_write(const void *of, uint32_t index, FILE *out)
{
    const remedy_part *part = of;
    const aty_plan_address *address =
        &APR_ARRAY_IDX(part->remedy->addresses, (int)index, const aty_plan_address);

    fputs("<tr><th scope=\"row\">", out);
    aty_html_word(out, address->address);
    fputs("</th><td data-of=\"Instead of\">", out);
    aty_html_word(out, address->instead);
    fputs("</td><td data-of=\"For\">", out);
    vhosts_write(part->report, address->vhosts, out);
    fputs("</td></tr>\n", out);
}

/* What is wanted, of the kind that the remedy has. */
static void wants_write(const remedy_part *part, FILE *out)
{
    const aty_list certificates = {
        .opening = "<table>\n<caption>Certificates that are wanted</caption>\n<thead><tr>"
                   "<th scope=\"col\">File</th><th scope=\"col\">Names</th><th "
                   "scope=\"col\">For</th><th "
                   "scope=\"col\">Challenge</th></tr></thead>\n<tbody>\n",
        .closing = "</tbody>\n</table>\n",
        .what = "certificate",
        .rest = "<code>authorityc plan --certificates</code> has all",
        .entry = certificate_write,
        .of = part,
    };
    const aty_list addresses = {
        .opening =
            "<table>\n<caption>Addresses that are wanted</caption>\n<thead><tr><th "
            "scope=\"col\">Address</th><th scope=\"col\">Instead of</th><th "
            "scope=\"col\">For</th></tr></thead>\n<tbody>\n",
        .closing = "</tbody>\n</table>\n",
        .what = "address",
        .rest = "<code>authorityc plan --addresses</code> has all",
        .entry = address_write,
        .of = part,
    };
    const aty_list changes = {
        .opening = "<ul class=\"messages\">\n",
        .closing = "</ul>\n",
        .what = "vhost",
        .rest = "<code>authorityc plan --apply</code> writes them all",
        .entry = change_write,
        .of = part,
        .more = 40,
    };
    const aty_remedy *remedy = part->remedy;

    if (remedy->kind == ATY_REMEDY_CERTIFICATES && remedy->certificates) {
        aty_list_write(&certificates, (uint32_t)remedy->certificates->nelts, out);
    }
    else if (remedy->kind == ATY_REMEDY_ADDRESSES && remedy->addresses) {
        aty_list_write(&addresses, (uint32_t)remedy->addresses->nelts, out);
    }
    else {
        aty_list_write(&changes, (uint32_t)remedy->changes->nelts, out);
    }
}

static bool applies(const aty_remedy *remedy)
{
    return !remedy->fault && !apr_is_empty_array(remedy->changes);
}

static void obstacle_write(const void *of, uint32_t index, FILE *out)
{
    const remedy_part *part = of;
    const aty_table *table = part->report->table;
    const aty_plan_obstacle *obstacle =
        &APR_ARRAY_IDX(part->remedy->obstacles, (int)index, const aty_plan_obstacle);

    fputs("<li>", out);
    aty_html_vhost(out, table, obstacle->vhost);
    if (obstacle->name != ATY_NONE) {
        fputs(" asked for ", out);
        aty_html_word(out, aty_table_string(table, table->names[obstacle->name].name));
    }
    fputs(": ", out);
    aty_html_text(out, obstacle->why);
    fputs("</li>\n", out);
}

/* What it leaves, and why. */
static void obstacles_write(const remedy_part *part, FILE *out)
{
    const aty_list list = {
        .opening = "<ul class=\"messages\">\n",
        .closing = "</ul>\n",
        .what = "pair",
        .rest = "<code>authorityc plan --json</code> lists them",
        .entry = obstacle_write,
        .of = part,
        .more = 40,
    };

    if (!apr_is_empty_array(part->remedy->obstacles)) {
        fputs("<details><summary>Where it does not help, and why</summary>\n", out);
        aty_list_write(&list, (uint32_t)part->remedy->obstacles->nelts, out);
        fputs("</details>\n", out);
    }
}

static void cost_write(const aty_remedy *remedy, FILE *out)
{
    if (remedy->cost && *remedy->cost) {
        fputs("; what it costs: ", out);
        aty_html_text(out, remedy->cost);
    }
    if (remedy->resets > 0) {
        fputs(". It also ends resets of HTTP/2 streams on the own connections of ", out);
        aty_html_count(out, remedy->resets, "name");
        fputs(", where a &lt;Location&gt; needs a renegotiation", out);
    }
}

static void remedy_write(const aty_report *report, const aty_remedy *remedy, FILE *out)
{
    const remedy_part part = {report, remedy};
    uint64_t before = remedy->before->pairs, after = remedy->after->pairs;

    fprintf(out, "<li><h3>%s</h3>\n", titles[remedy->kind]);
    if (applies(remedy)) {
        fprintf(out, "<p><b class=\"%s\">ends ", after == 0 ? "good" : "attention");
        aty_html_number(out, before > after ? before - after : 0);
        fputs(" of ", out);
        aty_html_count(out, before, "pair");
        fputs("</b>", out);
        cost_write(remedy, out);
        fputs("</p>\n<details><summary>What to change</summary>\n", out);
        wants_write(&part, out);
        fputs("</details>\n", out);
    }
    else {
        fputs(remedy->fault ? "<p>cannot be: " : "<p>nothing to do", out);
        aty_html_text(out, remedy->fault ? remedy->fault : "");
        fputs("</p>\n", out);
    }
    obstacles_write(&part, out);
    fputs("</li>\n", out);
}

static void remedies_write(const aty_report *report, FILE *out)
{
    fputs(
        "<p>Clients that ignore ORIGIN frames, as Chrome and Safari do over HTTP/2, try "
        "the pairs above until the configuration changes. The cheapest way out comes "
        "first; each of the others is told as it is on top of the first alone. Nothing "
        "is estimated: the changed policies were compiled, and their pairs counted. "
        "<code>authorityc plan --apply</code> writes them.</p>\n<ol "
        "class=\"remedies\">\n",
        out);
    for (int kind = 0; kind < ATY_REMEDY_COUNT; kind++) {
        remedy_write(report, &report->plan->remedies[kind], out);
    }
    fputs("</ol>\n", out);
}

/* Whether there is something to do, even if clients try nothing in vain. */
static bool is_needed(const aty_report *report)
{
    return report->attempts->pairs > 0 ||
           (report->plan && report->plan->remedies[ATY_REMEDY_HTTP1].resets > 0);
}

void aty_report_plan(const aty_report *report, FILE *out)
{
    fputs("<section aria-labelledby=\"plan\">\n<h2 id=\"plan\">Plan</h2>\n", out);
    if (!is_needed(report)) {
        fputs("<p>Nothing to do: no pair that clients try ends in 421.</p>\n", out);
    }
    else if (!report->plan) {
        fputs(
            "<p>Clients that ignore ORIGIN frames, as Chrome and Safari do over "
            "HTTP/2, try the pairs above until the configuration changes. What to change "
            "can only be told of a policy, and this page was made from a table: "
            "<code>authorityc report</code> of the policy has the plan here.</p>\n",
            out);
    }
    else {
        remedies_write(report, out);
    }
    fputs("</section>\n", out);
}
