/* ca_directory.h: which files of a directory OpenSSL finds, as SSLCACertificatePath and
 * SSLCARevocationPath name one.
 */
#ifndef ATY_CORE_CA_DIRECTORY_H
#define ATY_CORE_CA_DIRECTORY_H

#include <stdbool.h>

/* Whether the name is the hash of a subject, as `openssl rehash` makes it: "9d66eef0.0"
 * of a certificate, "9d66eef0.r0" of a revocation list. OpenSSL looks for nothing else
 * (crypto/x509/by_dir.c). */
bool aty_ca_directory_finds(const char *name, bool is_revocation_list);

#endif
