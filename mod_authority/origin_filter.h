/* origin_filter.h: sends a connection's ORIGIN frame (RFC 8336).
 */
#ifndef ATY_MOD_AUTHORITY_ORIGIN_FILTER_H
#define ATY_MOD_AUTHORITY_ORIGIN_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include <httpd.h>

/* Registers the filter with httpd; once, where the hooks are registered. */
void aty_origin_filter_register(void);

/* Lets the frame of `size` bytes, a slice of the table, follow the SETTINGS frame that
 * mod_http2 is about to send on this primary connection. */
void aty_origin_filter_install(conn_rec *c, const uint8_t *frame, size_t size);

#endif
