/* utf8.h: where characters of strangers' texts begin and end.
 */
#ifndef ATY_CORE_UTF8_H
#define ATY_CORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Octets of the character that begins at `text`, of which `size` octets are there: 1
 * to 4. 0 where none does: at what is no UTF-8 (RFC 3629 §4), and at the end. */
size_t aty_utf8_length(const uint8_t *text, size_t size);

/* The same, but 0 at a control character too, in ASCII or above. */
size_t aty_utf8_character(const uint8_t *text, size_t size);

#endif
