/* LeakyReLU with the slope 2^-k, on a grid finer by k bits: v * 2^k where v >= 0, else v; 0 <= k <= 62.
 * The caller's bound proves that v * 2^k fits. */
#ifndef PIM_LEAKY_RELU_I64_H
#define PIM_LEAKY_RELU_I64_H

#include "pim_scale_i64.h"

static inline int64_t pim_leaky_relu_i64(int64_t v, int k)
{
    return v < 0 ? v : pim_scale_i64(v, k);
}

#endif
