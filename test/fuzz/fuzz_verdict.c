/* Policies that are made of the input, and hosts of any bytes: which vhost a host leads
 * to, who covers it and what is decided are asked of the table, and of slow rules that
 * know no index and no group. Then the same hosts are given to `explain --pairs`.
 *
 * links: test/fuzz/policy_memory.c
 */
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/compile.h"
#include "authorityc/explain/explain.h"
#include "authorityc/warning_options.h"
#include "core/names.h"
#include "core/verdict.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/policy_memory.h"

#define VHOSTS_MAX 6
#define NAMES_MAX  4
#define HOSTS_MAX  6
#define RAW        0x80 /* of the byte before a host: its bytes follow */

static const char *const labels[] = {"a", "b", "ab", "x1", "*", "?", "a*", "*b", "?b"};
#define PLAIN_LABELS 4 /* the first ones are no patterns */

static const char *const addresses[] = {"*:443", "192.0.2.1:443", "*:8443",
                                        "*:443 192.0.2.1:443"};

static const char *const settings[] = {
    "",
    "SSLVerifyClient optional\n",
    "SSLVerifyDepth 3\n",
    "Zone red\n",
    "Isolate on\n",
    "Protocols http/1.1\n",
    "UnknownAuthority serve\n",
    "SSLProtocol TLSv1.3\n",
    "SSLCipherSuite HIGH\n",
    "<Location /p>\nSSLVerifyClient require\n</Location>\n",
    "Advertise off\n",
};

static const char *const sni_policies[] = {"strict", "secure", "authonly", "insecure",
                                           "legacy"};

#define COUNT(list)       (sizeof(list) / sizeof(list)[0])
#define PICK(input, list) ((list)[fuzz_byte(input) % COUNT(list)])

/* One to four labels. */
static const char *name_take(apr_pool_t *pool, fuzz_input *input, size_t kinds)
{
    uint8_t how = fuzz_byte(input);
    const char *name = labels[(how >> 2) % kinds];

    for (int i = how & 3; i > 0; i--) {
        name = apr_pstrcat(pool, name, ".", labels[fuzz_byte(input) % kinds], NULL);
    }
    return name;
}

/* A certificate that does not exist yet: its names, of which some begin with a star. */
static const char *certificate_take(apr_pool_t *pool, fuzz_input *input,
                                    apr_hash_t *planned)
{
    int count = 1 + fuzz_byte(input) % NAMES_MAX;
    const char *path = apr_psprintf(pool, "/none/%u.pem", apr_hash_count(planned));
    apr_array_header_t *names = apr_array_make(pool, count, sizeof(const char *));

    for (int i = 0; i < count; i++) {
        const char *star = fuzz_byte(input) & 1 ? "*." : "";
        APR_ARRAY_PUSH(names, const char *) =
            apr_pstrcat(pool, star, name_take(pool, input, PLAIN_LABELS), NULL);
    }
    apr_hash_set(planned, path, APR_HASH_KEY_STRING, names);
    return apr_psprintf(pool, "SSLCertificateFile %s\nSSLCertificateKeyFile %s\n", path,
                        path);
}

static const char *vhost_take(apr_pool_t *pool, fuzz_input *input, apr_hash_t *planned)
{
    const char *address = PICK(input, addresses);
    const char *name = name_take(pool, input, PLAIN_LABELS);
    const char *text =
        apr_pstrcat(pool, "<VirtualHost ", address, ">\nServerName ", name, "\n", NULL);

    for (int i = fuzz_byte(input) % NAMES_MAX; i > 0; i--) {
        text = apr_pstrcat(pool, text, "ServerAlias ",
                           name_take(pool, input, COUNT(labels)), "\n", NULL);
    }
    for (int i = 1 + fuzz_byte(input) % 2; i > 0; i--) {
        text = apr_pstrcat(pool, text, certificate_take(pool, input, planned), NULL);
    }
    return apr_pstrcat(pool, text, PICK(input, settings), "</VirtualHost>\n", NULL);
}

static const char *accept_pair_take(apr_pool_t *pool, fuzz_input *input)
{
    const char *sni = name_take(pool, input, PLAIN_LABELS);
    const char *authority = name_take(pool, input, PLAIN_LABELS);

    return apr_pstrcat(pool, "AcceptPair ", sni, " ", authority, "\n", NULL);
}

