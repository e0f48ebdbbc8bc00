/* Which requests of an access log count, and whose connections they came on: lines as
 * httpd writes them, and others. */
#include "test/unit/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <apr_strings.h>

#include "authorityc/plan/plan_traffic.h"
#include "authorityc/plan/plan_traffic_line.h"
#include "test/unit/policy_text.h"
#include "test/unit/random_policy.h"

#define TIME "[22/Nov/2026:17:23:07 +0000]"

/* What is read of a line; NULL: it is in neither format. */
static const struct {
    const char *text;
    const char *read; /* "CONNECTION AUTHORITY", with a `<` behind it by the Referer; "":
                         of no interest */
} lines[] = {
    /* mod_authority(8) */
    {TIME " www.a.test admin.a.test misdirected client-auth 421 192.0.2.7",
     "www.a.test admin.a.test"},
    {TIME " www.a.test admin.a.test would-421 client-auth 200 2001:db8::7",
     "www.a.test admin.a.test"},
    {TIME " www.a.test admin.a.test shared - 200 192.0.2.7", ""},
    {TIME " www.a.test www.a.test same - 304 192.0.2.7", ""},
    {TIME " - - - - 400 192.0.2.7", ""},
    {TIME " - - - - - 192.0.2.7", ""},
    {TIME " - admin.a.test - - 421 192.0.2.7", " admin.a.test"},
    {TIME " WWW.A.test Admin.A.Test:443 misdirected ciphers 421 192.0.2.7",
     "www.a.test admin.a.test"},
    {TIME " www.a.test admin.a.test. misdirected ciphers 421 192.0.2.7",
     "www.a.test admin.a.test"},
    {TIME " www.a.test [2001:db8::1]:8443 misdirected ciphers 421 192.0.2.7",
     "www.a.test 2001:db8::1"},
    {TIME " www.a.test two words misdirected not-covered 421 192.0.2.7", "www.a.test "},
    {TIME " www.a.test \\\"q\\\"\\x07 misdirected not-covered 421 192.0.2.7",
     "www.a.test "},
    {TIME " www.a.test admin.a.test misdirected client-auth 42 192.0.2.7", NULL},
    {TIME " www.a.test 421 192.0.2.7", NULL},
    {TIME, NULL},
    {"[22/Nov/2026:17:23:07] www.a.test admin.a.test misdirected - 421 192.0.2.7", NULL},
    /* vhost_combined */
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"https://www.a.test/page?x=1\" \"Mozilla/5.0 (X)\"",
     "www.a.test admin.a.test <"},
    {"admin.a.test:443 192.0.2.7 - Some Body " TIME
     " \"GET /\\\"x HTTP/2.0\" 421 612 \"https://WWW.a.test:443#f\" \"a \\\\\\\" b\"",
     "www.a.test admin.a.test <"},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"https://www.a.test\" \"\"",
     "www.a.test admin.a.test <"},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"-\" \"Mozilla/5.0\"",
     " admin.a.test <"},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"http://www.a.test/\" \"Mozilla/5.0\"",
     " admin.a.test <"},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"https://user@www.a.test/\" \"Mozilla/5.0\"",
     "user@www.a.test admin.a.test <"},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 200 612 \"https://www.a.test/\" \"Mozilla/5.0\"",
     ""},
    {"admin.a.test:443 192.0.2.7 - - " TIME " \"-\" 408 - \"-\" \"-\"", ""},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"https://www.a.test/\" \"Mozilla/5.0",
     NULL},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"https://www.a.test/\" \"Mozilla\\\"",
     NULL},
    {"admin.a.test:443 192.0.2.7 - - " TIME
     " \"GET / HTTP/2.0\" 421 612 \"https://www.a.test/\" \"Mozilla\" more",
     NULL},
    {"admin.a.test:443 192.0.2.7 - - " TIME " \"GET / HTTP/2.0\" 421 612", NULL},
    /* combined, common, and none */
    {"192.0.2.7 - - " TIME " \"GET / HTTP/2.0\" 421 612 \"https://www.a.test/\" \"M\"",
     NULL},
    {"", NULL},
    {" ", NULL},
    {"\"", NULL},
    {"a:1 b c d \"", NULL},
};

