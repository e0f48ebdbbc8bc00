/* `authorityc dump`. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "authorityc/commands.h"
#include "authorityc/options.h"
#include "authorityc/table_input.h"
#include "authorityc/table_json.h"
#include "authorityc/table_words.h"
#include "core/origin.h"
#include "core/setting.h"
#include "core/sni_policy.h"

static const char usage[] = "usage: authorityc dump [--json] TABLE|POLICY\n";

static const char help[] = "\n"
                           "Prints all that a table holds, in the order of its policy. A "
                           "policy is taken as well,\n"
                           "and compiled in memory first.\n"
                           "\n"
                           "  --json  JSON\n"
                           "  --help  this\n"
                           "\n"
                           "exit status: 0 fine; 1 errors in the policy; 2 usage, or a "
                           "file that cannot be used\n";

static void place_dump(const aty_table *table, aty_le32 file, aty_le32 line)
{
    fputs(" (", stdout);
    aty_words_place_print(table, file, line, stdout);
    fputs(")", stdout);
}

static void address_sets_dump(const aty_table *table)
{
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_ADDRESS_SETS]; i++) {
        fputs("address ", stdout);
        aty_words_address_print(table, i, stdout);
        printf(
            " default %s\n",
            aty_vhost_server_name(table, aty_get(table->address_sets[i].default_vhost)));
    }
}

static void names_dump(const aty_table *table, const aty_vhost_record *vhost)
{
    uint32_t first = aty_get(vhost->first_name);

    fputs("  names", stdout);
    for (uint32_t i = first; i < first + aty_get(vhost->name_count); i++) {
        printf(" %s", aty_table_string(table, table->names[i].name));
    }
    putchar('\n');
}

static void flags_dump(const aty_vhost_record *vhost)
{
    uint32_t flags = aty_get(vhost->flags);

    printf("  http %s\n", flags & ATY_VHOST_H2 ? "h2" : "1.1 only");
    printf("  unknown names %s\n",
           flags & ATY_VHOST_REJECT_UNKNOWN ? "rejected" : "served");
    if (!(flags & ATY_VHOST_ADVERTISED)) {
        puts("  never advertised");
    }
    if (aty_get(vhost->public_port)) {
        printf("  public port %" PRIu32 "\n", aty_get(vhost->public_port));
    }
}

static void setting_dump(const aty_table *table, const aty_setting_record *setting)
{
    aty_setting_line line = {0};
    const char *meaning = aty_table_string(table, setting->real);

    while (aty_setting_next(table, setting, &line)) {
        printf("    %.*s", (int)line.length, line.text);
        place_dump(table, line.place->file, line.place->line);
        putchar('\n');
    }
    if (aty_get(setting->text) != aty_get(setting->real)) {
        printf("    that is: %s\n", meaning);
    }
}

static void settings_dump(const aty_table *table, uint32_t vhost)
{
    for (int field = 0; field < ATY_FIELD_COUNT; field++) {
        const aty_setting_record *setting =
            aty_vhost_setting(table, vhost, (aty_field)field);
        bool is_default = *aty_table_string(table, setting->text) == '\0';
        /* The default list of ciphers is OpenSSL's, and long. */
        if (!is_default ||
            (field != ATY_FIELD_CIPHERS && field != ATY_FIELD_CERTIFICATE &&
             *aty_table_string(table, setting->real))) {
            printf("  %s\n", aty_words_field((aty_field)field));
            setting_dump(table, setting);
        }
    }
}

static void certificates_dump(const aty_table *table, const aty_vhost_record *vhost)
{
    uint32_t first = aty_get(vhost->first_certificate);

    for (uint32_t i = first; i < first + aty_get(vhost->certificate_count); i++) {
        const aty_certificate_record *certificate =
            &table->certificates[aty_get(table->certificate_lists[i])];
        uint32_t name = aty_get(certificate->first_name);
        printf("  certificate %s:", aty_table_string(table, certificate->path));
        for (uint32_t n = 0; n < aty_get(certificate->name_count); n++) {
            printf(" %s", aty_table_string(table, table->certificate_names[name + n]));
        }
        putchar('\n');
    }
}

