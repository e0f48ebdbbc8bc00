/* status_facts.h: what the status page tells, gathered once; every format prints the
 * same.
 *
 * All texts are valid UTF-8 without control characters, whoever wrote them: what clients
 * sent, what a configuration file or the file system has. Nothing is escaped for any
 * format yet.
 */
#ifndef ATY_MOD_AUTHORITY_STATUS_FACTS_H
#define ATY_MOD_AUTHORITY_STATUS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include <apr_tables.h>
#include <httpd.h>

#include "mod_authority/busiest.h"
#include "mod_authority/config.h"
#include "mod_authority/counters.h"

/* Pairs that are told. */
#define ATY_STATUS_PAIRS 20

/* Vhosts that are told one by one. */
#define ATY_STATUS_VHOSTS 100

typedef enum {
    ATY_HEALTH_GOOD,
    ATY_HEALTH_ATTENTION, /* it works, but not all of it as the policy means it */
    ATY_HEALTH_BAD,       /* there is no table */
    ATY_HEALTHS
} aty_health;

/* What a vhost can be: the states of a live one (aty_live_state), or in the table alone.
 */
#define ATY_STATUS_MISSING ATY_LIVE_STATES
#define ATY_STATUS_STATES  (ATY_LIVE_STATES + 1)

/* A vhost that is not in order. */
typedef struct {
    const char *name;  /* ServerName */
    const char *place; /* "file:line" of httpd's configuration, or of the policy */
    const char *why;
    int state; /* ATY_LIVE_… or ATY_STATUS_MISSING */
} aty_status_vhost;

/* A pair that is misdirected often; see aty_busy_pair. */
typedef struct {
    const char *connection; /* ServerName; "" not known */
    const char *requested;  /* NULL: no vhost has the name */
    const char *example;
    bool had_sni;
    aty_reason reason;
    uint64_t refused;
    uint64_t observed;
    apr_time_t last;
} aty_status_pair;

typedef struct {
    aty_health health;
    const char *summary; /* a sentence or two: why */
    apr_time_t now;
    const char *server; /* name of the one that was asked */

    const char *table;        /* path; NULL: AuthorityTable is not set */
    const char *table_place;  /* of AuthorityTable */
    const char *failure;      /* why it cannot be used; NULL: it is in use, or not set */
    const char *id;           /* SHA-256, 64 hexadecimal digits; NULL: no table in use */
    const char *sni_policy;   /* "secure"; NULL likewise */
    apr_time_t written;       /* 0: not known */
    apr_time_t loaded;        /* 0: no table in use */
    uint32_t vhosts_in_table; /* the next three are 0 without one */
    uint32_t names_in_table;
    uint32_t groups_in_table;

    const char *drift;                        /* "quarantine", "refuse", "ignore" */
    uint32_t engines[ATY_ENGINE_OBSERVE + 1]; /* live vhosts with TLS, by engine */
    uint32_t states[ATY_STATUS_STATES];       /* vhosts; all 0 without a table */
    apr_array_header_t *vhosts; /* aty_status_vhost: what is not in order, at most
                                   ATY_STATUS_VHOSTS */
    uint32_t vhosts_left_out;

    uint64_t counts[ATY_COUNTERS];
    uint64_t misdirected; /* all reasons together */
    uint64_t would;
    aty_status_pair pairs[ATY_STATUS_PAIRS]; /* most first */
    size_t pair_count;
} aty_status_facts;

/* Gathers them for an answer to the request. */
const aty_status_facts *aty_status_gather(request_rec *r);

/* "good", "attention", "bad". */
const char *aty_health_name(aty_health health);

/* "on", "off", "observe". */
const char *aty_engine_name(aty_engine engine);

/* "unknown", "agrees", "pending", "drifted", "missing". */
const char *aty_status_state_name(int state);

#endif
