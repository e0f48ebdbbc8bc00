/* values_tls.c: values that only mod_ssl has. */
#include <string.h>
#include <strings.h>

#include <apr_file_info.h>
#include <apr_strings.h>
#include <apr_uri.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "authorityc/directives.h"
#include "authorityc/values.h"

static const aty_choice protocols[] = {
    {"all", ATY_PROTOCOL_ALL, false},
    {"TLSv1", ATY_PROTOCOL_TLSV1, false},
    {"TLSv1.1", ATY_PROTOCOL_TLSV1_1, false},
    {"TLSv1.2", ATY_PROTOCOL_TLSV1_2, false},
    {"TLSv1.3", ATY_PROTOCOL_TLSV1_3, false},
    {"SSLv2", 0, true},
    {"SSLv3", 0, true},
    {NULL, 0, false},
};

static const aty_choice *find_protocol(const char *name)
{
    const aty_choice *protocol = protocols;
    while (protocol->word && strcasecmp(protocol->word, name) != 0) {
        protocol++;
    }
    return protocol->word ? protocol : NULL;
}

/* A word of SSLProtocol without its sign; NULL after an error. */
static const aty_choice *read_protocol(const aty_values *values, const aty_word *word,
                                       char sign)
{
    const char *name = word->text + (sign ? 1 : 0);
    const aty_choice *protocol = find_protocol(name);
    if (!protocol) {
        aty_diag_error(values->diag, &word->place, "unknown protocol '%s'%s",
                       aty_shown(values->pool, name),
                       aty_value_hint(values->pool, name, protocols));
        return NULL;
    }
    if (protocol->number == 0 && sign != '-') {
        aty_diag_error(values->diag, &word->place,
                       "%s is no longer supported by OpenSSL and httpd; it can only be "
                       "taken away, as in '-%s'",
                       protocol->word, protocol->word);
        return NULL;
    }
    return protocol;
}

/* mod_ssl takes a word without a sign as "this and nothing before it". */
static void warn_of_override(const aty_values *values, const aty_word *word)
{
    if (aty_diag_check(
            values->diag, ATY_CHECK_PROTOCOL_OVERRIDE, &word->place,
            "'%s' without a sign replaces the protocols before it, as in httpd",
            word->text)) {
        aty_diag_note(values->diag, NULL,
                      "to add it write '+%s', as in 'SSLProtocol -all +TLSv1.2 +TLSv1.3'",
                      word->text);
    }
}

bool aty_value_ssl_protocol(const aty_values *values, const aty_directive_spec *spec,
                            aty_directive *directive, aty_word *words)
{
    (void)spec;
    bool fine = true;
    for (int i = 0; i < directive->word_count; i++) {
        char sign =
            *words[i].text == '+' || *words[i].text == '-' ? *words[i].text : '\0';
        const aty_choice *protocol = read_protocol(values, &words[i], sign);
        if (!protocol) {
            fine = false;
        }
        else if (sign == '-') {
            directive->number &= ~protocol->number;
        }
        else if (sign == '+') {
            directive->number |= protocol->number;
        }
        else {
            if (directive->number != 0) {
                warn_of_override(values, &words[i]);
            }
            directive->number = protocol->number;
        }
    }
    if (fine && directive->number == 0) {
        aty_diag_error(values->diag, &words[0].place, "no protocol is left");
        aty_diag_note(values->diag, NULL,
                      "every 'SSLProtocol' begins with nothing: name what is allowed, as "
                      "in '-all +TLSv1.2 +TLSv1.3' or 'all -TLSv1 -TLSv1.1'");
        return false;
    }
    return fine;
}

bool aty_value_ciphers(const aty_values *values, const aty_directive_spec *spec,
                       aty_directive *directive, aty_word *words)
{
    static const aty_choice types[] = {
        {"SSL", 0, false}, {"TLSv1.3", 1, false}, {NULL, 0, false}};
    if (directive->word_count == 1) {
        return true;
    }
    for (const aty_choice *type = types; type->word; type++) {
        if (strcmp(type->word, words[0].text) == 0) { /* mod_ssl minds the case here */
            directive->number = type->number;
            return true;
        }
    }
    aty_diag_error(values->diag, &words[0].place,
                   "'%s' takes SSL or TLSv1.3 before the list of ciphers, not '%s'%s",
                   spec->name, aty_shown(values->pool, words[0].text),
                   aty_value_hint(values->pool, words[0].text, types));
    return false;
}

