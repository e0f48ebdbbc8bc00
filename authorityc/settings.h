/* settings.h: the fields of a vhost that are compared: how they are spelt, what they
 * mean.
 *
 * The spelling ("text") is what mod_ssl compares: configured strings, after its own
 * defaults (ssl_engine_init.c). The meaning ("real") is what counts: contents of files,
 * expanded lists, ranges in effect. Both are canonical: equal strings, equal values.
 */
#ifndef ATY_AUTHORITYC_SETTINGS_H
#define ATY_AUTHORITYC_SETTINGS_H

#include <stdbool.h>

#include "authorityc/model.h"

/* The scalars of a TLS field, in the order in which they are shown; ends with
 * ATY_TLS_SCALARS. Fields of lists have none. */
const aty_tls_scalar *aty_setting_scalars(aty_field field);

/* A directive as mod_ssl compares it, and where it stands; NULL for a default. */
typedef struct {
    const char *text;
    const aty_place *place;
} aty_setting_text_line;

/* Adds how a field of a vhost is spelt (aty_setting_text_line), a directive each. */
void aty_setting_lines(const aty_model *model, const aty_vhost *vhost, aty_field field,
                       apr_array_header_t *lines);

/* What a TLS field of a vhost means, but for ATY_FIELD_CERTIFICATE, which is
 * certificate.h's; NULL where it is what is spelt. Faults of files and lists go to the
 * diagnostics. */
const char *aty_setting_meaning(aty_model *model, const aty_vhost *vhost,
                                aty_field field);

/* Reports a <Location>'s files that cannot be read and lists that OpenSSL refuses. */
void aty_setting_location_check(aty_model *model, const aty_location *location);

/* Whether the vhost or a <Location> of it asks for client certificates: only then do CAs,
 * revocation and depth mean anything. */
bool aty_setting_asks(const aty_vhost *vhost);

/* SSLVerifyClient and SSLVerifyDepth, with mod_ssl's defaults none and 1. */
uint32_t aty_setting_verify_mode(const aty_tls *tls);
uint32_t aty_setting_verify_depth(const aty_tls *tls);

/* The protocols that the vhost would run with by itself: mod_ssl leaves no holes below
 * the newest (ssl_engine_init.c, ssl_init_ctx_protocol). */
uint32_t aty_setting_protocols(const aty_tls *tls);

/* The names of the ATY_PROTOCOL_… in a mask, oldest first, each with `before` before it.
 */
const char *aty_setting_protocols_text(apr_pool_t *pool, uint32_t mask,
                                       const char *before);

/* The cipher list of an SSLCipherSuite, either of its two kinds; NULL for NULL. */
const char *aty_setting_cipher_list(const aty_directive *directive);

#endif
