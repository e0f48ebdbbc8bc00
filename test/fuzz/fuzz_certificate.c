/* Any bytes as a certificate: in DER, in PEM around them, or as a whole file. Its names
 * are sorted, in lower case and without a NUL; a vhost that has it compiles to a table
 * that covers what the names cover, or gets a message that controls no terminal.
 *
 * links: test/fuzz/policy_memory.c
 */
#include <limits.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "authorityc/compile.h"
#include "authorityc/pem.h"
#include "authorityc/table_json.h"
#include "authorityc/warning_options.h"
#include "authorityc/x509.h"
#include "core/names.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/policy_memory.h"

/* Bytes in PEM, in memory of the pool. */
static const char *pem_wrap(apr_pool_t *pool, const char *kind, const fuzz_input *input,
                            size_t *size)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *text;
    long length;
    const char *copy;

    fuzz_require(memory && input->left <= INT_MAX &&
                     PEM_write_bio(memory, kind, "", input->at, (long)input->left) > 0,
                 "there is memory");
    length = BIO_get_mem_data(memory, &text);
    copy = apr_pstrmemdup(pool, text, (size_t)length);
    *size = (size_t)length;
    BIO_free(memory);
    return copy;
}

static void require_names(apr_pool_t *pool, X509 *x509)
{
    const apr_array_header_t *names = aty_x509_names(pool, x509);

    for (int i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        fuzz_require(*name != '\0', "a name is not empty");
        fuzz_require(i == 0 ||
                         strcmp(APR_ARRAY_IDX(names, i - 1, const char *), name) <= 0,
                     "names are sorted");
        for (; *name; name++) {
            fuzz_require(!(*name >= 'A' && *name <= 'Z'), "names are in lower case");
        }
    }
}

static void require_same_names(apr_pool_t *pool, X509 *a, X509 *b)
{
    const apr_array_header_t *of_a = aty_x509_names(pool, a);
    const apr_array_header_t *of_b = aty_x509_names(pool, b);

    fuzz_require(of_a->nelts == of_b->nelts, "there are as many names");
    for (int i = 0; i < of_a->nelts; i++) {
        fuzz_require(strcmp(APR_ARRAY_IDX(of_a, i, const char *),
                            APR_ARRAY_IDX(of_b, i, const char *)) == 0,
                     "the names are the same");
    }
}

static void require_fingerprint(const X509 *x509, const X509 *whole)
{
    uint8_t ours[ATY_DIGEST_SIZE];
    uint8_t theirs[EVP_MAX_MD_SIZE];

    fuzz_require(aty_x509_fingerprint(x509, ours) &&
                     X509_digest(whole, EVP_sha256(), theirs, NULL) == 1,
                 "there are fingerprints");
    fuzz_require(memcmp(ours, theirs, sizeof ours) == 0, "they are the same");
}

/* Without its key it is read as OpenSSL reads it whole. */
static void file_read(apr_pool_t *pool, const char *path)
{
    BIO *files[] = {BIO_new_file(path, "r"), BIO_new_file(path, "r")};
    X509 *x509 = aty_x509_read(files[0]);
    X509 *whole = PEM_read_bio_X509_AUX(files[1], NULL, NULL, NULL);

    fuzz_require(!x509 == !whole, "a certificate is one with its key and without");
    if (x509) {
        require_names(pool, x509);
        require_same_names(pool, x509, whole);
        require_fingerprint(x509, whole);
        fuzz_require(aty_x509_seconds(X509_get0_notAfter(x509)) ==
                         aty_x509_seconds(X509_get0_notAfter(whole)),
                     "it ends at the same time");
    }
    X509_free(x509);
    X509_free(whole);
    BIO_free(files[0]);
    BIO_free(files[1]);
    ERR_clear_error();
}

