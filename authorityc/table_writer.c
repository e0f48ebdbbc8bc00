#include "authorityc/table_writer.h"

#include <stdlib.h>
#include <string.h>

#include <apr_hash.h>

#include "authorityc/digest.h"

typedef struct {
    uint8_t *bytes;
    uint32_t count;  /* records */
    size_t capacity; /* bytes */
} section_buffer;

struct aty_writer {
    apr_pool_t *pool;
    apr_hash_t *strings; /* string -> its offset + 1, as a pointer */
    aty_sni_policy sni_policy;
    bool too_large; /* a count passed what 32 bits can say */
    section_buffer sections[ATY_SECTION_COUNT];
};

/* As where the pool itself has no more. */
static void out_of_memory(apr_pool_t *pool)
{
    apr_abortfunc_t end = apr_pool_abort_get(pool);

    if (end) {
        end(APR_ENOMEM);
    }
    abort();
}

static void section_free(section_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (section_buffer){0};
}

static apr_status_t sections_free(void *data)
{
    aty_writer *writer = data;

    for (int section = 0; section < ATY_SECTION_COUNT; section++) {
        section_free(&writer->sections[section]);
    }
    return APR_SUCCESS;
}

/* By realloc(3), which moves pages: a pool would keep each size that a section had. */
static void section_reserve(const aty_writer *writer, section_buffer *buffer, size_t used,
                            size_t more)
{
    size_t capacity = buffer->capacity ? buffer->capacity : 256;

    if (more <= buffer->capacity - used) {
        return;
    }
    while (capacity - used < more) {
        capacity *= 2;
    }
    buffer->bytes = realloc(buffer->bytes, capacity);
    buffer->capacity = capacity;
    if (!buffer->bytes) {
        out_of_memory(writer->pool);
    }
}

aty_writer *aty_writer_create(apr_pool_t *pool, aty_sni_policy sni_policy)
{
    aty_writer *writer = apr_pcalloc(pool, sizeof *writer);

    writer->pool = pool;
    writer->strings = apr_hash_make(pool);
    writer->sni_policy = sni_policy;
    apr_pool_cleanup_register(pool, writer, sections_free, apr_pool_cleanup_null);
    /* Section by section: a view of one without records points somewhere, too. */
    for (int section = 0; section < ATY_SECTION_COUNT; section++) {
        section_reserve(writer, &writer->sections[section], 0, 1);
    }
    aty_writer_string(writer, "");
    return writer;
}

uint32_t aty_writer_append(aty_writer *writer, aty_section section, const void *records,
                           uint32_t count)
{
    section_buffer *buffer = &writer->sections[section];
    size_t record_size = aty_section_record_size(section);
    size_t used = buffer->count * record_size;
    uint32_t first = buffer->count;

    if (count == 0) {
        return first;
    }
    if (count > ATY_NONE - buffer->count) {
        writer->too_large = true;
        return 0;
    }
    section_reserve(writer, buffer, used, count * record_size);
    if (records) {
        memcpy(buffer->bytes + used, records, count * record_size);
    }
    else {
        memset(buffer->bytes + used, 0, count * record_size);
    }
    buffer->count += count;
    return first;
}

aty_le32 aty_writer_string(aty_writer *writer, const char *string)
{
    size_t length = strlen(string);
    const void *known = apr_hash_get(writer->strings, string, (apr_ssize_t)length);
    uint32_t offset;

    if (known) {
        return aty_put((uint32_t)((uintptr_t)known - 1));
    }
    offset =
        aty_writer_append(writer, ATY_SECTION_STRINGS, string, (uint32_t)(length + 1));
    apr_hash_set(writer->strings, string, (apr_ssize_t)length,
                 (const void *)((uintptr_t)offset + 1));
    return aty_put(offset);
}

void *aty_writer_records(aty_writer *writer, aty_section section)
{
    return writer->sections[section].bytes;
}

