#include "authorityc/import/import_httpd.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_file_info.h>
#include <apr_strings.h>

#include "authorityc/import/import.h"
#include "authorityc/run.h"

#define SECONDS_MAX 120 /* of one run; 100,000 vhosts take a few */

/* Debian's apache2ctl sets the variables that its configuration needs; Fedora's apachectl
 * takes no arguments. */
static const char *const usual_commands[] = {"apache2ctl", "httpd", "apache2",
                                             "apachectl"};

/* Where modules are installed: Debian and SUSE, Fedora, FreeBSD, httpd's own. */
static const char *const usual_modules[] = {
    "/usr/lib/apache2/modules/mod_authority.so", "/usr/lib64/apache2/mod_authority.so",
    "/usr/lib64/httpd/modules/mod_authority.so",
    "/usr/local/libexec/apache24/mod_authority.so",
    "/usr/local/apache2/modules/mod_authority.so"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_program(const char *path)
{
    apr_finfo_t info;
    return access(path, X_OK) == 0 &&
           apr_stat(&info, path, APR_FINFO_TYPE, NULL) != APR_ENOENT &&
           info.filetype == APR_REG;
}

/* The path of a command; httpd is often outside of the PATH of users. */
static const char *find_program(apr_pool_t *pool, const char *name)
{
    const char *set = getenv("PATH");
    if (strchr(name, '/')) {
        return is_program(name) ? name : NULL;
    }
    char *rest = apr_pstrcat(pool, set ? set : "/usr/bin:/bin",
                             ":/usr/sbin:/usr/local/sbin", NULL);
    for (char *folder; (folder = apr_strtok(rest, ":", &rest)) != NULL;) {
        const char *path = apr_pstrcat(pool, folder, "/", name, NULL);
        if (is_program(path)) {
            return path;
        }
    }
    return NULL;
}

static const char *find_httpd(apr_pool_t *pool, const char *command, const char **program)
{
    *program = command ? find_program(pool, command) : NULL;
    for (size_t i = 0; !command && !*program && i < COUNT(usual_commands); i++) {
        *program = find_program(pool, usual_commands[i]);
    }
    if (*program) {
        return NULL;
    }
    return command
               ? apr_psprintf(pool, "there is no program '%s'", command)
               : "found none of apache2ctl, httpd, apache2 and apachectl; name one with "
                 "--httpd";
}

/* The module of the build tree that this program stands in; NULL: none. */
static const char *module_beside(apr_pool_t *pool)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length <= 0) {
        return NULL;
    }
    self[length] = '\0';
    char *folder = strrchr(self, '/');
    *folder = '\0';
    return apr_pstrcat(pool, self, "/../mod_authority/mod_authority.so", NULL);
}

static const char *absolute(apr_pool_t *pool, const char *path)
{
    char *current, *merged;
    if (apr_filepath_get(&current, 0, pool) == APR_SUCCESS &&
        apr_filepath_merge(&merged, current, path, 0, pool) == APR_SUCCESS) {
        return merged;
    }
    return path;
}

static const char *find_module(apr_pool_t *pool, const char *given, const char **module)
{
    const char *beside = given ? absolute(pool, given) : module_beside(pool);
    *module = beside && access(beside, R_OK) == 0 ? absolute(pool, beside) : NULL;
    for (size_t i = 0; !given && !*module && i < COUNT(usual_modules); i++) {
        *module = access(usual_modules[i], R_OK) == 0 ? usual_modules[i] : NULL;
    }
    if (*module) {
        return NULL;
    }
    return given
               ? apr_psprintf(pool, "cannot read the module '%s'", given)
               : "this httpd does not load mod_authority, and it is not installed where "
                 "modules usually are; name it with --module";
}

