#include "authorityc/probe/probe_reply.h"

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

void aty_probe_reply_begin(aty_probe_reply *reply, aty_probe_request *request,
                           const char *vhost_header)
{
    aty_probe_request_clear(request);
    reply->request = request;
    reply->vhost_header = vhost_header;
    reply->status = 0;
    reply->header_size = 0;
    reply->body_size = 0;
}

static bool is_vhost_header(const aty_probe_reply *reply, const char *name, size_t size)
{
    return reply->vhost_header && strlen(reply->vhost_header) == size &&
           strncasecmp(reply->vhost_header, name, size) == 0;
}

bool aty_probe_reply_header(apr_pool_t *pool, aty_probe_reply *reply, const char *name,
                            size_t name_size, const char *value, size_t value_size)
{
    reply->header_size += name_size + value_size;
    if (reply->header_size > ATY_PROBE_HEADER_MAX) {
        reply->request->fault = "the header of the answer is larger than 64 KiB";
        return false;
    }
    if (!reply->request->vhost && is_vhost_header(reply, name, name_size)) {
        reply->request->vhost = aty_probe_clean(pool, value, value_size, VHOST_MAX);
    }
    return true;
}

bool aty_probe_reply_body(aty_probe_reply *reply, const uint8_t *bytes, size_t size)
{
    if (reply->body_size < sizeof reply->body) {
        size_t room = sizeof reply->body - reply->body_size;
        memcpy(reply->body + reply->body_size, bytes, size < room ? size : room);
    }
    reply->body_size += size;
    return reply->body_size < ATY_PROBE_BODY_MAX;
}

/* A status of 1xx is none yet (RFC 9110 §15.2). */
static void request_finish(apr_pool_t *pool, aty_probe_reply *reply)
{
    aty_probe_request *request = reply->request;
    size_t size = reply->body_size;
    if (request->status < 200) {
        request->status = 0;
    }
    if (strcmp(request->method, "HEAD") != 0 && request->status) {
        if (size > sizeof reply->body) {
            size = sizeof reply->body;
        }
        request->body = aty_probe_clean(pool, reply->body, size, size);
    }
    reply->request = NULL;
}

void aty_probe_reply_end(apr_pool_t *pool, aty_probe_reply *reply)
{
    request_finish(pool, reply);
}

void aty_probe_reply_give_up(apr_pool_t *pool, aty_probe_reply *reply, const char *fault)
{
    aty_probe_request *request = reply->request;
    request_finish(pool, reply);
    if (request->fault) {
        return;
    }
    request->fault =
        request->status
            ? apr_pstrcat(pool, "its status came, its end did not: ", fault, NULL)
            : fault;
}
