/* values_address.c: the addresses of <VirtualHost>, without asking any resolver. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/values.h"

/* Reads the port behind a host: "", ":*" or ":443". */
static const char *port_problem(const char *text, uint32_t *port)
{
    *port = 0;
    if (*text == '\0' || strcmp(text, ":*") == 0) {
        return NULL;
    }
    if (*text != ':') {
        return "has something other than ':' and a port behind its ']'";
    }
    const char *digits = text + 1;
    size_t count = strspn(digits, "0123456789");
    long number = count > 0 && count < 6 ? strtol(digits, NULL, 10) : 0;
    if (digits[count] != '\0' || number < 1 || number > 65535) {
        return "has no port from 1 to 65535, or '*', behind its ':'";
    }
    *port = (uint32_t)number;
    return NULL;
}

static const char *ipv4_text(apr_pool_t *pool, const struct in_addr *address)
{
    char text[INET_ADDRSTRLEN];
    if (address->s_addr == htonl(INADDR_ANY)) {
        return "*";
    }
    return apr_pstrdup(pool, inet_ntop(AF_INET, address, text, sizeof(text)));
}

/* httpd takes an IPv4 address in IPv6 clothes for the IPv4 address. */
static const char *ipv6_text(apr_pool_t *pool, const struct in6_addr *address)
{
    char text[INET6_ADDRSTRLEN];
    if (IN6_IS_ADDR_UNSPECIFIED(address)) {
        return "*";
    }
    if (IN6_IS_ADDR_V4MAPPED(address)) {
        struct in_addr inner;
        memcpy(&inner, address->s6_addr + 12, sizeof(inner));
        return ipv4_text(pool, &inner);
    }
    return apr_pstrdup(pool, inet_ntop(AF_INET6, address, text, sizeof(text)));
}

static const char *ipv6_problem(apr_pool_t *pool, const char *text, const char **host)
{
    struct in6_addr address;
    if (strchr(text, '%')) {
        return "has a scope, which a policy cannot have; leave out what stands from '%' "
               "on";
    }
    if (inet_pton(AF_INET6, text, &address) != 1) {
        return "is not an IPv6 address in brackets";
    }
    *host = ipv6_text(pool, &address);
    return NULL;
}

static const char *host_problem(apr_pool_t *pool, const char *text, bool with_port,
                                const char **host)
{
    struct in_addr address;
    if (strcmp(text, "*") == 0 || strcasecmp(text, "_default_") == 0) {
        *host = "*";
        return NULL;
    }
    if (inet_pton(AF_INET, text, &address) == 1) {
        *host = ipv4_text(pool, &address);
        return NULL;
    }
    if (*text == '\0') {
        return "has no address before its port; write '*' for all addresses";
    }
    if (text[strspn(text, "0123456789")] == '\0' && !with_port) {
        return apr_psprintf(pool, "is a port without an address; write '*:%s'", text);
    }
    if (text[strspn(text, "0123456789.")] == '\0') {
        return "is not an IPv4 address";
    }
    return "is a name, not an address, and nothing is looked up when a policy is "
           "compiled; write its address, or '*'";
}

static const char *address_problem(apr_pool_t *pool, const char *text,
                                   aty_vhost_address *address)
{
    if (*text == '[') {
        size_t length = strcspn(text, "]");
        if (text[length] == '\0') {
            return "has no ']' behind its IPv6 address";
        }
        const char *problem = port_problem(text + length + 1, &address->port);
        const char *inner = apr_pstrmemdup(pool, text + 1, length - 1);
        return problem ? problem : ipv6_problem(pool, inner, &address->host);
    }
    size_t length = strcspn(text, ":");
    if (text[length] && strchr(text + length + 1, ':')) {
        return "has more than one ':'; an IPv6 address stands in brackets, as in "
               "'[2001:db8::1]:443'";
    }
    const char *problem = port_problem(text + length, &address->port);
    const char *host = text[length] ? apr_pstrmemdup(pool, text, length) : text;
    return problem ? problem
                   : host_problem(pool, host, text[length] != '\0', &address->host);
}

bool aty_value_address(const aty_values *values, const aty_word *word,
                       aty_vhost_address *address)
{
    *address = (aty_vhost_address){.place = word->place};
    const char *problem = address_problem(values->pool, word->text, address);
    return problem ? aty_value_wrong(values, word, problem) : true;
}
