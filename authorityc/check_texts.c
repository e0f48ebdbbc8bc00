#include "authorityc/check_texts.h"

#include <stdbool.h>

/* The examples stand in test/golden/check-NAME.policy, so that they are examples of it.
 */
static const struct {
    const char *summary; /* a clause */
    const char *meaning; /* sentences, in lines */
    const char *example; /* lines of a policy */
    const char *remedy;  /* sentences, in lines */
} texts[ATY_CHECK_COUNT] = {
    [ATY_CHECK_DUPLICATE_NAME] =
        {"two vhosts of one address have the same name, or one vhost has it twice",
         "httpd selects the first vhost in file order that has the name, and says "
         "nothing.\n"
         "The second one never gets a request for it.\n",
         "<VirtualHost *:443>\n"
         "    ServerName  www.example.com\n"
         "    ServerAlias example.com\n"
         "</VirtualHost>\n"
         "<VirtualHost *:443>\n"
         "    ServerName  shop.example.com\n"
         "    ServerAlias example.com\n"
         "</VirtualHost>\n",
         "Take the name away from the vhost that should not have it. Where the second "
         "vhost\n"
         "is to keep it for the reader's sake, -Wno-error=duplicate-name lets it pass "
         "with a\n"
         "warning.\n"},
    [ATY_CHECK_SHADOWED_NAME] =
        {"an earlier pattern takes a name, so httpd never selects the vhost by it",
         "httpd takes the first vhost in file order that matches, and a pattern matches "
         "as\n"
         "well as the exact name does. '*' spans dots.\n",
         "<VirtualHost *:443>\n"
         "    ServerName  www.example.com\n"
         "    ServerAlias *.example.com\n"
         "</VirtualHost>\n"
         "<VirtualHost *:443>\n"
         "    ServerName  shop.example.com\n"
         "</VirtualHost>\n",
         "Put the vhost with the exact name before the one with the pattern, here and "
         "in\n"
         "httpd's configuration.\n"},
    [ATY_CHECK_NOT_COVERED] =
        {"a certificate does not cover a name of its vhost, or a vhost has none",
         "Clients refuse such a certificate for the name. They never reuse a connection "
         "for\n"
         "it either, and it is listed in nobody's ORIGIN frame. A '*' in a certificate "
         "stands\n"
         "for one label: *.example.com covers neither example.com nor a.b.example.com.\n",
         "#: certs/wild.pem *.example.com\n"
         "SSLCertificateFile certs/wild.pem\n"
         "<VirtualHost *:443>\n"
         "    ServerName  www.example.com\n"
         "    ServerAlias example.com\n"
         "</VirtualHost>\n",
         "Get a certificate with the name, or take the name away. A vhost with several\n"
         "certificates needs the name in each of them: the client chooses which it "
         "gets.\n"},
    [ATY_CHECK_FALSE_CONFLICT] =
        {"httpd refuses what could be shared: two vhosts differ only in how something "
         "is written",
         "mod_ssl compares what is written in the configuration, not what it comes to. "
         "A\n"
         "copy of a file under another path, a cipher list spelt otherwise or a "
         "directive\n"
         "without effect is enough for a 421. Of each group of vhosts the first is held\n"
         "against the largest group of its address that comes to the same.\n",
         "<VirtualHost *:443>\n"
         "    ServerName         shop.example.com\n"
         "    SSLCertificateFile certs/copy.pem\n"
         "</VirtualHost>\n",
         "Write the directive alike in both vhosts, here and in httpd's configuration; "
         "best\n"
         "once, in a <TLS> bundle that both Use, or at the top level.\n"},
    [ATY_CHECK_HIDDEN_CONFLICT] =
        {"httpd by itself answers a request although the two vhosts differ in what "
         "counts",
         "Without mod_authority a request for the one vhost is served on a connection "
         "of the\n"
         "other, which has not asked for what the one demands; or a vhost without h2 "
         "is\n"
         "served over HTTP/2. With mod_authority it is 421.\n",
         "<VirtualHost *:443>\n"
         "    ServerName www.example.com\n"
         "</VirtualHost>\n"
         "<VirtualHost *:443>\n"
         "    ServerName devices.example.com\n"
         "    Protocols  http/1.1\n"
         "</VirtualHost>\n",
         "Nothing, if 421 is what is wanted. Else make the vhosts agree. A certificate "
         "of\n"
         "its own keeps clients from coming there at all.\n"},
    [ATY_CHECK_LOCATION_CLIENT_AUTH] =
        {"a Location of a vhost with h2 wants a client certificate",
         "The certificate would have to be asked for once the connection stands. HTTP/2 "
         "has\n"
         "no way to, so httpd ends the stream with HTTP_1_1_REQUIRED, and browsers show "
         "an\n"
         "error or try again and again.\n",
         "<VirtualHost *:443>\n"
         "    ServerName www.example.com\n"
         "    <Location /internal>\n"
         "        SSLVerifyClient require\n"
         "    </Location>\n"
         "</VirtualHost>\n",
         "Give what is below the path a vhost of its own that asks in the handshake, or "
         "say\n"
         "'Protocols http/1.1' for this one.\n"},
    [ATY_CHECK_EXPIRED_CERTIFICATE] =
        {"a certificate is past its end",
         "Clients refuse it. It is compared with the clock of the machine that "
         "compiles, and\n"
         "told once, at the first vhost that has it.\n",
         "#: certs/old.pem www.example.com days=-1\n"
         "<VirtualHost *:443>\n"
         "    ServerName         www.example.com\n"
         "    SSLCertificateFile certs/old.pem\n"
         "</VirtualHost>\n",
         "Renew it. If the server has a newer one already, the policy names a stale "
         "copy.\n"},
    [ATY_CHECK_WILDCARD_NOT_ADVERTISED] =
        {"a pattern cannot stand in an ORIGIN frame",
         "An ORIGIN frame lists full names only. A client that honours it would open a "
         "new\n"
         "connection for each name that only the pattern has; so where nothing else "
         "calls for\n"
         "a frame, none is sent.\n",
         "<VirtualHost *:443>\n"
         "    ServerName  www.example.com\n"
         "    ServerAlias *.cdn.example.com\n"
         "</VirtualHost>\n",
         "Name what pages load from with ServerAlias, and say 'Advertise off' in the "
         "vhost\n"
         "of the pattern: the list need not be complete then. 'Origin always' sends a "
         "frame\n"
         "without the pattern, 'Origin never' says that none is wanted.\n"},
    [ATY_CHECK_OVER_BUDGET] =
        {"names do not fit into an ORIGIN frame",
         "OriginBudget is how many bytes a connection may spend on the list. Names past "
         "it,\n"
         "in file order, are left out, and clients open connections of their own for "
         "them;\n"
         "where nothing calls for a frame, none is sent.\n",
         "OriginBudget 64\n"
         "<VirtualHost *:443>\n"
         "    ServerName  www.example.com\n"
         "    ServerAlias img.example.com static.example.com\n"
         "</VirtualHost>\n",
         "Raise OriginBudget, or say 'Advertise off' in vhosts that pages do not load "
         "from.\n"},
    [ATY_CHECK_LONE_DEFAULT] =
        {"the first vhost of an address answers all names that nobody has",
         "That is httpd's own behaviour, and 'UnknownAuthority serve' at the top level "
         "keeps\n"
         "it: whatever name leads to the address gets the pages of the first vhost.\n",
         "UnknownAuthority serve\n"
         "<VirtualHost *:443>\n"
         "    ServerName www.example.com\n"
         "</VirtualHost>\n",
         "Let 'UnknownAuthority reject', the default, answer such requests with 421. If "
         "the\n"
         "first vhost is there to catch them, say 'UnknownAuthority serve' in it.\n"},
    [ATY_CHECK_IMPOSSIBLE_PAIR] =
        {"an AcceptPair is refused all the same",
         "An AcceptPair excuses a certificate that does not cover the name, and nothing "
         "else:\n"
         "not that the vhosts differ in what counts, and not what mod_ssl refuses by "
         "itself.\n",
         "AcceptPair www.example.com admin.example.com\n"
         "<VirtualHost *:443>\n"
         "    ServerName           admin.example.com\n"
         "    SSLVerifyClient      require\n"
         "    SSLCACertificateFile certs/staff-ca.pem\n"
         "</VirtualHost>\n",
         "Take the difference away, which 'authorityc explain' shows line by line, or "
         "let\n"
         "the proxy send the name of the request as SNI.\n"},
    [ATY_CHECK_PROTOCOL_OVERRIDE] =
        {"a protocol without a sign in SSLProtocol replaces those before it",
         "So 'SSLProtocol TLSv1.2 TLSv1.3' is TLS 1.3 alone, in httpd as here.\n",
         "SSLProtocol TLSv1.2 TLSv1.3\n",
         "Write 'SSLProtocol -all +TLSv1.2 +TLSv1.3'.\n"},
    [ATY_CHECK_SHARED_SESSIONS] =
        {"two vhosts share TLS sessions, and differ in what a client certificate proves",
         "mod_ssl tells the sessions of vhosts apart by ServerName and its port (443 "
         "where "
         "it\n"
         "has none), and not by address. Who has shown a client certificate to the one "
         "is "
         "let\n"
         "in by the other, which might have refused it; and who was asked for none by "
         "the "
         "one\n"
         "cannot show it to the other. An SSLSessionCache is enough for it with\n"
         "TLS 1.2, and with TLS 1.3 and 'SSLSessionTickets off'; so is an\n"
         "SSLSessionTicketKeyFile for both, or a vhost that is the first of both\n"
         "addresses.\n",
         "<VirtualHost 192.0.2.1:443>\n"
         "    ServerName           www.example.com\n"
         "    SSLVerifyClient      require\n"
         "    SSLCACertificateFile certs/staff-ca.pem\n"
         "</VirtualHost>\n"
         "<VirtualHost 192.0.2.2:443>\n"
         "    ServerName           www.example.com\n"
         "    SSLVerifyClient      require\n"
         "    SSLCACertificateFile certs/partner-ca.pem\n"
         "</VirtualHost>\n",
         "Give one of them a ServerName of its own and the common name as ServerAlias, "
         "here "
         "and\n"
         "in httpd's configuration. On different ports the port is enough, as in\n"
         "'ServerName www.example.com:8443'.\n"},
    [ATY_CHECK_NOT_HERE] =
        {"an advertised name leads to another address, or nowhere",
         "A client that honours ORIGIN frames comes to the connection that lists the "
         "name\n"
         "without asking DNS, so what DNS is to lead elsewhere does not get there. Only\n"
         "'authorityc check --dns' asks. Of a vhost on '*' it is only told that a name "
         "leads\n"
         "nowhere.\n",
         "<VirtualHost 192.0.2.1:443>\n"
         "    ServerName moved.example.com\n"
         "</VirtualHost>\n",
         "Correct DNS or the address, take the name away, or say 'Advertise off'. "
         "Behind\n"
         "address translation, where DNS has other addresses than the server,\n"
         "-Wno-not-here.\n"},
};

static const char *const severities[] = {
    [ATY_SEVERITY_OFF] = "off by default",
    [ATY_SEVERITY_WARNING] = "a warning by default",
    [ATY_SEVERITY_ERROR] = "an error by default",
};

void aty_checks_list(FILE *stream)
{
    for (int check = 0; check < ATY_CHECK_COUNT; check++) {
        fprintf(stream, "%-24s%s\n", aty_check_name((aty_check)check),
                texts[check].summary);
    }
}

static void indented_print(const char *lines, FILE *stream)
{
    bool begins = true;

    for (; *lines; lines++) {
        if (begins) {
            fputs("    ", stream);
        }
        putc(*lines, stream);
        begins = *lines == '\n';
    }
}

void aty_check_explain(aty_check check, FILE *stream)
{
    fprintf(stream, "%s: %s\n(%s)\n\n%s\nas in\n\n", aty_check_name(check),
            texts[check].summary, severities[aty_check_default(check)],
            texts[check].meaning);
    indented_print(texts[check].example, stream);
    fprintf(stream, "\n%s", texts[check].remedy);
}
