#include "authorityc/report/report_search.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "authorityc/explain/explain.h"
#include "core/verdict.h"

static void reasons_write(const aty_search *search)
{
    aty_search_member(search, "reasons");
    for (int i = 0; i < ATY_REASON_COUNT; i++) {
        const char *sentence = aty_reason_sentence((aty_reason)i);
        const char *way_out = aty_explain_way_out((aty_reason)i);
        fprintf(search->out, "%s{\"name\":\"%s\",\"sentence\":", i ? "," : "[",
                aty_reason_name((aty_reason)i));
        aty_search_string(search, sentence, strlen(sentence));
        fputs(",\"way_out\":", search->out);
        aty_search_string(search, way_out, strlen(way_out));
        fputc('}', search->out);
    }
    fputc(']', search->out);
}

/* A text of strings, a line each. */
static void lines_write(const aty_search *search, const apr_array_header_t *strings)
{
    apr_array_header_t *copy = apr_array_copy(search->pool, strings);
    const char *all = apr_array_pstrcat(search->pool, copy, '\n');

    aty_search_string(search, all, strlen(all));
}

/* Names of vhosts are the first strings. */
static void names_write(aty_search *search)
{
    const aty_table *table = search->table;
    uint32_t count = table->counts[ATY_SECTION_NAMES];
    uint32_t *column = apr_palloc(search->pool, (count + 1) * sizeof *column);
    apr_array_header_t *strings =
        apr_array_make(search->pool, (int)count + 1, sizeof(const char *));

    for (uint32_t i = 0; i < count; i++) {
        const char *name = aty_table_string(table, table->names[i].name);
        column[i] = aty_ids_take(search->strings, name, strlen(name));
        if ((int)column[i] == strings->nelts) {
            APR_ARRAY_PUSH(strings, const char *) = name;
        }
    }
    aty_search_member(search, "strings");
    lines_write(search, strings);
    aty_search_member(search, "names");
    aty_search_deltas(search, column, count);
    aty_search_member(search, "covered");
    fputc('"', search->out);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = aty_table_string(table, table->names[i].name);
        fputc(aty_vhost_covers(table, aty_get(table->names[i].vhost), name, strlen(name))
                  ? '1'
                  : '0',
              search->out);
    }
    fputc('"', search->out);
}

static int vhost_flags(const aty_table *table, uint32_t vhost)
{
    int flags = (aty_get(table->vhosts[vhost].flags) & ATY_VHOST_H2) ? ATY_SEARCH_H2 : 0;

    if (aty_vhost_location_needing(table, vhost, ATY_LOCATION_CLIENT_AUTH)) {
        flags |= ATY_SEARCH_LOCATION_AUTH;
    }
    if (aty_vhost_location_needing(table, vhost, ATY_LOCATION_CIPHERS)) {
        flags |= ATY_SEARCH_LOCATION_CIPHERS;
    }
    return flags;
}

static void vhosts_write(aty_search *search)
{
    const aty_table *table = search->table;
    uint32_t count = table->counts[ATY_SECTION_VHOSTS];
    uint32_t *columns[ATY_SEARCH_PLACE];
    uint32_t *name_counts = apr_palloc(search->pool, (count + 1) * sizeof *name_counts);

    for (int i = 0; i < ATY_SEARCH_PLACE; i++) {
        columns[i] = apr_palloc(search->pool, (count + 1) * sizeof(uint32_t));
    }
    aty_search_member(search, "flags");
    fputc('"', search->out);
    for (uint32_t vhost = 0; vhost < count; vhost++) {
        uint32_t place[ATY_SEARCH_PLACE];
        aty_search_place(search, table->vhosts[vhost].file, table->vhosts[vhost].line,
                         place);
        for (int i = 0; i < ATY_SEARCH_PLACE; i++) {
            columns[i][vhost] = place[i];
        }
        name_counts[vhost] = aty_get(table->vhosts[vhost].name_count);
        fputc('0' + vhost_flags(table, vhost), search->out);
    }
    fputc('"', search->out);
    aty_search_member(search, "name_counts");
    aty_search_deltas(search, name_counts, count);
    aty_search_member(search, "vhost_places");
    aty_search_columns(search, (const uint32_t *const *)columns, ATY_SEARCH_PLACE, count);
}

static int numbers_order(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The deltas go on from one certificate to the next: mostly a vhost's own names follow
 * those of the vhost before it. */
static void certificate_write(aty_search *search, const aty_certificate_record *record,
                              uint32_t *last)
{
    uint32_t first = aty_get(record->first_name), count = aty_get(record->name_count);
    uint32_t *numbers = apr_palloc(search->pool, (count + 1) * sizeof *numbers);

    for (uint32_t i = 0; i < count; i++) {
        const char *name =
            aty_table_string(search->table, search->table->certificate_names[first + i]);
        uint32_t known = aty_ids_count(search->strings);
        numbers[i] = aty_ids_take(search->strings, name, strlen(name));
        if (numbers[i] == known) {
            APR_ARRAY_PUSH(search->others, const char *) = name;
        }
    }
    qsort(numbers, count, sizeof *numbers, numbers_order);
    for (uint32_t i = 0; i < count; i++) {
        fprintf(search->out, "%s%" PRId64, i ? "," : "", (int64_t)numbers[i] - *last);
        *last = numbers[i];
    }
}

static void certificates_write(aty_search *search)
{
    const aty_table *table = search->table;
    uint32_t last = 0;

    aty_search_member(search, "certificates");
    fputc('[', search->out);
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_CERTIFICATES]; i++) {
        fputs(i ? ",[" : "[", search->out);
        certificate_write(search, &table->certificates[i], &last);
        fputc(']', search->out);
    }
    fputc(']', search->out);
    aty_search_member(search, "others");
    lines_write(search, search->others);
}

