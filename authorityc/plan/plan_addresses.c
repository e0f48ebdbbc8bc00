/* Addresses: on each address set those who must not meet get one of their own, as few as
 * can be. Clients reuse connections only where the address is the same (RFC 9113
 * §9.1.1).
 *
 * In httpd the first vhost of an address is its default, and lends its SSLProtocol to
 * those without one (ssl_engine_kernel.c, ssl_find_vhost). Where another vhost becomes
 * the first, those without get the SSLProtocol that they were lent before. */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_address_stock.h"
#include "authorityc/plan/plan_address_units.h"
#include "authorityc/plan/plan_change.h"
#include "authorityc/policy_print.h"
#include "authorityc/warning_options.h"
#include "core/names.h"
#include "core/verdict.h"

/* A vhost that an earlier one took a name from may get it when they part: then there is
 * more to do. */
#define ROUNDS 4

typedef struct {
    apr_pool_t *pool;
    const aty_table *table;
    const aty_attempts *attempts;
    const aty_tally_site *site;
    aty_address_stock *stock;
    aty_policy *policy; /* at work */
    aty_remedy *remedy;
} mover;

/* An address set in parts: part 0 stays, the others move. */
typedef struct {
    apr_pool_t *pool; /* for the while */
    const mover *m;
    uint32_t set;
    const uint32_t *vhosts; /* in file order */
    uint32_t vhost_count;
    uint32_t *parts; /* by number in the set */
    uint32_t count;  /* of parts */
} division;

/* The address of a vhost that is this set; NULL: it is not on it. */
static aty_vhost_address *address_on(const mover *m, const aty_vhost *vhost,
                                     uint32_t index, uint32_t set)
{
    uint32_t first = aty_get(m->table->vhosts[index].first_seat);

    for (int i = 0; i < vhost->addresses->nelts; i++) {
        if (aty_get(m->table->seats[first + (uint32_t)i].address_set) == set) {
            return &APR_ARRAY_IDX(vhost->addresses, i, aty_vhost_address);
        }
    }
    return NULL;
}

/* The colour that keeps the address: that of its default vhost, since requests without a
 * name or with an unknown one go on to be answered by it; where that one is of no colour,
 * and stays anyway, the one with the most names. */
static uint32_t staying_colour(const division *d, const uint32_t *colours, uint32_t count)
{
    const aty_table *table = d->m->table;
    uint64_t *names = apr_pcalloc(d->pool, (count + 1) * sizeof *names);
    uint32_t staying = 0;

    if (colours[0] != ATY_NONE) {
        return colours[0]; /* the first is the default */
    }
    for (uint32_t i = 0; i < d->vhost_count; i++) {
        if (colours[i] != ATY_NONE) {
            names[colours[i]] += aty_get(table->vhosts[d->vhosts[i]].name_count);
        }
    }
    for (uint32_t colour = 0; colour < count; colour++) {
        staying = names[colour] > names[staying] ? colour : staying;
    }
    return staying;
}

/* Parts in the order of their first vhosts. Those without attempts stay. */
static void parts_number(division *d, const uint32_t *colours, uint32_t count)
{
    uint32_t staying = staying_colour(d, colours, count);
    uint32_t *numbers = apr_pcalloc(d->pool, (count + 1) * sizeof *numbers);

    d->parts = apr_pcalloc(d->pool, (d->vhost_count + 1) * sizeof *d->parts);
    d->count = 1;
    for (uint32_t i = 0; i < d->vhost_count; i++) {
        if (colours[i] != ATY_NONE && colours[i] != staying) {
            uint32_t *number = &numbers[colours[i]];
            *number = *number == 0 ? d->count++ : *number;
            d->parts[i] = *number;
        }
    }
}

/* Divides an address set; false where that cannot be done. */
static bool set_divide(division *d)
{
    const mover *m = d->m;
    aty_tally tally = aty_tally_begin(d->pool, m->site, d->set);
    aty_address_units units = aty_address_units_make(d->pool, &tally, m->attempts);
    uint32_t *colours = apr_palloc(d->pool, (units.count + 1) * sizeof *colours);
    uint32_t *of = apr_palloc(d->pool, (d->vhost_count + 1) * sizeof *of);
    uint32_t count;
    bool least;

    aty_tally_end(&tally);
    if (!units.graph) {
        m->remedy->fault =
            apr_psprintf(m->pool,
                         "%u groups of vhosts on one address must not meet others; no "
                         "more than %u can be sorted",
                         units.count, ATY_GRAPH_MAX);
        return false;
    }
    count = aty_graph_colour(units.graph, colours, &least);
    m->remedy->least = m->remedy->least && least;
    for (uint32_t i = 0; i < d->vhost_count; i++) {
        uint32_t vertex = units.of[d->vhosts[i]];
        of[i] = vertex == ATY_NONE ? ATY_NONE : colours[vertex];
    }
    parts_number(d, of, count);
    return true;
}

static bool has_protocol(const aty_table *table, uint32_t vhost)
{
    return aty_get(table->vhosts[vhost].flags) & ATY_VHOST_PROTOCOL_SET;
}

