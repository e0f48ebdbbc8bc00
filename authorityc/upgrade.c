#include "authorityc/upgrade.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include "authorityc/print.h"
#include "authorityc/table_json.h"
#include "authorityc/table_words.h"
#include "core/sni_policy.h"
#include "core/verdict.h"

/* Vhosts of an address set that mod_ssl cannot tell apart by any directive. */
typedef struct {
    uint32_t address_set;
    uint32_t vhost; /* the first */
    uint32_t vhosts;
    uint32_t bucket; /* classes of one bucket agree in all that both httpds compare */
} vhost_class;

#define NAMED_LIKE_IT 5 /* vhosts of a kind that are named beside the first */

/* Pairs whose answer changes, alike in connection, fields and remedy. */
typedef struct {
    aty_pair pair; /* the first */
    uint32_t address_set;
    uint32_t fields; /* that make the difference; bit N is field N */
    const char *remedy;
    bool breaks;                  /* from 200 to 421, or else the other way */
    uint32_t vhosts;              /* that are requested */
    apr_array_header_t *requests; /* of them the first of each class (uint32_t) */
} change;

/* What changes must have in common to be one. */
typedef struct {
    uint32_t address_set;
    uint32_t connection;
    uint32_t had_sni;
    uint32_t fields;
    const char *remedy;
} change_key;

typedef struct {
    apr_pool_t *pool;
    aty_table before; /* the table as the old httpd would see it */
    aty_table after;
    apr_array_header_t *classes; /* vhost_class */
    apr_array_header_t *changes; /* change */
    apr_hash_t *kinds;           /* change_key -> index of its change + 1 */
} upgrade;

typedef struct {
    uint32_t address_set;
    uint32_t texts[ATY_FIELD_TLS_COUNT];
    uint32_t vhost; /* strict holds every vhost apart */
} class_key;

static aty_pair pair_of(const upgrade *u, uint32_t address_set, uint32_t connection,
                        uint32_t request, bool sni)
{
    return (aty_pair){
        .connection = connection,
        .address_set = ATY_NONE, /* groups are of one SNIPolicy, and this asks by two */
        .base = aty_get(u->after.address_sets[address_set].default_vhost),
        .request = request,
        .authority = "",
        .had_sni = sni,
    };
}

/* The spellings of a vhost, or only of the fields that both httpds compare. */
static class_key key_of(const upgrade *u, uint32_t address_set, uint32_t vhost,
                        bool common_only)
{
    const aty_pair itself = pair_of(u, address_set, vhost, vhost, true);
    class_key key;

    memset(&key, 0, sizeof key);
    key.address_set = address_set;
    key.vhost = u->after.sni_policy == ATY_SNI_STRICT && !common_only ? vhost : ATY_NONE;
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (!common_only ||
            (aty_mod_ssl_compares(&u->before, &itself, (aty_field)field) &&
             aty_mod_ssl_compares(&u->after, &itself, (aty_field)field))) {
            key.texts[field] =
                aty_get(aty_vhost_setting(&u->after, vhost, (aty_field)field)->text);
        }
    }
    return key;
}

/* The number, from 1, that stands for a key. */
static uint32_t number_of(const upgrade *u, apr_hash_t *known, const class_key *key)
{
    uintptr_t number = (uintptr_t)apr_hash_get(known, key, sizeof *key);

    if (!number) {
        number = apr_hash_count(known) + 1;
        apr_hash_set(known, apr_pmemdup(u->pool, key, sizeof *key), sizeof *key,
                     (const void *)number);
    }
    return (uint32_t)number;
}

static void classes_collect(upgrade *u)
{
    apr_hash_t *classes = apr_hash_make(u->pool);
    apr_hash_t *buckets = apr_hash_make(u->pool);

    for (uint32_t vhost = 0; vhost < u->after.counts[ATY_SECTION_VHOSTS]; vhost++) {
        const aty_vhost_record *record = &u->after.vhosts[vhost];
        const aty_seat_record *seat = u->after.seats + aty_get(record->first_seat);
        for (uint32_t i = 0; i < aty_get(record->seat_count); i++, seat++) {
            uint32_t set = aty_get(seat->address_set);
            class_key key = key_of(u, set, vhost, false);
            uint32_t number = number_of(u, classes, &key);
            if ((int)number > u->classes->nelts) {
                class_key common = key_of(u, set, vhost, true);
                APR_ARRAY_PUSH(u->classes, vhost_class) =
                    (vhost_class){set, vhost, 0, number_of(u, buckets, &common)};
            }
            APR_ARRAY_IDX(u->classes, (int)number - 1, vhost_class).vhosts++;
        }
    }
}

/* The fields that make the difference. */
static uint32_t fields_of(const aty_table *table, const aty_pair *pair)
{
    uint32_t fields = 0;

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (aty_mod_ssl_compares(table, pair, (aty_field)field) &&
            aty_get(aty_vhost_setting(table, pair->connection, (aty_field)field)->text) !=
                aty_get(
                    aty_vhost_setting(table, pair->request, (aty_field)field)->text)) {
            fields |= 1u << field;
        }
    }
    return fields;
}

