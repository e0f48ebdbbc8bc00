/* import_read.c: the dump of mod_authority, line by line. It comes from another program
 * that ran another user's files: whatever it is, reading ends with a dump or a message.
 */
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/import/import.h"

#define FORMAT     "1"
#define DEPTH_MAX  100    /* sections in one another */
#define FIELDS_MAX 100000 /* of a line */

typedef struct {
    apr_pool_t *pool;
    aty_import_dump *dump;
    aty_import_server *server;             /* that is being read; NULL: none yet */
    apr_hash_t *files;                     /* names of files, each once */
    aty_import_node **ends[DEPTH_MAX + 1]; /* where the next node goes, by depth */
    int depth;
    apr_array_header_t *fields; /* char *: of the line, the keyword first */
    bool ended;
} reader;

/* Each returns NULL, or what is wrong with the line. */
typedef const char *line_handler(reader *r, char *const *fields, int count);

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Undoes `\\` and `\xHH` in place. */
static bool unescape(char *field)
{
    char *to = field;
    for (const char *at = field; *at; at++) {
        if (*at != '\\') {
            *to++ = *at;
        }
        else if (at[1] == '\\') {
            *to++ = *++at;
        }
        else {
            int high = at[1] == 'x' ? hex_digit(at[2]) : -1;
            int low = high >= 0 ? hex_digit(at[3]) : -1;
            if (low < 0 || high * 16 + low == 0) {
                return false;
            }
            *to++ = (char)(high * 16 + low);
            at += 3;
        }
    }
    *to = '\0';
    return true;
}

static bool read_number(const char *text, uint32_t most, uint32_t *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9 || text[digits] != '\0') {
        return false;
    }
    *number = (uint32_t)strtoul(text, NULL, 10);
    return *number <= most;
}

/* A file name is that of thousands of lines. */
static const char *keep_file(reader *r, const char *name)
{
    const char *known = apr_hash_get(r->files, name, APR_HASH_KEY_STRING);
    if (!known) {
        known = apr_pstrdup(r->pool, name);
        apr_hash_set(r->files, known, APR_HASH_KEY_STRING, known);
    }
    return known;
}

static bool read_place(reader *r, char *const *fields, aty_import_place *place)
{
    place->file = keep_file(r, fields[0]);
    return read_number(fields[1], 999999999, &place->line);
}

static bool read_yes_no(const char *word, bool *yes)
{
    *yes = strcmp(word, "yes") == 0;
    return *yes || strcmp(word, "no") == 0;
}

static const char *on_httpd(reader *r, char *const *fields, int count)
{
    (void)count;
    r->dump->httpd = apr_pstrdup(r->pool, fields[1]);
    return NULL;
}

static const char *on_root(reader *r, char *const *fields, int count)
{
    (void)count;
    r->dump->root = apr_pstrdup(r->pool, fields[1]);
    return NULL;
}

static const char *on_md_store(reader *r, char *const *fields, int count)
{
    (void)count;
    r->dump->md_store = apr_pstrdup(r->pool, fields[1]);
    return NULL;
}

static const char *on_sni_policy(reader *r, char *const *fields, int count)
{
    (void)count;
    return read_yes_no(fields[1], &r->dump->has_sni_policy) ? NULL : "neither yes nor no";
}

static const char *on_http2(reader *r, char *const *fields, int count)
{
    (void)count;
    return read_yes_no(fields[1], &r->dump->has_http2) ? NULL : "neither yes nor no";
}