/* The command line; `module` is to be loaded, or NULL. */
static const char *const *command_line(apr_pool_t *pool, const char *program,
                                       const aty_import_request *request,
                                       const char *module)
{
    apr_array_header_t *words = apr_array_make(pool, 16, sizeof(const char *));
    APR_ARRAY_PUSH(words, const char *) = program;
    if (request->file) {
        APR_ARRAY_PUSH(words, const char *) = "-f";
        APR_ARRAY_PUSH(words, const char *) = absolute(pool, request->file);
    }
    for (int i = 0; i < request->argument_count; i++) {
        APR_ARRAY_PUSH(words, const char *) = request->arguments[i];
    }
    if (module) {
        APR_ARRAY_PUSH(words, const char *) = "-C";
        APR_ARRAY_PUSH(words, const char *) =
            apr_psprintf(pool, "LoadModule authority_module \"%s\"", module);
    }
    APR_ARRAY_PUSH(words, const char *) = "-t";
    APR_ARRAY_PUSH(words, const char *) = "-D";
    APR_ARRAY_PUSH(words, const char *) = "DUMP_AUTHORITY";
    APR_ARRAY_PUSH(words, const char *) = NULL;
    return (const char *const *)(void *)words->elts;
}

/* All but the last line of `httpd -t`, which is not about the policy. */
static void pass_on(const aty_run_result *result)
{
    static const char fine[] = "Syntax OK\n";
    size_t size = result->errors_size, length = strlen(fine);
    if (size >= length && memcmp(result->errors + size - length, fine, length) == 0) {
        size -= length;
    }
    fwrite(result->errors, 1, size, stderr);
}

/* Runs httpd once. NULL, or what is wrong; then what httpd says was passed on. */
static const char *run_once(apr_pool_t *pool, const char *const *words,
                            aty_run_result *result)
{
    const char *problem = aty_run(pool, words, SECONDS_MAX, result);
    if (problem) {
        return apr_psprintf(pool, "'%s': %s", words[0], problem);
    }
    if (result->exit_code == 0) {
        return NULL;
    }
    pass_on(result);
    fwrite(result->output, 1, result->output_size < 4096 ? result->output_size : 4096,
           stderr);
    return apr_psprintf(
        pool,
        "'%s' refuses its configuration, or cannot read all of it as this "
        "user: exit code %d",
        words[0], result->exit_code);
}

/* The dump, which begins a line; what is before it other modules have printed. */
static const char *find_dump(const aty_run_result *result)
{
    const char *at = result->output;
    const char *end = result->output + result->output_size;
    size_t length = strlen(ATY_IMPORT_DUMP_MARK);
    while (at && (size_t)(end - at) >= length &&
           memcmp(at, ATY_IMPORT_DUMP_MARK, length) != 0) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    return at && (size_t)(end - at) >= length ? at : NULL;
}

/* Once more, with the module: the configuration does not load it by itself, and loaded
 * twice it would only be remarked on. */
static const char *ask_with_module(apr_pool_t *pool, const char *program,
                                   const aty_import_request *request,
                                   aty_run_result *result)
{
    const char *module;
    const char *problem = find_module(pool, request->module, &module);
    if (!problem) {
        problem = run_once(pool, command_line(pool, program, request, module), result);
    }
    return problem;
}

const char *aty_import_ask(apr_pool_t *pool, const aty_import_request *request,
                           const char **dump, size_t *size)
{
    const char *program;
    aty_run_result result;
    const char *problem = find_httpd(pool, request->command, &program);
    if (!problem) {
        problem = run_once(pool, command_line(pool, program, request, NULL), &result);
    }
    if (!problem && !find_dump(&result)) {
        problem = ask_with_module(pool, program, request, &result);
    }
    if (problem) {
        return problem;
    }
    pass_on(&result);
    *dump = find_dump(&result);
    if (!*dump) {
        return apr_psprintf(pool,
                            "'%s' prints no dump: it is no httpd, or its configuration "
                            "loads an older mod_authority",
                            program);
    }
    *size = result.output_size - (size_t)(*dump - result.output);
    return NULL;
}
