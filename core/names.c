#include "core/names.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether it is a port: 1 to 65535, in digits. */
static bool is_port(const char *text, size_t length)
{
    unsigned long port = 0;

    if (length == 0 || length > 5) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(text[i])) {
            return false;
        }
        port = port * 10 + (unsigned long)(text[i] - '0');
    }
    return port > 0 && port <= UINT16_MAX;
}

/* Narrows an authority to its host. False: what follows the host is no port. */
static bool host_part(const char **start, size_t *length)
{
    const char *text = *start;
    const char *colon = memchr(text, ':', *length);

    if (*length > 0 && text[0] == '[') {
        const char *bracket = memchr(text, ']', *length);
        size_t rest;
        if (!bracket) {
            return false;
        }
        rest = *length - (size_t)(bracket + 1 - text);
        *start = text + 1;
        *length = (size_t)(bracket - text) - 1;
        return rest == 0 || (bracket[1] == ':' && is_port(bracket + 2, rest - 1));
    }
    if (colon && !memchr(colon + 1, ':', *length - (size_t)(colon + 1 - text))) {
        size_t host_length = (size_t)(colon - text);
        bool sound = is_port(colon + 1, *length - host_length - 1);
        *length = host_length;
        return sound;
    }
    return true;
}

size_t aty_host_of_authority(char host[ATY_NAME_MAX + 1], const char *authority,
                             size_t length)
{
    if (!host_part(&authority, &length)) {
        return 0;
    }
    if (length > 0 && authority[length - 1] == '.') {
        length--;
    }
    if (length > ATY_NAME_MAX) {
        return 0;
    }
    if (memchr(authority, '\0', length)) {
        return 0;
    }
    for (size_t i = 0; i < length; i++) {
        host[i] = lower(authority[i]);
    }
    host[length] = '\0';
    return length;
}

bool aty_name_is_pattern(const char *name)
{
    return strpbrk(name, "*?") != NULL;
}

const char *aty_name_pattern_ending(const char *name)
{
    return name[0] == '*' && name[1] == '.' && !aty_name_is_pattern(name + 1) ? name + 1
                                                                              : NULL;
}

/* One `*` is remembered at a time: a later one makes all earlier ones' choices moot. */
bool aty_name_matches(const char *name, size_t length, const char *pattern)
{
    const char *after_star = NULL;
    size_t resume = 0;
    size_t i = 0;

    while (i < length) {
        if (*pattern == '*') {
            after_star = ++pattern;
            resume = i;
        }
        else if (*pattern && (*pattern == '?' || lower(*pattern) == lower(name[i]))) {
            pattern++;
            i++;
        }
        else if (after_star) {
            pattern = after_star;
            i = ++resume;
        }
        else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

bool aty_name_is_address(const char *name, size_t length)
{
    unsigned numbers = 0;
    size_t digits = 0;

    if (memchr(name, ':', length)) {
        return true;
    }
    for (size_t i = 0; i < length; i++) {
        if (is_digit(name[i])) {
            numbers += digits++ == 0;
        }
        else if (name[i] == '.' && digits > 0) {
            digits = 0;
        }
        else {
            return false;
        }
    }
    return numbers == 4 && digits > 0;
}

bool aty_name_covers(const char *san, const char *name, size_t length)
{
    const char *dot = memchr(name, '.', length);

    if (aty_name_is_address(name, length)) {
        return false;
    }
    if (san[0] == '*' && san[1] == '.') {
        size_t first_label = dot ? (size_t)(dot - name) : 0;
        return first_label > 0 &&
               aty_name_equals(san + 1, strlen(san + 1), dot, length - first_label);
    }
    return !strchr(san, '*') && aty_name_equals(san, strlen(san), name, length);
}

bool aty_name_equals(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length != b_length) {
        return false;
    }
    for (size_t i = 0; i < a_length; i++) {
        if (lower(a[i]) != lower(b[i])) {
            return false;
        }
    }
    return true;
}

uint32_t aty_name_hash(uint32_t seed, const char *name, size_t length)
{
    const uint32_t prime = 16777619u;
    uint32_t hash = 2166136261u;

    for (int shift = 0; shift < 32; shift += 8) {
        hash = (hash ^ (seed >> shift & 0xff)) * prime;
    }
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (uint8_t)lower(name[i])) * prime;
    }
    return hash;
}
