/* Counting attempts: list by list, the names that are tried on its connections. What
 * keeps two kinds apart is told by their places (levels.h): two kinds in a node whose
 * marks all differ have the reason of the node. */
#include "authorityc/plan/plan_attempts.h"

#include "authorityc/ids.h"
#include "authorityc/levels.h"
#include "authorityc/outcome.h"
#include "authorityc/plan/plan_tally.h"

#define KEY_MAX (2 + ATY_FIELD_TLS_COUNT + 2) /* numbers of a spot's key */

/* A kind at a node with some of its marks: who else is there has these marks, too.
 * Those who differ in all marks are counted by inclusion and exclusion. */
typedef struct {
    uint32_t spot;
    aty_reason reason;
    bool is_odd; /* an odd number of marks: to subtract */
} at_spot;

typedef struct {
    const aty_tally_site *site;
    const aty_tally *tally;
    apr_pool_t *pool;
    uint32_t *spot_starts;               /* by group of the address set, and one more */
    apr_array_header_t *spots;           /* at_spot */
    uint64_t *spot_connections;          /* by spot: of the list at hand; else 0 */
    uint64_t all_connections, all_names; /* of the list */
} counter;

static void spots_enter(counter *c, aty_ids *ids, const aty_levels *levels,
                        const aty_level_place *place)
{
    const uint32_t *marks = levels->marks + place->marks;

    for (uint32_t mask = 0; mask < 1u << place->mark_count; mask++) {
        uint32_t key[KEY_MAX] = {place->node, mask};
        bool is_odd = false;
        for (uint32_t i = 0; i < place->mark_count; i++) {
            if (mask & 1u << i) {
                key[2 + i] = marks[i];
                is_odd = !is_odd;
            }
        }
        APR_ARRAY_PUSH(c->spots, at_spot) = (at_spot){
            aty_ids_take(ids, key, sizeof key),
            (aty_reason)(place->outcome - ATY_OUTCOME_REASON(0)),
            is_odd,
        };
    }
}

/* The first vhost of each kind stands for it. */
static uint32_t *representatives(const counter *c, uint32_t count)
{
    uint32_t *vhosts = apr_palloc(c->pool, (count + 1) * sizeof *vhosts);

    for (uint32_t i = 0; i < count; i++) {
        vhosts[i] = aty_tally_kind_at(c->tally, i)->vhost;
    }
    return vhosts;
}

static void spots_make(counter *c)
{
    uint32_t count = (uint32_t)c->tally->kinds->nelts;
    const uint32_t *vhosts = representatives(c, count);
    aty_ids *ids = aty_ids_make(c->pool);
    aty_levels levels = aty_levels_make(c->pool, c->site->table, c->tally->address_set,
                                        vhosts, count, true);

    c->spot_starts = apr_pcalloc(c->pool, (count + 1) * sizeof(uint32_t));
    c->spots = apr_array_make(c->pool, (int)count * 4 + 1, sizeof(at_spot));
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t p = levels.starts[i]; p < levels.starts[i + 1]; p++) {
            if (!aty_outcome_is_answered(levels.places[p].outcome)) {
                spots_enter(c, ids, &levels, &levels.places[p]);
            }
        }
        c->spot_starts[i + 1] = (uint32_t)c->spots->nelts;
    }
    c->spot_connections =
        apr_pcalloc(c->pool, (aty_ids_count(ids) + 1) * sizeof(uint64_t));
}

/* The spots of a kind, from the first to before the end. */
static const at_spot *spots_of(const counter *c, uint32_t kind, const at_spot **end)
{
    const at_spot *all = (const void *)c->spots->elts;
    const uint32_t *starts = c->spot_starts + kind;

    *end = all + starts[1];
    return all + starts[0];
}

static void names_count(counter *c, int first, int end)
{
    c->all_names = 0;
    for (int i = first; i < end; i++) {
        const aty_tally_column *column = aty_tally_column_at(c->tally, i);
        c->all_names += column->names;
        if (column->reason == ATY_REASON_COUNT) {
            c->site->names[column->group] += column->names;
        }
    }
}

static void row_count(counter *c, aty_tally_row *row)
{
    const at_spot *end;

    for (const at_spot *at = spots_of(c, row->kind, &end); at < end; at++) {
        c->spot_connections[at->spot] += row->vhosts;
    }
    c->site->connections[row->group] += row->vhosts;
    c->all_connections += row->vhosts;
    row->attempts += c->all_names - c->site->names[row->group];
}

static void row_forget(counter *c, const aty_tally_row *row)
{
    const at_spot *end;

    for (const at_spot *at = spots_of(c, row->kind, &end); at < end; at++) {
        c->spot_connections[at->spot] = 0;
    }
    c->site->connections[row->group] = 0;
}

