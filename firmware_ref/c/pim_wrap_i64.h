/* v modulo 2^bits, in [-2^(bits-1), 2^(bits-1) - 1]; 1 <= bits <= 63 (wider formats hold every v). */
#ifndef PIM_WRAP_I64_H
#define PIM_WRAP_I64_H

#include "pim_types.h"

static inline int64_t pim_wrap_i64(int64_t v, int bits)
{
    const uint64_t half = UINT64_C(1) << (bits - 1);
    const uint64_t mask = (half << 1) - 1;
    return (int64_t)(((uint64_t)v + half) & mask) - (int64_t)half;
}

#endif
