/* model.h: a policy on its way into a table: what the phases of the compiler share.
 *
 * Phases, in order (compile.c): addresses, names, settings (with certificate files),
 * AcceptPairs, groups, checks, ORIGIN frames. Each appends to the writer; record N of a
 * vhost section is vhost N of the policy.
 */
#ifndef ATY_AUTHORITYC_MODEL_H
#define ATY_AUTHORITYC_MODEL_H

#include <stdint.h>

#include <apr_hash.h>
#include <apr_pools.h>

#include "authorityc/diag.h"
#include "authorityc/policy.h"
#include "authorityc/table_writer.h"

typedef struct {
    apr_pool_t *pool;
    const aty_policy *policy;
    aty_diag *diag;
    aty_writer *writer;
    struct aty_certificates *certificates; /* certificate.h */
    struct aty_pems *pems;                 /* pem.h */
    apr_hash_t *files;                     /* model.c: aty_source * -> its path */
    apr_hash_t *sources;                   /* model.c: aty_source_record, by itself */
} aty_model;

/* Vhost N of the policy. */
const aty_vhost *aty_model_vhost(const aty_model *model, uint32_t vhost);

uint32_t aty_model_vhost_count(const aty_model *model);

/* The address of seat N of a vhost, "192.0.2.1:443", "*:443", "[2001:db8::1]:*". */
const char *aty_model_address(const aty_model *model, uint32_t vhost, uint32_t seat);

/* The word in the policy that name record N came from. */
const aty_word *aty_model_name_word(const aty_model *model, uint32_t name);

/* A path as tables and messages show it: relative to the policy where it lies below it.
 */
const char *aty_model_path(const aty_model *model, const char *path);

/* The file of a place, likewise: the same from wherever the compiler was started. */
const char *aty_model_source(const aty_model *model, const aty_place *place);

/* The same as a string of the table; also remembers where the place comes from. */
aty_le32 aty_model_file(const aty_model *model, const aty_place *place);

/* model.c: appends where places of an imported policy come from. */
void aty_sources_append(aty_model *model);

/* addresses.c: appends the address sets and every vhost's seats. */
void aty_addresses_place(aty_model *model);

/* name_index.c: appends the name records and indexes; reports duplicate names. */
void aty_names_index(aty_model *model);

/* settings.c: fills in the settings, certificates, locations and flags of the vhosts. */
void aty_settings_resolve(aty_model *model);

/* accept_pairs.c: appends the AcceptPairs; reports names that nobody has. */
void aty_accept_pairs_resolve(aty_model *model);

/* groups.c: gives every seat its group. */
void aty_groups_form(aty_model *model);

/* name_checks.c: the named checks that look at names and what covers them. */
void aty_names_check(aty_model *model);

/* model_checks.c: the named checks that look at vhosts and AcceptPairs. */
void aty_model_check(aty_model *model);

/* group_checks.c: the named checks that look at groups. */
void aty_groups_check(aty_model *model);

/* session_checks.c: the named check that looks at what TLS sessions prove. */
void aty_sessions_check(aty_model *model);

/* origin_sets.c: gives every seat its ORIGIN frame, or the reason why it has none. */
void aty_origin_sets_encode(aty_model *model);

#endif
