/* Addresses end all attempts, and do no more than that: random policies and the samples
 * are planned, compiled anew and looked at. As few addresses as can be: random conflicts
 * of up to 12 groups are held against a search that tries everything. With arguments,
 * policies, it plans these, which plan_addresses.t uses. */
#include "test/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/plan/plan.h"
#include "authorityc/plan/plan_address_stock.h"
#include "authorityc/warning_options.h"
#include "core/names.h"
#include "test/unit/brute_colour.h"
#include "test/unit/policy_text.h"
#include "test/unit/random_policy.h"

#define SEEDS_FIRST 1
#define SEEDS_LAST  400
#define GRAPHS      1000

typedef struct {
    const aty_policy *policy;
    aty_compiled compiled;
    const aty_attempts *attempts;
    aty_remedy remedy;
} planned;

static bool plan_make(apr_pool_t *pool, planned *p, const apr_array_header_t *addresses)
{
    const aty_plan_options options = {
        .max_names = 100, .directory = "/", .certificates = "/", .addresses = addresses};
    const aty_plan_site site = {p->policy, &p->compiled.table, NULL, &options};
    aty_plan_site counted = site;

    p->attempts = aty_attempts_find(pool, &p->compiled.table);
    counted.attempts = p->attempts;
    p->remedy = (aty_remedy){.kind = ATY_REMEDY_ADDRESSES, .before = p->attempts};
    aty_plan_addresses(pool, &counted, &p->remedy);
    return !p->remedy.fault &&
           random_policy_recompile(pool, p->remedy.policy, &p->remedy.compiled);
}

static uint32_t set_of(const aty_table *table, uint32_t vhost, uint32_t seat)
{
    return aty_get(
        table->seats[aty_get(table->vhosts[vhost].first_seat) + seat].address_set);
}

/* Whether the set of a vhost's seat gives it the name. */
static bool is_given(const aty_table *table, uint32_t vhost, uint32_t seat,
                     const char *name)
{
    return aty_vhost_named(table, set_of(table, vhost, seat), name, strlen(name)) ==
           vhost;
}

/* Names that led to their vhost, and do so no more. */
static uint32_t names_lost(const aty_table *before, const aty_table *after)
{
    uint32_t lost = 0;

    for (uint32_t i = 0; i < before->counts[ATY_SECTION_NAMES]; i++) {
        uint32_t vhost = aty_get(before->names[i].vhost);
        const char *name = aty_table_string(before, before->names[i].name);
        for (uint32_t s = 0; s < aty_get(before->vhosts[vhost].seat_count); s++) {
            lost += is_given(before, vhost, s, name) && !is_given(after, vhost, s, name);
        }
    }
    return lost;
}

/* TLS versions that a vhost runs with on a seat. */
static const char *protocols_of(const aty_table *table, uint32_t vhost, uint32_t seat)
{
    uint32_t set = set_of(table, vhost, seat);
    uint32_t base = aty_get(table->address_sets[set].default_vhost);

    return table->strings + aty_field_effect(table, base, vhost, ATY_FIELD_PROTOCOL);
}

/* Seats on which a vhost runs with other TLS versions than before. */
static uint32_t protocols_changed(const aty_table *before, const aty_table *after)
{
    uint32_t changed = 0;

    for (uint32_t vhost = 0; vhost < before->counts[ATY_SECTION_VHOSTS]; vhost++) {
        for (uint32_t s = 0; s < aty_get(before->vhosts[vhost].seat_count); s++) {
            changed += strcmp(protocols_of(before, vhost, s),
                              protocols_of(after, vhost, s)) != 0;
        }
    }
    return changed;
}

/* Whether a vhost without SSLProtocol is lent different ones, which no line can say. */
static bool lends_apart(const aty_table *table)
{
    for (uint32_t vhost = 0; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        for (uint32_t s = 1; s < aty_get(table->vhosts[vhost].seat_count); s++) {
            if (strcmp(protocols_of(table, vhost, 0), protocols_of(table, vhost, s)) !=
                0) {
                return true;
            }
        }
    }
    return false;
}

