/* floor(v / 2^s), 1 <= s <= 31. docs: fixed-point arithmetic, rounding `floor`. Cannot overflow. */
#ifndef PIM_ROUND_FLOOR_I32_H
#define PIM_ROUND_FLOOR_I32_H

#include "pim_shift_i32.h"

static inline int32_t pim_round_floor_i32(int32_t v, int s)
{
    return pim_shift_i32(v, s);
}

#endif