static void lines_check(apr_pool_t *pool)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        /* A copy without a NUL behind it, for the sanitizers. */
        size_t length = strlen(lines[i].text);
        char *text = malloc(length + (length == 0));
        aty_traffic_line line;
        const char *read = NULL;
        memcpy(text, lines[i].text, length);
        if (aty_traffic_line_read(text, length, &line)) {
            read = line.is_refused
                       ? apr_pstrcat(pool, line.connection, " ", line.authority,
                                     line.by_referer ? " <" : "", NULL)
                       : "";
        }
        tap_is_str(read, lines[i].read, "%s", lines[i].text);
        free(text);
    }
}

static const char site_text[] =
    "<VirtualHost *:443>\nServerName www.a.test\nServerAlias a.test\n"
    "SSLCertificateFile /certificates/both.pem\n"
    "SSLCertificateKeyFile /certificates/both.key\n</VirtualHost>\n"
    "<VirtualHost *:443>\nServerName admin.a.test\nServerAlias *.admin.test\n"
    "SSLCertificateFile /certificates/both.pem\n"
    "SSLCertificateKeyFile /certificates/both.key\nZone red\n</VirtualHost>\n"
    "<VirtualHost *:8443>\nServerName www.a.test\n"
    "SSLCertificateFile /certificates/both.pem\n"
    "SSLCertificateKeyFile /certificates/both.key\n</VirtualHost>\n"
    "<VirtualHost *:8443>\nServerName other.a.test\n"
    "SSLCertificateFile /certificates/both.pem\n"
    "SSLCertificateKeyFile /certificates/both.key\nZone red\n</VirtualHost>\n";

static const char *log_write(apr_pool_t *pool, const char *text, size_t size)
{
    char *path = apr_pstrdup(pool, "/tmp/aty-test-XXXXXX");
    int file = mkstemp(path);

    if (file < 0 || write(file, text, size) != (ssize_t)size || close(file) != 0) {
        abort();
    }
    return path;
}

static const aty_traffic *log_read(apr_pool_t *pool, const aty_table *table,
                                   const char *text, size_t size, const char **fault)
{
    const char *path = log_write(pool, text, size);
    aty_traffic *traffic = NULL;

    *fault = aty_traffic_read(pool, path, table, &traffic);
    unlink(path);
    return traffic;
}

/* "VHOST AUTHORITY REQUESTS", a line each. */
static const char *pairs_text(apr_pool_t *pool, const aty_traffic *traffic)
{
    const char *text = "";

    for (int i = 0; i < traffic->pairs->nelts; i++) {
        const aty_traffic_pair *pair =
            &APR_ARRAY_IDX(traffic->pairs, i, const aty_traffic_pair);
        text = apr_psprintf(pool, "%s%u %s %lu\n", text, pair->connection,
                            pair->authority, (unsigned long)pair->requests);
    }
    return text;
}

#define REFUSED(connection, host) \
    TIME " " connection " " host " misdirected other-zone 421 192.0.2.7\n"
#define COMBINED(vhost, page)                                                      \
    vhost ":443 192.0.2.7 - - " TIME " \"GET / HTTP/2.0\" 421 612 \"https://" page \
          "/\" \"Mozilla\"\n"

static const char log_text[] = REFUSED("www.a.test", "admin.a.test") /* an attempt */
    REFUSED("WWW.a.test", "admin.a.test:443")                        /* the same */
    REFUSED("www.a.test", "x.admin.test")    /* its certificate does not cover it */
    REFUSED("www.a.test", "other.a.test")    /* an attempt on the other address */
    REFUSED("www.a.test", "nobody.a.test")   /* unknown */
    REFUSED("nobody.a.test", "admin.a.test") /* unknown */
    REFUSED("-", "admin.a.test")             /* unknown */
    COMBINED("admin.a.test", "a.test")       /* an attempt, from an alias */
    COMBINED("admin.a.test", "admin.a.test") /* unknown: its own page */
    COMBINED("admin.a.test", "else.a.test")  /* unknown */
    COMBINED("other.a.test", "www.a.test")   /* an attempt on the other address */
    COMBINED("www.a.test", "x.admin.test")   /* an attempt, from what a wildcard has */
    COMBINED("www.a.test", "y.z.admin.test") /* the same */
    COMBINED("www.a.test", "admin.test")     /* unknown: no wildcard has it */
    TIME " www.a.test www.a.test same - 200 192.0.2.7\n"
         "no line of a log\n"
         "\n" REFUSED("www.a.test", "admin.a.test");

