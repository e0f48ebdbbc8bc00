/* Attempts are counted without a look at each pair; here each pair is looked at, in
 * random policies: totals, reasons, by vhost, and the list. RFC 9113 §9.1.1 (F5) says
 * which are tried. SEEDS=FIRST-LAST asks other policies than the few that are always
 * asked. */
#include "test/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#include "authorityc/plan/plan_attempts.h"
#include "authorityc/plan/plan_sample.h"
#include "core/names.h"
#include "test/unit/policy_text.h"
#include "test/unit/random_policy.h"

#define VHOSTS      12
#define SEEDS_FIRST 1
#define SEEDS_LAST  1000

typedef struct {
    const aty_table *table;
    uint32_t set;
    uint32_t connection;
} asker;

/* Asks about a name that pattern and entry have in common. */
static void sample_ask(const asker *a, uint32_t name, const char *entry, bool *tried,
                       aty_reason *first)
{
    const aty_table *table = a->table;
    const char *pattern = aty_table_string(table, table->names[name].name);
    char sample[ATY_NAME_MAX + 1];
    aty_verdict verdict;
    size_t length;

    if (!aty_plan_sample(sample, pattern, entry)) {
        return;
    }
    length = strlen(sample);
    if (aty_name_exact(table, a->set, sample, length) != ATY_NONE ||
        aty_vhost_named(table, a->set, sample, length) !=
            aty_get(table->names[name].vhost)) {
        return;
    }
    *tried = *tried || aty_attempt_is_tried(table, a->connection, sample, length);
    if (aty_attempt_is(table, a->set, a->connection, sample, length, &verdict) &&
        verdict.reason < *first) {
        *first = verdict.reason;
    }
}

/* A name that only another's certificate has is asked for like any. */
static void pattern_ask(const asker *a, uint32_t name, bool *tried, aty_reason *first)
{
    const aty_table *table = a->table;

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_CERTIFICATE_NAMES]; i++) {
        sample_ask(a, name, aty_table_string(table, table->certificate_names[i]), tried,
                   first);
    }
}

/* Whether the name is tried on the connection, and why it then ends in 421;
 * ATY_REASON_COUNT: it does not. */
static bool name_ask(const asker *a, uint32_t name, aty_reason *reason)
{
    const aty_table *table = a->table;
    const char *text = aty_table_string(table, table->names[name].name);
    size_t length = strlen(text);
    uint32_t owner = aty_get(table->names[name].vhost);
    aty_verdict verdict;
    bool tried = false;

    *reason = ATY_REASON_COUNT;
    if (owner == a->connection || !aty_attempt_is_reached(table, a->set, a->connection)) {
        return false;
    }
    if (aty_name_is_pattern(text)) {
        pattern_ask(a, name, &tried, reason);
        return tried;
    }
    if (aty_vhost_named(table, a->set, text, length) != owner) {
        return false;
    }
    if (aty_attempt_is(table, a->set, a->connection, text, length, &verdict)) {
        *reason = verdict.reason;
    }
    return aty_attempt_is_tried(table, a->connection, text, length);
}

static uint32_t group_of(const aty_table *table, uint32_t vhost, uint32_t set)
{
    return aty_get(aty_vhost_seat(table, vhost, set)->group);
}

static void entry_count(apr_array_header_t *list, const aty_attempt *entry)
{
    for (int i = 0; i < list->nelts; i++) {
        aty_attempt *known = &APR_ARRAY_IDX(list, i, aty_attempt);
        if (known->from == entry->from && known->to == entry->to &&
            known->reason == entry->reason) {
            known->pairs++;
            return;
        }
    }
    APR_ARRAY_PUSH(list, aty_attempt) = *entry;
}

static void pair_count(const asker *a, uint32_t name, aty_attempts *counted)
{
    uint32_t owner = aty_get(a->table->names[name].vhost);
    aty_attempt entry = {.address_set = a->set, .pairs = 1};

    counted->tried += name_ask(a, name, &entry.reason);
    if (entry.reason == ATY_REASON_COUNT) {
        return;
    }
    counted->pairs++;
    counted->reasons[entry.reason]++;
    counted->from[a->connection]++;
    counted->to[owner]++;
    entry.from = group_of(a->table, a->connection, a->set);
    entry.to = group_of(a->table, owner, a->set);
    entry_count(counted->list, &entry);
}

static aty_attempts *count_plainly(apr_pool_t *pool, const aty_table *table)
{
    uint32_t vhosts = table->counts[ATY_SECTION_VHOSTS];
    aty_attempts *counted = apr_pcalloc(pool, sizeof *counted);
    asker a = {.table = table};

    counted->from = apr_pcalloc(pool, vhosts * sizeof *counted->from);
    counted->to = apr_pcalloc(pool, vhosts * sizeof *counted->to);
    counted->list = apr_array_make(pool, 16, sizeof(aty_attempt));
    for (; a.set < table->counts[ATY_SECTION_ADDRESS_SETS]; a.set++) {
        for (a.connection = 0; a.connection < vhosts; a.connection++) {
            for (uint32_t name = 0; name < table->counts[ATY_SECTION_NAMES]; name++) {
                if (aty_vhost_seat(table, a.connection, a.set) &&
                    aty_vhost_seat(table, aty_get(table->names[name].vhost), a.set)) {
                    pair_count(&a, name, counted);
                }
            }
        }
    }
    return counted;
}

static int attempt_compare(const void *a, const void *b)
{
    const aty_attempt *x = a;
    const aty_attempt *y = b;

    if (x->pairs != y->pairs) {
        return x->pairs > y->pairs ? -1 : 1;
    }
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    if (x->to != y->to) {
        return x->to < y->to ? -1 : 1;
    }
    return (int)x->reason - (int)y->reason;
}

