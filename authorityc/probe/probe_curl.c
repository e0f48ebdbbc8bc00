/* probe_curl.c: how a person asks the same once more, and pieces of the matrix. */
#include "authorityc/probe/probe_matrix.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_reply.h"
#include "core/utf8.h"

#define TEXT_MAX 160 /* bytes of a page's text that are shown */

const char *aty_probe_cell(apr_pool_t *pool, const aty_probe_answer *answer)
{
    if (answer->reset) {
        return apr_psprintf(pool, "R%u", answer->reset_code);
    }
    return answer->status ? apr_itoa(pool, answer->status) : "-";
}

/* Whether it is UTF-8 without control characters. */
static bool is_text(const char *word)
{
    size_t left = strlen(word);

    while (left > 0) {
        size_t length = aty_utf8_character((const uint8_t *)word, left);
        if (length == 0) {
            return false;
        }
        word += length;
        left -= length;
    }
    return true;
}

/* A word that no terminal and no JSON takes: "$(printf '...')", with octal numbers for
 * all but letters, digits and what stands in most paths. */
static const char *printed(apr_pool_t *pool, const char *word)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "-_.,:/=@+ ";
    char *text = apr_palloc(pool, 4 * strlen(word) + 1);
    char *to = text;

    for (; *word; word++) {
        if (strchr(plain, *word)) {
            *to++ = *word;
        }
        else {
            to += sprintf(to, "\\%03o", (unsigned)(unsigned char)*word);
        }
    }
    *to = '\0';
    return apr_pstrcat(pool, "\"$(printf -- '", text, "')\"", (char *)NULL);
}

/* A word for a shell. */
static const char *quoted(apr_pool_t *pool, const char *word)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "-_.,:/=@%+[]";
    char *text, *to;

    if (*word && strspn(word, plain) == strlen(word) && !strpbrk(word, "[]")) {
        return word;
    }
    if (!is_text(word)) {
        return printed(pool, word);
    }
    to = text = apr_palloc(pool, 4 * strlen(word) + 3);
    *to++ = '\'';
    for (; *word; word++) {
        if (*word == '\'') {
            memcpy(to, "'\\''", 4);
            to += 4;
        }
        else {
            *to++ = *word;
        }
    }
    *to++ = '\'';
    *to = '\0';
    return text;
}

static const char *bracketed(apr_pool_t *pool, const char *host)
{
    return strchr(host, ':') ? apr_psprintf(pool, "[%s]", host) : host;
}

/* "--cacert FILE" and the like, each with a blank before it. */
static const char *options_text(apr_pool_t *pool, const aty_probe_options *options,
                                const aty_probe_visit *visit)
{
    const char *text = options->http1 ? " --http1.1" : " --http2";

    if (options->ca) {
        text = apr_pstrcat(pool, text, " --cacert ", quoted(pool, options->ca),
                           (char *)NULL);
    }
    else if (visit->shown.trust_fault ||
             !visit->sni /* the address is in no certificate */) {
        text = apr_pstrcat(pool, text, " -k", (char *)NULL);
    }
    if (options->certificate) {
        text = apr_pstrcat(pool, text, " --cert ", quoted(pool, options->certificate),
                           " --key ", quoted(pool, options->key), (char *)NULL);
    }
    return options->proxy_protocol
               ? apr_pstrcat(pool, text, " --haproxy-protocol", (char *)NULL)
               : text;
}

const char *aty_probe_curl(apr_pool_t *pool, const aty_probe *probe,
                           const aty_probe_visit *visit, const char *authority)
{
    const aty_probe_node *node = visit->node;
    const char *address = bracketed(pool, node->address);
    const char *sni = visit->sni ? visit->sni : address;
    const char *port = node->port == 443 ? "" : apr_psprintf(pool, ":%u", node->port);
    const char *to =
        apr_psprintf(pool, "%s:%u:%s:%u", sni, node->port, address, node->port);

    return apr_psprintf(
        pool, "curl -sS -o /dev/null -w '%%{http_code}\\n'%s --connect-to %s -H %s %s",
        options_text(pool, probe->options, visit), quoted(pool, to),
        apr_psprintf(pool, strchr(authority, '$') ? "\"Host: %s%s\"" : "'Host: %s%s'",
                     authority, port),
        quoted(pool, apr_pstrcat(pool, "https://", sni, port, probe->options->path,
                                 (char *)NULL)));
}

/* Whether a tag ends the part that is not shown; moves to behind its '>'. */
static const char *tag_skip(const char *at)
{
    static const char *const hidden[] = {"<title", "<style", "<script", "<!--"};
    static const char *const ends[] = {"</title>", "</style>", "</script>", "-->"};
    const char *end;

    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        if (strncasecmp(at, hidden[i], strlen(hidden[i])) == 0) {
            end = strcasestr(at, ends[i]);
            return end ? end + strlen(ends[i]) : at + strlen(at);
        }
    }
    end = strchr(at, '>');
    return end ? end + 1 : at + strlen(at);
}

/* The character that an entity stands for, and the entity's length; 0 for others. */
static size_t entity_read(const char *at, char *character)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
                    {"&quot;", '"'}, {"&#39;", '\''}, {"&nbsp;", ' '}};

    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        size_t length = strlen(entities[i].entity);
        if (strncmp(at, entities[i].entity, length) == 0) {
            *character = entities[i].character;
            return length;
        }
    }
    *character = *at;
    return 1;
}

/* Ends a text in "..." behind its last whole word within `most` bytes; behind a character
 * where there is but one word. The text has room for four bytes more. */
static void text_cut(char *text, size_t most)
{
    size_t at = strlen(text) < most ? strlen(text) : most;
    size_t end = at;
    const char *dots;

    while (end > 0 && text[end] != ' ') {
        end--;
    }
    if (end == 0) {
        for (end = at; ((unsigned char)text[end] & 0xc0) == 0x80;) {
            end--;
        }
    }
    dots = text[end] == ' ' ? " ..." : "...";
    memcpy(text + end, dots, strlen(dots) + 1);
}

/* The text between the tags. Whether the page ends in a word of it. */
static bool text_read(const char *page, char *to)
{
    bool blank = true, any = false;

    while (*page) {
        if (*page == '<') {
            page = tag_skip(page);
            blank = true;
        }
        else if (isspace((unsigned char)*page)) {
            page++;
            blank = true;
        }
        else {
            if (blank && any) {
                *to++ = ' ';
            }
            blank = false;
            any = true;
            page += entity_read(page, to++);
        }
    }
    *to = '\0';
    return !blank;
}

/* Pages put it into paragraphs, and a title says no more than the status. */
const char *aty_probe_page_line(apr_pool_t *pool, const char *page)
{
    size_t size = strlen(page);
    char *text = apr_palloc(pool, size + 5);
    bool is_cut = text_read(page, text) && size >= ATY_PROBE_BODY_KEPT;

    if (is_cut || strlen(text) > TEXT_MAX) {
        text_cut(text, TEXT_MAX);
    }
    return text;
}
