/* A table with something in every section, damaged in every way: cut at every length,
 * every byte changed. With its digest left as it was, each damage must be refused. With
 * the digest made right again, each must be refused or harmless: whatever the reader
 * accepts is then asked every kind of question. The sanitizers watch; every blob lies in
 * memory of just its size. */
#include "test/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#include <apr_general.h>

#include "authorityc/digest.h"
#include "authorityc/table_writer.h"
#include "core/names.h"
#include "core/origin.h"
#include "test/unit/table_questions.h"

typedef struct {
    aty_writer *writer;
} builder;

static uint32_t append(builder *b, aty_section section, const void *record)
{
    return aty_writer_append(b->writer, section, record, 1);
}

static aty_le32 string(builder *b, const char *text)
{
    return aty_writer_string(b->writer, text);
}

static void name_add(builder *b, const char *name, uint32_t vhost)
{
    aty_name_record record = {string(b, name), aty_put(vhost)};
    append(b, ATY_SECTION_NAMES, &record);
}

static void certificate_add(builder *b)
{
    aty_certificate_record certificate = {.path = string(b, "certs/wild.pem"),
                                          .name_count = aty_put(2)};
    aty_le32 names[] = {string(b, "*.example.com"), string(b, "example.com")};
    aty_le32 list = aty_put(0);

    aty_writer_append(b->writer, ATY_SECTION_CERTIFICATE_NAMES, names, 2);
    append(b, ATY_SECTION_CERTIFICATES, &certificate);
    append(b, ATY_SECTION_CERTIFICATE_LISTS, &list);
}

static void vhost_add(builder *b, uint32_t index, uint32_t frame_size)
{
    aty_vhost_record vhost = {
        .file = string(b, "site.policy"),
        .line = aty_put(7 + index),
        .first_name = aty_put(index == 0 ? 0 : 3),
        .name_count = aty_put(index == 0 ? 3 : 1),
        .first_seat = aty_put(index),
        .seat_count = aty_put(1),
        .certificate_count = aty_put(1),
        .location_count = aty_put(index),
        .flags = aty_put(ATY_VHOST_H2 | ATY_VHOST_ADVERTISED | ATY_VHOST_REJECT_UNKNOWN),
    };
    aty_seat_record seat = {.group = aty_put(1 + index),
                            .frame = aty_put(0),
                            .frame_size = aty_put(frame_size)};

    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        aty_setting_record setting = {
            .text =
                string(b, index && field == 0 ? "SSLVerifyClient require" : "the same"),
            .real = string(b, index && field == 0 ? "required" : "the same"),
            .place_count = aty_put(1)};
        vhost.settings[field] = aty_put(append(b, ATY_SECTION_SETTINGS, &setting));
    }
    append(b, ATY_SECTION_VHOSTS, &vhost);
    append(b, ATY_SECTION_SEATS, &seat);
}

static uint32_t frame_add(builder *b)
{
    const char *host = "www.example.com";
    uint32_t size = (uint32_t)aty_origin_entry_size(host, 8443);
    uint8_t frame[ATY_FRAME_HEADER_SIZE + 64];

    aty_origin_header_write(frame, size);
    aty_origin_entry_write(frame + ATY_FRAME_HEADER_SIZE, host, 8443);
    aty_writer_append(b->writer, ATY_SECTION_FRAMES, frame, ATY_FRAME_HEADER_SIZE + size);
    return ATY_FRAME_HEADER_SIZE + size;
}

/* Enters a name into an index of four slots, where a search for it on address set 0
 * begins or, if that is taken, behind it. */
static void index_enter(aty_le32 slots[4], uint32_t name, const char *key)
{
    uint32_t slot = aty_name_hash(0, key, strlen(key)) & 3;

    while (aty_get(slots[slot]) != ATY_NONE) {
        slot = (slot + 1) & 3;
    }
    slots[slot] = aty_put(name);
}

static void indexes_add(builder *b)
{
    aty_le32 plain[4];
    aty_le32 wild[4];

    memset(plain, 0xff, sizeof plain);
    memset(wild, 0xff, sizeof wild);
    index_enter(plain, 0, "www.example.com");
    index_enter(plain, 3, "admin.example.com");
    index_enter(wild, 1, ".example.com");
    aty_writer_append(b->writer, ATY_SECTION_NAME_INDEX, plain, 4);
    aty_writer_append(b->writer, ATY_SECTION_WILD_INDEX, wild, 4);
}