static const aty_attempt *entry_at(const aty_attempts *of, int i)
{
    return &APR_ARRAY_IDX(of->list, i, const aty_attempt);
}

/* Whether what the entry shows is one of its pairs. */
static bool example_holds(const aty_table *table, const aty_attempt *entry)
{
    uint32_t owner = aty_get(table->names[entry->name].vhost);
    asker a = {table, entry->address_set, entry->connection};
    aty_reason reason;

    return name_ask(&a, entry->name, &reason) && reason == entry->reason &&
           group_of(table, entry->connection, entry->address_set) == entry->from &&
           group_of(table, owner, entry->address_set) == entry->to;
}

static bool lists_agree(const aty_table *table, const aty_attempts *found,
                        const aty_attempts *counted)
{
    if (found->list->nelts != counted->list->nelts || found->unlisted != 0) {
        return false;
    }
    for (int i = 0; i < found->list->nelts; i++) {
        const aty_attempt *x = entry_at(found, i);
        const aty_attempt *y = entry_at(counted, i);
        if (attempt_compare(x, y) != 0 || x->address_set != y->address_set ||
            !example_holds(table, x)) {
            return false;
        }
    }
    return true;
}

/* A list that is cut has the largest entries. */
static bool short_lists_agree(apr_pool_t *pool, const aty_table *table,
                              const aty_attempts *counted)
{
    for (int size = 1; size <= 9; size += 4) {
        const aty_attempts *found = aty_attempts_find_some(pool, table, (uint32_t)size);
        uint64_t listed = 0;
        if (found->list->nelts > size ||
            (found->list->nelts < size && found->list->nelts < counted->list->nelts)) {
            return false;
        }
        for (int i = 0; i < found->list->nelts; i++) {
            listed += entry_at(found, i)->pairs;
            if (entry_at(found, i)->pairs != entry_at(counted, i)->pairs ||
                !example_holds(table, entry_at(found, i))) {
                return false;
            }
        }
        if (found->unlisted != counted->pairs - listed) {
            return false;
        }
    }
    return true;
}

static const char *disagreement(apr_pool_t *pool, const aty_table *table,
                                const aty_attempts *found, const aty_attempts *counted)
{
    size_t by_vhost = table->counts[ATY_SECTION_VHOSTS] * sizeof *found->from;

    if (found->pairs != counted->pairs) {
        return "pairs";
    }
    if (found->tried != counted->tried) {
        return "tried";
    }
    if (memcmp(found->reasons, counted->reasons, sizeof found->reasons) != 0) {
        return "reasons";
    }
    if (memcmp(found->from, counted->from, by_vhost) != 0) {
        return "from";
    }
    if (memcmp(found->to, counted->to, by_vhost) != 0) {
        return "to";
    }
    if (!lists_agree(table, found, counted)) {
        return "list";
    }
    return short_lists_agree(pool, table, counted) ? NULL : "short list";
}

/* What has come up in all policies. */
typedef struct {
    uint32_t policies;
    uint64_t tried, pairs, reasons[ATY_REASON_COUNT], within;
} tally;

static void seed_check(const random_site *site, apr_pool_t *pool, uint32_t seed,
                       tally *sum)
{
    aty_compiled compiled;
    const aty_attempts *found, *counted;
    const char *wrong;

    if (!random_policy_compile(site, pool, seed, 2 + seed % (VHOSTS - 1), &compiled)) {
        tap_ok(false, "seed %u compiles", seed);
        return;
    }
    found = aty_attempts_find(pool, &compiled.table);
    counted = count_plainly(pool, &compiled.table);
    qsort(counted->list->elts, (size_t)counted->list->nelts, sizeof(aty_attempt),
          attempt_compare);
    wrong = disagreement(pool, &compiled.table, found, counted);
    if (wrong) {
        tap_ok(false, "seed %u: %s", seed, wrong);
    }
    sum->policies++;
    sum->tried += found->tried;
    sum->pairs += found->pairs;
    for (int i = 0; i < found->list->nelts; i++) {
        sum->within += entry_at(found, i)->from == entry_at(found, i)->to;
    }
    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        sum->reasons[reason] += found->reasons[reason];
    }
}

static void random_check(apr_pool_t *parent, const random_site *site)
{
    /* Those that a pair of two known vhosts with a known name can have. */
    static const aty_reasons possible = ATY_REASON_BIT(ATY_REASON_STRICT + 1) - 1;
    unsigned first = SEEDS_FIRST, last = SEEDS_LAST;
    tally sum = {0};
    apr_pool_t *pool;

    if (getenv("SEEDS")) {
        sscanf(getenv("SEEDS"), "%u-%u", &first, &last);
    }
    apr_pool_create(&pool, parent);
    for (unsigned seed = first; seed <= last; seed++) {
        seed_check(site, pool, seed, &sum);
        apr_pool_clear(pool);
    }
    tap_ok(sum.policies == last - first + 1 && sum.pairs < sum.tried,
           "%u policies: %llu pairs tried, %llu attempts", sum.policies,
           (unsigned long long)sum.tried, (unsigned long long)sum.pairs);
    tap_ok(sum.within > 0, "some within a group");
    for (int reason = 0; reason < ATY_REASON_COUNT; reason++) {
        if (possible & ATY_REASON_BIT(reason) || reason == ATY_REASON_TEXTUAL) {
            tap_ok(sum.reasons[reason] > 0, "%s: %llu",
                   aty_reason_name((aty_reason)reason),
                   (unsigned long long)sum.reasons[reason]);
        }
    }
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();

    random_check(pool, random_site_make(pool));
    apr_pool_destroy(pool);
    return tap_done();
}
