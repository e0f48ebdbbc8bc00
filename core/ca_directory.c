#include "core/ca_directory.h"

#include <stddef.h>
#include <string.h>

bool aty_ca_directory_finds(const char *name, bool is_revocation_list)
{
    const size_t hash_length = 8;
    const char *rest = name + hash_length;
    size_t digits;

    if (strspn(name, "0123456789abcdef") != hash_length || *rest++ != '.') {
        return false;
    }
    if (is_revocation_list && *rest++ != 'r') {
        return false;
    }
    digits = strspn(rest, "0123456789");
    return digits > 0 && rest[digits] == '\0';
}
