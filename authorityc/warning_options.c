#include "authorityc/warning_options.h"

#include <stdio.h>
#include <string.h>

#include "authorityc/nearest.h"

aty_check aty_check_named(const char *name)
{
    aty_nearest nearest = aty_nearest_to(name);

    for (int check = 0; check < ATY_CHECK_COUNT; check++) {
        if (strcmp(aty_check_name((aty_check)check), name) == 0) {
            return (aty_check)check;
        }
        aty_nearest_try(&nearest, aty_check_name((aty_check)check));
    }
    fprintf(stderr, "authorityc: error: there is no check '%.80s'", name);
    if (nearest.best) {
        fprintf(stderr, "; did you mean '%s'?\n", nearest.best);
    }
    else {
        fputs("; 'authorityc check --explain' lists them\n", stderr);
    }
    return ATY_CHECK_COUNT;
}

/* What stands after the beginning, or NULL where the word begins otherwise. */
static const char *after(const char *word, const char *beginning)
{
    size_t length = strlen(beginning);

    return strncmp(word, beginning, length) == 0 ? word + length : NULL;
}

static bool error_take(aty_warning_options *options, const char *name, aty_said said)
{
    aty_check check = aty_check_named(name);

    if (check == ATY_CHECK_COUNT) {
        return false;
    }
    options->of[check].error = said;
    if (said == ATY_SAID_YES) {
        options->of[check].asked = ATY_SAID_YES;
    }
    return true;
}

static bool name_take(aty_warning_options *options, const char *name, aty_said said)
{
    aty_check check = aty_check_named(name);

    if (check == ATY_CHECK_COUNT) {
        return false;
    }
    options->of[check].asked = said;
    return true;
}

bool aty_warning_option_take(aty_warning_options *options, const char *word)
{
    const char *denied = after(word, "no-");
    aty_said said = denied ? ATY_SAID_NO : ATY_SAID_YES;
    const char *name = denied ? denied : word;
    const char *as_error = after(name, "error=");

    if (strcmp(name, "error") == 0) {
        options->all_errors = !denied;
        return true;
    }
    return as_error ? error_take(options, as_error, said)
                    : name_take(options, name, said);
}

aty_severity aty_warning_severity(const aty_warning_options *options, aty_check check)
{
    aty_severity usual = aty_check_default(check);

    if (options->of[check].asked == ATY_SAID_NO ||
        (options->of[check].asked == ATY_UNSAID && usual == ATY_SEVERITY_OFF)) {
        return ATY_SEVERITY_OFF;
    }
    if (options->of[check].error != ATY_UNSAID) {
        return options->of[check].error == ATY_SAID_YES ? ATY_SEVERITY_ERROR
                                                        : ATY_SEVERITY_WARNING;
    }
    return usual == ATY_SEVERITY_ERROR || options->all_errors ? ATY_SEVERITY_ERROR
                                                              : ATY_SEVERITY_WARNING;
}

aty_diag *aty_diag_create_with(apr_pool_t *pool, const aty_warning_options *options)
{
    aty_diag *diag = aty_diag_create(pool);

    for (int check = 0; check < ATY_CHECK_COUNT; check++) {
        aty_diag_set_severity(diag, (aty_check)check,
                              aty_warning_severity(options, (aty_check)check));
    }
    return diag;
}

aty_diag *aty_diag_create_lenient(apr_pool_t *pool)
{
    aty_warning_options options = {0};

    for (int check = 0; check < ATY_CHECK_COUNT; check++) {
        options.of[check].error = ATY_SAID_NO;
    }
    return aty_diag_create_with(pool, &options);
}
