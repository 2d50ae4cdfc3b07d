/* v modulo 2^bits, in [0, 2^bits - 1]; 1 <= bits <= 63. */
#ifndef PIM_WRAP_UNSIGNED_I64_H
#define PIM_WRAP_UNSIGNED_I64_H

#include "pim_types.h"

static inline int64_t pim_wrap_unsigned_i64(int64_t v, int bits)
{
    return (int64_t)((uint64_t)v & ((UINT64_C(1) << bits) - 1));
}

#endif