static const char *on_server(reader *r, char *const *fields, int count)
{
    (void)count;
    bool is_main = strcmp(fields[1], "main") == 0;
    if (r->depth > 0) {
        return "a section is still open";
    }
    if (is_main != (r->dump->main == NULL)) {
        return "the main server must come first, and once";
    }
    aty_import_server *server = apr_pcalloc(r->pool, sizeof(*server));
    if (!read_place(r, fields + 2, &server->place)) {
        return "no number of a line";
    }
    server->name = apr_pstrdup(r->pool, fields[4]);
    server->protocol = apr_pstrdup(r->pool, fields[5]);
    server->has_tree = strcmp(fields[6], "tree") == 0;
    server->is_virtual = !is_main;
    server->aliases = apr_array_make(r->pool, 1, sizeof(const char *));
    server->addresses = apr_array_make(r->pool, 1, sizeof(aty_import_address));
    server->protocols = apr_array_make(r->pool, 2, sizeof(const char *));
    r->server = server;
    r->ends[0] = &server->nodes;
    if (is_main) {
        r->dump->main = server;
        return NULL;
    }
    APR_ARRAY_PUSH(r->dump->vhosts, aty_import_server *) = server;
    server->number = (uint32_t)r->dump->vhosts->nelts;
    return NULL;
}

static const char *on_name(reader *r, char *const *fields, int count)
{
    (void)count;
    APR_ARRAY_PUSH(r->server->aliases, const char *) = apr_pstrdup(r->pool, fields[1]);
    return NULL;
}

static bool has_address(const aty_import_server *server, const char *key)
{
    for (int i = 0; i < server->addresses->nelts; i++) {
        if (strcmp(APR_ARRAY_IDX(server->addresses, i, aty_import_address).key, key) ==
            0) {
            return true;
        }
    }
    return false;
}

static const char *on_address(reader *r, char *const *fields, int count)
{
    (void)count;
    aty_import_address address = {.written = apr_pstrdup(r->pool, fields[1]),
                                  .host = apr_pstrdup(r->pool, fields[2])};
    if (!read_number(fields[3], 65535, &address.port)) {
        return "no port";
    }
    address.key = apr_psprintf(r->pool, "%s:%u", address.host, address.port);
    /* Any address is one of IPv4 and one of IPv6. */
    if (!has_address(r->server, address.key)) {
        APR_ARRAY_PUSH(r->server->addresses, aty_import_address) = address;
    }
    return NULL;
}

static const char *on_speaks(reader *r, char *const *fields, int count)
{
    for (int i = 1; i < count; i++) {
        APR_ARRAY_PUSH(r->server->protocols, const char *) =
            apr_pstrdup(r->pool, fields[i]);
    }
    return NULL;
}

static const char *const *keep_words(reader *r, char *const *fields, int count)
{
    const char **words = apr_palloc(r->pool, sizeof(*words) * (size_t)(count + 1));
    for (int i = 0; i < count; i++) {
        words[i] = apr_pstrdup(r->pool, fields[i]);
    }
    words[count] = NULL;
    return words;
}

static const char *add_node(reader *r, char *const *fields, int count,
                            aty_import_node **added)
{
    aty_import_node *node = apr_pcalloc(r->pool, sizeof(*node));
    if (!read_place(r, fields + 1, &node->place)) {
        return "no number of a line";
    }
    node->name = keep_file(r, fields[3]);
    node->words = keep_words(r, fields + 4, count - 4);
    node->word_count = count - 4;
    *r->ends[r->depth] = node;
    r->ends[r->depth] = &node->next;
    *added = node;
    return NULL;
}

static const char *on_directive(reader *r, char *const *fields, int count)
{
    aty_import_node *node;
    return add_node(r, fields, count, &node);
}

static const char *on_open(reader *r, char *const *fields, int count)
{
    aty_import_node *node;
    if (r->depth == DEPTH_MAX) {
        return "sections are too deep in one another";
    }
    const char *problem = add_node(r, fields, count, &node);
    if (!problem) {
        node->is_section = true;
        r->depth++;
        r->ends[r->depth] = &node->children;
    }
    return problem;
}

static const char *on_close(reader *r, char *const *fields, int count)
{
    (void)fields;
    (void)count;
    if (r->depth == 0) {
        return "no section is open";
    }
    r->depth--;
    return NULL;
}

static const char *on_end(reader *r, char *const *fields, int count)
{
    (void)fields;
    (void)count;
    if (r->depth > 0 || !r->dump->main || !r->dump->httpd || !r->dump->root) {
        return "something is missing before it";
    }
    r->ended = true;
    return NULL;
}

