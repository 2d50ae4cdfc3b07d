/* v / 2^s to nearest, 1 <= s <= 31: ties go away from zero.
 * For v < 0 the ceiling of (v - 2^(s-1)) / 2^s is the floor of (v + 2^(s-1) - 1) / 2^s.
 * The caller's bound proves that |v| + 2^(s-1) fits. */
#ifndef PIM_ROUND_HALF_AWAY_I32_H
#define PIM_ROUND_HALF_AWAY_I32_H

#include "pim_shift_i32.h"

static inline int32_t pim_round_half_away_i32(int32_t v, int s)
{
    return pim_shift_i32(v + ((INT32_C(1) << (s - 1)) - (v < 0 ? 1 : 0)), s);
}

#endif
