/* The named check of TLS sessions. mod_ssl binds a session to ServerName and its port
 * (ssl_util.c, ssl_util_vhostid; ssl_engine_kernel.c, ssl_find_vhost), and takes the
 * client certificate out of it without looking at it again. Two vhosts on one address
 * cannot both have the name, but on two addresses they can. */
#include "authorityc/model.h"

#include <string.h>

#include <apr_strings.h>

#include "authorityc/unlike_lines.h"

/* What mod_ssl tells the sessions of vhosts apart by. Strings are interned. */
typedef struct {
    uint32_t name; /* string: ServerName */
    uint32_t port;
} session_context;

typedef struct {
    aty_model *model;
    aty_table view;
    apr_pool_t *pool; /* of one comparison */
} session_checker;

static session_context context_of(const session_checker *c, uint32_t vhost)
{
    uint32_t first = aty_get(c->view.vhosts[vhost].first_name);

    return (session_context){aty_get(c->view.names[first].name),
                             aty_model_vhost(c->model, vhost)->server_port};
}

static bool asks(const session_checker *c, uint32_t vhost)
{
    return aty_get(c->view.vhosts[vhost].flags) & ATY_VHOST_ASKS;
}

/* Bytes of what a field comes to, without the names of CAs that are sent to clients:
 * these prove nothing. */
static size_t proof_length(const char *meaning)
{
    const char *names = strstr(meaning, "; names sent: ");

    return names ? (size_t)(names - meaning) : strlen(meaning);
}

static bool proves_alike(const session_checker *c, uint32_t own, uint32_t other,
                         aty_field field)
{
    aty_le32 mine = aty_vhost_setting(&c->view, own, field)->real;
    aty_le32 its = aty_vhost_setting(&c->view, other, field)->real;
    const char *my_text = aty_table_string(&c->view, mine);
    const char *its_text = aty_table_string(&c->view, its);
    size_t length = proof_length(my_text);

    return length == proof_length(its_text) && memcmp(my_text, its_text, length) == 0;
}

/* The fields in which client certificates prove something else, as a mask. */
static uint32_t unlike_proofs(const session_checker *c, uint32_t own, uint32_t other)
{
    static const aty_field fields[] = {ATY_FIELD_CLIENT_AUTH, ATY_FIELD_CLIENT_CA,
                                       ATY_FIELD_REVOCATION};
    uint32_t unlike = 0;

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!proves_alike(c, own, other, fields[i])) {
            unlike |= 1u << fields[i];
        }
    }
    return unlike;
}

/* The first seat of a vhost on an address set that another is not on, or its count. */
static uint32_t seat_apart(const session_checker *c, uint32_t vhost, uint32_t other)
{
    const aty_vhost_record *record = &c->view.vhosts[vhost];
    const aty_seat_record *seats = c->view.seats + aty_get(record->first_seat);
    uint32_t seat = 0;

    while (seat < aty_get(record->seat_count) &&
           aty_vhost_seat(&c->view, other, aty_get(seats[seat].address_set))) {
        seat++;
    }
    return seat;
}

/* The port that clients see; 0: any. */
static uint32_t port_seen(const aty_vhost *vhost)
{
    const aty_directive *port = vhost->scope.public_port;

    return port ? port->number
                : APR_ARRAY_IDX(vhost->addresses, 0, aty_vhost_address).port;
}

/* "; or write the port in ServerName …", where that tells the two apart. */
static const char *port_advice(const session_checker *c, const aty_vhost *own,
                               const aty_vhost *other)
{
    uint32_t mine = port_seen(own);
    uint32_t its = port_seen(other);
    uint32_t port = mine != own->server_port ? mine : its;

    return mine && its && mine != its
               ? apr_psprintf(c->pool, "; or write the port, as 'ServerName %s:%u'",
                              own->server_name->text, port)
               : "";
}

static void sessions_report(const session_checker *c, uint32_t vhost, uint32_t earlier,
                            uint32_t fields)
{
    aty_diag *diag = c->model->diag;
    aty_unlike unlike = aty_unlike_lines(c->pool, c->model, vhost, earlier, fields);
    const aty_word *name = unlike.own->server_name;
    uint32_t seat = seat_apart(c, earlier, vhost);
    bool all_common = seat == aty_get(c->view.vhosts[earlier].seat_count);
    int count;
    const char *names = aty_unlike_names(c->pool, &unlike, &count);

    if (aty_diag_check(diag, ATY_CHECK_SHARED_SESSIONS, &name->place,
                       "httpd resumes TLS sessions of '%s' on %s here, and the other way "
                       "round, without asking for the client certificate again, although "
                       "%s differ%s",
                       name->text,
                       aty_model_address(c->model, earlier, all_common ? 0 : seat), names,
                       count == 1 ? "s" : "")) {
        aty_diag_note(diag, &unlike.other->server_name->place,
                      "this one has the same ServerName");
        aty_diag_note(
            diag, NULL,
            "give one of them a ServerName of its own, and '%s' as ServerAlias%s",
            name->text, port_advice(c, unlike.own, unlike.other));
    }
}

/* A name that the earlier vhost has on every address of this one is duplicate-name: no
 * session of it begins here. */
static void sessions_compare(const session_checker *c, uint32_t vhost, uint32_t earlier)
{
    uint32_t fields =
        asks(c, vhost) || asks(c, earlier) ? unlike_proofs(c, vhost, earlier) : 0;

    if (fields &&
        seat_apart(c, vhost, earlier) < aty_get(c->view.vhosts[vhost].seat_count)) {
        sessions_report(c, vhost, earlier, fields);
        apr_pool_clear(c->pool);
    }
}

/* Each vhost is held against the first of its ServerName: what differs among the others
 * differs from that as well. */
static void contexts_compare(const session_checker *c, apr_pool_t *pool)
{
    uint32_t count = aty_model_vhost_count(c->model);
    session_context *contexts = apr_palloc(pool, count * sizeof *contexts);
    apr_hash_t *known = apr_hash_make(pool);

    for (uint32_t vhost = 0; vhost < count; vhost++) {
        contexts[vhost] = context_of(c, vhost);
        const session_context *first =
            apr_hash_get(known, &contexts[vhost], sizeof *contexts);
        if (first) {
            sessions_compare(c, vhost, (uint32_t)(first - contexts));
        }
        else {
            apr_hash_set(known, &contexts[vhost], sizeof *contexts, &contexts[vhost]);
        }
    }
}

void aty_sessions_check(aty_model *model)
{
    session_checker c = {.model = model};
    apr_pool_t *pool;
    uint32_t vhost = 0;

    aty_writer_view(model->writer, &c.view);
    while (vhost < aty_model_vhost_count(model) && !asks(&c, vhost)) {
        vhost++;
    }
    if (vhost == aty_model_vhost_count(model)) {
        return;
    }
    apr_pool_create(&pool, model->pool);
    apr_pool_create(&c.pool, pool);
    contexts_compare(&c, pool);
    apr_pool_destroy(pool);
}
