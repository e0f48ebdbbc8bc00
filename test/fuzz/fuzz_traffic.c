/* Lines of an access log, as httpd writes them of what clients send, and any bytes as a
 * line. What a client can write must never count as anything else than what httpd wrote;
 * names that are read have nothing that had to be escaped.
 */
#include "authorityc/plan/plan_traffic_line.h"
#include "test/fuzz/fuzz.h"

#define TIME "[22/Nov/2026:17:23:07 +0000]"

/* As httpd escapes what is logged (server/util.c, ap_escape_logitem). */
static const char *logged(apr_pool_t *pool, const char *text)
{
    static const char named[] = "\b\n\r\t\v";
    static const char letters[] = "bnrtv";
    char *out = apr_palloc(pool, 4 * strlen(text) + 1);
    char *to = out;

    for (; *text; text++) {
        const char *name = strchr(named, *text);
        if (*text == '"' || *text == '\\') {
            *to++ = '\\';
            *to++ = *text;
        }
        else if (name) {
            *to++ = '\\';
            *to++ = letters[name - named];
        }
        else if (*text < ' ' || *text > '~') {
            to += snprintf(to, 5, "\\x%02x", (unsigned)(unsigned char)*text);
        }
        else {
            *to++ = *text;
        }
    }
    *to = '\0';
    return out;
}

/* What is to be read of a name that was logged. */
static const char *wanted_host(apr_pool_t *pool, const char *text)
{
    char host[ATY_NAME_MAX + 1];

    if (strcmp(text, "-") == 0 || strpbrk(text, " \\\"") ||
        strcmp(text, logged(pool, text)) != 0) {
        return "";
    }
    return aty_host_of_authority(host, text, strlen(text)) > 0 ? apr_pstrdup(pool, host)
                                                               : "";
}

static const char *wanted_page(apr_pool_t *pool, const char *referer)
{
    return strncasecmp(referer, "https://", 8) == 0
               ? wanted_host(
                     pool, apr_pstrmemdup(pool, referer + 8, strcspn(referer + 8, "/?#")))
               : "";
}

/* The line in memory of its own size. */
static bool line_read(const char *text, aty_traffic_line *line)
{
    size_t length = strlen(text);
    char *copy = malloc(length ? length : 1);
    bool known;

    fuzz_require(copy != NULL, "there is memory");
    memcpy(copy, text, length);
    known = aty_traffic_line_read(copy, length, line);
    free(copy);
    return known;
}

static void require_names(const aty_traffic_line *line, bool is_refused,
                          const char *connection, const char *authority)
{
    fuzz_require(line->is_refused == is_refused, "it counts if it was refused");
    fuzz_require(!is_refused || strcmp(line->connection, connection) == 0,
                 "the connection's name");
    fuzz_require(!is_refused || strcmp(line->authority, authority) == 0, "the authority");
}

/* A word of configuration: what httpd could have as a ServerName. */
static const char *server_name(fuzz_input *input)
{
    static const char *const names[] = {"-", "www.a.test", "A.Test", "b.test:8443"};

    return names[fuzz_byte(input) % (sizeof names / sizeof names[0])];
}

static const char *status_take(fuzz_input *input)
{
    static const char *const all[] = {"421", "200", "-", "404", "101"};

    return all[fuzz_byte(input) % (sizeof all / sizeof all[0])];
}

/* In the format of mod_authority: only the Host is a client's. */
static void verdict_try(apr_pool_t *pool, fuzz_input *input)
{
    static const char *const verdicts[] = {"misdirected", "would-421", "shared", "-"};
    const char *connection = server_name(input);
    const char *verdict = verdicts[fuzz_byte(input) % 4];
    const char *status = status_take(input);
    const char *host = fuzz_text(pool, input);
    aty_traffic_line line;
    const char *text =
        apr_pstrcat(pool, TIME " ", connection, " ", logged(pool, *host ? host : "-"),
                    " ", verdict, " client-auth ", status, " 192.0.2.7", NULL);

    if (host[strspn(host, " ")] == '\0' || host[strlen(host) - 1] == ' ') {
        return; /* httpd takes spaces off the ends of headers */
    }
    fuzz_require(line_read(text, &line), "httpd's own line is read");
    fuzz_require(!line.by_referer, "it names the connection");
    require_names(&line, strcmp(status, "421") == 0 || strcmp(verdict, "would-421") == 0,
                  wanted_host(pool, connection), wanted_host(pool, host));
}

/* vhost_combined: user, request, Referer and User-Agent are a client's. */
static void combined_try(apr_pool_t *pool, fuzz_input *input)
{
    const char *name = server_name(input);
    const char *vhost = strchr(name, ':') ? name : apr_pstrcat(pool, name, ":443", NULL);
    const char *status = status_take(input);
    const char *user = fuzz_text(pool, input);
    const char *request = fuzz_text(pool, input);
    const char *referer = fuzz_text(pool, input);
    const char *agent = fuzz_text(pool, input);
    aty_traffic_line line;
    const char *text =
        apr_pstrcat(pool, vhost, " 192.0.2.7 - ", logged(pool, *user ? user : "-"),
                    " " TIME " \"", logged(pool, request), "\" ", status, " 612 \"",
                    logged(pool, referer), "\" \"", logged(pool, agent), "\"", NULL);
    bool known = line_read(text, &line);

    /* A user may be called as a time is written: then nobody knows. */
    fuzz_require(known || strstr(user, TIME) || strchr(user, '[') || *user == ' ' ||
                     strstr(user, "  ") || (*user && user[strlen(user) - 1] == ' '),
                 "httpd's own line is read");
    if (known) {
        fuzz_require(line.by_referer, "a page names the connection");
        require_names(&line, strcmp(status, "421") == 0, wanted_page(pool, referer),
                      wanted_host(pool, vhost));
    }
}

static void require_name(const char *name)
{
    fuzz_require(strlen(name) <= ATY_NAME_MAX, "a name has an end");
    for (; *name; name++) {
        fuzz_require(*name != ' ' && *name != '\\' && !(*name >= 'A' && *name <= 'Z'),
                     "a name is one, in lower case");
    }
}

static void bytes_try(apr_pool_t *pool, fuzz_input *input)
{
    char *copy = malloc(input->left ? input->left : 1);
    aty_traffic_line line;

    (void)pool;
    fuzz_require(copy != NULL, "there is memory");
    memcpy(copy, input->at, input->left);
    if (aty_traffic_line_read(copy, input->left, &line)) {
        require_name(line.connection);
        require_name(line.authority);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const tries[])(apr_pool_t *, fuzz_input *) = {verdict_try, combined_try,
                                                                bytes_try};
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, size};

    tries[fuzz_byte(&input) % 3](pool, &input);
    apr_pool_destroy(pool);
    return 0;
}
