/* counters.h: what was decided, counted in memory that all children share.
 *
 * The counters are exact: each count is an atomic addition, and a child that dies takes
 * none with it. There are many sets of them, and who counts takes the set that its
 * connection's id leads to. httpd gives different ids to those who work at the same time:
 * to each thread of each child, and to each HTTP/2 stream that is being answered. So they
 * seldom write into one cache line; where two do, they wait a little and stay exact. Who
 * reads adds the sets up.
 */
#ifndef ATY_MOD_AUTHORITY_COUNTERS_H
#define ATY_MOD_AUTHORITY_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/reason.h"
#include "mod_authority/shared.h"

typedef enum {
    ATY_COUNT_SAME,          /* requests */
    ATY_COUNT_SHARED,        /* requests */
    ATY_COUNT_CONNECTIONS,   /* with TLS, after the handshake */
    ATY_COUNT_ORIGIN_FRAMES, /* put into connections */
    ATY_COUNT_MISDIRECTED,   /* requests refused; one for each reason */
    ATY_COUNT_WOULD = ATY_COUNT_MISDIRECTED + ATY_REASON_COUNT, /* only observed */
    ATY_COUNTERS = ATY_COUNT_WOULD + ATY_REASON_COUNT
} aty_counter;

/* Else a count would take a lock, which a dying child could leave behind. */
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics must be free of locks");

#define ATY_COUNTER_SETS   512 /* a power of 2 */
#define ATY_COUNTER_LAYOUT "counters 1"

typedef struct {
    _Alignas(ATY_SHARED_ALIGNMENT) atomic_uint_least64_t counts[ATY_COUNTERS];
} aty_counter_set;

/* Where to count: the sets of this process alone, until aty_counters_use. */
extern aty_counter_set *aty_counter_sets;

/* Counts in the ATY_COUNTER_SETS sets at `block` from now on. Before the children. */
void aty_counters_use(void *block);

/* Adds one. `id` of the connection or stream (conn_rec). mod_http2 puts the number of its
 * worker into the low bits of a stream's, below the id of the connection. */
static inline void aty_count(long id, aty_counter counter)
{
    unsigned long set =
        ((unsigned long)id ^ (unsigned long)id >> 8) & (ATY_COUNTER_SETS - 1);

    atomic_fetch_add_explicit(&aty_counter_sets[set].counts[counter], 1,
                              memory_order_relaxed);
}

/* What each counter has come to. */
void aty_counters_read(uint64_t counts[ATY_COUNTERS]);

#endif
