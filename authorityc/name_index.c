/* The names of the vhosts and the hash indexes that find them (core/table.c searches). */
#include "authorityc/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/names.h"
#include "core/search.h"

typedef enum {
    PLAIN,  /* found by itself */
    ENDING, /* `*` and a literal ending from a dot on: found by that ending */
    ODD     /* any other pattern: found by trying */
} name_kind;

/* A hash index being filled. */
typedef struct {
    const aty_table *view;
    aty_le32 *slots;
    uint32_t count; /* a power of two */
    size_t skip;    /* bytes of a name that are not part of its key */
} index_builder;

typedef struct {
    uint32_t address_set;
    uint32_t name;
} odd_pattern;

static name_kind kind_of(const char *name)
{
    if (!aty_name_is_pattern(name)) {
        return PLAIN;
    }
    return aty_name_pattern_ending(name) ? ENDING : ODD;
}

static void name_append(aty_model *model, uint32_t vhost, const aty_word *word)
{
    aty_name_record record = {aty_writer_string(model->writer, word->text),
                              aty_put(vhost)};

    aty_writer_append(model->writer, ATY_SECTION_NAMES, &record, 1);
}

static void names_append(aty_model *model, uint32_t index)
{
    const aty_vhost *vhost = aty_model_vhost(model, index);
    uint32_t first = aty_writer_count(model->writer, ATY_SECTION_NAMES);
    aty_vhost_record *record;

    name_append(model, index, vhost->server_name);
    for (int i = 0; vhost->aliases && i < vhost->aliases->nelts; i++) {
        name_append(model, index, &APR_ARRAY_IDX(vhost->aliases, i, aty_word));
    }
    record = aty_writer_records(model->writer, ATY_SECTION_VHOSTS);
    record += index;
    record->first_name = aty_put(first);
    record->name_count =
        aty_put(aty_writer_count(model->writer, ATY_SECTION_NAMES) - first);
}

/* Enters a name for an address set. Returns the name that has its key there already, or
 * ATY_NONE. */
static uint32_t index_enter(index_builder *index, uint32_t address_set, uint32_t name)
{
    const aty_name_record *names = index->view->names;
    const char *key = aty_table_string(index->view, names[name].name) + index->skip;
    uint32_t slot = aty_name_hash(address_set, key, strlen(key)) & (index->count - 1);

    for (;; slot = (slot + 1) & (index->count - 1)) {
        uint32_t other = aty_get(index->slots[slot]);
        if (other == ATY_NONE) {
            index->slots[slot] = aty_put(name);
            return ATY_NONE;
        }
        if (aty_get(names[other].name) == aty_get(names[name].name) &&
            aty_vhost_seat(index->view, aty_get(names[other].vhost), address_set)) {
            return other;
        }
    }
}

static void duplicate_report(const aty_model *model, uint32_t name, uint32_t first)
{
    const aty_word *word = aty_model_name_word(model, name);

    if (aty_diag_check(model->diag, ATY_CHECK_DUPLICATE_NAME, &word->place,
                       "name '%s' is already taken", word->text)) {
        aty_diag_note(model->diag, &aty_model_name_word(model, first)->place,
                      "first taken here; httpd would never select the second");
    }
}

/* Enters a name for every address set of its vhost. That it is taken is told once: those
 * sets may be the same as the other's. */
static void name_enter(aty_model *model, index_builder *index, uint32_t name)
{
    const aty_table *view = index->view;
    const aty_vhost_record *vhost = &view->vhosts[aty_get(view->names[name].vhost)];
    const aty_seat_record *seats = view->seats + aty_get(vhost->first_seat);
    bool reported = false;

    for (uint32_t i = 0; i < aty_get(vhost->seat_count); i++) {
        uint32_t other = index_enter(index, aty_get(seats[i].address_set), name);
        if (other != ATY_NONE && other != name && !reported) {
            duplicate_report(model, name, other);
            reported = true;
        }
    }
}

