/* What fields mean: contents instead of paths, expansions instead of spellings. */
#include "authorityc/settings.h"

#include <apr_strings.h>

#include "authorityc/cipher.h"
#include "authorityc/pem.h"

bool aty_setting_asks(const aty_vhost *vhost)
{
    if (aty_setting_verify_mode(&vhost->scope.tls) != ATY_VERIFY_NONE) {
        return true;
    }
    for (int i = 0; vhost->locations && i < vhost->locations->nelts; i++) {
        const aty_location *location = &APR_ARRAY_IDX(vhost->locations, i, aty_location);
        if (location->verify_client &&
            location->verify_client->number != ATY_VERIFY_NONE) {
            return true;
        }
    }
    return false;
}

static const char *client_auth_meaning(aty_model *model, const aty_vhost *vhost)
{
    static const char *const modes[] = {
        "no client certificate", "client certificate optional",
        "client certificate required", "client certificate optional, of any CA"};
    const aty_tls *tls = &vhost->scope.tls;
    const aty_directive *srp = tls->scalars[ATY_TLS_SRP_FILE];
    const char *text = modes[aty_setting_verify_mode(tls)];

    if (aty_setting_asks(vhost)) {
        text = apr_psprintf(model->pool, "%s, depth %u", text,
                            aty_setting_verify_depth(tls));
    }
    return srp ? apr_pstrcat(model->pool, text, ", SRP by ",
                             aty_model_path(model, srp->path), (char *)NULL)
               : text;
}

/* Adds what the file or directory of a directive holds; NULL adds nothing. */
static void pem_add(aty_model *model, const aty_directive *directive, bool is_directory,
                    aty_pem_kind kind, apr_array_header_t *digests)
{
    const char *fault;

    if (!directive) {
        return;
    }
    fault = aty_pem_read(model->pems, directive->path, is_directory, kind, digests);
    if (fault) {
        aty_diag_error(model->diag, &directive->words[0].place, "cannot read '%s': %s",
                       aty_model_path(model, directive->path), fault);
    }
}

/* The content of a file and a directory together. */
static const char *pem_set(aty_model *model, const aty_tls *tls, aty_tls_scalar file,
                           aty_tls_scalar directory, aty_pem_kind kind)
{
    apr_array_header_t *digests = aty_pem_set_make(model->pool);

    pem_add(model, tls->scalars[file], false, kind, digests);
    pem_add(model, tls->scalars[directory], true, kind, digests);
    return aty_pem_set_text(model->pool, digests);
}

/* The names that are sent to clients: the CAs' own unless said otherwise; mod_ssl sends
 * none where it has no CAs (its ssl_init_ctx_verify). */
static const char *ca_names_meaning(aty_model *model, const aty_tls *tls)
{
    bool cas = tls->scalars[ATY_TLS_CA_FILE] || tls->scalars[ATY_TLS_CA_PATH];
    bool named = tls->scalars[ATY_TLS_CA_DN_FILE] || tls->scalars[ATY_TLS_CA_DN_PATH];
    const char *names =
        named ? pem_set(model, tls, ATY_TLS_CA_DN_FILE, ATY_TLS_CA_DN_PATH,
                        ATY_PEM_SUBJECTS)
              : pem_set(model, tls, ATY_TLS_CA_FILE, ATY_TLS_CA_PATH, ATY_PEM_SUBJECTS);

    return cas ? names : "none";
}

static const char *client_ca_meaning(aty_model *model, const aty_vhost *vhost)
{
    const aty_tls *tls = &vhost->scope.tls;
    const char *cas =
        pem_set(model, tls, ATY_TLS_CA_FILE, ATY_TLS_CA_PATH, ATY_PEM_CERTIFICATES);
    const char *names = ca_names_meaning(model, tls);

    if (!aty_setting_asks(vhost)) {
        return "not used";
    }
    return apr_pstrcat(model->pool, "CAs: ", cas, "; names sent: ", names, (char *)NULL);
}

/* NULL where there are no lists to check. */
static const char *crl_meaning(aty_model *model, const aty_tls *tls)
{
    static const char *const depths[] = {"none", "leaf", "chain"};
    const aty_directive *check = tls->scalars[ATY_TLS_CRL_CHECK];
    uint32_t depth = check ? check->number & 3 : ATY_CRL_NONE;
    bool lenient = check && (check->number & ATY_CRL_NO_CRL_FOR_CERT);
    const char *issuers =
        pem_set(model, tls, ATY_TLS_CRL_FILE, ATY_TLS_CRL_PATH, ATY_PEM_CRLS);

    if (depth == ATY_CRL_NONE) {
        return NULL;
    }
    if (!tls->scalars[ATY_TLS_CRL_FILE] && !tls->scalars[ATY_TLS_CRL_PATH]) {
        aty_diag_error(model->diag, &check->place,
                       "SSLCARevocationCheck has no revocation lists to look at; httpd "
                       "would not start; add SSLCARevocationFile or SSLCARevocationPath");
    }
    return apr_psprintf(model->pool, "CRLs for the %s%s, of issuers: %s", depths[depth],
                        lenient ? " where there are any" : "", issuers);
}

