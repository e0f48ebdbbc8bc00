#include "authorityc/plan/plan_traffic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>

#include "authorityc/ids.h"
#include "authorityc/plan/plan_attempts.h"
#include "authorityc/plan/plan_traffic_line.h"
#include "core/search.h"

/* The longest line that httpd writes has a request line, a Referer and a User-Agent of
 * 8,190 bytes each, of which each byte may be `\xhh`. */
#define LINE_MAX_SIZE ((size_t)256 * 1024)

typedef struct {
    const aty_table *table;
    aty_traffic *traffic;
    aty_ids *server_names;  /* lower case */
    apr_array_header_t *of; /* uint32_t, by server name: its first vhost */
    uint32_t *next;         /* by vhost: the next one with its ServerName, or ATY_NONE */
    aty_ids *names;         /* all names and aliases */
    aty_ids *pairs;
    aty_ids *known;             /* lines by what counts of them */
    apr_array_header_t *judged; /* uint32_t: what became of them */
    apr_pool_t *pool;
} reader;

/* Whether an address set of the connection's gives the authority to somebody. */
static bool is_given(const aty_table *table, uint32_t connection, const char *authority)
{
    const aty_vhost_record *vhost = &table->vhosts[connection];
    const aty_seat_record *seats = table->seats + aty_get(vhost->first_seat);

    for (uint32_t i = 0; i < aty_get(vhost->seat_count); i++) {
        if (aty_vhost_named(table, aty_get(seats[i].address_set), authority,
                            strlen(authority)) != ATY_NONE) {
            return true;
        }
    }
    return false;
}

/* Whether the pair is an attempt on an address set of the connection's. */
static bool is_attempt(const aty_table *table, uint32_t connection, const char *authority)
{
    const aty_vhost_record *vhost = &table->vhosts[connection];
    const aty_seat_record *seats = table->seats + aty_get(vhost->first_seat);
    aty_verdict verdict;

    for (uint32_t i = 0; i < aty_get(vhost->seat_count); i++) {
        if (aty_attempt_is(table, aty_get(seats[i].address_set), connection, authority,
                           strlen(authority), &verdict)) {
            return true;
        }
    }
    return false;
}

/* Of two vhosts that the connection may be to, whether the second fits better. */
static bool is_better(const aty_table *table, uint32_t known, uint32_t other,
                      const char *authority)
{
    return known == ATY_NONE ||
           (is_attempt(table, other, authority) && !is_attempt(table, known, authority));
}

/* Vhosts with the ServerName: of several that one for which the request is an attempt. */
static uint32_t vhost_of_server_name(const reader *r, const aty_traffic_line *line)
{
    uint32_t found = ATY_NONE;
    uint32_t number =
        aty_ids_find(r->server_names, line->connection, strlen(line->connection));
    uint32_t vhost =
        number == ATY_NONE ? ATY_NONE : APR_ARRAY_IDX(r->of, (int)number, uint32_t);

    for (; vhost != ATY_NONE; vhost = r->next[vhost]) {
        if (is_given(r->table, vhost, line->authority) &&
            is_better(r->table, found, vhost, line->authority)) {
            found = vhost;
        }
    }
    return found;
}

/* Whose page it was: on an address set on which the authority is another's. */
static uint32_t vhost_of_page(const reader *r, const aty_traffic_line *line)
{
    uint32_t found = ATY_NONE;

    for (uint32_t set = 0; set < r->table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        uint32_t page =
            aty_vhost_named(r->table, set, line->connection, strlen(line->connection));
        uint32_t request =
            aty_vhost_named(r->table, set, line->authority, strlen(line->authority));
        if (page != ATY_NONE && request != ATY_NONE && page != request &&
            is_better(r->table, found, page, line->authority)) {
            found = page;
        }
    }
    return found;
}

/* The pair's index, made at its first use; ATY_NONE where there are too many. */
static uint32_t pair_take(reader *r, uint32_t connection, const char *authority)
{
    char key[sizeof connection + ATY_NAME_MAX];
    size_t length = strlen(authority);
    uint32_t index;

    memcpy(key, &connection, sizeof connection);
    memcpy(key + sizeof connection, authority, length);
    index = aty_ids_find(r->pairs, key, sizeof connection + length);
    if (index == ATY_NONE && r->traffic->pairs->nelts < ATY_TRAFFIC_PAIRS) {
        index = aty_ids_take(r->pairs, key, sizeof connection + length);
        APR_ARRAY_PUSH(r->traffic->pairs, aty_traffic_pair) =
            (aty_traffic_pair){connection, apr_pstrdup(r->pool, authority), 0};
    }
    return index;
}

