/* The segment of t >= 0: min(t / 2^m, last), 0 <= m <= 30. */
#ifndef PIM_SEGMENT_I32_H
#define PIM_SEGMENT_I32_H

#include "pim_shift_i32.h"

static inline int32_t pim_segment_i32(int32_t t, int m, int32_t last)
{
    const int32_t s = pim_shift_i32(t, m);
    return s < last ? s : last;
}

#endif
