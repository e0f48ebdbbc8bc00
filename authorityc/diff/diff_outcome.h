/* diff_outcome.h: what a change of an outcome means. */
#ifndef ATY_AUTHORITYC_DIFF_OUTCOME_H
#define ATY_AUTHORITYC_DIFF_OUTCOME_H

#include "authorityc/outcome.h"

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