/* What becomes of a line: the index of its pair, or one of these. */
#define UNKNOWN UINT32_MAX
#define CROWDED (UINT32_MAX - 1)

static uint32_t line_judge(reader *r, const aty_traffic_line *line)
{
    uint32_t connection, index;

    if (!*line->authority || !*line->connection) {
        return UNKNOWN;
    }
    connection =
        line->by_referer ? vhost_of_page(r, line) : vhost_of_server_name(r, line);
    if (connection == ATY_NONE) {
        return UNKNOWN;
    }
    index = pair_take(r, connection, line->authority);
    return index == ATY_NONE ? CROWDED : index;
}

/* Writes what a name stands for: any other that stands for the same leads to the same
 * vhost on each address set, and one that stands for "" to none. Clients invent names
 * without end; what they stand for is a name, or a wildcard, of the policy. */
static void meaning_write(char meaning[ATY_NAME_MAX + 2], const reader *r,
                          const char *name)
{
    bool is_itself = r->table->counts[ATY_SECTION_ODD_PATTERNS] > 0 ||
                     aty_ids_find(r->names, name, strlen(name)) != ATY_NONE;

    meaning[0] = '\0';
    if (is_itself) {
        memcpy(meaning, name, strlen(name) + 1);
    }
    for (const char *dot = strchr(name, '.'); dot && !*meaning;
         dot = strchr(dot + 1, '.')) {
        size_t length = strlen(dot) + 1;
        meaning[0] = '*';
        memcpy(meaning + 1, dot, length);
        if (aty_ids_find(r->names, meaning, length) == ATY_NONE) {
            meaning[0] = '\0';
        }
    }
}

/* All that counts of a line; returns the size, or 0 where nothing can come of it. */
static size_t key_write(char *key, const reader *r, const aty_traffic_line *line)
{
    char meaning[ATY_NAME_MAX + 2];
    size_t connection;
    size_t authority = strlen(line->authority);

    meaning_write(meaning, r, line->authority);
    if (!*meaning) {
        return 0;
    }
    if (line->by_referer) {
        meaning_write(meaning, r, line->connection);
    }
    else {
        memcpy(meaning, line->connection, strlen(line->connection) + 1);
    }
    connection = strlen(meaning) + 1;
    memcpy(key, meaning, connection);
    memcpy(key + connection, line->authority, authority);
    key[connection + authority] = line->by_referer ? 'r' : 'c';
    return connection + authority + 1;
}

/* The same, remembered: logs say the same again and again. */
static uint32_t line_recall(reader *r, const aty_traffic_line *line)
{
    char key[2 * ATY_NAME_MAX + 4];
    size_t size = key_write(key, r, line);
    uint32_t index;

    if (size == 0 || !*key) {
        return UNKNOWN;
    }
    index = aty_ids_find(r->known, key, size);
    if (index != ATY_NONE) {
        return APR_ARRAY_IDX(r->judged, (int)index, uint32_t);
    }
    index = line_judge(r, line);
    if (r->judged->nelts < ATY_TRAFFIC_PAIRS) {
        aty_ids_take(r->known, key, size);
        APR_ARRAY_PUSH(r->judged, uint32_t) = index;
    }
    return index;
}

static void line_count(reader *r, const char *text, size_t length)
{
    aty_traffic_line line;
    uint32_t index;

    r->traffic->lines++;
    if (!aty_traffic_line_read(text, length, &line)) {
        r->traffic->unread++;
        return;
    }
    if (!line.is_refused) {
        return;
    }
    r->traffic->requests++;
    index = line_recall(r, &line);
    if (index == UNKNOWN) {
        r->traffic->unknown++;
    }
    else if (index == CROWDED) {
        r->traffic->crowded++;
    }
    else {
        APR_ARRAY_IDX(r->traffic->pairs, (int)index, aty_traffic_pair).requests++;
    }
}

/* Counts the lines of a buffer that have an end; returns what is left. */
static size_t lines_count(reader *r, char *buffer, size_t size)
{
    size_t start = 0;
    char *end;

    while ((end = memchr(buffer + start, '\n', size - start))) {
        size_t length = (size_t)(end - buffer) - start;
        bool has_return = length > 0 && end[-1] == '\r'; /* from another system */
        line_count(r, buffer + start, length - has_return);
        start += length + 1;
    }
    memmove(buffer, buffer + start, size - start);
    return size - start;
}

