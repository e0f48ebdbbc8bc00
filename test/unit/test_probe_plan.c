/* What is asked of small and of large sites, and where names lead that DNS is asked for.
 */
#include <netdb.h>
#include <stdlib.h>

#include <apr_strings.h>

#include "authorityc/probe/probe.h"
#include "test/unit/policy_text.h"
#include "test/unit/probe_site.h"
#include "test/unit/tap.h"

/* What the resolver of the test knows. */
static const struct {
    const char *name, *first, *second;
} hosts[] = {
    {"here.a.test", "192.0.2.1", NULL},
    {"both.a.test", "192.0.2.1", "2001:db8::1"},
    {"moved.a.test", "198.51.100.1", NULL},
    {"half.a.test", "192.0.2.1", "198.51.100.1"},
};

static void resolve(const char *name, aty_resolved *resolved)
{
    *resolved = (aty_resolved){.error = strstr(name, "silent") ? EAI_AGAIN : EAI_NONAME};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (strcmp(hosts[i].name, name) == 0) {
            resolved->error = 0;
            apr_cpystrn(resolved->addresses[resolved->count++], hosts[i].first,
                        INET6_ADDRSTRLEN);
            if (hosts[i].second) {
                apr_cpystrn(resolved->addresses[resolved->count++], hosts[i].second,
                            INET6_ADDRSTRLEN);
            }
        }
    }
}

/* All that is planned: "NODE SNI: AUTHORITY …", a line each. */
static const char *plan_text(aty_probe *probe)
{
    const char *text = "";

    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        text =
            apr_pstrcat(probe->pool, text, aty_probe_node_text(probe->pool, visit->node),
                        " ", visit->sni ? visit->sni : "-", ":", (char *)NULL);
        for (int a = 0; a < visit->answers->nelts; a++) {
            text = apr_pstrcat(probe->pool, text, " ",
                               aty_probe_answer_at(visit, a)->authority, (char *)NULL);
        }
        text = apr_pstrcat(probe->pool, text, "\n", (char *)NULL);
    }
    return text;
}

static void test_small(apr_pool_t *pool)
{
    aty_probe_options options;
    aty_probe *probe = probe_site_make(pool,
                                       "<VirtualHost *:443>\n"
                                       "    ServerName www.a.test\n"
                                       "    ServerAlias *.cdn.a.test 192.0.2.7\n"
                                       "</VirtualHost>\n"
                                       "<VirtualHost *:443>\n"
                                       "    ServerName api.a.test\n"
                                       "    ServerAlias any-name.a.test\n"
                                       "    Isolate on\n"
                                       "</VirtualHost>\n",
                                       &options);

    aty_probe_node_add(probe, "192.0.2.1", 443, 0);
    tap_is_str(aty_probe_plan(probe), NULL, "a small site is planned");
    tap_is_str(plan_text(probe),
               "192.0.2.1:443 www.a.test: www.a.test any-namex.cdn.a.test 192.0.2.7 "
               "api.a.test any-name.a.test any-namex.invalid\n"
               "192.0.2.1:443 any-namex.cdn.a.test: www.a.test any-namex.cdn.a.test "
               "192.0.2.7 api.a.test any-name.a.test\n"
               "192.0.2.1:443 api.a.test: www.a.test any-namex.cdn.a.test 192.0.2.7 "
               "api.a.test any-name.a.test\n"
               "192.0.2.1:443 any-name.a.test: www.a.test any-namex.cdn.a.test 192.0.2.7 "
               "api.a.test any-name.a.test\n"
               "192.0.2.1:443 -: www.a.test api.a.test\n"
               "192.0.2.1:443 any-namex.invalid: any-namex.invalid www.a.test\n",
               "all pairs, with samples, no SNI and a name of nobody");
}

/* So many vhosts of three names, in so many zones. */
static const char *large_policy(apr_pool_t *pool, int vhosts, int zones)
{
    apr_size_t room = 160;
    char *text = apr_palloc(pool, (apr_size_t)vhosts * room + 1), *end = text;

    for (int i = 0; i < vhosts; i++) {
        end += apr_snprintf(end, room,
                            "<VirtualHost *:443>\nServerName n%d.a.test\n"
                            "ServerAlias m%d.a.test l%d.a.test\nZone z%d\n"
                            "</VirtualHost>\n",
                            i, i, i, i % zones);
    }
    return text;
}