static bool all_textual(const aty_table *table, const aty_pair *pair, uint32_t fields)
{
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if ((fields & 1u << field) &&
            aty_field_difference(table, pair, (aty_field)field) == ATY_REAL) {
            return false;
        }
    }
    return true;
}

/* The smallest change that keeps a pair working. */
static const char *remedy_of_break(const upgrade *u, const change *c)
{
    const uint32_t not_authentication =
        1u << ATY_FIELD_CERTIFICATE | 1u << ATY_FIELD_PROTOCOL | 1u << ATY_FIELD_CIPHERS;

    if (u->after.sni_policy == ATY_SNI_STRICT) {
        return "'SSLVHostSNIPolicy secure' lets vhosts with equal settings share";
    }
    if (all_textual(&u->after, &c->pair, c->fields)) {
        return "nothing really differs: write these lines alike in both, best in one "
               "place";
    }
    if (!(c->fields & ~not_authentication)) {
        return "'SSLVHostSNIPolicy authonly' keeps it working, and still holds client "
               "authentication apart; or write these lines alike in both";
    }
    return c->pair.had_sni
               ? "write these lines alike in both, or let clients use a connection each"
               : "let the client, most likely a proxy, send the name in the handshake "
                 "(SNI); "
                 "who may come in depends on these lines, so do not relax the policy";
}

/* What to mind about a pair that begins to work. */
static const char *remedy_of_start(const change *c)
{
    const uint32_t authentication = 1u << ATY_FIELD_CLIENT_AUTH |
                                    1u << ATY_FIELD_CLIENT_CA |
                                    1u << ATY_FIELD_REVOCATION;

    return c->fields & authentication
               ? "take care: by itself httpd no longer holds these vhosts' client "
                 "authentication apart; mod_authority does"
               : "nothing";
}

/* Adds a change to its kind. */
static void change_add(upgrade *u, const change *c, const vhost_class *request)
{
    change_key key;
    uintptr_t index;
    change *kind;

    memset(&key, 0, sizeof key);
    key.address_set = c->address_set;
    key.connection = c->pair.connection;
    key.had_sni = c->pair.had_sni;
    key.fields = c->fields;
    key.remedy = c->remedy;
    index = (uintptr_t)apr_hash_get(u->kinds, &key, sizeof key);
    if (!index) {
        APR_ARRAY_PUSH(u->changes, change) = *c;
        index = (uintptr_t)u->changes->nelts;
        APR_ARRAY_IDX(u->changes, (int)index - 1, change).requests =
            apr_array_make(u->pool, 2, sizeof(uint32_t));
        apr_hash_set(u->kinds, apr_pmemdup(u->pool, &key, sizeof key), sizeof key,
                     (const void *)index);
    }
    kind = &APR_ARRAY_IDX(u->changes, (int)index - 1, change);
    kind->vhosts += request->vhosts;
    APR_ARRAY_PUSH(kind->requests, uint32_t) = request->vhost;
}

static void change_check(upgrade *u, uint32_t connection, const vhost_class *request,
                         bool sni)
{
    change c = {.pair = pair_of(u, request->address_set, connection, request->vhost, sni),
                .address_set = request->address_set};
    aty_mod_ssl_answer before = aty_mod_ssl_decide(&u->before, &c.pair);
    aty_mod_ssl_answer after = aty_mod_ssl_decide(&u->after, &c.pair);

    if (before == after) {
        return;
    }
    c.breaks = after == ATY_MOD_SSL_421;
    c.fields = fields_of(c.breaks ? &u->after : &u->before, &c.pair);
    c.remedy = c.breaks ? remedy_of_break(u, &c) : remedy_of_start(&c);
    change_add(u, &c, request);
}

/* Without SNI every connection is the default vhost's. */
static void no_sni_check(upgrade *u)
{
    for (int i = 0; i < u->classes->nelts; i++) {
        const vhost_class *class = &APR_ARRAY_IDX(u->classes, i, vhost_class);
        uint32_t base = aty_get(u->after.address_sets[class->address_set].default_vhost);
        if (class->vhost != base) {
            change_check(u, base, class, false);
        }
    }
}

/* With SNI only classes of one bucket can change towards each other; each is held against
 * the bucket's largest. */
static void sni_check(upgrade *u)
{
    const vhost_class **largest =
        apr_pcalloc(u->pool, ((size_t)u->classes->nelts + 1) * sizeof *largest);

    for (int i = 0; i < u->classes->nelts; i++) {
        const vhost_class *class = &APR_ARRAY_IDX(u->classes, i, vhost_class);
        const vhost_class **known = &largest[class->bucket];
        if (!*known || class->vhosts > (*known)->vhosts) {
            *known = class;
        }
    }
    for (int i = 0; i < u->classes->nelts; i++) {
        const vhost_class *class = &APR_ARRAY_IDX(u->classes, i, vhost_class);
        if (largest[class->bucket] != class) {
            change_check(u, largest[class->bucket]->vhost, class, true);
        }
    }
}