/* What is in the file, as a set, whichever way it is asked for. */
static void sets_read(apr_pool_t *pool, const char *path)
{
    static const aty_pem_kind kinds[] = {ATY_PEM_CERTIFICATES, ATY_PEM_SUBJECTS,
                                         ATY_PEM_CRLS};
    aty_pems *pems = aty_pems_create(pool);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        apr_array_header_t *once = aty_pem_set_make(pool);
        apr_array_header_t *twice = aty_pem_set_make(pool);
        const char *fault = aty_pem_read(pems, path, false, kinds[i], once);
        aty_pem_read(pems, path, false, kinds[i], twice);
        aty_pem_read(pems, path, false, kinds[i], twice);
        fuzz_require((once->nelts == 0) == (fault != NULL), "a set, or what is wrong");
        fuzz_require(
            strcmp(aty_pem_set_text(pool, once), aty_pem_set_text(pool, twice)) == 0,
            "what is in it twice is in it once");
    }
}

static void require_harmless(const aty_diag *diag)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    fuzz_require(stream != NULL, "there is memory");
    aty_diag_print(diag, stream, false);
    fclose(stream);
    for (size_t i = 0; i < size; i++) {
        fuzz_require((unsigned char)text[i] >= ' ' || text[i] == '\n',
                     "a message has no control character");
        fuzz_require(text[i] != 0x7f, "a message does not delete");
    }
    free(text);
}

/* A host that the name covers, if any. */
static const char *host_of(apr_pool_t *pool, const char *name)
{
    return name[0] == '*' && name[1] == '.' ? apr_pstrcat(pool, "x", name + 1, NULL)
                                            : name;
}

/* The table finds by halving what is told here one by one. */
static void require_covered(apr_pool_t *pool, const aty_table *table)
{
    const aty_certificate_record *record = table->certificates;
    uint32_t first = aty_get(record->first_name);

    for (uint32_t i = 0; i < aty_get(record->name_count); i++) {
        const char *name = aty_table_string(table, table->certificate_names[first + i]);
        const char *host = host_of(pool, name);
        size_t length = strlen(host);
        bool covered = false;
        for (uint32_t k = 0; k < aty_get(record->name_count); k++) {
            covered |= aty_name_covers(
                aty_table_string(table, table->certificate_names[first + k]), host,
                length);
        }
        /* A star that is no first label covers nothing, but may be asked for. */
        fuzz_require(aty_certificate_covers(table, record, host, length) == covered ||
                         strchr(host, '*'),
                     "what is covered is known");
    }
}

static void compile(apr_pool_t *pool, const char *path)
{
    const char *text = apr_psprintf(pool,
                                    "<VirtualHost *:443>\nServerName a.test\n"
                                    "ServerAlias *.b.test\nSSLCertificateFile %s\n"
                                    "SSLCertificateKeyFile %s\n"
                                    "SSLCACertificateFile %s\n</VirtualHost>\n",
                                    path, path, path);
    aty_diag *diag = aty_diag_create_lenient(pool);
    const aty_policy *policy = policy_memory_read(pool, text, strlen(text), diag);
    aty_compiled compiled;

    if (aty_compile(pool, policy, diag, &compiled)) {
        json_t *words = aty_json_table(&compiled.table);
        fuzz_require(words != NULL, "a table has words");
        json_decref(words);
        require_covered(pool, &compiled.table);
    }
    require_harmless(diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const kinds[] = {"CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CRL",
                                        NULL};
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, size};
    const char *kind = kinds[fuzz_byte(&input) % 4];
    const char *text = (const char *)input.at;
    size_t length = input.left;
    int file;
    const char *path;

    if (kind && input.left > 0) { /* of nothing there is no PEM */
        text = pem_wrap(pool, kind, &input, &length);
    }
    path = policy_memory_begin(pool, text, length, &file);
    file_read(pool, path);
    sets_read(pool, path);
    compile(pool, path);
    policy_memory_end(file);
    apr_pool_destroy(pool);
    return 0;
}
