#include "authorityc/levels.h"

#include <stdlib.h>

#include <apr_strings.h>
#include <apr_tables.h>

#include "authorityc/ids.h"
#include "authorityc/outcome.h"
#include "core/search.h"

/* After the fields, each a level. */
#define LEVEL_ZONE  ATY_FIELD_TLS_COUNT
#define LEVEL_TEXT  (LEVEL_ZONE + 1)
#define LEVEL_VHOST (LEVEL_TEXT + 1)

/* A vhost with its value at a level. */
typedef struct {
    uint32_t text, effect;
    uint32_t number; /* in the set */
} member;

/* The fields whose effects must differ in a node. */
typedef struct {
    aty_field fields[ATY_FIELD_TLS_COUNT];
    uint32_t count;
} apart;

/* A place and whose it is. */
typedef struct {
    uint32_t number;
    aty_level_place place;
} placed;

typedef struct {
    apr_pool_t *pool;
    const aty_table *table;
    const uint32_t *vhosts;
    uint32_t base;
    bool h2;
    aty_ids *spellings;           /* of all fields that count by it */
    apr_array_header_t *placings; /* placed */
    apr_array_header_t *marks;    /* uint32_t */
    uint32_t nodes;
} sorter;

static void level_sort(sorter *s, int level, member *members, uint32_t count,
                       const apart *far);

static aty_pair pair_of(const sorter *s, uint32_t number)
{
    return (aty_pair){
        .connection = s->vhosts[number],
        .address_set = ATY_NONE,
        .base = s->base,
        .request = s->vhosts[number],
        .authority = "",
        .had_sni = true,
        .h2 = s->h2,
    };
}

/* Whether the field counts by its spelling (verdict.c, spelt_fields). */
static bool is_spelt(const sorter *s, aty_field field)
{
    aty_pair pair = pair_of(s, 0);

    return aty_mod_ssl_compares(s->table, &pair, field) ||
           (s->h2 && field == ATY_FIELD_CIPHERS);
}

static uint32_t text_of(const sorter *s, uint32_t number, aty_field field)
{
    return aty_get(aty_vhost_setting(s->table, s->vhosts[number], field)->text);
}

static uint32_t effect_of(const sorter *s, uint32_t number, aty_field field)
{
    return aty_field_effect(s->table, s->base, s->vhosts[number], field);
}

static int member_by_effect(const void *a, const void *b)
{
    const member *x = a;
    const member *y = b;
    int order = aty_number_order(x->effect, y->effect);

    order = order != 0 ? order : aty_number_order(x->text, y->text);
    return order != 0 ? order : aty_number_order(x->number, y->number);
}

static int member_by_text(const void *a, const void *b)
{
    const member *x = a;
    const member *y = b;
    int order = aty_number_order(x->text, y->text);

    return order != 0 ? order : member_by_effect(a, b);
}

static void members_sort(member *members, uint32_t count,
                         int (*order)(const void *, const void *))
{
    qsort(members, count, sizeof *members, order);
}

static void mark_push(sorter *s, uint32_t mark)
{
    APR_ARRAY_PUSH(s->marks, uint32_t) = mark;
}

/* A node of all members. Its marks: what the fields of `far` come to, then the effect or
 * the text of this level or both. */
static void node_add(sorter *s, uint32_t outcome, const member *members, uint32_t count,
                     const apart *far, bool by_effect, bool by_text)
{
    for (uint32_t i = 0; i < count; i++) {
        placed *new = &APR_ARRAY_PUSH(s->placings, placed);
        new->number = members[i].number;
        new->place.node = s->nodes;
        new->place.outcome = outcome;
        new->place.marks = (uint32_t)s->marks->nelts;
        for (uint32_t f = 0; f < far->count; f++) {
            mark_push(s, effect_of(s, members[i].number, far->fields[f]));
        }
        if (by_effect) {
            mark_push(s, members[i].effect);
        }
        if (by_text) {
            mark_push(s, members[i].text);
        }
        new->place.mark_count = (uint32_t)s->marks->nelts - new->place.marks;
    }
    s->nodes++;
}

/* The end of the run of members from `first` that have one effect, or one text. */
static uint32_t run_end(const member *members, uint32_t count, uint32_t first,
                        bool of_text)
{
    uint32_t end = first + 1;

    while (end < count && (of_text ? members[end].text == members[first].text
                                   : members[end].effect == members[first].effect)) {
        end++;
    }
    return end;
}

/* What a level sees of its members, which are sorted by text. */
typedef struct {
    bool one_text, one_effect;
    bool text_decides; /* no text has two effects */
} spread;

static spread spread_of(const member *members, uint32_t count)
{
    spread seen = {true, true, true};

    for (uint32_t i = 1; i < count; i++) {
        bool same_text = members[i].text == members[i - 1].text;
        bool same_effect = members[i].effect == members[i - 1].effect;
        seen.one_text &= same_text;
        seen.one_effect &= same_effect;
        seen.text_decides &= !same_text || same_effect;
    }
    return seen;
}

/* Those with one text and several effects go on together, but only as far as their
 * effects differ: where they do not, they go on with their effect. */
static void texts_sort(sorter *s, int level, const member *members, uint32_t count,
                       const apart *far)
{
    apart farther = *far;

    farther.fields[farther.count++] = (aty_field)level;
    for (uint32_t first = 0, end; first < count; first = end) {
        end = run_end(members, count, first, true);
        if (members[first].effect != members[end - 1].effect) {
            member *copy = apr_pmemdup(s->pool, members + first,
                                       (size_t)(end - first) * sizeof *copy);
            level_sort(s, level + 1, copy, end - first, &farther);
        }
    }
}

