#include "mod_authority/drift.h"

#include <string.h>

#include <apr_strings.h>

#include "core/reason.h"
#include "mod_authority/drift_checks.h"
#include "mod_authority/place.h"

/* Those that put the whole vhost into quarantine. Lending its TLS versions to others
 * stands apart, since it concerns them. */
static aty_drift_check *const checks[] = {
    aty_drift_client_auth, aty_drift_client_ca, aty_drift_words, aty_drift_conf_cmds,
    aty_drift_ciphers,     aty_drift_names,     aty_drift_http,  aty_drift_default_vhost,
};

const char *aty_drift_text_at(const aty_drift_search *search, const aty_live *live,
                              aty_field field, const aty_place_record *place,
                              const char *table, const char *httpd)
{
    const char *where =
        place && aty_get(place->file)
            ? aty_place_text(search->scratch, search->table, place->file, place->line)
            : aty_place_vhost(search->scratch, search->table, live->vhost);

    return apr_psprintf(search->pool, "%s: the table has %s (%s), httpd %s",
                        field == ATY_FIELD_HTTP ? "Protocols"
                                                : aty_reason_name((aty_reason)field),
                        table, where, httpd);
}

const char *aty_drift_text(const aty_drift_search *search, const aty_live *live,
                           aty_field field, const char *table, const char *httpd)
{
    const aty_setting_record *setting =
        aty_vhost_setting(search->table, live->vhost, field);
    const aty_place_record *place = search->table->places + aty_get(setting->first_place);
    const aty_place_record *end = place + aty_get(setting->place_count);

    while (place < end && !aty_get(place->file)) {
        place++;
    }
    return aty_drift_text_at(search, live, field, place < end ? place : NULL, table,
                             httpd);
}

static void add(const aty_drift_search *search, aty_live *live, const char *what)
{
    live->why = live->why ? apr_pstrcat(search->pool, live->why, "; ", what, NULL) : what;
    live->state = ATY_LIVE_DRIFTED;
}

static void compare(aty_drift_search *search, aty_live *live)
{
    const char *what;

    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        what = checks[i](search, live);
        if (what) {
            add(search, live, what);
        }
    }
    what = aty_drift_protocol(search, live);
    if (what) {
        add(search, live, what);
        live->lends_other_tls = true;
    }
    live->is_quarantined = live->state == ATY_LIVE_DRIFTED;
    what = aty_drift_certificates(search, live);
    if (what) {
        add(search, live, what);
    }
    if (live->is_pending && live->state == ATY_LIVE_AGREES) {
        live->state = ATY_LIVE_PENDING;
        live->why = "mod_md has no certificate for it yet";
    }
}

/* With `AuthorityDrift ignore` all is as the table says. */
static void pardon(aty_live *live)
{
    live->is_quarantined = false;
    live->lends_other_tls = false;
    live->lost = NULL;
}

void aty_drift_find(aty_site *site, apr_pool_t *pool, apr_pool_t *scratch)
{
    aty_drift_search search = {
        .site = site,
        .table = &site->table,
        .pool = pool,
        .scratch = scratch,
        .ciphers = apr_hash_make(scratch),
        .lost = apr_hash_make(scratch),
        .tree = aty_tree_read(scratch),
    };

    for (int i = site->live ? site->live->nelts : 0; i-- > 0;) {
        aty_live *live = APR_ARRAY_IDX(site->live, i, aty_live *);
        if (live->vhost == ATY_NONE) {
            aty_drift_names(&search, live); /* all of them are strays */
            live->lends_other_tls = true;   /* as far as anybody knows */
            continue;
        }
        compare(&search, live);
        if (site->drift == ATY_DRIFT_IGNORE) {
            pardon(live);
        }
    }
}

bool aty_drift_is_any(const aty_site *site)
{
    for (int i = 0; site->live && i < site->live->nelts; i++) {
        if (APR_ARRAY_IDX(site->live, i, const aty_live *)->state == ATY_LIVE_DRIFTED) {
            return true;
        }
    }
    return site->missing != NULL;
}
