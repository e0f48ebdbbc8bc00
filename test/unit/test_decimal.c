/* Numbers in decimal digits, core/decimal.h. */
#include "test/unit/tap.h"

#include <stdint.h>
#include <string.h>

#include "core/decimal.h"

static const struct {
    uint64_t number;
    const char *digits;
} numbers[] = {
    {0, "0"},
    {9, "9"},
    {10, "10"},
    {443, "443"},
    {65535, "65535"},
    {1000000, "1000000"},
    {UINT64_MAX, "18446744073709551615"},
};

int main(void)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char digits[ATY_DECIMAL_MAX + 2];
        size_t count;

        memset(digits, '#', sizeof digits);
        digits[sizeof digits - 1] = '\0';
        count = aty_decimal_write(digits, numbers[i].number);
        tap_ok(digits[count] == '#', "nothing is written behind %s", numbers[i].digits);
        digits[count] = '\0';
        tap_is_str(digits, numbers[i].digits, "the digits of %s", numbers[i].digits);
    }
    return tap_done();
}
