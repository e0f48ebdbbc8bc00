#include "mod_authority/origin_frames.h"

#include <string.h>

#include <apr_strings.h>

#include "core/names.h"
#include "core/origin.h"
#include "mod_authority/live.h"
#include "mod_authority/quarantine.h"
#include "mod_authority/strays.h"

#define SCHEME "https://"

/* What the mending works on. */
typedef struct {
    const aty_site *site;
    apr_pool_t *pool;
    apr_pool_t *scratch;
    apr_hash_t *mended; /* frame of the table, address set, whose certificates → seat */
} mending;

/* A frame that many vhosts share. */
typedef struct {
    const uint8_t *frame;
    uint32_t address_set;
    uint32_t own_protocols; /* of the vhosts: whether they have SSLProtocol */
    const void *lost;       /* names, of the certificates of the vhosts; NULL: none */
} mended_key;

static const aty_live *live_of(const aty_site *site, uint32_t vhost)
{
    return vhost == ATY_NONE ? NULL : site->of_vhost[vhost];
}

/* Whether the entry ("https://host:port") may stay in the frame of these vhosts. */
static bool stays(const aty_site *site, const aty_live *live, uint32_t address_set,
                  const char *entry, size_t entry_length)
{
    char host[ATY_NAME_MAX + 1];
    const size_t skip = sizeof SCHEME - 1;
    size_t length = aty_host_of_authority(host, entry + skip, entry_length - skip);
    const aty_table *table = &site->table;
    const aty_live *base = site->first_on[address_set];
    const aty_pair pair = {
        .connection = live->vhost,
        .base = base ? base->vhost : ATY_NONE,
        .request = aty_vhost_named(table, address_set, host, length),
        .authority = host,
        .authority_length = length,
        .address_set = address_set,
        .had_sni = true,
        .h2 = true,
    };
    const aty_live_pair lives = {live, base, live_of(site, pair.request)};

    return lives.request && !aty_quarantine_parts(&lives) &&
           !aty_quarantine_limits(table, &lives, &pair) &&
           !aty_strays_have(site, address_set, host, length);
}

/* Puts the frame of the seat without the entries that may not stay into it. */
static void filter(const mending *m, const aty_live *live, aty_live_seat *seat)
{
    const uint8_t *payload = seat->frame + ATY_FRAME_HEADER_SIZE;
    size_t size = seat->frame_size - ATY_FRAME_HEADER_SIZE;
    uint8_t *frame = apr_palloc(m->pool, seat->frame_size);
    uint8_t *out = frame + ATY_FRAME_HEADER_SIZE;
    size_t offset = 0;
    size_t begin = 0;
    size_t length;
    const char *entry;

    while ((entry = aty_origin_entry_next(payload, size, &offset, &length))) {
        if (stays(m->site, live, seat->address_set, entry, length)) {
            memcpy(out, payload + begin, offset - begin);
            out += offset - begin;
        }
        begin = offset;
    }
    seat->frame_size = (uint32_t)(out - frame);
    seat->frame = frame;
    aty_origin_header_write(frame, seat->frame_size - ATY_FRAME_HEADER_SIZE);
}

static void filter_once(const mending *m, const aty_live *live, aty_live_seat *seat)
{
    mended_key *key = apr_pcalloc(m->scratch, sizeof *key);
    const aty_live_seat *known;

    key->frame = seat->frame;
    key->address_set = seat->address_set;
    key->own_protocols =
        aty_get(m->site->table.vhosts[live->vhost].flags) & ATY_VHOST_PROTOCOL_SET;
    key->lost = live->lost;
    known = apr_hash_get(m->mended, key, sizeof *key);
    if (known) {
        seat->frame = known->frame;
        seat->frame_size = known->frame_size;
        return;
    }
    filter(m, live, seat);
    apr_hash_set(m->mended, key, sizeof *key, seat);
}

static void mend(const mending *m, const aty_live *live, aty_live_seat *seat)
{
    static uint8_t empty[ATY_FRAME_HEADER_SIZE];

    if (live->is_pending) {
        seat->frame = NULL;
    }
    else if (live->is_quarantined) {
        aty_origin_header_write(empty, 0);
        seat->frame = empty;
        seat->frame_size = sizeof empty;
    }
    else {
        filter_once(m, live, seat);
    }
}

static bool is_touched(const aty_live *live)
{
    return live->is_pending || live->is_quarantined || live->lost;
}

static bool any_touched(const aty_site *site)
{
    for (int i = 0; site->live && i < site->live->nelts; i++) {
        if (is_touched(APR_ARRAY_IDX(site->live, i, const aty_live *))) {
            return true;
        }
    }
    return site->drift != ATY_DRIFT_IGNORE && (site->missing || site->strays);
}

void aty_origin_frames_mend(aty_site *site, apr_pool_t *pool, apr_pool_t *scratch)
{
    const mending m = {site, pool, scratch, apr_hash_make(scratch)};

    if (!any_touched(site)) {
        return;
    }
    for (int i = 0; i < site->live->nelts; i++) {
        const aty_live *live = APR_ARRAY_IDX(site->live, i, const aty_live *);
        bool is_concerned = live->is_pending || site->drift != ATY_DRIFT_IGNORE;
        for (uint32_t s = 0; s < live->seat_count && is_concerned; s++) {
            if (live->seats[s].frame) {
                mend(&m, live, &live->seats[s]);
            }
        }
    }
}