/* Vhosts with the same list of certificates are one cover. */
static void covers_write(aty_search *search)
{
    const aty_table *table = search->table;
    uint32_t count = table->counts[ATY_SECTION_VHOSTS];
    uint32_t *column = apr_palloc(search->pool, (count + 1) * sizeof *column);
    aty_ids *covers = aty_ids_make(search->pool);

    aty_search_member(search, "covers");
    fputc('[', search->out);
    for (uint32_t vhost = 0; vhost < count; vhost++) {
        const aty_vhost_record *record = &table->vhosts[vhost];
        const aty_le32 *list =
            table->certificate_lists + aty_get(record->first_certificate);
        uint32_t length = aty_get(record->certificate_count);
        uint32_t known = aty_ids_count(covers);
        column[vhost] = aty_ids_take(covers, list, length * sizeof *list);
        if (column[vhost] == known) {
            fputs(known ? ",[" : "[", search->out);
            for (uint32_t i = 0; i < length; i++) {
                fprintf(search->out, "%s%u", i ? "," : "", aty_get(list[i]));
            }
            fputc(']', search->out);
        }
    }
    fputc(']', search->out);
    aty_search_member(search, "vhost_covers");
    aty_search_deltas(search, column, count);
}

static void accepted_write(const aty_search *search)
{
    const aty_table *table = search->table;

    aty_search_member(search, "accepted");
    fputc('[', search->out);
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_PAIRS]; i++) {
        const char *authority = aty_table_string(table, table->pairs[i].authority);
        fprintf(search->out, "%s[%u,", i ? "," : "", aty_get(table->pairs[i].vhost));
        aty_search_string(search, authority, strlen(authority));
        fputc(']', search->out);
    }
    fputc(']', search->out);
}

static void locations_write(aty_search *search)
{
    static const struct {
        uint32_t needs;
        aty_reason reason;
    } kinds[] = {{ATY_LOCATION_CLIENT_AUTH, ATY_REASON_LOCATION_CLIENT_AUTH},
                 {ATY_LOCATION_CIPHERS, ATY_REASON_LOCATION_CIPHERS}};
    const aty_table *table = search->table;
    const char *before = "[";

    aty_search_member(search, "locations");
    for (uint32_t vhost = 0; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            const aty_location_record *location =
                aty_vhost_location_needing(table, vhost, kinds[i].needs);
            if (location) {
                uint32_t place[ATY_SEARCH_PLACE];
                const char *path = aty_table_string(table, location->path);
                aty_search_place(search, location->file, location->line, place);
                fprintf(search->out, "%s[%u,%d,", before, vhost, (int)kinds[i].reason);
                aty_search_string(search, path, strlen(path));
                fprintf(search->out, ",%u,%u,%u,%u]", place[0], place[1], place[2],
                        place[3]);
                before = ",";
            }
        }
    }
    fputs(*before == '[' ? "[]" : "]", search->out);
}

static void files_write(const aty_search *search)
{
    aty_search_member(search, "files");
    for (int i = 0; i < search->file_names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(search->file_names, i, const char *);
        fputc(i ? ',' : '[', search->out);
        aty_search_string(search, name, strlen(name));
    }
    fputs(search->file_names->nelts ? "]" : "[]", search->out);
}

static void all_write(aty_search *search, bool with_directives)
{
    fprintf(search->out, "{\"strict\":%s",
            search->table->sni_policy == ATY_SNI_STRICT ? "true" : "false");
    reasons_write(search);
    names_write(search);
    vhosts_write(search);
    certificates_write(search);
    covers_write(search);
    accepted_write(search);
    locations_write(search);
    aty_search_rows(search);
    if (with_directives) {
        aty_search_directives(search);
    }
    else {
        aty_search_member(search, "directives");
        fputs("null", search->out);
    }
    files_write(search);
    fputs("}\n", search->out);
}

/* The text for the page, or NULL where it is larger than `room`. */
static const char *packed(apr_pool_t *pool, const char *json, size_t size, size_t room)
{
    uLongf deflated = compressBound(size);
    unsigned char *bytes = malloc(deflated);
    unsigned char *text = NULL;

    if (!bytes || compress2(bytes, &deflated, (const Bytef *)json, size, 9) != Z_OK) {
        abort(); /* no memory */
    }
    if ((deflated + 2) / 3 * 4 <= room) {
        text = apr_palloc(pool, (deflated + 2) / 3 * 4 + 1);
        EVP_EncodeBlock(text, bytes, (int)deflated);
    }
    free(bytes);
    return (const char *)text;
}

static const char *data_make(const aty_report *report, size_t room, bool with_directives)
{
    apr_pool_t *pool;
    aty_search search = {.report = report, .table = report->table};
    char *json = NULL;
    size_t size = 0;
    const char *data;

    apr_pool_create(&pool, report->pool);
    search.pool = pool;
    search.strings = aty_ids_make(pool);
    search.files = aty_ids_make(pool);
    search.others = apr_array_make(pool, 16, sizeof(const char *));
    search.file_names = apr_array_make(pool, 4, sizeof(const char *));
    search.out = open_memstream(&json, &size);
    if (!search.out) {
        abort();
    }
    all_write(&search, with_directives);
    fclose(search.out);
    apr_pool_destroy(pool);
    data = packed(report->pool, json, size, room);
    free(json);
    return data;
}

const char *aty_report_search_data(const aty_report *report, size_t room)
{
    const char *data = data_make(report, room, true);

    return data ? data : data_make(report, room, false);
}