uint32_t aty_writer_count(const aty_writer *writer, aty_section section)
{
    return writer->sections[section].count;
}

void aty_writer_view(const aty_writer *writer, aty_table *view)
{
    const section_buffer *sections = writer->sections;

    *view = (aty_table){
        .strings = (const char *)sections[ATY_SECTION_STRINGS].bytes,
        .address_sets = (const void *)sections[ATY_SECTION_ADDRESS_SETS].bytes,
        .vhosts = (const void *)sections[ATY_SECTION_VHOSTS].bytes,
        .seats = (const void *)sections[ATY_SECTION_SEATS].bytes,
        .names = (const void *)sections[ATY_SECTION_NAMES].bytes,
        .name_index = (const void *)sections[ATY_SECTION_NAME_INDEX].bytes,
        .wild_index = (const void *)sections[ATY_SECTION_WILD_INDEX].bytes,
        .odd_patterns = (const void *)sections[ATY_SECTION_ODD_PATTERNS].bytes,
        .settings = (const void *)sections[ATY_SECTION_SETTINGS].bytes,
        .certificates = (const void *)sections[ATY_SECTION_CERTIFICATES].bytes,
        .certificate_lists = (const void *)sections[ATY_SECTION_CERTIFICATE_LISTS].bytes,
        .certificate_names = (const void *)sections[ATY_SECTION_CERTIFICATE_NAMES].bytes,
        .locations = (const void *)sections[ATY_SECTION_LOCATIONS].bytes,
        .pairs = (const void *)sections[ATY_SECTION_PAIRS].bytes,
        .frames = sections[ATY_SECTION_FRAMES].bytes,
        .places = (const void *)sections[ATY_SECTION_PLACES].bytes,
        .sources = (const void *)sections[ATY_SECTION_SOURCES].bytes,
        .sni_policy = writer->sni_policy,
    };
    for (int section = 0; section < ATY_SECTION_COUNT; section++) {
        view->counts[section] = sections[section].count;
    }
}

static size_t file_size(const aty_writer *writer)
{
    size_t size = sizeof(aty_header_record) + ATY_DIGEST_SIZE;

    for (int section = 0; section < ATY_SECTION_COUNT; section++) {
        size += (size_t)writer->sections[section].count *
                aty_section_record_size((aty_section)section);
    }
    return size;
}

/* Moves the sections behind the header and says in it where they lie. */
static void sections_place(aty_writer *writer, uint8_t *blob, aty_header_record *header)
{
    size_t offset = sizeof *header;

    for (int section = 0; section < ATY_SECTION_COUNT; section++) {
        section_buffer *buffer = &writer->sections[section];
        uint32_t record_size = aty_section_record_size((aty_section)section);
        size_t size = (size_t)buffer->count * record_size;
        header->sections[section] = (aty_section_record){
            aty_put((uint32_t)offset), aty_put(buffer->count), aty_put(record_size)};
        if (buffer->count > 0) {
            memcpy(blob + offset, buffer->bytes, size);
            section_free(buffer);
        }
        offset += size;
    }
}

const void *aty_writer_finish(aty_writer *writer, size_t *size)
{
    aty_header_record header = {
        .version = aty_put(ATY_TABLE_VERSION),
        .header_size = aty_put(sizeof header),
        .sni_policy = aty_put((uint32_t)writer->sni_policy),
    };
    uint8_t *blob;

    *size = file_size(writer);
    if (writer->too_large || *size > UINT32_MAX) {
        return NULL;
    }
    blob = apr_palloc(writer->pool, *size);
    memcpy(header.magic, ATY_TABLE_MAGIC, sizeof header.magic);
    header.file_size = aty_put((uint32_t)*size);
    sections_place(writer, blob, &header);
    memcpy(blob, &header, sizeof header);
    aty_digest_sha256(blob, *size - ATY_DIGEST_SIZE, blob + *size - ATY_DIGEST_SIZE);
    return blob;
}
