/* The page: what is around its parts, and the numbers at its head. */
#include "authorityc/report/report.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <openssl/evp.h>

#include "authorityc/digest.h"
#include "authorityc/explain/explain.h"
#include "authorityc/report/report_html.h"
#include "authorityc/report/report_list.h"
#include "authorityc/version.h"

#define SETS_DRAWN 6

/* HTML takes the script as it is, XML by the marks of a CDATA section, which are comments
 * of the script's. */
#define SCRIPT_BEGIN "/*<![CDATA[*/\n"
#define SCRIPT_END   "/*]]>*/"

static apr_status_t text_free(void *text)
{
    free(text);
    return APR_SUCCESS;
}

/* Leaves what open_memstream has allocated to the pool. */
static const char *pool_owned(apr_pool_t *pool, char *text)
{
    apr_pool_cleanup_register(pool, text, text_free, apr_pool_cleanup_null);
    return text;
}

/* "sha256-…" of Content Security Policy Level 3, section 6.7.2. */
static const char *csp_hash(apr_pool_t *pool, const char *text)
{
    uint8_t digest[ATY_DIGEST_SIZE];
    unsigned char coded[(ATY_DIGEST_SIZE + 2) / 3 * 4 + 1];

    aty_digest_sha256(text, strlen(text), digest);
    EVP_EncodeBlock(coded, digest, ATY_DIGEST_SIZE);
    return apr_pstrcat(pool, "'sha256-", (const char *)coded, "'", (char *)NULL);
}

static const char *script(apr_pool_t *pool)
{
    return apr_pstrcat(pool, SCRIPT_BEGIN, aty_report_js, SCRIPT_END, (char *)NULL);
}

static void head_write(const aty_report *report, FILE *out)
{
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src %s; script-src %s; base-uri 'none'; form-action 'none'\"/>\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
            "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
            "<meta name=\"generator\" content=\"authorityc " ATY_VERSION "\"/>\n"
            "<title>Report: ",
            csp_hash(report->pool, aty_report_css),
            csp_hash(report->pool, script(report->pool)));
    aty_html_text(out, report->title);
    fprintf(out, "</title>\n<style>%s</style>\n</head>\n", aty_report_css);
}

static void state_write(const aty_report *report, FILE *out)
{
    const aty_attempts *attempts = report->attempts;

    if (attempts->pairs == 0) {
        fputs("<p class=\"state good\"><b>good</b> Nothing that clients try by "
              "themselves ends in 421.</p>\n",
              out);
        return;
    }
    fputs("<p class=\"state attention\"><b>attention</b> ", out);
    aty_html_number(out, attempts->pairs);
    fputs(" of ", out);
    aty_html_count(out, attempts->tried, "pair");
    fputs(" that clients try by themselves end in 421.</p>\n", out);
}

static void figure_write(FILE *out, uint64_t number, const char *one, const char *many)
{
    fprintf(out, "<div><dt>%s</dt><dd>", number == 1 ? one : many);
    aty_html_number(out, number);
    fputs("</dd></div>\n", out);
}

static uint32_t groups_count(const aty_report *report)
{
    uint32_t count = 0;

    for (int i = 0; i < report->sets->nelts; i++) {
        count += APR_ARRAY_IDX(report->sets, i, const aty_report_set).group_count;
    }
    return count;
}

static void numbers_write(const aty_report *report, FILE *out)
{
    fputs("<dl class=\"numbers\">\n", out);
    figure_write(out, report->table->counts[ATY_SECTION_VHOSTS], "vhost", "vhosts");
    figure_write(out, report->table->counts[ATY_SECTION_NAMES], "name", "names");
    figure_write(out, groups_count(report), "group", "groups");
    figure_write(out, report->attempts->pairs, "pair tried that ends in 421",
                 "pairs tried that end in 421");
    fputs("</dl>\n", out);
}

