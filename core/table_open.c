/* The proof of a table. Lengths are compared with what is left, so nothing can overflow.
 */
#include "core/table.h"

#include <string.h>

#include "core/origin.h"

static const uint32_t record_sizes[ATY_SECTION_COUNT] = {
    [ATY_SECTION_STRINGS] = 1,
    [ATY_SECTION_ADDRESS_SETS] = sizeof(aty_address_set_record),
    [ATY_SECTION_VHOSTS] = sizeof(aty_vhost_record),
    [ATY_SECTION_SEATS] = sizeof(aty_seat_record),
    [ATY_SECTION_NAMES] = sizeof(aty_name_record),
    [ATY_SECTION_NAME_INDEX] = sizeof(aty_le32),
    [ATY_SECTION_WILD_INDEX] = sizeof(aty_le32),
    [ATY_SECTION_ODD_PATTERNS] = sizeof(aty_le32),
    [ATY_SECTION_SETTINGS] = sizeof(aty_setting_record),
    [ATY_SECTION_CERTIFICATES] = sizeof(aty_certificate_record),
    [ATY_SECTION_CERTIFICATE_LISTS] = sizeof(aty_le32),
    [ATY_SECTION_CERTIFICATE_NAMES] = sizeof(aty_le32),
    [ATY_SECTION_LOCATIONS] = sizeof(aty_location_record),
    [ATY_SECTION_PAIRS] = sizeof(aty_pair_record),
    [ATY_SECTION_FRAMES] = 1,
    [ATY_SECTION_PLACES] = sizeof(aty_place_record),
    [ATY_SECTION_SOURCES] = sizeof(aty_source_record),
};

static const char *const status_texts[] = {
    [ATY_TABLE_OK] = "a sound table",
    [ATY_TABLE_TRUNCATED] = "the table is cut off: it is shorter than it says",
    [ATY_TABLE_NOT_A_TABLE] = "this is not a table of authorityc",
    [ATY_TABLE_VERSION_UNKNOWN] =
        "the table is of a version that this program cannot read",
    [ATY_TABLE_SIZE_WRONG] = "the table is longer than it says",
    [ATY_TABLE_DIGEST_WRONG] = "the table is damaged: its SHA-256 is wrong",
    [ATY_TABLE_MALFORMED] = "the table is malformed: a reference in it leads nowhere",
};

const char *aty_table_status_text(aty_table_status status)
{
    return status_texts[status];
}

uint32_t aty_section_record_size(aty_section section)
{
    return record_sizes[section];
}

static bool is_string(const aty_table *table, aty_le32 offset)
{
    return aty_get(offset) < table->counts[ATY_SECTION_STRINGS];
}

static bool is_record(const aty_table *table, aty_section section, aty_le32 index)
{
    return aty_get(index) < table->counts[section];
}

static bool is_range(const aty_table *table, aty_section section, aty_le32 first,
                     aty_le32 count)
{
    uint32_t all = table->counts[section];

    return aty_get(first) <= all && aty_get(count) <= all - aty_get(first);
}

static bool strings_sound(const aty_table *table)
{
    uint32_t size = table->counts[ATY_SECTION_STRINGS];

    return size > 0 && table->strings[0] == '\0' && table->strings[size - 1] == '\0';
}

static bool address_set_sound(const aty_table *table, uint32_t i)
{
    const aty_address_set_record *set = &table->address_sets[i];

    return is_string(table, set->host) && aty_get(set->port) <= UINT16_MAX &&
           is_record(table, ATY_SECTION_VHOSTS, set->default_vhost) &&
           is_range(table, ATY_SECTION_ODD_PATTERNS, set->first_odd, set->odd_count);
}

static bool vhost_sound(const aty_table *table, uint32_t i)
{
    const aty_vhost_record *vhost = &table->vhosts[i];

    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        if (!is_record(table, ATY_SECTION_SETTINGS, vhost->settings[field])) {
            return false;
        }
    }
    return is_string(table, vhost->file) && aty_get(vhost->name_count) > 0 &&
           aty_get(vhost->public_port) <= UINT16_MAX &&
           is_range(table, ATY_SECTION_NAMES, vhost->first_name, vhost->name_count) &&
           is_range(table, ATY_SECTION_SEATS, vhost->first_seat, vhost->seat_count) &&
           is_range(table, ATY_SECTION_CERTIFICATE_LISTS, vhost->first_certificate,
                    vhost->certificate_count) &&
           is_range(table, ATY_SECTION_LOCATIONS, vhost->first_location,
                    vhost->location_count);
}

/* A frame goes to clients as it is: it must be one whole ORIGIN frame (RFC 8336 §2.1, on
 * stream 0 and without flags §2.2). */
