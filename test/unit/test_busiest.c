/* The pairs that are misdirected most: what is one pair, what stays when very many come,
 * when lines about them are due; and many processes at once, some of which are killed.
 *
 * links: mod_authority/busiest.c mod_authority/shared.c
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_pools.h>

#include "mod_authority/busiest.h"
#include "mod_authority/shared.h"
#include "test/unit/tap.h"

#define PROCESSES 4
#define THREADS   4
#define ROUNDS    200

static apr_pool_t *pool;
static char *block;

/* A block that nothing is in. */
static void begin(void)
{
    static int number;
    apr_status_t status;
    char name[32];

    snprintf(name, sizeof name, "test %d", number++);
    block = aty_shared_block(pool, name, aty_busiest_size(), &status);
    aty_busiest_use(block);
}

static aty_log_limit *count(const char *connection, const char *requested,
                            const char *authority)
{
    const aty_misdirection misdirection = {
        .connection = connection,
        .had_sni = true,
        .requested = requested,
        .authority = authority,
        .reason = ATY_REASON_OTHER_ZONE,
        .time = 1000,
    };

    return aty_busiest_count(&misdirection);
}

/* Pair N of a site that has very many. */
static aty_log_limit *count_pair(int n)
{
    char connection[32];
    char requested[32];

    snprintf(connection, sizeof connection, "c%d.example.com", n);
    snprintf(requested, sizeof requested, "r%d.example.com", n);
    return count(connection, requested, requested);
}

static void test_pairs(void)
{
    static aty_busy_pair pairs[10];
    aty_misdirection observed = {"www.example.com",
                                 true,
                                 "*.users.example.com",
                                 "x.example.com",
                                 ATY_REASON_STRICT,
                                 true,
                                 5000};

    begin();
    tap_is_int((long long)aty_busiest_read(pairs, 10), 0, "nothing at first");
    for (int i = 0; i < 20000; i++) {
        char name[64];
        snprintf(name, sizeof name, "n%d.users.example.com", i);
        count("www.example.com", "*.users.example.com", name);
    }
    for (int i = 0; i < 3; i++) {
        count("www.example.com", NULL, "nowhere.example.com");
    }
    aty_busiest_count(&observed);
    observed.had_sni = false;
    aty_busiest_count(&observed);
    tap_is_int((long long)aty_busiest_read(pairs, 10), 3,
               "20,000 names under a pattern are one pair; no vhost's name, and no SNI, "
               "are two more");
    tap_is_str(pairs[0].requested, "*.users.example.com", "the first is the pattern");
    tap_is_str(pairs[0].example, "n0.users.example.com", "with the first name");
    tap_is_int((long long)pairs[0].refused, 20000, "all refused are counted");
    tap_is_int((long long)pairs[0].observed, 1, "and the one that was let through");
    tap_is_int(pairs[0].reason, ATY_REASON_STRICT, "the reason is the last");
    tap_is_int(pairs[0].last, 5000, "so is the time");
    tap_is_str(pairs[1].requested, "", "the next is a name of no vhost");
    tap_ok(pairs[0].had_sni && !pairs[2].had_sni, "without SNI it is another pair");
    tap_is_int((long long)aty_busiest_read(pairs, 2), 2, "no more than asked for");
}

static void test_long_texts(void)
{
    static aty_busy_pair pairs[2];
    char name[1000];

    begin();
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    count(name, name, name);
    count(name, name, name);
    tap_is_int((long long)aty_busiest_read(pairs, 2), 1,
               "names of 999 octets are one pair");
    tap_is_int((long long)strlen(pairs[0].example), ATY_BUSIEST_TEXT - 1, "they are cut");
}

/* How many of the heavy pairs, 0 to 19, are the first, with what they had or more. */
static int heavy_ones(uint64_t least)
{
    static aty_busy_pair pairs[20];
    size_t found = aty_busiest_read(pairs, 20);
    int heavy = 0;

    for (size_t i = 0; i < found; i++) {
        heavy += atoi(pairs[i].connection + 1) < 20 && pairs[i].refused >= least;
    }
    return heavy;
}

static void test_scan(void)
{
    begin();
    for (int i = 0; i < 20; i++) {
        for (int n = 0; n < 50; n++) {
            count_pair(i);
        }
    }
    for (int n = 0; n < 20000; n++) {
        count_pair(1000 + n);
    }
    tap_is_int(heavy_ones(50), 20,
               "20,000 pairs that come once do not push out 20 that "
               "came 50 times");

    begin();
    for (int n = 0; n < 20000; n++) {
        count_pair(1000 + n);
    }
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 20; i++) {
            count_pair(i);
        }
        for (int n = 0; n < 100; n++) {
            count_pair(1000 + (round * 100 + n) % 20000);
        }
    }
    tap_is_int(heavy_ones(150), 20, "pairs that come often find their places among them");
}

