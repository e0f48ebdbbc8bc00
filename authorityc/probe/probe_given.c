#include "authorityc/probe/probe_given.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include <apr_strings.h>

#include "core/names.h"

#define HTTPS           443
#define RATE_DEFAULT    50
#define RATE_MAX        100000
#define SECONDS_DEFAULT 10
#define SECONDS_MAX     600

/* The number that the word is, from 1 to `most`; 0 where it is none. */
static uint32_t number_read(const char *word, uint32_t most)
{
    char *end;
    unsigned long number;

    if (!isdigit((unsigned char)*word)) {
        return 0;
    }
    number = strtoul(word, &end, 10);
    return *end || number > most ? 0 : (uint32_t)number;
}

/* A number of an option, or its default. */
static const char *number_take(apr_pool_t *pool, const char *option, const char *word,
                               uint32_t usual, uint32_t most, uint32_t *number)
{
    *number = word ? number_read(word, most) : usual;
    return *number ? NULL
                   : apr_psprintf(pool, "%s takes a number from 1 to %u, not '%.80s'",
                                  option, most, word);
}

static bool is_host_name(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= ATY_NAME_MAX && *name != '-' && *name != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == length &&
           !strstr(name, "..");
}

static char *lower(apr_pool_t *pool, const char *word)
{
    char *copy = apr_pstrdup(pool, word);

    for (char *c = copy; *c; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return copy;
}

/* Whether it can be a host; an IPv6 address is then written as inet_ntop does, since that
 * is how it is looked for. */
static bool host_take(apr_pool_t *pool, const char **host)
{
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];

    if (!strchr(*host, ':')) {
        return is_host_name(*host);
    }
    if (inet_pton(AF_INET6, *host, &address) != 1) {
        return false;
    }
    *host = apr_pstrdup(pool, inet_ntop(AF_INET6, &address, text, sizeof text));
    return true;
}

/* HOST:PORT or [ADDRESS]:PORT; without a port it is 443. */
static const char *target_read(apr_pool_t *pool, const char *word,
                               aty_probe_target *target)
{
    const char *wrong = apr_psprintf(
        pool, "--connect takes HOST:PORT or [ADDRESS]:PORT, not '%.200s'", word);
    const char *closing = *word == '[' ? strchr(word, ']') : NULL;
    const char *colon = strrchr(closing ? closing : word, ':');
    const char *end = closing ? closing : colon ? colon : word + strlen(word);
    const char *begin = word + (closing != NULL);
    const char *host;
    uint32_t port = HTTPS;

    if (!closing && colon && strchr(word, ':') != colon) { /* IPv6 in no brackets */
        end = word + strlen(word);
        colon = NULL;
    }
    if (closing && closing[1] && closing + 1 != colon) {
        return wrong;
    }
    if (colon) {
        port = number_read(colon + 1, UINT16_MAX);
    }
    host = lower(pool, apr_pstrmemdup(pool, begin, (size_t)(end - begin)));
    if (port == 0 || !host_take(pool, &host)) {
        return wrong;
    }
    *target = (aty_probe_target){host, (uint16_t)port};
    return NULL;
}

static const char *targets_read(apr_pool_t *pool, const char *words,
                                apr_array_header_t *targets)
{
    char *copy = apr_pstrdup(pool, words), *last = NULL;
    const char *fault = NULL;

    for (char *word = apr_strtok(copy, ",", &last); word && !fault;
         word = apr_strtok(NULL, ",", &last)) {
        fault = target_read(pool, word, &APR_ARRAY_PUSH(targets, aty_probe_target));
    }
    return fault || targets->nelts > 0 ? fault : "--connect takes HOST:PORT, not nothing";
}