/* The SSLProtocol that the default vhost lent. */
static const aty_directive *lent_directive(const division *d, const aty_vhost *to)
{
    const aty_vhost *lender = aty_plan_vhost_of(
        d->m->policy, aty_get(d->m->table->address_sets[d->set].default_vhost));
    const aty_directive *lent = lender->scope.tls.scalars[ATY_TLS_PROTOCOL];
    aty_directive *new;

    if (lent) {
        return lent;
    }
    new = aty_plan_directive(d->m->pool, "SSLProtocol", "all", aty_plan_place(to, NULL));
    new->number = ATY_PROTOCOL_ALL;
    return new;
}

/* Whether those of a part that have no SSLProtocol would run with another one than
 * before. */
static bool part_wants_protocol(const division *d, uint32_t part)
{
    const aty_table *table = d->m->table;
    uint32_t old = aty_get(table->address_sets[d->set].default_vhost), new = ATY_NONE;

    for (uint32_t i = 0; i < d->vhost_count; i++) {
        uint32_t vhost = d->vhosts[i];
        if (d->parts[i] != part) {
            continue;
        }
        new = new == ATY_NONE ? vhost : new;
        if (!has_protocol(table, vhost) &&
            aty_field_effect(table, old, vhost, ATY_FIELD_PROTOCOL) !=
                aty_field_effect(table, new, vhost, ATY_FIELD_PROTOCOL)) {
            return true;
        }
    }
    return false;
}

/* Whether a vhost is lent the same at all its addresses, so that one line can say it. */
static bool is_lent_alike(const aty_table *table, uint32_t vhost)
{
    const aty_seat_record *seats =
        table->seats + aty_get(table->vhosts[vhost].first_seat);
    uint32_t effect = ATY_NONE;

    for (uint32_t i = 0; i < aty_get(table->vhosts[vhost].seat_count); i++) {
        uint32_t set = aty_get(seats[i].address_set);
        uint32_t base = aty_get(table->address_sets[set].default_vhost);
        uint32_t here = aty_field_effect(table, base, vhost, ATY_FIELD_PROTOCOL);
        if (i > 0 && here != effect) {
            return false;
        }
        effect = here;
    }
    return true;
}

/* Keeps what was lent to a vhost; false where that is not to be said in one line. */
static bool protocol_keep(const division *d, uint32_t index)
{
    const mover *m = d->m;
    aty_vhost *vhost = aty_plan_vhost(m->policy, index);

    if (!is_lent_alike(m->table, index)) {
        m->remedy->fault = apr_psprintf(
            m->pool,
            "'%s' has no SSLProtocol, and runs with different ones at its addresses, as "
            "their first vhosts lend it; where it moves that would change: give it one",
            aty_vhost_server_name(m->table, index));
        return false;
    }
    vhost->scope.tls.scalars[ATY_TLS_PROTOCOL] = lent_directive(d, vhost);
    return true;
}

static bool protocols_keep(const division *d)
{
    for (uint32_t part = 0; part < d->count; part++) {
        if (!part_wants_protocol(d, part)) {
            continue;
        }
        for (uint32_t i = 0; i < d->vhost_count; i++) {
            if (d->parts[i] == part && !has_protocol(d->m->table, d->vhosts[i]) &&
                !protocol_keep(d, d->vhosts[i])) {
                return false;
            }
        }
    }
    return true;
}

/* Gives the parts that move their addresses; false where there are none any more. */
static bool addresses_take(const division *d, const char **hosts)
{
    const aty_vhost *first = aty_plan_vhost_of(d->m->policy, d->vhosts[0]);
    const aty_vhost_address *instead = address_on(d->m, first, d->vhosts[0], d->set);

    for (uint32_t part = 1; part < d->count; part++) {
        hosts[part] = aty_address_stock_take(d->m->stock, instead);
        if (!hosts[part]) {
            d->m->remedy->fault = apr_psprintf(
                d->m->pool,
                "%u more addresses are needed instead of %s, and the networks for "
                "documentation have not so many: name addresses",
                d->count - 1, aty_policy_print_address(d->m->pool, instead));
            return false;
        }
    }
    return true;
}

static bool set_move(const division *d)
{
    const mover *m = d->m;
    const char **hosts = apr_pcalloc(d->pool, d->count * sizeof *hosts);

    if (d->count == 1) {
        return true;
    }
    if (!addresses_take(d, hosts) || !protocols_keep(d)) {
        return false;
    }
    for (uint32_t i = 0; i < d->vhost_count; i++) {
        if (d->parts[i] > 0) {
            aty_vhost *vhost = aty_plan_vhost(m->policy, d->vhosts[i]);
            vhost->addresses = apr_array_copy(m->pool, vhost->addresses);
            address_on(m, vhost, d->vhosts[i], d->set)->host = hosts[d->parts[i]];
        }
    }
    return true;
}

static bool has_attempts(const division *d)
{
    for (uint32_t i = 0; i < d->vhost_count; i++) {
        if (d->m->attempts->from[d->vhosts[i]] > 0) {
            return true;
        }
    }
    return false;
}

