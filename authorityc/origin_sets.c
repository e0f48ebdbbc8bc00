/* The ORIGIN frame of every seat: which names a client may send to a connection of this
 * vhost on this address set (RFC 8336 §2.3, §4).
 *
 * Work goes by certificate set: the names that all its certificates cover are found once,
 * ordered by group; a frame is then a slice of them. */
#include "authorityc/model.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/cover.h"
#include "authorityc/digest.h"
#include "authorityc/origin_list.h"
#include "authorityc/set_members.h"
#include "core/origin.h"
#include "core/verdict.h"

#define BUDGET_DEFAULT 4096

typedef struct {
    aty_model *model;
    apr_pool_t *pool; /* cleared after each address set */
    aty_table view;
    uint32_t address_set;
    apr_hash_t *covers;   /* certificate set (string offset) -> aty_cover */
    apr_hash_t *names;    /* list_key without vhost and budget -> aty_origin_names */
    apr_hash_t *lists;    /* list_key -> aty_origin_list */
    apr_hash_t *frames;   /* SHA-256 of a payload -> its frame's offset + 1 */
    uint32_t empty_frame; /* ATY_NONE: not stored yet */
    aty_name_buckets *buckets;
} encoder;

/* What a list of origins depends on. */
typedef struct {
    uint32_t certificates; /* string offset of the set */
    uint32_t group;
    uint32_t vhost; /* ATY_NONE where it is the same for all of the group */
    uint32_t budget;
} list_key;

static const aty_cover *cover_of(encoder *e, uint32_t vhost)
{
    const aty_setting_record *setting =
        aty_vhost_setting(&e->view, vhost, ATY_FIELD_CERTIFICATE);
    aty_cover *cover = apr_hash_get(e->covers, &setting->real, sizeof setting->real);

    if (!cover) {
        cover = aty_cover_find(e->pool, &e->view, e->address_set, vhost, e->buckets);
        apr_hash_set(e->covers, &setting->real, sizeof setting->real, cover);
    }
    return cover;
}

static uint32_t budget_of(const aty_scope *scope)
{
    return scope->origin_budget ? scope->origin_budget->number : BUDGET_DEFAULT;
}

/* `key` is that of a list. */
static aty_origin_names *names_of(encoder *e, const aty_cover *cover, list_key key)
{
    aty_origin_names *names;

    key.vhost = ATY_NONE;
    key.budget = 0;
    names = apr_hash_get(e->names, &key, sizeof key);
    if (!names) {
        names = aty_origin_names_sort(e->pool, &e->view, cover->names, key.group);
        apr_hash_set(e->names, apr_pmemdup(e->pool, &key, sizeof key), sizeof key, names);
    }
    return names;
}

static aty_origin_list *list_of(encoder *e, uint32_t vhost, uint32_t group)
{
    const aty_scope *scope = &aty_model_vhost(e->model, vhost)->scope;
    const aty_cover *cover = cover_of(e, vhost);
    list_key key;
    aty_origin_list *list;

    memset(&key, 0, sizeof key);
    key.certificates =
        aty_get(aty_vhost_setting(&e->view, vhost, ATY_FIELD_CERTIFICATE)->real);
    key.group = group;
    key.vhost = aty_vhost_serves_h2(&e->view, vhost) ? ATY_NONE : vhost;
    key.budget = budget_of(scope);
    list = apr_hash_get(e->lists, &key, sizeof key);
    if (!list) {
        list = aty_origin_list_make(e->model, e->pool, &e->view, e->address_set, vhost,
                                    cover, names_of(e, cover, key), key.budget);
        apr_hash_set(e->lists, apr_pmemdup(e->pool, &key, sizeof key), sizeof key, list);
    }
    return list;
}

/* The frame with this payload; equal frames are stored once. */
static uint32_t frame_store(encoder *e, const uint8_t *payload, size_t size)
{
    uint8_t digest[ATY_DIGEST_SIZE];
    uint8_t header[ATY_FRAME_HEADER_SIZE];
    const void *known;
    uint32_t offset;

    aty_digest_sha256(payload, size, digest);
    known = apr_hash_get(e->frames, digest, sizeof digest);
    if (known) {
        return (uint32_t)((uintptr_t)known - 1);
    }
    aty_origin_header_write(header, size);
    offset =
        aty_writer_append(e->model->writer, ATY_SECTION_FRAMES, header, sizeof header);
    aty_writer_append(e->model->writer, ATY_SECTION_FRAMES, payload, (uint32_t)size);
    apr_hash_set(e->frames, apr_pmemdup(e->model->pool, digest, sizeof digest),
                 sizeof digest, (const void *)((uintptr_t)offset + 1));
    return offset;
}

