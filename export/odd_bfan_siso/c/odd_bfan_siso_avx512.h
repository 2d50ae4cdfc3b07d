/*
 * Stages of the canceller `odd_bfan_siso` in AVX-512 instructions, for odd_bfan_siso.c alone, which includes them where PIM_AVX512 is
 * defined. They give the same integers, by lines of the functions whatever PIM_PIECEWISE says, and work on whole vectors: a
 * block has room for a multiple of 32 samples, of which those beyond the last are nobody's.
 */
#ifndef ODD_BFAN_SISO_AVX512_H
#define ODD_BFAN_SISO_AVX512_H

#ifdef PIM_AVX512

#include "pim_avx512.h"

#if ODD_BFAN_SISO_BLOCK % 32 != 0
#error "ODD_BFAN_SISO_BLOCK: PIM_AVX512 needs a multiple of 32"
#endif

#ifdef PIM_TRACE
#define PIM_TAPS(channel, n, sums, begun) pim_avx512_trace(&odd_bfan_siso_taps[channel][n], sums, begun)
#define PIM_WIDE_TAPS(channel, n, wide, begun) pim_avx512_trace_wide(&odd_bfan_siso_taps[channel][n], wide, begun)
#else
#define PIM_TAPS(channel, n, sums, begun) ((void)0)
#define PIM_WIDE_TAPS(channel, n, wide, begun) ((void)0)
#endif