static const struct {
    const char *keyword;
    int least, most; /* fields, with the keyword */
    bool of_server;  /* belongs to a server */
    line_handler *handle;
} keywords[] = {
    {"httpd", 2, 2, false, on_httpd},
    {"root", 2, 2, false, on_root},
    {"sni-policy", 2, 2, false, on_sni_policy},
    {"http2", 2, 2, false, on_http2},
    {"md-store", 2, 2, false, on_md_store},
    {"server", 7, 7, false, on_server},
    {"name", 2, 2, true, on_name},
    {"pattern", 2, 2, true, on_name},
    {"address", 4, 4, true, on_address},
    {"speaks", 1, FIELDS_MAX, true, on_speaks},
    {"directive", 4, FIELDS_MAX, true, on_directive},
    {"open", 4, FIELDS_MAX, true, on_open},
    {"close", 1, 1, true, on_close},
    {"end", 1, 1, false, on_end},
};

#define KEYWORD_COUNT (sizeof(keywords) / sizeof(keywords[0]))

/* Cuts a line, which is changed, into its fields. */
static const char *split(reader *r, char *line)
{
    apr_array_clear(r->fields);
    for (char *field = line; field;) {
        char *tab = strchr(field, '\t');
        if (tab) {
            *tab = '\0';
        }
        if (!unescape(field)) {
            return "'\\' before something else than '\\' or 'xHH'";
        }
        APR_ARRAY_PUSH(r->fields, char *) = field;
        field = tab ? tab + 1 : NULL;
    }
    return NULL;
}

static const char *read_line(reader *r, char *line)
{
    const char *problem = split(r, line);
    if (problem) {
        return problem;
    }
    char *const *fields = (char *const *)(void *)r->fields->elts;
    int count = r->fields->nelts;
    for (size_t i = 0; i < KEYWORD_COUNT; i++) {
        if (strcmp(keywords[i].keyword, fields[0]) != 0) {
            continue;
        }
        if (count < keywords[i].least || count > keywords[i].most) {
            return "a wrong number of fields";
        }
        if (keywords[i].of_server && !r->server) {
            return "no server to which it belongs";
        }
        return keywords[i].handle(r, fields, count);
    }
    return "an unknown keyword";
}

/* The line after `line`, which is ended at its line end. NULL: it has none, and is not
 * whole. */
static char *end_line(char *line, const char *end)
{
    char *line_end = memchr(line, '\n', (size_t)(end - line));
    if (line_end) {
        *line_end++ = '\0';
    }
    return line_end;
}

static const char *check_format(char *line)
{
    const char *format = line + strlen(ATY_IMPORT_DUMP_MARK);
    if (strncmp(line, ATY_IMPORT_DUMP_MARK, strlen(ATY_IMPORT_DUMP_MARK)) != 0) {
        return "it does not begin with 'authority-dump'";
    }
    return strcmp(format, FORMAT) == 0 ? NULL
                                       : "mod_authority is of another version than this "
                                         "program; install both anew";
}

const aty_import_dump *aty_import_read(apr_pool_t *pool, const char *text, size_t size,
                                       const char **problem)
{
    reader r = {.pool = pool, .dump = apr_pcalloc(pool, sizeof(aty_import_dump))};
    char *line = apr_pstrmemdup(pool, text, size);
    const char *end = line + size;
    r.files = apr_hash_make(pool);
    r.fields = apr_array_make(pool, 16, sizeof(char *));
    r.dump->vhosts = apr_array_make(pool, 64, sizeof(aty_import_server *));
    char *next = end_line(line, end);
    *problem = next ? check_format(line) : "it has no first line";
    for (uint32_t number = 2; !*problem && !r.ended; number++) {
        line = next;
        next = end_line(line, end);
        const char *wrong = next ? read_line(&r, line) : "the dump ends before its 'end'";
        if (wrong) {
            *problem = apr_psprintf(pool, "line %u: %s", number, wrong);
        }
    }
    return *problem ? NULL : r.dump;
}
