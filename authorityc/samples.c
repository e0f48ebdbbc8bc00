#include "authorityc/samples.h"

#include <string.h>

#include <apr_strings.h>

bool aty_sample_label_is_taken(const aty_table *table, const char *label)
{
    size_t length = strlen(label);

    for (uint32_t i = 0; i < table->counts[ATY_SECTION_NAMES]; i++) {
        if (strncmp(aty_table_string(table, table->names[i].name), label, length) == 0) {
            return true;
        }
    }
    for (uint32_t i = 0; i < table->counts[ATY_SECTION_CERTIFICATE_NAMES]; i++) {
        if (strncmp(aty_table_string(table, table->certificate_names[i]), label,
                    length) == 0) {
            return true;
        }
    }
    return false;
}

const char *aty_sample_of(apr_pool_t *pool, const char *pattern, const char *star)
{
    const char *sample = "";

    for (; *pattern; pattern++) {
        const char letter[2] = {*pattern == '?' ? 'x' : *pattern, '\0'};
        sample = apr_pstrcat(pool, sample, *pattern == '*' ? star : letter, (char *)NULL);
    }
    return sample;
}
