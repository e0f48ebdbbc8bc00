/* decimal.h: numbers in decimal digits, without a printf that may allocate. */
#ifndef ATY_CORE_DECIMAL_H
#define ATY_CORE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#define ATY_DECIMAL_MAX 20 /* digits of the largest number */

/* Writes the digits, without a NUL. Returns how many there are. */
size_t aty_decimal_write(char digits[ATY_DECIMAL_MAX], uint64_t number);

#endif