/* Each run of one effect goes on by itself. */
static void effects_sort(sorter *s, int level, member *members, uint32_t count,
                         const apart *far)
{
    members_sort(members, count, member_by_effect);
    for (uint32_t first = 0, end; first < count; first = end) {
        end = run_end(members, count, first, false);
        level_sort(s, level + 1, members + first, end - first, far);
    }
}

static void field_read(const sorter *s, aty_field field, member *members, uint32_t count)
{
    bool spelt = field != ATY_FIELD_PROTOCOL && is_spelt(s, field);

    for (uint32_t i = 0; i < count; i++) {
        members[i].effect = effect_of(s, members[i].number, field);
        members[i].text =
            spelt ? text_of(s, members[i].number, field) : members[i].effect;
    }
}

/* Vhosts differ in a field where neither text nor effect is the same
 * (aty_field_difference). */
static void field_sort(sorter *s, int level, member *members, uint32_t count,
                       const apart *far)
{
    aty_pair pair = pair_of(s, 0);
    spread seen = {true, true, true};

    if (aty_field_counts(s->table, &pair, (aty_field)level)) {
        field_read(s, (aty_field)level, members, count);
        members_sort(members, count, member_by_text);
        seen = spread_of(members, count);
    }
    if (seen.one_text || seen.one_effect) {
        level_sort(s, level + 1, members, count, far);
        return;
    }
    node_add(s, ATY_OUTCOME_REASON(level), members, count, far, true, !seen.text_decides);
    if (!seen.text_decides) {
        texts_sort(s, level, members, count, far);
    }
    effects_sort(s, level, members, count, far);
}

static uint32_t spelling_of(const sorter *s, uint32_t number)
{
    uint32_t texts[ATY_FIELD_TLS_COUNT] = {0};

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (is_spelt(s, (aty_field)field)) {
            texts[field] = text_of(s, number, (aty_field)field);
        }
    }
    return aty_ids_take(s->spellings, texts, sizeof texts);
}

/* A level at which only being equal counts. */
static void plain_sort(sorter *s, int level, uint32_t outcome, member *members,
                       uint32_t count, const apart *far)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = members[i].number;
        members[i].text = 0;
        members[i].effect = level == LEVEL_ZONE   ? text_of(s, number, ATY_FIELD_ZONE)
                            : level == LEVEL_TEXT ? spelling_of(s, number)
                                                  : number;
    }
    members_sort(members, count, member_by_effect);
    if (members[0].effect != members[count - 1].effect) {
        node_add(s, outcome, members, count, far, true, false);
    }
    effects_sort(s, level, members, count, far);
}

/* Sorts those who agree in all levels before. */
static void level_sort(sorter *s, int level, member *members, uint32_t count,
                       const apart *far)
{
    bool strict = s->table->sni_policy == ATY_SNI_STRICT;

    if (count == 1 && far->count > 0) {
        return; /* nobody to be apart from */
    }
    if (count == 1) {
        node_add(s, ATY_OUTCOME_SAME, members, count, far, false, false);
    }
    else if (level < LEVEL_ZONE) {
        field_sort(s, level, members, count, far);
    }
    else if (level == LEVEL_ZONE) {
        plain_sort(s, level, ATY_OUTCOME_REASON(ATY_REASON_OTHER_ZONE), members, count,
                   far);
    }
    else if (level == LEVEL_TEXT && !strict) {
        plain_sort(s, level, ATY_OUTCOME_REASON(ATY_REASON_TEXTUAL), members, count, far);
    }
    else {
        plain_sort(s, LEVEL_VHOST,
                   strict ? ATY_OUTCOME_REASON(ATY_REASON_STRICT) : ATY_OUTCOME_SHARED,
                   members, count, far);
    }
}

/* Puts the places of each vhost together. */
static aty_levels places_order(const sorter *s, apr_pool_t *pool, uint32_t vhost_count)
{
    uint32_t count = (uint32_t)s->placings->nelts;
    uint32_t *starts = apr_pcalloc(pool, (vhost_count + 2) * sizeof *starts);
    aty_level_place *places = apr_palloc(pool, (count + 1) * sizeof *places);

    for (uint32_t i = 0; i < count; i++) {
        starts[APR_ARRAY_IDX(s->placings, (int)i, placed).number + 2]++;
    }
    for (uint32_t i = 2; i < vhost_count + 2; i++) {
        starts[i] += starts[i - 1];
    }
    for (uint32_t i = 0; i < count; i++) {
        const placed *next = &APR_ARRAY_IDX(s->placings, (int)i, placed);
        places[starts[next->number + 1]++] = next->place;
    }
    return (aty_levels){starts, places, (const uint32_t *)(void *)s->marks->elts};
}

aty_levels aty_levels_make(apr_pool_t *pool, const aty_table *table, uint32_t address_set,
                           const uint32_t *vhosts, uint32_t vhost_count, bool h2)
{
    const apart nothing = {.count = 0};
    member *members = apr_palloc(pool, (vhost_count + 1) * sizeof *members);
    sorter s = {
        .pool = pool,
        .table = table,
        .vhosts = vhosts,
        .base = aty_get(table->address_sets[address_set].default_vhost),
        .h2 = h2,
        .spellings = aty_ids_make(pool),
        .placings = apr_array_make(pool, (int)vhost_count * 3 + 1, sizeof(placed)),
        .marks = apr_array_make(pool, (int)vhost_count * 2 + 1, sizeof(uint32_t)),
    };

    for (uint32_t i = 0; i < vhost_count; i++) {
        members[i].number = i;
    }
    if (vhost_count > 0) {
        level_sort(&s, 0, members, vhost_count, &nothing);
    }
    return places_order(&s, pool, vhost_count);
}
