/*
 * Stages of the canceller `odd_bfan_mimo` in AVX-512 instructions, for odd_bfan_mimo.c alone, which includes them where PIM_AVX512 is
 * defined. They give the same integers, by lines of the functions whatever PIM_PIECEWISE says, and work on whole vectors: a
 * block has room for a multiple of 32 samples, of which those beyond the last are nobody's.
 */
#ifndef ODD_BFAN_MIMO_AVX512_H
#define ODD_BFAN_MIMO_AVX512_H

#ifdef PIM_AVX512

#include "pim_avx512.h"

#if ODD_BFAN_MIMO_BLOCK % 32 != 0
#error "ODD_BFAN_MIMO_BLOCK: PIM_AVX512 needs a multiple of 32"
#endif

#ifdef PIM_TRACE
#define PIM_TAPS(channel, n, sums, begun) pim_avx512_trace(&odd_bfan_mimo_taps[channel][n], sums, begun)
#define PIM_WIDE_TAPS(channel, n, wide, begun) pim_avx512_trace_wide(&odd_bfan_mimo_taps[channel][n], wide, begun)
#else
#define PIM_TAPS(channel, n, sums, begun) ((void)0)
#define PIM_WIDE_TAPS(channel, n, wide, begun) ((void)0)
#endif

/* x -> K -> u: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_u(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    pim_work16 *PIM_RESTRICT u_q, size_t n_samples)
{
    for (size_t group = 0; group < 8; ++group) {
        const pim_work16 *const in0 = x_q + (group * 2 + 0) * ODD_BFAN_MIMO_X_ROW + ODD_BFAN_MIMO_X_MEMORY;
        const pim_work16 *const in1 = x_q + (group * 2 + 1) * ODD_BFAN_MIMO_X_ROW + ODD_BFAN_MIMO_X_MEMORY;
        pim_work16 *const out0 = u_q + (group * 2 + 0) * ODD_BFAN_MIMO_U_ROW;
        pim_work16 *const out1 = u_q + (group * 2 + 1) * ODD_BFAN_MIMO_U_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
            const pim_pairs x1 = pim_avx512_pairs(in0 + n - 1, in1 + n - 1);
            const pim_pairs x2 = pim_avx512_pairs(in0 + n - 2, in1 + n - 2);
            pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_U_SHIFT - 1)));
            pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_U_SHIFT - 1)));
            acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][0][0], -ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][1][0]));
            acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][1][0], ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][0][0]));
            acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][0][1], -ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][1][1]));
            acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][1][1], ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][0][1]));
            acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][0][2], -ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][1][2]));
            acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][1][2], ODD_BFAN_MIMO_K_TAPS[(group * 1 + 0)][0][0][2]));
            PIM_TAPS((group * 2 + 0), n, acc0, (INT32_C(1) << (ODD_BFAN_MIMO_U_SHIFT - 1)));
            pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_MIMO_U_SHIFT), ODD_BFAN_MIMO_U_MIN, ODD_BFAN_MIMO_U_MAX));
            PIM_TAPS((group * 2 + 1), n, acc1, (INT32_C(1) << (ODD_BFAN_MIMO_U_SHIFT - 1)));
            pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_MIMO_U_SHIFT), ODD_BFAN_MIMO_U_MIN, ODD_BFAN_MIMO_U_MAX));
        }
    }
}

/* u -> Phi -> a: convolution, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_a(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT u_q,
    pim_work16 *PIM_RESTRICT a_q, size_t n_samples)
{
    const pim_work16 *const in0 = u_q;
    const pim_work16 *const in1 = u_q + ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in2 = u_q + 2 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in3 = u_q + 3 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in4 = u_q + 4 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in5 = u_q + 5 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in6 = u_q + 6 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in7 = u_q + 7 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in8 = u_q + 8 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in9 = u_q + 9 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in10 = u_q + 10 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in11 = u_q + 11 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in12 = u_q + 12 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in13 = u_q + 13 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in14 = u_q + 14 * ODD_BFAN_MIMO_U_ROW;
    const pim_work16 *const in15 = u_q + 15 * ODD_BFAN_MIMO_U_ROW;
    pim_work16 *const out0 = a_q;
    pim_work16 *const out1 = a_q + ODD_BFAN_MIMO_A_ROW;
    pim_work16 *const out2 = a_q + 2 * ODD_BFAN_MIMO_A_ROW;
    pim_work16 *const out3 = a_q + 3 * ODD_BFAN_MIMO_A_ROW;
    pim_work16 *const out4 = a_q + 4 * ODD_BFAN_MIMO_A_ROW;
    pim_work16 *const out5 = a_q + 5 * ODD_BFAN_MIMO_A_ROW;
    pim_work16 *const out6 = a_q + 6 * ODD_BFAN_MIMO_A_ROW;
    pim_work16 *const out7 = a_q + 7 * ODD_BFAN_MIMO_A_ROW;
    for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
        const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
        const pim_pairs x1 = pim_avx512_pairs(in2 + n, in3 + n);
        const pim_pairs x2 = pim_avx512_pairs(in4 + n, in5 + n);
        const pim_pairs x3 = pim_avx512_pairs(in6 + n, in7 + n);
        const pim_pairs x4 = pim_avx512_pairs(in8 + n, in9 + n);
        const pim_pairs x5 = pim_avx512_pairs(in10 + n, in11 + n);
        const pim_pairs x6 = pim_avx512_pairs(in12 + n, in13 + n);
        const pim_pairs x7 = pim_avx512_pairs(in14 + n, in15 + n);
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_sums acc2 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_sums acc3 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][0][0], ODD_BFAN_MIMO_PHI_TAPS[0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][0][0], ODD_BFAN_MIMO_PHI_TAPS[1][1][0]));
        acc2 = pim_avx512_dot(acc2, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][0][0], ODD_BFAN_MIMO_PHI_TAPS[2][1][0]));
        acc3 = pim_avx512_dot(acc3, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][0][0], ODD_BFAN_MIMO_PHI_TAPS[3][1][0]));
        acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][2][0], ODD_BFAN_MIMO_PHI_TAPS[0][3][0]));
        acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][2][0], ODD_BFAN_MIMO_PHI_TAPS[1][3][0]));
        acc2 = pim_avx512_dot(acc2, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][2][0], ODD_BFAN_MIMO_PHI_TAPS[2][3][0]));
        acc3 = pim_avx512_dot(acc3, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][2][0], ODD_BFAN_MIMO_PHI_TAPS[3][3][0]));
        acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][4][0], ODD_BFAN_MIMO_PHI_TAPS[0][5][0]));
        acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][4][0], ODD_BFAN_MIMO_PHI_TAPS[1][5][0]));
        acc2 = pim_avx512_dot(acc2, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][4][0], ODD_BFAN_MIMO_PHI_TAPS[2][5][0]));
        acc3 = pim_avx512_dot(acc3, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][4][0], ODD_BFAN_MIMO_PHI_TAPS[3][5][0]));
        acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][6][0], ODD_BFAN_MIMO_PHI_TAPS[0][7][0]));
        acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][6][0], ODD_BFAN_MIMO_PHI_TAPS[1][7][0]));
        acc2 = pim_avx512_dot(acc2, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][6][0], ODD_BFAN_MIMO_PHI_TAPS[2][7][0]));
        acc3 = pim_avx512_dot(acc3, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][6][0], ODD_BFAN_MIMO_PHI_TAPS[3][7][0]));
        acc0 = pim_avx512_dot(acc0, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][8][0], ODD_BFAN_MIMO_PHI_TAPS[0][9][0]));
        acc1 = pim_avx512_dot(acc1, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][8][0], ODD_BFAN_MIMO_PHI_TAPS[1][9][0]));
        acc2 = pim_avx512_dot(acc2, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][8][0], ODD_BFAN_MIMO_PHI_TAPS[2][9][0]));
        acc3 = pim_avx512_dot(acc3, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][8][0], ODD_BFAN_MIMO_PHI_TAPS[3][9][0]));
        acc0 = pim_avx512_dot(acc0, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][10][0], ODD_BFAN_MIMO_PHI_TAPS[0][11][0]));
        acc1 = pim_avx512_dot(acc1, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][10][0], ODD_BFAN_MIMO_PHI_TAPS[1][11][0]));
        acc2 = pim_avx512_dot(acc2, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][10][0], ODD_BFAN_MIMO_PHI_TAPS[2][11][0]));
        acc3 = pim_avx512_dot(acc3, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][10][0], ODD_BFAN_MIMO_PHI_TAPS[3][11][0]));
        acc0 = pim_avx512_dot(acc0, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][12][0], ODD_BFAN_MIMO_PHI_TAPS[0][13][0]));
        acc1 = pim_avx512_dot(acc1, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][12][0], ODD_BFAN_MIMO_PHI_TAPS[1][13][0]));
        acc2 = pim_avx512_dot(acc2, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][12][0], ODD_BFAN_MIMO_PHI_TAPS[2][13][0]));
        acc3 = pim_avx512_dot(acc3, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][12][0], ODD_BFAN_MIMO_PHI_TAPS[3][13][0]));
        acc0 = pim_avx512_dot(acc0, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[0][14][0], ODD_BFAN_MIMO_PHI_TAPS[0][15][0]));
        acc1 = pim_avx512_dot(acc1, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[1][14][0], ODD_BFAN_MIMO_PHI_TAPS[1][15][0]));
        acc2 = pim_avx512_dot(acc2, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[2][14][0], ODD_BFAN_MIMO_PHI_TAPS[2][15][0]));
        acc3 = pim_avx512_dot(acc3, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[3][14][0], ODD_BFAN_MIMO_PHI_TAPS[3][15][0]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
        PIM_TAPS(2, n, acc2, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out2 + n, pim_avx512_saturate(pim_avx512_floor(acc2, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
        PIM_TAPS(3, n, acc3, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out3 + n, pim_avx512_saturate(pim_avx512_floor(acc3, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
        pim_sums acc4 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_sums acc5 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_sums acc6 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_sums acc7 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        acc4 = pim_avx512_dot(acc4, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][0][0], ODD_BFAN_MIMO_PHI_TAPS[4][1][0]));
        acc5 = pim_avx512_dot(acc5, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][0][0], ODD_BFAN_MIMO_PHI_TAPS[5][1][0]));
        acc6 = pim_avx512_dot(acc6, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][0][0], ODD_BFAN_MIMO_PHI_TAPS[6][1][0]));
        acc7 = pim_avx512_dot(acc7, x0, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][0][0], ODD_BFAN_MIMO_PHI_TAPS[7][1][0]));
        acc4 = pim_avx512_dot(acc4, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][2][0], ODD_BFAN_MIMO_PHI_TAPS[4][3][0]));
        acc5 = pim_avx512_dot(acc5, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][2][0], ODD_BFAN_MIMO_PHI_TAPS[5][3][0]));
        acc6 = pim_avx512_dot(acc6, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][2][0], ODD_BFAN_MIMO_PHI_TAPS[6][3][0]));
        acc7 = pim_avx512_dot(acc7, x1, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][2][0], ODD_BFAN_MIMO_PHI_TAPS[7][3][0]));
        acc4 = pim_avx512_dot(acc4, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][4][0], ODD_BFAN_MIMO_PHI_TAPS[4][5][0]));
        acc5 = pim_avx512_dot(acc5, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][4][0], ODD_BFAN_MIMO_PHI_TAPS[5][5][0]));
        acc6 = pim_avx512_dot(acc6, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][4][0], ODD_BFAN_MIMO_PHI_TAPS[6][5][0]));
        acc7 = pim_avx512_dot(acc7, x2, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][4][0], ODD_BFAN_MIMO_PHI_TAPS[7][5][0]));
        acc4 = pim_avx512_dot(acc4, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][6][0], ODD_BFAN_MIMO_PHI_TAPS[4][7][0]));
        acc5 = pim_avx512_dot(acc5, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][6][0], ODD_BFAN_MIMO_PHI_TAPS[5][7][0]));
        acc6 = pim_avx512_dot(acc6, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][6][0], ODD_BFAN_MIMO_PHI_TAPS[6][7][0]));
        acc7 = pim_avx512_dot(acc7, x3, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][6][0], ODD_BFAN_MIMO_PHI_TAPS[7][7][0]));
        acc4 = pim_avx512_dot(acc4, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][8][0], ODD_BFAN_MIMO_PHI_TAPS[4][9][0]));
        acc5 = pim_avx512_dot(acc5, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][8][0], ODD_BFAN_MIMO_PHI_TAPS[5][9][0]));
        acc6 = pim_avx512_dot(acc6, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][8][0], ODD_BFAN_MIMO_PHI_TAPS[6][9][0]));
        acc7 = pim_avx512_dot(acc7, x4, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][8][0], ODD_BFAN_MIMO_PHI_TAPS[7][9][0]));
        acc4 = pim_avx512_dot(acc4, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][10][0], ODD_BFAN_MIMO_PHI_TAPS[4][11][0]));
        acc5 = pim_avx512_dot(acc5, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][10][0], ODD_BFAN_MIMO_PHI_TAPS[5][11][0]));
        acc6 = pim_avx512_dot(acc6, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][10][0], ODD_BFAN_MIMO_PHI_TAPS[6][11][0]));
        acc7 = pim_avx512_dot(acc7, x5, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][10][0], ODD_BFAN_MIMO_PHI_TAPS[7][11][0]));
        acc4 = pim_avx512_dot(acc4, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][12][0], ODD_BFAN_MIMO_PHI_TAPS[4][13][0]));
        acc5 = pim_avx512_dot(acc5, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][12][0], ODD_BFAN_MIMO_PHI_TAPS[5][13][0]));
        acc6 = pim_avx512_dot(acc6, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][12][0], ODD_BFAN_MIMO_PHI_TAPS[6][13][0]));
        acc7 = pim_avx512_dot(acc7, x6, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][12][0], ODD_BFAN_MIMO_PHI_TAPS[7][13][0]));
        acc4 = pim_avx512_dot(acc4, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[4][14][0], ODD_BFAN_MIMO_PHI_TAPS[4][15][0]));
        acc5 = pim_avx512_dot(acc5, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[5][14][0], ODD_BFAN_MIMO_PHI_TAPS[5][15][0]));
        acc6 = pim_avx512_dot(acc6, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[6][14][0], ODD_BFAN_MIMO_PHI_TAPS[6][15][0]));
        acc7 = pim_avx512_dot(acc7, x7, pim_avx512_pair(ODD_BFAN_MIMO_PHI_TAPS[7][14][0], ODD_BFAN_MIMO_PHI_TAPS[7][15][0]));
        PIM_TAPS(4, n, acc4, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out4 + n, pim_avx512_saturate(pim_avx512_floor(acc4, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
        PIM_TAPS(5, n, acc5, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out5 + n, pim_avx512_saturate(pim_avx512_floor(acc5, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
        PIM_TAPS(6, n, acc6, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out6 + n, pim_avx512_saturate(pim_avx512_floor(acc6, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
        PIM_TAPS(7, n, acc7, (INT32_C(1) << (ODD_BFAN_MIMO_A_SHIFT - 1)));
        pim_avx512_store(out7 + n, pim_avx512_saturate(pim_avx512_floor(acc7, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX));
    }
}

/* a -> f -> c: odd piecewise-linear function, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_c(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT a_q,
    pim_work16 *PIM_RESTRICT c_q, size_t n_samples)
{
    for (size_t c = 0; c < 8; ++c) {
        const pim_work16 *const in = a_q + c * ODD_BFAN_MIMO_A_ROW;
        pim_work16 *const out0 = c_q + c * ODD_BFAN_MIMO_C_ROW;
        const pim_lines f0 = pim_avx512_mirrored(ODD_BFAN_MIMO_F_SLOPES[0], ODD_BFAN_MIMO_F_BASES[0], ODD_BFAN_MIMO_F_SEGMENTS, ODD_BFAN_MIMO_F_SEGMENT_LOG2, -1, (INT32_C(1) << (ODD_BFAN_MIMO_C_SHIFT - 1)));
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const __m512i x = pim_avx512_load(in + n);
            const __m512i s = pim_avx512_segments(x, ODD_BFAN_MIMO_F_SEGMENT_LOG2, 0, -ODD_BFAN_MIMO_F_SEGMENTS, ODD_BFAN_MIMO_F_SEGMENTS - 1);
            const pim_sums y0 = pim_avx512_lookup(f0, s, x);
            PIM_TAPS(c, n, y0, (INT32_C(1) << (ODD_BFAN_MIMO_C_SHIFT - 1)));
            pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(y0, ODD_BFAN_MIMO_C_SHIFT), ODD_BFAN_MIMO_C_MIN, ODD_BFAN_MIMO_C_MAX));
        }
    }
}

/* c -> Psi -> v: convolution, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_v(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT c_q,
    pim_work16 *PIM_RESTRICT v_q, size_t n_samples)
{
    const pim_work16 *const in0 = c_q;
    const pim_work16 *const in1 = c_q + ODD_BFAN_MIMO_C_ROW;
    const pim_work16 *const in2 = c_q + 2 * ODD_BFAN_MIMO_C_ROW;
    const pim_work16 *const in3 = c_q + 3 * ODD_BFAN_MIMO_C_ROW;
    const pim_work16 *const in4 = c_q + 4 * ODD_BFAN_MIMO_C_ROW;
    const pim_work16 *const in5 = c_q + 5 * ODD_BFAN_MIMO_C_ROW;
    const pim_work16 *const in6 = c_q + 6 * ODD_BFAN_MIMO_C_ROW;
    const pim_work16 *const in7 = c_q + 7 * ODD_BFAN_MIMO_C_ROW;
    pim_work16 *const out0 = v_q + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out1 = v_q + ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out2 = v_q + 2 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out3 = v_q + 3 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out4 = v_q + 4 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out5 = v_q + 5 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out6 = v_q + 6 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out7 = v_q + 7 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out8 = v_q + 8 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out9 = v_q + 9 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out10 = v_q + 10 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out11 = v_q + 11 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out12 = v_q + 12 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out13 = v_q + 13 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out14 = v_q + 14 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    pim_work16 *const out15 = v_q + 15 * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
    for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
        const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
        const pim_pairs x1 = pim_avx512_pairs(in2 + n, in3 + n);
        const pim_pairs x2 = pim_avx512_pairs(in4 + n, in5 + n);
        const pim_pairs x3 = pim_avx512_pairs(in6 + n, in7 + n);
        pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc2 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc3 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[0][0][0], ODD_BFAN_MIMO_PSI_TAPS[0][1][0]));
        acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[1][0][0], ODD_BFAN_MIMO_PSI_TAPS[1][1][0]));
        acc2 = pim_avx512_dot(acc2, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[2][0][0], ODD_BFAN_MIMO_PSI_TAPS[2][1][0]));
        acc3 = pim_avx512_dot(acc3, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[3][0][0], ODD_BFAN_MIMO_PSI_TAPS[3][1][0]));
        acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[0][2][0], ODD_BFAN_MIMO_PSI_TAPS[0][3][0]));
        acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[1][2][0], ODD_BFAN_MIMO_PSI_TAPS[1][3][0]));
        acc2 = pim_avx512_dot(acc2, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[2][2][0], ODD_BFAN_MIMO_PSI_TAPS[2][3][0]));
        acc3 = pim_avx512_dot(acc3, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[3][2][0], ODD_BFAN_MIMO_PSI_TAPS[3][3][0]));
        acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[0][4][0], ODD_BFAN_MIMO_PSI_TAPS[0][5][0]));
        acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[1][4][0], ODD_BFAN_MIMO_PSI_TAPS[1][5][0]));
        acc2 = pim_avx512_dot(acc2, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[2][4][0], ODD_BFAN_MIMO_PSI_TAPS[2][5][0]));
        acc3 = pim_avx512_dot(acc3, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[3][4][0], ODD_BFAN_MIMO_PSI_TAPS[3][5][0]));
        acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[0][6][0], ODD_BFAN_MIMO_PSI_TAPS[0][7][0]));
        acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[1][6][0], ODD_BFAN_MIMO_PSI_TAPS[1][7][0]));
        acc2 = pim_avx512_dot(acc2, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[2][6][0], ODD_BFAN_MIMO_PSI_TAPS[2][7][0]));
        acc3 = pim_avx512_dot(acc3, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[3][6][0], ODD_BFAN_MIMO_PSI_TAPS[3][7][0]));
        PIM_TAPS(0, n, acc0, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(1, n, acc1, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(2, n, acc2, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out2 + n, pim_avx512_saturate(pim_avx512_floor(acc2, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(3, n, acc3, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out3 + n, pim_avx512_saturate(pim_avx512_floor(acc3, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        pim_sums acc4 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc5 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc6 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc7 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        acc4 = pim_avx512_dot(acc4, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[4][0][0], ODD_BFAN_MIMO_PSI_TAPS[4][1][0]));
        acc5 = pim_avx512_dot(acc5, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[5][0][0], ODD_BFAN_MIMO_PSI_TAPS[5][1][0]));
        acc6 = pim_avx512_dot(acc6, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[6][0][0], ODD_BFAN_MIMO_PSI_TAPS[6][1][0]));
        acc7 = pim_avx512_dot(acc7, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[7][0][0], ODD_BFAN_MIMO_PSI_TAPS[7][1][0]));
        acc4 = pim_avx512_dot(acc4, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[4][2][0], ODD_BFAN_MIMO_PSI_TAPS[4][3][0]));
        acc5 = pim_avx512_dot(acc5, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[5][2][0], ODD_BFAN_MIMO_PSI_TAPS[5][3][0]));
        acc6 = pim_avx512_dot(acc6, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[6][2][0], ODD_BFAN_MIMO_PSI_TAPS[6][3][0]));
        acc7 = pim_avx512_dot(acc7, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[7][2][0], ODD_BFAN_MIMO_PSI_TAPS[7][3][0]));
        acc4 = pim_avx512_dot(acc4, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[4][4][0], ODD_BFAN_MIMO_PSI_TAPS[4][5][0]));
        acc5 = pim_avx512_dot(acc5, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[5][4][0], ODD_BFAN_MIMO_PSI_TAPS[5][5][0]));
        acc6 = pim_avx512_dot(acc6, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[6][4][0], ODD_BFAN_MIMO_PSI_TAPS[6][5][0]));
        acc7 = pim_avx512_dot(acc7, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[7][4][0], ODD_BFAN_MIMO_PSI_TAPS[7][5][0]));
        acc4 = pim_avx512_dot(acc4, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[4][6][0], ODD_BFAN_MIMO_PSI_TAPS[4][7][0]));
        acc5 = pim_avx512_dot(acc5, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[5][6][0], ODD_BFAN_MIMO_PSI_TAPS[5][7][0]));
        acc6 = pim_avx512_dot(acc6, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[6][6][0], ODD_BFAN_MIMO_PSI_TAPS[6][7][0]));
        acc7 = pim_avx512_dot(acc7, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[7][6][0], ODD_BFAN_MIMO_PSI_TAPS[7][7][0]));
        PIM_TAPS(4, n, acc4, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out4 + n, pim_avx512_saturate(pim_avx512_floor(acc4, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(5, n, acc5, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out5 + n, pim_avx512_saturate(pim_avx512_floor(acc5, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(6, n, acc6, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out6 + n, pim_avx512_saturate(pim_avx512_floor(acc6, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(7, n, acc7, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out7 + n, pim_avx512_saturate(pim_avx512_floor(acc7, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        pim_sums acc8 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc9 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc10 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc11 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        acc8 = pim_avx512_dot(acc8, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[8][0][0], ODD_BFAN_MIMO_PSI_TAPS[8][1][0]));
        acc9 = pim_avx512_dot(acc9, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[9][0][0], ODD_BFAN_MIMO_PSI_TAPS[9][1][0]));
        acc10 = pim_avx512_dot(acc10, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[10][0][0], ODD_BFAN_MIMO_PSI_TAPS[10][1][0]));
        acc11 = pim_avx512_dot(acc11, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[11][0][0], ODD_BFAN_MIMO_PSI_TAPS[11][1][0]));
        acc8 = pim_avx512_dot(acc8, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[8][2][0], ODD_BFAN_MIMO_PSI_TAPS[8][3][0]));
        acc9 = pim_avx512_dot(acc9, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[9][2][0], ODD_BFAN_MIMO_PSI_TAPS[9][3][0]));
        acc10 = pim_avx512_dot(acc10, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[10][2][0], ODD_BFAN_MIMO_PSI_TAPS[10][3][0]));
        acc11 = pim_avx512_dot(acc11, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[11][2][0], ODD_BFAN_MIMO_PSI_TAPS[11][3][0]));
        acc8 = pim_avx512_dot(acc8, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[8][4][0], ODD_BFAN_MIMO_PSI_TAPS[8][5][0]));
        acc9 = pim_avx512_dot(acc9, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[9][4][0], ODD_BFAN_MIMO_PSI_TAPS[9][5][0]));
        acc10 = pim_avx512_dot(acc10, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[10][4][0], ODD_BFAN_MIMO_PSI_TAPS[10][5][0]));
        acc11 = pim_avx512_dot(acc11, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[11][4][0], ODD_BFAN_MIMO_PSI_TAPS[11][5][0]));
        acc8 = pim_avx512_dot(acc8, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[8][6][0], ODD_BFAN_MIMO_PSI_TAPS[8][7][0]));
        acc9 = pim_avx512_dot(acc9, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[9][6][0], ODD_BFAN_MIMO_PSI_TAPS[9][7][0]));
        acc10 = pim_avx512_dot(acc10, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[10][6][0], ODD_BFAN_MIMO_PSI_TAPS[10][7][0]));
        acc11 = pim_avx512_dot(acc11, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[11][6][0], ODD_BFAN_MIMO_PSI_TAPS[11][7][0]));
        PIM_TAPS(8, n, acc8, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out8 + n, pim_avx512_saturate(pim_avx512_floor(acc8, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(9, n, acc9, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out9 + n, pim_avx512_saturate(pim_avx512_floor(acc9, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(10, n, acc10, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out10 + n, pim_avx512_saturate(pim_avx512_floor(acc10, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(11, n, acc11, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out11 + n, pim_avx512_saturate(pim_avx512_floor(acc11, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        pim_sums acc12 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc13 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc14 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_sums acc15 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        acc12 = pim_avx512_dot(acc12, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[12][0][0], ODD_BFAN_MIMO_PSI_TAPS[12][1][0]));
        acc13 = pim_avx512_dot(acc13, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[13][0][0], ODD_BFAN_MIMO_PSI_TAPS[13][1][0]));
        acc14 = pim_avx512_dot(acc14, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[14][0][0], ODD_BFAN_MIMO_PSI_TAPS[14][1][0]));
        acc15 = pim_avx512_dot(acc15, x0, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[15][0][0], ODD_BFAN_MIMO_PSI_TAPS[15][1][0]));
        acc12 = pim_avx512_dot(acc12, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[12][2][0], ODD_BFAN_MIMO_PSI_TAPS[12][3][0]));
        acc13 = pim_avx512_dot(acc13, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[13][2][0], ODD_BFAN_MIMO_PSI_TAPS[13][3][0]));
        acc14 = pim_avx512_dot(acc14, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[14][2][0], ODD_BFAN_MIMO_PSI_TAPS[14][3][0]));
        acc15 = pim_avx512_dot(acc15, x1, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[15][2][0], ODD_BFAN_MIMO_PSI_TAPS[15][3][0]));
        acc12 = pim_avx512_dot(acc12, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[12][4][0], ODD_BFAN_MIMO_PSI_TAPS[12][5][0]));
        acc13 = pim_avx512_dot(acc13, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[13][4][0], ODD_BFAN_MIMO_PSI_TAPS[13][5][0]));
        acc14 = pim_avx512_dot(acc14, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[14][4][0], ODD_BFAN_MIMO_PSI_TAPS[14][5][0]));
        acc15 = pim_avx512_dot(acc15, x2, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[15][4][0], ODD_BFAN_MIMO_PSI_TAPS[15][5][0]));
        acc12 = pim_avx512_dot(acc12, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[12][6][0], ODD_BFAN_MIMO_PSI_TAPS[12][7][0]));
        acc13 = pim_avx512_dot(acc13, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[13][6][0], ODD_BFAN_MIMO_PSI_TAPS[13][7][0]));
        acc14 = pim_avx512_dot(acc14, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[14][6][0], ODD_BFAN_MIMO_PSI_TAPS[14][7][0]));
        acc15 = pim_avx512_dot(acc15, x3, pim_avx512_pair(ODD_BFAN_MIMO_PSI_TAPS[15][6][0], ODD_BFAN_MIMO_PSI_TAPS[15][7][0]));
        PIM_TAPS(12, n, acc12, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out12 + n, pim_avx512_saturate(pim_avx512_floor(acc12, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(13, n, acc13, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out13 + n, pim_avx512_saturate(pim_avx512_floor(acc13, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(14, n, acc14, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out14 + n, pim_avx512_saturate(pim_avx512_floor(acc14, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
        PIM_TAPS(15, n, acc15, (INT32_C(1) << (ODD_BFAN_MIMO_V_SHIFT - 1)));
        pim_avx512_store(out15 + n, pim_avx512_saturate(pim_avx512_floor(acc15, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX));
    }
}

/* v -> G -> z: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_z(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT v_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    for (size_t group = 0; group < 8; ++group) {
        const pim_work16 *const in0 = v_q + (group * 2 + 0) * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
        const pim_work16 *const in1 = v_q + (group * 2 + 1) * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY;
        pim_work16 *const out0 = z_q + (group * 2 + 0) * ODD_BFAN_MIMO_Z_ROW;
        pim_work16 *const out1 = z_q + (group * 2 + 1) * ODD_BFAN_MIMO_Z_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_pairs x0 = pim_avx512_pairs(in0 + n, in1 + n);
            const pim_pairs x1 = pim_avx512_pairs(in0 + n - 1, in1 + n - 1);
            const pim_pairs x2 = pim_avx512_pairs(in0 + n - 2, in1 + n - 2);
            const pim_pairs x3 = pim_avx512_pairs(in0 + n - 3, in1 + n - 3);
            const pim_pairs x4 = pim_avx512_pairs(in0 + n - 4, in1 + n - 4);
            pim_sums acc0 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_Z_SHIFT - 1)));
            pim_sums acc1 = pim_avx512_start((INT32_C(1) << (ODD_BFAN_MIMO_Z_SHIFT - 1)));
            acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][0], -ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][0]));
            acc1 = pim_avx512_dot(acc1, x0, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][0], ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][0]));
            acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][1], -ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][1]));
            acc1 = pim_avx512_dot(acc1, x1, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][1], ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][1]));
            acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][2], -ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][2]));
            acc1 = pim_avx512_dot(acc1, x2, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][2], ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][2]));
            acc0 = pim_avx512_dot(acc0, x3, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][3], -ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][3]));
            acc1 = pim_avx512_dot(acc1, x3, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][3], ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][3]));
            acc0 = pim_avx512_dot(acc0, x4, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][4], -ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][4]));
            acc1 = pim_avx512_dot(acc1, x4, pim_avx512_pair(ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][1][4], ODD_BFAN_MIMO_G_TAPS[(group * 1 + 0)][0][0][4]));
            PIM_TAPS((group * 2 + 0), n, acc0, (INT32_C(1) << (ODD_BFAN_MIMO_Z_SHIFT - 1)));
            pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(acc0, ODD_BFAN_MIMO_Z_SHIFT), ODD_BFAN_MIMO_Z_MIN, ODD_BFAN_MIMO_Z_MAX));
            PIM_TAPS((group * 2 + 1), n, acc1, (INT32_C(1) << (ODD_BFAN_MIMO_Z_SHIFT - 1)));
            pim_avx512_store(out1 + n, pim_avx512_saturate(pim_avx512_floor(acc1, ODD_BFAN_MIMO_Z_SHIFT), ODD_BFAN_MIMO_Z_MIN, ODD_BFAN_MIMO_Z_MAX));
        }
    }
}

#endif
#endif