static aty_policy *policy_take(apr_pool_t *pool, fuzz_input *input, aty_diag *diag)
{
    apr_hash_t *planned = apr_hash_make(pool);
    const char *sni_policy = PICK(input, sni_policies);
    const char *text =
        apr_pstrcat(pool, "SNIPolicy ", sni_policy, "\n", PICK(input, settings), NULL);
    aty_policy *policy;

    for (int i = 1 + fuzz_byte(input) % VHOSTS_MAX; i > 0; i--) {
        text = apr_pstrcat(pool, text, vhost_take(pool, input, planned), NULL);
    }
    for (int i = fuzz_byte(input) % 3; i > 0; i--) {
        text = apr_pstrcat(pool, text, accept_pair_take(pool, input), NULL);
    }
    policy = policy_memory_read(pool, text, strlen(text), diag);
    policy->planned = planned;
    return policy;
}

/* What is asked about: a host, in lower case. */
typedef struct {
    const aty_policy *policy;
    const aty_table *table;
    const char *host;
    size_t length;
} asked;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* `*` is any run, `?` any character: every way is tried. */
static bool slow_matches(const char *name, size_t length, const char *pattern)
{
    if (*pattern == '*') {
        return slow_matches(name, length, pattern + 1) ||
               (length > 0 && slow_matches(name + 1, length - 1, pattern));
    }
    if (*pattern == '\0' || length == 0) {
        return *pattern == '\0' && length == 0;
    }
    return (*pattern == '?' || *pattern == *name) &&
           slow_matches(name + 1, length - 1, pattern + 1);
}

static bool slow_has_name(const asked *a, const aty_vhost *vhost)
{
    if (slow_matches(a->host, a->length, vhost->server_name->text)) {
        return true;
    }
    for (int i = 0; vhost->aliases && i < vhost->aliases->nelts; i++) {
        if (slow_matches(a->host, a->length,
                         APR_ARRAY_IDX(vhost->aliases, i, aty_word).text)) {
            return true;
        }
    }
    return false;
}

static const aty_vhost *vhost_at(const asked *a, uint32_t vhost)
{
    return &APR_ARRAY_IDX(a->policy->vhosts, (int)vhost, const aty_vhost);
}

static bool slow_is_on(const asked *a, uint32_t set, const aty_vhost *vhost)
{
    const aty_address_set_record *record = &a->table->address_sets[set];

    for (int i = 0; i < vhost->addresses->nelts; i++) {
        const aty_vhost_address *address =
            &APR_ARRAY_IDX(vhost->addresses, i, const aty_vhost_address);
        if (address->port == aty_get(record->port) &&
            strcmp(address->host, aty_table_string(a->table, record->host)) == 0) {
            return true;
        }
    }
    return false;
}

/* The first vhost in the file that has it. */
static uint32_t slow_vhost(const asked *a, uint32_t set)
{
    for (uint32_t vhost = 0; vhost < (uint32_t)a->policy->vhosts->nelts; vhost++) {
        if (slow_is_on(a, set, vhost_at(a, vhost)) &&
            slow_has_name(a, vhost_at(a, vhost))) {
            return vhost;
        }
    }
    return ATY_NONE;
}

static bool slow_san_covers(const asked *a, const char *san)
{
    const char *dot = memchr(a->host, '.', a->length);

    if (strncmp(san, "*.", 2) == 0) {
        return dot && dot > a->host &&
               strlen(san + 1) == a->length - (size_t)(dot - a->host) &&
               memcmp(san + 1, dot, strlen(san + 1)) == 0;
    }
    return strlen(san) == a->length && memcmp(san, a->host, a->length) == 0;
}

static bool slow_is_address(const asked *a)
{
    size_t dots = 0;

    for (size_t i = 0; i < a->length; i++) {
        dots += a->host[i] == '.';
    }
    return memchr(a->host, ':', a->length) ||
           (dots == 3 && a->length == strspn(a->host, "0123456789.") &&
            a->host[0] != '.' && a->host[a->length - 1] != '.' && !strstr(a->host, ".."));
}

