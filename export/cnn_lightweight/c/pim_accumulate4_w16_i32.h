/*
 * Four outputs of a convolution: row r < 4 of acc, row samples long, has
 * acc[r][n] += sum over p of taps[r * n_products + p] * x[offsets[p] + n], for n < n_samples and p < n_products.
 * x + offsets[p] points at the sample that the product p meets at n = 0. n_products is a multiple of 4; a product by 0
 * fills up. Each sample that is read serves four outputs, and each sum that is read four products.
 * The caller's bound proves that every partial sum, in any order, fits the accumulator.
 */
#ifndef PIM_ACCUMULATE4_W16_I32_H
#define PIM_ACCUMULATE4_W16_I32_H

#include "pim_types.h"

static inline void pim_accumulate4_w16_i32(int32_t *PIM_RESTRICT acc, size_t row, const pim_work16 *PIM_RESTRICT x,
                                           const size_t *offsets, const int32_t *taps, size_t n_products,
                                           size_t n_samples)
{
    int32_t *const acc0 = acc;
    int32_t *const acc1 = acc + row;
    int32_t *const acc2 = acc + 2 * row;
    int32_t *const acc3 = acc + 3 * row;
    for (size_t p = 0; p < n_products; p += 4) {
        const int32_t *const w0 = taps + p;
        const int32_t *const w1 = taps + n_products + p;
        const int32_t *const w2 = taps + 2 * n_products + p;
        const int32_t *const w3 = taps + 3 * n_products + p;
        const pim_work16 *const x0 = x + offsets[p + 0];
        const pim_work16 *const x1 = x + offsets[p + 1];
        const pim_work16 *const x2 = x + offsets[p + 2];
        const pim_work16 *const x3 = x + offsets[p + 3];
        const int32_t w00 = w0[0], w01 = w0[1], w02 = w0[2], w03 = w0[3];
        const int32_t w10 = w1[0], w11 = w1[1], w12 = w1[2], w13 = w1[3];
        const int32_t w20 = w2[0], w21 = w2[1], w22 = w2[2], w23 = w2[3];
        const int32_t w30 = w3[0], w31 = w3[1], w32 = w3[2], w33 = w3[3];
        for (size_t n = 0; n < n_samples; ++n) {
            const int32_t s0 = x0[n];
            const int32_t s1 = x1[n];
            const int32_t s2 = x2[n];
            const int32_t s3 = x3[n];
            acc0[n] += w00 * s0 + w01 * s1 + w02 * s2 + w03 * s3;
            acc1[n] += w10 * s0 + w11 * s1 + w12 * s2 + w13 * s3;
            acc2[n] += w20 * s0 + w21 * s1 + w22 * s2 + w23 * s3;
            acc3[n] += w30 * s0 + w31 * s1 + w32 * s2 + w33 * s3;
        }
    }
}

#endif
