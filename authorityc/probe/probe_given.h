/* probe_given.h: the words of `authorityc probe`, and what they come to.
 */
#ifndef ATY_AUTHORITYC_PROBE_GIVEN_H
#define ATY_AUTHORITYC_PROBE_GIVEN_H

#include "authorityc/probe/probe.h"

/* As they stand on the command line; NULL: not given. */
typedef struct {
    const char *connect; /* HOST:PORT, with commas between several */
    bool dns;
    const char *names;
    const char *port;
    const char *server;
    const char *address;
    bool all_pairs;
    bool http1;
    bool each_address;
    bool proxy_protocol;
    bool json;
    const char *certificate;
    const char *key;
    const char *ca;
    const char *rate;
    const char *timeout;
    const char *path;
    const char *vhost_header;
} aty_probe_given;

/* Returns NULL, or what is wrong with them (lower case, no full stop). */
const char *aty_probe_given_read(apr_pool_t *pool, const aty_probe_given *given,
                                 aty_probe_options *options);

#endif