/* Each certificate of the vhost has a name that covers the host. */
static bool slow_covers(const asked *a, const aty_vhost *vhost)
{
    const apr_array_header_t *files = vhost->scope.tls.certificates;

    for (int i = 0; i < files->nelts; i++) {
        const char *path = APR_ARRAY_IDX(files, i, const aty_directive *)->path;
        const apr_array_header_t *names =
            apr_hash_get(a->policy->planned, path, APR_HASH_KEY_STRING);
        bool covered = false;
        for (int k = 0; k < names->nelts; k++) {
            covered |= slow_san_covers(a, APR_ARRAY_IDX(names, k, const char *));
        }
        if (!covered) {
            return false;
        }
    }
    return !slow_is_address(a);
}

/* Whether some address of the vhost gives the host to it. */
static bool slow_owns(const asked *a, uint32_t vhost)
{
    for (uint32_t set = 0; set < a->table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        if (slow_is_on(a, set, vhost_at(a, vhost)) && slow_vhost(a, set) == vhost) {
            return true;
        }
    }
    return false;
}

static bool slow_rejects(const asked *a, uint32_t vhost)
{
    const aty_directive *unknown = vhost_at(a, vhost)->scope.unknown_authority;

    return (!unknown || unknown->number == 1) && !slow_is_address(a) &&
           !slow_owns(a, vhost);
}

static bool has(const aty_verdict *verdict, aty_reason reason)
{
    return (verdict->reasons & ATY_REASON_BIT(reason)) != 0;
}

/* The reasons that hang on the host, by the slow rules. */
static void judge(const asked *a, const aty_pair *pair, const aty_verdict *verdict)
{
    bool is_unknown = pair->had_sni && slow_rejects(a, pair->request);
    bool lacks_cover = pair->had_sni && !slow_covers(a, vhost_at(a, pair->connection)) &&
                       slow_covers(a, vhost_at(a, pair->request)) &&
                       !aty_vhost_accepts(a->table, pair->connection, a->host, a->length);

    fuzz_require(has(verdict, ATY_REASON_UNKNOWN_AUTHORITY) == is_unknown,
                 "an unknown authority is one");
    fuzz_require(is_unknown || (verdict->outcome == ATY_SAME) ==
                                   (pair->connection == pair->request),
                 "a vhost is the same as itself");
    fuzz_require(is_unknown || verdict->outcome == ATY_SAME ||
                     has(verdict, ATY_REASON_NOT_COVERED) == lacks_cover,
                 "what is not covered is known");
    fuzz_require((verdict->outcome == ATY_MISDIRECTED) == (verdict->reasons != 0),
                 "a refusal has a reason");
    fuzz_require(verdict->outcome != ATY_MISDIRECTED || has(verdict, verdict->reason),
                 "the reason is one of them");
}

static void pair_ask(const asked *a, uint32_t set, uint32_t connection, int how)
{
    uint32_t named = slow_vhost(a, set);
    uint32_t first = aty_get(a->table->address_sets[set].default_vhost);
    aty_pair pair = {
        .connection = connection,
        .address_set = set,
        .base = first,
        .request = named == ATY_NONE ? first : named,
        .authority = a->host,
        .authority_length = a->length,
        .had_sni = how & 1,
        .h2 = how & 2,
    };
    aty_verdict verdict = aty_verdict_decide(a->table, &pair);
    aty_verdict plain;

    pair.address_set = ATY_NONE;
    plain = aty_verdict_decide(a->table, &pair);
    fuzz_require(plain.outcome == verdict.outcome && plain.reasons == verdict.reasons,
                 "no verdict hangs on a group");
    judge(a, &pair, &verdict);
    aty_mod_ssl_decide(a->table, &pair);
}

static void set_ask(const asked *a, uint32_t set)
{
    fuzz_require(aty_vhost_named(a->table, set, a->host, a->length) == slow_vhost(a, set),
                 "the host leads to its vhost");
    for (uint32_t vhost = 0; vhost < a->table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        for (int how = 0; how < 4 && slow_is_on(a, set, vhost_at(a, vhost)); how++) {
            pair_ask(a, set, vhost, how);
        }
    }
}

