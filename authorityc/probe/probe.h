/* probe.h: what a probe asks, what servers show, and what is found.
 *
 * A probe has nodes (addresses with a port), visits (a handshake on a node for one SNI,
 * and the requests on that connection) and findings. Everything is in the probe's pool;
 * of a handshake only what is compared is kept, equal texts and lists once.
 */
#ifndef ATY_AUTHORITYC_PROBE_H
#define ATY_AUTHORITYC_PROBE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/probe/probe_client.h"
#include "authorityc/probe/probe_faults.h"
#include "authorityc/resolve.h"
#include "core/table.h"

#define ATY_PROBE_PAIRS_MAX 5000000 /* of --all-pairs: what fits into memory */

/* HOST:PORT of --connect. */
typedef struct {
    const char *host; /* a name, or an address without brackets */
    uint16_t port;
} aty_probe_target;

/* What the command line says. */
typedef struct {
    aty_probe_server server;
    const apr_array_header_t *targets; /* aty_probe_target; empty: none */
    const apr_array_header_t *names;   /* const char *, lower case; NULL: there is a
                                          policy */
    const char *address;               /* of --address, or NULL */
    uint16_t port;                     /* of --port */
    bool dns;
    bool each_address;
    bool all_pairs;
    bool http1;
    bool proxy_protocol;
    const char *ca;          /* files, or NULL */
    const char *certificate; /* of the client, with its key */
    const char *key;
    SSL_CTX *tls;
    uint32_t rate;         /* requests and connections a second */
    uint32_t milliseconds; /* of --timeout */
    const char *path;
    const char *vhost_header;
    aty_resolver *resolver;
    const volatile sig_atomic_t *stop; /* nonzero: end, and tell what is known */
} aty_probe_options;

/* An address that is asked. */
typedef struct {
    const char *address;             /* as inet_ntop writes it */
    const apr_array_header_t *spare; /* const char *: all addresses of the name; where
                                        one cannot be connected to, the next one is
                                        taken. NULL: it is about this address alone */
    int spare_next;
    uint16_t port;
    uint32_t address_set;             /* of the table; ATY_NONE without one */
    const apr_array_header_t *vhosts; /* uint32_t, ascending: those whose names lead here;
                                         NULL: all of the address set */
    bool reached;                     /* some handshake went well */
    uint32_t failures;                /* handshakes in a row that did not */
    uint64_t lost;                    /* nanoseconds spent on what did not answer */
    bool given_up;                    /* no more is asked here */
} aty_probe_node;

/* A request of a visit, and its answer, as in aty_probe_request. */
typedef struct {
    const char *authority; /* the host, in lower case */
    bool asked;
    uint8_t tries;
    bool reset;
    int status;
    uint32_t reset_code;
    const char *vhost;
    const char *fault; /* NULL where there is a status or a reset */
    const char *text;  /* of a 421, asked again by GET; or NULL */
} aty_probe_answer;

/* A connection on a node for one SNI. */
typedef struct {
    aty_probe_node *node;
    const char *sni;   /* in lower case; NULL: none is sent */
    uint32_t vhost;    /* of the table, that the SNI selects; ATY_NONE without one */
    bool is_of_nobody; /* the SNI is no vhost's, or none is sent */
    bool tried;
    bool withheld; /* nothing is asked, since a client certificate is missing */
    aty_probe_answer anonymous; /* where the policy and the server ask for one: to its own
                                   name without one; `authority` is NULL where that was
                                   not asked */
    bool anonymous_refused;     /* TLS ended for want of one */
    aty_probe_handshake shown;  /* its certificate is NULL */
    apr_array_header_t *answers; /* aty_probe_answer */
} aty_probe_visit;

/* Where something is written. */
typedef struct {
    const char *text; /* the directive, or what stands there */
    aty_le32 file;    /* string of the table; "" for a default */
    aty_le32 line;
} aty_probe_written;

typedef struct {
    aty_probe_fault fault;
    uint32_t number;              /* in the order in which they were found */
    const aty_probe_node *node;   /* NULL: of a name, not of a connection */
    const aty_probe_visit *visit; /* NULL likewise */
    const char *name;             /* the SNI, or the name that resolves; NULL: none */
    const char *authority;        /* NULL: it is about the handshake */
    const char *expected;         /* lower case, no full stop; NULL: nothing */
    const char *got;              /* likewise; never NULL */
    const char *reason;           /* of a verdict, by its stable name; or NULL */
    apr_array_header_t *written;  /* aty_probe_written */
} aty_probe_finding;

/* A name and where it leads. */
typedef struct {
    const char *name;
    uint32_t vhost; /* ATY_NONE without a table */
    aty_resolved resolved;
} aty_probe_name;

