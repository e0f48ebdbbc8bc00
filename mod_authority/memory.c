#include "mod_authority/memory.h"

#include <http_core.h>
#include <http_log.h>

#include "mod_authority/busiest.h"
#include "mod_authority/counters.h"
#include "mod_authority/shared.h"

APLOG_USE_MODULE(authority);

static void prepare(server_rec *main_server, const char *layout, size_t size,
                    void (*use)(void *block))
{
    apr_status_t status;
    void *block = aty_shared_block(main_server->process->pool, layout, size, &status);

    if (block) {
        use(block);
        return;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, status, main_server,
                 "ATY107: no shared memory for '%s' (%" APR_SIZE_T_FMT " bytes): each "
                 "child counts by itself, and authority-status shows what the child that "
                 "answers has counted",
                 layout, (apr_size_t)size);
}

int aty_memory_prepare(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                       server_rec *main_server)
{
    (void)pconf;
    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK; /* the trial pass: nobody is forked from it */
    }
    prepare(main_server, ATY_COUNTER_LAYOUT, ATY_COUNTER_SETS * sizeof(aty_counter_set),
            aty_counters_use);
    prepare(main_server, ATY_BUSIEST_LAYOUT, aty_busiest_size(), aty_busiest_use);
    return OK;
}