static void host_ask(const aty_policy *policy, const aty_table *table, const char *bytes,
                     size_t size)
{
    char host[ATY_NAME_MAX + 1];
    const asked a = {policy, table, host, aty_host_of_authority(host, bytes, size)};

    if (a.length == 0) {
        return;
    }
    fuzz_require(a.length <= ATY_NAME_MAX && host[a.length] == '\0', "a host has an end");
    for (size_t i = 0; i < a.length; i++) {
        fuzz_require(host[i] == lower(host[i]), "a host is in lower case");
    }
    for (uint32_t set = 0; set < table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        set_ask(&a, set);
    }
    for (uint32_t vhost = 0; vhost < table->counts[ATY_SECTION_VHOSTS]; vhost++) {
        fuzz_require(aty_vhost_covers(table, vhost, host, a.length) ==
                         slow_covers(&a, vhost_at(&a, vhost)),
                     "who covers the host is known");
    }
}

/* A host of a few labels, with a port or a dot behind it or not, or any bytes. */
static size_t host_take(apr_pool_t *pool, fuzz_input *input, const char **bytes)
{
    static const char *const ends[] = {"", ".", ":443", ":", ".:8443", ".."};
    uint8_t how = fuzz_byte(input);

    if (how & RAW) {
        return fuzz_bytes(input, bytes);
    }
    *bytes = apr_pstrcat(pool, name_take(pool, input, PLAIN_LABELS),
                         ends[how % COUNT(ends)], NULL);
    return strlen(*bytes);
}

/* How many lines `explain --pairs` answers on each stream. */
typedef struct {
    char *texts[2]; /* standard output, standard error */
    size_t sizes[2];
    int code;
} answers;

static answers pairs_answer(const aty_table *table, const char *lines, size_t size,
                            bool json)
{
    const aty_question_options options = {.address_set = ATY_NONE};
    answers all = {.code = 0};
    FILE *const own[] = {stdout, stderr};
    FILE *input = fmemopen((char *)(uintptr_t)lines, size, "r");

    fuzz_require(input != NULL, "there is memory");
    stdout = open_memstream(&all.texts[0], &all.sizes[0]);
    stderr = open_memstream(&all.texts[1], &all.sizes[1]);
    all.code = aty_explain_pairs(table, &options, input, "-", json);
    fclose(stdout);
    fclose(stderr);
    fclose(input);
    stdout = own[0];
    stderr = own[1];
    return all;
}

/* The outcome in a line "CONN AUTHORITY VERDICT REASON|- MOD_SSL". */
static void require_alike(char *line, const char *object)
{
    char *rest = NULL;
    const char *words[6] = {NULL};
    json_t *answer = json_loads(object, JSON_REJECT_DUPLICATES, NULL);

    for (int i = 0; i < 6; i++) {
        words[i] = strtok_r(i ? NULL : line, " ", &rest);
    }
    fuzz_require(words[4] && !words[5], "an answer has five words");
    fuzz_require(answer != NULL, "an answer is JSON");
    fuzz_require(
        strcmp(json_string_value(json_object_get(answer, "verdict")), words[2]) == 0,
        "both formats say the same");
    json_decref(answer);
}

/* Arbitrary lines as questions: each is answered, or said to be none, in both formats. */
static void pairs_ask(const aty_table *table, const char *lines, size_t size)
{
    answers plain = pairs_answer(table, lines, size, false);
    answers json = pairs_answer(table, lines, size, true);
    char *rests[2] = {NULL};
    char *line = strtok_r(plain.texts[0], "\n", &rests[0]);
    char *object = strtok_r(json.texts[0], "\n", &rests[1]);

    for (; line && object; line = strtok_r(NULL, "\n", &rests[0])) {
        require_alike(line, object);
        object = strtok_r(NULL, "\n", &rests[1]);
    }
    fuzz_require(!line && !object, "both formats have as many answers");
    fuzz_require(plain.code == json.code && strcmp(plain.texts[1], json.texts[1]) == 0,
                 "and as many that are none");
    for (int i = 0; i < 2; i++) {
        free(plain.texts[i]);
        free(json.texts[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, size};
    aty_diag *diag = aty_diag_create_lenient(pool);
    aty_policy *policy = policy_take(pool, &input, diag);
    aty_compiled compiled;

    if (aty_compile(pool, policy, diag, &compiled)) {
        for (int i = 0; i < HOSTS_MAX && input.left > 0; i++) {
            const char *host;
            size_t length = host_take(pool, &input, &host);
            host_ask(policy, &compiled.table, host, length);
        }
        if (input.left > 0) {
            pairs_ask(&compiled.table, (const char *)input.at, input.left);
        }
    }
    apr_pool_destroy(pool);
    return 0;
}
