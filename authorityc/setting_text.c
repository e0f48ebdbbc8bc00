/* How fields are spelt: the directives as mod_ssl stores and compares them. */
#include "authorityc/settings.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

static const aty_tls_scalar none[] = {ATY_TLS_SCALARS};

static const aty_tls_scalar client_auth[] = {ATY_TLS_VERIFY_CLIENT, ATY_TLS_VERIFY_DEPTH,
                                             ATY_TLS_SRP_FILE, ATY_TLS_SCALARS};

static const aty_tls_scalar client_ca[] = {ATY_TLS_CA_FILE, ATY_TLS_CA_PATH,
                                           ATY_TLS_CA_DN_FILE, ATY_TLS_CA_DN_PATH,
                                           ATY_TLS_SCALARS};

static const aty_tls_scalar revocation[] = {
    ATY_TLS_CRL_CHECK,     ATY_TLS_CRL_FILE,       ATY_TLS_CRL_PATH, ATY_TLS_OCSP_ENABLE,
    ATY_TLS_OCSP_OVERRIDE, ATY_TLS_OCSP_RESPONDER, ATY_TLS_SCALARS};

static const aty_tls_scalar protocol[] = {ATY_TLS_PROTOCOL, ATY_TLS_SCALARS};

static const aty_tls_scalar ciphers[] = {ATY_TLS_CIPHERS, ATY_TLS_CIPHERS_13,
                                         ATY_TLS_SCALARS};

const aty_tls_scalar *aty_setting_scalars(aty_field field)
{
    static const aty_tls_scalar *const scalars[ATY_FIELD_COUNT] = {
        [ATY_FIELD_CLIENT_AUTH] = client_auth,
        [ATY_FIELD_CLIENT_CA] = client_ca,
        [ATY_FIELD_REVOCATION] = revocation,
        [ATY_FIELD_CERTIFICATE] = none,
        [ATY_FIELD_PROTOCOL] = protocol,
        [ATY_FIELD_CIPHERS] = ciphers,
        [ATY_FIELD_OPENSSL_CONF] = none,
        [ATY_FIELD_HTTP] = none,
        [ATY_FIELD_ZONE] = none,
    };

    return scalars[field];
}

/* What mod_ssl makes of a directive that is not given, where that is a value of its own
 * (ssl_init_ctx_verify, ssl_init_ctx_crl); NULL where it stays unset. */
static const char *const defaults[ATY_TLS_SCALARS] = {
    [ATY_TLS_VERIFY_CLIENT] = "SSLVerifyClient none",
    [ATY_TLS_VERIFY_DEPTH] = "SSLVerifyDepth 1",
    [ATY_TLS_CRL_CHECK] = "SSLCARevocationCheck none",
    [ATY_TLS_OCSP_ENABLE] = "SSLOCSPEnable off",
    [ATY_TLS_PROTOCOL] = "SSLProtocol -all +TLSv1 +TLSv1.1 +TLSv1.2 +TLSv1.3",
};

/* The canonical words for a number; the flags of CRL and OCSP checks stand in bit 2. */
static const char *const verify_words[] = {"none", "optional", "require",
                                           "optional_no_ca"};
static const char *const crl_words[] = {"none",
                                        "leaf",
                                        "chain",
                                        NULL,
                                        "none no_crl_for_cert_ok",
                                        "leaf no_crl_for_cert_ok",
                                        "chain no_crl_for_cert_ok"};
static const char *const ocsp_words[] = {"off",
                                         "leaf",
                                         "on",
                                         NULL,
                                         "off no_ocsp_for_cert_ok",
                                         "leaf no_ocsp_for_cert_ok",
                                         "on no_ocsp_for_cert_ok"};
static const char *const switch_words[] = {"off", "on"};

const char *aty_setting_protocols_text(apr_pool_t *pool, uint32_t mask,
                                       const char *before)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = {{ATY_PROTOCOL_TLSV1, "TLSv1"},
                 {ATY_PROTOCOL_TLSV1_1, "TLSv1.1"},
                 {ATY_PROTOCOL_TLSV1_2, "TLSv1.2"},
                 {ATY_PROTOCOL_TLSV1_3, "TLSv1.3"}};
    const char *text = "";

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (mask & names[i].bit) {
            text = apr_pstrcat(pool, text, *text ? " " : "", before, names[i].name,
                               (char *)NULL);
        }
    }
    return text;
}

static const char *words_text(apr_pool_t *pool, const aty_directive *directive)
{
    const char *text = directive->words[0].text;

    for (int i = 1; i < directive->word_count; i++) {
        text = apr_pstrcat(pool, text, " ", directive->words[i].text, (char *)NULL);
    }
    return text;
}

