#include "core/verdict.h"

#include "core/names.h"
#include "core/renegotiation.h"

/* For each SNIPolicy, the TLS fields that mod_ssl compares as they are spelt (init.c,
 * hash_sni_policy_auth and hash_sni_policy_pk; for legacy kernel.c,
 * ssl_server_compatible) and those whose effect we hold apart. Bit N is field N, and so
 * reason N. */
#define BIT(field) (1u << (field))
#define AUTH_FIELDS                                                                      \
    (BIT(ATY_FIELD_CLIENT_AUTH) | BIT(ATY_FIELD_CLIENT_CA) | BIT(ATY_FIELD_REVOCATION) | \
     BIT(ATY_FIELD_OPENSSL_CONF))
#define TLS_FIELDS  (BIT(ATY_FIELD_PROTOCOL) | BIT(ATY_FIELD_CIPHERS))
#define CERTIFICATE BIT(ATY_FIELD_CERTIFICATE)

static const struct {
    uint32_t compared; /* by mod_ssl, in their spelling */
    uint32_t content;  /* by us, in their effect */
} policies[ATY_SNI_COUNT] = {
    [ATY_SNI_STRICT] = {0, AUTH_FIELDS | TLS_FIELDS},
    [ATY_SNI_SECURE] = {AUTH_FIELDS | TLS_FIELDS | CERTIFICATE, AUTH_FIELDS | TLS_FIELDS},
    [ATY_SNI_AUTHONLY] = {AUTH_FIELDS, AUTH_FIELDS},
    [ATY_SNI_INSECURE] = {0, AUTH_FIELDS | TLS_FIELDS},
    [ATY_SNI_LEGACY] = {BIT(ATY_FIELD_CLIENT_AUTH) | BIT(ATY_FIELD_CLIENT_CA) |
                            TLS_FIELDS | CERTIFICATE,
                        AUTH_FIELDS | TLS_FIELDS},
};

static const char *const outcome_names[] = {"same", "shared", "misdirected"};
static const char *const answer_names[] = {"200", "421", "http1-required"};

const char *aty_outcome_name(aty_outcome outcome)
{
    return outcome_names[outcome];
}

const char *aty_mod_ssl_answer_name(aty_mod_ssl_answer answer)
{
    return answer_names[answer];
}

static uint32_t vhost_flags(const aty_table *table, uint32_t vhost)
{
    return aty_get(table->vhosts[vhost].flags);
}

uint32_t aty_field_effect(const aty_table *table, uint32_t base, uint32_t vhost,
                          aty_field field)
{
    if (field == ATY_FIELD_PROTOCOL && base != ATY_NONE &&
        !(vhost_flags(table, vhost) & ATY_VHOST_PROTOCOL_SET)) {
        vhost = base;
    }
    return aty_get(aty_vhost_setting(table, vhost, field)->real);
}

static bool field_spelt_alike(const aty_table *table, const aty_pair *pair,
                              aty_field field)
{
    return aty_get(aty_vhost_setting(table, pair->connection, field)->text) ==
           aty_get(aty_vhost_setting(table, pair->request, field)->text);
}

/* The fields that mod_ssl compares for this pair: before 2.4.64 only where SNI was sent.
 */
static uint32_t compared_fields(const aty_table *table, const aty_pair *pair)
{
    if (table->sni_policy == ATY_SNI_LEGACY && !pair->had_sni) {
        return 0;
    }
    return policies[table->sni_policy].compared;
}

/* The fields that count by their spelling. Before 2.4.64 mod_ssl compared only where SNI
 * was sent. On HTTP/2 it compares SSLCipherSuite under every policy, to refuse what it
 * takes for a renegotiation (kernel.c, ssl_hook_Access_classic). */
static uint32_t spelt_fields(const aty_table *table, const aty_pair *pair)
{
    uint32_t fields = pair->h2 ? BIT(ATY_FIELD_CIPHERS) : 0;

    return fields | compared_fields(table, pair);
}

/* Where mod_ssl compares a spelling, what is spelt alike is the same: the same files,
 * lists and defaults. Protocols also depend on the connection. Elsewhere all is held
 * apart that is not proven to come to the same. */
