/*
 * Stages of the canceller `whlut_siso` in AVX-512 instructions, for whlut_siso.c alone, which includes them where PIM_AVX512 is
 * defined. They give the same integers, by lines of the functions whatever PIM_PIECEWISE says, and work on whole vectors: a
 * block has room for a multiple of 32 samples, of which those beyond the last are nobody's.
 */
#ifndef WHLUT_SISO_AVX512_H
#define WHLUT_SISO_AVX512_H

#ifdef PIM_AVX512

#include "pim_avx512.h"

#if WHLUT_SISO_BLOCK % 32 != 0
#error "WHLUT_SISO_BLOCK: PIM_AVX512 needs a multiple of 32"
#endif

#ifdef PIM_TRACE
#define PIM_TAPS(channel, n, sums, begun) pim_avx512_trace(&whlut_siso_taps[channel][n], sums, begun)
#define PIM_WIDE_TAPS(channel, n, wide, begun) pim_avx512_trace_wide(&whlut_siso_taps[channel][n], wide, begun)
#else
#define PIM_TAPS(channel, n, sums, begun) ((void)0)
#define PIM_WIDE_TAPS(channel, n, wide, begun) ((void)0)
#endif

/* x -> K -> u: complex convolution, requantized. */
static PIM_NOINLINE void whlut_siso_stage_u(WHLUT_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    pim_work16 *PIM_RESTRICT u_q, size_t n_samples)
{
    const pim_work16 *const in0 = x_q + WHLUT_SISO_X_MEMORY;
    const pim_work16 *const in1 = x_q + WHLUT_SISO_X_ROW + WHLUT_SISO_X_MEMORY;
    pim_work16 *const out0 = u_q;
    pim_work16 *const out1 = u_q + WHLUT_SISO_U_ROW;
    for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
        const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
        const pim_pairs x1 = pim_avx512_pairs(in0 + n - 1, in1 + n - 1);
        const pim_pairs x2 = pim_avx512_pairs(in0 + n - 2, in1 + n - 2);
        const pim_pairs x3 = pim_avx512_pairs(in0 + n - 3, in1 + n - 3);
        const pim_pairs x4 = pim_avx512_pairs(in0 + n - 4, in1 + n - 4);
        const pim_pairs x5 = pim_avx512_pairs(in0 + n - 5, in1 + n - 5);
        const pim_pairs x6 = pim_avx512_pairs(in0 + n - 6, in1 + n - 6);
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (WHLUT_SISO_U_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (WHLUT_SISO_U_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][0][0], -WHLUT_SISO_K_TAPS[0][0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][1][0], WHLUT_SISO_K_TAPS[0][0][0][0]));
        acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][0][1], -WHLUT_SISO_K_TAPS[0][0][1][1]));
        acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][1][1], WHLUT_SISO_K_TAPS[0][0][0][1]));
        acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][0][2], -WHLUT_SISO_K_TAPS[0][0][1][2]));
        acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][1][2], WHLUT_SISO_K_TAPS[0][0][0][2]));
        acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][0][3], -WHLUT_SISO_K_TAPS[0][0][1][3]));
        acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][1][3], WHLUT_SISO_K_TAPS[0][0][0][3]));
        acc0 = pim_avx512_dot(acc0, x4, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][0][4], -WHLUT_SISO_K_TAPS[0][0][1][4]));
        acc1 = pim_avx512_dot(acc1, x4, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][1][4], WHLUT_SISO_K_TAPS[0][0][0][4]));
        acc0 = pim_avx512_dot(acc0, x5, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][0][5], -WHLUT_SISO_K_TAPS[0][0][1][5]));
        acc1 = pim_avx512_dot(acc1, x5, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][1][5], WHLUT_SISO_K_TAPS[0][0][0][5]));
        acc0 = pim_avx512_dot(acc0, x6, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][0][6], -WHLUT_SISO_K_TAPS[0][0][1][6]));
        acc1 = pim_avx512_dot(acc1, x6, pim_avx512_pair(WHLUT_SISO_K_TAPS[0][0][1][6], WHLUT_SISO_K_TAPS[0][0][0][6]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (WHLUT_SISO_U_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, WHLUT_SISO_U_SHIFT), WHLUT_SISO_U_MIN, WHLUT_SISO_U_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (WHLUT_SISO_U_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, WHLUT_SISO_U_SHIFT), WHLUT_SISO_U_MIN, WHLUT_SISO_U_MAX));
    }
}

