/* v modulo 2^bits, in [-2^(bits-1), 2^(bits-1) - 1]; 1 <= bits <= 31 (wider formats hold every v). */
#ifndef PIM_WRAP_I32_H
#define PIM_WRAP_I32_H

#include "pim_types.h"

static inline int32_t pim_wrap_i32(int32_t v, int bits)
{
    const uint32_t half = UINT32_C(1) << (bits - 1);
    const uint32_t mask = (half << 1) - 1;
    return (int32_t)(((uint32_t)v + half) & mask) - (int32_t)half;
}

#endif
