/* The names of the SNIPolicies, core/sni_policy.h. */
#include "test/unit/tap.h"

#include "core/sni_policy.h"

static const struct {
    const char *written;
    aty_sni_policy policy;
} names[] = {
    {"strict", ATY_SNI_STRICT},
    {"secure", ATY_SNI_SECURE},
    {"authonly", ATY_SNI_AUTHONLY},
    {"insecure", ATY_SNI_INSECURE},
    {"legacy", ATY_SNI_LEGACY},
    {"SeCuRe", ATY_SNI_SECURE},
    {"secur", ATY_SNI_COUNT},
    {"secures", ATY_SNI_COUNT},
    {"", ATY_SNI_COUNT},
};

int main(void)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tap_is_int(aty_sni_policy_named(names[i].written), names[i].policy, "'%s'",
                   names[i].written);
    }
    for (int policy = 0; policy < ATY_SNI_COUNT; policy++) {
        const char *name = aty_sni_policy_name((aty_sni_policy)policy);
        tap_ok(name && aty_sni_policy_named(name) == (aty_sni_policy)policy,
               "%s is the name of what it names", name ? name : "nothing");
    }
    return tap_done();
}
