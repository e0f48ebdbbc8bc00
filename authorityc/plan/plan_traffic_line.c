/* What httpd writes into a log it escapes: `\"`, `\\`, `\n` and the like, and `\xhh` for
 * what is not printable (server/util.c, ap_escape_logitem). Spaces it leaves alone: so a
 * field that clients fill in is found by what stands around it. */
#include "authorityc/plan/plan_traffic_line.h"

#include <string.h>

/* A part of the line. */
typedef struct {
    const char *text;
    size_t length;
} piece;

static bool is_word(piece p, const char *word)
{
    return p.length == strlen(word) && memcmp(p.text, word, p.length) == 0;
}

/* Takes what stands before the first space. False where there is no space. */
static bool take_word(piece *rest, piece *word)
{
    const char *space = memchr(rest->text, ' ', rest->length);

    if (!space) {
        return false;
    }
    *word = (piece){rest->text, (size_t)(space - rest->text)};
    rest->text = space + 1;
    rest->length -= word->length + 1;
    return word->length > 0;
}

/* Takes what stands behind the last spaces: several, where an administrator indented the
 * second half of a long LogFormat. */
static bool take_last(piece *rest, piece *word)
{
    size_t start = rest->length;

    while (start > 0 && rest->text[start - 1] != ' ') {
        start--;
    }
    if (start == 0) {
        return false;
    }
    *word = (piece){rest->text + start, rest->length - start};
    while (start > 0 && rest->text[start - 1] == ' ') {
        start--;
    }
    rest->length = start;
    return word->length > 0;
}

/* Takes "[22/Nov/2026:17:23:07 +0000] ". */
static bool take_time(piece *rest)
{
    static const char shape[] = "[00/AAA/0000:00:00:00 +0000] ";

    if (rest->length < sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        char c = rest->text[i];
        bool is_digit = c >= '0' && c <= '9';
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool fits = shape[i] == '0'   ? is_digit
                    : shape[i] == 'A' ? is_letter
                    : shape[i] == '+' ? c == '+' || c == '-'
                                      : c == shape[i];
        if (!fits) {
            return false;
        }
    }
    rest->text += sizeof shape - 1;
    rest->length -= sizeof shape - 1;
    return true;
}

/* Takes a quoted field, and a space behind it if there is more. */
static bool take_quoted(piece *rest, piece *field)
{
    size_t end = 1;

    if (rest->length < 2 || rest->text[0] != '"') {
        return false;
    }
    while (end < rest->length && rest->text[end] != '"') {
        end += rest->text[end] == '\\' ? 2 : 1;
    }
    if (end >= rest->length) {
        return false;
    }
    *field = (piece){rest->text + 1, end - 1};
    end++;
    if (end < rest->length && rest->text[end++] != ' ') {
        return false;
    }
    rest->text += end;
    rest->length -= end;
    return true;
}

/* Three digits; `-` where there was no answer. */
static bool is_status(piece p)
{
    if (is_word(p, "-")) {
        return true;
    }
    for (size_t i = 0; i < p.length; i++) {
        if (p.text[i] < '0' || p.text[i] > '9') {
            return false;
        }
    }
    return p.length == 3;
}

/* An authority as it was logged. What had to be escaped is no host. */
static void host_read(piece p, char host[ATY_NAME_MAX + 1])
{
    if (is_word(p, "-") || memchr(p.text, '\\', p.length) ||
        memchr(p.text, ' ', p.length) ||
        aty_host_of_authority(host, p.text, p.length) == 0) {
        host[0] = '\0';
    }
}

/* Of an https URL; others are of no connection that could be reused. */
static void url_host_read(piece url, char host[ATY_NAME_MAX + 1])
{
    static const char scheme[] = "https://";
    const size_t skip = sizeof scheme - 1;
    size_t end = skip;

    host[0] = '\0';
    if (url.length <= skip || !aty_name_equals(url.text, skip, scheme, skip)) {
        return;
    }
    while (end < url.length && !strchr("/?#", url.text[end])) {
        end++;
    }
    host_read((piece){url.text + skip, end - skip}, host);
}

/* CONN HOST VERDICT REASON STATUS ADDRESS, behind the time. */
static bool verdict_read(piece rest, aty_traffic_line *line)
{
    piece connection, address, status, reason, verdict;

    if (!take_word(&rest, &connection) || !take_last(&rest, &address) ||
        !take_last(&rest, &status) || !is_status(status) || !take_last(&rest, &reason) ||
        !take_last(&rest, &verdict)) {
        return false;
    }
    line->is_refused = is_word(status, "421") || is_word(verdict, "would-421");
    if (line->is_refused) {
        host_read(connection, line->connection);
        host_read(rest, line->authority);
    }
    return true;
}

/* %v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"; a user may have spaces in
 * the name. */
static bool combined_read(piece rest, aty_traffic_line *line)
{
    piece vhost, word, request, status, referer, agent;

    if (!take_word(&rest, &vhost) || !memchr(vhost.text, ':', vhost.length) ||
        !take_word(&rest, &word) || !take_word(&rest, &word)) {
        return false;
    }
    while (!take_time(&rest)) {
        if (!take_word(&rest, &word)) {
            return false;
        }
    }
    if (!take_quoted(&rest, &request) || !take_word(&rest, &status) ||
        !is_status(status) || !take_word(&rest, &word) || !take_quoted(&rest, &referer) ||
        !take_quoted(&rest, &agent) || rest.length > 0) {
        return false;
    }
    line->is_refused = is_word(status, "421");
    line->by_referer = true;
    if (line->is_refused) {
        host_read(vhost, line->authority);
        url_host_read(referer, line->connection);
    }
    return true;
}

bool aty_traffic_line_read(const char *text, size_t length, aty_traffic_line *line)
{
    piece all = {text, length};

    *line = (aty_traffic_line){.is_refused = false};
    return take_time(&all) ? verdict_read(all, line) : combined_read(all, line);
}
