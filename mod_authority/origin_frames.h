/* origin_frames.h: the ORIGIN frames of the table, without what has drifted.
 */
#ifndef ATY_MOD_AUTHORITY_ORIGIN_FRAMES_H
#define ATY_MOD_AUTHORITY_ORIGIN_FRAMES_H

#include <apr_pools.h>

#include "mod_authority/site.h"

/* Gives each live vhost, once drift is known, the frames its connections get: those of
 * the table without names that are not what the table says; the empty frame where the
 * vhost is in quarantine; none where mod_md has no certificate for it. New frames live in
 * `pool`; `scratch` lives as long as the call. */
void aty_origin_frames_mend(aty_site *site, apr_pool_t *pool, apr_pool_t *scratch);

#endif
