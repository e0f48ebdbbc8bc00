#include "authorityc/table_words.h"

#include <inttypes.h>
#include <string.h>

#include "core/reason.h"

static const char *const origin_states[ATY_ORIGIN_COUNT] = {
    [ATY_ORIGIN_COMPLETE] = "complete",
    [ATY_ORIGIN_PROTECTS] = "incomplete, but something must not come here",
    [ATY_ORIGIN_ALWAYS] = "incomplete, but Origin always",
    [ATY_ORIGIN_HTTP1_ONLY] = "none: no HTTP/2",
    [ATY_ORIGIN_NEVER] = "none: Origin never",
    [ATY_ORIGIN_WILDCARD] = "none: wildcard names cannot be listed",
    [ATY_ORIGIN_BUDGET] = "none: over OriginBudget",
};

const char *aty_words_origin_state(aty_origin_state state)
{
    return origin_states[state];
}

const char *aty_words_field(aty_field field)
{
    if (field == ATY_FIELD_HTTP) {
        return "http protocols";
    }
    return field == ATY_FIELD_ZONE ? "zone" : aty_reason_name((aty_reason)field);
}

void aty_words_address_print(const aty_table *table, uint32_t address_set, FILE *stream)
{
    const aty_address_set_record *set = &table->address_sets[address_set];
    const char *host = aty_table_string(table, set->host);

    fprintf(stream, strchr(host, ':') ? "[%s]:" : "%s:", host);
    if (aty_get(set->port)) {
        fprintf(stream, "%" PRIu32, aty_get(set->port));
    }
    else {
        fputc('*', stream);
    }
}

void aty_words_place_print(const aty_table *table, aty_le32 file, aty_le32 line,
                           FILE *stream)
{
    const char *name = aty_table_string(table, file);
    const char *source = aty_table_source(table, file, line);

    if (!*name) {
        fputs("default", stream);
        return;
    }
    fprintf(stream, "%s:%" PRIu32, name, aty_get(line));
    if (source) {
        fprintf(stream, ", from %s", source);
    }
}

int64_t aty_words_not_after(const aty_certificate_record *certificate)
{
    return (int64_t)((uint64_t)aty_get(certificate->not_after_high) << 32 |
                     aty_get(certificate->not_after_low));
}
