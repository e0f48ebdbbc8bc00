#include "test/unit/tiny_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NONE          0xffffffffu
#define SECTIONS      17
#define SECTION_MAX   1024
#define HEADER_SIZE   228
#define DIGEST_SIZE   32
#define FIELDS        9
#define NAMES_MAX     32
#define SLOTS         128 /* four times NAMES_MAX: indexes are never full */
#define DIGEST_FILLER 0xd1

/* Sections by their numbers in authority.table(5). */
enum {
    STRINGS = 0,
    ADDRESS_SETS = 1,
    VHOSTS = 2,
    SEATS = 3,
    NAMES = 4,
    NAME_INDEX = 5,
    WILD_INDEX = 6,
    ODD_PATTERNS = 7,
    SETTINGS = 8
};

static const uint32_t record_sizes[SECTIONS] = {1,  20, 84, 20, 8, 4, 4, 4, 16,
                                                52, 4,  4,  24, 8, 1, 8, 12};

typedef struct {
    uint8_t bytes[SECTION_MAX];
    size_t size;
} tiny_section;

typedef struct {
    tiny_section sections[SECTIONS];
    uint32_t vhost_count;
    uint32_t name_count;
    const char *names[NAMES_MAX]; /* in section STRINGS */
} tiny_writer;

static void number_put(uint8_t *out, uint32_t number)
{
    for (int i = 0; i < 4; i++) {
        out[i] = (uint8_t)(number >> (8 * i));
    }
}

static uint32_t number_get(const uint8_t *in)
{
    return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
           (uint32_t)in[3] << 24;
}

static void *section_grow(tiny_section *section, size_t more)
{
    uint8_t *start = section->bytes + section->size;

    if (more > SECTION_MAX - section->size) {
        abort();
    }
    section->size += more;
    return start;
}

static void number_add(tiny_section *section, uint32_t number)
{
    number_put(section_grow(section, 4), number);
}

static uint32_t string_add(tiny_writer *writer, const char *text, size_t length)
{
    tiny_section *strings = &writer->sections[STRINGS];
    uint32_t offset = (uint32_t)strings->size;

    memcpy(section_grow(strings, length + 1), text, length);
    return offset;
}

static void slots_clear(tiny_section *index)
{
    memset(section_grow(index, SLOTS * 4), 0xff, SLOTS * 4);
}

static uint32_t fnv1a(uint32_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        hash ^= (uint8_t)bytes[i];
        hash *= 16777619u;
    }
    return hash;
}

/* Puts a name into an index; `skip` bytes of each name there are not part of its key. An
 * equal key that is there already stays alone. */
static void slot_take(tiny_writer *writer, tiny_section *index, uint32_t name,
                      size_t skip)
{
    const char *key = writer->names[name] + skip;
    uint32_t hash = fnv1a(fnv1a(2166136261u, "\0\0\0\0", 4), key, strlen(key));

    for (uint32_t slot = hash % SLOTS;; slot = (slot + 1) % SLOTS) {
        uint8_t *place = index->bytes + 4 * (size_t)slot;
        uint32_t taken = number_get(place);
        if (taken == NONE) {
            number_put(place, name);
            return;
        }
        if (strcmp(writer->names[taken] + skip, key) == 0) {
            return;
        }
    }
}

static void name_index(tiny_writer *writer, uint32_t name)
{
    const char *text = writer->names[name];

    if (!strpbrk(text, "*?")) {
        slot_take(writer, &writer->sections[NAME_INDEX], name, 0);
    }
    else if (strncmp(text, "*.", 2) == 0 && !strpbrk(text + 1, "*?")) {
        slot_take(writer, &writer->sections[WILD_INDEX], name, 1);
    }
    else {
        number_add(&writer->sections[ODD_PATTERNS], name);
    }
}

