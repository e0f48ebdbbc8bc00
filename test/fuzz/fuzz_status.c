/* The status page: any query string, and counters, names and texts of any kind, whoever
 * wrote them. Each format is well formed, JSON says what was counted, and a query that is
 * none of the formats is a 400.
 *
 * links: mod_authority/status.c mod_authority/status_facts.c mod_authority/place.c
 * links: mod_authority/status_html.c mod_authority/status_json.c mod_authority/utf8.c
 * links: mod_authority/status_prometheus.c mod_authority/status_text.c
 * links: mod_authority/counters.c mod_authority/busiest.c
 * links: test/fuzz/httpd_stub.c test/fuzz/well_formed.c test/unit/tiny_table.c
 */
#include <http_protocol.h>
#include <mod_status.h>

#include <jansson.h>

#include "mod_authority/status.h"
#include "mod_authority/status_facts.h"
#include "mod_authority/utf8.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/httpd_stub.h"
#include "test/fuzz/well_formed.h"
#include "test/unit/tiny_table.h"

#define LIVES_MAX    8
#define MISSING_MAX  4
#define MISSES_MAX   40 /* requests that were misdirected */
#define COUNTS_MAX   16
#define YEAR_10000   INT64_C(253402300800) /* in seconds since 1970 */
#define COUNTED_MOST (UINT64_C(1) << 56)   /* the sum of all fits into JSON's 63 bits */

static const char *const queries[] = {NULL, "", "auto", "json", "prometheus"};

static apr_time_t time_take(fuzz_input *input)
{
    uint64_t seconds = fuzz_number(input);

    seconds = seconds << 8 | fuzz_byte(input);
    return apr_time_from_sec((apr_time_t)(seconds % YEAR_10000));
}

/* A table of three vhosts without any TLS. */
static void table_open(aty_table *table)
{
    static uint8_t blob[TINY_TABLE_MAX];
    static size_t size;

    if (size == 0) {
        size = tiny_table_write(blob, "a.test *.a.test;b.test;c.test");
    }
    fuzz_require(aty_table_open(table, blob, size, tiny_table_digest) == ATY_TABLE_OK,
                 "the table is one");
}

static const char *text_or_none(apr_pool_t *pool, fuzz_input *input)
{
    return fuzz_byte(input) & 1 ? fuzz_text(pool, input) : NULL;
}

static void server_fill(apr_pool_t *pool, fuzz_input *input, aty_site *site,
                        server_rec *server)
{
    aty_config *config = apr_pcalloc(pool, sizeof *config);
    void **configs = apr_pcalloc(pool, sizeof *configs);

    config->engine = (aty_engine)(fuzz_byte(input) % (ATY_ENGINE_OBSERVE + 1));
    config->site = site;
    configs[0] = config;
    server->module_config = (struct ap_conf_vector_t *)configs;
    server->server_hostname = (char *)fuzz_text(pool, input);
    server->defn_name = text_or_none(pool, input);
    server->defn_line_number = fuzz_number(input);
    server->is_virtual = fuzz_byte(input) & 1;
}

static void lives_add(apr_pool_t *pool, fuzz_input *input, aty_site *site)
{
    size_t count = fuzz_byte(input) % (LIVES_MAX + 1);

    site->live = apr_array_make(pool, LIVES_MAX, sizeof(aty_live *));
    for (size_t i = 0; i < count; i++) {
        aty_live *live = apr_pcalloc(pool, sizeof *live);
        server_rec *server = apr_pcalloc(pool, sizeof *server);
        server_fill(pool, input, site, server);
        live->server = server;
        live->state = (aty_live_state)(fuzz_byte(input) % ATY_LIVE_STATES);
        live->why = text_or_none(pool, input);
        APR_ARRAY_PUSH(site->live, aty_live *) = live;
    }
}

