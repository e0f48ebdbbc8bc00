/* probe_expect.c: what a server should do with a request, by the policy. */
#include "authorityc/probe/probe_judge.h"

#include <string.h>

static bool is_misdirected(const aty_probe *probe, const aty_question *question)
{
    return probe->options->server == ATY_SERVER_HTTPD
               ? question->mod_ssl == ATY_MOD_SSL_421
               : question->verdict.outcome == ATY_MISDIRECTED;
}

bool aty_probe_expect(const aty_probe *probe, const aty_probe_visit *visit,
                      const char *authority, aty_probe_expected *expected)
{
    aty_probe_server server = probe->options->server;
    const char *alpn = visit->shown.alpn;
    const aty_question_options options = {visit->node->address_set,
                                          !alpn || strcmp(alpn, "h2") != 0};
    aty_question *question = &expected->question;

    if (!probe->table ||
        aty_question_answer(probe->table, &options, visit->sni ? visit->sni : "-",
                            authority, question)) {
        return false;
    }
    /* nginx refuses even an alias where it asks for client certificates. */
    expected->is_judged =
        server != ATY_SERVER_OTHER ||
        (visit->sni && strcmp(visit->sni, authority) == 0 && question->connection_named);
    expected->is_refused = server != ATY_SERVER_OTHER && is_misdirected(probe, question);
    expected->may_be_reset =
        server != ATY_SERVER_OTHER && question->mod_ssl == ATY_MOD_SSL_HTTP1_REQUIRED;
    expected->vhost = server == ATY_SERVER_OTHER && !question->authority_named
                          ? NULL
                          : aty_vhost_server_name(probe->table, question->pair.request);
    expected->reason = expected->is_refused && server == ATY_SERVER_AUTHORITY
                           ? aty_reason_name(question->verdict.reason)
                           : NULL;
    return true;
}
