/* outcome.h: verdict and reason as one number. */
#ifndef ATY_AUTHORITYC_OUTCOME_H
#define ATY_AUTHORITYC_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/verdict.h"

/* An outcome: one of these two, or misdirected with a reason. */
#define ATY_OUTCOME_SAME           0
#define ATY_OUTCOME_SHARED         1
#define ATY_OUTCOME_REASON(reason) (2u + (uint32_t)(reason))
#define ATY_OUTCOMES               ATY_OUTCOME_REASON(ATY_REASON_COUNT)

static inline uint32_t aty_outcome_of(const aty_verdict *verdict)
{
    return verdict->outcome == ATY_MISDIRECTED ? ATY_OUTCOME_REASON(verdict->reason)
                                               : (uint32_t)verdict->outcome;
}

/* What a vhost answers over HTTP/2 on any connection but its own, whatever that is: the
 * first reason that lies in its <Location>s and Protocols; ATY_REASON_COUNT where there
 * is none. */
aty_reason aty_request_reason(const aty_table *table, uint32_t vhost);

static inline bool aty_outcome_is_answered(uint32_t outcome)
{
    return outcome < ATY_OUTCOME_REASON(0);
}

#endif
