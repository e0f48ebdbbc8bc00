#include "test/fuzz/well_formed.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define DEPTH_MAX   32
#define SAMPLES_MAX 512

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

const char *well_formed_text(const char *text, size_t size)
{
    json_t *judge = json_stringn(text, size); /* NULL for what is no UTF-8 */

    if (!judge) {
        return "it is no UTF-8";
    }
    json_decref(judge);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte < ' ' && byte != '\n') || byte == 0x7f) {
            return "it has a control character";
        }
    }
    return NULL;
}

/* With those that have no end. */
static const struct {
    const char *name;
    bool is_void;
} elements[] = {
    {"html", false},  {"head", false},   {"meta", true},   {"title", false},
    {"style", false}, {"body", false},   {"h1", false},    {"h2", false},
    {"p", false},     {"b", false},      {"bdi", false},   {"code", false},
    {"span", false},  {"dl", false},     {"dt", false},    {"dd", false},
    {"table", false}, {"tr", false},     {"th", false},    {"td", false},
    {"thead", false}, {"br", true},      {"tbody", false}, {"hr", true},
    {"a", false},     {"footer", false},
};

#define ELEMENTS (sizeof elements / sizeof elements[0])

static size_t element_named(const char *name, size_t length)
{
    size_t i = 0;

    while (i < ELEMENTS && (strlen(elements[i].name) != length ||
                            memcmp(elements[i].name, name, length) != 0)) {
        i++;
    }
    return i;
}

/* Behind ` name="value"` in any number, and a `/`; NULL: something else is there. */
static const char *attributes_end(const char *at)
{
    while (*at == ' ' && at[1] != '/') {
        size_t name = strspn(at + 1, LETTERS "-");
        size_t value;
        at += 1 + name;
        if (name == 0 || strncmp(at, "=\"", 2) != 0) {
            return NULL;
        }
        value = strcspn(at + 2, "\"<>");
        at += 2 + value;
        if (*at++ != '"') {
            return NULL;
        }
    }
    return strncmp(at, " />", 3) == 0 ? at + 3 : *at == '>' ? at + 1 : NULL;
}

static bool is_entity(const char *at)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};

    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        if (strncmp(at, entities[i], strlen(entities[i])) == 0) {
            return true;
        }
    }
    return strncmp(at, "&#", 2) == 0 && strspn(at + 2, DIGITS) > 0 &&
           at[2 + strspn(at + 2, DIGITS)] == ';';
}

typedef struct {
    size_t open[DEPTH_MAX];
    size_t depth;
} nesting;

/* Reads the tag that begins at `*at`, and goes behind it. */
static const char *tag_read(nesting *nest, const char **at)
{
    bool ends = (*at)[1] == '/';
    const char *name = *at + 1 + ends;
    size_t length = strspn(name, LETTERS DIGITS);
    size_t element = element_named(name, length);
    const char *end = attributes_end(name + length);

    if (element == ELEMENTS || !end) {
        return "a tag is none";
    }
    *at = end;
    if (ends) {
        return nest->depth > 0 && nest->open[--nest->depth] == element
                   ? NULL
                   : "an element ends that is not open";
    }
    if (!elements[element].is_void) {
        if (nest->depth == DEPTH_MAX) {
            return "elements are too deep in one another";
        }
        nest->open[nest->depth++] = element;
    }
    return NULL;
}

const char *well_formed_html(const char *text, size_t size)
{
    static const char doctype[] = "<!DOCTYPE html>\n";
    const char *at = text;
    nesting nest = {{0}, 0};
    const char *wrong = well_formed_text(text, size);

    if (strncmp(at, doctype, sizeof doctype - 1) == 0) {
        at += sizeof doctype - 1;
    }
    while (!wrong && *at) {
        if (*at == '<') {
            wrong = tag_read(&nest, &at);
        }
        else if (*at == '>' || (*at == '&' && !is_entity(at))) {
            wrong = "a character is not escaped";
        }
        else {
            at++;
        }
    }
    return wrong ? wrong : nest.depth > 0 ? "an element is open at the end" : NULL;
}

/* Behind a label, name="value"; NULL: it is none. */
static const char *label_end(const char *at)
{
    size_t name = strspn(at, LETTERS "_" DIGITS);

    at += name;
    if (name == 0 || strncmp(at, "=\"", 2) != 0) {
        return NULL;
    }
    for (at += 2; *at && *at != '"' && *at != '\n'; at++) {
        if (*at == '\\' && !strchr("\\\"n", *++at)) {
            return NULL;
        }
    }
    return *at == '"' ? at + 1 : NULL;
}

/* Where the value of a sample begins, behind a space; NULL: it is no sample. */
static const char *sample_value(const char *at)
{
    at += strspn(at, LETTERS "_" DIGITS);
    if (*at == '{') {
        do {
            at = label_end(at + 1);
        } while (at && *at == ',');
        if (!at || *at++ != '}') {
            return NULL;
        }
    }
    return *at == ' ' ? at + 1 : NULL;
}

typedef struct {
    const char *metric; /* of the last TYPE line */
    size_t length;
    const char *samples[SAMPLES_MAX];
    size_t lengths[SAMPLES_MAX];
    size_t count;
} metrics;

static const char *sample_read(metrics *seen, const char *line, const char *end)
{
    const char *value = sample_value(line);
    size_t length;

    if (!value || value > end || value + strspn(value, DIGITS) != end || value == end) {
        return "a line is no sample";
    }
    length = (size_t)(value - line);
    if (!seen->metric || strncmp(seen->metric, line, seen->length) != 0 ||
        !strchr("{ ", line[seen->length])) {
        return "a sample is of another metric";
    }
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->lengths[i] == length && memcmp(seen->samples[i], line, length) == 0) {
            return "a sample is there twice";
        }
    }
    if (seen->count < SAMPLES_MAX) {
        seen->samples[seen->count] = line;
        seen->lengths[seen->count++] = length;
    }
    return NULL;
}

static const char *metric_line(metrics *seen, const char *line, const char *end)
{
    if (strncmp(line, "# HELP ", 7) == 0) {
        return NULL;
    }
    if (strncmp(line, "# TYPE ", 7) == 0) {
        const char *type = memchr(line + 7, ' ', (size_t)(end - line - 7));
        if (!type ||
            (strncmp(type, " gauge\n", 7) != 0 && strncmp(type, " counter\n", 9) != 0)) {
            return "a type is none";
        }
        seen->metric = line + 7;
        seen->length = (size_t)(type - seen->metric);
        return NULL;
    }
    return sample_read(seen, line, end);
}

const char *well_formed_prometheus(const char *text, size_t size)
{
    metrics seen = {.count = 0};
    const char *wrong = well_formed_text(text, size);

    while (!wrong && *text) {
        const char *end = strchr(text, '\n');
        if (!end) {
            return "a line has no end";
        }
        wrong = metric_line(&seen, text, end);
        text = end + 1;
    }
    return wrong;
}

const char *well_formed_lines(const char *text, size_t size, const char *prefix)
{
    const char *wrong = well_formed_text(text, size);

    while (!wrong && *text) {
        size_t length = strcspn(text, "\n");
        const char *key = strstr(text, ": ");
        if (strncmp(text, prefix, strlen(prefix)) != 0 || text[length] != '\n' || !key ||
            (size_t)(key - text) > length) {
            return "a line is no 'Key: value'";
        }
        text += length + 1;
    }
    return wrong;
}