/* Divides and moves all address sets as the table has them. */
static bool round_run(const mover *m)
{
    uint32_t sets = m->table->counts[ATY_SECTION_ADDRESS_SETS];
    bool fine = true;
    apr_pool_t *pool;

    apr_pool_create(&pool, m->pool);
    for (uint32_t set = 0; fine && set < sets; set++) {
        const uint32_t *starts = m->site->members.starts + set;
        division d = {
            .pool = pool,
            .m = m,
            .set = set,
            .vhosts = m->site->members.vhosts + starts[0],
            .vhost_count = starts[1] - starts[0],
        };
        fine = !has_attempts(&d) || (set_divide(&d) && set_move(&d));
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    return fine;
}

/* Whether the name is another vhost's, too, on an address of its own vhost. */
static bool is_taken(const aty_table *table, uint32_t name)
{
    const aty_vhost_record *vhost = &table->vhosts[aty_get(table->names[name].vhost)];
    const aty_seat_record *seats = table->seats + aty_get(vhost->first_seat);
    const char *text = aty_table_string(table, table->names[name].name);

    for (uint32_t i = 0; i < aty_get(vhost->seat_count); i++) {
        if (aty_name_exact(table, aty_get(seats[i].address_set), text, strlen(text)) !=
            name) {
            return true;
        }
    }
    return false;
}

/* Whether a name may lead elsewhere when vhosts part: by a pattern vhosts take names from
 * later ones, and without one only those that both have. */
static bool names_may_change(const aty_table *table)
{
    if (table->counts[ATY_SECTION_WILD_INDEX] > 0 ||
        table->counts[ATY_SECTION_ODD_PATTERNS] > 0) {
        return true;
    }
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_NAMES]; i++) {
        if (is_taken(table, i)) {
            return true;
        }
    }
    return false;
}

/* What is wanted beside what was there: by comparing. */
static void wanted_note(mover *m, const aty_policy *before)
{
    apr_hash_t *known = apr_hash_make(m->pool);
    apr_array_header_t *wanted = m->remedy->addresses;

    for (uint32_t i = 0; i < (uint32_t)before->vhosts->nelts; i++) {
        const apr_array_header_t *old = aty_plan_vhost_of(before, i)->addresses;
        const apr_array_header_t *new = aty_plan_vhost_of(m->policy, i)->addresses;
        for (int a = 0; a < old->nelts; a++) {
            const aty_vhost_address *was = &APR_ARRAY_IDX(old, a, aty_vhost_address);
            const aty_vhost_address *is = &APR_ARRAY_IDX(new, a, aty_vhost_address);
            const char *text = aty_policy_print_address(m->pool, is);
            uintptr_t index = (uintptr_t)apr_hash_get(known, text, APR_HASH_KEY_STRING);
            if (strcmp(was->host, is->host) == 0) {
                continue;
            }
            if (index == 0) {
                APR_ARRAY_PUSH(wanted, aty_plan_address) = (aty_plan_address){
                    .address = text,
                    .instead = aty_policy_print_address(m->pool, was),
                    .at = is,
                    .was = was,
                    .vhosts = apr_array_make(m->pool, 4, sizeof(uint32_t)),
                };
                index = (uintptr_t)wanted->nelts;
                apr_hash_set(known, text, APR_HASH_KEY_STRING, (const void *)index);
            }
            APR_ARRAY_PUSH(APR_ARRAY_IDX(wanted, (int)index - 1, aty_plan_address).vhosts,
                           uint32_t) = i;
        }
    }
}

/* Compiles what has come out, for another round. */
static bool round_again(mover *m, aty_compiled *compiled)
{
    if (!aty_plan_compile(m->pool, m->policy, aty_diag_create_lenient(m->pool),
                          compiled)) {
        return false;
    }
    m->table = &compiled->table;
    m->attempts = aty_attempts_find_some(m->pool, m->table, 0);
    return m->attempts->pairs > 0;
}

void aty_plan_addresses(apr_pool_t *pool, const aty_plan_site *site, aty_remedy *remedy)
{
    aty_compiled compiled;
    mover m = {
        .pool = pool,
        .table = site->table,
        .attempts = site->attempts,
        .policy = aty_plan_policy_copy(pool, site->policy),
        .remedy = remedy,
    };
    bool again = true;

    remedy->policy = site->policy;
    remedy->changes = apr_array_make(pool, 1, sizeof(aty_plan_change));
    remedy->addresses = apr_array_make(pool, 4, sizeof(aty_plan_address));
    remedy->least = true;
    m.stock = aty_address_stock_make(pool, site->policy, site->options->addresses,
                                     &remedy->fault);
    if (!m.stock || site->attempts->pairs == 0) {
        return;
    }
    for (int round = 0; again && round < ROUNDS; round++) {
        m.site = aty_tally_site_make(pool, m.table, NULL);
        if (!round_run(&m)) {
            return;
        }
        remedy->least = remedy->least && round == 0;
        again = names_may_change(m.table) && round_again(&m, &compiled);
    }
    remedy->policy = m.policy;
    wanted_note(&m, site->policy);
    remedy->changes =
        aty_plan_changes(pool, site->policy, m.policy, site->options->directory);
}