aty_difference aty_field_difference(const aty_table *table, const aty_pair *pair,
                                    aty_field field)
{
    bool alike = field_spelt_alike(table, pair, field);

    if (alike && field != ATY_FIELD_PROTOCOL &&
        (spelt_fields(table, pair) & BIT(field))) {
        return ATY_EQUAL;
    }
    if (aty_field_effect(table, pair->base, pair->connection, field) !=
        aty_field_effect(table, pair->base, pair->request, field)) {
        return ATY_REAL;
    }
    return alike ? ATY_EQUAL : ATY_TEXTUAL;
}

bool aty_field_counts(const aty_table *table, const aty_pair *pair, aty_field field)
{
    uint32_t content = policies[table->sni_policy].content;

    return ((spelt_fields(table, pair) | content) & BIT(field)) != 0;
}

static aty_reasons field_reasons(const aty_table *table, const aty_pair *pair)
{
    uint32_t spelt = spelt_fields(table, pair);
    aty_reasons reasons = 0;

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        aty_difference difference = aty_field_difference(table, pair, (aty_field)field);
        if (difference == ATY_REAL && aty_field_counts(table, pair, (aty_field)field)) {
            reasons |= ATY_REASON_BIT(field);
        }
        if (difference == ATY_TEXTUAL && (spelt & BIT(field))) {
            reasons |= ATY_REASON_BIT(ATY_REASON_TEXTUAL);
        }
    }
    return reasons;
}

static aty_reasons agreement_reasons(const aty_table *table, const aty_pair *pair)
{
    aty_reasons reasons = field_reasons(table, pair);

    return field_spelt_alike(table, pair, ATY_FIELD_ZONE)
               ? reasons
               : reasons | ATY_REASON_BIT(ATY_REASON_OTHER_ZONE);
}

void aty_vhost_agreement(const aty_table *table, uint32_t base, uint32_t vhost,
                         uint32_t agreement[ATY_AGREEMENT_SIZE])
{
    const aty_pair itself = {.connection = vhost,
                             .address_set = ATY_NONE,
                             .base = base,
                             .request = vhost,
                             .authority = "",
                             .had_sni = true,
                             .h2 = true};
    uint32_t spelt = spelt_fields(table, &itself);
    uint32_t *next = agreement;

    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        bool by_text = spelt & BIT(field);
        bool by_effect = field == ATY_FIELD_PROTOCOL || !by_text;
        by_effect = by_effect && aty_field_counts(table, &itself, (aty_field)field);
        *next++ = by_text
                      ? aty_get(aty_vhost_setting(table, vhost, (aty_field)field)->text)
                      : 0;
        *next++ = by_effect ? aty_field_effect(table, base, vhost, (aty_field)field) : 0;
    }
    *next++ = aty_get(aty_vhost_setting(table, vhost, ATY_FIELD_ZONE)->text);
    *next = table->sni_policy == ATY_SNI_STRICT ? vhost : ATY_NONE;
}

bool aty_vhost_serves_h2(const aty_table *table, uint32_t vhost)
{
    return (vhost_flags(table, vhost) & ATY_VHOST_H2) &&
           !aty_vhost_location_needing(table, vhost, ATY_LOCATION_ANY);
}

static aty_reasons http2_reasons(const aty_table *table, const aty_pair *pair)
{
    aty_reasons reasons = 0;

    if (!pair->h2) {
        return 0;
    }
    if (aty_vhost_location_needing(table, pair->request, ATY_LOCATION_CLIENT_AUTH)) {
        reasons |= ATY_REASON_BIT(ATY_REASON_LOCATION_CLIENT_AUTH);
    }
    if (aty_vhost_location_needing(table, pair->request, ATY_LOCATION_CIPHERS)) {
        reasons |= ATY_REASON_BIT(ATY_REASON_LOCATION_CIPHERS);
    }
    if (!(vhost_flags(table, pair->request) & ATY_VHOST_H2)) {
        reasons |= ATY_REASON_BIT(ATY_REASON_HTTP1_ONLY);
    }
    return reasons;
}

/* RFC 9110 §7.4: a connection whose certificate is not valid for the origin; only where a
 * better connection exists, and SNI could have asked for it. */
static bool lacks_cover(const aty_table *table, const aty_pair *pair)
{
    return pair->had_sni && pair->authority_length > 0 &&
           !aty_vhosts_share_certificates(table, pair->connection, pair->request) &&
           !aty_vhost_covers(table, pair->connection, pair->authority,
                             pair->authority_length) &&
           aty_vhost_covers(table, pair->request, pair->authority,
                            pair->authority_length) &&
           !aty_vhost_accepts(table, pair->connection, pair->authority,
                              pair->authority_length);
}