/* How many (address set, name) there are of a kind. */
static uint64_t entries_of(const aty_table *view, name_kind kind)
{
    uint64_t entries = 0;

    for (uint32_t i = 0; i < view->counts[ATY_SECTION_NAMES]; i++) {
        if (kind_of(aty_table_string(view, view->names[i].name)) == kind) {
            entries += aty_get(view->vhosts[aty_get(view->names[i].vhost)].seat_count);
        }
    }
    return entries;
}

static void index_build(aty_model *model, aty_section section, name_kind kind)
{
    aty_table view;
    uint64_t entries;
    uint32_t count = 1;
    index_builder index;

    aty_writer_view(model->writer, &view);
    entries = entries_of(&view, kind);
    if (entries == 0) {
        return;
    }
    while (count < entries + entries / 2 + 1 && count < UINT32_MAX / 2) {
        count *= 2;
    }
    aty_writer_append(model->writer, section, NULL, count);
    index = (index_builder){&view, aty_writer_records(model->writer, section), count,
                            kind == ENDING ? 1 : 0};
    memset(index.slots, 0xff, count * sizeof(aty_le32)); /* ATY_NONE */
    for (uint32_t i = 0; i < view.counts[ATY_SECTION_NAMES]; i++) {
        if (kind_of(aty_table_string(&view, view.names[i].name)) == kind) {
            name_enter(model, &index, i);
        }
    }
}

static int odd_compare(const void *a, const void *b)
{
    const odd_pattern *x = a;
    const odd_pattern *y = b;

    return x->address_set != y->address_set
               ? aty_number_order(x->address_set, y->address_set)
               : aty_number_order(x->name, y->name);
}

static apr_array_header_t *odd_collect(const aty_model *model, const aty_table *view)
{
    apr_array_header_t *found = apr_array_make(model->pool, 4, sizeof(odd_pattern));

    for (uint32_t i = 0; i < view->counts[ATY_SECTION_NAMES]; i++) {
        const aty_vhost_record *vhost = &view->vhosts[aty_get(view->names[i].vhost)];
        const aty_seat_record *seats = view->seats + aty_get(vhost->first_seat);
        bool is_odd = kind_of(aty_table_string(view, view->names[i].name)) == ODD;
        for (uint32_t s = 0; is_odd && s < aty_get(vhost->seat_count); s++) {
            APR_ARRAY_PUSH(found, odd_pattern) =
                (odd_pattern){aty_get(seats[s].address_set), i};
        }
    }
    qsort(found->elts, (size_t)found->nelts, sizeof(odd_pattern), odd_compare);
    return found;
}

static void odd_build(aty_model *model)
{
    aty_address_set_record *sets =
        aty_writer_records(model->writer, ATY_SECTION_ADDRESS_SETS);
    aty_table view;
    apr_array_header_t *found;

    aty_writer_view(model->writer, &view);
    found = odd_collect(model, &view);
    for (int i = 0; i < found->nelts; i++) {
        const odd_pattern *odd = &APR_ARRAY_IDX(found, i, odd_pattern);
        aty_address_set_record *set = &sets[odd->address_set];
        aty_le32 name = aty_put(odd->name);
        uint32_t index =
            aty_writer_append(model->writer, ATY_SECTION_ODD_PATTERNS, &name, 1);
        if (aty_get(set->odd_count) == 0) {
            set->first_odd = aty_put(index);
        }
        set->odd_count = aty_put(aty_get(set->odd_count) + 1);
    }
}

void aty_names_index(aty_model *model)
{
    for (uint32_t i = 0; i < aty_model_vhost_count(model); i++) {
        names_append(model, i);
    }
    index_build(model, ATY_SECTION_NAME_INDEX, PLAIN);
    index_build(model, ATY_SECTION_WILD_INDEX, ENDING);
    odd_build(model);
}
