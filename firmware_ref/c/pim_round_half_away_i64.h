/* v / 2^s to nearest, 1 <= s <= 63: ties go away from zero.
 * For v < 0 the ceiling of (v - 2^(s-1)) / 2^s is the floor of (v + 2^(s-1) - 1) / 2^s.
 * The caller's bound proves that |v| + 2^(s-1) fits. */
#ifndef PIM_ROUND_HALF_AWAY_I64_H
#define PIM_ROUND_HALF_AWAY_I64_H

#include "pim_shift_i64.h"

static inline int64_t pim_round_half_away_i64(int64_t v, int s)
{
    return pim_shift_i64(v + ((INT64_C(1) << (s - 1)) - (v < 0 ? 1 : 0)), s);
}

#endif
