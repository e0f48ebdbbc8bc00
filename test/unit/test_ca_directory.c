/* Which files of a directory OpenSSL looks for. */
#include "core/ca_directory.h"

#include "test/unit/tap.h"

int main(void)
{
    static const struct {
        const char *name;
        bool certificate, list;
    } cases[] = {
        {"9d66eef0.0", true, false},
        {"9d66eef0.17", true, false},
        {"9d66eef0.r0", false, true},
        {"9d66eef0.r", false, false},
        {"9d66eef0.", false, false},
        {"9d66eef0", false, false},
        {"9D66EEF0.0", false, false},
        {"9d66eef.0", false, false},
        {"9d66eef01.0", false, false},
        {"9d66eef0.0~", false, false},
        {"9d66eef0.rr0", false, false},
        {"staff-ca.pem", false, false},
        {"", false, false},
        {"9d66eef0.0.pem", false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tap_ok(aty_ca_directory_finds(cases[i].name, false) == cases[i].certificate,
               "a certificate: '%s'", cases[i].name);
        tap_ok(aty_ca_directory_finds(cases[i].name, true) == cases[i].list,
               "a revocation list: '%s'", cases[i].name);
    }
    return tap_done();
}
