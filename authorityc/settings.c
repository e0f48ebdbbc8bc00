/* The settings of every vhost, interned by the directives they come from: vhosts that
 * take a field from the same lines have one record. */
#include "authorityc/settings.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/certificate.h"
#include "authorityc/digest.h"
#include "core/search.h"

/* What a set of directives came to. */
typedef struct {
    uint32_t setting;
    uint32_t first_certificate, certificate_count; /* of the certificate field */
} resolved;

typedef struct {
    aty_model *model;
    apr_hash_t *known;         /* field and directives -> resolved */
    apr_array_header_t *key;   /* of uintptr_t, reused */
    apr_array_header_t *list;  /* of uint32_t: certificates, reused */
    apr_array_header_t *lines; /* of aty_setting_text_line, reused */
} resolver;

static void key_push(resolver *r, const void *pointer)
{
    APR_ARRAY_PUSH(r->key, uintptr_t) = (uintptr_t)pointer;
}

static void key_push_list(resolver *r, const apr_array_header_t *directives)
{
    for (int i = 0; directives && i < directives->nelts; i++) {
        key_push(r, APR_ARRAY_IDX(directives, i, const aty_directive *));
    }
    key_push(r, NULL);
}

/* All that a field of a vhost depends on. */
static void key_make(resolver *r, const aty_vhost *vhost, aty_field field)
{
    const aty_scope *scope = &vhost->scope;

    apr_array_clear(r->key);
    APR_ARRAY_PUSH(r->key, uintptr_t) = (uintptr_t)field;
    APR_ARRAY_PUSH(r->key, uintptr_t) = aty_setting_asks(vhost);
    for (const aty_tls_scalar *s = aty_setting_scalars(field); *s != ATY_TLS_SCALARS;
         s++) {
        key_push(r, scope->tls.scalars[*s]);
    }
    if (field == ATY_FIELD_CERTIFICATE) {
        key_push_list(r, scope->tls.certificates);
        key_push_list(r, scope->tls.keys);
    }
    if (field == ATY_FIELD_OPENSSL_CONF) {
        key_push_list(r, scope->tls.conf_cmds);
    }
    if (field == ATY_FIELD_HTTP) {
        key_push(r, scope->protocols);
    }
    if (field == ATY_FIELD_ZONE) {
        key_push(r, scope->zone);
        key_push(r,
                 scope->isolate && scope->isolate->number ? (const void *)vhost : NULL);
    }
}

/* Reads a vhost's certificates into the list, without doubles, sorted. */
static void certificates_read(resolver *r, const apr_array_header_t *directives)
{
    uint32_t *elements;
    int kept = 0;

    apr_array_clear(r->list);
    for (int i = 0; directives && i < directives->nelts; i++) {
        uint32_t certificate = aty_certificate_read(
            r->model, APR_ARRAY_IDX(directives, i, const aty_directive *));
        if (certificate != ATY_NONE) {
            APR_ARRAY_PUSH(r->list, uint32_t) = certificate;
        }
    }
    elements = (uint32_t *)(void *)r->list->elts;
    qsort(elements, (size_t)r->list->nelts, sizeof *elements, aty_number_compare);
    for (int i = 0; i < r->list->nelts; i++) {
        if (i == 0 || elements[i] != elements[i - 1]) {
            elements[kept++] = elements[i];
        }
    }
    r->list->nelts = kept;
}

/* The fingerprints of the certificates in the list; also enters the list into the table.
 */
static const char *certificate_meaning(resolver *r, const aty_vhost *vhost,
                                       resolved *result)
{
    const aty_certificate_record *records;
    const char *text = "";

    certificates_read(r, vhost->scope.tls.certificates);
    records = aty_writer_records(r->model->writer, ATY_SECTION_CERTIFICATES);
    result->first_certificate =
        aty_writer_count(r->model->writer, ATY_SECTION_CERTIFICATE_LISTS);
    result->certificate_count = (uint32_t)r->list->nelts;
    for (int i = 0; i < r->list->nelts; i++) {
        uint32_t index = APR_ARRAY_IDX(r->list, i, uint32_t);
        aty_le32 entry = aty_put(index);
        aty_writer_append(r->model->writer, ATY_SECTION_CERTIFICATE_LISTS, &entry, 1);
        text = apr_pstrcat(r->model->pool, text, i ? ", " : "",
                           aty_digest_text(r->model->pool, records[index].fingerprint),
                           (char *)NULL);
    }
    return text;
}

