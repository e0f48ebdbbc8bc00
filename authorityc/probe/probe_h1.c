#include "authorityc/probe/probe_h1.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <apr_strings.h>

#include "authorityc/probe/probe_clean.h"
#include "authorityc/version.h"

#define INTERIMS_MAX 16
#define LINE_BYTES   1024 /* bytes of a chunk's line, and of a line of trailers */
#define SHOWN        48   /* bytes of what is no HTTP */

typedef struct {
    const char *text;
    size_t size;
} slice;

void aty_probe_h1_begin(aty_probe_h1 *h1, apr_pool_t *pool, aty_probe_request *request,
                        const char *vhost_header)
{
    h1->pool = pool;
    h1->state = ATY_H1_HEAD;
    h1->is_last = false;
    h1->left = 0;
    h1->interims = 0;
    h1->line_size = 0;
    h1->lines_size = 0;
    aty_probe_reply_begin(&h1->reply, request, vhost_header);
}

const char *aty_probe_h1_text(apr_pool_t *pool, const aty_probe_request *request)
{
    return apr_psprintf(
        pool,
        "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: authorityc/" ATY_VERSION
        "\r\nAccept: */*\r\n\r\n",
        request->method, request->path, request->authority);
}

static void done(aty_probe_h1 *h1)
{
    h1->state = ATY_H1_DONE;
    aty_probe_reply_end(h1->pool, &h1->reply);
}

/* Nothing can be read any more. */
static void broken(aty_probe_h1 *h1, const char *fault)
{
    h1->state = ATY_H1_DONE;
    h1->is_last = true;
    aty_probe_reply_give_up(h1->pool, &h1->reply, fault);
}

static void broken_text(aty_probe_h1 *h1, const char *format, const char *text,
                        size_t size)
{
    broken(h1,
           apr_psprintf(h1->pool, format, aty_probe_clean(h1->pool, text, size, SHOWN)));
}

/* Takes the line at the beginning of a text, without its end. */
static slice line_take(slice *from)
{
    const char *end = memchr(from->text, '\n', from->size);
    slice line = {from->text, end ? (size_t)(end - from->text) : from->size};
    size_t taken = line.size + (end != NULL);
    from->text += taken;
    from->size -= taken;
    if (line.size > 0 && line.text[line.size - 1] == '\r') {
        line.size--;
    }
    return line;
}

static slice trim(slice text)
{
    while (text.size > 0 && (*text.text == ' ' || *text.text == '\t')) {
        text.text++;
        text.size--;
    }
    while (text.size > 0 &&
           (text.text[text.size - 1] == ' ' || text.text[text.size - 1] == '\t')) {
        text.size--;
    }
    return text;
}

static bool is_name(slice name, const char *wanted)
{
    return name.size == strlen(wanted) && strncasecmp(name.text, wanted, name.size) == 0;
}

/* Whether a word stands in a list with commas. */
static bool has_word(slice list, const char *word)
{
    while (list.size > 0) {
        const char *comma = memchr(list.text, ',', list.size);
        slice item = {list.text, comma ? (size_t)(comma - list.text) : list.size};
        size_t taken = item.size + (comma != NULL);
        if (is_name(trim(item), word)) {
            return true;
        }
        list.text += taken;
        list.size -= taken;
    }
    return false;
}

/* What a header says about the body. */
typedef struct {
    bool chunked, encoded, has_length, bad_length;
    uint64_t length;
} framing;

/* RFC 9112 §6.3: digits alone; two lengths must be one. */
static void length_read(framing *body, slice value)
{
    uint64_t length = 0;
    for (size_t i = 0; i < value.size; i++) {
        if (!isdigit((unsigned char)value.text[i]) || length > UINT64_MAX / 16) {
            body->bad_length = true;
            return;
        }
        length = 10 * length + (uint64_t)(value.text[i] - '0');
    }
    body->bad_length = body->bad_length || value.size == 0 ||
                       (body->has_length && body->length != length);
    body->has_length = true;
    body->length = length;
}

static void field_read(aty_probe_h1 *h1, slice name, slice value, framing *body)
{
    if (is_name(name, "transfer-encoding")) {
        body->encoded = true;
        body->chunked = has_word(value, "chunked");
    }
    else if (is_name(name, "content-length")) {
        length_read(body, value);
    }
    else if (is_name(name, "connection")) {
        h1->is_last = h1->is_last || has_word(value, "close");
    }
}