static void locations_dump(const aty_table *table, const aty_vhost_record *vhost)
{
    uint32_t first = aty_get(vhost->first_location);

    for (uint32_t i = first; i < first + aty_get(vhost->location_count); i++) {
        const aty_location_record *location = &table->locations[i];
        uint32_t needs = aty_get(location->needs);
        printf("  location %s needs%s%s%s", aty_table_string(table, location->path),
               needs & ATY_LOCATION_CLIENT_AUTH ? " client-auth" : "",
               needs & ATY_LOCATION_CIPHERS ? " ciphers" : "", needs ? "" : " nothing");
        place_dump(table, location->file, location->line);
        putchar('\n');
    }
}

static void origins_dump(const aty_table *table, const aty_seat_record *seat)
{
    aty_seat_origin origin = {0};

    if (aty_get(seat->frame_size) == ATY_FRAME_HEADER_SIZE) {
        puts("      (empty: only the name of the connection)");
    }
    while (aty_seat_origin_next(table, seat, &origin)) {
        printf("      %.*s\n", (int)origin.length, origin.text);
    }
}

static void seats_dump(const aty_table *table, const aty_vhost_record *vhost)
{
    uint32_t first = aty_get(vhost->first_seat);

    for (uint32_t i = first; i < first + aty_get(vhost->seat_count); i++) {
        const aty_seat_record *seat = &table->seats[i];
        fputs("  on ", stdout);
        aty_words_address_print(table, aty_get(seat->address_set), stdout);
        printf(" group %" PRIu32 "\n    origin %s\n", aty_get(seat->group),
               aty_words_origin_state((aty_origin_state)aty_get(seat->origin_state)));
        origins_dump(table, seat);
    }
}

static void vhost_dump(const aty_table *table, uint32_t index)
{
    const aty_vhost_record *vhost = &table->vhosts[index];

    printf("\nvhost %s", aty_vhost_server_name(table, index));
    place_dump(table, vhost->file, vhost->line);
    putchar('\n');
    names_dump(table, vhost);
    flags_dump(vhost);
    settings_dump(table, index);
    certificates_dump(table, vhost);
    locations_dump(table, vhost);
    seats_dump(table, vhost);
}

static void table_dump(const aty_table *table)
{
    printf("SNIPolicy %s\n", aty_sni_policy_name(table->sni_policy));
    address_sets_dump(table);
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_PAIRS]; i++) {
        printf("accepted on connections of %s: %s\n",
               aty_vhost_server_name(table, aty_get(table->pairs[i].vhost)),
               aty_table_string(table, table->pairs[i].authority));
    }
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_VHOSTS]; i++) {
        vhost_dump(table, i);
    }
}

static int dump(apr_pool_t *pool, void *given, const aty_arguments *arguments)
{
    const bool *json = given;
    aty_table table;
    int code;

    if (arguments->count != 1) {
        return ATY_ARGUMENTS_WRONG;
    }
    code = aty_table_input(pool, arguments->words[0], &table);
    if (code != ATY_EXIT_FINE) {
        return code;
    }
    if (*json) {
        json_t *whole = aty_json_table(&table);
        aty_json_print(whole, JSON_INDENT(2));
    }
    else {
        table_dump(&table);
    }
    return ATY_EXIT_FINE;
}

int aty_command_dump(apr_pool_t *pool, int argc, const char *const *argv)
{
    bool json = false;
    const aty_option options[] = {{"json", 0, &json, NULL}, {NULL, 0, NULL, NULL}};
    const aty_command_line line = {usage, help, options, NULL, dump, &json};

    return aty_command_run(&line, pool, argc, argv);
}
