/* unlike_lines.h: the directives that two vhosts do not have in common, for messages.
 *
 * Compared as mod_ssl compares them, by their canonical spelling (settings.h).
 */
#ifndef ATY_AUTHORITYC_UNLIKE_LINES_H
#define ATY_AUTHORITYC_UNLIKE_LINES_H

#include "authorityc/model.h"

typedef struct {
    const aty_vhost *own, *other;
    apr_array_header_t *own_lines; /* aty_setting_text_line: what the other has not */
    apr_array_header_t *other_lines;
} aty_unlike;

/* Of the fields in the mask: bit N is field N. Lives in the pool. */
aty_unlike aty_unlike_lines(apr_pool_t *pool, const aty_model *model, uint32_t own,
                            uint32_t other, uint32_t fields);

/* "'SSLCertificateFile', 'SSLCipherSuite'", each once; `count` says how many. */
const char *aty_unlike_names(apr_pool_t *pool, const aty_unlike *unlike, int *count);

/* Where the first directive of the own vhost stands, else the vhost itself. */
const aty_place *aty_unlike_place(const aty_unlike *unlike);

/* A key that is the same for vhosts that are unlike by the same directives of the policy,
 * as by two bundles: told once, it need not be told again. */
const void *aty_unlike_key(apr_pool_t *pool, const aty_unlike *unlike, size_t *size);

/* Adds notes with the places of all but the first, and with defaults. */
void aty_unlike_note(aty_diag *diag, const aty_unlike *unlike);

#endif
