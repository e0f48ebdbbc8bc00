/* values_name.c: host names. httpd takes any word for a name, and then waits for a
 * request that can never come; here a name that matches nothing is an error. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <apr_lib.h>
#include <apr_strings.h>

#include "authorityc/directives.h"
#include "authorityc/values.h"

#define LETTERS_AND_DIGITS \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define LABEL_MAX  63  /* bytes, RFC 1035 §2.3.4 */
#define HOST_MAX   253 /* bytes, with the dots between labels */
#define HTTPS_PORT 443

/* A character that no host name has, or '\0'. */
static char stray_character(const char *host, bool pattern)
{
    for (; *host; host++) {
        bool stands = isalnum((unsigned char)*host) || strchr("-_.", *host) ||
                      (pattern && strchr("*?", *host));
        if (!stands) {
            return *host;
        }
    }
    return '\0';
}

/* What is wrong with the labels of a host name of known characters, or NULL. */
static const char *label_problem(apr_pool_t *pool, const char *host)
{
    size_t length = strlen(host);
    if (length > HOST_MAX) {
        return apr_psprintf(pool, "is longer than the %d bytes of a host name", HOST_MAX);
    }
    if (length > 1 && host[length - 1] == '.') {
        return apr_psprintf(pool,
                            "ends in a dot, which httpd takes off the Host of a request, "
                            "so it would never match; write '%.*s'",
                            (int)length - 1, host);
    }
    for (const char *label = host;; label += strcspn(label, ".") + 1) {
        size_t size = strcspn(label, ".");
        if (size == 0) {
            return "has an empty label: a dot too many";
        }
        if (size > LABEL_MAX) {
            return apr_psprintf(pool, "has a label longer than %d bytes", LABEL_MAX);
        }
        if (label[size] == '\0') {
            return NULL;
        }
    }
}

/* httpd takes the brackets off a Host, and the alias has none: the spelling is the
 * client's (server/vhost.c, fix_hostname_v6_literal). */
static bool is_ipv6_literal(const char *host)
{
    struct in6_addr address;

    return inet_pton(AF_INET6, host, &address) == 1;
}

/* What is wrong with a host name, or NULL. */
static const char *host_problem(apr_pool_t *pool, const char *host, bool pattern)
{
    if (!aty_value_is_ascii(host)) {
        return "is not ASCII; write it as DNS and certificates have it, with 'xn--'";
    }
    if (pattern && is_ipv6_literal(host)) {
        return NULL;
    }
    char stray = stray_character(host, pattern);
    if (stray == '*' || stray == '?') {
        return "is a pattern, and only a ServerAlias may be one";
    }
    if (stray == ':') {
        return apr_psprintf(pool,
                            "has a port, and so would never match; write '%.*s': names "
                            "hold for every port of the vhost",
                            (int)strcspn(host, ":"), host);
    }
    if (stray) {
        return apr_psprintf(pool, "has '%c', which no host name has", stray);
    }
    if (!host[strcspn(host, LETTERS_AND_DIGITS "*?")]) {
        return "has neither a letter nor a digit";
    }
    return label_problem(pool, host);
}

static const char *in_lower_case(apr_pool_t *pool, const char *name)
{
    const char *at = name;
    while (*at && !isupper((unsigned char)*at)) {
        at++;
    }
    if (*at == '\0') {
        return name;
    }
    char *lower = apr_pstrdup(pool, name);
    for (char *byte = lower; *byte; byte++) {
        *byte = (char)apr_tolower(*byte);
    }
    return lower;
}

static bool read_host(const aty_values *values, aty_word *word, bool pattern)
{
    const char *problem = host_problem(values->pool, word->text, pattern);
    if (problem) {
        return aty_value_wrong(values, word, problem);
    }
    word->text = in_lower_case(values->pool, word->text);
    return true;
}

/* Takes a scheme and a port off, which httpd uses for redirects and for TLS sessions, not
 * for matching (server/core.c, server_hostname_port; ssl_util.c, ssl_util_vhostid). NULL
 * after an error. */
static const char *server_host(const aty_values *values, const aty_word *word,
                               uint32_t *server_port)
{
    const char *scheme = strstr(word->text, "://");
    const char *host = scheme ? scheme + 3 : word->text;
    size_t length = strcspn(host, ":");
    *server_port = HTTPS_PORT;
    if (host[length] == '\0') {
        return host;
    }
    const char *digits = host + length + 1;
    size_t count = strspn(digits, "0123456789");
    long port = count > 0 && count < 6 ? strtol(digits, NULL, 10) : 0;
    if (digits[count] != '\0' || port < 1 || port > 65535) {
        aty_value_wrong(values, word, "has no port from 1 to 65535 behind its ':'");
        return NULL;
    }
    *server_port = (uint32_t)port;
    return apr_pstrmemdup(values->pool, host, length);
}

bool aty_value_server_name(const aty_values *values, const aty_directive_spec *spec,
                           aty_directive *directive, aty_word *words)
{
    (void)spec;
    const char *host = server_host(values, &words[0], &directive->number);
    if (!host) {
        return false;
    }
    words[0].text = host;
    return read_host(values, &words[0], false);
}

static bool read_hosts(const aty_values *values, const aty_directive *directive,
                       aty_word *words, bool pattern)
{
    bool fine = true;
    for (int i = 0; i < directive->word_count; i++) {
        fine &= read_host(values, &words[i], pattern);
    }
    return fine;
}

bool aty_value_server_alias(const aty_values *values, const aty_directive_spec *spec,
                            aty_directive *directive, aty_word *words)
{
    (void)spec;
    return read_hosts(values, directive, words, true);
}

bool aty_value_host_names(const aty_values *values, const aty_directive_spec *spec,
                          aty_directive *directive, aty_word *words)
{
    (void)spec;
    return read_hosts(values, directive, words, false);
}
