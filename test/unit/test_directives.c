/* The table of directives: sorted, as its search needs; known to the manual; and each of
 * them in the sample that every other test of the language uses. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/directives.h"
#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

/* Tests run at the root of the tree. */
static const char *file_text(apr_pool_t *pool, const char *path)
{
    const char *problem;
    const aty_file *file = aty_file_read(pool, path, &problem);
    if (!file) {
        printf("Bail out! cannot read %s: %s\n", path, problem);
        exit(2);
    }
    return file->text;
}

static bool stands_in(apr_pool_t *pool, const char *text, const char *before,
                      const char *name)
{
    const char *part = apr_pstrcat(pool, before, name, NULL);
    size_t length = strlen(part);
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) {
        if (at[length] == ' ' || at[length] == '\n') {
            return true;
        }
    }
    return false;
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    const char *sample = file_text(pool, "test/golden/every-directive.policy");
    const char *manual = file_text(pool, "man/authority.policy.5");
    const aty_directive_spec *spec, *last = NULL;
    for (int i = 0; (spec = aty_directive_at(i)) != NULL; i++) {
        tap_ok(!last || strcasecmp(last->name, spec->name) < 0, "%s is in order",
               spec->name);
        tap_ok(aty_directive_find(spec->name) == spec, "%s is found", spec->name);
        tap_ok(stands_in(pool, sample, "\n", spec->name) ||
                   stands_in(pool, sample, " ", spec->name),
               "%s is in the sample", spec->name);
        tap_ok(stands_in(pool, manual, ".It Ic ", spec->name), "%s is in the manual",
               spec->name);
        last = spec;
    }
    tap_ok(aty_directive_find("sslverifyclient") != NULL, "names have no case");
    tap_ok(aty_directive_find("SSLEngine") == NULL, "what is not there is not found");
    tap_ok(aty_directive_advice("sslengine") != NULL, "but there is advice about it");
    apr_pool_destroy(pool);
    return tap_done();
}
