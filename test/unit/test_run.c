/* Running other programs: what comes back, and that nothing outlives its time. */
#include <string.h>
#include <time.h>

#include <apr_general.h>

#include "authorityc/run.h"
#include "test/unit/tap.h"

static const char *shell(apr_pool_t *pool, const char *script, int seconds,
                         aty_run_result *result)
{
    const char *const words[] = {"sh", "-c", script, NULL};
    return aty_run(pool, words, seconds, result);
}

static void test_results(apr_pool_t *pool)
{
    aty_run_result r;
    tap_ok(!shell(pool, "echo out; echo err >&2; exit 3", 30, &r), "a program runs");
    tap_ok(r.exit_code == 3, "its exit code");
    tap_ok(strcmp(r.output, "out\n") == 0 && r.output_size == 4, "its output");
    tap_ok(strcmp(r.errors, "err\n") == 0 && r.errors_size == 4, "its errors");
    tap_ok(!shell(pool, "kill -9 $$", 30, &r) && r.exit_code == 137,
           "the signal it ends by");
    tap_ok(!shell(pool, "cat", 30, &r) && r.output_size == 0, "there is nothing to read");
    tap_ok(!shell(pool, "exec >&- 2>&-; exit 4", 30, &r) && r.exit_code == 4,
           "no output");
    tap_ok(!shell(pool, "printf 'a\\000b'", 30, &r) && r.output_size == 3, "a NUL");
}

static void test_no_program(apr_pool_t *pool)
{
    const char *const words[] = {"./no-such-program", NULL};
    aty_run_result r;
    tap_ok(!aty_run(pool, words, 30, &r) && r.exit_code == 127, "no such program");
}

/* More than pipes hold, to both at once: neither may wait for the other. */
static void test_much_output(apr_pool_t *pool)
{
    aty_run_result r;
    tap_ok(
        !shell(pool, "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero", 60, &r),
        "much output");
    tap_ok(r.output_size == 3000000 && r.errors_size == 3000000, "all of it");
}

static void test_time(apr_pool_t *pool)
{
    aty_run_result r;
    time_t begin = time(NULL);
    const char *problem = shell(pool, "echo begun; sleep 60 & sleep 60", 1, &r);
    tap_ok(problem && strcmp(problem, "it takes longer than 1 seconds") == 0, "too long");
    tap_ok(r.exit_code == 137, "it is killed");
    tap_ok(time(NULL) - begin < 30, "with what it started: nothing is waited for");
    tap_ok(strcmp(r.output, "begun\n") == 0, "what it said by then is there");
}

int main(void)
{
    apr_pool_t *pool;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    test_results(pool);
    test_no_program(pool);
    test_much_output(pool);
    test_time(pool);
    apr_terminate();
    return tap_done();
}
