/* probe_faults.c: the faults as a table. */
#include "authorityc/probe/probe_faults.h"

#include <stddef.h>

#define NO_ORIGIN                                                                        \
    "httpd alone sends no ORIGIN frame: see whether it has mod_authority, or what else " \
    "writes the frame"

static const struct {
    const char *name;
    aty_probe_gravity gravity;
    const char *sentence;
    const char *way_out; /* where the policy's verdicts are expected */
    const char *httpd;   /* of httpd without mod_authority; NULL: the same */
    const char *other;   /* of another server; NULL: the same */
} faults[ATY_FAULT_COUNT] = {
    [ATY_FAULT_OPENED] =
        {.name = "opened",
         .gravity = ATY_GRAVITY_DANGER,
         .sentence = "a request that must not come on this connection was answered",
         .way_out = "see that every node has the table of this policy and was restarted "
                    "with it, and that AuthorityEngine is on; 'observe' decides and "
                    "answers all the same",
         .httpd = "see that the server has what is named as the policy has it, and was "
                  "restarted since; and that SNIPolicy in the policy is the server's "
                  "SSLVHostSNIPolicy, by which mod_ssl decides what it compares "
                  "('legacy' up to httpd 2.4.63)"},
    [ATY_FAULT_CLIENT_CERTIFICATE_NOT_ASKED] =
        {.name = "client-certificate-not-asked",
         .gravity = ATY_GRAVITY_DANGER,
         .sentence =
             "no client certificate is asked for or demanded, although the policy "
             "says so",
         .way_out = "bring SSLVerifyClient in the server's configuration and in the "
                    "policy together"},
    [ATY_FAULT_WRONG_VHOST] =
        {.name = "wrong-vhost",
         .gravity = ATY_GRAVITY_DANGER,
         .sentence = "another virtual host answers for the name",
         .way_out =
             "compare names and order of the virtual hosts: of a name that is there "
             "twice the first counts, and an earlier wildcard beats a later name"},
    [ATY_FAULT_UNREACHABLE] =
        {.name = "unreachable",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "there is no connection",
         .way_out =
             "see whether the server runs and listens there, and what stands between"},
    [ATY_FAULT_NO_TLS] =
        {.name = "no-tls",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "the connection is there, and no TLS comes of it, or no HTTP",
         .way_out = "see the server's error log; a server that wants a PROXY line needs "
                    "--proxy-protocol"},
    [ATY_FAULT_WRONG_CERTIFICATE] =
        {.name = "wrong-certificate",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence =
             "the certificate is not the one of the policy, or does not cover the name",
         .way_out = "see which SSLCertificateFile the virtual host has, and whether the "
                    "server was restarted since; a name that another virtual host takes "
                    "gets the other's"},
    [ATY_FAULT_EXPIRED_CERTIFICATE] =
        {.name = "expired-certificate",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "the certificate has expired or is not yet valid",
         .way_out =
             "renew it, restart the server, and look at the clocks of both machines"},
    [ATY_FAULT_UNTRUSTED_CERTIFICATE] =
        {.name = "untrusted-certificate",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "the certificate does not lead to a CA of --ca",
         .way_out = "see whether the server sends the intermediate certificates, and "
                    "whether it is of this CA"},
    [ATY_FAULT_CLIENT_CERTIFICATE_ASKED] =
        {.name = "client-certificate-asked",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "a client certificate is asked for or demanded, and the policy says "
                     "otherwise",
         .way_out = "bring SSLVerifyClient in the server's configuration and in the "
                    "policy together"},
    [ATY_FAULT_ALPN] = {.name = "alpn",
                        .gravity = ATY_GRAVITY_ERROR,
                        .sentence = "another HTTP version is agreed on",
                        .way_out =
                            "see Protocols in the server's configuration, whether "
                            "mod_http2 is loaded, and that the MPM is not prefork"},
    [ATY_FAULT_PROTOCOL] = {.name = "protocol",
                            .gravity = ATY_GRAVITY_ERROR,
                            .sentence = "another TLS version is agreed on",
                            .way_out = "see SSLProtocol of this virtual host and, where "
                                       "it has none, of the default one of the address"},
    [ATY_FAULT_ORIGIN_MALFORMED] =
        {.name = "origin-malformed",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "an ORIGIN frame is not as RFC 8336 has it",
         .way_out =
             "find out what writes the frame; clients ignore it or close the connection"},
    [ATY_FAULT_ORIGIN_TOO_LARGE] =
        {.name = "origin-too-large",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "an ORIGIN frame is too large",
         .way_out = "name fewer origins, by OriginBudget or 'Advertise off'; clients "
                    "close the connection at a frame of more than 16,384 bytes",
         .httpd = NO_ORIGIN
         "; clients close the connection at a frame of more than 16,384 bytes",
         .other = "let the server name fewer origins; clients close the connection at a "
                  "frame of more than 16,384 bytes"},
    [ATY_FAULT_ORIGIN_UNEXPECTED] =
        {.name = "origin-unexpected",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "an ORIGIN frame is sent, and the policy has none",
         .way_out = "see that the server has the table of this policy; clients that "
                    "honour the frame use nothing but its list",
         .httpd = NO_ORIGIN "; clients that honour the frame use nothing but its list"},
    [ATY_FAULT_ORIGIN_DIFFERS] =
        {.name = "origin-differs",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "the ORIGIN set is not that of the policy",
         .way_out =
             "compile the policy and restart the server with the table; if the error log "
             "says ATY104, the server has other virtual hosts than the policy"},
    [ATY_FAULT_ORIGIN_MISSING] =
        {.name = "origin-missing",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "the ORIGIN frame is not sent",
         .way_out = "see that mod_authority has the table of this policy, that "
                    "AuthorityOrigin is on and AuthorityEngine is not 'observe', and "
                    "that nothing ends HTTP/2 in between"},
    [ATY_FAULT_REFUSED] =
        {.name = "refused",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "a request that may come on this connection got a 421",
         .way_out =
             "see the error log: ATY301 and AH02032 say why; then whether every node has "
             "the table of this policy, and whether SNIPolicy is what httpd runs with",
         .httpd =
             "AH02032 in the error log names the two hosts: compare the SSL directives "
             "of their virtual hosts in the server's configuration with the policy, and "
             "SNIPolicy in the policy with the server's SSLVHostSNIPolicy, by which "
             "mod_ssl decides what it compares ('legacy' up to httpd 2.4.63)",
         .other = "see the server's log for why it refuses; httpd's says so by AH02032, "
                  "that of mod_authority by ATY301"},
    [ATY_FAULT_RESET] = {.name = "reset",
                         .gravity = ATY_GRAVITY_ERROR,
                         .sentence = "the server reset the request's stream",
                         .way_out =
                             "HTTP_1_1_REQUIRED is a <Location> that wants a client "
                             "certificate or other ciphers; else see the error log"},
    [ATY_FAULT_NO_ANSWER] =
        {.name = "no-answer",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "a request has no answer",
         .way_out = "see the error log, and whether --timeout is long enough"},
    [ATY_FAULT_FLEET_DIFFERS] = {.name = "fleet-differs",
                                 .gravity = ATY_GRAVITY_ERROR,
                                 .sentence = "addresses that should be alike are not",
                                 .way_out =
                                     "bring configuration, table and certificates of "
                                     "this one to what the others have, and restart it",
                                 .httpd = "bring configuration and certificates of this "
                                          "one to what the others have, and restart it",
                                 .other = "bring configuration and certificates of this "
                                          "one to what the others have, and restart it"},
    [ATY_FAULT_RESOLVES_ELSEWHERE] =
        {.name = "resolves-elsewhere",
         .gravity = ATY_GRAVITY_ERROR,
         .sentence = "a name leads to an address where its virtual host is not",
         .way_out = "correct DNS or the addresses of <VirtualHost>; behind NAT ask with "
                    "--connect"},
    [ATY_FAULT_RESOLVES_NOWHERE] = {.name = "resolves-nowhere",
                                    .gravity = ATY_GRAVITY_ERROR,
                                    .sentence = "a name leads nowhere",
                                    .way_out =
                                        "put it into DNS, or take it out of the policy"},
    [ATY_FAULT_ENDING_CERTIFICATE] = {.name = "ending-certificate",
                                      .gravity = ATY_GRAVITY_WARNING,
                                      .sentence = "the certificate ends within 14 days",
                                      .way_out = "renew it, and restart the server"},
};

static const char *const gravities[] = {
    [ATY_GRAVITY_WARNING] = "warning",
    [ATY_GRAVITY_ERROR] = "error",
    [ATY_GRAVITY_DANGER] = "danger",
};

const char *aty_fault_name(aty_probe_fault fault)
{
    return faults[fault].name;
}

aty_probe_gravity aty_fault_gravity(aty_probe_fault fault)
{
    return faults[fault].gravity;
}

const char *aty_gravity_name(aty_probe_gravity gravity)
{
    return gravities[gravity];
}

const char *aty_fault_sentence(aty_probe_fault fault)
{
    return faults[fault].sentence;
}

const char *aty_fault_way_out(aty_probe_fault fault, aty_probe_server server)
{
    const char *own = server == ATY_SERVER_HTTPD   ? faults[fault].httpd
                      : server == ATY_SERVER_OTHER ? faults[fault].other
                                                   : NULL;

    return own ? own : faults[fault].way_out;
}
