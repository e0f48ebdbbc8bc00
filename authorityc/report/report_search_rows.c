/* What vhosts are compared by: a row for each that differs from the others.
 *
 *   rows   {fields, zones}: `zones` and the columns of each of `fields` have a value for
 *          each row, and only whether two are equal counts. A field is {reason, settles,
 *          spelt, text, effect}: two vhosts differ in it, which is its reason, where
 *          their effects are unequal, unless `settles` and their texts are equal. Texts
 *          that are unequal while the effects are equal are the reason textual where
 *          `spelt`. (core/verdict.c, aty_field_difference)
 */
#include "authorityc/report/report_search.h"

#include <string.h>

#include "authorityc/report/report_html.h"
#include "authorityc/set_members.h"
#include "core/verdict.h"

#define TEXTS   0 /* then the effects, then the zone */
#define EFFECTS ATY_FIELD_TLS_COUNT
#define ZONE    (EFFECTS + ATY_FIELD_TLS_COUNT)
#define VALUES  (ZONE + 1)

typedef struct {
    uint32_t values[VALUES];
} row;

typedef struct {
    aty_search *search;
    const aty_table *table;
    bool spelt[ATY_FIELD_TLS_COUNT];
    bool counts[ATY_FIELD_TLS_COUNT];
    aty_ids *values[VALUES]; /* numbers of offsets in the strings of the table */
    aty_ids *rows;
    apr_array_header_t *list; /* row */
} finder;

/* The question that all answers are about: HTTP/2, with SNI. */
static const aty_pair usual = {.authority = "", .had_sni = true, .h2 = true};

/* SSLCipherSuite counts by its spelling on HTTP/2, under every SNIPolicy. */
static void fields_find(finder *f)
{
    for (int i = 0; i < ATY_FIELD_TLS_COUNT; i++) {
        aty_field field = (aty_field)i;
        f->spelt[i] =
            aty_mod_ssl_compares(f->table, &usual, field) || field == ATY_FIELD_CIPHERS;
        f->counts[i] = aty_field_counts(f->table, &usual, field);
    }
}

static uint32_t value_of(finder *f, int value, uint32_t offset)
{
    return aty_ids_take(f->values[value], &offset, sizeof offset);
}

static uint32_t row_of(finder *f, uint32_t base, uint32_t vhost)
{
    const aty_setting_record *zone = aty_vhost_setting(f->table, vhost, ATY_FIELD_ZONE);
    uint32_t number;
    row new;

    memset(&new, 0, sizeof new);
    for (int i = 0; i < ATY_FIELD_TLS_COUNT; i++) {
        aty_field field = (aty_field)i;
        if (f->counts[i]) {
            new.values[TEXTS + i] = value_of(
                f, TEXTS + i, aty_get(aty_vhost_setting(f->table, vhost, field)->text));
            new.values[EFFECTS + i] =
                value_of(f, EFFECTS + i, aty_field_effect(f->table, base, vhost, field));
        }
    }
    new.values[ZONE] = value_of(f, ZONE, aty_get(zone->text));
    number = aty_ids_take(f->rows, &new, sizeof new);
    if ((int)number == f->list->nelts) {
        APR_ARRAY_PUSH(f->list, row) = new;
    }
    return number;
}

/* Names that are here given to another vhost than the one that has them. */
static void lost_write(const finder *f, uint32_t set, const uint32_t *vhosts,
                       uint32_t count)
{
    apr_array_header_t *lost = apr_array_make(f->search->pool, 4, sizeof(uint32_t));

    for (uint32_t i = 0; i < count; i++) {
        const aty_vhost_record *vhost = &f->table->vhosts[vhosts[i]];
        uint32_t first = aty_get(vhost->first_name);
        for (uint32_t n = first; n < first + aty_get(vhost->name_count); n++) {
            const char *name = aty_table_string(f->table, f->table->names[n].name);
            if (aty_vhost_named(f->table, set, name, strlen(name)) != vhosts[i]) {
                APR_ARRAY_PUSH(lost, uint32_t) = n;
            }
        }
    }
    aty_search_deltas(f->search, (const uint32_t *)(const void *)lost->elts,
                      (uint32_t)lost->nelts);
}

static void set_write(finder *f, uint32_t set, const uint32_t *vhosts, uint32_t count)
{
    FILE *out = f->search->out;
    const char *address = aty_html_address(f->search->pool, f->table, set);
    uint32_t base = aty_get(f->table->address_sets[set].default_vhost);
    uint32_t *rows = apr_palloc(f->search->pool, (count + 1) * sizeof *rows);

    for (uint32_t i = 0; i < count; i++) {
        rows[i] = row_of(f, base, vhosts[i]);
    }
    fputs("{\"address\":", out);
    aty_search_string(f->search, address, strlen(address));
    fprintf(out, ",\"default\":%u,\"vhosts\":", base);
    aty_search_deltas(f->search, vhosts, count);
    fputs(",\"rows\":", out);
    aty_search_deltas(f->search, rows, count);
    fputs(",\"lost\":", out);
    lost_write(f, set, vhosts, count);
    fputc('}', out);
}

static void column_write(const finder *f, int value)
{
    uint32_t count = (uint32_t)f->list->nelts;
    uint32_t *column = apr_palloc(f->search->pool, (count + 1) * sizeof *column);

    for (uint32_t i = 0; i < count; i++) {
        column[i] = APR_ARRAY_IDX(f->list, (int)i, row).values[value];
    }
    aty_search_deltas(f->search, column, count);
}

/* Protocols that are spelt alike may differ by the connection's default vhost. */
static void field_write(const finder *f, int field)
{
    bool settles = f->spelt[field] && field != ATY_FIELD_PROTOCOL;

    fprintf(f->search->out, "{\"reason\":%d,\"settles\":%s,\"spelt\":%s,\"text\":", field,
            settles ? "true" : "false", f->spelt[field] ? "true" : "false");
    column_write(f, TEXTS + field);
    fputs(",\"effect\":", f->search->out);
    column_write(f, EFFECTS + field);
    fputc('}', f->search->out);
}

static void rows_write(const finder *f)
{
    const char *before = "";

    aty_search_member(f->search, "rows");
    fputs("{\"fields\":[", f->search->out);
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (f->counts[field]) {
            fputs(before, f->search->out);
            field_write(f, field);
            before = ",";
        }
    }
    fputs("],\"zones\":", f->search->out);
    column_write(f, ZONE);
    fputc('}', f->search->out);
}

void aty_search_rows(aty_search *search)
{
    aty_set_members members = aty_set_members_collect(search->pool, search->table);
    finder f = {.search = search,
                .table = search->table,
                .rows = aty_ids_make(search->pool),
                .list = apr_array_make(search->pool, 16, sizeof(row))};

    for (int i = 0; i < VALUES; i++) {
        f.values[i] = aty_ids_make(search->pool);
    }
    fields_find(&f);
    aty_search_member(search, "sets");
    for (uint32_t set = 0; set < search->table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        uint32_t first = members.starts[set];
        fputs(set ? ",\n" : "[", search->out);
        set_write(&f, set, members.vhosts + first, members.starts[set + 1] - first);
    }
    fputs(search->table->counts[ATY_SECTION_ADDRESS_SETS] ? "]" : "[]", search->out);
    rows_write(&f);
}