static const char *arguments_text(const aty_model *model, const aty_directive *directive,
                                  aty_tls_scalar scalar)
{
    switch (scalar) {
    case ATY_TLS_PROTOCOL:
        return apr_pstrcat(
            model->pool, "-all ",
            aty_setting_protocols_text(model->pool, directive->number, "+"),
            (char *)NULL);
    case ATY_TLS_VERIFY_CLIENT:
        return verify_words[directive->number];
    case ATY_TLS_VERIFY_DEPTH:
        return apr_psprintf(model->pool, "%u", directive->number);
    case ATY_TLS_CRL_CHECK:
        return crl_words[directive->number];
    case ATY_TLS_OCSP_ENABLE:
        return ocsp_words[directive->number];
    case ATY_TLS_OCSP_OVERRIDE:
        return switch_words[directive->number];
    case ATY_TLS_CIPHERS:
        return aty_setting_cipher_list(directive);
    default:
        return directive->path ? aty_model_path(model, directive->path)
                               : words_text(model->pool, directive);
    }
}

const char *aty_setting_cipher_list(const aty_directive *directive)
{
    return directive ? directive->words[directive->word_count - 1].text : NULL;
}

static void line_push(apr_array_header_t *lines, const char *text,
                      const aty_directive *directive)
{
    APR_ARRAY_PUSH(lines, aty_setting_text_line) =
        (aty_setting_text_line){text, directive ? &directive->place : NULL};
}

static void scalars_push(const aty_model *model, apr_array_header_t *lines,
                         const aty_tls *tls, aty_field field)
{
    for (const aty_tls_scalar *s = aty_setting_scalars(field); *s != ATY_TLS_SCALARS;
         s++) {
        const aty_directive *directive = tls->scalars[*s];
        if (directive) {
            line_push(lines,
                      apr_pstrcat(model->pool, directive->name, " ",
                                  arguments_text(model, directive, *s), (char *)NULL),
                      directive);
        }
        else if (defaults[*s]) {
            line_push(lines, defaults[*s], NULL);
        }
    }
}

static int line_compare(const void *a, const void *b)
{
    const aty_setting_text_line *x = a;
    const aty_setting_text_line *y = b;

    return strcmp(x->text, y->text);
}

/* Adds each directive of a list, sorted where mod_ssl sorts. */
static void list_push(const aty_model *model, apr_array_header_t *lines,
                      const apr_array_header_t *directives, bool sorted)
{
    int first = lines->nelts;

    for (int i = 0; directives && i < directives->nelts; i++) {
        const aty_directive *directive =
            APR_ARRAY_IDX(directives, i, const aty_directive *);
        const char *arguments = directive->path ? aty_model_path(model, directive->path)
                                                : words_text(model->pool, directive);
        line_push(lines,
                  apr_pstrcat(model->pool, directive->name, " ", arguments, (char *)NULL),
                  directive);
    }
    if (sorted) {
        qsort((aty_setting_text_line *)(void *)lines->elts + first,
              (size_t)(lines->nelts - first), sizeof(aty_setting_text_line),
              line_compare);
    }
}

/* Zones are names; an isolated vhost is a zone of its own, named after its place. */
static void zone_push(const aty_model *model, apr_array_header_t *lines,
                      const aty_vhost *vhost)
{
    const aty_scope *scope = &vhost->scope;

    if (scope->isolate && scope->isolate->number) {
        line_push(lines,
                  apr_psprintf(model->pool, "Isolate on (%s, %s:%u)",
                               vhost->server_name->text,
                               aty_model_source(model, &vhost->place), vhost->place.line),
                  scope->isolate);
    }
    else if (scope->zone) {
        line_push(
            lines,
            apr_pstrcat(model->pool, "Zone ", scope->zone->words[0].text, (char *)NULL),
            scope->zone);
    }
}

static void protocols_push(const aty_model *model, apr_array_header_t *lines,
                           const aty_directive *protocols)
{
    const char *words = protocols ? words_text(model->pool, protocols) : "h2 http/1.1";

    line_push(lines, apr_pstrcat(model->pool, "Protocols ", words, (char *)NULL),
              protocols);
}

void aty_setting_lines(const aty_model *model, const aty_vhost *vhost, aty_field field,
                       apr_array_header_t *lines)
{
    const aty_tls *tls = &vhost->scope.tls;

    scalars_push(model, lines, tls, field);
    switch (field) {
    case ATY_FIELD_CERTIFICATE:
        list_push(model, lines, tls->certificates, true);
        list_push(model, lines, tls->keys, true);
        break;
    case ATY_FIELD_OPENSSL_CONF:
        list_push(model, lines, tls->conf_cmds, false);
        break;
    case ATY_FIELD_HTTP:
        protocols_push(model, lines, vhost->scope.protocols);
        break;
    case ATY_FIELD_ZONE:
        zone_push(model, lines, vhost);
        break;
    default:
        break;
    }
}

uint32_t aty_setting_verify_mode(const aty_tls *tls)
{
    const aty_directive *directive = tls->scalars[ATY_TLS_VERIFY_CLIENT];

    return directive ? directive->number : ATY_VERIFY_NONE;
}

uint32_t aty_setting_verify_depth(const aty_tls *tls)
{
    const aty_directive *directive = tls->scalars[ATY_TLS_VERIFY_DEPTH];

    return directive ? directive->number : 1;
}
