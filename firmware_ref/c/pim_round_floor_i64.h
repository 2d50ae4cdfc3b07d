/* floor(v / 2^s), 1 <= s <= 63. docs: fixed-point arithmetic, rounding `floor`. Cannot overflow. */
#ifndef PIM_ROUND_FLOOR_I64_H
#define PIM_ROUND_FLOOR_I64_H

#include "pim_shift_i64.h"

static inline int64_t pim_round_floor_i64(int64_t v, int s)
{
    return pim_shift_i64(v, s);
}

#endif