static void test_lines(void)
{
    const apr_time_t second = apr_time_from_sec(1);
    const apr_time_t now = apr_time_from_sec(100000);
    aty_log_limit *limit;
    aty_log_limit *common = NULL;
    uint64_t left_out;
    apr_time_t since;

    begin();
    limit = count_pair(1);
    tap_ok(aty_busiest_line_due(limit, now, &left_out, &since), "the first line is due");
    tap_is_int((long long)left_out, 0, "nothing was left out before");
    for (int i = 0; i < 41; i++) {
        if (aty_busiest_line_due(limit, now + i * second / 5, &left_out, &since)) {
            tap_ok(false, "no line after %d fifths of a second", i);
        }
    }
    tap_ok(aty_busiest_line_due(count_pair(2), now, &left_out, &since),
           "the first of another pair is due");
    tap_ok(aty_busiest_line_due(count_pair(1), now + 10 * second, &left_out, &since),
           "after ten seconds the next is");
    tap_is_int((long long)left_out, 41, "it says how many were not logged");
    tap_ok(since == now, "and since when");
    tap_ok(!aty_busiest_line_due(limit, now + 8 * second, &left_out, &since),
           "a clock that goes back a little makes no line");
    tap_ok(aty_busiest_line_due(limit, now - 3600 * second, &left_out, &since),
           "one that was set back does not silence");
    tap_ok(!aty_busiest_is_common(limit), "it is the pair's own limit");

    for (int n = 0; n < 20000 && !common; n++) {
        count_pair(n);
        count_pair(n);
        limit = count_pair(n);
        common = aty_busiest_is_common(limit) ? limit : NULL;
    }
    tap_ok(common, "pairs without a place have one limit");
}

static void *count_rounds(void *unused)
{
    for (int i = 0; i < ROUNDS * 100; i++) {
        count_pair(i % 100);
    }
    return unused;
}

static void test_together(void)
{
    static aty_busy_pair pairs[101];
    int exact = 0;

    begin();
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() == 0) {
            pthread_t threads[THREADS];
            for (int t = 0; t < THREADS; t++) {
                pthread_create(&threads[t], NULL, count_rounds, NULL);
            }
            for (int t = 0; t < THREADS; t++) {
                pthread_join(threads[t], NULL);
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
    tap_is_int((long long)aty_busiest_read(pairs, 101), 100,
               "100 pairs of many children");
    for (int i = 0; i < 100; i++) {
        exact += pairs[i].refused == PROCESSES * THREADS * ROUNDS;
    }
    tap_is_int(exact, 100, "each with every count");
}

/* Whether what is told of a pair belongs together. */
static bool is_whole(const aty_busy_pair *pair)
{
    return pair->connection[0] == 'c' && pair->requested[0] == 'r' &&
           strcmp(pair->connection + 1, pair->requested + 1) == 0 && pair->refused > 0;
}

static void test_killed(void)
{
    static aty_busy_pair pairs[ATY_BUSIEST_PLACES];
    size_t found;
    size_t whole = 0;

    begin();
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (child == 0) {
            for (int n = 0;; n++) {
                count_pair(i * 7 + n % 3000);
            }
        }
        usleep(2000);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    found = aty_busiest_read(pairs, ATY_BUSIEST_PLACES);
    for (size_t i = 0; i < found; i++) {
        whole += is_whole(&pairs[i]);
    }
    tap_ok(found > 500, "60 children were killed while they counted: %zu pairs", found);
    tap_is_int((long long)whole, (long long)found, "each of them is whole");
}

static void test_damaged_text(void)
{
    static aty_busy_pair pairs[2];
    char *text = NULL;

    begin();
    count_pair(7);
    for (size_t i = 0; i < aty_busiest_size() - 16 && !text; i++) {
        text = memcmp(block + i, "c7.example.com", 15) == 0 ? block + i : NULL;
    }
    tap_ok(text, "the text is in the block");
    text[3] = 'X'; /* as if two had written it at once */
    tap_is_int((long long)aty_busiest_read(pairs, 2), 0,
               "a text of another key is not shown");
    count_pair(7);
    tap_is_int((long long)aty_busiest_read(pairs, 2), 1, "the next count mends it");
    tap_is_str(pairs[0].connection, "c7.example.com", "so that it is right");
    tap_is_int((long long)pairs[0].refused, 2, "and nothing was lost");
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    test_pairs();
    test_long_texts();
    test_scan();
    test_lines();
    test_together();
    test_killed();
    test_damaged_text();
    apr_terminate();
    return tap_done();
}