/* Joins the lines, and enters their places into the table. */
static const char *lines_join(resolver *r, aty_setting_record *record)
{
    const char *text = "";

    record->first_place = aty_put(aty_writer_count(r->model->writer, ATY_SECTION_PLACES));
    record->place_count = aty_put((uint32_t)r->lines->nelts);
    for (int i = 0; i < r->lines->nelts; i++) {
        const aty_setting_text_line *line =
            &APR_ARRAY_IDX(r->lines, i, aty_setting_text_line);
        aty_place_record place = {aty_put(0), aty_put(0)};
        if (line->place) {
            place.file = aty_model_file(r->model, line->place);
            place.line = aty_put(line->place->line);
        }
        aty_writer_append(r->model->writer, ATY_SECTION_PLACES, &place, 1);
        text = i == 0 ? line->text
                      : apr_pstrcat(r->model->pool, text, "\n", line->text, (char *)NULL);
    }
    return text;
}

static resolved *field_resolve(resolver *r, const aty_vhost *vhost, aty_field field)
{
    resolved *result = apr_pcalloc(r->model->pool, sizeof *result);
    aty_writer *writer = r->model->writer;
    aty_setting_record record;
    const char *text;
    const char *meaning;

    apr_array_clear(r->lines);
    aty_setting_lines(r->model, vhost, field, r->lines);
    text = lines_join(r, &record);
    meaning = field == ATY_FIELD_CERTIFICATE
                  ? certificate_meaning(r, vhost, result)
                  : aty_setting_meaning(r->model, vhost, field);
    record.text = aty_writer_string(writer, text);
    record.real = aty_writer_string(writer, meaning ? meaning : text);
    result->setting = aty_writer_append(writer, ATY_SECTION_SETTINGS, &record, 1);
    return result;
}

static const resolved *field_find(resolver *r, const aty_vhost *vhost, aty_field field)
{
    resolved *result;
    apr_ssize_t size;

    key_make(r, vhost, field);
    size = (apr_ssize_t)((size_t)r->key->nelts * sizeof(uintptr_t));
    result = apr_hash_get(r->known, r->key->elts, size);
    if (!result) {
        const void *key = apr_pmemdup(r->model->pool, r->key->elts, (apr_size_t)size);
        result = field_resolve(r, vhost, field);
        apr_hash_set(r->known, key, size, result);
    }
    return result;
}

/* What SSLVerifyClient asks of OpenSSL, as flags of a vhost. */
static uint32_t verify_flags(uint32_t mode)
{
    return mode == ATY_VERIFY_NONE      ? 0
           : mode == ATY_VERIFY_REQUIRE ? ATY_VHOST_ASKS | ATY_VHOST_REQUIRES
                                        : ATY_VHOST_ASKS;
}

static uint32_t vhost_flags(const aty_vhost *vhost)
{
    const aty_scope *scope = &vhost->scope;
    const aty_tls *tls = &scope->tls;
    uint32_t flags = verify_flags(aty_setting_verify_mode(tls));

    if (!scope->protocols || (scope->protocols->number & ATY_HTTP_H2)) {
        flags |= ATY_VHOST_H2;
    }
    if (!scope->advertise || scope->advertise->number) {
        flags |= ATY_VHOST_ADVERTISED;
    }
    if (!scope->unknown_authority || scope->unknown_authority->number) {
        flags |= ATY_VHOST_REJECT_UNKNOWN;
    }
    if (tls->scalars[ATY_TLS_PROTOCOL]) {
        flags |= ATY_VHOST_PROTOCOL_SET;
    }
    if (tls->scalars[ATY_TLS_CIPHERS]) {
        flags |= ATY_VHOST_CIPHERS_SET;
    }
    if (aty_setting_protocols(tls) & ~ATY_PROTOCOL_TLSV1_3) {
        flags |= ATY_VHOST_OLD_TLS;
    }
    if (aty_setting_protocols(tls) & ATY_PROTOCOL_TLSV1_3) {
        flags |= ATY_VHOST_NEW_TLS;
    }
    return flags;
}

static bool same_path(const aty_directive *a, const aty_directive *b)
{
    return a && b && strcmp(a->path, b->path) == 0;
}

/* What a <Location> says of client certificates: its SSLVerifyClient, and whether depth
 * or CAs are stricter than the vhost's. */
static uint32_t location_verify(const aty_location *location, const aty_tls *tls)
{
    bool stricter = (location->verify_depth &&
                     location->verify_depth->number < aty_setting_verify_depth(tls)) ||
                    (location->ca_file &&
                     !same_path(location->ca_file, tls->scalars[ATY_TLS_CA_FILE]));
    uint32_t wants =
        location->verify_client ? verify_flags(location->verify_client->number) : 0;

    return wants | (stricter ? ATY_LOCATION_STRICTER : 0);
}

