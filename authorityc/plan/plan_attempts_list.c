/* The list of attempts: its largest entries, without looking at all. Groups of names are
 * gone through from the one whose entries could be the largest; what cannot be larger
 * than the smallest in a full list is passed over. */
#include "authorityc/plan/plan_largest.h"
#include "authorityc/plan/plan_tally.h"

#include <stdlib.h>
#include <string.h>

#include "core/search.h"

#define STEPS_MAX 100000000u /* looks at connections of a group, for one table */

/* What names can have by themselves. */
static const aty_reason own_reasons[] = {
    ATY_REASON_LOCATION_CLIENT_AUTH, ATY_REASON_LOCATION_CIPHERS, ATY_REASON_HTTP1_ONLY,
    ATY_REASON_NOT_COVERED, ATY_REASON_COUNT};
#define OWN_REASONS (sizeof own_reasons / sizeof own_reasons[0])

/* Connections of a kind on which the names of a list are tried. */
typedef struct {
    uint32_t kind;
    uint32_t example; /* one of its vhosts */
    uint64_t vhosts;
    uint64_t reach; /* connections of its group on the address set, whatever they try */
} part;

/* Names of a kind that are tried on the same connections: a run of columns. */
typedef struct {
    uint32_t group, kind;
    uint32_t own; /* which of the reasons */
    int column, end;
    int first_part, end_part; /* most reach first */
    uint64_t names;
    uint64_t itself; /* pairs of its vhosts with themselves */
    uint64_t most;   /* connections that one group has of these */
} block;

/* The blocks of a group, and what an entry of it can have at most. */
typedef struct {
    int first, end;
    uint64_t bound;
} column_group;

/* Pairs of the kind at hand with connections of another one. */
typedef struct {
    uint64_t pairs;
    int block;
    uint32_t example;
} sum;

/* The same, put aside until those of its group are together. */
typedef struct {
    uint32_t from, to; /* kinds */
    uint32_t own;
    sum of;
} pair_sum;

struct aty_attempt_list {
    const aty_tally_site *site;
    aty_largest largest;
    uint64_t *reach; /* by group; of the address set at hand */
    uint64_t *pairs; /* by group; with the one at hand */
    uint64_t steps;
    /* of the address set at hand: */
    const aty_tally *tally;
    apr_array_header_t *parts;   /* part */
    apr_array_header_t *blocks;  /* block */
    sum (*sums)[OWN_REASONS];    /* by kind; zero between two uses */
    apr_array_header_t *touched; /* uint32_t: kinds with sums */
    apr_array_header_t *aside;   /* pair_sum */
    apr_array_header_t *offers;  /* aty_attempt: of the group at hand */
};

aty_attempt_list *aty_attempt_list_make(apr_pool_t *pool, const aty_tally_site *site,
                                        uint32_t entries)
{
    aty_attempt_list *list = apr_pcalloc(pool, sizeof *list);
    size_t groups = site->groups.count + 1;

    list->site = site;
    list->largest = aty_largest_make(pool, entries);
    list->reach = apr_pcalloc(pool, groups * sizeof *list->reach);
    list->pairs = apr_pcalloc(pool, groups * sizeof *list->pairs);
    return list;
}

static int part_compare(const void *a, const void *b)
{
    const part *x = a;
    const part *y = b;

    if (x->reach != y->reach) {
        return x->reach > y->reach ? -1 : 1;
    }
    return aty_number_order(x->kind, y->kind);
}

/* The rows of a list, put together by kind. Returns how many connections one group has at
 * most. The sums lend their first member for the while. */
static uint64_t parts_add(aty_attempt_list *list, uint32_t of_list)
{
    const apr_array_header_t *rows = aty_tally_rows_of(list->tally, of_list);
    uint64_t *connections = list->site->connections;
    int first = list->parts->nelts;
    uint64_t most = 0;

    for (int i = 0; i < rows->nelts; i++) {
        const aty_tally_row *row = aty_tally_row_at(rows, i);
        if (list->sums[row->kind][0].pairs == 0) {
            APR_ARRAY_PUSH(list->parts, part) =
                (part){row->kind, row->example[0], 0, list->reach[row->group]};
        }
        list->sums[row->kind][0].pairs += row->vhosts;
        connections[row->group] += row->vhosts;
        most = connections[row->group] > most ? connections[row->group] : most;
    }
    for (int i = 0; i < rows->nelts; i++) {
        connections[aty_tally_row_at(rows, i)->group] = 0;
    }
    for (int i = first; i < list->parts->nelts; i++) {
        part *p = &APR_ARRAY_IDX(list->parts, i, part);
        p->vhosts = list->sums[p->kind][0].pairs;
        list->sums[p->kind][0].pairs = 0;
    }
    qsort(&APR_ARRAY_IDX(list->parts, first, part), (size_t)(list->parts->nelts - first),
          sizeof(part), part_compare);
    return most;
}

