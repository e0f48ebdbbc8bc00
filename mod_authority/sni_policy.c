#include "mod_authority/sni_policy.h"

#include <stdbool.h>
#include <strings.h>

#include <apr_strings.h>
#include <http_config.h>
#include <http_log.h>

#include "core/sni_policy.h"
#include "mod_authority/config_tree.h"

APLOG_USE_MODULE(authority);

#define DIRECTIVE    "SSLVHostSNIPolicy"
#define REMEMBER_KEY "mod_authority:" DIRECTIVE

static const char *compare_known(apr_pool_t *pool, aty_sni_policy policy)
{
    const char *word = aty_tree_top_word(pool, DIRECTIVE);
    const char *live = word ? word : aty_sni_policy_name(ATY_SNI_SECURE);

    if (aty_sni_policy_named(live) == policy) {
        return NULL;
    }
    return apr_psprintf(pool,
                        "its SNIPolicy is '%s', and " DIRECTIVE " of this httpd is "
                        "'%s'%s; make them the same and compile it again",
                        aty_sni_policy_name(policy), live, word ? "" : " by default");
}

const char *aty_sni_policy_compare(apr_pool_t *pool, const aty_table *table)
{
    if (!ap_find_linked_module("mod_ssl.c")) {
        return NULL;
    }
    if (ap_exists_directive(pool, DIRECTIVE)) {
        return compare_known(pool, table->sni_policy);
    }
    if (table->sni_policy == ATY_SNI_LEGACY) {
        return NULL;
    }
    return apr_psprintf(pool,
                        "its SNIPolicy is '%s', and this httpd has no " DIRECTIVE
                        "; write 'SNIPolicy legacy' into the policy and compile it again",
                        aty_sni_policy_name(table->sni_policy));
}

static void log_forgotten(const server_rec *main_server, const char *old)
{
    ap_log_error(
        APLOG_MARK, APLOG_WARNING, 0, main_server,
        "ATY105: " DIRECTIVE " was '%s' before, and its line was taken out: "
        "mod_ssl goes on with '%s' until httpd is stopped and started; write the "
        "line '" DIRECTIVE " secure' instead",
        old, old);
}

void aty_sni_policy_remember(server_rec *main_server, apr_pool_t *scratch)
{
    apr_pool_t *process = main_server->process->pool;
    const char *word = aty_tree_top_word(scratch, DIRECTIVE);
    void *data = NULL;
    const char *old;

    apr_pool_userdata_get(&data, REMEMBER_KEY, process);
    old = data;
    if (word && (!old || strcasecmp(word, old) != 0)) {
        /* Not _setn: the key must outlive this module, which restarts unload. */
        apr_pool_userdata_set(apr_pstrdup(process, word), REMEMBER_KEY, NULL, process);
    }
    if (!word && old && aty_sni_policy_named(old) != ATY_SNI_SECURE) {
        log_forgotten(main_server, old);
    }
}
