/* floor(v / 2^s + 1/2), 1 <= s <= 63: ties go up. The caller's bound proves that v + 2^(s-1) fits. */
#ifndef PIM_ROUND_HALF_UP_I64_H
#define PIM_ROUND_HALF_UP_I64_H

#include "pim_shift_i64.h"

static inline int64_t pim_round_half_up_i64(int64_t v, int s)
{
    return pim_shift_i64(v + (INT64_C(1) << (s - 1)), s);
}

#endif
