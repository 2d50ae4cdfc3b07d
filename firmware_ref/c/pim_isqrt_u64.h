/* floor(sqrt(v)): the integer root with root^2 <= v < (root + 1)^2, for every v. No floating point, no division.
 * Digit by digit, from the highest bit of the root: `rest` is v minus the square found so far, `root` that square's root,
 * doubled and shifted so that root + bit is what the next bit would take away. Every iteration does the same; two loops
 * of 16, not one of 32, are what compilers unroll and vectorize. */
#ifndef PIM_ISQRT_U64_H
#define PIM_ISQRT_U64_H

#include "pim_types.h"

static inline uint32_t pim_isqrt_u64(uint64_t v)
{
    uint64_t rest = v;
    uint64_t root = 0;
    for (int b = 31; b >= 16; --b) {
        const uint64_t bit = UINT64_C(1) << (2 * b);
        const uint64_t taken = root + bit;
        const int fits = rest >= taken;
        rest -= fits ? taken : 0;
        root = (root >> 1) + (fits ? bit : 0);
    }
    for (int b = 15; b >= 0; --b) {
        const uint64_t bit = UINT64_C(1) << (2 * b);
        const uint64_t taken = root + bit;
        const int fits = rest >= taken;
        rest -= fits ? taken : 0;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return (uint32_t)root;
}

#endif
