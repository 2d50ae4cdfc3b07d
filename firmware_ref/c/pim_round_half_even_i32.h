/* v / 2^s to nearest, 1 <= s <= 31: ties go to the even integer.
 * Adding 2^(s-1) - 1, and 1 more where the floor is odd, carries into the result exactly when it must round up.
 * The caller's bound proves that v + 2^(s-1) fits. */
#ifndef PIM_ROUND_HALF_EVEN_I32_H
#define PIM_ROUND_HALF_EVEN_I32_H

#include "pim_shift_i32.h"

static inline int32_t pim_round_half_even_i32(int32_t v, int s)
{
    const int32_t is_odd = pim_shift_i32(v, s) & 1;
    return pim_shift_i32(v + ((INT32_C(1) << (s - 1)) - 1 + is_odd), s);
}

#endif
