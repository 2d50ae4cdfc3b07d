/* LeakyReLU with the slope 2^-k, on a grid finer by k bits: v * 2^k where v >= 0, else v; 0 <= k <= 30.
 * The caller's bound proves that v * 2^k fits. */
#ifndef PIM_LEAKY_RELU_I32_H
#define PIM_LEAKY_RELU_I32_H

#include "pim_scale_i32.h"

static inline int32_t pim_leaky_relu_i32(int32_t v, int k)
{
    return v < 0 ? v : pim_scale_i32(v, k);
}

#endif
