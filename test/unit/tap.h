/* tap.h: what a unit test prints, in the Test Anything Protocol that `prove` reads.
 *
 * A test is a program: it calls tap_… for each point and returns tap_done() from main. A
 * test that knows its number of points may say it first with tap_plan; tap_done then
 * fails where another number ran. Each point returns whether it held.
 */
#ifndef ATY_TEST_UNIT_TAP_H
#define ATY_TEST_UNIT_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_planned = -1, tap_run, tap_failed;

/* Says how many points will follow. */
static inline void tap_plan(int points)
{
    tap_planned = points;
    printf("1..%d\n", points);
}

static inline bool tap_point(bool held, const char *format, va_list arguments)
{
    printf("%sok %d - ", held ? "" : "not ", ++tap_run);
    vprintf(format, arguments);
    putchar('\n');
    if (!held) {
        tap_failed++;
    }
    return held;
}

/* A point: `held`, and what it is about. */
__attribute__((format(printf, 2, 3))) static inline bool tap_ok(bool held,
                                                                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    tap_point(held, format, arguments);
    va_end(arguments);
    return held;
}

/* A line that explains the point before it. */
__attribute__((format(printf, 1, 2))) static inline void tap_diag(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("# ");
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

/* A point: two strings are equal; NULL equals NULL alone. */
__attribute__((format(printf, 3, 4))) static inline bool
tap_is_str(const char *got, const char *expected, const char *format, ...)
{
    bool held = got && expected ? strcmp(got, expected) == 0 : got == expected;
    va_list arguments;
    va_start(arguments, format);
    tap_point(held, format, arguments);
    va_end(arguments);
    if (!held) {
        tap_diag("     got: %s", got ? got : "(null)");
        tap_diag("expected: %s", expected ? expected : "(null)");
    }
    return held;
}

/* A point: two numbers are equal. */
__attribute__((format(printf, 3, 4))) static inline bool
tap_is_int(long long got, long long expected, const char *format, ...)
{
    bool held = got == expected;
    va_list arguments;
    va_start(arguments, format);
    tap_point(held, format, arguments);
    va_end(arguments);
    if (!held) {
        tap_diag("     got: %lld", got);
        tap_diag("expected: %lld", expected);
    }
    return held;
}

/* Prints the plan where tap_plan did not. Returns the exit code of the test. */
static inline int tap_done(void)
{
    if (tap_planned < 0) {
        printf("1..%d\n", tap_run);
    }
    else if (tap_planned != tap_run) {
        tap_diag("%d points planned, %d run", tap_planned, tap_run);
        return 1;
    }
    return tap_failed > 0;
}

#endif
