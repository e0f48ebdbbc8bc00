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
#include "core/verdict.h"

/* Vhosts of an address set that mod_ssl cannot tell apart by any directive. */
typedef struct {
    uint32_t address_set;
    uint32_t vhost; /* the first */
    uint32_t vhosts;
    uint32_t bucket; /* classes of one bucket agree in all that both httpds compare */
} vhost_class;

/* A pair of classes whose answer changes. */
typedef struct {
    aty_pair pair;
    uint32_t address_set;
    uint32_t vhosts; /* like the requested one */
    bool breaks;     /* from 200 to 421, or else the other way */
} change;

typedef struct {
    apr_pool_t *pool;
    aty_table before; /* the table as the old httpd would see it */
    aty_table after;
    apr_array_header_t *classes; /* vhost_class */
    apr_array_header_t *changes; /* change */
} upgrade;

typedef struct {
    uint32_t address_set;
    uint32_t texts[ATY_FIELD_TLS_COUNT];
} class_key;

static aty_pair pair_of(const upgrade *u, uint32_t address_set, uint32_t connection,
                        uint32_t request, bool sni)
{
    return (aty_pair){
        .connection = connection,
        .base = aty_get(u->after.address_sets[address_set].default_vhost),
        .request = request,
        .authority = "",
        .had_sni = sni,
    };
}

/* The spellings of a vhost; those of fields that `keep` does not want are left out. */
static class_key key_of(const upgrade *u, uint32_t address_set, uint32_t vhost,
                        bool common_only)
{
    const aty_pair itself = pair_of(u, address_set, vhost, vhost, true);
    class_key key;

    memset(&key, 0, sizeof key);
    key.address_set = address_set;
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

static void change_check(upgrade *u, uint32_t connection, const vhost_class *request,
                         bool sni)
{
    change c = {.pair = pair_of(u, request->address_set, connection, request->vhost, sni),
                .address_set = request->address_set,
                .vhosts = request->vhosts};
    aty_mod_ssl_answer before = aty_mod_ssl_decide(&u->before, &c.pair);
    aty_mod_ssl_answer after = aty_mod_ssl_decide(&u->after, &c.pair);

    if (before != after) {
        c.breaks = after == ATY_MOD_SSL_421;
        APR_ARRAY_PUSH(u->changes, change) = c;
    }
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

/* The fields that make the difference, as bits. */
static uint32_t fields_of(const upgrade *u, const change *c)
{
    const aty_table *table = c->breaks ? &u->after : &u->before;
    uint32_t fields = 0;

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (aty_mod_ssl_compares(table, &c->pair, (aty_field)field) &&
            aty_get(
                aty_vhost_setting(table, c->pair.connection, (aty_field)field)->text) !=
                aty_get(
                    aty_vhost_setting(table, c->pair.request, (aty_field)field)->text)) {
            fields |= 1u << field;
        }
    }
    return fields;
}

static bool all_textual(const upgrade *u, const change *c, uint32_t fields)
{
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if ((fields & 1u << field) &&
            aty_field_difference(&u->after, &c->pair, (aty_field)field) == ATY_REAL) {
            return false;
        }
    }
    return true;
}

/* The smallest change that keeps a pair working. */
static const char *remedy(const upgrade *u, const change *c, uint32_t fields)
{
    const uint32_t not_authentication =
        1u << ATY_FIELD_CERTIFICATE | 1u << ATY_FIELD_PROTOCOL | 1u << ATY_FIELD_CIPHERS;

    if (u->after.sni_policy == ATY_SNI_STRICT) {
        return "'SSLVHostSNIPolicy secure' lets vhosts with equal settings share";
    }
    if (all_textual(u, c, fields)) {
        return "nothing really differs: write these lines alike in both, best in one "
               "place";
    }
    if (!(fields & ~not_authentication)) {
        return "'SSLVHostSNIPolicy authonly' keeps it working, and still holds client "
               "authentication apart; or write these lines alike in both";
    }
    return c->pair.had_sni
               ? "write these lines alike in both, or let clients use a connection each"
               : "let the client, most likely a proxy, send the name in the handshake "
                 "(SNI); "
                 "who may come in depends on these lines, so do not relax the policy";
}

static void change_print(const upgrade *u, const change *c)
{
    const aty_table *table = &u->after;
    const aty_vhost_record *request = &table->vhosts[c->pair.request];
    uint32_t fields = fields_of(u, c);

    printf("\n%s: request for %s (", c->breaks ? "421 from then on" : "200 from then on",
           aty_vhost_server_name(table, c->pair.request));
    aty_words_place_print(table, request->file, request->line, stdout);
    fputs(")", stdout);
    if (c->vhosts > 1) {
        printf(" and %" PRIu32 " more with the same lines", c->vhosts - 1);
    }
    printf("\n  %s %s, address ",
           c->pair.had_sni ? "on a connection of"
                           : "without SNI, so on a connection of the default vhost",
           aty_vhost_server_name(table, c->pair.connection));
    aty_words_address_print(table, c->address_set, stdout);
    putchar('\n');
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if (fields & 1u << field) {
            printf("  %s:\n", aty_words_field((aty_field)field));
            aty_print_sides(table, c->pair.connection, c->pair.request, (aty_field)field,
                            "    ", stdout);
        }
    }
    if (c->breaks) {
        aty_print_wrapped("  what to do: ", remedy(u, c, fields), stdout);
    }
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
    uint32_t fields = fields_of(u, c);

    return json_pack("{s:s, s:o, s:b, s:s, s:s, s:I, s:o, s:s?}", "answer",
                     c->breaks ? "421" : "200", "address",
                     aty_json_address(table, c->address_set), "sni", c->pair.had_sni,
                     "connection", aty_vhost_server_name(table, c->pair.connection),
                     "request", aty_vhost_server_name(table, c->pair.request), "vhosts",
                     (json_int_t)c->vhosts, "fields", fields_json(fields), "what_to_do",
                     c->breaks ? remedy(u, c, fields) : NULL);
}

static void changes_json_print(const upgrade *u)
{
    json_t *changes = json_array();

    for (int i = 0; i < u->changes->nelts; i++) {
        json_array_append_new(changes,
                              change_json(u, &APR_ARRAY_IDX(u->changes, i, change)));
    }
    json_dumpf(changes, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(changes);
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
           aty_words_sni_policy(u->after.sni_policy));
    printf("%" PRIu32 " kinds of requests break, %" PRIu32 " begin to work\n",
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