static void log_check(apr_pool_t *pool, const aty_table *table)
{
    const char *fault;
    /* The last line has no end. */
    const aty_traffic *traffic =
        log_read(pool, table, log_text, sizeof log_text - 2, &fault);

    tap_is_str(fault, NULL, "a log is read");
    tap_is_str(pairs_text(pool, traffic),
               "0 admin.a.test 4\n1 www.a.test 2\n2 other.a.test 2\n0 x.admin.test 1\n",
               "... its pairs, most requests first");
    tap_is_int((long long)traffic->requests, 15, "... requests");
    tap_is_int((long long)traffic->unknown, 6, "... of unknown names and connections");
    tap_is_int((long long)traffic->crowded, 0, "... of too many pairs");
    tap_is_int((long long)traffic->lines, 18, "... lines");
    tap_is_int((long long)traffic->unread, 2, "... lines in neither format");
    tap_is_int((long long)aty_traffic_attempts(traffic, table), 8,
               "... requests that are attempts");
}

/* Lines of any length, and what is none. */
static void odd_logs_check(apr_pool_t *pool, const aty_table *table)
{
    static const size_t sizes[] = {100, 262143, 262144, 262145, 600000, 1000000};
    static const char last[] = REFUSED("www.a.test", "admin.a.test");
    const char *fault;
    const aty_traffic *traffic;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *text = malloc(sizes[i] + 1 + sizeof last);
        memset(text, 'x', sizes[i]);
        text[sizes[i]] = '\n';
        memcpy(text + sizes[i] + 1, last, sizeof last);
        traffic = log_read(pool, table, text, sizes[i] + sizeof last, &fault);
        tap_ok(!fault && traffic->lines == 2 && traffic->unread == 1 &&
                   traffic->requests == 1,
               "a line of %zu bytes, and one behind it", sizes[i]);
        free(text);
    }
    traffic = log_read(pool, table, "", 0, &fault);
    tap_ok(!fault && traffic->lines == 0, "an empty log");
    log_read(pool, table, "one\ntwo", 7, &fault);
    tap_ok(fault && strstr(fault, "none of its lines"), "no log: %s", fault);
    fault = aty_traffic_read(pool, "/nowhere/access.log", table, &(aty_traffic *){NULL});
    tap_ok(fault && strstr(fault, "No such file"), "no file: %s", fault);
    fault = aty_traffic_read(pool, "/tmp", table, &(aty_traffic *){NULL});
    tap_ok(fault && strstr(fault, "directory"), "a directory: %s", fault);
}

/* Names without end take no memory without end. */
static void many_names_check(apr_pool_t *pool, const aty_table *table)
{
    const uint32_t count = ATY_TRAFFIC_PAIRS + 5;
    char *text = malloc((size_t)count * 128), *next = text;
    const aty_traffic *traffic;
    const char *fault;

    for (uint32_t i = 0; i < count; i++) {
        next += sprintf(
            next, TIME " www.a.test n%u.admin.test misdirected other-zone 421 ::1\n", i);
    }
    traffic = log_read(pool, table, text, (size_t)(next - text), &fault);
    tap_is_int(traffic->pairs->nelts, ATY_TRAFFIC_PAIRS,
               "pairs are told apart to a bound");
    tap_is_int((long long)traffic->crowded, 5, "... the others are counted");
    free(text);
}

int main(void)
{
    apr_pool_t *pool = policy_test_pool();
    aty_compiled compiled;

    lines_check(pool);
    if (random_policy_compile_text(random_site_make(pool), pool, site_text, &compiled)) {
        log_check(pool, &compiled.table);
        odd_logs_check(pool, &compiled.table);
        many_names_check(pool, &compiled.table);
    }
    else {
        tap_ok(false, "the site compiles");
    }
    apr_pool_destroy(pool);
    return tap_done();
}