/* "a.example.com (site.policy:7)". */
static void vhost_print(const aty_table *table, uint32_t vhost)
{
    const aty_vhost_record *record = &table->vhosts[vhost];

    printf("%s (", aty_vhost_server_name(table, vhost));
    aty_words_place_print(table, record->file, record->line, stdout);
    putchar(')');
}

static void requests_print(const aty_table *table, const change *c)
{
    int named = 0;
    uint32_t rest = c->vhosts;

    for (; named < c->requests->nelts && named < NAMED_LIKE_IT; named++, rest--) {
        fputs(named == 0 ? "" : ",\n    ", stdout);
        vhost_print(table, APR_ARRAY_IDX(c->requests, named, uint32_t));
    }
    if (rest > 0) {
        printf(",\n    and %" PRIu32 " more", rest);
    }
    putchar('\n');
}

static void change_print(const upgrade *u, const change *c)
{
    const aty_table *table = &u->after;

    printf("\n%s from then on: requests for ", c->breaks ? "421" : "200");
    requests_print(table, c);
    fputs(c->pair.had_sni ? "  on connections of "
                          : "  without SNI, so on connections of the default vhost ",
          stdout);
    vhost_print(table, c->pair.connection);
    fputs(", address ", stdout);
    aty_words_address_print(table, c->address_set, stdout);
    putchar('\n');
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (c->fields & 1u << field) {
            printf("  %s:\n", aty_words_field((aty_field)field));
            aty_print_sides(table, c->pair.connection, c->pair.request, (aty_field)field,
                            "    ", stdout);
        }
    }
    aty_print_wrapped("  what to do: ", c->remedy, stdout);
}

static json_t *fields_json(uint32_t fields)
{
    json_t *names = json_array();

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (fields & 1u << field) {
            json_array_append_new(names, json_string(aty_words_field((aty_field)field)));
        }
    }
    return names;
}

static json_t *change_json(const upgrade *u, const change *c)
{
    const aty_table *table = &u->after;
    json_t *requests = json_array();

    for (int i = 0; i < c->requests->nelts; i++) {
        json_array_append_new(requests,
                              json_string(aty_vhost_server_name(
                                  table, APR_ARRAY_IDX(c->requests, i, uint32_t))));
    }
    return json_pack("{s:s, s:o, s:b, s:s, s:o, s:I, s:o, s:s}", "answer",
                     c->breaks ? "421" : "200", "address",
                     aty_json_address(table, c->address_set), "sni", c->pair.had_sni,
                     "connection", aty_vhost_server_name(table, c->pair.connection),
                     "requests", requests, "vhosts", (json_int_t)c->vhosts, "fields",
                     fields_json(c->fields), "what_to_do", c->remedy);
}

static void changes_json_print(const upgrade *u)
{
    json_t *changes = json_array();

    for (int i = 0; i < u->changes->nelts; i++) {
        json_array_append_new(changes,
                              change_json(u, &APR_ARRAY_IDX(u->changes, i, change)));
    }
    aty_json_print(changes, JSON_INDENT(2));
}

static uint32_t changes_count(const upgrade *u, bool breaks)
{
    uint32_t count = 0;

    for (int i = 0; i < u->changes->nelts; i++) {
        count += APR_ARRAY_IDX(u->changes, i, change).breaks == breaks;
    }
    return count;
}

static void changes_print(const upgrade *u)
{
    printf("from httpd 2.4.63 or older to 2.4.66 or newer, with 'SSLVHostSNIPolicy %s': ",
           aty_sni_policy_name(u->after.sni_policy));
    printf("kinds of requests that break: %" PRIu32 "; that begin to work: %" PRIu32 "\n",
           changes_count(u, true), changes_count(u, false));
    for (int i = 0; i < u->changes->nelts; i++) {
        change_print(u, &APR_ARRAY_IDX(u->changes, i, change));
    }
}

uint32_t aty_upgrade_report(apr_pool_t *pool, const aty_table *table, bool json)
{
    upgrade u = {
        .pool = pool,
        .before = *table,
        .after = *table,
        .classes = apr_array_make(pool, 8, sizeof(vhost_class)),
        .changes = apr_array_make(pool, 8, sizeof(change)),
        .kinds = apr_hash_make(pool),
    };

    u.before.sni_policy = ATY_SNI_LEGACY;
    if (u.after.sni_policy == ATY_SNI_LEGACY) {
        u.after.sni_policy = ATY_SNI_SECURE;
    }
    classes_collect(&u);
    no_sni_check(&u);
    sni_check(&u);
    (json ? changes_json_print : changes_print)(&u);
    return changes_count(&u, true);
}
