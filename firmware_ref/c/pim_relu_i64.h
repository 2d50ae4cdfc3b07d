/* max(v, 0). */
#ifndef PIM_RELU_I64_H
#define PIM_RELU_I64_H

#include "pim_types.h"

static inline int64_t pim_relu_i64(int64_t v)
{
    return v > 0 ? v : 0;
}

#endif