/* Whether mod_ssl would ask again for a certificate there, on a connection of the vhost's
 * own (kernel.c, ssl_hook_Access). */
static bool location_asks(uint32_t verify, const aty_tls *tls)
{
    uint32_t has = verify_flags(aty_setting_verify_mode(tls));
    uint32_t wants = verify & ~(uint32_t)ATY_LOCATION_STRICTER;

    return (wants & ~has) ||
           ((verify & ATY_LOCATION_STRICTER) && ((has | wants) & ATY_VHOST_ASKS));
}

/* Under TLS 1.2, HTTP/2 cannot change to a list that is spelt differently. Connections of
 * other vhosts have the same versions, but for authonly, which does not compare them. */
static bool location_changes_ciphers(const aty_model *model, const aty_location *location,
                                     const aty_tls *tls)
{
    const char *has = aty_setting_cipher_list(tls->scalars[ATY_TLS_CIPHERS]);
    const char *wants = aty_setting_cipher_list(location->ciphers);
    bool old_tls = model->policy->sni_policy == ATY_SNI_AUTHONLY ||
                   (aty_setting_protocols(tls) & ~ATY_PROTOCOL_TLSV1_3);

    return wants && (!has || strcmp(has, wants) != 0) && old_tls;
}

/* As the text of the vhost's setting has it. */
static const char *location_ciphers(const aty_model *model, const aty_location *location)
{
    const char *list = aty_setting_cipher_list(location->ciphers);

    return list ? apr_pstrcat(model->pool, location->ciphers->name, " ", list,
                              (char *)NULL)
                : "";
}

static void location_append(aty_model *model, const aty_location *location,
                            const aty_tls *tls)
{
    uint32_t verify = location_verify(location, tls);
    aty_location_record record = {
        .path = aty_writer_string(model->writer, location->path->text),
        .needs = aty_put(
            (location_asks(verify, tls) ? ATY_LOCATION_CLIENT_AUTH : 0) |
            (location_changes_ciphers(model, location, tls) ? ATY_LOCATION_CIPHERS : 0)),
        .verify = aty_put(verify),
        .ciphers = aty_writer_string(model->writer, location_ciphers(model, location)),
        .file = aty_model_file(model, &location->path->place),
        .line = aty_put(location->path->place.line),
    };

    aty_writer_append(model->writer, ATY_SECTION_LOCATIONS, &record, 1);
}

static void locations_append(aty_model *model, const aty_vhost *vhost,
                             aty_vhost_record *record)
{
    uint32_t first = aty_writer_count(model->writer, ATY_SECTION_LOCATIONS);

    for (int i = 0; vhost->locations && i < vhost->locations->nelts; i++) {
        const aty_location *location = &APR_ARRAY_IDX(vhost->locations, i, aty_location);
        location_append(model, location, &vhost->scope.tls);
        aty_setting_location_check(model, location);
    }
    record->first_location = aty_put(first);
    record->location_count =
        aty_put(aty_writer_count(model->writer, ATY_SECTION_LOCATIONS) - first);
}

static void vhost_resolve(resolver *r, uint32_t index)
{
    const aty_vhost *vhost = aty_model_vhost(r->model, index);
    aty_vhost_record *record = aty_writer_records(r->model->writer, ATY_SECTION_VHOSTS);

    record += index;
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        const resolved *result = field_find(r, vhost, (aty_field)field);
        record->settings[field] = aty_put(result->setting);
        if (field == ATY_FIELD_CERTIFICATE) {
            record->first_certificate = aty_put(result->first_certificate);
            record->certificate_count = aty_put(result->certificate_count);
        }
    }
    record->flags = aty_put(vhost_flags(vhost));
    if (vhost->scope.public_port) {
        record->public_port = aty_put(vhost->scope.public_port->number);
    }
    locations_append(r->model, vhost, record);
}

void aty_settings_resolve(aty_model *model)
{
    resolver r = {
        .model = model,
        .known = apr_hash_make(model->pool),
        .key = apr_array_make(model->pool, 16, sizeof(uintptr_t)),
        .list = apr_array_make(model->pool, 4, sizeof(uint32_t)),
        .lines = apr_array_make(model->pool, 8, sizeof(aty_setting_text_line)),
    };

    for (uint32_t i = 0; i < aty_model_vhost_count(model); i++) {
        vhost_resolve(&r, i);
    }
}