/* The vhost of a name "n12.a.test"; -1 for others. */
static int number_of(const char *name)
{
    return name && *name == 'n' ? atoi(name + 1) : -1;
}

#define VHOSTS 600
#define ZONES  7

static void test_large(apr_pool_t *pool)
{
    aty_probe_options options;
    aty_probe *probe = probe_site_make(pool, large_policy(pool, VHOSTS, ZONES), &options);
    static bool own[VHOSTS], inside[VHOSTS], across[VHOSTS], groups[ZONES][ZONES];
    int missing = 0, group_pairs = 0;

    aty_probe_node_add(probe, "192.0.2.1", 443, 0);
    aty_probe_plan(probe);
    for (int i = 0; i < probe->visits->nelts; i++) {
        const aty_probe_visit *visit = aty_probe_visit_at(probe, i);
        int from = number_of(visit->sni);
        for (int a = 0; from >= 0 && a < visit->answers->nelts; a++) {
            int to = number_of(aty_probe_answer_at(visit, a)->authority);
            if (to >= 0) {
                own[to] = own[to] || from == to;
                inside[to] = inside[to] || (from != to && from % ZONES == to % ZONES);
                across[to] = across[to] || from % ZONES != to % ZONES;
                if (from < ZONES && to < ZONES) { /* the first of their groups */
                    groups[from][to] = true;
                }
            }
        }
    }
    for (int i = 0; i < VHOSTS; i++) {
        missing += !own[i] || !inside[i] || !across[i];
    }
    for (int i = 0; i < ZONES * ZONES; i++) {
        group_pairs += groups[i / ZONES][i % ZONES];
    }
    tap_is_int(missing, 0, "every vhost on its own, its group's and another connection");
    tap_is_int(group_pairs, ZONES * ZONES, "every pair of groups");
    tap_is_int((long long)probe->pairs, 9LL * VHOSTS * VHOSTS, "all pairs are counted");
    tap_ok(probe->pairs_planned < 5 * VHOSTS, "few of them are asked");
    tap_is_int(probe->names_left_out, 2 * VHOSTS, "names left out are counted");
    tap_is_int(probe->visits->nelts, VHOSTS + 2, "a visit for each vhost, and two more");
}

static void test_many_groups(apr_pool_t *pool)
{
    aty_probe_options options;
    aty_probe *probe = probe_site_make(pool, large_policy(pool, 2000, 2000), &options);

    aty_probe_node_add(probe, "192.0.2.1", 443, 0);
    tap_is_str(aty_probe_plan(probe), NULL, "2,000 groups are planned");
    tap_ok(probe->pairs_planned > 50000 && probe->pairs_planned < 150000,
           "not all of their 4,000,000 pairs: %llu",
           (unsigned long long)probe->pairs_planned);
    options.all_pairs = true;
    probe->visits->nelts = 0;
    tap_ok(aty_probe_plan(probe) != NULL, "more than memory holds is refused");
}

/* Where a policy is asked with --dns: the nodes, and what is found. */
static const struct {
    const char *what, *addresses, *names, *nodes, *faults;
} led[] = {
    {"a name that leads here", "192.0.2.1:443", "here", "192.0.2.1:443", ""},
    {"a name of two addresses", "192.0.2.1:443 [2001:db8::1]:443", "both",
     "192.0.2.1:443 [2001:db8::1]:443", ""},
    {"one of them is not declared", "192.0.2.1:443", "both", "192.0.2.1:443",
     "resolves-elsewhere"},
    {"a name that moved", "192.0.2.1:443", "moved", "192.0.2.1:443",
     "resolves-elsewhere"},
    {"a name that leads here and there", "192.0.2.1:443", "half", "192.0.2.1:443",
     "resolves-elsewhere"},
    {"a name that is nowhere", "192.0.2.1:443", "nowhere", "192.0.2.1:443",
     "resolves-nowhere"},
    {"* is everywhere", "*:8443", "half", "192.0.2.1:8443 198.51.100.1:8443", ""},
    {"any port is 443 to clients", "*", "here", "192.0.2.1:443", ""},
    {"DNS does not answer", "192.0.2.1:443", "silent", "192.0.2.1:443", ""},
    {"* and nowhere", "*:443", "nowhere", "", "resolves-nowhere"},
};