/* x -> K -> u: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_u(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    pim_work16 *PIM_RESTRICT u_q, size_t n_samples)
{
    const pim_work16 *const in0 = x_q + ODD_BFAN_SISO_X_MEMORY;
    const pim_work16 *const in1 = x_q + ODD_BFAN_SISO_X_ROW + ODD_BFAN_SISO_X_MEMORY;
    pim_work16 *const out0 = u_q;
    pim_work16 *const out1 = u_q + ODD_BFAN_SISO_U_ROW;
    for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
        const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
        const pim_pairs x1 = pim_avx512_pairs(in0 + n - 1, in1 + n - 1);
        const pim_pairs x2 = pim_avx512_pairs(in0 + n - 2, in1 + n - 2);
        const pim_pairs x3 = pim_avx512_pairs(in0 + n - 3, in1 + n - 3);
        const pim_pairs x4 = pim_avx512_pairs(in0 + n - 4, in1 + n - 4);
        const pim_pairs x5 = pim_avx512_pairs(in0 + n - 5, in1 + n - 5);
        const pim_pairs x6 = pim_avx512_pairs(in0 + n - 6, in1 + n - 6);
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_U_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_U_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][0][0], -ODD_BFAN_SISO_K_TAPS[0][0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][1][0], ODD_BFAN_SISO_K_TAPS[0][0][0][0]));
        acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][0][1], -ODD_BFAN_SISO_K_TAPS[0][0][1][1]));
        acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][1][1], ODD_BFAN_SISO_K_TAPS[0][0][0][1]));
        acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][0][2], -ODD_BFAN_SISO_K_TAPS[0][0][1][2]));
        acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][1][2], ODD_BFAN_SISO_K_TAPS[0][0][0][2]));
        acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][0][3], -ODD_BFAN_SISO_K_TAPS[0][0][1][3]));
        acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][1][3], ODD_BFAN_SISO_K_TAPS[0][0][0][3]));
        acc0 = pim_avx512_dot(acc0, x4, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][0][4], -ODD_BFAN_SISO_K_TAPS[0][0][1][4]));
        acc1 = pim_avx512_dot(acc1, x4, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][1][4], ODD_BFAN_SISO_K_TAPS[0][0][0][4]));
        acc0 = pim_avx512_dot(acc0, x5, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][0][5], -ODD_BFAN_SISO_K_TAPS[0][0][1][5]));
        acc1 = pim_avx512_dot(acc1, x5, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][1][5], ODD_BFAN_SISO_K_TAPS[0][0][0][5]));
        acc0 = pim_avx512_dot(acc0, x6, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][0][6], -ODD_BFAN_SISO_K_TAPS[0][0][1][6]));
        acc1 = pim_avx512_dot(acc1, x6, pim_avx512_pair(ODD_BFAN_SISO_K_TAPS[0][0][1][6], ODD_BFAN_SISO_K_TAPS[0][0][0][6]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (ODD_BFAN_SISO_U_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_SISO_U_SHIFT), ODD_BFAN_SISO_U_MIN, ODD_BFAN_SISO_U_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (ODD_BFAN_SISO_U_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_SISO_U_SHIFT), ODD_BFAN_SISO_U_MIN, ODD_BFAN_SISO_U_MAX));
    }
}

/* u -> Phi -> a: convolution, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_a(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT u_q,
    pim_work16 *PIM_RESTRICT a_q, size_t n_samples)
{
    const pim_work16 *const in0 = u_q;
    const pim_work16 *const in1 = u_q + ODD_BFAN_SISO_U_ROW;
    pim_work16 *const out0 = a_q;
    pim_work16 *const out1 = a_q + ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out2 = a_q + 2 * ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out3 = a_q + 3 * ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out4 = a_q + 4 * ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out5 = a_q + 5 * ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out6 = a_q + 6 * ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out7 = a_q + 7 * ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out8 = a_q + 8 * ODD_BFAN_SISO_A_ROW;
    pim_work16 *const out9 = a_q + 9 * ODD_BFAN_SISO_A_ROW;
    for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
        const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_sums acc2 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_sums acc3 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[0][0][0], ODD_BFAN_SISO_PHI_TAPS[0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[1][0][0], ODD_BFAN_SISO_PHI_TAPS[1][1][0]));
        acc2 = pim_avx512_dot(acc2, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[2][0][0], ODD_BFAN_SISO_PHI_TAPS[2][1][0]));
        acc3 = pim_avx512_dot(acc3, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[3][0][0], ODD_BFAN_SISO_PHI_TAPS[3][1][0]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        PIM_TAPS(2, n, acc2, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out2 + n, pim_avx512_saturate(pim_avx512_floor(acc2, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        PIM_TAPS(3, n, acc3, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out3 + n, pim_avx512_saturate(pim_avx512_floor(acc3, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        pim_sums acc4 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_sums acc5 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_sums acc6 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_sums acc7 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        acc4 = pim_avx512_dot(acc4, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[4][0][0], ODD_BFAN_SISO_PHI_TAPS[4][1][0]));
        acc5 = pim_avx512_dot(acc5, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[5][0][0], ODD_BFAN_SISO_PHI_TAPS[5][1][0]));
        acc6 = pim_avx512_dot(acc6, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[6][0][0], ODD_BFAN_SISO_PHI_TAPS[6][1][0]));
        acc7 = pim_avx512_dot(acc7, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[7][0][0], ODD_BFAN_SISO_PHI_TAPS[7][1][0]));
        PIM_TAPS(4, n, acc4, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out4 + n, pim_avx512_saturate(pim_avx512_floor(acc4, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        PIM_TAPS(5, n, acc5, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out5 + n, pim_avx512_saturate(pim_avx512_floor(acc5, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        PIM_TAPS(6, n, acc6, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out6 + n, pim_avx512_saturate(pim_avx512_floor(acc6, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        PIM_TAPS(7, n, acc7, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out7 + n, pim_avx512_saturate(pim_avx512_floor(acc7, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        pim_sums acc8 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_sums acc9 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        acc8 = pim_avx512_dot(acc8, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[8][0][0], ODD_BFAN_SISO_PHI_TAPS[8][1][0]));
        acc9 = pim_avx512_dot(acc9, x0, pim_avx512_pair(ODD_BFAN_SISO_PHI_TAPS[9][0][0], ODD_BFAN_SISO_PHI_TAPS[9][1][0]));
        PIM_TAPS(8, n, acc8, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out8 + n, pim_avx512_saturate(pim_avx512_floor(acc8, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
        PIM_TAPS(9, n, acc9, (INT32_C(1) << (ODD_BFAN_SISO_A_SHIFT - 1)));
        pim_avx512_store(out9 + n, pim_avx512_saturate(pim_avx512_floor(acc9, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX));
    }
}

/* a -> f -> c: odd piecewise-linear function, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_c(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT a_q,
    pim_work16 *PIM_RESTRICT c_q, size_t n_samples)
{
    for (size_t c = 0; c < 10; ++c) {
        const pim_work16 *const in = a_q + c * ODD_BFAN_SISO_A_ROW;
        pim_work16 *const out0 = c_q + c * ODD_BFAN_SISO_C_ROW;
        const pim_lines f0 = pim_avx512_mirrored(ODD_BFAN_SISO_F_SLOPES[0], ODD_BFAN_SISO_F_BASES[0], ODD_BFAN_SISO_F_SEGMENTS, ODD_BFAN_SISO_F_SEGMENT_LOG2, -1, (INT32_C(1) << (ODD_BFAN_SISO_C_SHIFT - 1)));
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const __m512i x = pim_avx512_load(in + n);
            const __m512i s = pim_avx512_segments(x, ODD_BFAN_SISO_F_SEGMENT_LOG2, 0, -ODD_BFAN_SISO_F_SEGMENTS, ODD_BFAN_SISO_F_SEGMENTS - 1);
            const pim_sums y0 = pim_avx512_lookup(f0, s, x);
            PIM_TAPS(c, n, y0, (INT32_C(1) << (ODD_BFAN_SISO_C_SHIFT - 1)));
            pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(y0, ODD_BFAN_SISO_C_SHIFT), ODD_BFAN_SISO_C_MIN, ODD_BFAN_SISO_C_MAX));
        }
    }
}

/* c -> Psi -> v: convolution, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_v(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT c_q,
    pim_work16 *PIM_RESTRICT v_q, size_t n_samples)
{
    const pim_work16 *const in0 = c_q;
    const pim_work16 *const in1 = c_q + ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in2 = c_q + 2 * ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in3 = c_q + 3 * ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in4 = c_q + 4 * ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in5 = c_q + 5 * ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in6 = c_q + 6 * ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in7 = c_q + 7 * ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in8 = c_q + 8 * ODD_BFAN_SISO_C_ROW;
    const pim_work16 *const in9 = c_q + 9 * ODD_BFAN_SISO_C_ROW;
    pim_work16 *const out0 = v_q + ODD_BFAN_SISO_V_MEMORY;
    pim_work16 *const out1 = v_q + ODD_BFAN_SISO_V_ROW + ODD_BFAN_SISO_V_MEMORY;
    for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
        const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
        const pim_pairs x1 = pim_avx512_pairs(in2 + n, in3 + n);
        const pim_pairs x2 = pim_avx512_pairs(in4 + n, in5 + n);
        const pim_pairs x3 = pim_avx512_pairs(in6 + n, in7 + n);
        const pim_pairs x4 = pim_avx512_pairs(in8 + n, in9 + n);
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_V_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_V_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[0][0][0], ODD_BFAN_SISO_PSI_TAPS[0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[1][0][0], ODD_BFAN_SISO_PSI_TAPS[1][1][0]));
        acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[0][2][0], ODD_BFAN_SISO_PSI_TAPS[0][3][0]));
        acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[1][2][0], ODD_BFAN_SISO_PSI_TAPS[1][3][0]));
        acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[0][4][0], ODD_BFAN_SISO_PSI_TAPS[0][5][0]));
        acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[1][4][0], ODD_BFAN_SISO_PSI_TAPS[1][5][0]));
        acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[0][6][0], ODD_BFAN_SISO_PSI_TAPS[0][7][0]));
        acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[1][6][0], ODD_BFAN_SISO_PSI_TAPS[1][7][0]));
        acc0 = pim_avx512_dot(acc0, x4, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[0][8][0], ODD_BFAN_SISO_PSI_TAPS[0][9][0]));
        acc1 = pim_avx512_dot(acc1, x4, pim_avx512_pair(ODD_BFAN_SISO_PSI_TAPS[1][8][0], ODD_BFAN_SISO_PSI_TAPS[1][9][0]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (ODD_BFAN_SISO_V_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_SISO_V_SHIFT), ODD_BFAN_SISO_V_MIN, ODD_BFAN_SISO_V_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (ODD_BFAN_SISO_V_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_SISO_V_SHIFT), ODD_BFAN_SISO_V_MIN, ODD_BFAN_SISO_V_MAX));
    }
}

/* v -> G -> z: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_z(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT v_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    const pim_work16 *const in0 = v_q + ODD_BFAN_SISO_V_MEMORY;
    const pim_work16 *const in1 = v_q + ODD_BFAN_SISO_V_ROW + ODD_BFAN_SISO_V_MEMORY;
    pim_work16 *const out0 = z_q;
    pim_work16 *const out1 = z_q + ODD_BFAN_SISO_Z_ROW;
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
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_Z_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_SISO_Z_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][0], -ODD_BFAN_SISO_G_TAPS[0][0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][0], ODD_BFAN_SISO_G_TAPS[0][0][0][0]));
        acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][1], -ODD_BFAN_SISO_G_TAPS[0][0][1][1]));
        acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][1], ODD_BFAN_SISO_G_TAPS[0][0][0][1]));
        acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][2], -ODD_BFAN_SISO_G_TAPS[0][0][1][2]));
        acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][2], ODD_BFAN_SISO_G_TAPS[0][0][0][2]));
        acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][3], -ODD_BFAN_SISO_G_TAPS[0][0][1][3]));
        acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][3], ODD_BFAN_SISO_G_TAPS[0][0][0][3]));
        acc0 = pim_avx512_dot(acc0, x4, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][4], -ODD_BFAN_SISO_G_TAPS[0][0][1][4]));
        acc1 = pim_avx512_dot(acc1, x4, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][4], ODD_BFAN_SISO_G_TAPS[0][0][0][4]));
        acc0 = pim_avx512_dot(acc0, x5, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][5], -ODD_BFAN_SISO_G_TAPS[0][0][1][5]));
        acc1 = pim_avx512_dot(acc1, x5, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][5], ODD_BFAN_SISO_G_TAPS[0][0][0][5]));
        acc0 = pim_avx512_dot(acc0, x6, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][6], -ODD_BFAN_SISO_G_TAPS[0][0][1][6]));
        acc1 = pim_avx512_dot(acc1, x6, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][6], ODD_BFAN_SISO_G_TAPS[0][0][0][6]));
        acc0 = pim_avx512_dot(acc0, x7, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][7], -ODD_BFAN_SISO_G_TAPS[0][0][1][7]));
        acc1 = pim_avx512_dot(acc1, x7, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][7], ODD_BFAN_SISO_G_TAPS[0][0][0][7]));
        acc0 = pim_avx512_dot(acc0, x8, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][0][8], -ODD_BFAN_SISO_G_TAPS[0][0][1][8]));
        acc1 = pim_avx512_dot(acc1, x8, pim_avx512_pair(ODD_BFAN_SISO_G_TAPS[0][0][1][8], ODD_BFAN_SISO_G_TAPS[0][0][0][8]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (ODD_BFAN_SISO_Z_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_SISO_Z_SHIFT), ODD_BFAN_SISO_Z_MIN, ODD_BFAN_SISO_Z_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (ODD_BFAN_SISO_Z_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_SISO_Z_SHIFT), ODD_BFAN_SISO_Z_MIN, ODD_BFAN_SISO_Z_MAX));
    }
}

#endif
#endif
