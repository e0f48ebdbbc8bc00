/* The names of certificates. A renewed certificate with the same names, or more, is what
 * the table says. */
#include "mod_authority/drift_checks.h"

#include <string.h>

#include <apr_strings.h>
#include <http_config.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/digest_set.h"
#include "mod_authority/drift.h"
#include "mod_authority/name_list.h"

typedef uint8_t digest[ATY_DIGEST_SIZE];

/* Every certificate of the context: RSA and ECDSA, say. */
static apr_array_header_t *live_certificates(apr_pool_t *pool, SSL_CTX *context)
{
    apr_array_header_t *all = apr_array_make(pool, 2, sizeof(X509 *));
    X509 *current = SSL_CTX_get0_certificate(context);

    for (long op = SSL_CERT_SET_FIRST; SSL_CTX_set_current_cert(context, op) == 1;
         op = SSL_CERT_SET_NEXT) {
        APR_ARRAY_PUSH(all, X509 *) = SSL_CTX_get0_certificate(context);
    }
    if (current) {
        SSL_CTX_select_current_cert(context, current);
    }
    return all;
}

/* What mod_md lets a vhost begin with until it has a certificate (md_reg.c). mod_ssl
 * answers everything there with 503. */
static bool is_stopgap(const X509 *certificate)
{
    static const char name[] = "Apache Managed Domain Fallback";
    char text[sizeof name + 1] = "";

    return ap_find_linked_module("mod_md.c") &&
           X509_NAME_get_text_by_NID(X509_get_issuer_name(certificate), NID_commonName,
                                     text, sizeof text) > 0 &&
           strcmp(text, name) == 0;
}

static bool any_stopgap(const apr_array_header_t *certificates)
{
    for (int i = 0; i < certificates->nelts; i++) {
        if (is_stopgap(APR_ARRAY_IDX(certificates, i, const X509 *))) {
            return true;
        }
    }
    return false;
}

static size_t fingerprints_of(const apr_array_header_t *certificates, digest *digests)
{
    size_t count = 0;

    for (int i = 0; i < certificates->nelts; i++) {
        if (X509_digest(APR_ARRAY_IDX(certificates, i, const X509 *), EVP_sha256(),
                        digests[count], NULL) == 1) {
            count++;
        }
    }
    return aty_digest_set_normalise(digests, count);
}

static bool table_has(const aty_table *table, const aty_vhost_record *record,
                      const digest fingerprint)
{
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);

    for (uint32_t i = 0; i < aty_get(record->certificate_count); i++) {
        if (memcmp(table->certificates[aty_get(list[i])].fingerprint, fingerprint,
                   ATY_DIGEST_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

/* The very certificates of the table, or some of them: they cover what it says. */
static bool are_known(const aty_table *table, const aty_vhost_record *record,
                      const digest *fingerprints, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!table_has(table, record, fingerprints[i])) {
            return false;
        }
    }
    return count > 0;
}

/* A certificate with its DNS names at hand: to ask OpenSSL for each of several hundred
 * names would take as many times longer. */
typedef struct {
    X509 *certificate;
    apr_hash_t *names; /* in lower case */
} known_certificate;

static apr_hash_t *dns_names(apr_pool_t *pool, const X509 *certificate)
{
    GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    apr_hash_t *names = apr_hash_make(pool);

    for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);
        if (name->type == GEN_DNS) {
            apr_ssize_t length = ASN1_STRING_length(name->d.dNSName);
            char *text =
                apr_pstrmemdup(pool, (const char *)ASN1_STRING_get0_data(name->d.dNSName),
                               (apr_size_t)length);
            ap_str_tolower(text);
            apr_hash_set(names, text, length, text);
        }
    }
    GENERAL_NAMES_free(all);
    return names;
}

/* Those in use, against a vhost of the table. */
struct aty_lost_names {
    const known_certificate *certificates; /* the last has a NULL certificate */
    const char *text;                      /* the names, for people; NULL: none */
};

static const known_certificate *know(apr_pool_t *pool,
                                     const apr_array_header_t *certificates)
{
    known_certificate *known =
        apr_palloc(pool, (size_t)(certificates->nelts + 1) * sizeof *known);

    for (int i = 0; i < certificates->nelts; i++) {
        known[i].certificate = APR_ARRAY_IDX(certificates, i, X509 *);
        known[i].names = dns_names(pool, known[i].certificate);
    }
    known[certificates->nelts].certificate = NULL;
    return known;
}

