#include "core/decimal.h"

size_t aty_decimal_write(char digits[ATY_DECIMAL_MAX], uint64_t number)
{
    size_t count = 1;

    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        count++;
    }
    for (size_t i = count; i > 0; i--) {
        digits[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    return count;
}
