#include "test/unit/random_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/plan/plan_stand_in.h"
#include "authorityc/warning_options.h"
#include "test/unit/policy_text.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])
#define NAMES_MAX   5 /* of a certificate */

/* Whose names they are is told by the table. */
static const struct {
    const char *file;
    const char *names[NAMES_MAX];
} certificates[] = {
    {"/certificates/wild.pem", {"*.a.test"}},
    {"/certificates/same.pem", {"*.a.test"}},
    {"/certificates/both.pem", {"*.a.test", "*.b.test", "a.test"}},
    {"/certificates/other.pem", {"*.b.test"}},
    {"/certificates/few.pem", {"n1.a.test", "n2.a.test", "n3.b.test", "else.a.test"}},
    {"/certificates/deep.pem", {"*.sub.a.test", "n1.a.test"}},
    {"/certificates/exact.pem", {"n1.b.test", "n4.a.test", "*.b.test", "nx.b.test"}},
    {"/certificates/top.pem", {"*.test", "lonely.test", "www.else.test"}},
};

static const char *const names[] = {
    "n1.a.test", "n2.a.test", "n3.a.test",    "n4.a.test", "n1.b.test", "n2.b.test",
    "n3.b.test", "n4.b.test", "x.sub.a.test", "a.test",    "*.a.test",  "*.sub.a.test",
    "n?.b.test", "n*.test",   "lonely.test",  "www.*",     "*.test",    "n1.*.test",
};

static const char *const addresses[] = {"*:443", "*:443", "*:443", "192.0.2.1:443",
                                        "*:8443"};

/* One of a line keeps a vhost apart from those with another. %s is the directory of CAs.
 */
#define CHOICES 3
static const char *const axes[][CHOICES] = {
    {"SSLVerifyClient none", "SSLVerifyClient optional", "SSLVerifyClient require"},
    {"SSLVerifyDepth 1", "SSLVerifyDepth 2", "SSLVerifyDepth 1"},
    {"SSLCACertificateFile %s/one.pem", "SSLCACertificateFile %s/copy.pem",
     "SSLCACertificateFile %s/other.pem"},
    {"SSLProtocol -all +TLSv1.2 +TLSv1.3", "SSLProtocol all -TLSv1 -TLSv1.1",
     "SSLProtocol TLSv1.3"},
    {"SSLCipherSuite ECDHE+AESGCM", "SSLCipherSuite ECDHE+AESGCM:ECDHE+AESGCM",
     "SSLCipherSuite HIGH"},
    {"SSLOpenSSLConfCmd Options ServerPreference",
     "SSLOpenSSLConfCmd Options -ServerPreference", "SSLVerifyClient none"},
    {"SSLOCSPEnable on", "SSLOCSPEnable leaf", "SSLOCSPEnable off"},
    {"Zone red", "Zone blue", "Isolate on"},
    {"Protocols http/1.1", "Protocols h2 http/1.1", "Protocols h2"},
    {"<Location /p>\nSSLVerifyClient require\n</Location>",
     "<Location /p>\nSSLCipherSuite HIGH\n</Location>",
     "<Location /p>\nSSLVerifyClient optional\n</Location>"},
};

struct random_site {
    apr_pool_t *pool;
    const char *directory;
    apr_hash_t *planned; /* the certificates, by their names alone */
};

static uint32_t state;

void random_seed(uint32_t seed)
{
    state = seed * 2654435761u + 1;
}

uint32_t random_below(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
}

#define PICK(list) ((list)[random_below((uint32_t)COUNT(list))])

static void file_write(apr_pool_t *pool, const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        abort();
    }
    apr_pool_cleanup_register(pool, path, (apr_status_t(*)(void *))(void *)unlink,
                              apr_pool_cleanup_null);
}

static apr_array_header_t *names_list(apr_pool_t *pool, const char *const *of)
{
    apr_array_header_t *list = apr_array_make(pool, NAMES_MAX, sizeof(const char *));

    for (int i = 0; i < NAMES_MAX && of[i]; i++) {
        APR_ARRAY_PUSH(list, const char *) = of[i];
    }
    return list;
}

void random_certificate_add(random_site *site, const char *path,
                            const apr_array_header_t *list)
{
    apr_hash_set(site->planned, path, APR_HASH_KEY_STRING, list);
}

static apr_status_t directory_remove(void *path)
{
    return rmdir(path);
}

static void cas_write(random_site *site, aty_stand_ins *made)
{
    static const char *const one[NAMES_MAX] = {"one"}, *const other[NAMES_MAX] = {
                                                           "other"};
    const char *text = aty_stand_in_pem(made, site->pool, names_list(site->pool, one));
    char *directory = mkdtemp(apr_pstrdup(site->pool, "/tmp/aty-test-XXXXXX"));

    if (!directory) {
        abort();
    }
    apr_pool_cleanup_register(site->pool, directory, directory_remove,
                              apr_pool_cleanup_null);
    site->directory = directory;
    file_write(site->pool, apr_pstrcat(site->pool, directory, "/one.pem", NULL), text);
    file_write(site->pool, apr_pstrcat(site->pool, directory, "/copy.pem", NULL), text);
    file_write(site->pool, apr_pstrcat(site->pool, directory, "/other.pem", NULL),
               aty_stand_in_pem(made, site->pool, names_list(site->pool, other)));
}

random_site *random_site_make(apr_pool_t *pool)
{
    random_site *site = apr_pcalloc(pool, sizeof *site);
    aty_stand_ins *made = aty_stand_ins_make(pool);

    if (!made) {
        abort();
    }
    site->pool = pool;
    site->planned = apr_hash_make(pool);
    for (size_t i = 0; i < COUNT(certificates); i++) {
        apr_hash_set(site->planned, certificates[i].file, APR_HASH_KEY_STRING,
                     names_list(pool, certificates[i].names));
    }
    cas_write(site, made);
    return site;
}

