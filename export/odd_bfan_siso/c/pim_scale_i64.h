/* v * 2^s, 0 <= s <= 62, for a result with more fraction bits. The caller's bound proves that it fits. */
#ifndef PIM_SCALE_I64_H
#define PIM_SCALE_I64_H

#include "pim_types.h"

static inline int64_t pim_scale_i64(int64_t v, int s)
{
    return v * (INT64_C(1) << s);
}

#endif
