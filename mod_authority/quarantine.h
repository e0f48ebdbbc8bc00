/* quarantine.h: what drift means for a request.
 */
#ifndef ATY_MOD_AUTHORITY_QUARANTINE_H
#define ATY_MOD_AUTHORITY_QUARANTINE_H

#include <stdbool.h>

#include "core/verdict.h"
#include "mod_authority/live.h"
#include "mod_authority/site.h"

/* The three live vhosts of a pair; NULL: not known. */
typedef struct {
    const aty_live *connection; /* of the handshake */
    const aty_live *base;       /* default vhost of the address */
    const aty_live *request;
} aty_live_pair;

/* Whether one of the two vhosts is in quarantine: then the table's facts about the pair
 * do not hold, and nothing but the own vhost may be answered. */
bool aty_quarantine_parts(const aty_live_pair *live);

/* Whether what the table says of the pair is not so any more, though neither vhost is in
 * quarantine: a certificate has lost the name, or the vhost that lends its TLS versions
 * to one of the two (ssl_engine_kernel.c, ssl_find_vhost) has others. */
bool aty_quarantine_limits(const aty_table *table, const aty_live_pair *live,
                           const aty_pair *pair);

#endif