/* The frame of a list; the empty one where `size` is 0. */
static uint32_t frame_of(encoder *e, aty_origin_list *list, size_t size)
{
    uint32_t *frame = size > 0 ? &list->frame : &e->empty_frame;

    if (*frame == ATY_NONE) {
        *frame = frame_store(e, list->payload, size);
    }
    return *frame;
}

static bool is_sent(aty_origin_state state)
{
    return state == ATY_ORIGIN_COMPLETE || state == ATY_ORIGIN_PROTECTS ||
           state == ATY_ORIGIN_ALWAYS;
}

static uint32_t mode_of(const aty_scope *scope)
{
    return scope->origin ? scope->origin->number : ATY_ORIGIN_AUTO_MODE;
}

static aty_origin_state state_by_list(const aty_scope *scope, const aty_origin_list *list)
{
    if (!list->lacks_wildcards && list->left_out == 0) {
        return ATY_ORIGIN_COMPLETE;
    }
    if (list->protects) {
        return ATY_ORIGIN_PROTECTS;
    }
    if (mode_of(scope) == ATY_ORIGIN_ALWAYS_MODE) {
        return ATY_ORIGIN_ALWAYS;
    }
    return list->lacks_wildcards ? ATY_ORIGIN_WILDCARD : ATY_ORIGIN_BUDGET;
}

/* A list of nothing but the one name of the vhost itself says no more than an empty frame
 * (RFC 8336 Appendix B). */
static bool says_only_itself(const aty_table *view, uint32_t vhost,
                             const aty_origin_list *list)
{
    return list->count == 1 && list->first_vhost == vhost &&
           aty_get(view->vhosts[vhost].name_count) == 1;
}

static void list_encode(encoder *e, uint32_t vhost, aty_seat_record *seat)
{
    const aty_scope *scope = &aty_model_vhost(e->model, vhost)->scope;
    aty_origin_list *list = list_of(e, vhost, aty_get(seat->group));
    aty_origin_state state = state_by_list(scope, list);
    size_t size = says_only_itself(&e->view, vhost, list) ? 0 : list->size;

    seat->origin_state = aty_put((uint32_t)state);
    if (is_sent(state)) {
        seat->frame = aty_put(frame_of(e, list, size));
        seat->frame_size = aty_put((uint32_t)size + ATY_FRAME_HEADER_SIZE);
    }
    aty_origin_list_warn(e->model, &e->view, vhost, list, is_sent(state));
}

/* Where no frame is ever sent, nobody has to know what would stand in it. */
static void seat_encode(encoder *e, uint32_t vhost, aty_seat_record *seat)
{
    const aty_scope *scope = &aty_model_vhost(e->model, vhost)->scope;

    if (!(aty_get(e->view.vhosts[vhost].flags) & ATY_VHOST_H2)) {
        seat->origin_state = aty_put(ATY_ORIGIN_HTTP1_ONLY);
    }
    else if (mode_of(scope) == ATY_ORIGIN_NEVER_MODE) {
        seat->origin_state = aty_put(ATY_ORIGIN_NEVER);
    }
    else {
        list_encode(e, vhost, seat);
    }
}

static void address_set_encode(encoder *e, const uint32_t *vhosts, uint32_t count,
                               uint32_t *chains)
{
    aty_seat_record *seats = aty_writer_records(e->model->writer, ATY_SECTION_SEATS);

    e->covers = apr_hash_make(e->pool);
    e->names = apr_hash_make(e->pool);
    e->lists = apr_hash_make(e->pool);
    e->buckets =
        aty_name_buckets_make(e->pool, &e->view, e->address_set, vhosts, count, chains);
    for (uint32_t i = 0; i < count; i++) {
        const aty_seat_record *seat = aty_vhost_seat(&e->view, vhosts[i], e->address_set);
        seat_encode(e, vhosts[i], seats + (seat - e->view.seats));
    }
    apr_pool_clear(e->pool);
}

void aty_origin_sets_encode(aty_model *model)
{
    encoder e = {
        .model = model, .frames = apr_hash_make(model->pool), .empty_frame = ATY_NONE};
    aty_set_members members;
    uint32_t *chains;

    apr_pool_create(&e.pool, model->pool);
    aty_writer_view(model->writer, &e.view);
    members = aty_set_members_collect(model->pool, &e.view);
    chains =
        apr_palloc(model->pool, (e.view.counts[ATY_SECTION_NAMES] + 1) * sizeof *chains);
    for (uint32_t set = 0; set < e.view.counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        const uint32_t *start = members.starts + set;
        e.address_set = set;
        address_set_encode(&e, members.vhosts + start[0], start[1] - start[0], chains);
    }
    apr_pool_destroy(e.pool);
}
