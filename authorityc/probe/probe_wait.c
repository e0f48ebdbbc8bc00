#include "authorityc/probe/probe_wait.h"

#include <poll.h>
#include <time.h>

#include <apr_strings.h>

#define SLICE 50 /* milliseconds: a signal may come just before poll begins */

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

aty_probe_deadline aty_probe_deadline_make(uint32_t milliseconds,
                                           const volatile sig_atomic_t *stop)
{
    return (aty_probe_deadline){now() + milliseconds, milliseconds, stop};
}

aty_probe_wait_end aty_probe_deadline_check(const aty_probe_deadline *deadline)
{
    if (deadline->stop && *deadline->stop) {
        return ATY_WAIT_STOPPED;
    }
    return now() < deadline->ends ? ATY_WAIT_READY : ATY_WAIT_LATE;
}

aty_probe_wait_end aty_probe_wait_for(int descriptor, short events,
                                      const aty_probe_deadline *deadline)
{
    aty_probe_wait_end end;
    while ((end = aty_probe_deadline_check(deadline)) == ATY_WAIT_READY) {
        struct pollfd polled = {descriptor, events, 0};
        int64_t left = deadline->ends - now();
        if (poll(&polled, 1, left < SLICE ? (int)(left > 0 ? left : 0) : SLICE) > 0) {
            return ATY_WAIT_READY;
        }
    }
    return end;
}

/* "5 s", "1.5 s", "250 ms". */
static const char *duration_text(apr_pool_t *pool, uint32_t milliseconds)
{
    if (milliseconds < 1000) {
        return apr_psprintf(pool, "%u ms", (unsigned)milliseconds);
    }
    return apr_psprintf(pool, "%g s", (double)milliseconds / 1000);
}

const char *aty_probe_wait_fault(apr_pool_t *pool, const char *nothing,
                                 aty_probe_wait_end end,
                                 const aty_probe_deadline *deadline)
{
    if (end == ATY_WAIT_STOPPED) {
        return "stopped";
    }
    return apr_pstrcat(pool, nothing, " within ",
                       duration_text(pool, deadline->milliseconds), NULL);
}
