/* floor(sqrt(v)): the integer root with root^2 <= v < (root + 1)^2, for every v. No floating point, no division.
 * Digit by digit, from the highest bit of the root: `rest` is v minus the square found so far, `root` that square's root,
 * doubled and shifted so that root + bit is what the next bit would take away. Every iteration does the same, so that
 * the loop unrolls and vectorizes. */
#ifndef PIM_ISQRT_U32_H
#define PIM_ISQRT_U32_H

#include "pim_types.h"

static inline uint32_t pim_isqrt_u32(uint32_t v)
{
    uint32_t rest = v;
    uint32_t root = 0;
    for (int b = 15; b >= 0; --b) {
        const uint32_t bit = UINT32_C(1) << (2 * b);
        const uint32_t taken = root + bit;
        const int fits = rest >= taken;
        rest -= fits ? taken : 0;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return root;
}

#endif