/* u, gain -> ug -> v: complex product, requantized. */
static PIM_NOINLINE void whlut_siso_stage_v(const pim_work16 *PIM_RESTRICT u_q,
    const pim_work16 *PIM_RESTRICT gain_q,
    pim_work16 *PIM_RESTRICT v_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const ai = u_q + 2 * c * WHLUT_SISO_U_ROW;
        const pim_work16 *const aq = u_q + (2 * c + 1) * WHLUT_SISO_U_ROW;
        const pim_work16 *const bi = gain_q + 2 * c * WHLUT_SISO_GAIN_ROW;
        const pim_work16 *const bq = gain_q + (2 * c + 1) * WHLUT_SISO_GAIN_ROW;
        pim_work16 *const outi = v_q + 2 * c * WHLUT_SISO_V_ROW + WHLUT_SISO_V_MEMORY;
        pim_work16 *const outq = v_q + (2 * c + 1) * WHLUT_SISO_V_ROW + WHLUT_SISO_V_MEMORY;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_sums acci = pim_avx512_add(pim_avx512_subtract(pim_avx512_product(ai + n, bi + n), pim_avx512_product(aq + n, bq + n)), pim_avx512_start((INT32_C(1) << (WHLUT_SISO_V_SHIFT - 1))));
            PIM_TAPS(2 * c, n, acci, (INT32_C(1) << (WHLUT_SISO_V_SHIFT - 1)));
            pim_avx512_store(outi + n, pim_avx512_saturate(pim_avx512_floor(acci, WHLUT_SISO_V_SHIFT), WHLUT_SISO_V_MIN, WHLUT_SISO_V_MAX));
            const pim_sums accq = pim_avx512_add(pim_avx512_add(pim_avx512_product(ai + n, bq + n), pim_avx512_product(aq + n, bi + n)), pim_avx512_start((INT32_C(1) << (WHLUT_SISO_V_SHIFT - 1))));
            PIM_TAPS((2 * c + 1), n, accq, (INT32_C(1) << (WHLUT_SISO_V_SHIFT - 1)));
            pim_avx512_store(outq + n, pim_avx512_saturate(pim_avx512_floor(accq, WHLUT_SISO_V_SHIFT), WHLUT_SISO_V_MIN, WHLUT_SISO_V_MAX));
        }
    }
}

/* v -> G -> z: complex convolution, requantized. */
static PIM_NOINLINE void whlut_siso_stage_z(WHLUT_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT v_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    const pim_work16 *const in0 = v_q + WHLUT_SISO_V_MEMORY;
    const pim_work16 *const in1 = v_q + WHLUT_SISO_V_ROW + WHLUT_SISO_V_MEMORY;
    pim_work16 *const out0 = z_q;
    pim_work16 *const out1 = z_q + WHLUT_SISO_Z_ROW;
    for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
        const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
        const pim_pairs x1 = pim_avx512_pairs(in0 + n - 1, in1 + n - 1);
        const pim_pairs x2 = pim_avx512_pairs(in0 + n - 2, in1 + n - 2);
        const pim_pairs x3 = pim_avx512_pairs(in0 + n - 3, in1 + n - 3);
        const pim_pairs x4 = pim_avx512_pairs(in0 + n - 4, in1 + n - 4);
        const pim_pairs x5 = pim_avx512_pairs(in0 + n - 5, in1 + n - 5);
        const pim_pairs x6 = pim_avx512_pairs(in0 + n - 6, in1 + n - 6);
        const pim_pairs x7 = pim_avx512_pairs(in0 + n - 7, in1 + n - 7);
        const pim_pairs x8 = pim_avx512_pairs(in0 + n - 8, in1 + n - 8);
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (WHLUT_SISO_Z_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (WHLUT_SISO_Z_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][0], -WHLUT_SISO_G_TAPS[0][0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][0], WHLUT_SISO_G_TAPS[0][0][0][0]));
        acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][1], -WHLUT_SISO_G_TAPS[0][0][1][1]));
        acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][1], WHLUT_SISO_G_TAPS[0][0][0][1]));
        acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][2], -WHLUT_SISO_G_TAPS[0][0][1][2]));
        acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][2], WHLUT_SISO_G_TAPS[0][0][0][2]));
        acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][3], -WHLUT_SISO_G_TAPS[0][0][1][3]));
        acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][3], WHLUT_SISO_G_TAPS[0][0][0][3]));
        acc0 = pim_avx512_dot(acc0, x4, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][4], -WHLUT_SISO_G_TAPS[0][0][1][4]));
        acc1 = pim_avx512_dot(acc1, x4, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][4], WHLUT_SISO_G_TAPS[0][0][0][4]));
        acc0 = pim_avx512_dot(acc0, x5, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][5], -WHLUT_SISO_G_TAPS[0][0][1][5]));
        acc1 = pim_avx512_dot(acc1, x5, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][5], WHLUT_SISO_G_TAPS[0][0][0][5]));
        acc0 = pim_avx512_dot(acc0, x6, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][6], -WHLUT_SISO_G_TAPS[0][0][1][6]));
        acc1 = pim_avx512_dot(acc1, x6, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][6], WHLUT_SISO_G_TAPS[0][0][0][6]));
        acc0 = pim_avx512_dot(acc0, x7, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][7], -WHLUT_SISO_G_TAPS[0][0][1][7]));
        acc1 = pim_avx512_dot(acc1, x7, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][7], WHLUT_SISO_G_TAPS[0][0][0][7]));
        acc0 = pim_avx512_dot(acc0, x8, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][0][8], -WHLUT_SISO_G_TAPS[0][0][1][8]));
        acc1 = pim_avx512_dot(acc1, x8, pim_avx512_pair(WHLUT_SISO_G_TAPS[0][0][1][8], WHLUT_SISO_G_TAPS[0][0][0][8]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (WHLUT_SISO_Z_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, WHLUT_SISO_Z_SHIFT), WHLUT_SISO_Z_MIN, WHLUT_SISO_Z_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (WHLUT_SISO_Z_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, WHLUT_SISO_Z_SHIFT), WHLUT_SISO_Z_MIN, WHLUT_SISO_Z_MAX));
    }
}

#endif
#endif