static void missing_add(apr_pool_t *pool, fuzz_input *input, aty_site *site)
{
    size_t count = fuzz_byte(input) % (MISSING_MAX + 1);

    site->missing = apr_array_make(pool, MISSING_MAX, sizeof(aty_missing));
    for (size_t i = 0; i < count; i++) {
        uint32_t vhost = fuzz_byte(input) % site->table.counts[ATY_SECTION_VHOSTS];
        APR_ARRAY_PUSH(site->missing, aty_missing) =
            (aty_missing){vhost, fuzz_text(pool, input)};
    }
}

static aty_site *site_make(apr_pool_t *pool, fuzz_input *input)
{
    aty_site *site = apr_pcalloc(pool, sizeof *site);
    uint8_t how = fuzz_byte(input);

    table_open(&site->table);
    site->argument = how & 1 ? NULL : fuzz_text(pool, input);
    site->path = how & 2 ? NULL : fuzz_text(pool, input);
    site->place = fuzz_text(pool, input);
    site->failure = how & 4 ? fuzz_text(pool, input) : NULL;
    site->written = how & 8 ? time_take(input) : 0;
    site->loaded = time_take(input);
    site->drift = (aty_drift)((how >> 4) % 3);
    lives_add(pool, input, site);
    missing_add(pool, input, site);
    return site;
}

/* Counts into memory where nothing is yet. */
static void counters_fill(fuzz_input *input)
{
    static aty_counter_set sets[ATY_COUNTER_SETS];
    size_t count = fuzz_byte(input) % (COUNTS_MAX + 1);

    memset(sets, 0, sizeof sets);
    aty_counters_use(sets);
    for (size_t i = 0; i < count; i++) {
        uint64_t much = fuzz_number(input);
        much = much << 32 | fuzz_number(input);
        atomic_store(&sets[i].counts[fuzz_byte(input) % ATY_COUNTERS],
                     much % COUNTED_MOST);
    }
}

static void pairs_fill(apr_pool_t *pool, fuzz_input *input)
{
    static void *block;
    size_t count = fuzz_byte(input) % (MISSES_MAX + 1);

    if (!block) {
        block = aligned_alloc(ATY_SHARED_ALIGNMENT, aty_busiest_size());
        fuzz_require(block != NULL, "there is memory");
    }
    memset(block, 0, aty_busiest_size());
    aty_busiest_use(block);
    for (size_t i = 0; i < count; i++) {
        uint8_t how = fuzz_byte(input);
        aty_misdirection misdirection = {.had_sni = how & 1, .observed = how & 4};
        misdirection.connection = fuzz_text(pool, input);
        misdirection.requested = how & 2 ? fuzz_text(pool, input) : NULL;
        misdirection.authority = fuzz_text(pool, input);
        misdirection.reason = (aty_reason)(fuzz_byte(input) % ATY_REASON_COUNT);
        misdirection.time = time_take(input);
        aty_busiest_count(&misdirection);
    }
}

static void require_fine(const char *wrong)
{
    fuzz_require(wrong == NULL, wrong);
}

static void require_number(const json_t *of, const char *key, uint64_t number)
{
    fuzz_require((uint64_t)json_integer_value(json_object_get(of, key)) == number, key);
}

static void require_string(apr_pool_t *pool, const json_t *of, const char *key,
                           const char *text)
{
    const char *got = json_string_value(json_object_get(of, key));

    fuzz_require(got ? text && strcmp(got, aty_utf8_clean(pool, text)) == 0
                     : !text || !*text,
                 key);
}

static void require_pairs(apr_pool_t *pool, const json_t *pairs)
{
    static aty_busy_pair busy[ATY_STATUS_PAIRS];
    size_t count = aty_busiest_read(busy, ATY_STATUS_PAIRS);

    fuzz_require(json_array_size(pairs) == count, "all pairs are told");
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(pairs, i);
        require_string(pool, pair, "connection", busy[i].connection);
        require_string(pool, pair, "requested", busy[i].requested);
        require_string(pool, pair, "example", busy[i].example);
        require_number(pair, "misdirected", busy[i].refused);
        require_number(pair, "would_421", busy[i].observed);
    }
}