static void name_add(tiny_writer *writer, const char *text, size_t length)
{
    uint32_t string = string_add(writer, text, length);

    if (writer->name_count == NAMES_MAX) {
        abort();
    }
    writer->names[writer->name_count] =
        (const char *)writer->sections[STRINGS].bytes + string;
    number_add(&writer->sections[NAMES], string);
    number_add(&writer->sections[NAMES], writer->vhost_count);
    name_index(writer, writer->name_count++);
}

static void seat_add(tiny_writer *writer)
{
    const uint32_t http1_only = 3;
    tiny_section *seats = &writer->sections[SEATS];

    number_add(seats, 0); /* address set */
    number_add(seats, 0); /* group */
    number_add(seats, http1_only);
    number_add(seats, NONE); /* frame */
    number_add(seats, 0);
}

static void vhost_add(tiny_writer *writer, const char *names, size_t length)
{
    tiny_section *vhosts = &writer->sections[VHOSTS];
    uint32_t first_name = writer->name_count;
    const char *end = names + length;

    while (names < end) {
        size_t word = strcspn(names, " ;");
        if (word > 0) {
            name_add(writer, names, word);
        }
        names += word + 1;
    }
    number_add(vhosts, 0); /* file */
    number_add(vhosts, 0); /* line */
    number_add(vhosts, first_name);
    number_add(vhosts, writer->name_count - first_name);
    number_add(vhosts, writer->vhost_count);
    number_add(vhosts, 1); /* seat */
    section_grow(vhosts, 4 * (FIELDS + 6));
    seat_add(writer);
    writer->vhost_count++;
}

static void address_set_add(tiny_writer *writer)
{
    tiny_section *sets = &writer->sections[ADDRESS_SETS];
    size_t odd_size = writer->sections[ODD_PATTERNS].size;

    number_add(sets, string_add(writer, "*", 1));
    number_add(sets, 443);
    number_add(sets, 0); /* default vhost */
    number_add(sets, 0); /* first odd pattern */
    number_add(sets, (uint32_t)(odd_size / 4));
}

static size_t blob_write(const tiny_writer *writer, uint8_t *blob)
{
    const uint32_t version = 1;
    const uint32_t secure = 1;
    size_t size = HEADER_SIZE;

    memcpy(blob, "ATYTABLE", 8);
    number_put(blob + 8, version);
    number_put(blob + 12, HEADER_SIZE);
    number_put(blob + 20, secure);
    for (int i = 0; i < SECTIONS; i++) {
        const tiny_section *section = &writer->sections[i];
        uint8_t *entry = blob + 24 + 12 * i;
        number_put(entry, (uint32_t)size);
        number_put(entry + 4, (uint32_t)section->size / record_sizes[i]);
        number_put(entry + 8, record_sizes[i]);
        if (section->size > TINY_TABLE_MAX - DIGEST_SIZE - size) {
            abort();
        }
        memcpy(blob + size, section->bytes, section->size);
        size += section->size;
    }
    number_put(blob + 16, (uint32_t)size + DIGEST_SIZE);
    tiny_table_digest(blob, size, blob + size);
    return size + DIGEST_SIZE;
}

size_t tiny_table_write(uint8_t blob[TINY_TABLE_MAX], const char *vhosts)
{
    tiny_writer writer = {0};
    bool more = true;

    string_add(&writer, "", 0);
    slots_clear(&writer.sections[NAME_INDEX]);
    slots_clear(&writer.sections[WILD_INDEX]);
    section_grow(&writer.sections[SETTINGS], 16);
    while (more) {
        size_t length = strcspn(vhosts, ";");
        vhost_add(&writer, vhosts, length);
        more = vhosts[length] == ';';
        vhosts += length + 1;
    }
    address_set_add(&writer);
    return blob_write(&writer, blob);
}

void tiny_table_digest(const void *bytes, size_t size, uint8_t digest[32])
{
    (void)bytes;
    (void)size;
    memset(digest, DIGEST_FILLER, DIGEST_SIZE);
}
