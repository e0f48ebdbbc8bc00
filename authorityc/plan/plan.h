/* plan.h: what can be done about the 421s that ORIGIN frames cannot prevent.
 *
 * A remedy is a changed policy. What it ends is not estimated: the changed policy is
 * compiled, and its attempts are counted. So whatever a plan says can be shown by
 * `authorityc diff` of the policy before and after.
 */
#ifndef ATY_AUTHORITYC_PLAN_H
#define ATY_AUTHORITYC_PLAN_H

#include <stdbool.h>
#include <stdio.h>

#include <apr_pools.h>
#include <apr_tables.h>
#include <jansson.h>

#include "authorityc/compile.h"
#include "authorityc/plan/plan_attempts.h"
#include "authorityc/plan/plan_traffic.h"
#include "authorityc/policy.h"

/* Cheapest first: that is the order in which they are told and applied. */
typedef enum {
    ATY_REMEDY_UNIFY,        /* one spelling, where only the spelling differs */
    ATY_REMEDY_HTTP1,        /* Protocols http/1.1, where a <Location> wants it */
    ATY_REMEDY_CERTIFICATES, /* certificates that do not reach into other groups */
    ATY_REMEDY_ADDRESSES,    /* addresses for those that must not meet */
    ATY_REMEDY_COUNT
} aty_remedy_kind;

/* "unify", "http1", "certificates", "addresses": as options and JSON have it. */
const char *aty_remedy_name(aty_remedy_kind kind);

typedef struct {
    uint32_t max_names;       /* of a certificate, at most */
    const char *directory;    /* absolute: of the changed policy */
    const char *certificates; /* absolute: the directory of wanted certificates */
    const apr_array_header_t *addresses; /* const char *, to give away; what is missing is
                                            taken from RFC 5737 and RFC 3849 */
} aty_plan_options;

/* Lines of a vhost that change. */
typedef struct {
    uint32_t vhost;     /* of the policy */
    const char *before; /* directives, a line each, or "" */
    const char *after;  /* what stands in their place, or "" */
} aty_plan_change;

/* Kinds of keys, as those of certbot's --key-type. A vhost with both has two
 * certificates, of which each client takes the one it knows. */
typedef enum {
    ATY_KEY_ECDSA,
    ATY_KEY_RSA,
    ATY_KEY_COUNT
} aty_plan_key;

/* "ecdsa", "rsa". */
const char *aty_plan_key_name(aty_plan_key key);

/* A certificate that is wanted. Where its vhosts want one of each kind, these follow one
 * another, and have one and the same array of vhosts. */
typedef struct {
    const char *path;           /* where the changed policy has it, relative to it */
    apr_array_header_t *names;  /* const char *, the main one first */
    apr_array_header_t *vhosts; /* uint32_t, in file order */
    bool wildcard;              /* needs a DNS challenge */
    aty_plan_key key;           /* of the kind that the vhosts have now, */
    uint32_t key_bits;          /* and as long as the longest */
} aty_plan_certificate;

/* An attempt that a remedy leaves, and why nothing of its kind helps. */
typedef struct {
    uint32_t vhost;  /* on whose connections it is made */
    uint32_t name;   /* the record of the name that is tried; ATY_NONE: several */
    uint64_t pairs;  /* of their groups, for the reason */
    const char *why; /* lower case, no full stop */
} aty_plan_obstacle;

/* An address that is wanted beside those that are there. */
typedef struct {
    const char *address; /* as it stands in <VirtualHost>, "192.0.2.1:443" */
    const char *instead; /* the one that the vhosts leave */
    const aty_vhost_address *at, *was; /* both of them */
    apr_array_header_t *vhosts; /* uint32_t, in file order: the first is the default */
} aty_plan_address;

