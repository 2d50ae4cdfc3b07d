/* v * 2^s, 0 <= s <= 30, for a result with more fraction bits. The caller's bound proves that it fits. */
#ifndef PIM_SCALE_I32_H
#define PIM_SCALE_I32_H

#include "pim_types.h"

static inline int32_t pim_scale_i32(int32_t v, int s)
{
    return v * (INT32_C(1) << s);
}

#endif
