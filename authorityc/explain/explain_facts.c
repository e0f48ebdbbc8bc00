/* What both forms of an explanation are made of. */
#include "authorityc/explain/explain.h"

static const char *const ways_out[ATY_REASON_COUNT] = {
    [ATY_REASON_CLIENT_AUTH] =
        "if both may ask the same of clients, give both the same SSLVerifyClient and "
        "SSLVerifyDepth; else put them on certificates that do not cover each other's "
        "names, and clients open two connections by themselves",
    [ATY_REASON_CLIENT_CA] = "if both may trust the same CAs, name the same CA files in "
                             "both; else put them on "
                             "certificates that do not cover each other's names",
    [ATY_REASON_REVOCATION] = "give both the same SSLCARevocation… and SSLOCSP… "
                              "directives, best from one <TLS> "
                              "bundle",
    [ATY_REASON_CERTIFICATE] =
        "use one certificate that covers both in both, best from one <TLS> bundle; or "
        "run "
        "httpd with 'SSLVHostSNIPolicy authonly' and say so by 'SNIPolicy authonly'",
    [ATY_REASON_PROTOCOL] =
        "give both the same SSLProtocol; else put them on certificates that do not cover "
        "each other's names",
    [ATY_REASON_CIPHERS] =
        "give both the same SSLCipherSuite; else put them on certificates that do not "
        "cover each other's names",
    [ATY_REASON_OPENSSL_CONF] =
        "give both the same SSLOpenSSLConfCmd lines in the same order",
    [ATY_REASON_LOCATION_CLIENT_AUTH] =
        "give the <Location> a vhost of its own that asks for the certificate in the "
        "handshake, or say 'Protocols http/1.1' for this one",
    [ATY_REASON_LOCATION_CIPHERS] = "move the SSLCipherSuite from the <Location> to the "
                                    "top level, for all vhosts, or "
                                    "allow only TLSv1.3, which has no such need",
    [ATY_REASON_HTTP1_ONLY] =
        "allow h2 in its Protocols, or put it on a certificate that the other vhosts do "
        "not have, so that clients never try",
    [ATY_REASON_OTHER_ZONE] =
        "the policy wants it so; put both into one Zone if it should "
        "not",
    [ATY_REASON_NOT_COVERED] =
        "the client should not have tried: its certificate is not for this name; for a "
        "proxy or CDN that does so on purpose write 'AcceptPair'",
    [ATY_REASON_STRICT] =
        "httpd runs with 'SSLVHostSNIPolicy strict'; 'secure' lets vhosts "
        "with equal settings share",
    [ATY_REASON_UNKNOWN_AUTHORITY] = "add the name as ServerAlias where it belongs, or "
                                     "let the default vhost answer all "
                                     "names by 'UnknownAuthority serve'",
    [ATY_REASON_NOT_IN_POLICY] = "add the vhost to the policy",
    [ATY_REASON_DRIFTED] =
        "compile the policy of what is running, and restart gracefully",
    [ATY_REASON_NO_TABLE] = "repair the table, and restart gracefully",
    [ATY_REASON_TEXTUAL] =
        "write what differs the same way in both, best in one <TLS> bundle that both Use",
};

const char *aty_explain_way_out(aty_reason reason)
{
    return ways_out[reason];
}

aty_difference aty_explain_difference(const aty_table *table,
                                      const aty_question *question, aty_field field)
{
    if (question->pair.connection == question->pair.request) {
        return ATY_EQUAL;
    }
    return aty_field_difference(table, &question->pair, field);
}

const aty_location_record *aty_explain_location(const aty_table *table,
                                                const aty_question *question)
{
    return question->pair.h2 ? aty_vhost_location_needing(table, question->pair.request,
                                                          ATY_LOCATION_ANY)
                             : NULL;
}