static bool frame_sound(const aty_table *table, aty_le32 offset, aty_le32 size)
{
    uint8_t header[ATY_FRAME_HEADER_SIZE];
    uint32_t frame_size = aty_get(size);

    if (aty_get(offset) == ATY_NONE) {
        return frame_size == 0;
    }
    if (!is_range(table, ATY_SECTION_FRAMES, offset, size) ||
        frame_size < ATY_FRAME_HEADER_SIZE ||
        frame_size > ATY_FRAME_HEADER_SIZE + ATY_FRAME_PAYLOAD_MAX) {
        return false;
    }
    aty_origin_header_write(header, frame_size - ATY_FRAME_HEADER_SIZE);
    return memcmp(table->frames + aty_get(offset), header, sizeof header) == 0;
}

static bool seat_sound(const aty_table *table, uint32_t i)
{
    const aty_seat_record *seat = &table->seats[i];

    return is_record(table, ATY_SECTION_ADDRESS_SETS, seat->address_set) &&
           aty_get(seat->group) <= table->counts[ATY_SECTION_SEATS] &&
           aty_get(seat->origin_state) < ATY_ORIGIN_COUNT &&
           frame_sound(table, seat->frame, seat->frame_size);
}

static bool name_sound(const aty_table *table, uint32_t i)
{
    return is_string(table, table->names[i].name) &&
           is_record(table, ATY_SECTION_VHOSTS, table->names[i].vhost);
}

static bool odd_pattern_sound(const aty_table *table, uint32_t i)
{
    return is_record(table, ATY_SECTION_NAMES, table->odd_patterns[i]);
}

static bool setting_sound(const aty_table *table, uint32_t i)
{
    const aty_setting_record *setting = &table->settings[i];

    return is_string(table, setting->text) && is_string(table, setting->real) &&
           is_range(table, ATY_SECTION_PLACES, setting->first_place,
                    setting->place_count);
}

static bool certificate_sound(const aty_table *table, uint32_t i)
{
    const aty_certificate_record *certificate = &table->certificates[i];

    return is_string(table, certificate->path) &&
           is_range(table, ATY_SECTION_CERTIFICATE_NAMES, certificate->first_name,
                    certificate->name_count);
}

static bool certificate_list_sound(const aty_table *table, uint32_t i)
{
    return is_record(table, ATY_SECTION_CERTIFICATES, table->certificate_lists[i]);
}

static bool certificate_name_sound(const aty_table *table, uint32_t i)
{
    return is_string(table, table->certificate_names[i]);
}

static bool location_sound(const aty_table *table, uint32_t i)
{
    return is_string(table, table->locations[i].path) &&
           is_string(table, table->locations[i].ciphers) &&
           is_string(table, table->locations[i].file);
}

static bool place_sound(const aty_table *table, uint32_t i)
{
    return is_string(table, table->places[i].file);
}

static bool source_sound(const aty_table *table, uint32_t i)
{
    return is_string(table, table->sources[i].file) &&
           is_string(table, table->sources[i].source);
}

static bool pair_sound(const aty_table *table, uint32_t i)
{
    return is_record(table, ATY_SECTION_VHOSTS, table->pairs[i].vhost) &&
           is_string(table, table->pairs[i].authority);
}

/* What a record of each section must be; the indexes are proven by index_sound. */
static bool (*const record_proofs[ATY_SECTION_COUNT])(const aty_table *, uint32_t) = {
    [ATY_SECTION_ADDRESS_SETS] = address_set_sound,
    [ATY_SECTION_VHOSTS] = vhost_sound,
    [ATY_SECTION_SEATS] = seat_sound,
    [ATY_SECTION_NAMES] = name_sound,
    [ATY_SECTION_ODD_PATTERNS] = odd_pattern_sound,
    [ATY_SECTION_SETTINGS] = setting_sound,
    [ATY_SECTION_CERTIFICATES] = certificate_sound,
    [ATY_SECTION_CERTIFICATE_LISTS] = certificate_list_sound,
    [ATY_SECTION_CERTIFICATE_NAMES] = certificate_name_sound,
    [ATY_SECTION_LOCATIONS] = location_sound,
    [ATY_SECTION_PAIRS] = pair_sound,
    [ATY_SECTION_PLACES] = place_sound,
    [ATY_SECTION_SOURCES] = source_sound,
};

static bool records_sound(const aty_table *table)
{
    for (int section = 0; section < ATY_SECTION_COUNT; section++) {
        for (uint32_t i = 0; record_proofs[section] && i < table->counts[section]; i++) {
            if (!record_proofs[section](table, i)) {
                return false;
            }
        }
    }
    return true;
}

/* Whether a slot has a name; where its star is skipped, one that begins with it. */
static bool slot_sound(const aty_table *table, aty_le32 slot, bool starred)
{
    return is_record(table, ATY_SECTION_NAMES, slot) &&
           (!starred ||
            aty_table_string(table, table->names[aty_get(slot)].name)[0] == '*');
}

/* A hash index: a power of two of slots, one of them free, so that a search ends. */
static bool index_sound(const aty_table *table, aty_section section,
                        const aty_le32 *slots, bool starred)
{
    uint32_t count = table->counts[section];
    bool has_free = count == 0;

    if ((count & (count - 1)) != 0) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (aty_get(slots[i]) == ATY_NONE) {
            has_free = true;
        }
        else if (!slot_sound(table, slots[i], starred)) {
            return false;
        }
    }
    return has_free;
}

