/* probe_keep.c: what is kept of a handshake. A site of 100,000 names has few certificates
 * and few ORIGIN sets: each is kept once.
 */
#include "authorityc/probe/probe.h"

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

const char *aty_probe_text(aty_probe *probe, const char *text)
{
    const char *kept;

    if (!text) {
        return NULL;
    }
    kept = apr_hash_get(probe->kept, text, APR_HASH_KEY_STRING);
    if (!kept) {
        kept = apr_pstrdup(probe->pool, text);
        apr_hash_set(probe->kept, kept, APR_HASH_KEY_STRING, kept);
    }
    return kept;
}

static int text_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

apr_array_header_t *aty_probe_texts_sort(apr_pool_t *pool,
                                         const apr_array_header_t *texts)
{
    apr_array_header_t *sorted = apr_array_copy(pool, texts);
    const char **elements = (const char **)(void *)sorted->elts;
    int kept = 0;

    qsort(elements, (size_t)sorted->nelts, sizeof *elements, text_compare);
    for (int i = 0; i < sorted->nelts; i++) {
        if (i == 0 || strcmp(elements[i], elements[i - 1]) != 0) {
            elements[kept++] = elements[i];
        }
    }
    sorted->nelts = kept;
    return sorted;
}

/* The sorted list, once: equal lists are one. The key ends in what no text has. */
static apr_array_header_t *list_keep(aty_probe *probe, apr_pool_t *scratch,
                                     const apr_array_header_t *texts)
{
    apr_array_header_t *sorted = aty_probe_texts_sort(scratch, texts);
    const char *key =
        apr_pstrcat(scratch, apr_array_pstrcat(scratch, sorted, ' '), "\n", (char *)NULL);
    apr_array_header_t *kept = apr_hash_get(probe->kept, key, APR_HASH_KEY_STRING);

    if (!kept) {
        kept = apr_array_copy(probe->pool, sorted);
        for (int i = 0; i < kept->nelts; i++) {
            APR_ARRAY_IDX(kept, i, const char *) =
                aty_probe_text(probe, APR_ARRAY_IDX(kept, i, const char *));
        }
        apr_hash_set(probe->kept, apr_pstrdup(probe->pool, key), APR_HASH_KEY_STRING,
                     kept);
    }
    return kept;
}

void aty_probe_keep(aty_probe *probe, const aty_probe_handshake *handshake,
                    aty_probe_handshake *kept)
{
    apr_pool_t *scratch;

    apr_pool_create(&scratch, probe->pool);
    *kept = *handshake;
    kept->certificate = NULL;
    kept->fault = aty_probe_text(probe, handshake->fault);
    kept->local_address = NULL;
    kept->tls_version = aty_probe_text(probe, handshake->tls_version);
    kept->cipher = aty_probe_text(probe, handshake->cipher);
    kept->alpn = aty_probe_text(probe, handshake->alpn);
    kept->fingerprint = aty_probe_text(probe, handshake->fingerprint);
    kept->trust_fault = aty_probe_text(probe, handshake->trust_fault);
    kept->origin_fault = aty_probe_text(probe, handshake->origin_fault);
    kept->names = handshake->names ? list_keep(probe, scratch, handshake->names) : NULL;
    kept->origins =
        handshake->origins ? list_keep(probe, scratch, handshake->origins) : NULL;
    apr_pool_destroy(scratch);
}
