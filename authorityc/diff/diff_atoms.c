/* Names that behave alike, put together: rows of connections and columns of authorities.
 */
#include "authorityc/diff/diff.h"

#include <string.h>

#include "authorityc/ids.h"

/* The atom of an array that is like this one, with the host in it. */
static void host_put(apr_pool_t *pool, aty_ids *ids, apr_array_header_t *atoms,
                     const aty_diff_atom *like, uint32_t host)
{
    uint32_t index = aty_ids_take(ids, like, sizeof *like);
    aty_diff_atom *atom;

    if ((int)index == atoms->nelts) {
        atom = &APR_ARRAY_PUSH(atoms, aty_diff_atom);
        *atom = *like;
        atom->hosts = apr_array_make(pool, 2, sizeof(uint32_t));
    }
    atom = &APR_ARRAY_IDX(atoms, (int)index, aty_diff_atom);
    APR_ARRAY_PUSH(atom->hosts, uint32_t) = host;
    atom->count++;
}

/* The outcome that requests for the vhost have by themselves; 0: none. */
static uint32_t outcome_of(const aty_table *table, uint32_t vhost)
{
    aty_reason reason = aty_request_reason(table, vhost);

    return reason == ATY_REASON_COUNT ? 0 : ATY_OUTCOME_REASON(reason);
}

/* Whether the vhost refuses the name as nobody's, even on its own connection. */
static bool is_refused(const aty_table *table, uint32_t vhost, const char *name)
{
    const aty_pair own = {
        .connection = vhost,
        .address_set = ATY_NONE,
        .base = ATY_NONE,
        .request = vhost,
        .authority = name,
        .authority_length = strlen(name),
        .had_sni = true,
        .h2 = true,
    };

    return aty_verdict_decide(table, &own).outcome == ATY_MISDIRECTED;
}

static void column_side_fill(const aty_diff *diff, int side, const char *name,
                             aty_diff_atom *column)
{
    const aty_table *table = &diff->sides[side].table;
    uint32_t vhost = column->vhosts[side];

    column->unknown[side] = is_refused(table, vhost, name);
    column->reasons[side] = diff->h2 ? outcome_of(table, vhost) : 0;
    column->covers[side] = aty_vhost_covers(table, vhost, name, strlen(name))
                               ? aty_diff_covering(diff->sides[side].cover, name)
                               : ATY_NONE;
}

/* All that is the same for the names of an atom; its padding is a part of the key. */
static void atom_begin(aty_diff_atom *atom, const aty_diff_host *host)
{
    memset(atom, 0, sizeof *atom);
    atom->kept = aty_diff_host_is_kept(host);
    memcpy(atom->vhosts, host->vhosts, sizeof atom->vhosts);
}

static void row_fill(const aty_diff *diff, aty_diff_atom *row)
{
    for (int side = 0; side < ATY_SIDES; side++) {
        row->covers[side] = aty_diff_cover_of(diff->sides[side].cover, row->vhosts[side]);
    }
}

/* The connection without SNI: the last row. */
static void nameless_add(aty_diff *diff, aty_diff_point *point)
{
    aty_diff_atom *row = &APR_ARRAY_PUSH(point->rows, aty_diff_atom);

    memset(row, 0, sizeof *row);
    row->count = 1;
    row->kept = true;
    for (int side = 0; side < ATY_SIDES; side++) {
        row->vhosts[side] = aty_get(
            diff->sides[side].table.address_sets[point->sets[side]].default_vhost);
    }
}

void aty_diff_atoms_form(aty_diff *diff, aty_diff_point *point)
{
    aty_ids *rows = aty_ids_make(diff->pool);
    aty_ids *columns = aty_ids_make(diff->pool);

    point->rows = apr_array_make(diff->pool, 16, sizeof(aty_diff_atom));
    point->columns = apr_array_make(diff->pool, 16, sizeof(aty_diff_atom));
    for (uint32_t i = 0; i < (uint32_t)point->hosts->nelts; i++) {
        const aty_diff_host *host = aty_diff_host_at(point, i);
        aty_diff_atom atom;
        if (host->connects) {
            atom_begin(&atom, host);
            row_fill(diff, &atom);
            host_put(diff->pool, rows, point->rows, &atom, i);
        }
        atom_begin(&atom, host);
        for (int side = 0; side < ATY_SIDES; side++) {
            column_side_fill(diff, side, host->name, &atom);
        }
        host_put(diff->pool, columns, point->columns, &atom, i);
    }
    nameless_add(diff, point);
}
