/* table_questions.c: every function that reads a table, with names that it may have. */
#include "test/unit/table_questions.h"

#include <string.h>

#include "core/setting.h"
#include "core/verdict.h"

static const char *const hosts[] = {"www.example.com",
                                    "a.example.com",
                                    "x.odd.test",
                                    "admin.example.com",
                                    "nobody.test",
                                    "192.0.2.1",
                                    ""};

size_t table_questions_ask(const aty_table *table)
{
    size_t sum = 0;
    uint32_t vhosts = table->counts[ATY_SECTION_VHOSTS];

    for (uint32_t set = 0; set < table->counts[ATY_SECTION_ADDRESS_SETS]; set++) {
        for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
            size_t length = strlen(hosts[i]);
            sum += aty_vhost_named(table, set, hosts[i], length);
            sum += aty_vhost_with_server_name(table, set, hosts[i], length);
        }
    }
    sum += aty_address_set_serving(table, "*", 443);
    for (uint32_t c = 0; c < vhosts; c++) {
        for (uint32_t r = 0; r < vhosts; r++) {
            for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
                const aty_pair question = {.connection = c,
                                           .request = r,
                                           .authority = hosts[i],
                                           .authority_length = strlen(hosts[i]),
                                           .had_sni = true,
                                           .h2 = true};
                sum += aty_verdict_decide(table, &question).reasons;
                sum += aty_mod_ssl_decide(table, &question);
            }
        }
    }
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_SETTINGS]; i++) {
        aty_setting_line line = {0};
        while (
            aty_setting_next_unlike(table, &table->settings[i], table->settings, &line)) {
            const char *source =
                aty_table_source(table, line.place->file, line.place->line);
            sum += strlen(aty_table_string(table, line.place->file));
            sum += source ? strlen(source) : 0;
        }
    }
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_SEATS]; i++) {
        uint32_t frame = aty_get(table->seats[i].frame);
        for (uint32_t k = 0; frame != ATY_NONE && k < aty_get(table->seats[i].frame_size);
             k++) {
            sum += table->frames[frame + k];
        }
    }
    return sum;
}