/* Within a group only what the names have by themselves counts. */
static void column_count(counter *c, const aty_tally_column *column)
{
    aty_attempts *found = c->site->found;
    uint64_t own = aty_tally_tries_itself(c->tally, column);
    uint64_t others = c->all_connections - own;
    uint64_t alike = c->site->connections[column->group] - own;

    found->tried += others * column->names;
    if (column->reason == ATY_REASON_COUNT) {
        others -= alike;
    }
    else {
        found->reasons[column->reason] += alike * column->names;
        found->from[column->vhost] -= own * column->names;
    }
    found->to[column->vhost] += others * column->names;
    found->pairs += others * column->names;
}

/* All pairs of connections of other groups with the names of a run of columns. */
static void others_count(counter *c, int first, int end)
{
    const aty_tally_column *column = aty_tally_column_at(c->tally, first);
    const at_spot *last;
    uint64_t names = 0;

    for (int i = first; i < end; i++) {
        names += aty_tally_column_at(c->tally, i)->names;
    }
    for (const at_spot *at = spots_of(c, column->kind, &last); at < last; at++) {
        uint64_t pairs = c->spot_connections[at->spot] * names;
        aty_reason reason = aty_tally_first(at->reason, column->reason);
        c->site->found->reasons[reason] += at->is_odd ? 0 - pairs : pairs;
    }
}

/* Names without a reason of their own are in the site's by group, for the while. */
static void list_count(counter *c, int first, int end)
{
    const apr_array_header_t *rows =
        aty_tally_rows_of(c->tally, aty_tally_column_at(c->tally, first)->list);

    names_count(c, first, end);
    c->all_connections = 0;
    for (int i = 0; i < rows->nelts; i++) {
        row_count(c, aty_tally_row_at(rows, i));
    }
    for (int i = first; i < end; i++) {
        column_count(c, aty_tally_column_at(c->tally, i));
    }
    for (int i = first, next; i < end; i = next) {
        next = aty_tally_run_end(c->tally, i, true);
        others_count(c, i, next);
    }
    for (int i = 0; i < rows->nelts; i++) {
        row_forget(c, aty_tally_row_at(rows, i));
    }
    for (int i = first; i < end; i++) {
        c->site->names[aty_tally_column_at(c->tally, i)->group] = 0;
    }
}

/* Of each row its vhosts have the same attempts. */
static void rows_settle(const counter *c)
{
    const aty_tally_site *site = c->site;
    const uint32_t *starts = site->members.starts + c->tally->address_set;

    for (uint32_t i = starts[0]; i < starts[1]; i++) {
        uint32_t vhost = site->members.vhosts[i];
        if (site->rows[vhost] != ATY_NONE) {
            site->found->from[vhost] += c->tally->rows[site->rows[vhost]].attempts;
        }
    }
}

static void set_count(apr_pool_t *pool, const aty_tally *tally)
{
    counter c = {.site = tally->site, .tally = tally, .pool = pool};

    spots_make(&c);
    for (int first = 0, end; first < tally->columns->nelts; first = end) {
        end = aty_tally_run_end(tally, first, false);
        list_count(&c, first, end);
    }
    rows_settle(&c);
}

static aty_attempts *attempts_make(apr_pool_t *pool, const aty_table *table)
{
    size_t vhosts = table->counts[ATY_SECTION_VHOSTS] + 1;
    aty_attempts *found = apr_pcalloc(pool, sizeof *found);

    found->from = apr_pcalloc(pool, vhosts * sizeof *found->from);
    found->to = apr_pcalloc(pool, vhosts * sizeof *found->to);
    found->list = apr_array_make(pool, 16, sizeof(aty_attempt));
    return found;
}

aty_attempts *aty_attempts_find(apr_pool_t *pool, const aty_table *table)
{
    return aty_attempts_find_some(pool, table, ATY_ATTEMPTS_LISTED);
}

aty_attempts *aty_attempts_find_some(apr_pool_t *pool, const aty_table *table,
                                     uint32_t listed)
{
    aty_attempts *found = attempts_make(pool, table);
    apr_pool_t *scratch, *of_set;
    const aty_tally_site *site;
    aty_attempt_list *list;

    apr_pool_create(&scratch, pool);
    apr_pool_create(&of_set, scratch);
    site = aty_tally_site_make(scratch, table, found);
    list = aty_attempt_list_make(scratch, site, listed);
    for (uint32_t set = 0; set < table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        aty_tally tally = aty_tally_begin(of_set, site, set);
        set_count(of_set, &tally);
        aty_attempt_list_add(list, of_set, &tally);
        aty_tally_end(&tally);
        apr_pool_clear(of_set);
    }
    aty_attempt_list_finish(list);
    apr_pool_destroy(scratch);
    return found;
}
