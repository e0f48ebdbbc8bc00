/* Stand-ins have the names that are planned, one key, and are no danger to what is there.
 */
#include "authorityc/plan/plan_stand_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>
#include <openssl/pem.h>

#include "authorityc/compile.h"
#include "authorityc/x509.h"
#include "test/unit/policy_text.h"
#include "test/unit/tap.h"

static apr_array_header_t *names_make(apr_pool_t *pool, const char *first,
                                      const char *second)
{
    apr_array_header_t *names = apr_array_make(pool, 2, sizeof(const char *));

    APR_ARRAY_PUSH(names, const char *) = first;
    if (second) {
        APR_ARRAY_PUSH(names, const char *) = second;
    }
    return names;
}

static X509 *x509_of(const char *pem)
{
    BIO *memory = BIO_new_mem_buf(pem, -1);
    X509 *x509 = PEM_read_bio_X509(memory, NULL, NULL, NULL);

    BIO_free(memory);
    return x509;
}

static void file_put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        abort();
    }
}

static void check_pem(apr_pool_t *pool, aty_stand_ins *stand_ins)
{
    X509 *one = x509_of(
        aty_stand_in_pem(stand_ins, pool, names_make(pool, "www.a.test", "*.a.test")));
    X509 *two = x509_of(aty_stand_in_pem(stand_ins, pool, names_make(pool, "b.test", 0)));
    char *subject = X509_NAME_oneline(X509_get_subject_name(one), NULL, 0);

    tap_is_str(apr_array_pstrcat(pool, aty_x509_names(pool, one), ' '),
               "*.a.test www.a.test", "the names");
    tap_ok(X509_verify(one, X509_get0_pubkey(two)) == 1, "one key for all");
    tap_ok(strstr(subject, "stand-in") != NULL, "the subject says what it is");
    OPENSSL_free(subject);
    X509_free(one);
    X509_free(two);
}

static void check_look(apr_pool_t *pool, aty_stand_ins *stand_ins)
{
    char path[] = "/tmp/aty-test-XXXXXX";
    apr_array_header_t *names = names_make(pool, "www.a.test", "*.a.test");
    apr_array_header_t *turned = names_make(pool, "*.a.test", "www.a.test");
    apr_array_header_t *fewer = names_make(pool, "www.a.test", NULL);
    int descriptor = mkstemp(path);

    close(descriptor);
    file_put(path, aty_stand_in_pem(stand_ins, pool, names));
    tap_ok(aty_stand_in_look(pool, path, turned) == ATY_STAND_IN_SAME, "the same names");
    tap_ok(aty_stand_in_look(pool, path, fewer) == ATY_STAND_IN_OTHER, "other names");
    file_put(path, "something else\n");
    tap_ok(aty_stand_in_look(pool, path, names) == ATY_STAND_IN_FOREIGN, "no stand-in");
    unlink(path);
    tap_ok(aty_stand_in_look(pool, path, names) == ATY_STAND_IN_NONE, "nothing");
}

static void check_compile(apr_pool_t *pool)
{
    aty_diag *diag = aty_diag_create(pool);
    aty_policy *policy = policy_test_read(pool,
                                          "<VirtualHost *:443>\n"
                                          "ServerName www.a.test\n"
                                          "SSLCertificateFile not/there.pem\n"
                                          "</VirtualHost>\n",
                                          diag);
    const char *path =
        apr_pstrcat(pool, policy->directory, "/not/there.pem", (char *)NULL);
    aty_compiled compiled;

    tap_ok(!aty_compile(pool, policy, diag, &compiled),
           "a certificate that is not there is an error");
    policy->planned = apr_hash_make(pool);
    apr_hash_set(policy->planned, path, APR_HASH_KEY_STRING,
                 names_make(pool, "www.a.test", "*.b.test"));
    tap_ok(aty_compile(pool, policy, aty_diag_create(pool), &compiled) &&
               aty_vhost_covers(&compiled.table, 0, "www.a.test", 10) &&
               aty_vhost_covers(&compiled.table, 0, "x.b.test", 8) &&
               !aty_vhost_covers(&compiled.table, 0, "x.a.test", 8),
           "unless it is planned");
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    aty_stand_ins *stand_ins = aty_stand_ins_make(pool);

    check_pem(pool, stand_ins);
    check_look(pool, stand_ins);
    check_compile(pool);
    apr_pool_destroy(pool);
    return tap_done();
}