static void test_dns(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof led / sizeof led[0]; i++) {
        aty_probe_options options;
        const char *nodes = "";
        aty_probe *probe = probe_site_make(
            pool,
            apr_psprintf(pool, "<VirtualHost %s>\nServerName %s.a.test\n</VirtualHost>\n",
                         led[i].addresses, led[i].names),
            &options);
        options.resolver = resolve;
        const char *fault = aty_probe_nodes_resolve(probe);
        for (int n = 0; n < probe->nodes->nelts; n++) {
            nodes =
                apr_pstrcat(pool, nodes, n ? " " : "",
                            aty_probe_node_text(
                                pool, APR_ARRAY_IDX(probe->nodes, n, aty_probe_node *)),
                            (char *)NULL);
        }
        tap_is_str(nodes, led[i].nodes, "%s: where it is asked", led[i].what);
        tap_is_str(probe_site_faults(probe), led[i].faults, "%s: what is found",
                   led[i].what);
        tap_ok((fault != NULL) == (*nodes == '\0'), "%s: something to ask", led[i].what);
    }
}

/* Of a vhost on `*` only what leads to an address is asked there. */
static void test_stars(apr_pool_t *pool)
{
    aty_probe_options options;
    aty_probe *probe =
        probe_site_make(pool,
                        "<VirtualHost *:443>\nServerName here.a.test\n</VirtualHost>\n"
                        "<VirtualHost *:443>\nServerName moved.a.test\n</VirtualHost>\n",
                        &options);

    options.resolver = resolve;
    aty_probe_nodes_resolve(probe);
    aty_probe_plan(probe);
    tap_is_str(plan_text(probe),
               "192.0.2.1:443 here.a.test: here.a.test any-name.invalid\n"
               "192.0.2.1:443 -: here.a.test\n"
               "192.0.2.1:443 any-name.invalid: any-name.invalid here.a.test\n"
               "198.51.100.1:443 moved.a.test: moved.a.test any-name.invalid\n"
               "198.51.100.1:443 -: moved.a.test\n"
               "198.51.100.1:443 any-name.invalid: any-name.invalid moved.a.test\n",
               "each address of * is asked for its own names");
}

/* The address set that a server stands for. */
static const struct {
    const char *what, *policy, *connect, *address, *set;
} sets[] = {
    {"the one that serves it", "192.0.2.1:443 192.0.2.2:443", "192.0.2.2", NULL,
     "192.0.2.2"},
    {"a wildcard", "192.0.2.1:443 *:443", "192.0.2.9", NULL, "*"},
    {"the only one", "192.0.2.1:443", "198.51.100.9", NULL, "192.0.2.1"},
    {"none of several", "192.0.2.1:443 192.0.2.2:443", "198.51.100.9", NULL, ""},
    {"that of --address", "192.0.2.1:443 192.0.2.2:443", "198.51.100.9", "192.0.2.2:443",
     "192.0.2.2"},
    {"an --address of nobody", "192.0.2.1:443", "192.0.2.1", "192.0.2.3:443", ""},
    {"by a name", "192.0.2.1:443 198.51.100.1:443", "moved.a.test", NULL, "198.51.100.1"},
    {"a name of nowhere", "192.0.2.1:443", "nowhere.a.test", NULL, ""},
};

static void test_sets(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        aty_probe_options options;
        aty_probe *probe = probe_site_make(
            pool,
            apr_psprintf(pool,
                         "<VirtualHost %s>\nServerName www.a.test\n</VirtualHost>\n",
                         sets[i].policy),
            &options);
        apr_array_header_t *targets = apr_array_make(pool, 1, sizeof(aty_probe_target));
        APR_ARRAY_PUSH(targets, aty_probe_target) =
            (aty_probe_target){sets[i].connect, 443};
        options.targets = targets;
        options.address = sets[i].address;
        options.resolver = resolve;
        const char *fault = aty_probe_nodes_find(probe);
        uint32_t set =
            fault ? 0 : APR_ARRAY_IDX(probe->nodes, 0, aty_probe_node *)->address_set;
        tap_is_str(
            fault ? ""
                  : aty_table_string(probe->table, probe->table->address_sets[set].host),
            sets[i].set, "address: %s", sets[i].what);
    }
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();

    test_small(pool);
    test_large(pool);
    test_many_groups(pool);
    test_dns(pool);
    test_stars(pool);
    test_sets(pool);
    apr_pool_destroy(pool);
    return tap_done();
}
