/* Counters that many processes and threads write at once, and a child that is killed: not
 * one count is lost. And the blocks of shared memory that they stand in.
 *
 * links: mod_authority/counters.c mod_authority/shared.c
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "mod_authority/counters.h"
#include "mod_authority/shared.h"
#include "test/unit/tap.h"

#define PROCESSES 6
#define THREADS   4
#define COUNTS    20000 /* of each thread */

static void *count_many(void *number)
{
    for (long i = 0; i < COUNTS; i++) {
        /* Ids as httpd gives them to connections, and as mod_http2 to streams. */
        long connection = *(long *)number;
        aty_count(i % 2 ? connection : connection << 8 ^ i % 7, (aty_counter)(i % 5));
    }
    return NULL;
}

/* In a child. The last one does not end by itself. */
static void count_in_threads(long process)
{
    pthread_t threads[THREADS];
    long numbers[THREADS];

    for (long i = 0; i < THREADS; i++) {
        /* Two children with the same ids write into the same sets. */
        numbers[i] = process / 2 * THREADS + i;
        pthread_create(&threads[i], NULL, count_many, &numbers[i]);
    }
    for (long i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    if (process == PROCESSES - 1) {
        kill(getpid(), SIGKILL);
    }
    _exit(0);
}

static void test_exact(void)
{
    uint64_t counts[ATY_COUNTERS];
    int killed = 0;
    int status;

    for (long i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            count_in_threads(i);
        }
    }
    while (wait(&status) > 0) {
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    tap_is_int(killed, 1, "one child was killed");
    aty_counters_read(counts);
    for (int i = 0; i < 5; i++) {
        tap_is_int((long long)counts[i], PROCESSES * THREADS * COUNTS / 5,
                   "counter %d has every count of every thread", i);
    }
    tap_is_int((long long)counts[5], 0, "another has none");
}

static bool is_spread(long first, long step)
{
    char used[ATY_COUNTER_SETS] = {0};

    for (long i = 0; i < 64; i++) {
        unsigned long id = (unsigned long)(first + i * step);
        unsigned long set = (id ^ id >> 8) & (ATY_COUNTER_SETS - 1);
        if (used[set]++) {
            return false;
        }
    }
    return true;
}

/* What aty_count promises of those who work at the same time. */
static void test_sets(void)
{
    tap_ok(is_spread(128, 1), "64 threads of a child count in 64 sets");
    tap_ok(is_spread(77L << 8, 1), "so do 64 streams of one connection");
    tap_ok(is_spread(5, 1 << 8), "and one worker's streams of 64 connections");
    tap_is_int(sizeof(aty_counter_set) % ATY_SHARED_ALIGNMENT, 0,
               "no two sets are in one cache line");
}

static void test_blocks(apr_pool_t *pool)
{
    apr_status_t status;
    char *block = aty_shared_block(pool, "test 1", 1000, &status);

    tap_ok(block && status == APR_SUCCESS, "a block");
    tap_is_int((long long)((uintptr_t)block % ATY_SHARED_ALIGNMENT), 0, "aligned");
    tap_ok(block[0] == 0 && block[999] == 0, "zeroed");
    block[999] = 'x';
    tap_ok(aty_shared_block(pool, "test 1", 1000, &status) == block,
           "asked for again, as after a graceful restart, it is the same");
    tap_is_int(block[999], 'x', "with what is in it");
    tap_ok(aty_shared_block(pool, "test 2", 1000, &status) != block,
           "another layout is another block");
    tap_ok(aty_shared_block(pool, "test 1", 2000, &status) != block,
           "so is another size");
    tap_ok(!aty_shared_block(pool, "test 3", SIZE_MAX / 4, &status),
           "a block that cannot be had is none");
    tap_ok(status != APR_SUCCESS, "with a reason");
}

int main(void)
{
    apr_pool_t *pool;
    apr_status_t status;
    uint64_t counts[ATY_COUNTERS];

    apr_initialize();
    apr_pool_create(&pool, NULL);
    aty_count(1, ATY_COUNT_SAME);
    aty_counters_read(counts);
    tap_is_int((long long)counts[ATY_COUNT_SAME], 1,
               "without a block it counts all the same");
    aty_counters_use(aty_shared_block(
        pool, ATY_COUNTER_LAYOUT, ATY_COUNTER_SETS * sizeof(aty_counter_set), &status));
    test_exact();
    test_sets();
    test_blocks(pool);
    apr_terminate();
    return tap_done();
}
