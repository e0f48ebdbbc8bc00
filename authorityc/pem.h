/* pem.h: what a PEM file, or a directory of them, holds, by content.
 *
 * However CAs and revocation lists are split over files and directories, equal sets have
 * equal digests.
 */
#ifndef ATY_AUTHORITYC_PEM_H
#define ATY_AUTHORITYC_PEM_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>
#include <openssl/bio.h>

/* Opens a regular file for OpenSSL. NULL with a reason (lower case, no full stop). */
BIO *aty_pem_open(apr_pool_t *pool, const char *path, const char **fault);

typedef enum {
    ATY_PEM_CERTIFICATES, /* digests of whole certificates */
    ATY_PEM_SUBJECTS,     /* digests of certificates' subjects */
    ATY_PEM_CRLS /* digests of the issuers of revocation lists: lists are renewed daily */
} aty_pem_kind;

/* Remembers what it read, so that a file named by many vhosts is read once. */
typedef struct aty_pems aty_pems;

aty_pems *aty_pems_create(apr_pool_t *pool);

/* An empty set of digests, of ATY_DIGEST_SIZE bytes each. */
apr_array_header_t *aty_pem_set_make(apr_pool_t *pool);

/* Adds the digests of what a file, or a directory, holds to `digests`: of CAs that are
 * only named to clients in every file, else in those that OpenSSL finds there
 * (core/ca_directory.h). Returns NULL, or what is wrong; nothing of the kind is wrong,
 * too.
 */
const char *aty_pem_read(aty_pems *pems, const char *path, bool is_directory,
                         aty_pem_kind kind, apr_array_header_t *digests);

/* Sorts the digests, drops doubles, and says them in one, as core/digest_set.h has it. */
const char *aty_pem_set_text(apr_pool_t *pool, apr_array_header_t *digests);

#endif
