/*
 * One channel of a convolution: acc[n] += sum over k of taps[k] * x[n - dilation * k], for n < n_samples.
 * Used where a kernel is too long to unroll. x points at sample 0 of the block; dilation * (n_taps - 1) samples of
 * history stand before it. taps are already negated where the term is. Four taps a pass keep acc in registers.
 * The caller's bound proves that every partial sum, in any order, fits the accumulator.
 */
#ifndef PIM_ACCUMULATE_I32_I32_H
#define PIM_ACCUMULATE_I32_I32_H

#include "pim_types.h"

static inline void pim_accumulate_i32_i32(int32_t *PIM_RESTRICT acc, const int32_t *PIM_RESTRICT x,
                                          const int32_t *taps, size_t n_taps, size_t dilation, size_t n_samples)
{
    const size_t fours = n_taps / 4 * 4;
    for (size_t k = 0; k < fours; k += 4) {
        const int32_t w0 = taps[k], w1 = taps[k + 1], w2 = taps[k + 2], w3 = taps[k + 3];
        const int32_t *const x0 = x - k * dilation;
        const int32_t *const x1 = x0 - dilation;
        const int32_t *const x2 = x1 - dilation;
        const int32_t *const x3 = x2 - dilation;
        for (size_t n = 0; n < n_samples; ++n) {
            acc[n] += w0 * (int32_t)x0[n] + w1 * (int32_t)x1[n] + w2 * (int32_t)x2[n] + w3 * (int32_t)x3[n];
        }
    }
    for (size_t k = fours; k < n_taps; ++k) {
        const int32_t w0 = taps[k];
        const int32_t *const x0 = x - k * dilation;
        for (size_t n = 0; n < n_samples; ++n) {
            acc[n] += w0 * (int32_t)x0[n];
        }
    }
}

#endif
