/* What mod_ssl keeps to itself, as the configuration has it: an SSL_CTX does not tell
 * `optional` from `optional_no_ca`, and knows nothing of depth and revocation. */
#include "mod_authority/drift_checks.h"

#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "core/setting.h"

static const struct {
    const char *directive;
    aty_field field;
    const char *by_default; /* as tables have it; NULL: not there */
} compared[] = {
    {"SSLVerifyClient", ATY_FIELD_CLIENT_AUTH, "none"},
    {"SSLVerifyDepth", ATY_FIELD_CLIENT_AUTH, "1"},
    {"SSLCARevocationCheck", ATY_FIELD_REVOCATION, "none"},
    {"SSLOCSPEnable", ATY_FIELD_REVOCATION, "off"},
    {"SSLOCSPDefaultResponder", ATY_FIELD_REVOCATION, NULL},
    {"SSLOCSPOverrideResponder", ATY_FIELD_REVOCATION, NULL},
};

/* Whether the line is of the directive; `*words` becomes what follows it. */
static bool is_of(const aty_setting_line *line, const char *directive, apr_pool_t *pool,
                  const char **words)
{
    size_t length = strlen(directive);

    if (line->length <= length || strncasecmp(line->text, directive, length) != 0 ||
        line->text[length] != ' ') {
        return false;
    }
    *words = apr_pstrmemdup(pool, line->text + length + 1, line->length - length - 1);
    return true;
}

/* The table's line of a directive, all zero where there is none, and its words. */
static aty_setting_line table_line(const aty_drift_search *search, const aty_live *live,
                                   size_t row, apr_pool_t *pool, const char **words)
{
    const aty_setting_record *setting =
        aty_vhost_setting(search->table, live->vhost, compared[row].field);
    aty_setting_line line = {0};

    *words = compared[row].by_default;
    while (aty_setting_next(search->table, setting, &line)) {
        if (is_of(&line, compared[row].directive, pool, words)) {
            return line;
        }
    }
    return (aty_setting_line){0};
}

/* mod_ssl takes a switch as well (ssl_engine_config.c, ssl_cmd_verify_parse). */
static const char *canonical(const char *directive, const char *words)
{
    if (words && strcasecmp(directive, "SSLVerifyClient") == 0) {
        return strcasecmp(words, "on") == 0    ? "require"
               : strcasecmp(words, "off") == 0 ? "none"
                                               : words;
    }
    return words;
}

static bool are_same(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) == 0 : a == b;
}

static const char *line_text(apr_pool_t *pool, const char *directive, const char *words)
{
    return words ? apr_psprintf(pool, "'%s %s'", directive, words)
                 : apr_psprintf(pool, "no %s", directive);
}

/* Nobody is asked for a certificate, also in no <Location>: nothing of this counts. */
static bool asks_nobody(const aty_drift_search *search, const aty_live *live)
{
    const aty_setting_record *cas =
        aty_vhost_setting(search->table, live->vhost, ATY_FIELD_CLIENT_CA);

    return strcmp(aty_table_string(search->table, cas->real), "not used") == 0;
}

static const char *compare_row(const aty_drift_search *search, const aty_live *live,
                               size_t row, apr_pool_t *pool)
{
    const char *directive = compared[row].directive;
    const char *table;
    aty_setting_line line = table_line(search, live, row, pool, &table);
    const char *httpd =
        canonical(directive, aty_tree_words(pool, search->tree, live->server, directive));

    httpd = httpd ? httpd : compared[row].by_default;
    return are_same(table, httpd)
               ? NULL
               : aty_drift_text_at(search, live, compared[row].field, line.place,
                                   line_text(pool, directive, table),
                                   line_text(pool, directive, httpd));
}

const char *aty_drift_words(aty_drift_search *search, aty_live *live)
{
    const char *what = NULL;
    apr_pool_t *pool;

    /* Where the context itself differs in what it asks, that has been told. */
    if (asks_nobody(search, live) || aty_drift_client_auth(search, live)) {
        return NULL;
    }
    apr_pool_create(&pool, search->scratch);
    for (size_t row = 0; row < sizeof compared / sizeof compared[0] && !what; row++) {
        what = compare_row(search, live, row, pool);
    }
    apr_pool_destroy(pool);
    return what;
}

#define CONF_CMD "SSLOpenSSLConfCmd"

/* The commands count in their order. */
const char *aty_drift_conf_cmds(aty_drift_search *search, aty_live *live)
{
    const aty_setting_record *setting =
        aty_vhost_setting(search->table, live->vhost, ATY_FIELD_OPENSSL_CONF);
    apr_pool_t *pool = search->scratch;
    const apr_array_header_t *httpd;
    aty_setting_line line = {0};
    const char *words = NULL;
    int count = 0;

    httpd = aty_tree_all_words(pool, search->tree, live->server, CONF_CMD);
    while (aty_setting_next(search->table, setting, &line)) {
        const char *live_words =
            count < httpd->nelts ? APR_ARRAY_IDX(httpd, count, const char *) : NULL;
        if (is_of(&line, CONF_CMD, pool, &words) && !are_same(words, live_words)) {
            return aty_drift_text_at(search, live, ATY_FIELD_OPENSSL_CONF, line.place,
                                     line_text(pool, CONF_CMD, words),
                                     line_text(pool, CONF_CMD, live_words));
        }
        count++;
    }
    return count == httpd->nelts
               ? NULL
               : aty_drift_text(search, live, ATY_FIELD_OPENSSL_CONF, "no such line",
                                line_text(pool, CONF_CMD,
                                          APR_ARRAY_IDX(httpd, count, const char *)));
}