static void header_write(const aty_report *report, FILE *out)
{
    fputs("<body>\n<a class=\"skip\" href=\"#search\">Search for a name</a>\n"
          "<header>\n<h1>Who shares connections: ",
          out);
    aty_html_word(out, report->title);
    fputs("</h1>\n", out);
    state_write(report, out);
    numbers_write(report, out);
    fputs("<nav aria-label=\"On this page\"><a href=\"#search\">Search</a> <a "
          "href=\"#groups\">Groups</a> <a href=\"#reasons\">Reasons</a> <a "
          "href=\"#warnings\">Warnings</a> <a "
          "href=\"#plan\">Plan</a></nav>\n</header>\n<main>\n",
          out);
}

/* The field is shown by the script. */
static void search_write(const aty_report *report, bool has_data, FILE *out)
{
    fputs("<section id=\"search\" class=\"search\" aria-labelledby=\"search-head\">\n<h2 "
          "id=\"search-head\">Search</h2>\n",
          out);
    if (!has_data) {
        fputs("<p>There are too many names for a page. <code>authorityc explain --all "
              "NAME ",
              out);
        aty_html_text(out, report->title);
        fputs("</code> says who shares with a name, and why the others do "
              "not.</p>\n</section>\n",
              out);
        return;
    }
    fputs("<p id=\"no-search\">The search needs scripts, and a browser of 2023 or later. "
          "<code>authorityc explain --all NAME ",
          out);
    aty_html_text(out, report->title);
    fputs("</code> says the same. All else on this page needs no scripts.</p>\n"
          "<div id=\"search-form\" role=\"search\" hidden=\"hidden\">\n"
          "<label for=\"name\">A name: who shares connections with it, and why not the "
          "others</label>\n"
          "<input id=\"name\" type=\"search\" autocomplete=\"off\" "
          "autocapitalize=\"none\" spellcheck=\"false\" aria-describedby=\"found\"/>\n"
          "<p id=\"found\" role=\"status\" aria-live=\"polite\"></p>\n"
          "<ul id=\"names\" aria-label=\"Names\"></ul>\n<div id=\"answers\"></div>\n"
          "</div>\n</section>\n",
          out);
}

static void set_write(const aty_report *report, uint32_t set, FILE *out)
{
    const aty_report_set *of = &APR_ARRAY_IDX(report->sets, (int)set, aty_report_set);

    fputs("<section class=\"set\">\n<h3>Address ", out);
    aty_html_word(out, aty_html_address(report->pool, report->table, of->address_set));
    fputs("</h3>\n<p>", out);
    aty_html_count(out, of->vhosts, "vhost");
    fputs(", ", out);
    aty_html_count(out, of->names, "name");
    fputs(", ", out);
    aty_html_count(out, of->group_count, "group");
    fputs("; ", out);
    aty_html_count(out, of->pairs, "pair");
    fputs(of->pairs == 1 ? " that clients try ends in 421.</p>\n"
                         : " that clients try end in 421.</p>\n",
          out);
    aty_report_picture(report, set, out);
    aty_report_set_tables(report, set, out);
    fputs("</section>\n", out);
}

