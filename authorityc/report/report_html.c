#include "authorityc/report/report_html.h"

#include <inttypes.h>
#include <string.h>

#include <apr_strings.h>

#include "core/utf8.h"

#define REPLACEMENT "\357\277\275" /* U+FFFD */

/* What stands for a character, or NULL where it may stand itself. Of what is not ASCII,
 * C1 controls and the two that are no characters of XML are left out. */
static const char *stand_in(const char *character, size_t length)
{
    unsigned char first = (unsigned char)character[0];

    switch (*character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
    case '\t':
        return NULL;
    default:
        break;
    }
    if (length == 0 || first < 0x20 || first == 0x7f ||
        (first == 0xc2 && (unsigned char)character[1] < 0xa0) ||
        (length == 3 && memcmp(character, "\357\277\276", 3) >= 0 && first == 0xef)) {
        return REPLACEMENT;
    }
    return NULL;
}

void aty_html_text_counted(FILE *out, const char *text, size_t length)
{
    for (size_t left = length, step; left > 0; left -= step, text += step) {
        size_t character = aty_utf8_length((const uint8_t *)text, left);
        const char *other = stand_in(text, character);
        step = character > 0 ? character : 1;
        if (other) {
            fputs(other, out);
        }
        else {
            fwrite(text, 1, step, out);
        }
    }
}

void aty_html_text(FILE *out, const char *text)
{
    aty_html_text_counted(out, text, strlen(text));
}

static void broken_write(FILE *out, const char *text)
{
    while (*text) {
        size_t length = 1 + strcspn(text + 1, ".");
        aty_html_text_counted(out, text, length);
        text += length;
        fputs(*text ? "<wbr/>" : "", out);
    }
}

void aty_html_word(FILE *out, const char *text)
{
    fputs("<bdi>", out);
    broken_write(out, text);
    fputs("</bdi>", out);
}

const char *aty_number_text(apr_pool_t *pool, uint64_t number)
{
    return number < 1000
               ? apr_psprintf(pool, "%" APR_UINT64_T_FMT, (apr_uint64_t)number)
               : apr_psprintf(pool, "%s,%03u", aty_number_text(pool, number / 1000),
                              (unsigned)(number % 1000));
}

void aty_html_number(FILE *out, uint64_t number)
{
    if (number >= 1000) {
        aty_html_number(out, number / 1000);
        fprintf(out, ",%03" PRIu64, number % 1000);
    }
    else {
        fprintf(out, "%" PRIu64, number);
    }
}

void aty_html_count(FILE *out, uint64_t number, const char *what)
{
    aty_html_number(out, number);
    fprintf(out, " %s%s", what, number == 1 ? "" : "s");
}

void aty_html_reasons(FILE *out, aty_reasons reasons)
{
    const char *before = "";

    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        if (reasons & ATY_REASON_BIT(reason)) {
            fprintf(out, "%s%s", before, aty_reason_name((aty_reason)reason));
            before = ", ";
        }
    }
}

void aty_html_place(FILE *out, const aty_table *table, aty_le32 file, aty_le32 line)
{
    const char *name = aty_table_string(table, file);
    const char *source = aty_table_source(table, file, line);

    fputs("<span class=\"place\">", out);
    if (*name) {
        aty_html_text(out, name);
        fprintf(out, ":%" PRIu32, aty_get(line));
    }
    else {
        fputs("default", out);
    }
    if (source) {
        fputs(", from ", out);
        aty_html_text(out, source);
    }
    fputs("</span>", out);
}

void aty_html_vhost(FILE *out, const aty_table *table, uint32_t vhost)
{
    fputs("<bdi class=\"name\">", out);
    broken_write(out, aty_vhost_server_name(table, vhost));
    fputs("</bdi>", out);
}

const char *aty_html_address(apr_pool_t *pool, const aty_table *table,
                             uint32_t address_set)
{
    const aty_address_set_record *set = &table->address_sets[address_set];
    const char *host = aty_table_string(table, set->host);
    const char *format = strchr(host, ':') ? "[%s]:%s" : "%s:%s";
    uint32_t port = aty_get(set->port);

    return apr_psprintf(pool, format, host, port ? apr_psprintf(pool, "%u", port) : "*");
}
