/* That two vhosts are in one group spares comparing them (core/verdict.h). Each pair of
 * random tables is decided with and without the address set: the verdicts must be the
 * same, under every SNIPolicy, over both protocols, with and without SNI. */
#include "test/unit/tap.h"

#include <string.h>

#include <apr_general.h>

#include "authorityc/table_writer.h"
#include "core/sni_policy.h"
#include "core/verdict.h"

#define TABLES 60 /* of each SNIPolicy */
#define VHOSTS 12
#define SETS   2

/* The same numbers on every machine. */
static uint32_t chance(uint32_t below)
{
    static uint32_t state = 1;

    state = state * 1664525 + 1013904223;
    return (state >> 16) % below;
}

/* Most vhosts are much alike. What a field comes to does not follow from its spelling, as
 * a <Location> may change it. */
static void settings_add(aty_writer *writer, aty_vhost_record *vhost)
{
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        aty_setting_record setting = {
            .text = aty_writer_string(writer, chance(24) ? "usual" : "another"),
            .real = aty_writer_string(writer, chance(16) ? "usual" : "another")};
        vhost->settings[field] =
            aty_put(aty_writer_append(writer, ATY_SECTION_SETTINGS, &setting, 1));
    }
}

static void vhosts_add(aty_writer *writer)
{
    aty_vhost_record vhosts[VHOSTS];

    memset(vhosts, 0, sizeof vhosts);
    for (uint32_t i = 0; i < VHOSTS; i++) {
        aty_vhost_record *vhost = &vhosts[i];
        settings_add(writer, vhost);
        vhost->first_seat = aty_put(i * SETS);
        vhost->seat_count = aty_put(SETS);
        vhost->flags = aty_put((chance(4) ? ATY_VHOST_H2 : 0) |
                               (chance(2) ? ATY_VHOST_PROTOCOL_SET : 0));
    }
    aty_writer_append(writer, ATY_SECTION_VHOSTS, vhosts, VHOSTS);
}

static void seats_add(aty_writer *writer)
{
    aty_address_set_record sets[SETS];

    memset(sets, 0, sizeof sets);
    for (uint32_t set = 0; set < SETS; set++) {
        sets[set].default_vhost = aty_put(set); /* each set has another */
    }
    aty_writer_append(writer, ATY_SECTION_ADDRESS_SETS, sets, SETS);
    for (uint32_t i = 0; i < VHOSTS * SETS; i++) {
        aty_seat_record seat = {.address_set = aty_put(i % SETS),
                                .frame = aty_put(ATY_NONE)};
        aty_writer_append(writer, ATY_SECTION_SEATS, &seat, 1);
    }
}

static bool agree(const aty_table *view, uint32_t a, uint32_t b)
{
    uint32_t base = aty_get(view->address_sets[a % SETS].default_vhost);
    uint32_t of_a[ATY_AGREEMENT_SIZE], of_b[ATY_AGREEMENT_SIZE];

    aty_vhost_agreement(view, base, a / SETS, of_a);
    aty_vhost_agreement(view, base, b / SETS, of_b);
    return a % SETS == b % SETS && memcmp(of_a, of_b, sizeof of_a) == 0;
}

/* Numbers the groups by the first seat in them; some seats are in none. */
static void groups_form(aty_writer *writer)
{
    aty_seat_record *seats = aty_writer_records(writer, ATY_SECTION_SEATS);
    aty_table view;

    aty_writer_view(writer, &view);
    for (uint32_t i = 0; i < VHOSTS * SETS; i++) {
        uint32_t first = 0;
        while (!agree(&view, first, i)) {
            first++;
        }
        seats[i].group = aty_put(chance(8) ? first + 1 : 0);
    }
}

/* A view of a table; nothing looks at its names. */
static void table_make(apr_pool_t *pool, aty_sni_policy policy, aty_table *view)
{
    aty_writer *writer = aty_writer_create(pool, policy);

    vhosts_add(writer);
    seats_add(writer);
    groups_form(writer);
    aty_writer_view(writer, view);
}

typedef struct {
    unsigned long asked, differ, in_one_group, shared;
} tally;

static void pair_decide(const aty_table *view, aty_pair *pair, uint32_t set, tally *sum)
{
    const aty_seat_record *a = aty_vhost_seat(view, pair->connection, set);
    const aty_seat_record *b = aty_vhost_seat(view, pair->request, set);
    aty_verdict plain, by_group;

    pair->address_set = ATY_NONE;
    plain = aty_verdict_decide(view, pair);
    pair->address_set = set;
    by_group = aty_verdict_decide(view, pair);
    sum->asked++;
    sum->differ += plain.outcome != by_group.outcome || plain.reason != by_group.reason ||
                   plain.reasons != by_group.reasons;
    sum->in_one_group += pair->connection != pair->request && aty_get(a->group) != 0 &&
                         aty_get(a->group) == aty_get(b->group);
    sum->shared += plain.outcome == ATY_SHARED;
}

static void table_decide(const aty_table *view, tally *sum)
{
    for (uint32_t i = 0; i < VHOSTS * VHOSTS * SETS * 8; i++) {
        uint32_t rest = i / 8;
        uint32_t set = rest % SETS;
        aty_pair pair = {
            .connection = rest / SETS % VHOSTS,
            .base = i & 1 ? ATY_NONE : aty_get(view->address_sets[set].default_vhost),
            .request = rest / SETS / VHOSTS,
            .authority = "",
            .had_sni = i & 2,
            .h2 = i & 4,
        };
        pair_decide(view, &pair, set, sum);
    }
}

static void policy_check(apr_pool_t *parent, aty_sni_policy policy)
{
    const char *name = aty_sni_policy_name(policy);
    tally sum = {0};
    apr_pool_t *pool;

    apr_pool_create(&pool, parent);
    for (int i = 0; i < TABLES; i++) {
        aty_table view;
        table_make(pool, policy, &view);
        table_decide(&view, &sum);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    tap_is_int((long long)sum.differ, 0, "%s: %lu pairs, no verdict hangs on the group",
               name, sum.asked);
    tap_ok((sum.in_one_group > 0) == (policy != ATY_SNI_STRICT),
           "%s: %lu of them in one group, %lu share", name, sum.in_one_group, sum.shared);
}

int main(void)
{
    apr_pool_t *pool;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    for (int policy = 0; policy < ATY_SNI_COUNT; policy++) {
        policy_check(pool, (aty_sni_policy)policy);
    }
    apr_pool_destroy(pool);
    apr_terminate();
    return tap_done();
}