static uint32_t own_of(aty_reason reason)
{
    uint32_t own = 0;

    while (own_reasons[own] != reason) {
        own++;
    }
    return own;
}

static block block_of(const aty_tally *tally, int first)
{
    const aty_tally_column *column = aty_tally_column_at(tally, first);
    block b = {.group = column->group,
               .kind = column->kind,
               .own = own_of(column->reason),
               .column = first,
               .end = aty_tally_run_end(tally, first, true)};

    for (int i = first; i < b.end; i++) {
        column = aty_tally_column_at(tally, i);
        b.names += column->names;
        if (column->reason != ATY_REASON_COUNT && aty_tally_tries_itself(tally, column)) {
            b.itself += column->names;
        }
    }
    return b;
}

static void blocks_make(aty_attempt_list *list)
{
    const aty_tally *tally = list->tally;

    for (int first = 0, end; first < tally->columns->nelts; first = end) {
        int first_part = list->parts->nelts;
        uint64_t most = parts_add(list, aty_tally_column_at(tally, first)->list);
        end = aty_tally_run_end(tally, first, false);
        for (int i = first; most > 0 && i < end;) {
            block b = block_of(tally, i);
            b.most = most;
            b.first_part = first_part;
            b.end_part = list->parts->nelts;
            APR_ARRAY_PUSH(list->blocks, block) = b;
            i = b.end;
        }
    }
}

static int block_compare(const void *a, const void *b)
{
    const block *x = a;
    const block *y = b;

    if (x->group != y->group) {
        return aty_number_order(x->group, y->group);
    }
    return x->kind != y->kind
               ? aty_number_order(x->kind, y->kind)
               : aty_number_order((uint32_t)x->column, (uint32_t)y->column);
}

static const block *block_at(const aty_attempt_list *list, int i)
{
    return &APR_ARRAY_IDX(list->blocks, i, const block);
}

static int column_group_compare(const void *a, const void *b)
{
    const column_group *x = a;
    const column_group *y = b;

    if (x->bound != y->bound) {
        return x->bound > y->bound ? -1 : 1;
    }
    return aty_number_order((uint32_t)x->first, (uint32_t)y->first);
}

static apr_array_header_t *column_groups(apr_pool_t *pool, const aty_attempt_list *list)
{
    apr_array_header_t *groups = apr_array_make(pool, 64, sizeof(column_group));

    qsort(list->blocks->elts, (size_t)list->blocks->nelts, sizeof(block), block_compare);
    for (int i = 0; i < list->blocks->nelts;) {
        column_group new = {i, i, 0};
        while (new.end < list->blocks->nelts &&
               block_at(list, new.end)->group == block_at(list, i)->group) {
            new.bound += block_at(list, new.end)->names *block_at(list, new.end)->most;
            new.end++;
        }
        APR_ARRAY_PUSH(groups, column_group) = new;
        i = new.end;
    }
    qsort(groups->elts, (size_t)groups->nelts, sizeof(column_group),
          column_group_compare);
    return groups;
}

/* Adds up the pairs of a block, with those kinds whose groups can get over the bar. */
static void block_sum(aty_attempt_list *list, int index, uint64_t bar, uint64_t names)
{
    const block *b = block_at(list, index);

    for (int i = b->first_part; i < b->end_part; i++) {
        const part *p = &APR_ARRAY_IDX(list->parts, i, const part);
        sum *s = &list->sums[p->kind][b->own];
        list->steps++;
        if (p->reach * names <= bar) {
            break;
        }
        if (s->pairs == 0) {
            APR_ARRAY_PUSH(list->touched, uint32_t) = p->kind;
            s->block = index;
            s->example = p->example;
        }
        s->pairs += p->vhosts * b->names;
    }
}

