/* digest_set.h: a set of SHA-256 digests, and the text that stands for it in a table.
 *
 * However the CAs of a vhost are split over files and directories, and in whatever order
 * they are read, equal sets have equal texts. The compiler says so of files, the module
 * of what a running httpd has loaded.
 */
#ifndef ATY_CORE_DIGEST_SET_H
#define ATY_CORE_DIGEST_SET_H

#include <stddef.h>
#include <stdint.h>

#include "core/decimal.h"
#include "core/table.h"

/* With their NUL: two digits a byte; a count of up to 20 digits, ", sha256:", a digest.
 */
#define ATY_DIGEST_HEX_SIZE      (2 * ATY_DIGEST_SIZE + 1)
#define ATY_DIGEST_SET_TEXT_SIZE (ATY_DECIMAL_MAX + 9 + ATY_DIGEST_HEX_SIZE)

/* Writes a digest in lower-case hexadecimal digits, NUL-terminated. */
void aty_digest_hex(char hex[ATY_DIGEST_HEX_SIZE], const uint8_t digest[ATY_DIGEST_SIZE]);

/* Sorts `count` digests in place and drops doubles. Returns how many are left, at the
 * front; `digests` may be NULL where there are none. */
size_t aty_digest_set_normalise(uint8_t (*digests)[ATY_DIGEST_SIZE], size_t count);

/* Says `count` normalised digests in one: "3, sha256:…", the digest of all of them in
 * their order; "none" for none. */
void aty_digest_set_text(char text[ATY_DIGEST_SET_TEXT_SIZE],
                         uint8_t (*digests)[ATY_DIGEST_SIZE], size_t count,
                         aty_sha256 *sha256);

#endif
