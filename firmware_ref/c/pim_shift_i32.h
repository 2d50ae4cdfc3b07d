/* floor(v / 2^s) for 0 <= s <= 31: the one place where a negative integer is shifted. */
#ifndef PIM_SHIFT_I32_H
#define PIM_SHIFT_I32_H

#include "pim_types.h"

/* C99 leaves >> of a negative integer to the implementation; this asks the compiler which one it is. */
enum { PIM_SHIFT_I32_IS_ARITHMETIC = ((INT32_C(-1) >> 1) == INT32_C(-1)) };

static inline int32_t pim_shift_i32(int32_t v, int s)
{
    if (PIM_SHIFT_I32_IS_ARITHMETIC != 0) {
        return v >> s;
    }
    return v < 0 ? ~(~v >> s) : v >> s;
}

#endif
