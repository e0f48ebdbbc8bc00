/* resolve.h: what names lead to, by the resolver of the system, many at a time.
 */
#ifndef ATY_AUTHORITYC_RESOLVE_H
#define ATY_AUTHORITYC_RESOLVE_H

#include <stdint.h>

#include <netinet/in.h>

#define ATY_RESOLVED_MAX 16 /* addresses of a name; more are left out */

typedef struct {
    int error;                                          /* of getaddrinfo(3); 0: none */
    uint32_t count;                                     /* of addresses */
    char addresses[ATY_RESOLVED_MAX][INET6_ADDRSTRLEN]; /* as inet_ntop writes them */
} aty_resolved;

/* Asks for one name; called from several threads at once. */
typedef void aty_resolver(const char *name, aty_resolved *resolved);

/* getaddrinfo(3): hosts file and DNS, as the system is set up. */
aty_resolver aty_resolve;

/* Asks for all names, several at a time; answer N is that of name N. */
void aty_resolve_all(aty_resolver *resolver, const char *const *names,
                     aty_resolved *resolved, uint32_t count);

#endif
