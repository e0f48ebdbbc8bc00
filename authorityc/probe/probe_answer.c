#include "authorityc/probe/probe_answer.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_clean.h"

#define VHOST_MAX 255 /* bytes of a vhost's name that are shown */

void aty_probe_request_clear(aty_probe_request *request)
{
    request->status = 0;
    request->reset = false;
    request->reset_code = 0;
    request->vhost = NULL;
    request->body = NULL;
    request->fault = NULL;
}

void aty_probe_answer_begin(aty_probe_answer *answer, aty_probe_request *request,
                            const char *vhost_header)
{
    aty_probe_request_clear(request);
    answer->request = request;
    answer->vhost_header = vhost_header;
    answer->status = 0;
    answer->header_size = 0;
    answer->body_size = 0;
}

static bool is_vhost_header(const aty_probe_answer *answer, const char *name, size_t size)
{
    return answer->vhost_header && strlen(answer->vhost_header) == size &&
           strncasecmp(answer->vhost_header, name, size) == 0;
}

bool aty_probe_answer_header(apr_pool_t *pool, aty_probe_answer *answer, const char *name,
                             size_t name_size, const char *value, size_t value_size)
{
    answer->header_size += name_size + value_size;
    if (answer->header_size > ATY_PROBE_HEADER_MAX) {
        answer->request->fault = "the header of the answer is larger than 64 KiB";
        return false;
    }
    if (!answer->request->vhost && is_vhost_header(answer, name, name_size)) {
        answer->request->vhost = aty_probe_clean(pool, value, value_size, VHOST_MAX);
    }
    return true;
}

bool aty_probe_answer_body(aty_probe_answer *answer, const uint8_t *bytes, size_t size)
{
    if (answer->body_size < sizeof answer->body) {
        size_t room = sizeof answer->body - answer->body_size;
        memcpy(answer->body + answer->body_size, bytes, size < room ? size : room);
    }
    answer->body_size += size;
    return answer->body_size < ATY_PROBE_BODY_MAX;
}

/* A status of 1xx is none yet (RFC 9110 §15.2). */
static void request_finish(apr_pool_t *pool, aty_probe_answer *answer)
{
    aty_probe_request *request = answer->request;
    size_t size = answer->body_size;
    if (request->status < 200) {
        request->status = 0;
    }
    if (strcmp(request->method, "HEAD") != 0 && request->status) {
        if (size > sizeof answer->body) {
            size = sizeof answer->body;
        }
        request->body = aty_probe_clean(pool, answer->body, size, size);
    }
    answer->request = NULL;
}

void aty_probe_answer_end(apr_pool_t *pool, aty_probe_answer *answer)
{
    request_finish(pool, answer);
}

void aty_probe_answer_give_up(apr_pool_t *pool, aty_probe_answer *answer,
                              const char *fault)
{
    aty_probe_request *request = answer->request;
    request_finish(pool, answer);
    if (request->fault) {
        return;
    }
    request->fault =
        request->status
            ? apr_pstrcat(pool, "its status came, its end did not: ", fault, NULL)
            : fault;
}
