/* v / 2^s to nearest, 1 <= s <= 63: ties go to the even integer.
 * Adding 2^(s-1) - 1, and 1 more where the floor is odd, carries into the result exactly when it must round up.
 * The caller's bound proves that v + 2^(s-1) fits. */
#ifndef PIM_ROUND_HALF_EVEN_I64_H
#define PIM_ROUND_HALF_EVEN_I64_H

#include "pim_shift_i64.h"

static inline int64_t pim_round_half_even_i64(int64_t v, int s)
{
    const int64_t is_odd = pim_shift_i64(v, s) & 1;
    return pim_shift_i64(v + ((INT64_C(1) << (s - 1)) - 1 + is_odd), s);
}

#endif