typedef struct {
    apr_pool_t *pool;
    const aty_probe_options *options;
    const aty_table *table;       /* NULL: no policy */
    apr_array_header_t *nodes;    /* aty_probe_node * */
    apr_hash_t *node_index;       /* those of one address, by it */
    apr_array_header_t *visits;   /* aty_probe_visit *, by node */
    apr_array_header_t *findings; /* aty_probe_finding */
    apr_array_header_t *names;    /* aty_probe_name: those that were resolved */
    uint32_t silent_names;        /* of them, those DNS said nothing about */
    apr_hash_t *kept;             /* texts and lists, each once */
    uint64_t pairs;               /* that could be asked */
    uint64_t pairs_planned;
    uint32_t names_left_out;       /* without a handshake of their own */
    uint32_t connections;          /* that were made */
    uint32_t steps, steps_planned; /* visits and their requests: asked, and all */
    uint64_t next; /* nanoseconds on the monotonic clock: when rate allows more */
    bool stopped;
} aty_probe;

aty_probe *aty_probe_make(apr_pool_t *pool, const aty_probe_options *options,
                          const aty_table *table);

/* probe_nodes.c, probe_dns.c: which addresses are asked. NULL, or why there is none:
 * lower case, no full stop. */
const char *aty_probe_nodes_find(aty_probe *probe);
const char *aty_probe_nodes_resolve(aty_probe *probe);

/* A node for the address, which may be there already. */
aty_probe_node *aty_probe_node_add(aty_probe *probe, const char *address, uint16_t port,
                                   uint32_t address_set);

/* Resolves the names, many at a time; stops where the probe does. The answers are in
 * probe->names. */
void aty_probe_names_resolve(aty_probe *probe, const apr_array_header_t *names);

/* probe_plan.c: what is asked there, with a policy. NULL, or why it cannot be. */
const char *aty_probe_plan(aty_probe *probe);

/* probe_matrix.c: without one: each name's connection, and all names on it. NULL, or why
 * there is nothing to ask. */
const char *aty_probe_matrix_plan(aty_probe *probe);

/* A visit without requests, and a request of it. */
aty_probe_visit *aty_probe_visit_add(aty_probe *probe, aty_probe_node *node,
                                     const char *sni);
void aty_probe_visit_ask(aty_probe_visit *visit, const char *authority);

/* probe_run.c: asks, in the order of the plan, and judges each visit when it is done. */
void aty_probe_run(aty_probe *probe);

/* probe_keep.c: what is kept of a handshake. */
void aty_probe_keep(aty_probe *probe, const aty_probe_handshake *handshake,
                    aty_probe_handshake *kept);

/* The text, once. */
const char *aty_probe_text(aty_probe *probe, const char *text);

/* The texts in their order, without doubles. */
apr_array_header_t *aty_probe_texts_sort(apr_pool_t *pool,
                                         const apr_array_header_t *texts);

/* probe_rate.c: waits until so many more may be sent. False where the probe is to stop.
 */
bool aty_probe_wait(aty_probe *probe, uint32_t count);

/* Of that many requests, those that are sent together. */
uint32_t aty_probe_batch(const aty_probe *probe, uint32_t count);

/* Nanoseconds on the monotonic clock. */
uint64_t aty_probe_now(void);

/* probe_judge.c: holds a visit against what is expected of it. */
void aty_probe_judge(aty_probe *probe, const aty_probe_visit *visit);

/* probe_fleet.c: holds the nodes against each other. */
void aty_probe_fleet(aty_probe *probe);

/* Findings by gravity, and in the order in which they were made. */
void aty_probe_findings_sort(aty_probe *probe);

/* probe_text.c, probe_json.c: the answer, on standard output. */
void aty_probe_print(const aty_probe *probe, const char *input, bool colour);
void aty_probe_json(const aty_probe *probe, const char *input);

/* How many visits and requests were planned, and how many of the visits were tried. */
typedef struct {
    uint32_t visits, visits_tried;
    uint32_t requests, requests_asked;
} aty_probe_extent;

aty_probe_extent aty_probe_extent_of(const aty_probe *probe);

/* Without a policy nobody knows what the server is. */
static inline aty_probe_server aty_probe_server_of(const aty_probe *probe)
{
    return probe->table ? probe->options->server : ATY_SERVER_OTHER;
}

static inline aty_probe_visit *aty_probe_visit_at(const aty_probe *probe, int index)
{
    return APR_ARRAY_IDX(probe->visits, index, aty_probe_visit *);
}

static inline aty_probe_answer *aty_probe_answer_at(const aty_probe_visit *visit,
                                                    int index)
{
    return &APR_ARRAY_IDX(visit->answers, index, aty_probe_answer);
}

/* "192.0.2.1:443", "[2001:db8::1]:443". */
const char *aty_probe_node_text(apr_pool_t *pool, const aty_probe_node *node);

#endif
