/* status_formats.h: the formats of the status page. Each prints the facts into the
 * response; the one who calls has set the content type.
 */
#ifndef ATY_MOD_AUTHORITY_STATUS_FORMATS_H
#define ATY_MOD_AUTHORITY_STATUS_FORMATS_H

#include <stdbool.h>

#include <httpd.h>

#include "mod_authority/status_facts.h"

/* A page for people: HTML5, UTF-8. */
void aty_status_html(request_rec *r, const aty_status_facts *facts);

/* One object of JSON (RFC 8259). */
void aty_status_json(request_rec *r, const aty_status_facts *facts);

/* "Key: value" lines, as mod_status has them. */
void aty_status_text(request_rec *r, const aty_status_facts *facts);

/* The same without single vhosts and pairs, for mod_status' own page. */
void aty_status_text_short(request_rec *r, const aty_status_facts *facts);

/* A section of mod_status' HTML page. */
void aty_status_html_section(request_rec *r, const aty_status_facts *facts);

/* Prometheus' text format, version 0.0.4. */
void aty_status_prometheus(request_rec *r, const aty_status_facts *facts);

#endif