/* The start of a section, or NULL where it does not lie between header and digest. */
static const uint8_t *section_start(const uint8_t *blob, size_t size,
                                    const aty_header_record *header, int section)
{
    const aty_section_record *record = &header->sections[section];
    size_t end = size - ATY_DIGEST_SIZE;
    size_t offset = aty_get(record->offset);

    if (aty_get(record->record_size) != record_sizes[section] ||
        offset < sizeof(aty_header_record) || offset > end ||
        aty_get(record->count) > (end - offset) / record_sizes[section]) {
        return NULL;
    }
    return blob + offset;
}

static bool sections_found(aty_table *table, const uint8_t *blob, size_t size)
{
    const uint8_t *starts[ATY_SECTION_COUNT];

    for (int section = 0; section < ATY_SECTION_COUNT; section++) {
        starts[section] = section_start(blob, size, table->header, section);
        if (!starts[section]) {
            return false;
        }
        table->counts[section] = aty_get(table->header->sections[section].count);
    }
    table->strings = (const char *)starts[ATY_SECTION_STRINGS];
    table->address_sets = (const void *)starts[ATY_SECTION_ADDRESS_SETS];
    table->vhosts = (const void *)starts[ATY_SECTION_VHOSTS];
    table->seats = (const void *)starts[ATY_SECTION_SEATS];
    table->names = (const void *)starts[ATY_SECTION_NAMES];
    table->name_index = (const void *)starts[ATY_SECTION_NAME_INDEX];
    table->wild_index = (const void *)starts[ATY_SECTION_WILD_INDEX];
    table->odd_patterns = (const void *)starts[ATY_SECTION_ODD_PATTERNS];
    table->settings = (const void *)starts[ATY_SECTION_SETTINGS];
    table->certificates = (const void *)starts[ATY_SECTION_CERTIFICATES];
    table->certificate_lists = (const void *)starts[ATY_SECTION_CERTIFICATE_LISTS];
    table->certificate_names = (const void *)starts[ATY_SECTION_CERTIFICATE_NAMES];
    table->locations = (const void *)starts[ATY_SECTION_LOCATIONS];
    table->pairs = (const void *)starts[ATY_SECTION_PAIRS];
    table->frames = starts[ATY_SECTION_FRAMES];
    table->places = (const void *)starts[ATY_SECTION_PLACES];
    table->sources = (const void *)starts[ATY_SECTION_SOURCES];
    return true;
}

static bool structure_sound(aty_table *table, const uint8_t *blob, size_t size)
{
    return sections_found(table, blob, size) && strings_sound(table) &&
           records_sound(table) &&
           index_sound(table, ATY_SECTION_NAME_INDEX, table->name_index, false) &&
           index_sound(table, ATY_SECTION_WILD_INDEX, table->wild_index, true);
}

/* What can be said before the digest is looked at. */
static aty_table_status envelope_status(const aty_header_record *header, size_t size)
{
    const size_t version_end = offsetof(aty_header_record, header_size);
    size_t magic_size = size < sizeof header->magic ? size : sizeof header->magic;

    if (memcmp(header->magic, ATY_TABLE_MAGIC, magic_size) != 0) {
        return ATY_TABLE_NOT_A_TABLE;
    }
    if (size >= version_end && aty_get(header->version) != ATY_TABLE_VERSION) {
        return ATY_TABLE_VERSION_UNKNOWN;
    }
    if (size < sizeof *header + ATY_DIGEST_SIZE || size < aty_get(header->file_size)) {
        return ATY_TABLE_TRUNCATED;
    }
    return size > aty_get(header->file_size) ? ATY_TABLE_SIZE_WRONG : ATY_TABLE_OK;
}

aty_table_status aty_table_open(aty_table *table, const void *blob, size_t size,
                                aty_sha256 *sha256)
{
    const uint8_t *bytes = blob;
    uint8_t digest[ATY_DIGEST_SIZE];
    aty_table_status status = envelope_status(blob, size);

    if (status != ATY_TABLE_OK) {
        return status;
    }
    sha256(bytes, size - ATY_DIGEST_SIZE, digest);
    if (memcmp(digest, bytes + size - ATY_DIGEST_SIZE, ATY_DIGEST_SIZE) != 0) {
        return ATY_TABLE_DIGEST_WRONG;
    }
    *table = (aty_table){.header = blob};
    if (aty_get(table->header->header_size) != sizeof(aty_header_record) ||
        aty_get(table->header->sni_policy) >= ATY_SNI_COUNT ||
        !structure_sound(table, bytes, size)) {
        return ATY_TABLE_MALFORMED;
    }
    table->sni_policy = (aty_sni_policy)aty_get(table->header->sni_policy);
    return ATY_TABLE_OK;
}