static void require_json(apr_pool_t *pool)
{
    json_t *page =
        json_loadb(httpd_stub.text, httpd_stub.size, JSON_REJECT_DUPLICATES, NULL);
    uint64_t counts[ATY_COUNTERS];

    fuzz_require(page != NULL, "it is JSON");
    aty_counters_read(counts);
    require_number(page, "connections", counts[ATY_COUNT_CONNECTIONS]);
    require_number(page, "origin_frames", counts[ATY_COUNT_ORIGIN_FRAMES]);
    require_number(json_object_get(page, "requests"), "same", counts[ATY_COUNT_SAME]);
    require_number(json_object_get(page, "requests"), "shared", counts[ATY_COUNT_SHARED]);
    require_pairs(pool, json_object_get(page, "pairs"));
    json_decref(page);
}

static void require_format(request_rec *r)
{
    const char *query = r->args ? r->args : "";
    const char *type = httpd_stub.type ? httpd_stub.type : "";

    if (strcmp(type, "text/html; charset=utf-8") == 0) {
        fuzz_require(!*query, "HTML is what nobody asks for");
        require_fine(well_formed_html(httpd_stub.text, httpd_stub.size));
    }
    else if (strcmp(type, "application/json") == 0) {
        fuzz_require(strcmp(query, "json") == 0, "JSON was asked for");
        require_fine(well_formed_text(httpd_stub.text, httpd_stub.size));
        require_json(r->pool);
    }
    else if (strcmp(query, "prometheus") == 0) {
        require_fine(well_formed_prometheus(httpd_stub.text, httpd_stub.size));
    }
    else if (strcmp(query, "auto") == 0) {
        require_fine(well_formed_lines(httpd_stub.text, httpd_stub.size, "Authority"));
    }
    else {
        fuzz_require(r->status == HTTP_BAD_REQUEST, "other queries are refused");
        require_fine(well_formed_text(httpd_stub.text, httpd_stub.size));
    }
    fuzz_require((r->status == HTTP_OK) == (strncmp(httpd_stub.text, "400: ", 5) != 0),
                 "a refusal says so");
}

static void ask(request_rec *r, const char *query)
{
    r->status = HTTP_OK;
    r->args = (char *)query;
    httpd_stub_begin(httpd_stub.name);
    fuzz_require(aty_status_answer(r) == OK, "every query is answered");
    require_format(r);
}

/* What stands on mod_status' page, in whatever character set that has. */
static void extend(request_rec *r)
{
    httpd_stub_begin(httpd_stub.name);
    aty_status_extend(r, AP_STATUS_SHORT);
    require_fine(well_formed_lines(httpd_stub.text, httpd_stub.size, "Authority"));
    httpd_stub_begin(httpd_stub.name);
    aty_status_extend(r, 0);
    require_fine(well_formed_html(httpd_stub.text, httpd_stub.size));
    for (size_t i = 0; i < httpd_stub.size; i++) {
        fuzz_require((unsigned char)httpd_stub.text[i] < 0x80, "it is ASCII");
    }
}

/* What was fit to be shown stays as it is. */
static void require_clean(apr_pool_t *pool, const char *text)
{
    const char *clean = aty_utf8_clean(pool, text);

    require_fine(well_formed_text(clean, strlen(clean)));
    fuzz_require(!strchr(clean, '\n'), "a text is one line");
    fuzz_require(strcmp(aty_utf8_clean(pool, clean), clean) == 0, "clean stays clean");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    apr_pool_t *pool = fuzz_pool();
    fuzz_input input = {bytes, size};
    const char *query = fuzz_text(pool, &input);
    server_rec server = {0};
    request_rec r = {.pool = pool, .server = &server, .handler = "authority-status"};

    require_clean(pool, query);
    r.uri = (char *)fuzz_text(pool, &input);
    r.headers_out = apr_table_make(pool, 4);
    httpd_stub.name = fuzz_text(pool, &input);
    server_fill(pool, &input, site_make(pool, &input), &server);
    counters_fill(&input);
    pairs_fill(pool, &input);
    ask(&r, query);
    ask(&r, queries[fuzz_byte(&input) % (sizeof queries / sizeof queries[0])]);
    extend(&r);
    apr_pool_destroy(pool);
    return 0;
}