/* mod_ssl asks responders over plain HTTP alone (ssl_engine_ocsp.c). */
bool aty_value_responder(const aty_values *values, const aty_directive_spec *spec,
                         aty_directive *directive, aty_word *words)
{
    (void)directive;
    apr_uri_t uri;
    apr_status_t status = apr_uri_parse(values->pool, words[0].text, &uri);
    if (status == APR_SUCCESS && uri.scheme && strcasecmp(uri.scheme, "http") == 0 &&
        uri.hostname && *uri.hostname && aty_value_is_ascii(words[0].text)) {
        return true;
    }
    aty_diag_error(values->diag, &words[0].place,
                   "'%s' takes the address of a responder, as in "
                   "'http://ocsp.example.com/', not '%s'",
                   spec->name, aty_shown(values->pool, words[0].text));
    if (status == APR_SUCCESS && uri.scheme && strcasecmp(uri.scheme, "https") == 0) {
        aty_diag_note(values->diag, NULL, "mod_ssl asks responders over http only");
    }
    return false;
}

/* OpenSSL's reader of commands, as mod_ssl sets it up; one for all directives. */
typedef struct {
    SSL_CTX *server;
    SSL_CONF_CTX *commands;
} aty_conf_reader;

static apr_status_t free_reader(void *data)
{
    aty_conf_reader *reader = data;
    SSL_CONF_CTX_free(reader->commands);
    SSL_CTX_free(reader->server);
    return APR_SUCCESS;
}

/* NULL where OpenSSL is out of memory. */
static SSL_CONF_CTX *conf_commands(apr_pool_t *pool)
{
    static const char key[] = "aty_conf_reader";
    void *known = NULL;
    apr_pool_userdata_get(&known, key, pool);
    aty_conf_reader *reader = known;
    if (!reader) {
        reader = apr_pcalloc(pool, sizeof(*reader));
        reader->server = SSL_CTX_new(TLS_server_method());
        reader->commands = SSL_CONF_CTX_new();
        if (reader->server && reader->commands) {
            SSL_CONF_CTX_set_flags(reader->commands, SSL_CONF_FLAG_FILE |
                                                         SSL_CONF_FLAG_SERVER |
                                                         SSL_CONF_FLAG_CERTIFICATE);
            SSL_CONF_CTX_set_ssl_ctx(reader->commands, reader->server);
        }
        apr_pool_userdata_setn(reader, key, free_reader, pool);
    }
    return reader->server ? reader->commands : NULL;
}

static bool unknown_command(const aty_values *values, const aty_word *command)
{
    static const aty_choice known[] = {
        {"CipherString", 0, false},
        {"Ciphersuites", 0, false},
        {"ClientSignatureAlgorithms", 0, false},
        {"Curves", 0, false},
        {"DHParameters", 0, false},
        {"Groups", 0, false},
        {"MaxProtocol", 0, false},
        {"MinProtocol", 0, false},
        {"Options", 0, false},
        {"Protocol", 0, false},
        {"SignatureAlgorithms", 0, false},
        {"VerifyMode", 0, false},
        {NULL, 0, false},
    };
    aty_diag_error(values->diag, &command->place,
                   "OpenSSL has no configuration command '%s'%s",
                   aty_shown(values->pool, command->text),
                   aty_value_hint(values->pool, command->text, known));
    return false;
}

bool aty_value_openssl_conf(const aty_values *values, const aty_directive_spec *spec,
                            aty_directive *directive, aty_word *words)
{
    SSL_CONF_CTX *commands = conf_commands(values->pool);
    int type = commands ? SSL_CONF_cmd_value_type(commands, words[0].text)
                        : SSL_CONF_TYPE_UNKNOWN;
    if (type == SSL_CONF_TYPE_UNKNOWN) {
        return unknown_command(values, &words[0]);
    }
    if (type == SSL_CONF_TYPE_FILE || type == SSL_CONF_TYPE_DIR) {
        return aty_value_path(values, spec, directive, &words[1]);
    }
    if (SSL_CONF_cmd(commands, words[0].text, words[1].text) <= 0) {
        aty_diag_error(values->diag, &words[1].place,
                       "OpenSSL does not take '%s' for its command '%s'",
                       aty_shown(values->pool, words[1].text), words[0].text);
        ERR_clear_error();
        return false;
    }
    return true;
}