/* Reads the lines after the status. False, with a fault, where one is no field. */
static bool fields_read(aty_probe_h1 *h1, slice header, framing *body)
{
    while (header.size > 0) {
        slice line = line_take(&header);
        const char *colon = memchr(line.text, ':', line.size);
        size_t name_size = colon ? (size_t)(colon - line.text) : 0;
        if (line.size == 0 || *line.text == ' ' || *line.text == '\t') {
            continue; /* the end, or an old-fashioned continuation (RFC 9112 §5.2) */
        }
        if (name_size == 0) {
            broken_text(h1, "a header line is none: '%s'", line.text, line.size);
            return false;
        }
        slice name = {line.text, name_size};
        slice value = trim((slice){colon + 1, line.size - name_size - 1});
        field_read(h1, name, value, body);
        aty_probe_reply_header(h1->pool, &h1->reply, name.text, name.size, value.text,
                               value.size);
    }
    return true;
}

/* "HTTP/1.1 421 Misdirected Request": the status; 0 where it is no such line. */
static int status_read(slice line)
{
    const char *text = line.text;
    if (line.size < 12 || memcmp(text, "HTTP/1.", 7) != 0 ||
        !isdigit((unsigned char)text[7]) || text[8] != ' ' ||
        (line.size > 12 && text[12] != ' ') || text[9] < '1' || text[9] > '5' ||
        !isdigit((unsigned char)text[10]) || !isdigit((unsigned char)text[11])) {
        return 0;
    }
    return (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
}

static void body_until(aty_probe_h1 *h1, aty_probe_h1_state state, uint64_t length)
{
    h1->state = state;
    h1->left = length;
    h1->is_last = h1->is_last || state == ATY_H1_TO_END;
}

/* What follows the header (RFC 9112 §6.3). */
static void body_begin(aty_probe_h1 *h1, const framing *body)
{
    const aty_probe_request *request = h1->reply.request;
    if (strcmp(request->method, "HEAD") == 0 || request->status == 204 ||
        request->status == 304) { /* NOLINT(bugprone-branch-clone): the RFC's order */
        done(h1);
    }
    else if (body->encoded) {
        body_until(h1, body->chunked ? ATY_H1_CHUNK_SIZE : ATY_H1_TO_END, 0);
    }
    else if (body->bad_length) {
        broken(h1, "its Content-Length is no number");
    }
    else if (body->has_length && body->length == 0) {
        done(h1);
    }
    else {
        body_until(h1, body->has_length ? ATY_H1_LENGTH : ATY_H1_TO_END, body->length);
    }
}

/* An answer of 1xx is passed over (RFC 9110 §15.2). */
static void interim_pass(aty_probe_h1 *h1)
{
    if (h1->reply.status == 101 || ++h1->interims > INTERIMS_MAX) {
        broken(h1, h1->interims > INTERIMS_MAX ? "interim answers (1xx) without end"
                                               : "status 101, where nobody asked for it");
    }
}

static void head_read(aty_probe_h1 *h1)
{
    slice header = {h1->line, h1->line_size};
    slice status = line_take(&header);
    framing body = {false, false, false, false, 0};
    h1->line_size = 0;
    h1->reply.status = status_read(status);
    if (h1->reply.status == 0) {
        broken_text(h1, "what answers is no HTTP/1.1: '%s'", status.text, status.size);
        return;
    }
    h1->is_last = status.text[7] == '0';
    if (!fields_read(h1, header, &body)) {
        return;
    }
    h1->reply.request->status = h1->reply.status;
    if (h1->reply.status < 200) {
        interim_pass(h1);
        return;
    }
    body_begin(h1, &body);
}

/* Whether what came so far may yet become HTTP/1. */
static bool may_be_http(const aty_probe_h1 *h1)
{
    size_t size = h1->line_size < 7 ? h1->line_size : 7;
    return memcmp(h1->line, "HTTP/1.", size) == 0;
}

static bool is_header_whole(const aty_probe_h1 *h1)
{
    const char *end = h1->line + h1->line_size;
    return (h1->line_size >= 2 && memcmp(end - 2, "\n\n", 2) == 0) ||
           (h1->line_size >= 3 && memcmp(end - 3, "\n\r\n", 3) == 0);
}

static size_t head_feed(aty_probe_h1 *h1, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && h1->line_size < sizeof h1->line) {
        h1->line[h1->line_size++] = (char)bytes[at++];
        if (is_header_whole(h1)) {
            head_read(h1);
            return at;
        }
    }
    if (!may_be_http(h1)) {
        broken_text(h1, "what answers is no HTTP/1.1: '%s'", h1->line, h1->line_size);
    }
    else if (h1->line_size == sizeof h1->line) {
        broken(h1, "the header of the answer is larger than 64 KiB");
    }
    return at;
}

