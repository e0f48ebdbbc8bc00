#include "authorityc/table_json.h"

#include <stdio.h>

#include "authorityc/table_words.h"
#include "core/digest_set.h"
#include "core/setting.h"
#include "core/sni_policy.h"

void aty_json_print(json_t *answer, size_t flags)
{
    json_dumpf(answer, stdout, flags);
    putchar('\n');
    json_decref(answer);
}

json_t *aty_json_place(const aty_table *table, aty_le32 file, aty_le32 line)
{
    const char *name = aty_table_string(table, file);

    return *name ? json_pack("{s:s, s:I, s:s*}", "file", name, "line",
                             (json_int_t)aty_get(line), "from",
                             aty_table_source(table, file, line))
                 : json_null();
}

json_t *aty_json_setting(const aty_table *table, const aty_setting_record *setting)
{
    json_t *directives = json_array();
    aty_setting_line line = {0};

    while (aty_setting_next(table, setting, &line)) {
        json_array_append_new(
            directives,
            json_pack("{s:s%, s:o}", "text", line.text, line.length, "place",
                      aty_json_place(table, line.place->file, line.place->line)));
    }
    return json_pack("{s:o, s:s}", "directives", directives, "real",
                     aty_table_string(table, setting->real));
}

json_t *aty_json_location(const aty_table *table, const aty_location_record *location)
{
    json_t *needs = json_array();

    if (aty_get(location->needs) & ATY_LOCATION_CLIENT_AUTH) {
        json_array_append_new(needs, json_string("client-auth"));
    }
    if (aty_get(location->needs) & ATY_LOCATION_CIPHERS) {
        json_array_append_new(needs, json_string("ciphers"));
    }
    return json_pack("{s:s, s:o, s:o}", "path", aty_table_string(table, location->path),
                     "needs", needs, "place",
                     aty_json_place(table, location->file, location->line));
}

json_t *aty_json_address(const aty_table *table, uint32_t address_set)
{
    const aty_address_set_record *set = &table->address_sets[address_set];
    uint32_t port = aty_get(set->port);

    return json_pack("{s:s, s:o}", "host", aty_table_string(table, set->host), "port",
                     port ? json_integer(port) : json_null());
}

static json_t *names_json(const aty_table *table, const aty_vhost_record *vhost)
{
    json_t *names = json_array();
    uint32_t first = aty_get(vhost->first_name);

    for (uint32_t i = first; i < first + aty_get(vhost->name_count); i++) {
        json_array_append_new(names,
                              json_string(aty_table_string(table, table->names[i].name)));
    }
    return names;
}

static json_t *origins_json(const aty_table *table, const aty_seat_record *seat)
{
    json_t *origins;
    aty_seat_origin origin = {0};

    if (aty_get(seat->frame) == ATY_NONE) {
        return json_null();
    }
    origins = json_array();
    while (aty_seat_origin_next(table, seat, &origin)) {
        json_array_append_new(origins, json_stringn(origin.text, origin.length));
    }
    return origins;
}

static json_t *seats_json(const aty_table *table, const aty_vhost_record *vhost)
{
    json_t *seats = json_array();
    uint32_t first = aty_get(vhost->first_seat);

    for (uint32_t i = first; i < first + aty_get(vhost->seat_count); i++) {
        const aty_seat_record *seat = &table->seats[i];
        json_array_append_new(
            seats, json_pack("{s:o, s:I, s:s, s:o}", "address",
                             aty_json_address(table, aty_get(seat->address_set)), "group",
                             (json_int_t)aty_get(seat->group), "origin_state",
                             aty_words_origin_state(
                                 (aty_origin_state)aty_get(seat->origin_state)),
                             "origin", origins_json(table, seat)));
    }
    return seats;
}

static json_t *settings_json(const aty_table *table, uint32_t vhost)
{
    json_t *settings = json_object();

    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        json_object_set_new(
            settings, aty_words_field((aty_field)field),
            aty_json_setting(table, aty_vhost_setting(table, vhost, (aty_field)field)));
    }
    return settings;
}

static json_t *certificate_json(const aty_table *table,
                                const aty_certificate_record *certificate)
{
    json_t *names = json_array();
    uint32_t first = aty_get(certificate->first_name);
    char hex[ATY_DIGEST_HEX_SIZE];

    for (uint32_t i = first; i < first + aty_get(certificate->name_count); i++) {
        json_array_append_new(
            names, json_string(aty_table_string(table, table->certificate_names[i])));
    }
    aty_digest_hex(hex, certificate->fingerprint);
    return json_pack("{s:s, s:s, s:I, s:o}", "path",
                     aty_table_string(table, certificate->path), "sha256", hex,
                     "not_after", (json_int_t)aty_words_not_after(certificate), "names",
                     names);
}

static json_t *certificates_json(const aty_table *table, const aty_vhost_record *vhost)
{
    json_t *certificates = json_array();
    uint32_t first = aty_get(vhost->first_certificate);

    for (uint32_t i = first; i < first + aty_get(vhost->certificate_count); i++) {
        uint32_t index = aty_get(table->certificate_lists[i]);
        json_array_append_new(certificates,
                              certificate_json(table, &table->certificates[index]));
    }
    return certificates;
}

static json_t *locations_json(const aty_table *table, const aty_vhost_record *vhost)
{
    json_t *locations = json_array();
    uint32_t first = aty_get(vhost->first_location);

    for (uint32_t i = first; i < first + aty_get(vhost->location_count); i++) {
        json_array_append_new(locations, aty_json_location(table, &table->locations[i]));
    }
    return locations;
}

static json_t *vhost_json(const aty_table *table, uint32_t index)
{
    const aty_vhost_record *vhost = &table->vhosts[index];
    uint32_t flags = aty_get(vhost->flags);

    return json_pack("{s:o, s:o, s:b, s:b, s:b, s:I, s:o, s:o, s:o, s:o}", "place",
                     aty_json_place(table, vhost->file, vhost->line), "names",
                     names_json(table, vhost), "h2", (flags & ATY_VHOST_H2) != 0,
                     "advertised", (flags & ATY_VHOST_ADVERTISED) != 0, "reject_unknown",
                     (flags & ATY_VHOST_REJECT_UNKNOWN) != 0, "public_port",
                     (json_int_t)aty_get(vhost->public_port), "seats",
                     seats_json(table, vhost), "settings", settings_json(table, index),
                     "certificates", certificates_json(table, vhost), "locations",
                     locations_json(table, vhost));
}

static json_t *pair_json(const aty_table *table, const aty_pair_record *pair)
{
    return json_pack("{s:s, s:s}", "connection_vhost",
                     aty_vhost_server_name(table, aty_get(pair->vhost)), "authority",
                     aty_table_string(table, pair->authority));
}

json_t *aty_json_table(const aty_table *table)
{
    json_t *vhosts = json_array();
    json_t *pairs = json_array();

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_VHOSTS]; i++) {
        json_array_append_new(vhosts, vhost_json(table, i));
    }
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_PAIRS]; i++) {
        json_array_append_new(pairs, pair_json(table, &table->pairs[i]));
    }
    return json_pack("{s:i, s:s, s:o, s:o}", "version", ATY_TABLE_VERSION, "sni_policy",
                     aty_sni_policy_name(table->sni_policy), "vhosts", vhosts, "pairs",
                     pairs);
}