static uint32_t address_count(const aty_table *table)
{
    return table->counts[ATY_SECTION_ADDRESS_SETS];
}

/* What has come up in all policies. */
typedef struct {
    uint32_t policies, moved, ended, left, lost, protocols, miscounted, apart;
} tally;

static void plan_judge(const planned *p, apr_pool_t *pool, tally *sum, const char *what)
{
    const aty_table *before = &p->compiled.table;
    const aty_table *after = &p->remedy.compiled.table;
    const aty_attempts *left = aty_attempts_find(pool, after);
    uint32_t lost = names_lost(before, after);
    uint32_t protocols = protocols_changed(before, after);

    sum->policies++;
    sum->moved += (uint32_t)p->remedy.addresses->nelts;
    sum->ended += p->attempts->pairs > 0 && left->pairs == 0;
    if (left->pairs > 0) {
        tap_diag("%s: %llu attempts of %llu are left", what,
                 (unsigned long long)left->pairs, (unsigned long long)p->attempts->pairs);
        sum->left++;
    }
    if (lost > 0) {
        tap_diag("%s: %u names are lost", what, lost);
        sum->lost++;
    }
    if (protocols > 0) {
        tap_diag("%s: %u vhosts with other TLS versions", what, protocols);
        sum->protocols++;
    }
    /* A set that all its vhosts leave is there no more. */
    if (address_count(after) >
            address_count(before) + (uint32_t)p->remedy.addresses->nelts ||
        (p->attempts->pairs == 0) != (p->remedy.addresses->nelts == 0) ||
        (p->remedy.addresses->nelts == 0) != (p->remedy.changes->nelts == 0)) {
        tap_diag("%s: addresses are miscounted", what);
        sum->miscounted++;
    }
}

static void tally_tell(const tally *sum, const char *what)
{
    tap_ok(sum->ended > 0 && sum->moved > 0, "%u %s: %u addresses end all attempts of %u",
           sum->policies, what, sum->moved, sum->ended);
    tap_is_int(sum->left, 0, "... none are left");
    tap_is_int(sum->lost, 0, "... no name leads elsewhere");
    tap_is_int(sum->protocols, 0, "... no vhost runs with other TLS versions");
    tap_is_int(sum->miscounted, 0, "... addresses and changes are told");
}