/* A line of some of the axes; <Location>, Zone and Isolate stand in vhosts only. */
static const char *lines_of(const random_site *site, apr_pool_t *pool, uint32_t chosen,
                            uint32_t one_in, bool in_vhost)
{
    const char *text = "";

    for (uint32_t axis = 0; axis < COUNT(axes); axis++) {
        const char *line = axes[axis][random_below(CHOICES)];
        if (!(chosen & 1u << axis) || random_below(one_in) > 0 ||
            (!in_vhost && (*line == '<' || *line == 'Z' || *line == 'I'))) {
            continue;
        }
        if (strstr(line, "%s")) {
            line = apr_psprintf(pool, "SSLCACertificateFile %s%s", site->directory,
                                strrchr(line, '/'));
        }
        /* Twice in one place is an error. */
        if (!strstr(text, apr_pstrmemdup(pool, line, strcspn(line, " ")))) {
            text = apr_pstrcat(pool, text, line, "\n", NULL);
        }
    }
    return text;
}

static const char *certificate_lines(apr_pool_t *pool)
{
    static const uint32_t counts[] = {0, 1, 1, 1, 1, 1, 1, 2, 2, 3};
    uint32_t count = PICK(counts);
    const char *text = "";

    for (uint32_t i = 0; i < count; i++) {
        const char *file = certificates[random_below((uint32_t)COUNT(certificates))].file;
        if (!strstr(text, file)) {
            text = apr_pstrcat(pool, text, "SSLCertificateFile ", file,
                               "\nSSLCertificateKeyFile ", file, "\n", NULL);
        }
    }
    return text;
}

/* Names of which the first is no pattern; another vhost may have them, too. */
static const char *name_lines(apr_pool_t *pool, uint32_t *taken)
{
    uint32_t first = random_below((uint32_t)COUNT(names));
    uint32_t own = 0, count = random_below(4);
    const char *text;

    while (strpbrk(names[first], "*?") || (*taken & 1u << first && random_below(8) > 0)) {
        first = random_below((uint32_t)COUNT(names));
    }
    own |= 1u << first;
    text = apr_pstrcat(pool, "ServerName ", names[first], "\n", NULL);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t alias = random_below((uint32_t)COUNT(names));
        if (!(own & 1u << alias) && (!(*taken & 1u << alias) || random_below(8) == 0)) {
            own |= 1u << alias;
            text = apr_pstrcat(pool, text, "ServerAlias ", names[alias], "\n", NULL);
        }
    }
    *taken |= own;
    return text;
}

static const char *address_words(apr_pool_t *pool)
{
    const char *first = PICK(addresses);
    const char *second = PICK(addresses);

    return random_below(5) > 0 || strcmp(first, second) == 0
               ? first
               : apr_pstrcat(pool, first, " ", second, NULL);
}

static const char *policy_text(const random_site *site, apr_pool_t *pool, uint32_t vhosts)
{
    static const char *const sni[] = {"strict",   "secure",   "secure",   "authonly",
                                      "authonly", "insecure", "insecure", "legacy"};
    uint32_t some = random_below(1u << COUNT(axes));
    uint32_t chosen = some & random_below(1u << COUNT(axes));
    uint32_t count = 2 + random_below(vhosts - 1), taken = 0;
    uint32_t one_in = 1 + random_below(6);
    const char *text = apr_pstrcat(pool, "SNIPolicy ", PICK(sni), "\n",
                                   lines_of(site, pool, chosen, 4, false), NULL);

    if (random_below(4) == 0) {
        text = apr_pstrcat(pool, text, "UnknownAuthority serve\n", NULL);
    }
    for (uint32_t i = 0; i < count; i++) {
        text = apr_pstrcat(pool, text, "<VirtualHost ", address_words(pool), ">\n",
                           name_lines(pool, &taken), certificate_lines(pool),
                           lines_of(site, pool, chosen, one_in, true), "</VirtualHost>\n",
                           NULL);
    }
    if ((taken & 7) == 7 && random_below(3) > 0) {
        text = apr_pstrcat(pool, text,
                           "AcceptPair n1.a.test n2.a.test\nAcceptPair n3.a.test "
                           "n1.a.test\n",
                           NULL);
    }
    return text;
}

bool random_policy_recompile(apr_pool_t *pool, const aty_policy *policy,
                             aty_compiled *compiled)
{
    aty_diag *diag = aty_diag_create_lenient(pool);

    if (aty_compile(pool, policy, diag, compiled)) {
        return true;
    }
    printf("# %s\n", policy_test_messages(pool, diag));
    return false;
}

aty_policy *random_policy_compile_text(const random_site *site, apr_pool_t *pool,
                                       const char *text, aty_compiled *compiled)
{
    aty_diag *diag = aty_diag_create_lenient(pool);
    aty_policy *policy = policy_test_read(pool, text, diag);

    if (aty_diag_errors(diag) > 0) {
        printf("# %s\n", policy_test_messages(pool, diag));
        return NULL;
    }
    policy->planned = site->planned;
    return random_policy_recompile(pool, policy, compiled) ? policy : NULL;
}

aty_policy *random_policy_compile(const random_site *site, apr_pool_t *pool,
                                  uint32_t seed, uint32_t vhosts, aty_compiled *compiled)
{
    random_seed(seed);
    return random_policy_compile_text(site, pool, policy_text(site, pool, vhosts),
                                      compiled);
}
