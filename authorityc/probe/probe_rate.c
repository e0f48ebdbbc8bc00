/* probe_rate.c: no more requests a second than asked for. */
#include "authorityc/probe/probe.h"

#include <time.h>

#define SECOND 1000000000u

/* What is sent together takes no longer than this part of a second on the average. */
#define BATCHES_A_SECOND 5
#define BATCH_MAX        50

uint64_t aty_probe_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static bool is_stopped(aty_probe *probe)
{
    probe->stopped = probe->stopped || (probe->options->stop && *probe->options->stop);
    return probe->stopped;
}

/* A signal may come between looking and sleeping: never sleeps long. */
static void sleep_until(uint64_t end, uint64_t now)
{
    const uint64_t longest = SECOND / 20;
    uint64_t left = end - now < longest ? end - now : longest;
    const struct timespec time = {0, (long)left};

    nanosleep(&time, NULL);
}

bool aty_probe_wait(aty_probe *probe, uint32_t count)
{
    uint64_t now = aty_probe_now();

    while (!is_stopped(probe) && now < probe->next) {
        sleep_until(probe->next, now);
        now = aty_probe_now();
    }
    if (probe->next < now) {
        probe->next = now;
    }
    probe->next += (uint64_t)count * SECOND / probe->options->rate;
    return !probe->stopped;
}

uint32_t aty_probe_batch(const aty_probe *probe, uint32_t count)
{
    uint32_t batch = probe->options->rate / BATCHES_A_SECOND;

    batch = batch == 0 ? 1 : batch > BATCH_MAX ? BATCH_MAX : batch;
    return batch < count ? batch : count;
}
