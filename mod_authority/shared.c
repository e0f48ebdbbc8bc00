#include "mod_authority/shared.h"

#include <stdint.h>

#include <apr_shm.h>
#include <apr_strings.h>

static void *aligned(apr_shm_t *memory)
{
    uintptr_t address = (uintptr_t)apr_shm_baseaddr_get(memory);

    return (void *)((address + ATY_SHARED_ALIGNMENT - 1) &
                    ~(uintptr_t)(ATY_SHARED_ALIGNMENT - 1));
}

void *aty_shared_block(apr_pool_t *process_pool, const char *name, size_t size,
                       apr_status_t *status)
{
    char key[64]; /* the pool keeps a copy of its own, of the first */
    apr_shm_t *memory;
    void *block = NULL;

    apr_snprintf(key, sizeof key, "mod_authority %s, %" APR_SIZE_T_FMT, name,
                 (apr_size_t)size);
    *status = apr_pool_userdata_get(&block, key, process_pool);
    if (*status != APR_SUCCESS || block) {
        return block;
    }
    /* Without a name: nobody else can open it, and it is gone with the last process. The
     * system hands it out zeroed. */
    *status = apr_shm_create(&memory, size + ATY_SHARED_ALIGNMENT, NULL, process_pool);
    if (*status != APR_SUCCESS) {
        return NULL;
    }
    block = aligned(memory);
    *status = apr_pool_userdata_set(block, key, NULL, process_pool);
    return *status == APR_SUCCESS ? block : NULL;
}