/* A policy as it would be, and what that comes to. */
typedef struct {
    aty_remedy_kind kind;
    const aty_policy *policy; /* its vhosts are those of before, in their order */
    aty_compiled compiled;
    apr_array_header_t *changes; /* aty_plan_change; none: it changes nothing */
    apr_array_header_t
        *certificates;             /* aty_plan_certificate; of ATY_REMEDY_CERTIFICATES */
    apr_array_header_t *addresses; /* aty_plan_address; of ATY_REMEDY_ADDRESSES */
    apr_array_header_t *obstacles; /* aty_plan_obstacle; NULL: none */
    uint64_t resets;               /* names of which HTTP/2 streams are reset for want of
                                      a renegotiation, on their own connections; ended by
                                      ATY_REMEDY_HTTP1, and no attempts */
    bool least;                    /* fewer addresses are proven to be impossible */
    const aty_attempts *before;    /* without it, and with those it stands on */
    const aty_attempts *after;
    uint64_t requests_before, requests_after; /* of the log */
    const char *cost;                         /* a sentence, lower case, no full stop */
    const char *fault;                        /* NULL, or why it cannot be: lower case */
} aty_remedy;

typedef struct {
    const aty_policy *policy;
    aty_compiled compiled;
    const aty_attempts *attempts;
    const aty_traffic *traffic; /* NULL: no log */
    /* Each on top of unify alone; unify on the policy as it is. */
    aty_remedy remedies[ATY_REMEDY_COUNT];
} aty_plan;

/* Makes the plan of a policy that was compiled. Large policies show progress. */
aty_plan *aty_plan_make(apr_pool_t *pool, const aty_policy *policy,
                        const aty_compiled *compiled, const aty_traffic *traffic,
                        const aty_plan_options *options);

/* Applies one remedy to a policy that was compiled: fills in all of it. `traffic` may be
 * NULL. */
void aty_plan_remedy_make(apr_pool_t *pool, aty_remedy_kind kind,
                          const aty_policy *policy, const aty_compiled *compiled,
                          const aty_attempts *attempts, const aty_traffic *traffic,
                          const aty_plan_options *options, aty_remedy *remedy);

/* Compiles a policy, and keeps no more of that than the table. Whatever is wrong is in
 * `diag`; false where anything was an error. */
bool aty_plan_compile(apr_pool_t *pool, const aty_policy *policy, aty_diag *diag,
                      aty_compiled *compiled);

/* Compiles the remedy's policy and finds its attempts, unless that is done. On failure
 * `fault` says why. */
void aty_plan_prove(apr_pool_t *pool, aty_remedy *remedy);

/* The plan as an object of the caller's. */
json_t *aty_plan_json(const aty_plan *plan);

/* The certificates that a remedy wants, as an array of the caller's. */
json_t *aty_plan_certificates_json(const aty_plan *plan, const aty_remedy *remedy);

/* The plan for people, and one remedy of it in full, as lines to copy. */
void aty_plan_text(const aty_plan *plan, FILE *stream);
void aty_plan_remedy_text(const aty_plan *plan, const aty_remedy *remedy, FILE *stream);

/* Forms of wanted certificates. */
typedef enum {
    ATY_FORM_POLICY,  /* lines of the vhosts */
    ATY_FORM_MDOMAIN, /* <MDomain> of mod_md */
    ATY_FORM_CERTBOT, /* commands */
    ATY_FORM_JSON,
    ATY_FORM_COUNT
} aty_certificate_form;

/* "mdomain" …; ATY_FORM_COUNT for none of them. */
aty_certificate_form aty_certificate_form_named(const char *name);

void aty_plan_certificates_text(const aty_plan *plan, const aty_remedy *remedy,
                                aty_certificate_form form, FILE *stream);

/* One step, on a policy and its table, by the kinds above: fills in policy, changes,
 * certificates and addresses of the remedy; aty_plan_make does the rest. A policy that
 * needs no change comes back as it was, without changes. */
typedef struct {
    const aty_policy *policy;
    const aty_table *table;
    const aty_attempts *attempts;
    const aty_plan_options *options;
} aty_plan_site;

void aty_plan_unify(apr_pool_t *pool, const aty_plan_site *site, aty_remedy *remedy);
void aty_plan_http1(apr_pool_t *pool, const aty_plan_site *site, aty_remedy *remedy);
void aty_plan_certificates(apr_pool_t *pool, const aty_plan_site *site,
                           aty_remedy *remedy);
void aty_plan_addresses(apr_pool_t *pool, const aty_plan_site *site, aty_remedy *remedy);

#endif