/* NULL where nobody is asked. */
static const char *ocsp_meaning(aty_model *model, const aty_tls *tls)
{
    static const char *const depths[] = {"none", "leaf", "chain"};
    const aty_directive *enable = tls->scalars[ATY_TLS_OCSP_ENABLE];
    const aty_directive *force = tls->scalars[ATY_TLS_OCSP_OVERRIDE];
    const aty_directive *responder = tls->scalars[ATY_TLS_OCSP_RESPONDER];
    uint32_t depth = enable ? enable->number & 3 : ATY_OCSP_NONE;

    if (depth == ATY_OCSP_NONE) {
        return NULL;
    }
    return apr_psprintf(
        model->pool, "OCSP for the %s%s%s%s%s", depths[depth],
        enable->number & ATY_OCSP_NO_OCSP_FOR_CERT ? " where there is a responder" : "",
        responder ? ", responder " : "", responder ? responder->words[0].text : "",
        force && force->number ? " always" : "");
}

static const char *revocation_meaning(aty_model *model, const aty_vhost *vhost)
{
    const char *crls = crl_meaning(model, &vhost->scope.tls);
    const char *ocsp = ocsp_meaning(model, &vhost->scope.tls);

    if (!aty_setting_asks(vhost) || (!crls && !ocsp)) {
        return "no checks";
    }
    return apr_pstrcat(model->pool, crls ? crls : "no CRLs", "; ",
                       ocsp ? ocsp : "no OCSP", (char *)NULL);
}

/* From the newest downwards as long as there is no hole; mod_ssl allows one exception:
 * TLS 1.3 without TLS 1.2 stands alone. */
uint32_t aty_setting_protocols(const aty_tls *tls)
{
    const aty_directive *directive = tls->scalars[ATY_TLS_PROTOCOL];
    uint32_t mask = directive ? directive->number : ATY_PROTOCOL_ALL;
    uint32_t bit = ATY_PROTOCOL_TLSV1_3;
    uint32_t effective = 0;

    while (bit >= ATY_PROTOCOL_TLSV1 && !(mask & bit)) {
        bit >>= 1;
    }
    for (; bit >= ATY_PROTOCOL_TLSV1 && (mask & bit); bit >>= 1) {
        effective |= bit;
    }
    return effective;
}

static const char *protocol_meaning(aty_model *model, const aty_vhost *vhost)
{
    return aty_setting_protocols_text(model->pool,
                                      aty_setting_protocols(&vhost->scope.tls), "");
}

/* Reports a list that OpenSSL refuses, at its word. */
static void ciphers_report(aty_model *model, const aty_directive *directive,
                           const char *list, const char *list_13)
{
    if (directive && !aty_cipher_expand(model->pool, list, list_13)) {
        const aty_word *word = &directive->words[directive->word_count - 1];
        aty_diag_error(model->diag, &word->place, "OpenSSL knows no cipher in '%s'",
                       word->text);
        aty_diag_note(model->diag, NULL, "'openssl ciphers -v' lists those it knows");
    }
}

static const char *ciphers_meaning(aty_model *model, const aty_vhost *vhost)
{
    const aty_directive *suite = vhost->scope.tls.scalars[ATY_TLS_CIPHERS];
    const aty_directive *suite_13 = vhost->scope.tls.scalars[ATY_TLS_CIPHERS_13];
    const char *list = aty_setting_cipher_list(suite);
    const char *list_13 = aty_setting_cipher_list(suite_13);
    const char *expanded = aty_cipher_expand(model->pool, list, list_13);

    if (!expanded) {
        ciphers_report(model, suite, list, NULL);
        ciphers_report(model, suite_13, NULL, list_13);
    }
    return expanded ? expanded : "";
}

const char *aty_setting_meaning(aty_model *model, const aty_vhost *vhost, aty_field field)
{
    switch (field) {
    case ATY_FIELD_CLIENT_AUTH:
        return client_auth_meaning(model, vhost);
    case ATY_FIELD_CLIENT_CA:
        return client_ca_meaning(model, vhost);
    case ATY_FIELD_REVOCATION:
        return revocation_meaning(model, vhost);
    case ATY_FIELD_PROTOCOL:
        return protocol_meaning(model, vhost);
    case ATY_FIELD_CIPHERS:
        return ciphers_meaning(model, vhost);
    default:
        return NULL;
    }
}

void aty_setting_location_check(aty_model *model, const aty_location *location)
{
    apr_array_header_t *digests = aty_pem_set_make(model->pool);

    pem_add(model, location->ca_file, false, ATY_PEM_CERTIFICATES, digests);
    ciphers_report(model, location->ciphers, aty_setting_cipher_list(location->ciphers),
                   NULL);
}
