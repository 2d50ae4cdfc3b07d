/* The segment of t >= 0: min(t / 2^m, last), 0 <= m <= 62. */
#ifndef PIM_SEGMENT_I64_H
#define PIM_SEGMENT_I64_H

#include "pim_shift_i64.h"

static inline int64_t pim_segment_i64(int64_t t, int m, int64_t last)
{
    const int64_t s = pim_shift_i64(t, m);
    return s < last ? s : last;
}

#endif
