/* names.h: host names, as httpd, mod_ssl and clients compare them.
 *
 * Pure functions over counted strings; nothing is allocated and nothing is remembered.
 * Names are ASCII; case never counts. A name "in lower case" has no upper-case ASCII.
 */
#ifndef ATY_CORE_NAMES_H
#define ATY_CORE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest host name that httpd and DNS know, in bytes, without the NUL. */
#define ATY_NAME_MAX 255

/* Writes the host of an authority ("Host:Port", "Host.", "[v6]:port") into `host`,
 * NUL-terminated: lower case, without port, without one trailing dot, as httpd does
 * (server/vhost.c, fix_hostname). Returns its length, or 0 where there is no host, where
 * it has a NUL or is longer than ATY_NAME_MAX, or where what follows it is no port. */
size_t aty_host_of_authority(char host[ATY_NAME_MAX + 1], const char *authority,
                             size_t length);

/* Whether the name has `*` or `?`, so that httpd takes it for a pattern. */
bool aty_name_is_pattern(const char *name);

/* The ".example.com" of "*.example.com": what a name must end in to match a pattern that
 * is one star and a literal ending; NULL for all others. */
const char *aty_name_pattern_ending(const char *name);

/* Whether the name matches the pattern: `*` is any run of characters, dots included, `?`
 * is any one character (server/util.c, ap_strcasecmp_match). */
bool aty_name_matches(const char *name, size_t length, const char *pattern);

/* Whether the host is an IP address: four decimal numbers, or anything with a colon. */
bool aty_name_is_address(const char *name, size_t length);

/* Whether a DNS name of a certificate covers the host: equal, or `*` for exactly its
 * first label (RFC 9525 §6.3; `f*.example.com` covers nothing, as browsers have it). No
 * DNS name covers an IP address. */
bool aty_name_covers(const char *san, const char *name, size_t length);

/* Compares without case; both counted. */
bool aty_name_equals(const char *a, size_t a_length, const char *b, size_t b_length);

/* 32-bit FNV-1a over the four bytes of a seed (an address set's index), low byte first,
 * and then the lower-case name. */
uint32_t aty_name_hash(uint32_t seed, const char *name, size_t length);

#endif