static bool has_name(const apr_array_header_t *names, const char *name)
{
    for (int i = 0; i < names->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(names, i, const char *), name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *names_read(apr_pool_t *pool, const char *words,
                              const apr_array_header_t **names)
{
    char *copy = lower(pool, words), *last = NULL;
    apr_array_header_t *found = apr_array_make(pool, 8, sizeof(const char *));

    for (char *word = apr_strtok(copy, ", ", &last); word;
         word = apr_strtok(NULL, ", ", &last)) {
        size_t length = strlen(word);
        if (length > 1 && word[length - 1] == '.') {
            word[length - 1] = '\0'; /* no handshake has it */
        }
        if (!is_host_name(word) || aty_name_is_address(word, strlen(word))) {
            return apr_psprintf(pool, "--names takes host names, not '%.200s'", word);
        }
        if (!has_name(found, word)) {
            APR_ARRAY_PUSH(found, const char *) = word;
        }
    }
    *names = found;
    return found->nelts > 0 ? NULL : "--names takes host names, not nothing";
}

static const char *server_read(apr_pool_t *pool, const char *word,
                               aty_probe_server *server)
{
    static const char *const words[] = {
        [ATY_SERVER_AUTHORITY] = "authority",
        [ATY_SERVER_HTTPD] = "httpd",
        [ATY_SERVER_OTHER] = "other",
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i], word) == 0) {
            *server = (aty_probe_server)i;
            return NULL;
        }
    }
    return apr_psprintf(pool, "--server is 'authority', 'httpd' or 'other', not '%.80s'",
                        word);
}

/* What is sent in a request must not end it. */
static bool is_token(const char *word)
{
    return *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789!#$%&'*+-.^_`|~") == strlen(word);
}

static bool is_path(const char *word)
{
    for (const char *c = word; *c; c++) {
        if (*c <= ' ' || *c > '~' || *c == '#') {
            return false;
        }
    }
    return *word == '/';
}

/* What only makes sense with, or without, something else. */
static const char *combination_check(const aty_probe_given *given)
{
    if (!given->certificate != !given->key) {
        return "--client-cert and --key belong together";
    }
    if (given->connect && given->dns) {
        return "--connect and --dns exclude each other";
    }
    if (given->names && (given->dns || given->server || given->address)) {
        return "--dns, --server and --address need a policy instead of --names";
    }
    if (!given->names && !given->connect && !given->dns) {
        return "say what to ask: --connect HOST:PORT, or --dns";
    }
    if (given->port && (given->connect || !given->names)) {
        return "--port is for --names without --connect";
    }
    return NULL;
}

static const char *words_read(apr_pool_t *pool, const aty_probe_given *given,
                              aty_probe_options *options, apr_array_header_t *targets)
{
    const char *fault = combination_check(given);

    if (!fault && given->connect) {
        fault = targets_read(pool, given->connect, targets);
    }
    if (!fault && given->names) {
        fault = names_read(pool, given->names, &options->names);
    }
    if (!fault && given->server) {
        fault = server_read(pool, given->server, &options->server);
    }
    if (!fault && !is_path(options->path)) {
        fault = apr_psprintf(pool, "--path begins with '/', not '%.200s'", given->path);
    }
    if (!fault && !is_token(options->vhost_header)) {
        fault =
            apr_psprintf(pool, "--vhost-header takes the name of a header, not '%.80s'",
                         given->vhost_header);
    }
    return fault;
}

const char *aty_probe_given_read(apr_pool_t *pool, const aty_probe_given *given,
                                 aty_probe_options *options)
{
    apr_array_header_t *targets = apr_array_make(pool, 2, sizeof(aty_probe_target));
    uint32_t port, seconds;
    const char *fault;

    *options = (aty_probe_options){
        .targets = targets,
        .address = given->address,
        .dns = given->dns,
        .each_address = given->each_address,
        .all_pairs = given->all_pairs,
        .http1 = given->http1,
        .proxy_protocol = given->proxy_protocol,
        .ca = given->ca,
        .certificate = given->certificate,
        .key = given->key,
        .path = given->path ? given->path : "/",
        .vhost_header = given->vhost_header ? given->vhost_header : "X-Vhost",
        .resolver = aty_resolve,
    };
    fault = words_read(pool, given, options, targets);
    if (!fault) {
        fault = number_take(pool, "--port", given->port, HTTPS, UINT16_MAX, &port);
    }
    if (!fault) {
        fault = number_take(pool, "--rate", given->rate, RATE_DEFAULT, RATE_MAX,
                            &options->rate);
    }
    if (!fault) {
        fault = number_take(pool, "--timeout", given->timeout, SECONDS_DEFAULT,
                            SECONDS_MAX, &seconds);
    }
    if (!fault) {
        options->port = (uint16_t)port;
        options->milliseconds = seconds * 1000;
        options->tls =
            aty_probe_tls(pool, given->ca, given->certificate, given->key, &fault);
    }
    return fault;
}