/* Whether what groups are made of (aty_vhost_agreement) is all that field_reasons looks
 * at for this pair. An agreement is about HTTP/2 with SNI: where less is compared by its
 * spelling, it may come to effects that no group is about. */
static bool groups_suffice(const aty_table *table, const aty_pair *pair)
{
    const aty_pair as_grouped = {.had_sni = true, .h2 = true};
    uint32_t only_grouped = spelt_fields(table, &as_grouped) & ~spelt_fields(table, pair);

    return !(only_grouped & policies[table->sni_policy].content) &&
           pair->address_set != ATY_NONE &&
           aty_get(table->address_sets[pair->address_set].default_vhost) == pair->base;
}

static bool in_one_group(const aty_table *table, const aty_pair *pair)
{
    const aty_seat_record *a, *b;

    if (!groups_suffice(table, pair)) {
        return false;
    }
    a = aty_vhost_seat(table, pair->connection, pair->address_set);
    b = aty_vhost_seat(table, pair->request, pair->address_set);
    return a && b && aty_get(a->group) != 0 && aty_get(a->group) == aty_get(b->group);
}

static aty_reasons pair_reasons(const aty_table *table, const aty_pair *pair)
{
    aty_reasons reasons = http2_reasons(table, pair);

    if (!in_one_group(table, pair)) {
        reasons |= agreement_reasons(table, pair);
    }
    if (lacks_cover(table, pair)) {
        reasons |= ATY_REASON_BIT(ATY_REASON_NOT_COVERED);
    }
    if (table->sni_policy == ATY_SNI_STRICT) {
        reasons |= ATY_REASON_BIT(ATY_REASON_STRICT);
    }
    return reasons;
}

static bool is_unknown_authority(const aty_table *table, const aty_pair *pair)
{
    return pair->request != ATY_NONE && pair->had_sni && pair->authority_length > 0 &&
           !pair->is_named &&
           (vhost_flags(table, pair->request) & ATY_VHOST_REJECT_UNKNOWN) &&
           !aty_name_is_address(pair->authority, pair->authority_length) &&
           !aty_vhost_owns(table, pair->request, pair->authority, pair->authority_length);
}

static aty_verdict misdirected(aty_reasons reasons)
{
    aty_verdict verdict = {ATY_MISDIRECTED, ATY_REASON_CLIENT_AUTH, reasons};

    while (!(reasons & ATY_REASON_BIT(verdict.reason))) {
        verdict.reason++;
    }
    return verdict;
}

aty_verdict aty_verdict_decide(const aty_table *table, const aty_pair *pair)
{
    aty_reasons reasons;

    if (is_unknown_authority(table, pair)) {
        return misdirected(ATY_REASON_BIT(ATY_REASON_UNKNOWN_AUTHORITY));
    }
    if (pair->connection == ATY_NONE || pair->request == ATY_NONE) {
        return misdirected(ATY_REASON_BIT(ATY_REASON_NOT_IN_POLICY));
    }
    if (pair->connection == pair->request) {
        return (aty_verdict){ATY_SAME, ATY_REASON_COUNT, 0};
    }
    reasons = pair_reasons(table, pair);
    if (reasons) {
        return misdirected(reasons);
    }
    return (aty_verdict){ATY_SHARED, ATY_REASON_COUNT, 0};
}

bool aty_mod_ssl_compares(const aty_table *table, const aty_pair *pair, aty_field field)
{
    return (compared_fields(table, pair) & BIT(field)) != 0;
}

/* Whether mod_ssl itself answers 421. */
static bool mod_ssl_refuses(const aty_table *table, const aty_pair *pair)
{
    uint32_t compared = compared_fields(table, pair);

    if (pair->connection == pair->request) {
        return false;
    }
    if (table->sni_policy == ATY_SNI_STRICT) {
        return true;
    }
    for (int field = 0; field < ATY_FIELD_TLS_COUNT; field++) {
        if ((compared & BIT(field)) &&
            !field_spelt_alike(table, pair, (aty_field)field)) {
            return true;
        }
    }
    return false;
}

aty_mod_ssl_answer aty_mod_ssl_decide(const aty_table *table, const aty_pair *pair)
{
    if (mod_ssl_refuses(table, pair)) {
        return ATY_MOD_SSL_421;
    }
    return pair->h2 && aty_mod_ssl_renegotiates(table, pair) ? ATY_MOD_SSL_HTTP1_REQUIRED
                                                             : ATY_MOD_SSL_200;
}
