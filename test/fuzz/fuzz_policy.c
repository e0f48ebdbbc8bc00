/* Any bytes as a policy: messages, or a table that its reader accepts. Such a policy is
 * printed, and what is printed compiles to the same table but for places, and is printed
 * the same again. The certificates and CAs that it may name are those of the directory
 * FUZZ_FILES. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/compile.h"
#include "authorityc/policy_print.h"
#include "authorityc/table_json.h"
#include "authorityc/warning_options.h"
#include "test/fuzz/fuzz.h"

/* Where the policy is written: beside the files that it may name. */
static const char *policy_path(void)
{
    static char path[4096];
    const char *files = getenv("FUZZ_FILES");

    if (!path[0]) {
        snprintf(path, sizeof path, "%s/fuzz-%ld.policy", files ? files : "/tmp",
                 (long)getpid());
    }
    return path;
}

static void policy_write(const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(policy_path(), "wb");

    fuzz_require(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0,
                 "the policy can be written");
}

/* Text for a terminal: UTF-8 without control characters but line ends and tabs. */
static void require_text(const char *text, size_t size)
{
    json_t *judge = json_stringn(text, size); /* NULL for what is no UTF-8 */

    fuzz_require(judge != NULL, "messages are UTF-8");
    json_decref(judge);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        fuzz_require((byte >= ' ' && byte != 0x7f) || byte == '\n' || byte == '\t',
                     "messages have no control characters");
    }
}

static void messages_print(const aty_diag *diag)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    fuzz_require(stream != NULL, "there is memory");
    aty_diag_print(diag, stream, false);
    fclose(stream);
    fuzz_require(aty_diag_errors(diag) == 0 || size > 0, "an error has a message");
    require_text(text, size);
    /* Only a message without a place begins a line so. */
    fuzz_require(strncmp(text, "error: internal", 15) != 0 &&
                     !strstr(text, "\nerror: internal"),
                 "what is written can be read");
    free(text);
}

static const char *printed(apr_pool_t *pool, const aty_policy *policy)
{
    const aty_policy_print_options options = {policy->directory, NULL};
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    const char *copy;

    fuzz_require(stream != NULL, "there is memory");
    aty_policy_print(pool, policy, &options, stream);
    fclose(stream);
    copy = apr_pstrmemdup(pool, text, size);
    free(text);
    return copy;
}

/* "Isolate on (NAME, FILE:LINE)": what no other vhost says. */
static bool has_place(const json_t *value)
{
    return json_is_string(value) &&
           strncmp(json_string_value(value), "Isolate on (", 12) == 0;
}

/* Takes out what says where a line stands. */
static void places_drop(json_t *value)
{
    const char *key;
    json_t *member;
    size_t i;
    void *next;

    json_object_del(value, "place");
    json_object_foreach_safe(value, next, key, member)
    {
        if (has_place(member)) {
            json_object_del(value, key);
        }
        else {
            places_drop(member);
        }
    }
    json_array_foreach(value, i, member)
    {
        places_drop(member);
    }
}

static void require_same_table(const aty_table *a, const aty_table *b)
{
    json_t *sides[] = {aty_json_table(a), aty_json_table(b)};

    fuzz_require(sides[0] && sides[1], "a table has words");
    places_drop(sides[0]);
    places_drop(sides[1]);
    fuzz_require(json_equal(sides[0], sides[1]), "the table is the same");
    json_decref(sides[0]);
    json_decref(sides[1]);
}

static void print_and_read(apr_pool_t *pool, const aty_policy *policy,
                           const aty_compiled *compiled)
{
    const char *text = printed(pool, policy);
    aty_diag *diag = aty_diag_create_lenient(pool);
    const aty_policy *again;
    aty_compiled second;

    policy_write((const uint8_t *)text, strlen(text));
    again = aty_policy_read(pool, policy_path(), diag);
    fuzz_require(again && aty_compile(pool, again, diag, &second),
                 "what is printed compiles");
    require_same_table(&compiled->table, &second.table);
    fuzz_require(strcmp(text, printed(pool, again)) == 0, "it is printed the same again");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    aty_diag *diag = aty_diag_create(pool);
    aty_policy *policy;
    aty_compiled compiled;

    policy_write(bytes, size);
    policy = aty_policy_read(pool, policy_path(), diag);
    fuzz_require(policy != NULL, "the policy can be read");
    if (aty_compile(pool, policy, diag, &compiled)) {
        print_and_read(pool, policy, &compiled);
    }
    else {
        fuzz_require(aty_diag_errors(diag) > 0, "no table without an error");
    }
    messages_print(diag);
    apr_pool_destroy(pool);
    unlink(policy_path());
    return 0;
}
