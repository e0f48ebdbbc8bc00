#include "authorityc/plan/plan_sample.h"

#include <string.h>

#define ANY_CHARACTER '\1'

/* The certificate has one label free: the pattern is cut where that label ends, at the
 * latest at its first dot. What is left must match the parent. */
static bool label_of(char label[ATY_NAME_MAX + 1], const char *pattern,
                     const char *parent)
{
    size_t length = 0;
    size_t parent_length = strlen(parent);

    for (; length < ATY_NAME_MAX; pattern++) {
        if (*pattern == '*') {
            label[length++] = ANY_CHARACTER;
        }
        if (length > 0 && aty_name_matches(parent, parent_length, pattern)) {
            label[length] = '\0';
            return true;
        }
        if (*pattern == '\0' || *pattern == '.') {
            return false;
        }
        if (*pattern != '*') {
            label[length++] = *pattern == '?' ? ANY_CHARACTER : *pattern;
        }
    }
    return false;
}

bool aty_plan_sample(char sample[ATY_NAME_MAX + 1], const char *pattern, const char *san)
{
    size_t length = strlen(san);

    if (length > ATY_NAME_MAX) {
        return false;
    }
    if (san[0] == '*' && san[1] == '.') {
        size_t label_length;
        if (!label_of(sample, pattern, san + 1)) {
            return false;
        }
        label_length = strlen(sample);
        if (label_length + length - 1 > ATY_NAME_MAX) {
            return false;
        }
        memcpy(sample + label_length, san + 1, length);
        return true;
    }
    memcpy(sample, san, length + 1);
    return !strchr(san, '*') && !aty_name_is_address(san, length) &&
           aty_name_matches(san, length, pattern);
}
