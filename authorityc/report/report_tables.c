/* What the pictures show, as tables. */
#include "authorityc/report/report.h"

#include <apr_strings.h>

#include "authorityc/report/report_html.h"
#include "authorityc/report/report_list.h"

typedef struct {
    const aty_report *report;
    const aty_report_set *set;
} tables;

static void number_cell(FILE *out, const char *of, uint64_t number)
{
    fprintf(out, "<td class=\"n\" data-of=\"%s\">", of);
    aty_html_number(out, number);
    fputs("</td>", out);
}

static void group_write(const void *of, uint32_t index, FILE *out)
{
    const tables *t = of;
    const aty_report *report = t->report;
    const aty_group *group = t->set->groups[index];
    const aty_group *largest = report->groups.largest[group->address_set];
    const aty_vhost_record *vhost = &report->table->vhosts[group->vhost];

    fputs("<tr><th scope=\"row\">", out);
    aty_html_vhost(out, report->table, group->vhost);
    fputs("<br/>", out);
    aty_html_place(out, report->table, vhost->file, vhost->line);
    fputs("</th>", out);
    number_cell(out, "Names", group->names);
    number_cell(out, "Vhosts", group->vhosts);
    number_cell(out, "421 on its connections", report->traffic[group->number - 1].from);
    number_cell(out, "421 for its names", report->traffic[group->number - 1].to);
    fputs("<td data-of=\"Apart from the largest by\">", out);
    if (group == largest) {
        fputs("<span class=\"soft\">the largest</span>", out);
    }
    else {
        aty_html_reasons(out, aty_group_reasons(report->table, largest, group));
    }
    fputs("</td></tr>\n", out);
}

static void groups_write(const tables *t, const char *address, FILE *out)
{
    const aty_list list = {
        .opening = apr_pstrcat(
            t->report->pool, "<table>\n<caption>Groups of ", address,
            "</caption>\n<thead><tr><th scope=\"col\">First vhost</th><th scope=\"col\" "
            "class=\"n\">Names</th><th scope=\"col\" class=\"n\">Vhosts</th><th "
            "scope=\"col\" class=\"n\">421 on its connections</th><th scope=\"col\" "
            "class=\"n\">421 for its names</th><th scope=\"col\">Apart from the largest "
            "by</th></tr></thead>\n<tbody>\n",
            (char *)NULL),
        .closing = "</tbody>\n</table>\n",
        .what = "group",
        .rest = "<code>authorityc explain --groups</code> tells of all",
        .entry = group_write,
        .of = t,
    };

    aty_list_write(&list, t->set->group_count, out);
}

/* The group, unless it is known by the vhost already. */
static void end_write(const aty_report *report, uint32_t group, FILE *out)
{
    aty_html_vhost(out, report->table, report->groups.groups[group - 1].vhost);
}

static void attempt_write(const void *of, uint32_t index, FILE *out)
{
    const tables *t = of;
    const aty_report *report = t->report;
    const aty_attempt *attempt = t->set->attempts[index];

    fputs("<tr><th scope=\"row\" data-of=\"On connections of group\">", out);
    end_write(report, attempt->from, out);
    fputs("</th><td data-of=\"For names of group\">", out);
    if (attempt->from == attempt->to) {
        fputs("<span class=\"soft\">the same group</span>", out);
    }
    else {
        end_write(report, attempt->to, out);
    }
    fprintf(out, "</td><td class=\"w\" data-of=\"Reason\"><b>%s</b></td>",
            aty_reason_name(attempt->reason));
    number_cell(out, "Pairs", attempt->pairs);
    fputs("<td data-of=\"For instance\">", out);
    aty_html_vhost(out, report->table, attempt->connection);
    fputs(" is asked for ", out);
    aty_html_word(
        out, aty_table_string(report->table, report->table->names[attempt->name].name));
    fputs("</td></tr>\n", out);
}

static void attempts_write(const tables *t, const char *address, FILE *out)
{
    const aty_list list = {
        .opening = apr_pstrcat(
            t->report->pool, "<table>\n<caption>What clients try on connections to ",
            address,
            ", and what ends in 421</caption>\n<thead><tr><th scope=\"col\">On "
            "connections of group</th><th scope=\"col\">For names of group</th><th "
            "scope=\"col\">Reason</th><th scope=\"col\" class=\"n\">Pairs</th><th "
            "scope=\"col\">For instance</th></tr></thead>\n<tbody>\n",
            (char *)NULL),
        .closing = "</tbody>\n</table>\n",
        .what = "row",
        .rest = "they are smaller than these",
        .entry = attempt_write,
        .of = t,
    };

    if (t->set->attempt_count > 0) {
        aty_list_write(&list, t->set->attempt_count, out);
    }
    else {
        fputs("<p>Nothing that clients try here by themselves ends in 421.</p>\n", out);
    }
}

void aty_report_set_tables(const aty_report *report, uint32_t set, FILE *out)
{
    const tables t = {report, &APR_ARRAY_IDX(report->sets, (int)set, aty_report_set)};
    const char *address =
        aty_html_address(report->pool, report->table, t.set->address_set);

    attempts_write(&t, address, out);
    groups_write(&t, address, out);
}
