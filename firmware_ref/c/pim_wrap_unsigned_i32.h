/* v modulo 2^bits, in [0, 2^bits - 1]; 1 <= bits <= 31. */
#ifndef PIM_WRAP_UNSIGNED_I32_H
#define PIM_WRAP_UNSIGNED_I32_H

#include "pim_types.h"

static inline int32_t pim_wrap_unsigned_i32(int32_t v, int bits)
{
    return (int32_t)((uint32_t)v & ((UINT32_C(1) << bits) - 1));
}

#endif
