#include "authorityc/plan/plan_address_stock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include <apr_hash.h>
#include <apr_strings.h>

/* RFC 5737: the addresses of hosts in TEST-NET-1 to TEST-NET-3. */
static const char *const networks[] = {"192.0.2", "198.51.100", "203.0.113"};
#define NETWORKS (sizeof networks / sizeof networks[0])
#define HOSTS    254u

#define HOSTS_V6 65535u /* of 2001:db8::/32 (RFC 3849) */

struct aty_address_stock {
    apr_pool_t *pool;
    apr_array_header_t *given; /* const char *, as inet_ntop writes them */
    apr_hash_t *taken;         /* "HOST PORT"; also "HOST", of any port */
};

static const char *key_of(const aty_address_stock *stock, const char *host, uint32_t port)
{
    return apr_psprintf(stock->pool, "%s %u", host, port);
}

static void take(const aty_address_stock *stock, const char *host, uint32_t port)
{
    apr_hash_set(stock->taken, key_of(stock, host, port), APR_HASH_KEY_STRING, "");
    apr_hash_set(stock->taken, apr_pstrdup(stock->pool, host), APR_HASH_KEY_STRING, "");
}

/* Any port stands for all of them. */
static bool is_taken(const aty_address_stock *stock, const char *host, uint32_t port)
{
    return port == 0 ? apr_hash_get(stock->taken, host, APR_HASH_KEY_STRING) != NULL
                     : apr_hash_get(stock->taken, key_of(stock, host, port),
                                    APR_HASH_KEY_STRING) ||
                           apr_hash_get(stock->taken, key_of(stock, host, 0),
                                        APR_HASH_KEY_STRING);
}

/* Whether it is one address of a machine, and not another way to write an IPv4 address:
 * policies take that for the IPv4 address. */
static bool is_usable(int family, const void *bytes)
{
    const struct in6_addr *v6 = bytes;
    const struct in_addr *v4 = bytes;

    return family == AF_INET ? v4->s_addr != htonl(INADDR_ANY)
                             : !IN6_IS_ADDR_UNSPECIFIED(v6) && !IN6_IS_ADDR_V4MAPPED(v6);
}

/* The address as policies have it, or NULL. */
static const char *address_read(apr_pool_t *pool, const char *word)
{
    size_t length = strlen(word);
    bool bracketed = length > 1 && word[0] == '[' && word[length - 1] == ']';
    const char *bare = bracketed ? apr_pstrmemdup(pool, word + 1, length - 2) : word;
    struct in6_addr bytes;
    char text[INET6_ADDRSTRLEN];
    int family = strchr(bare, ':') ? AF_INET6 : AF_INET;

    if ((bracketed && family == AF_INET) || inet_pton(family, bare, &bytes) != 1 ||
        !is_usable(family, &bytes)) {
        return NULL;
    }
    return apr_pstrdup(pool, inet_ntop(family, &bytes, text, sizeof text));
}

aty_address_stock *aty_address_stock_make(apr_pool_t *pool, const aty_policy *policy,
                                          const apr_array_header_t *addresses,
                                          const char **fault)
{
    aty_address_stock *stock = apr_palloc(pool, sizeof *stock);

    *stock = (aty_address_stock){pool, apr_array_make(pool, 4, sizeof(const char *)),
                                 apr_hash_make(pool)};
    for (int i = 0; addresses && i < addresses->nelts; i++) {
        const char *word = APR_ARRAY_IDX(addresses, i, const char *);
        const char *address = address_read(pool, word);
        if (!address) {
            *fault = apr_psprintf(pool, "'%s' is no IP address", word);
            return NULL;
        }
        APR_ARRAY_PUSH(stock->given, const char *) = address;
    }
    for (int i = 0; i < policy->vhosts->nelts; i++) {
        const aty_vhost *vhost = &APR_ARRAY_IDX(policy->vhosts, i, const aty_vhost);
        for (int a = 0; a < vhost->addresses->nelts; a++) {
            const aty_vhost_address *address =
                &APR_ARRAY_IDX(vhost->addresses, a, const aty_vhost_address);
            take(stock, address->host, address->port);
        }
    }
    return stock;
}

bool aty_address_is_example(const char *host)
{
    bool found = strncmp(host, "2001:db8:", strlen("2001:db8:")) == 0;

    for (size_t i = 0; i < NETWORKS; i++) {
        size_t length = strlen(networks[i]);
        found = found || (strncmp(host, networks[i], length) == 0 && host[length] == '.');
    }
    return found;
}

/* Address N of the networks for documentation, or NULL. */
static const char *documentation_address(apr_pool_t *pool, bool is_v6, uint32_t number)
{
    if (is_v6) {
        return number < HOSTS_V6 ? apr_psprintf(pool, "2001:db8::%x", number + 1) : NULL;
    }
    return number < NETWORKS * HOSTS
               ? apr_psprintf(pool, "%s.%u", networks[number / HOSTS], number % HOSTS + 1)
               : NULL;
}

const char *aty_address_stock_take(aty_address_stock *stock,
                                   const aty_vhost_address *instead)
{
    bool is_any = strcmp(instead->host, "*") == 0;
    bool is_v6 = strchr(instead->host, ':') != NULL;
    const char *host;

    for (int i = 0; i < stock->given->nelts; i++) {
        host = APR_ARRAY_IDX(stock->given, i, const char *);
        if ((is_any || (strchr(host, ':') != NULL) == is_v6) &&
            !is_taken(stock, host, instead->port)) {
            take(stock, host, instead->port);
            return host;
        }
    }
    for (uint32_t i = 0; (host = documentation_address(stock->pool, is_v6, i)); i++) {
        if (!is_taken(stock, host, instead->port)) {
            take(stock, host, instead->port);
            return host;
        }
    }
    return NULL;
}
