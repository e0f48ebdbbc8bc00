#include "mod_authority/origin_filter.h"

#include <apr_pools.h>
#include <util_filter.h>

#include "mod_authority/counters.h"
#include "mod_authority/origin_walk.h"

#define FILTER_NAME "AUTHORITY_ORIGIN"

typedef struct {
    aty_origin_walk walk;
    const uint8_t *frame;
    size_t size;
} origin_filter;

/* Looks at what mod_http2 sends until the first frame is over, and is gone after that,
 * whatever that frame was. Adds no flush: mod_ssl then sends SETTINGS and ORIGIN in one
 * record. */
static apr_status_t insert_origin(ap_filter_t *filter, apr_bucket_brigade *brigade)
{
    origin_filter *state = filter->ctx;
    ap_filter_t *next = filter->next;
    aty_walk_result result =
        aty_origin_walk_brigade(&state->walk, brigade, state->frame, state->size);

    if (result == ATY_WALK_HERE) {
        aty_count(filter->c->id, ATY_COUNT_ORIGIN_FRAMES);
    }
    if (result != ATY_WALK_MORE) {
        ap_remove_output_filter(filter);
    }
    return ap_pass_brigade(next, brigade);
}

void aty_origin_filter_register(void)
{
    /* Above mod_dumpio (+3), so that it shows the frame, mod_ssl's coalescing filter (+4)
     * and mod_ssl (+5). */
    ap_register_output_filter(FILTER_NAME, insert_origin, NULL,
                              (ap_filter_type)(AP_FTYPE_CONNECTION + 2));
}

void aty_origin_filter_install(conn_rec *c, const uint8_t *frame, size_t size)
{
    origin_filter *state = apr_pcalloc(c->pool, sizeof *state);

    state->frame = frame;
    state->size = size;
    ap_add_output_filter(FILTER_NAME, state, NULL, c);
}