static uint32_t group_of(const aty_attempt_list *list, uint32_t kind)
{
    return aty_tally_kind_at(list->tally, kind)->group;
}

/* Puts aside what the blocks of one kind came to. */
static void sums_put_aside(aty_attempt_list *list, uint32_t to)
{
    for (int i = 0; i < list->touched->nelts; i++) {
        uint32_t from = APR_ARRAY_IDX(list->touched, i, uint32_t);
        for (uint32_t own = 0; own < OWN_REASONS; own++) {
            sum *s = &list->sums[from][own];
            if (s->pairs > 0) {
                APR_ARRAY_PUSH(list->aside, pair_sum) = (pair_sum){from, to, own, *s};
                list->pairs[group_of(list, from)] += s->pairs;
                s->pairs = 0;
            }
        }
    }
    apr_array_clear(list->touched);
}

static aty_reason first_of(aty_reasons reasons)
{
    int reason = 0;

    while (reason < ATY_REASON_COUNT && !(reasons & ATY_REASON_BIT(reason))) {
        reason++;
    }
    return (aty_reason)reason;
}

/* Why two kinds are apart; ATY_REASON_COUNT where they are not. */
static aty_reason reason_between(const aty_attempt_list *list, uint32_t from, uint32_t to)
{
    const aty_group one = {.address_set = list->tally->address_set,
                           .vhost = aty_tally_kind_at(list->tally, from)->vhost};
    const aty_group other = {.address_set = list->tally->address_set,
                             .vhost = aty_tally_kind_at(list->tally, to)->vhost};

    return group_of(list, from) == group_of(list, to)
               ? ATY_REASON_COUNT
               : first_of(aty_group_reasons(list->site->table, &one, &other));
}

/* Of a block, a connection within the group on which a name of another vhost is tried. */
static bool pair_within(const aty_attempt_list *list, const block *b, aty_attempt *entry)
{
    uint32_t of_list = aty_tally_column_at(list->tally, b->column)->list;
    const apr_array_header_t *rows = aty_tally_rows_of(list->tally, of_list);

    for (int r = 0; r < rows->nelts; r++) {
        const aty_tally_row *row = aty_tally_row_at(rows, r);
        for (int i = b->column; row->group == b->group && i < b->end; i++) {
            const aty_tally_column *column = aty_tally_column_at(list->tally, i);
            uint32_t other = row->example[row->example[0] == column->vhost];
            if (other != ATY_NONE) {
                entry->connection = other;
                entry->name = column->name;
                return true;
            }
        }
    }
    return false;
}

/* What names have by themselves on connections within their group; pairs of a vhost with
 * itself do not count. */
static void within_offer(aty_attempt_list *list, const column_group *group, uint32_t own,
                         aty_attempt entry)
{
    bool found = false;

    for (int i = group->first; i < group->end; i++) {
        entry.pairs -= block_at(list, i)->own == own ? block_at(list, i)->itself : 0;
    }
    for (int i = group->first;
         entry.pairs > aty_largest_bar(&list->largest) && !found && i < group->end; i++) {
        found =
            block_at(list, i)->own == own && pair_within(list, block_at(list, i), &entry);
    }
    if (found) {
        aty_largest_put(&list->largest, &entry);
    }
}

static int offer_compare(const void *a, const void *b)
{
    const aty_attempt *x = a;
    const aty_attempt *y = b;

    return x->from != y->from ? aty_number_order(x->from, y->from)
                              : aty_number_order(x->reason, y->reason);
}

/* Makes entries of what was put aside and may get over the bar. */
static void offers_make(aty_attempt_list *list)
{
    for (int i = 0; i < list->aside->nelts; i++) {
        const pair_sum *s = &APR_ARRAY_IDX(list->aside, i, const pair_sum);
        uint32_t from = group_of(list, s->from);
        int column = block_at(list, s->of.block)->column;
        aty_attempt entry = {
            .address_set = list->tally->address_set,
            .from = from + 1,
            .to = group_of(list, s->to) + 1,
            .pairs = s->of.pairs,
            .connection = s->of.example,
            .name = aty_tally_column_at(list->tally, column)->name,
        };
        if (list->pairs[from] > aty_largest_bar(&list->largest)) {
            entry.reason = aty_tally_first(own_reasons[s->own],
                                           reason_between(list, s->from, s->to));
            APR_ARRAY_PUSH(list->offers, aty_attempt) = entry;
        }
    }
}

