#include "authorityc/compile.h"

#include "authorityc/certificate.h"
#include "authorityc/digest.h"
#include "authorityc/model.h"
#include "authorityc/pem.h"
#include "authorityc/progress.h"

#define LONG_WORK 10000 /* vhosts from which on a terminal is told what goes on */

/* A phase relies on the records of those before it. */
typedef struct {
    void (*run)(aty_model *);
    const char *what;
} phase;

static const phase reading[] = {
    {aty_addresses_place, "sorting addresses"},
    {aty_names_index, "sorting names"},
    {aty_settings_resolve, "reading certificates"},
    {aty_accept_pairs_resolve, "looking up pairs"},
    {aty_sources_append, "noting sources"},
    {NULL, NULL},
};

/* What these say would mislead where something was an error: a directive that is misspelt
 * is not there. */
static const phase judging[] = {
    {aty_groups_form, "forming groups"},
    {aty_names_check, "checking names"},
    {aty_model_check, "checking vhosts"},
    {aty_groups_check, "checking groups"},
    {aty_sessions_check, "checking sessions"},
    {aty_origin_sets_encode, "making ORIGIN frames"},
    {NULL, NULL},
};

static void phases_run(aty_model *model, const phase *next)
{
    bool is_long = aty_model_vhost_count(model) >= LONG_WORK;

    for (; next->run; next++) {
        if (is_long) {
            aty_progress_phase(next->what);
        }
        next->run(model);
    }
    if (is_long) {
        aty_progress_end();
    }
}

/* The reader must accept what was written; else the fault is ours, and nobody gets it. */
static bool prove(aty_diag *diag, aty_compiled *compiled)
{
    aty_table_status status;

    if (!compiled->blob) {
        aty_diag_error(diag, NULL, "the table would be larger than 4 GiB");
        return false;
    }
    status = aty_table_open(&compiled->table, compiled->blob, compiled->size,
                            aty_digest_sha256);
    if (status != ATY_TABLE_OK) {
        aty_diag_error(diag, NULL, "internal error: %s; please report this policy",
                       aty_table_status_text(status));
    }
    return status == ATY_TABLE_OK;
}

bool aty_compile(apr_pool_t *pool, const aty_policy *policy, aty_diag *diag,
                 aty_compiled *compiled)
{
    aty_model model = {
        .pool = pool,
        .policy = policy,
        .diag = diag,
        .writer = aty_writer_create(pool, policy->sni_policy),
        .certificates = aty_certificates_create(pool),
        .pems = aty_pems_create(pool),
        .files = apr_hash_make(pool),
        .sources = apr_hash_make(pool),
    };

    phases_run(&model, reading);
    if (!aty_diag_is_faulty(diag)) {
        phases_run(&model, judging);
    }
    if (aty_diag_errors(diag) > 0) {
        return false;
    }
    compiled->blob = aty_writer_finish(model.writer, &compiled->size);
    return prove(diag, compiled);
}
