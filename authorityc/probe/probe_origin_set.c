/* probe_origin_set.c: the ORIGIN set that a connection got, against the seat's frame. */
#include "authorityc/probe/probe_judge.h"

#include <string.h>

#include <apr_strings.h>

#include "core/origin.h"

#define BUDGET_DEFAULT 4096 /* bytes, of OriginBudget */

/* The seat whose frame mod_authority sends on such a connection, or NULL. */
static const aty_seat_record *seat_of(const aty_probe *probe,
                                      const aty_probe_visit *visit)
{
    const aty_seat_record *seat;

    if (!visit->sni || !visit->shown.alpn || strcmp(visit->shown.alpn, "h2") != 0) {
        return NULL;
    }
    seat = aty_vhost_seat(probe->table, visit->vhost, visit->node->address_set);
    return seat && aty_get(seat->frame) != ATY_NONE ? seat : NULL;
}

static apr_array_header_t *origins_of(const aty_probe *probe, const aty_seat_record *seat)
{
    apr_array_header_t *origins = apr_array_make(probe->pool, 8, sizeof(const char *));
    aty_seat_origin origin = {0};

    while (aty_seat_origin_next(probe->table, seat, &origin)) {
        APR_ARRAY_PUSH(origins, const char *) =
            apr_pstrmemdup(probe->pool, origin.text, origin.length);
    }
    return aty_probe_texts_sort(probe->pool, origins);
}

/* What `of` has and `without` has not; both sorted. */
static apr_array_header_t *surplus(apr_pool_t *pool, const apr_array_header_t *of,
                                   const apr_array_header_t *without)
{
    apr_array_header_t *more = apr_array_make(pool, 4, sizeof(const char *));
    int other = 0;

    for (int i = 0; i < of->nelts; i++) {
        const char *text = APR_ARRAY_IDX(of, i, const char *);
        while (other < without->nelts &&
               strcmp(APR_ARRAY_IDX(without, other, const char *), text) < 0) {
            other++;
        }
        if (other == without->nelts ||
            strcmp(APR_ARRAY_IDX(without, other, const char *), text) != 0) {
            APR_ARRAY_PUSH(more, const char *) = text;
        }
    }
    return more;
}

static const char *count_text(apr_pool_t *pool, int count)
{
    return count == 0 ? "an empty frame"
                      : apr_psprintf(pool, "%d origin%s", count, count == 1 ? "" : "s");
}

static aty_probe_finding *origin_add(aty_probe *probe, const aty_probe_visit *visit,
                                     aty_probe_fault fault, const char *expected,
                                     const char *got)
{
    aty_probe_finding *finding = aty_finding_add(probe, fault, visit);

    finding->expected = expected;
    finding->got = got;
    if (probe->table) {
        aty_finding_vhost(probe, finding, visit->vhost);
    }
    return finding;
}

static void difference_judge(aty_probe *probe, const aty_probe_visit *visit,
                             const aty_seat_record *seat)
{
    apr_pool_t *pool = probe->pool;
    apr_array_header_t *expected = origins_of(probe, seat);
    apr_array_header_t *more = surplus(pool, visit->shown.origins, expected);
    apr_array_header_t *less = surplus(pool, expected, visit->shown.origins);
    const char *too_much, *too_little, *between;

    if (more->nelts == 0 && less->nelts == 0) {
        return;
    }
    too_much = more->nelts
                   ? apr_pstrcat(pool, "too much: ", aty_probe_list_text(pool, more),
                                 (char *)NULL)
                   : "";
    too_little = less->nelts
                     ? apr_pstrcat(pool, "too little: ", aty_probe_list_text(pool, less),
                                   (char *)NULL)
                     : "";
    between = more->nelts && less->nelts ? "; " : "";
    origin_add(probe, visit, ATY_FAULT_ORIGIN_DIFFERS, count_text(pool, expected->nelts),
               apr_pstrcat(pool, count_text(pool, visit->shown.origins->nelts), "; ",
                           too_much, between, too_little, (char *)NULL));
}

/* The budget is not in a table. What the policy sends is within it, and so is what is
 * not larger than its default. */
static uint32_t largest_allowed(const aty_probe *probe, const aty_seat_record *seat)
{
    uint32_t size = seat ? aty_get(seat->frame_size) - ATY_FRAME_HEADER_SIZE : 0;

    if (probe->options->server != ATY_SERVER_AUTHORITY || !probe->table) {
        return ATY_FRAME_PAYLOAD_MAX;
    }
    return size > BUDGET_DEFAULT ? size : BUDGET_DEFAULT;
}

/* A frame that no client takes is not read, and so looks malformed, too. */
static void frame_judge(aty_probe *probe, const aty_probe_visit *visit,
                        const aty_seat_record *seat)
{
    uint32_t most = largest_allowed(probe, seat);
    uint32_t size = visit->shown.origin_largest;

    if (visit->shown.origin_fault && size <= ATY_FRAME_PAYLOAD_MAX) {
        origin_add(probe, visit, ATY_FAULT_ORIGIN_MALFORMED,
                   "frames as RFC 8336 has them", visit->shown.origin_fault);
    }
    if (size > most) {
        origin_add(probe, visit, ATY_FAULT_ORIGIN_TOO_LARGE,
                   apr_psprintf(probe->pool, "at most %u bytes", most),
                   apr_psprintf(probe->pool, "a frame of %u bytes", size));
    }
}

void aty_judge_origin(aty_probe *probe, const aty_probe_visit *visit)
{
    const aty_probe_handshake *shown = &visit->shown;
    bool judged = probe->table && probe->options->server != ATY_SERVER_OTHER;
    const aty_seat_record *seat =
        probe->table && probe->options->server == ATY_SERVER_AUTHORITY
            ? seat_of(probe, visit)
            : NULL;

    if (shown->stage != ATY_PROBE_OPEN || visit->withheld) {
        return;
    }
    frame_judge(probe, visit, seat);
    if (!judged) {
        return;
    }
    if (seat && shown->origins) {
        difference_judge(probe, visit, seat);
    }
    else if (seat && !shown->origin_frames) {
        origin_add(probe, visit, ATY_FAULT_ORIGIN_MISSING,
                   count_text(probe->pool, origins_of(probe, seat)->nelts), "no frame");
    }
    else if (!seat && shown->origins) {
        origin_add(probe, visit, ATY_FAULT_ORIGIN_UNEXPECTED, "no frame",
                   count_text(probe->pool, shown->origins->nelts));
    }
}
