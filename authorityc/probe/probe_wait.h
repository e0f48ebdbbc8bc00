/* probe_wait.h: waiting that ends: by a deadline, or because somebody said stop.
 */
#ifndef ATY_AUTHORITYC_PROBE_WAIT_H
#define ATY_AUTHORITYC_PROBE_WAIT_H

#include <signal.h>
#include <stdint.h>

#include <apr_pools.h>

typedef struct {
    int64_t ends;                      /* of CLOCK_MONOTONIC, in milliseconds */
    uint32_t milliseconds;             /* that it gave from the beginning */
    const volatile sig_atomic_t *stop; /* or NULL */
} aty_probe_deadline;

/* One that begins now. */
aty_probe_deadline aty_probe_deadline_make(uint32_t milliseconds,
                                           const volatile sig_atomic_t *stop);

typedef enum {
    ATY_WAIT_READY, /* there is something to do, or time left for it */
    ATY_WAIT_LATE,
    ATY_WAIT_STOPPED
} aty_probe_wait_end;

/* Whether there is time left. */
aty_probe_wait_end aty_probe_deadline_check(const aty_probe_deadline *deadline);

/* Waits for these events of poll(2) on the descriptor. `stop` is seen within 50 ms. */
aty_probe_wait_end aty_probe_wait_for(int descriptor, short events,
                                      const aty_probe_deadline *deadline);

/* "stopped", or "NOTHING within 5 s". */
const char *aty_probe_wait_fault(apr_pool_t *pool, const char *nothing,
                                 aty_probe_wait_end end,
                                 const aty_probe_deadline *deadline);

#endif
