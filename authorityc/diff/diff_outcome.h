/* diff_outcome.h: verdict and reason as one number, and what a change of it means. */
#ifndef ATY_AUTHORITYC_DIFF_OUTCOME_H
#define ATY_AUTHORITYC_DIFF_OUTCOME_H

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

static inline bool aty_outcome_is_answered(uint32_t outcome)
{
    return outcome < ATY_OUTCOME_REASON(0);
}

/* In the order in which they are told: the dangerous one first. */
typedef enum {
    ATY_OPENS,    /* was misdirected, is answered */
    ATY_CLOSES,   /* was answered, is misdirected */
    ATY_ANSWERED, /* one of `same` and `shared` for the other */
    ATY_REASONS,  /* misdirected for another reason */
    ATY_DIRECTIONS
} aty_direction;

static inline aty_direction aty_outcome_direction(uint32_t from, uint32_t to)
{
    if (aty_outcome_is_answered(from)) {
        return aty_outcome_is_answered(to) ? ATY_ANSWERED : ATY_CLOSES;
    }
    return aty_outcome_is_answered(to) ? ATY_OPENS : ATY_REASONS;
}

#endif