static void set_row_write(const void *of, uint32_t index, FILE *out)
{
    const aty_report *report = of;
    const aty_report_set *set =
        &APR_ARRAY_IDX(report->sets, (int)index + SETS_DRAWN, aty_report_set);
    const struct {
        const char *of;
        uint64_t number;
    } cells[] = {{"Vhosts", set->vhosts},
                 {"Names", set->names},
                 {"Groups", set->group_count},
                 {"Pairs in 421", set->pairs}};

    fputs("<tr><th scope=\"row\">", out);
    aty_html_word(out, aty_html_address(report->pool, report->table, set->address_set));
    fputs("</th>", out);
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        fprintf(out, "<td class=\"n\" data-of=\"%s\">", cells[i].of);
        aty_html_number(out, cells[i].number);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static void sets_write(const aty_report *report, FILE *out)
{
    const aty_list others = {
        .opening =
            "<table>\n<caption>Addresses without a picture</caption>\n<thead><tr><th "
            "scope=\"col\">Address</th><th scope=\"col\" class=\"n\">Vhosts</th><th "
            "scope=\"col\" class=\"n\">Names</th><th scope=\"col\" "
            "class=\"n\">Groups</th><th scope=\"col\" class=\"n\">Pairs in "
            "421</th></tr></thead>\n<tbody>\n",
        .closing = "</tbody>\n</table>\n",
        .what = "address",
        .rest = "<code>authorityc explain --groups</code> tells of all",
        .entry = set_row_write,
        .of = report,
    };
    uint32_t count = (uint32_t)report->sets->nelts;

    fputs("<section aria-labelledby=\"groups\">\n<h2 id=\"groups\">Groups</h2>\n"
          "<p>Vhosts of one group have equal settings: on a connection of one, requests "
          "for "
          "the others are answered too, as far as certificates cover them. A pair is a "
          "vhost and a name that clients ask for on its connections, because its "
          "certificate covers the name and both have one address.</p>\n",
          out);
    for (uint32_t i = 0; i < count && i < SETS_DRAWN; i++) {
        set_write(report, i, out);
    }
    if (count > SETS_DRAWN) {
        fputs("<h3>Other addresses</h3>\n", out);
        aty_list_write(&others, count - SETS_DRAWN, out);
    }
    fputs("</section>\n", out);
}

static void reasons_write(const aty_report *report, FILE *out)
{
    fputs("<section aria-labelledby=\"reasons\">\n<h2 id=\"reasons\">Reasons</h2>\n",
          out);
    if (report->attempts->pairs == 0) {
        fputs("<p>None: see above.</p>\n</section>\n", out);
        return;
    }
    fputs("<table>\n<caption>Why what clients try ends in 421</caption>\n<thead><tr><th "
          "scope=\"col\">Reason</th><th scope=\"col\" class=\"n\">Pairs</th><th "
          "scope=\"col\">That is</th><th scope=\"col\">What to "
          "do</th></tr></thead>\n<tbody>\n",
          out);
    for (int i = 0; i < ATY_REASON_COUNT; i++) {
        aty_reason reason = (aty_reason)i;
        if (report->attempts->reasons[i] > 0) {
            fprintf(out,
                    "<tr><th scope=\"row\" class=\"w\">%s</th><td class=\"n\" "
                    "data-of=\"Pairs\">",
                    aty_reason_name(reason));
            aty_html_number(out, report->attempts->reasons[i]);
            fputs("</td><td data-of=\"That is\">", out);
            aty_html_text(out, aty_reason_sentence(reason));
            fputs("</td><td data-of=\"What to do\">", out);
            aty_html_text(out, aty_explain_way_out(reason));
            fputs("</td></tr>\n", out);
        }
    }
    fputs("</tbody>\n</table>\n</section>\n", out);
}

/* All but the head, the search and what it needs. */
static const char *middle(const aty_report *report, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);

    if (!out) {
        abort(); /* no memory */
    }
    sets_write(report, out);
    reasons_write(report, out);
    aty_report_warnings(report, out);
    aty_report_plan(report, out);
    fclose(out);
    return pool_owned(report->pool, text);
}

static void end_write(const aty_report *report, const char *data, FILE *out)
{
    fprintf(out,
            "</main>\n<footer><p>Made by authorityc " ATY_VERSION
            " of the table with the SHA-256 <code>%.12s</code>, as mod_authority's "
            "status page shows it.</p></footer>\n",
            report->id);
    if (data) {
        fprintf(out, "<script id=\"site\" type=\"text/plain\">%s</script>\n", data);
    }
    fprintf(out, "<script>%s</script>\n</body>\n</html>\n", script(report->pool));
}

const char *aty_report_page(const aty_report *report, size_t *size)
{
    /* The head, the script and what surrounds the data. */
    const size_t frame = strlen(aty_report_css) + strlen(aty_report_js) +
                         2 * strlen(report->title) + 16384;
    size_t used = 0;
    const char *parts = middle(report, &used);
    size_t room =
        used + frame < ATY_REPORT_SIZE_MAX ? ATY_REPORT_SIZE_MAX - used - frame : 0;
    const char *data = aty_report_search_data(report, room);
    char *text = NULL;
    FILE *out = open_memstream(&text, size);

    if (!out) {
        abort();
    }
    head_write(report, out);
    header_write(report, out);
    search_write(report, data != NULL, out);
    fwrite(parts, 1, used, out);
    end_write(report, data, out);
    fclose(out);
    return pool_owned(report->pool, text);
}