/* A line that fills the buffer is none of httpd's: it is passed over, and counted once.
 */
static const char *log_read(reader *r, FILE *log)
{
    char *buffer = apr_palloc(r->pool, LINE_MAX_SIZE);
    size_t size = 0, got;
    bool is_skipping = false;

    while ((got = fread(buffer + size, 1, LINE_MAX_SIZE - size, log)) > 0) {
        size += got;
        if (is_skipping) {
            char *end = memchr(buffer, '\n', size);
            size -= end ? (size_t)(end + 1 - buffer) : size;
            memmove(buffer, end ? end + 1 : buffer, size);
            is_skipping = !end;
        }
        size = lines_count(r, buffer, size);
        if (size == LINE_MAX_SIZE) {
            r->traffic->lines++;
            r->traffic->unread++;
            is_skipping = true;
            size = 0;
        }
    }
    if (ferror(log)) {
        return apr_psprintf(r->pool, "cannot read it: %s", strerror(errno));
    }
    if (size > 0) {
        line_count(r, buffer, size);
    }
    return NULL;
}

static void names_read(reader *r)
{
    for (uint32_t i = 0; i < r->table->counts[ATY_SECTION_NAMES]; i++) {
        const char *name = aty_table_string(r->table, r->table->names[i].name);
        aty_ids_take(r->names, name, strlen(name));
    }
}

static void server_names_read(reader *r)
{
    uint32_t count = r->table->counts[ATY_SECTION_VHOSTS];

    r->next = apr_palloc(r->pool, (count + 1) * sizeof *r->next);
    for (uint32_t vhost = count; vhost-- > 0;) {
        const char *name = aty_vhost_server_name(r->table, vhost);
        uint32_t number = aty_ids_take(r->server_names, name, strlen(name));
        if ((int)number == r->of->nelts) {
            APR_ARRAY_PUSH(r->of, uint32_t) = ATY_NONE;
        }
        r->next[vhost] = APR_ARRAY_IDX(r->of, (int)number, uint32_t);
        APR_ARRAY_IDX(r->of, (int)number, uint32_t) = vhost;
    }
}

static int pair_compare(const void *a, const void *b)
{
    const aty_traffic_pair *x = a;
    const aty_traffic_pair *y = b;

    if (x->requests != y->requests) {
        return x->requests > y->requests ? -1 : 1;
    }
    return x->connection != y->connection ? aty_number_order(x->connection, y->connection)
                                          : strcmp(x->authority, y->authority);
}

const char *aty_traffic_read(apr_pool_t *pool, const char *path, const aty_table *table,
                             aty_traffic **traffic)
{
    FILE *log = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    reader r = {
        .table = table,
        .traffic = apr_pcalloc(pool, sizeof **traffic),
        .server_names = aty_ids_make(pool),
        .of = apr_array_make(pool, 16, sizeof(uint32_t)),
        .names = aty_ids_make(pool),
        .pairs = aty_ids_make(pool),
        .known = aty_ids_make(pool),
        .judged = apr_array_make(pool, 16, sizeof(uint32_t)),
        .pool = pool,
    };
    const char *fault;

    if (!log) {
        return apr_psprintf(pool, "cannot open it: %s", strerror(errno));
    }
    r.traffic->pairs = apr_array_make(pool, 16, sizeof(aty_traffic_pair));
    server_names_read(&r);
    names_read(&r);
    fault = log_read(&r, log);
    if (log != stdin) {
        fclose(log);
    }
    if (!fault && r.traffic->lines > 0 && r.traffic->unread == r.traffic->lines) {
        fault = "none of its lines is in the LogFormat of mod_authority(8), or in "
                "vhost_combined";
    }
    qsort(r.traffic->pairs->elts, (size_t)r.traffic->pairs->nelts,
          sizeof(aty_traffic_pair), pair_compare);
    *traffic = r.traffic;
    return fault;
}

uint64_t aty_traffic_attempts(const aty_traffic *traffic, const aty_table *table)
{
    uint64_t requests = 0;

    for (int i = 0; i < traffic->pairs->nelts; i++) {
        const aty_traffic_pair *pair =
            &APR_ARRAY_IDX(traffic->pairs, i, const aty_traffic_pair);
        if (is_attempt(table, pair->connection, pair->authority)) {
            requests += pair->requests;
        }
    }
    return requests;
}
