/* plan_address_stock.h: addresses to give away.
 */
#ifndef ATY_AUTHORITYC_PLAN_ADDRESS_STOCK_H
#define ATY_AUTHORITYC_PLAN_ADDRESS_STOCK_H

#include <stdbool.h>

#include <apr_pools.h>
#include <apr_tables.h>

#include "authorityc/policy.h"

typedef struct aty_address_stock aty_address_stock;

/* First the addresses that are given (const char *, IPv6 with or without brackets), then
 * those of the networks for documentation (RFC 5737, RFC 3849). What the policy has is
 * not given away. NULL with `fault` where one of them is no IP address. */
aty_address_stock *aty_address_stock_make(apr_pool_t *pool, const aty_policy *policy,
                                          const apr_array_header_t *addresses,
                                          const char **fault);

/* An address to leave this one for: of its family (for `*` of any that is given, else
 * IPv4) and with its port. NULL: there are none any more. */
const char *aty_address_stock_take(aty_address_stock *stock,
                                   const aty_vhost_address *instead);

/* Whether an address, as policies have it, is of those networks for documentation. */
bool aty_address_is_example(const char *host);

#endif