static bool all_cover(const known_certificate *known, const char *name, size_t length)
{
    for (; known->certificate; known++) {
        if (!apr_hash_get(known->names, name, (apr_ssize_t)length) &&
            X509_check_host(known->certificate, name, length,
                            X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) != 1) {
            return false;
        }
    }
    return true;
}

/* The names that all certificates of the vhost have in the table and one of those in use
 * has not, "'a', 'b' and 3 more"; NULL for none. */
static const char *lost_text(const aty_drift_search *search, const aty_live *live,
                             const known_certificate *known)
{
    enum {
        SHOWN = 5
    };
    const aty_table *table = search->table;
    const aty_vhost_record *record = &table->vhosts[live->vhost];
    const aty_le32 *list = table->certificate_lists + aty_get(record->first_certificate);
    const aty_certificate_record *first = &table->certificates[aty_get(list[0])];
    const aty_le32 *names = table->certificate_names + aty_get(first->first_name);
    aty_name_list lost = {NULL, 0};

    /* What all of them have, the first one has. */
    for (uint32_t i = 0; i < aty_get(first->name_count); i++) {
        const char *name = aty_table_string(table, names[i]);
        size_t length = strlen(name);
        if (aty_vhost_covers(table, live->vhost, name, length) &&
            !all_cover(known, name, length)) {
            aty_name_list_add(search->pool, &lost, name);
        }
    }
    return aty_name_list_text(search->pool, &lost);
}

/* What certificates have lost is found once for all vhosts that have them. */
static const struct aty_lost_names *lost_names(aty_drift_search *search,
                                               const aty_live *live,
                                               const apr_array_header_t *certificates,
                                               const digest *fingerprints, size_t count)
{
    const aty_vhost_record *record = &search->table->vhosts[live->vhost];
    size_t size = count * sizeof(digest);
    char *key = apr_palloc(search->scratch, size + sizeof(aty_le32));
    struct aty_lost_names *lost;

    memcpy(key, fingerprints, size);
    memcpy(key + size, &record->settings[ATY_FIELD_CERTIFICATE], sizeof(aty_le32));
    size += sizeof(aty_le32);
    lost = apr_hash_get(search->lost, key, (apr_ssize_t)size);
    if (!lost) {
        lost = apr_palloc(search->pool, sizeof *lost);
        lost->certificates = know(search->pool, certificates);
        lost->text = lost_text(search, live, lost->certificates);
        apr_hash_set(search->lost, key, (apr_ssize_t)size, lost);
    }
    return lost;
}

bool aty_drift_lost_name(const aty_table *table, const aty_live *live, const char *name,
                         size_t length)
{
    return live && live->lost && length > 0 &&
           aty_vhost_covers(table, live->vhost, name, length) &&
           !all_cover(live->lost->certificates, name, length);
}

const char *aty_drift_certificates(aty_drift_search *search, aty_live *live)
{
    const aty_vhost_record *record = &search->table->vhosts[live->vhost];
    apr_array_header_t *certificates = live_certificates(search->scratch, live->context);
    const struct aty_lost_names *lost;
    digest *fingerprints;
    size_t count;

    if (any_stopgap(certificates)) {
        live->is_pending = true;
        return NULL;
    }
    if (aty_get(record->certificate_count) == 0) {
        return NULL; /* the table takes it to cover nothing */
    }
    fingerprints = apr_palloc(search->scratch,
                              (size_t)(certificates->nelts + 1) * sizeof *fingerprints);
    count = fingerprints_of(certificates, fingerprints);
    if (are_known(search->table, record, (const digest *)fingerprints, count)) {
        return NULL;
    }
    lost = lost_names(search, live, certificates, (const digest *)fingerprints, count);
    if (!lost->text) {
        return NULL;
    }
    live->lost = lost;
    return aty_drift_text(search, live, ATY_FIELD_CERTIFICATE,
                          apr_pstrcat(search->scratch, "the names ", lost->text, NULL),
                          "has a certificate without them");
}
