/* max(v, 0). */
#ifndef PIM_RELU_I32_H
#define PIM_RELU_I32_H

#include "pim_types.h"

static inline int32_t pim_relu_i32(int32_t v)
{
    return v > 0 ? v : 0;
}

#endif