static void random_policies(apr_pool_t *parent, const random_site *site)
{
    unsigned first = SEEDS_FIRST, last = SEEDS_LAST;
    tally sum = {0};
    apr_pool_t *pool;

    if (getenv("SEEDS")) {
        sscanf(getenv("SEEDS"), "%u-%u", &first, &last);
    }
    apr_pool_create(&pool, parent);
    for (unsigned seed = first; seed <= last; seed++) {
        planned p = {.policy = NULL};
        const char *what = apr_psprintf(pool, "seed %u", seed);
        p.policy = random_policy_compile(site, pool, seed, 2 + seed % 11, &p.compiled);
        if (!p.policy || !plan_make(pool, &p, NULL)) {
            bool apart = p.policy && p.remedy.fault &&
                         strstr(p.remedy.fault, "SSLProtocol") &&
                         lends_apart(&p.compiled.table);
            sum.apart += apart;
            if (!apart) {
                tap_ok(false, "%s: %s", what,
                       p.remedy.fault ? p.remedy.fault : "compiles");
            }
        }
        else {
            plan_judge(&p, pool, &sum, what);
        }
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    tally_tell(&sum, "random policies");
    tap_ok(sum.apart > 0 && sum.apart < sum.policies,
           "... %u cannot be, as what is lent differs by address", sum.apart);
}

/* A vhost for each vertex, in zones of their own, whose certificate covers the names of
 * its neighbours; the other way round it does not, unless by chance. */
static const char *const paths[BRUTE_COLOUR_MAX] = {
    "/certificates/0.pem", "/certificates/1.pem",  "/certificates/2.pem",
    "/certificates/3.pem", "/certificates/4.pem",  "/certificates/5.pem",
    "/certificates/6.pem", "/certificates/7.pem",  "/certificates/8.pem",
    "/certificates/9.pem", "/certificates/10.pem", "/certificates/11.pem",
};

static const char *graph_policy(random_site *site, apr_pool_t *pool,
                                const aty_graph *graph, uint32_t vertices)
{
    const char *text = "";

    for (uint32_t a = 0; a < vertices; a++) {
        apr_array_header_t *names = apr_array_make(pool, 4, sizeof(const char *));
        const char *path = paths[a];
        APR_ARRAY_PUSH(names, const char *) = apr_psprintf(pool, "v%u.test", a);
        for (uint32_t b = 0; b < vertices; b++) {
            if (aty_graph_joined(graph, a, b) && (a < b || random_below(2) == 0)) {
                APR_ARRAY_PUSH(names, const char *) = apr_psprintf(pool, "v%u.test", b);
            }
        }
        random_certificate_add(site, path, names);
        text = apr_psprintf(pool,
                            "%s<VirtualHost *:443>\nServerName v%u.test\nIsolate on\n"
                            "SSLCertificateFile %s\nSSLCertificateKeyFile %s\n"
                            "</VirtualHost>\n",
                            text, a, path, path);
    }
    return text;
}

static aty_graph *random_graph(apr_pool_t *pool, uint32_t vertices, uint32_t percent)
{
    aty_graph *graph = aty_graph_make(pool, vertices);

    for (uint32_t a = 0; a < vertices; a++) {
        for (uint32_t b = 0; b < a; b++) {
            if (random_below(100) < percent) {
                aty_graph_join(graph, a, b);
            }
        }
    }
    return graph;
}

static void random_graphs(apr_pool_t *pool, random_site *site)
{
    uint32_t wrong = 0, unproven = 0, left = 0, most = 0;
    apr_pool_t *scratch;

    apr_pool_create(&scratch, pool);
    random_seed(1);
    for (int i = 0; i < GRAPHS; i++) {
        uint32_t vertices = 1 + random_below(BRUTE_COLOUR_MAX), needed;
        planned p = {.policy = NULL};
        const aty_graph *graph =
            random_graph(scratch, vertices, 10 + 20 * random_below(5));
        needed = brute_colour(graph, vertices);
        p.policy = random_policy_compile_text(
            site, scratch, graph_policy(site, scratch, graph, vertices), &p.compiled);
        if (!p.policy || !plan_make(scratch, &p, NULL)) {
            wrong++;
        }
        else {
            wrong += address_count(&p.remedy.compiled.table) != needed;
            unproven += !p.remedy.least;
            left += aty_attempts_find(scratch, &p.remedy.compiled.table)->pairs > 0;
        }
        most = needed > most ? needed : most;
        apr_pool_clear(scratch);
    }
    apr_pool_destroy(scratch);
    tap_is_int(wrong, 0,
               "%d sites of up to %d groups: as few addresses as can be, up to %u",
               GRAPHS, BRUTE_COLOUR_MAX, most);
    tap_is_int(unproven, 0, "... and it is proven");
    tap_is_int(left, 0, "... and no attempt is left");
}

/* The samples, whose certificates are made by test/make-certificates. */
static void sample_policies(apr_pool_t *parent, int count, char **paths_of)
{
    tally sum = {0};
    apr_pool_t *pool;

    apr_pool_create(&pool, parent);
    for (int i = 0; i < count; i++) {
        planned p = {.policy = NULL};
        aty_diag *diag = aty_diag_create_lenient(pool);
        p.policy = aty_policy_read(pool, paths_of[i], diag);
        if (!p.policy || !random_policy_recompile(pool, p.policy, &p.compiled) ||
            !plan_make(pool, &p, NULL)) {
            tap_ok(false, "%s: %s", paths_of[i],
                   p.remedy.fault ? p.remedy.fault : "compiles");
        }
        else {
            plan_judge(&p, pool, &sum, paths_of[i]);
        }
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
    tally_tell(&sum, "samples");
}

/* Addresses as they are given away, one after the other. */
static const struct {
    const char *given[3];
    const char *host; /* that is left */
    uint32_t port;
    const char *taken[4]; /* NULL: a fault */
} stocks[] = {
    {{NULL}, "*", 443, {"192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}},
    {{NULL}, "*", 8443, {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}},
    {{NULL}, "*", 0, {"192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}},
    {{NULL}, "10.0.0.1", 443, {"192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}},
    {{NULL}, "::1", 443, {"2001:db8::1", "2001:db8::2", "2001:db8::4", "2001:db8::5"}},
    {{"10.0.0.7", "[2001:DB8::9]"},
     "*",
     443,
     {"10.0.0.7", "2001:db8::9", "192.0.2.2", "192.0.2.3"}},
    {{"10.0.0.7", "2001:db8::9"},
     "::1",
     443,
     {"2001:db8::9", "2001:db8::1", "2001:db8::2", "2001:db8::4"}},
    {{"192.0.2.1", "10.0.0.7"},
     "10.0.0.1",
     443,
     {"10.0.0.7", "192.0.2.2", "192.0.2.3", "192.0.2.4"}},
    {{"10.0.0.300"}, "*", 443, {NULL}},
    {{"[10.0.0.1]"}, "*", 443, {NULL}},
    {{"host.test"}, "*", 443, {NULL}},
    {{"0.0.0.0"}, "*", 443, {NULL}},
    {{"::"}, "*", 443, {NULL}},
    {{"::ffff:192.0.2.9"}, "*", 443, {NULL}},
};

static void address_stocks(apr_pool_t *pool)
{
    aty_policy *policy = policy_test_read(pool,
                                          "<VirtualHost 192.0.2.1:443 [2001:db8::3]>\n"
                                          "ServerName a.test\n</VirtualHost>\n",
                                          aty_diag_create_lenient(pool));

    for (size_t i = 0; i < sizeof stocks / sizeof stocks[0]; i++) {
        const aty_vhost_address instead = {.host = stocks[i].host,
                                           .port = stocks[i].port};
        apr_array_header_t *given = apr_array_make(pool, 3, sizeof(const char *));
        const char *fault = NULL;
        aty_address_stock *stock;
        for (int g = 0; g < 3 && stocks[i].given[g]; g++) {
            APR_ARRAY_PUSH(given, const char *) = stocks[i].given[g];
        }
        stock = aty_address_stock_make(pool, policy, given, &fault);
        for (int t = 0; t < 4 && stocks[i].taken[t] && stock; t++) {
            tap_is_str(aty_address_stock_take(stock, &instead), stocks[i].taken[t],
                       "instead of %s:%u, number %d", instead.host, instead.port, t + 1);
        }
        tap_ok((stock == NULL) == (stocks[i].taken[0] == NULL) && !stock == !!fault,
               "... %s", fault ? fault : "all are addresses");
    }
}

/* There are 762 addresses of IPv4 for documentation, of which one is in use. */
static void stock_end(apr_pool_t *pool)
{
    const aty_vhost_address instead = {.host = "*", .port = 443};
    aty_policy *policy = policy_test_read(
        pool, "<VirtualHost 192.0.2.1:443>\nServerName a.test\n</VirtualHost>\n",
        aty_diag_create_lenient(pool));
    const char *fault = NULL, *last = NULL, *next;
    aty_address_stock *stock = aty_address_stock_make(pool, policy, NULL, &fault);
    uint32_t count = 0;

    while ((next = aty_address_stock_take(stock, &instead))) {
        last = next;
        count++;
    }
    tap_is_int(count, 761, "all addresses of RFC 5737 but one");
    tap_is_str(last, "203.0.113.254", "... to the last");
}

int main(int argc, char **argv)
{
    apr_pool_t *pool = policy_test_pool();
    random_site *site = random_site_make(pool);

    if (argc > 1) {
        sample_policies(pool, argc - 1, argv + 1);
        apr_pool_destroy(pool);
        return tap_done();
    }
    address_stocks(pool);
    stock_end(pool);
    random_policies(pool, site);
    random_graphs(pool, site);
    apr_pool_destroy(pool);
    return tap_done();
}