static const uint8_t *table_build(apr_pool_t *pool, size_t *size)
{
    builder b = {.writer = aty_writer_create(pool, ATY_SNI_SECURE)};
    aty_address_set_record set = {
        .host = string(&b, "*"), .port = aty_put(443), .odd_count = aty_put(1)};
    aty_location_record location = {.path = string(&b, "/private"),
                                    .needs = aty_put(ATY_LOCATION_CLIENT_AUTH),
                                    .verify = aty_put(ATY_VHOST_ASKS),
                                    .ciphers = string(&b, "SSLCipherSuite HIGH"),
                                    .file = string(&b, "site.policy"),
                                    .line = aty_put(12)};
    aty_pair_record pair = {aty_put(0), string(&b, "admin.example.com")};
    aty_le32 odd = aty_put(2);
    uint32_t frame_size = frame_add(&b);
    aty_place_record place = {string(&b, "site.policy"), aty_put(9)};
    aty_source_record source = {string(&b, "site.policy"), aty_put(9),
                                string(&b, "httpd.conf:70")};

    append(&b, ATY_SECTION_PLACES, &place);
    append(&b, ATY_SECTION_SOURCES, &source);
    append(&b, ATY_SECTION_ADDRESS_SETS, &set);
    name_add(&b, "www.example.com", 0);
    name_add(&b, "*.example.com", 0);
    name_add(&b, "x.*.test", 0);
    name_add(&b, "admin.example.com", 1);
    certificate_add(&b);
    append(&b, ATY_SECTION_LOCATIONS, &location);
    vhost_add(&b, 0, frame_size);
    vhost_add(&b, 1, frame_size);
    append(&b, ATY_SECTION_ODD_PATTERNS, &odd);
    append(&b, ATY_SECTION_PAIRS, &pair);
    indexes_add(&b);
    return aty_writer_finish(b.writer, size);
}

/* Opens a copy that ends where its memory ends, and uses it if it is accepted. */
static bool accepted(const uint8_t *blob, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    aty_table table;
    bool sound;

    if (!copy) {
        abort();
    }
    memcpy(copy, blob, size);
    sound = aty_table_open(&table, copy, size, aty_digest_sha256) == ATY_TABLE_OK;
    if (sound && table_questions_ask(&table) == SIZE_MAX) {
        tap_diag("an unlikely sum");
    }
    free(copy);
    return sound;
}

static void every_truncation(const uint8_t *blob, size_t size)
{
    size_t refused = 0;

    for (size_t length = 0; length < size; length++) {
        refused += !accepted(blob, length);
    }
    tap_ok(refused == size, "each of %zu truncations is refused", size);
}

static void every_change(uint8_t *blob, size_t size, bool repair)
{
    static const uint8_t masks[] = {0x01, 0x80, 0xff};
    size_t refused = 0;
    size_t end = repair ? size - ATY_DIGEST_SIZE : size;
    size_t tried = 0;

    for (size_t i = 0; i < end; i++) {
        for (size_t m = 0; m < sizeof masks; m++, tried++) {
            blob[i] ^= masks[m];
            if (repair) {
                aty_digest_sha256(blob, end, blob + end);
            }
            refused += !accepted(blob, size);
            blob[i] ^= masks[m];
        }
    }
    aty_digest_sha256(blob, size - ATY_DIGEST_SIZE, blob + size - ATY_DIGEST_SIZE);
    if (repair) {
        tap_ok(refused > 0 && refused < tried,
               "each of %zu changes with a right digest is refused (%zu) or harmless",
               tried, refused);
    }
    else {
        tap_ok(refused == tried, "each of %zu changed bytes is refused", tried);
    }
}

static void questions_answered(const uint8_t *blob, size_t size)
{
    aty_table table;

    if (!tap_ok(aty_table_open(&table, blob, size, aty_digest_sha256) == ATY_TABLE_OK,
                "the sound table is accepted")) {
        return;
    }
    tap_ok(aty_vhost_with_server_name(&table, 0, "admin.example.com", 17) == 1,
           "its index finds a name");
    tap_ok(aty_vhost_named(&table, 0, "a.b.example.com", 15) == 0, "and a wildcard");
    tap_ok(aty_vhost_named(&table, 0, "x.odd.test", 10) == 0, "its odd pattern matches");
    tap_ok(aty_vhost_covers(&table, 0, "a.example.com", 13), "its certificate covers");
    tap_ok(aty_vhost_accepts(&table, 0, "admin.example.com", 17), "its pair is accepted");
}

int main(void)
{
    apr_pool_t *pool;
    size_t size;
    uint8_t *blob;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    blob = (uint8_t *)table_build(pool, &size);
    questions_answered(blob, size);
    every_truncation(blob, size);
    every_change(blob, size, false);
    every_change(blob, size, true);
    tap_ok(accepted(blob, size), "and the table is as it was");
    apr_terminate();
    return tap_done();
}
