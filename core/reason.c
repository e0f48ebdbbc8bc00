#include "core/reason.h"

static const struct {
    const char *name;
    const char *sentence;
} reasons[ATY_REASON_COUNT] = {
    [ATY_REASON_CLIENT_AUTH] = {"client-auth",
                                "the two vhosts ask for client certificates differently"},
    [ATY_REASON_CLIENT_CA] =
        {"client-ca", "the two vhosts accept client certificates of different CAs"},
    [ATY_REASON_REVOCATION] = {"revocation", "the two vhosts check the revocation of "
                                             "client certificates differently"},
    [ATY_REASON_CERTIFICATE] = {"certificate",
                                "the two vhosts have different certificates, "
                                "and mod_ssl compares them"},
    [ATY_REASON_PROTOCOL] = {"protocol", "the two vhosts allow different TLS versions"},
    [ATY_REASON_CIPHERS] = {"ciphers", "the two vhosts allow different ciphers"},
    [ATY_REASON_OPENSSL_CONF] =
        {"openssl-conf", "the two vhosts differ in their SSLOpenSSLConfCmd lines"},
    [ATY_REASON_LOCATION_CLIENT_AUTH] =
        {"location-client-auth", "a <Location> of the requested vhost wants a client "
                                 "certificate, which HTTP/2 cannot ask for later"},
    [ATY_REASON_LOCATION_CIPHERS] = {"location-ciphers",
                                     "a <Location> of the requested vhost wants other "
                                     "ciphers, which HTTP/2 cannot change later"},
    [ATY_REASON_HTTP1_ONLY] = {"http1-only", "the requested vhost does not allow HTTP/2"},
    [ATY_REASON_OTHER_ZONE] = {"other-zone",
                               "the policy puts the two vhosts into different zones"},
    [ATY_REASON_NOT_COVERED] = {"not-covered",
                                "a certificate of this connection does not "
                                "cover the name, while the vhost's own do"},
    [ATY_REASON_STRICT] = {"strict", "SSLVHostSNIPolicy strict lets no two vhosts share"},
    [ATY_REASON_UNKNOWN_AUTHORITY] = {"unknown-authority",
                                      "no vhost on this address has this name"},
    [ATY_REASON_NOT_IN_POLICY] = {"not-in-policy", "the policy does not know this vhost"},
    [ATY_REASON_DRIFTED] = {"drifted", "the running vhost is not what the table says"},
    [ATY_REASON_NO_TABLE] = {"no-table", "the table could not be loaded"},
    [ATY_REASON_TEXTUAL] = {"textual", "only the spelling differs, but mod_ssl compares "
                                       "the spelling"},
};

const char *aty_reason_name(aty_reason reason)
{
    return reasons[reason].name;
}

const char *aty_reason_sentence(aty_reason reason)
{
    return reasons[reason].sentence;
}