/* Takes up to `left` bytes of a body; they are many enough at ATY_PROBE_BODY_MAX. */
static size_t body_feed(aty_probe_h1 *h1, const uint8_t *bytes, size_t size)
{
    size_t count =
        h1->state != ATY_H1_TO_END && h1->left < size ? (size_t)h1->left : size;
    if (!aty_probe_reply_body(&h1->reply, bytes, count)) {
        h1->is_last = true; /* nobody reads the rest */
        done(h1);
        return count;
    }
    h1->left -= h1->state == ATY_H1_TO_END ? 0 : count;
    if (h1->left == 0 && h1->state == ATY_H1_LENGTH) {
        done(h1);
    }
    else if (h1->left == 0 && h1->state == ATY_H1_CHUNK) {
        h1->state = ATY_H1_CHUNK_END;
    }
    return count;
}

/* The size of a chunk, in hexadecimal digits before any extension. */
static void chunk_size_read(aty_probe_h1 *h1)
{
    size_t at = 0;
    h1->left = 0;
    for (; at < h1->line_size && isxdigit((unsigned char)h1->line[at]) && at < 15; at++) {
        int c = tolower((unsigned char)h1->line[at]);
        h1->left = 16 * h1->left + (uint64_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
    }
    if (at == 0 || (at < h1->line_size && !strchr("; \t\r", h1->line[at]))) {
        broken_text(h1, "the size of a chunk is none: '%s'", h1->line, h1->line_size);
        return;
    }
    h1->state = h1->left ? ATY_H1_CHUNK : ATY_H1_TRAILER;
}

/* A line between, or after, the chunks. */
static void chunk_line_read(aty_probe_h1 *h1)
{
    bool is_empty = h1->line_size == 0 || (h1->line_size == 1 && h1->line[0] == '\r');
    if (h1->state == ATY_H1_CHUNK_SIZE) {
        chunk_size_read(h1);
    }
    else if (h1->state == ATY_H1_CHUNK_END) {
        if (is_empty) {
            h1->state = ATY_H1_CHUNK_SIZE;
        }
        else {
            broken(h1, "a chunk is longer than its size says");
        }
    }
    else if (is_empty) {
        done(h1);
    }
    h1->line_size = 0;
}

static size_t chunk_line_feed(aty_probe_h1 *h1, const uint8_t *bytes, size_t size)
{
    const uint8_t *end = memchr(bytes, '\n', size);
    size_t count = end ? (size_t)(end - bytes) : size;
    if (count > LINE_BYTES - h1->line_size) {
        broken(h1, "a line between chunks is longer than 1 KiB");
        return size;
    }
    memcpy(h1->line + h1->line_size, bytes, count);
    h1->line_size += count;
    h1->lines_size += count;
    if (h1->lines_size > ATY_PROBE_BODY_MAX) {
        broken(h1, "chunks that are nearly empty, or trailers, without end");
    }
    else if (end) {
        chunk_line_read(h1);
    }
    return count + (end != NULL);
}

size_t aty_probe_h1_feed(aty_probe_h1 *h1, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    while (at < size && h1->state != ATY_H1_DONE) {
        const uint8_t *rest = bytes + at;
        size_t left = size - at;
        if (h1->state == ATY_H1_HEAD) {
            at += head_feed(h1, rest, left);
        }
        else if (h1->state == ATY_H1_LENGTH || h1->state == ATY_H1_CHUNK ||
                 h1->state == ATY_H1_TO_END) {
            at += body_feed(h1, rest, left);
        }
        else {
            at += chunk_line_feed(h1, rest, left);
        }
    }
    return at;
}

void aty_probe_h1_end(aty_probe_h1 *h1, bool closed, const char *fault)
{
    if (h1->state == ATY_H1_DONE) {
        return;
    }
    h1->is_last = true;
    if (closed && h1->state == ATY_H1_TO_END) {
        done(h1);
        return;
    }
    broken(h1, fault);
}
