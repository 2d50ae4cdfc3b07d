/* floor(v / 2^s + 1/2), 1 <= s <= 31: ties go up. The caller's bound proves that v + 2^(s-1) fits. */
#ifndef PIM_ROUND_HALF_UP_I32_H
#define PIM_ROUND_HALF_UP_I32_H

#include "pim_shift_i32.h"

static inline int32_t pim_round_half_up_i32(int32_t v, int s)
{
    return pim_shift_i32(v + (INT32_C(1) << (s - 1)), s);
}

#endif
