/* Ways out speak of what the server has: of the module and its table only where the
 * policy's verdicts are expected.
 */
#include <string.h>

#include "authorityc/probe/probe_faults.h"
#include "test/unit/tap.h"

static const char *const of_the_module[] = {
    "table", "AuthorityEngine", "AuthorityOrigin", "OriginBudget", "Advertise", "observe",
};

/* Those that are found of every server: the ORIGIN set of a policy is not held against
 * others. */
static bool is_found(aty_probe_fault fault, aty_probe_server server)
{
    return (fault != ATY_FAULT_ORIGIN_DIFFERS && fault != ATY_FAULT_ORIGIN_MISSING) &&
           (server == ATY_SERVER_HTTPD ||
            (fault != ATY_FAULT_OPENED && fault != ATY_FAULT_ORIGIN_UNEXPECTED));
}

static const char *module_word(const char *way_out)
{
    for (size_t i = 0; i < sizeof of_the_module / sizeof of_the_module[0]; i++) {
        if (strstr(way_out, of_the_module[i])) {
            return of_the_module[i];
        }
    }
    return "";
}

static void test_server(aty_probe_server server, const char *kind)
{
    for (int fault = 0; fault < ATY_FAULT_COUNT; fault++) {
        if (is_found((aty_probe_fault)fault, server)) {
            tap_is_str(module_word(aty_fault_way_out((aty_probe_fault)fault, server)), "",
                       "%s: %s", kind, aty_fault_name((aty_probe_fault)fault));
        }
    }
}

static bool says(aty_probe_fault fault, aty_probe_server server, const char *word)
{
    return strstr(aty_fault_way_out(fault, server), word) != NULL;
}

int main(void)
{
    test_server(ATY_SERVER_HTTPD, "httpd");
    test_server(ATY_SERVER_OTHER, "other");
    tap_ok(says(ATY_FAULT_OPENED, ATY_SERVER_AUTHORITY, "AuthorityEngine"),
           "opened, with the module");
    tap_ok(says(ATY_FAULT_OPENED, ATY_SERVER_HTTPD, "SSLVHostSNIPolicy"),
           "opened, without it");
    tap_ok(says(ATY_FAULT_REFUSED, ATY_SERVER_HTTPD, "SSLVHostSNIPolicy"),
           "refused, without it");
    tap_ok(!says(ATY_FAULT_REFUSED, ATY_SERVER_HTTPD, "ATY301"),
           "... which logs no ATY301");
    return tap_done();
}
