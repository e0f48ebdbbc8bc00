/* The directives behind what is compared, with their places. */
#include "authorityc/report/report_search.h"

#include "core/setting.h"

typedef struct {
    aty_search *search;
    aty_ids *ids;
    apr_array_header_t *texts;                    /* aty_setting_line, one of each text */
    apr_array_header_t *text_of;                  /* uint32_t, by line of a setting */
    apr_array_header_t *places[ATY_SEARCH_PLACE]; /* uint32_t, likewise */
} collector;

/* Returns how many lines the setting has. */
static uint32_t setting_collect(collector *c, const aty_setting_record *setting)
{
    aty_setting_line line = {0};
    uint32_t count = 0;

    for (; aty_setting_next(c->search->table, setting, &line); count++) {
        uint32_t text = aty_ids_take(c->ids, line.text, line.length);
        uint32_t place[ATY_SEARCH_PLACE];
        if ((int)text == c->texts->nelts) {
            APR_ARRAY_PUSH(c->texts, aty_setting_line) = line;
        }
        APR_ARRAY_PUSH(c->text_of, uint32_t) = text;
        aty_search_place(c->search, line.place->file, line.place->line, place);
        for (int i = 0; i < ATY_SEARCH_PLACE; i++) {
            APR_ARRAY_PUSH(c->places[i], uint32_t) = place[i];
        }
    }
    return count;
}

static const uint32_t *numbers(const apr_array_header_t *array)
{
    return (const uint32_t *)(const void *)array->elts;
}

static void texts_write(const collector *c)
{
    fputs("{\"texts\":[", c->search->out);
    for (int i = 0; i < c->texts->nelts; i++) {
        const aty_setting_line *line = &APR_ARRAY_IDX(c->texts, i, aty_setting_line);
        fputs(i ? "," : "", c->search->out);
        aty_search_string(c->search, line->text, line->length);
    }
    fputc(']', c->search->out);
}

static void lines_write(const collector *c, const uint32_t *line_counts, uint32_t count)
{
    const uint32_t *columns[ATY_SEARCH_PLACE];
    uint32_t lines = (uint32_t)c->text_of->nelts;

    for (int i = 0; i < ATY_SEARCH_PLACE; i++) {
        columns[i] = numbers(c->places[i]);
    }
    aty_search_member(c->search, "line_counts");
    aty_search_deltas(c->search, line_counts, count);
    aty_search_member(c->search, "line_texts");
    aty_search_deltas(c->search, numbers(c->text_of), lines);
    aty_search_member(c->search, "line_places");
    aty_search_columns(c->search, columns, ATY_SEARCH_PLACE, lines);
}

static void settings_write(const aty_search *search)
{
    uint32_t count = search->table->counts[ATY_SECTION_VHOSTS];
    uint32_t *column = apr_palloc(search->pool, (count + 1) * sizeof *column);

    aty_search_member(search, "settings");
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        for (uint32_t vhost = 0; vhost < count; vhost++) {
            column[vhost] = aty_get(search->table->vhosts[vhost].settings[field]);
        }
        fputc(field ? ',' : '[', search->out);
        aty_search_deltas(search, column, count);
    }
    fputs("]}", search->out);
}

void aty_search_directives(aty_search *search)
{
    uint32_t count = search->table->counts[ATY_SECTION_SETTINGS];
    uint32_t *line_counts = apr_palloc(search->pool, (count + 1) * sizeof *line_counts);
    collector c = {.search = search,
                   .ids = aty_ids_make(search->pool),
                   .texts = apr_array_make(search->pool, 16, sizeof(aty_setting_line)),
                   .text_of = apr_array_make(search->pool, 16, sizeof(uint32_t))};

    for (int i = 0; i < ATY_SEARCH_PLACE; i++) {
        c.places[i] = apr_array_make(search->pool, 16, sizeof(uint32_t));
    }
    for (uint32_t i = 0; i < count; i++) {
        line_counts[i] = setting_collect(&c, &search->table->settings[i]);
    }
    aty_search_member(search, "directives");
    texts_write(&c);
    lines_write(&c, line_counts, count);
    settings_write(search);
}