/* Entries of one group and reason are one. */
static void offers_enter(aty_attempt_list *list, const column_group *group)
{
    const aty_attempt *offers = (const void *)list->offers->elts;

    qsort(list->offers->elts, (size_t)list->offers->nelts, sizeof *offers, offer_compare);
    for (int i = 0; i < list->offers->nelts;) {
        aty_attempt entry = offers[i];
        for (i++; i < list->offers->nelts && offer_compare(&entry, &offers[i]) == 0;
             i++) {
            entry.pairs += offers[i].pairs;
        }
        if (entry.reason == ATY_REASON_COUNT) {
            continue;
        }
        if (entry.from == entry.to) {
            within_offer(list, group, own_of(entry.reason), entry);
        }
        else if (entry.pairs > aty_largest_bar(&list->largest)) {
            aty_largest_put(&list->largest, &entry);
        }
    }
}

static void column_group_add(aty_attempt_list *list, const column_group *group)
{
    uint32_t to = block_at(list, group->first)->group;
    uint64_t bar = aty_largest_bar(&list->largest);

    for (int i = group->first; i < group->end; i++) {
        uint32_t kind = block_at(list, i)->kind;
        block_sum(list, i, bar, list->site->groups.groups[to].names);
        if (i + 1 == group->end || block_at(list, i + 1)->kind != kind) {
            sums_put_aside(list, kind);
        }
    }
    offers_make(list);
    offers_enter(list, group);
    for (int i = 0; i < list->aside->nelts; i++) {
        const pair_sum *s = &APR_ARRAY_IDX(list->aside, i, const pair_sum);
        list->pairs[group_of(list, s->from)] = 0;
    }
    apr_array_clear(list->aside);
    apr_array_clear(list->offers);
}

void aty_attempt_list_add(aty_attempt_list *list, apr_pool_t *pool,
                          const aty_tally *tally)
{
    const apr_array_header_t *groups;

    list->tally = tally;
    list->parts = apr_array_make(pool, 64, sizeof(part));
    list->blocks = apr_array_make(pool, 64, sizeof(block));
    list->touched = apr_array_make(pool, 64, sizeof(uint32_t));
    list->aside = apr_array_make(pool, 64, sizeof(pair_sum));
    list->offers = apr_array_make(pool, 64, sizeof(aty_attempt));
    list->sums =
        apr_pcalloc(pool, ((size_t)tally->kinds->nelts + 1) * sizeof *list->sums);
    for (uint32_t i = 0; i < tally->row_count; i++) {
        list->reach[tally->rows[i].group] += tally->rows[i].vhosts;
    }
    blocks_make(list);
    groups = column_groups(pool, list);
    for (int i = 0; i < groups->nelts && list->steps < STEPS_MAX; i++) {
        const column_group *group = &APR_ARRAY_IDX(groups, i, const column_group);
        if (group->bound <= aty_largest_bar(&list->largest)) {
            break;
        }
        column_group_add(list, group);
    }
    for (uint32_t i = 0; i < tally->row_count; i++) {
        list->reach[tally->rows[i].group] = 0;
    }
}

static int attempt_compare(const void *a, const void *b)
{
    const aty_attempt *x = a;
    const aty_attempt *y = b;

    if (x->pairs != y->pairs) {
        return x->pairs > y->pairs ? -1 : 1;
    }
    if (x->from != y->from) {
        return aty_number_order(x->from, y->from);
    }
    return x->to != y->to ? aty_number_order(x->to, y->to)
                          : aty_number_order(x->reason, y->reason);
}

void aty_attempt_list_finish(aty_attempt_list *list)
{
    aty_attempts *found = list->site->found;

    qsort(list->largest.heap->elts, (size_t)list->largest.heap->nelts,
          sizeof(aty_attempt), attempt_compare);
    apr_array_cat(found->list, list->largest.heap);
    found->unlisted = found->pairs - list->largest.pairs;
}
