/*
 * One output of a convolution: acc[n] += sum over p of taps[p] * x[offsets[p] + n], for n < n_samples and p < n_products.
 * x + offsets[p] points at the sample that the product p meets at n = 0. n_products is a multiple of 8; a product by 0
 * fills up. Eight products a pass keep acc in registers.
 * The caller's bound proves that every partial sum, in any order, fits the accumulator.
 */
#ifndef PIM_ACCUMULATE_I32_I64_H
#define PIM_ACCUMULATE_I32_I64_H

#include "pim_types.h"

static inline void pim_accumulate_i32_i64(int64_t *PIM_RESTRICT acc, const int32_t *PIM_RESTRICT x, const size_t *offsets,
                                          const int32_t *taps, size_t n_products, size_t n_samples)
{
    for (size_t p = 0; p < n_products; p += 8) {
        const int32_t *const x0 = x + offsets[p + 0];
        const int32_t *const x1 = x + offsets[p + 1];
        const int32_t *const x2 = x + offsets[p + 2];
        const int32_t *const x3 = x + offsets[p + 3];
        const int32_t *const x4 = x + offsets[p + 4];
        const int32_t *const x5 = x + offsets[p + 5];
        const int32_t *const x6 = x + offsets[p + 6];
        const int32_t *const x7 = x + offsets[p + 7];
        const int64_t w0 = taps[p + 0], w1 = taps[p + 1];
        const int64_t w2 = taps[p + 2], w3 = taps[p + 3];
        const int64_t w4 = taps[p + 4], w5 = taps[p + 5];
        const int64_t w6 = taps[p + 6], w7 = taps[p + 7];
        for (size_t n = 0; n < n_samples; ++n) {
            const int64_t low = w0 * (int64_t)x0[n] + w1 * (int64_t)x1[n] + w2 * (int64_t)x2[n] + w3 * (int64_t)x3[n];
            const int64_t high = w4 * (int64_t)x4[n] + w5 * (int64_t)x5[n] + w6 * (int64_t)x6[n] + w7 * (int64_t)x7[n];
            acc[n] += low + high;
        }
    }
}

#endif
