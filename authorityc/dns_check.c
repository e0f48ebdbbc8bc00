#include "authorityc/dns_check.h"

#include <string.h>

#include <netdb.h>

#include <apr_strings.h>

#include "authorityc/progress.h"
#include "core/names.h"

#define BATCH       256 /* names asked for before the answers are looked at */
#define SILENCE_MAX 32  /* names in a row without an answer: none will come */

typedef struct {
    const aty_vhost *vhost;
    const aty_word *name;
} advertised;

typedef struct {
    apr_pool_t *pool;
    aty_diag *diag;
    aty_resolver *resolver;
    uint32_t silence;    /* names without an answer in a row */
    uint32_t unanswered; /* all of them */
    const char *trouble; /* what the resolver said last */
} dns_checker;

static void name_add(apr_array_header_t *names, const aty_vhost *vhost,
                     const aty_word *name)
{
    if (!aty_name_is_pattern(name->text) &&
        !aty_name_is_address(name->text, strlen(name->text))) {
        APR_ARRAY_PUSH(names, advertised) = (advertised){vhost, name};
    }
}

static bool is_advertised(const aty_vhost *vhost)
{
    const aty_directive *advertise = vhost->scope.advertise;
    const aty_directive *protocols = vhost->scope.protocols;

    return (!advertise || advertise->number) &&
           (!protocols || (protocols->number & ATY_HTTP_H2));
}

/* The names that may stand in ORIGIN frames. */
static apr_array_header_t *names_collect(const aty_policy *policy)
{
    apr_array_header_t *names =
        apr_array_make(policy->pool, policy->vhosts->nelts, sizeof(advertised));

    for (int i = 0; i < policy->vhosts->nelts; i++) {
        const aty_vhost *vhost = &APR_ARRAY_IDX(policy->vhosts, i, aty_vhost);
        if (!is_advertised(vhost)) {
            continue;
        }
        name_add(names, vhost, vhost->server_name);
        for (int a = 0; vhost->aliases && a < vhost->aliases->nelts; a++) {
            name_add(names, vhost, &APR_ARRAY_IDX(vhost->aliases, a, aty_word));
        }
    }
    return names;
}

/* Whether one of the addresses is one of the vhost's; `*` is all of them. */
static bool leads_to(const aty_resolved *resolved, const aty_vhost *vhost)
{
    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const char *host = APR_ARRAY_IDX(vhost->addresses, i, aty_vhost_address).host;
        if (strcmp(host, "*") == 0) {
            return true;
        }
        for (uint32_t a = 0; a < resolved->count; a++) {
            if (strcmp(host, resolved->addresses[a]) == 0) {
                return true;
            }
        }
    }
    return false;
}

static const char *addresses_text(apr_pool_t *pool, const aty_resolved *resolved)
{
    const char *text = resolved->addresses[0];

    for (uint32_t i = 1; i < resolved->count; i++) {
        text = apr_pstrcat(pool, text, i + 1 < resolved->count ? ", " : " and ",
                           resolved->addresses[i], (char *)NULL);
    }
    return text;
}

static void elsewhere_report(const dns_checker *c, const advertised *name,
                             const aty_resolved *resolved)
{
    if (aty_diag_check(c->diag, ATY_CHECK_NOT_HERE, &name->name->place,
                       "'%s' leads to %s, where this vhost is not", name->name->text,
                       addresses_text(c->pool, resolved))) {
        const aty_vhost_address *address =
            &APR_ARRAY_IDX(name->vhost->addresses, 0, aty_vhost_address);
        aty_diag_note(c->diag, &address->place,
                      "it is here; clients that honour ORIGIN frames would come here "
                      "without asking DNS, unless it says 'Advertise off'");
    }
}

static void answer_judge(dns_checker *c, const advertised *name,
                         const aty_resolved *resolved)
{
    if (resolved->error == EAI_NONAME || resolved->error == EAI_NODATA ||
        (resolved->error == 0 && resolved->count == 0)) {
        aty_diag_check(c->diag, ATY_CHECK_NOT_HERE, &name->name->place,
                       "'%s' leads nowhere: DNS has no address for it", name->name->text);
    }
    else if (resolved->error != 0) {
        c->silence++;
        c->unanswered++;
        c->trouble = gai_strerror(resolved->error);
        return;
    }
    else if (!leads_to(resolved, name->vhost)) {
        elsewhere_report(c, name, resolved);
    }
    c->silence = 0;
}

static void batch_check(dns_checker *c, const advertised *names, uint32_t count)
{
    const char *texts[BATCH];
    aty_resolved *resolved = apr_palloc(c->pool, count * sizeof *resolved);

    for (uint32_t i = 0; i < count; i++) {
        texts[i] = names[i].name->text;
    }
    aty_resolve_all(c->resolver, texts, resolved, count);
    for (uint32_t i = 0; i < count; i++) {
        answer_judge(c, &names[i], &resolved[i]);
    }
    apr_pool_clear(c->pool);
}

/* The first batches are small: a resolver that is not there is not waited for long. */
static uint32_t batch_size(uint32_t done, uint32_t left)
{
    uint32_t size = done < BATCH ? SILENCE_MAX : BATCH;

    return left < size ? left : size;
}

void aty_dns_check(const aty_policy *policy, aty_diag *diag, aty_resolver *resolver)
{
    dns_checker c = {.diag = diag, .resolver = resolver};
    const apr_array_header_t *names = names_collect(policy);
    const advertised *all = (const advertised *)(const void *)names->elts;
    uint32_t total = (uint32_t)names->nelts, done = 0;

    apr_pool_create(&c.pool, policy->pool);
    while (done < total && c.silence < SILENCE_MAX) {
        uint32_t size = batch_size(done, total - done);
        aty_progress_show(done, total, "names resolved");
        batch_check(&c, all + done, size);
        done += size;
    }
    aty_progress_end();
    c.unanswered += total - done;
    if (c.unanswered > 0) {
        aty_diag_check(diag, ATY_CHECK_NOT_HERE, NULL,
                       "DNS gave no answer for %u of %u names (%s)", c.unanswered, total,
                       c.trouble);
    }
    apr_pool_destroy(c.pool);
}
