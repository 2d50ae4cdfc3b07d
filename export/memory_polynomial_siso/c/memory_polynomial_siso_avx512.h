/*
 * Stages of the canceller `memory_polynomial_siso` in AVX-512 instructions, for memory_polynomial_siso.c alone, which includes them where PIM_AVX512 is
 * defined. They give the same integers, by lines of the functions whatever PIM_PIECEWISE says, and work on whole vectors: a
 * block has room for a multiple of 32 samples, of which those beyond the last are nobody's.
 */
#ifndef MEMORY_POLYNOMIAL_SISO_AVX512_H
#define MEMORY_POLYNOMIAL_SISO_AVX512_H

#ifdef PIM_AVX512

#include "pim_avx512.h"

#if MEMORY_POLYNOMIAL_SISO_BLOCK % 32 != 0
#error "MEMORY_POLYNOMIAL_SISO_BLOCK: PIM_AVX512 needs a multiple of 32"
#endif

#ifdef PIM_TRACE
#define PIM_TAPS(channel, n, sums, begun) pim_avx512_trace(&memory_polynomial_siso_taps[channel][n], sums, begun)
#define PIM_WIDE_TAPS(channel, n, wide, begun) pim_avx512_trace_wide(&memory_polynomial_siso_taps[channel][n], wide, begun)
#else
#define PIM_TAPS(channel, n, sums, begun) ((void)0)
#define PIM_WIDE_TAPS(channel, n, wide, begun) ((void)0)
#endif

/* x, q1_pair -> xt1 -> t1: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t1(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q1_pair_q,
    pim_work16 *PIM_RESTRICT t1_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q1_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q1_PAIR_ROW;
        pim_work16 *const out = t1_q + c * MEMORY_POLYNOMIAL_SISO_T1_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_sums acc = pim_avx512_add(pim_avx512_product(a + n, b + n), pim_avx512_start((INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T1_SHIFT - 1))));
            PIM_TAPS(c, n, acc, (INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T1_SHIFT - 1)));
            pim_avx512_store(out + n, pim_avx512_saturate(pim_avx512_floor(acc, MEMORY_POLYNOMIAL_SISO_T1_SHIFT), MEMORY_POLYNOMIAL_SISO_T1_MIN, MEMORY_POLYNOMIAL_SISO_T1_MAX));
        }
    }
}

/* x, q2_pair -> xt2 -> t2: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t2(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q2_pair_q,
    pim_work16 *PIM_RESTRICT t2_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q2_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q2_PAIR_ROW;
        pim_work16 *const out = t2_q + c * MEMORY_POLYNOMIAL_SISO_T2_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_sums acc = pim_avx512_add(pim_avx512_product(a + n, b + n), pim_avx512_start((INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T2_SHIFT - 1))));
            PIM_TAPS(c, n, acc, (INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T2_SHIFT - 1)));
            pim_avx512_store(out + n, pim_avx512_saturate(pim_avx512_floor(acc, MEMORY_POLYNOMIAL_SISO_T2_SHIFT), MEMORY_POLYNOMIAL_SISO_T2_MIN, MEMORY_POLYNOMIAL_SISO_T2_MAX));
        }
    }
}

/* x, q3_pair -> xt3 -> t3: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t3(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q3_pair_q,
    pim_work16 *PIM_RESTRICT t3_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q3_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q3_PAIR_ROW;
        pim_work16 *const out = t3_q + c * MEMORY_POLYNOMIAL_SISO_T3_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_sums acc = pim_avx512_add(pim_avx512_product(a + n, b + n), pim_avx512_start((INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T3_SHIFT - 1))));
            PIM_TAPS(c, n, acc, (INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T3_SHIFT - 1)));
            pim_avx512_store(out + n, pim_avx512_saturate(pim_avx512_floor(acc, MEMORY_POLYNOMIAL_SISO_T3_SHIFT), MEMORY_POLYNOMIAL_SISO_T3_MIN, MEMORY_POLYNOMIAL_SISO_T3_MAX));
        }
    }
}

/* x, q4_pair -> xt4 -> t4: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t4(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q4_pair_q,
    pim_work16 *PIM_RESTRICT t4_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q4_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q4_PAIR_ROW;
        pim_work16 *const out = t4_q + c * MEMORY_POLYNOMIAL_SISO_T4_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_sums acc = pim_avx512_add(pim_avx512_product(a + n, b + n), pim_avx512_start((INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T4_SHIFT - 1))));
            PIM_TAPS(c, n, acc, (INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T4_SHIFT - 1)));
            pim_avx512_store(out + n, pim_avx512_saturate(pim_avx512_floor(acc, MEMORY_POLYNOMIAL_SISO_T4_SHIFT), MEMORY_POLYNOMIAL_SISO_T4_MIN, MEMORY_POLYNOMIAL_SISO_T4_MAX));
        }
    }
}

/* x, q5_pair -> xt5 -> t5: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t5(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q5_pair_q,
    pim_work16 *PIM_RESTRICT t5_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q5_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q5_PAIR_ROW;
        pim_work16 *const out = t5_q + c * MEMORY_POLYNOMIAL_SISO_T5_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_sums acc = pim_avx512_add(pim_avx512_product(a + n, b + n), pim_avx512_start((INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T5_SHIFT - 1))));
            PIM_TAPS(c, n, acc, (INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T5_SHIFT - 1)));
            pim_avx512_store(out + n, pim_avx512_saturate(pim_avx512_floor(acc, MEMORY_POLYNOMIAL_SISO_T5_SHIFT), MEMORY_POLYNOMIAL_SISO_T5_MIN, MEMORY_POLYNOMIAL_SISO_T5_MAX));
        }
    }
}

/* x, q6_pair -> xt6 -> t6: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t6(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q6_pair_q,
    pim_work16 *PIM_RESTRICT t6_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q6_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q6_PAIR_ROW;
        pim_work16 *const out = t6_q + c * MEMORY_POLYNOMIAL_SISO_T6_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_sums acc = pim_avx512_add(pim_avx512_product(a + n, b + n), pim_avx512_start((INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T6_SHIFT - 1))));
            PIM_TAPS(c, n, acc, (INT32_C(1) << (MEMORY_POLYNOMIAL_SISO_T6_SHIFT - 1)));
            pim_avx512_store(out + n, pim_avx512_saturate(pim_avx512_floor(acc, MEMORY_POLYNOMIAL_SISO_T6_SHIFT), MEMORY_POLYNOMIAL_SISO_T6_MIN, MEMORY_POLYNOMIAL_SISO_T6_MAX));
        }
    }
}

#ifndef PIM_BANKED
/* terms -> W -> z: complex convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_z(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT terms_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    PIM_ALIGNED int16_t narrow[14 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW];
    for (size_t n = 0; n < MEMORY_POLYNOMIAL_SISO_TERMS_ROW; n += PIM_AVX512_SAMPLES) {
        pim_avx512_narrow(narrow + 0 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 0 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 1 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 1 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 2 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 2 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 3 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 3 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 4 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 4 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 5 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 5 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 6 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 6 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 7 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 7 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 8 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 8 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 9 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 9 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 2);
        pim_avx512_narrow(narrow + 10 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 10 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 1);
        pim_avx512_narrow(narrow + 11 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 11 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 1);
        pim_avx512_narrow(narrow + 12 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 12 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 0);
        pim_avx512_narrow(narrow + 13 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, terms_q + 13 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + n, 0);
    }
    const int16_t *const in0 = narrow + 0 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in1 = narrow + 1 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in2 = narrow + 2 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in3 = narrow + 3 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in4 = narrow + 4 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in5 = narrow + 5 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in6 = narrow + 6 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in7 = narrow + 7 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in8 = narrow + 8 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in9 = narrow + 9 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in10 = narrow + 10 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in11 = narrow + 11 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in12 = narrow + 12 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    const int16_t *const in13 = narrow + 13 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
    pim_work16 *const out0 = z_q;
    pim_work16 *const out1 = z_q + MEMORY_POLYNOMIAL_SISO_Z_ROW;
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
        const pim_pairs x9 = pim_avx512_pairs(in0 + n - 9, in1 + n - 9);
        const pim_pairs x10 = pim_avx512_pairs(in0 + n - 10, in1 + n - 10);
        const pim_pairs x11 = pim_avx512_pairs(in0 + n - 11, in1 + n - 11);
        const pim_pairs x12 = pim_avx512_pairs(in0 + n - 12, in1 + n - 12);
        const pim_pairs x13 = pim_avx512_pairs(in2 + n, in3 + n);
        const pim_pairs x14 = pim_avx512_pairs(in2 + n - 1, in3 + n - 1);
        const pim_pairs x15 = pim_avx512_pairs(in2 + n - 2, in3 + n - 2);
        const pim_pairs x16 = pim_avx512_pairs(in2 + n - 3, in3 + n - 3);
        const pim_pairs x17 = pim_avx512_pairs(in2 + n - 4, in3 + n - 4);
        const pim_pairs x18 = pim_avx512_pairs(in2 + n - 5, in3 + n - 5);
        const pim_pairs x19 = pim_avx512_pairs(in2 + n - 6, in3 + n - 6);
        const pim_pairs x20 = pim_avx512_pairs(in2 + n - 7, in3 + n - 7);
        const pim_pairs x21 = pim_avx512_pairs(in2 + n - 8, in3 + n - 8);
        const pim_pairs x22 = pim_avx512_pairs(in2 + n - 9, in3 + n - 9);
        const pim_pairs x23 = pim_avx512_pairs(in2 + n - 10, in3 + n - 10);
        const pim_pairs x24 = pim_avx512_pairs(in2 + n - 11, in3 + n - 11);
        const pim_pairs x25 = pim_avx512_pairs(in2 + n - 12, in3 + n - 12);
        const pim_pairs x26 = pim_avx512_pairs(in4 + n, in5 + n);
        const pim_pairs x27 = pim_avx512_pairs(in4 + n - 1, in5 + n - 1);
        const pim_pairs x28 = pim_avx512_pairs(in4 + n - 2, in5 + n - 2);
        const pim_pairs x29 = pim_avx512_pairs(in4 + n - 3, in5 + n - 3);
        const pim_pairs x30 = pim_avx512_pairs(in4 + n - 4, in5 + n - 4);
        const pim_pairs x31 = pim_avx512_pairs(in4 + n - 5, in5 + n - 5);
        const pim_pairs x32 = pim_avx512_pairs(in4 + n - 6, in5 + n - 6);
        const pim_pairs x33 = pim_avx512_pairs(in4 + n - 7, in5 + n - 7);
        const pim_pairs x34 = pim_avx512_pairs(in4 + n - 8, in5 + n - 8);
        const pim_pairs x35 = pim_avx512_pairs(in4 + n - 9, in5 + n - 9);
        const pim_pairs x36 = pim_avx512_pairs(in4 + n - 10, in5 + n - 10);
        const pim_pairs x37 = pim_avx512_pairs(in4 + n - 11, in5 + n - 11);
        const pim_pairs x38 = pim_avx512_pairs(in4 + n - 12, in5 + n - 12);
        const pim_pairs x39 = pim_avx512_pairs(in6 + n, in7 + n);
        const pim_pairs x40 = pim_avx512_pairs(in6 + n - 1, in7 + n - 1);
        const pim_pairs x41 = pim_avx512_pairs(in6 + n - 2, in7 + n - 2);
        const pim_pairs x42 = pim_avx512_pairs(in6 + n - 3, in7 + n - 3);
        const pim_pairs x43 = pim_avx512_pairs(in6 + n - 4, in7 + n - 4);
        const pim_pairs x44 = pim_avx512_pairs(in6 + n - 5, in7 + n - 5);
        const pim_pairs x45 = pim_avx512_pairs(in6 + n - 6, in7 + n - 6);
        const pim_pairs x46 = pim_avx512_pairs(in6 + n - 7, in7 + n - 7);
        const pim_pairs x47 = pim_avx512_pairs(in6 + n - 8, in7 + n - 8);
        const pim_pairs x48 = pim_avx512_pairs(in6 + n - 9, in7 + n - 9);
        const pim_pairs x49 = pim_avx512_pairs(in6 + n - 10, in7 + n - 10);
        const pim_pairs x50 = pim_avx512_pairs(in6 + n - 11, in7 + n - 11);
        const pim_pairs x51 = pim_avx512_pairs(in6 + n - 12, in7 + n - 12);
        const pim_pairs x52 = pim_avx512_pairs(in8 + n, in9 + n);
        const pim_pairs x53 = pim_avx512_pairs(in8 + n - 1, in9 + n - 1);
        const pim_pairs x54 = pim_avx512_pairs(in8 + n - 2, in9 + n - 2);
        const pim_pairs x55 = pim_avx512_pairs(in8 + n - 3, in9 + n - 3);
        const pim_pairs x56 = pim_avx512_pairs(in8 + n - 4, in9 + n - 4);
        const pim_pairs x57 = pim_avx512_pairs(in8 + n - 5, in9 + n - 5);
        const pim_pairs x58 = pim_avx512_pairs(in8 + n - 6, in9 + n - 6);
        const pim_pairs x59 = pim_avx512_pairs(in8 + n - 7, in9 + n - 7);
        const pim_pairs x60 = pim_avx512_pairs(in8 + n - 8, in9 + n - 8);
        const pim_pairs x61 = pim_avx512_pairs(in8 + n - 9, in9 + n - 9);
        const pim_pairs x62 = pim_avx512_pairs(in8 + n - 10, in9 + n - 10);
        const pim_pairs x63 = pim_avx512_pairs(in8 + n - 11, in9 + n - 11);
        const pim_pairs x64 = pim_avx512_pairs(in8 + n - 12, in9 + n - 12);
        const pim_pairs x65 = pim_avx512_pairs(in10 + n, in11 + n);
        const pim_pairs x66 = pim_avx512_pairs(in10 + n - 1, in11 + n - 1);
        const pim_pairs x67 = pim_avx512_pairs(in10 + n - 2, in11 + n - 2);
        const pim_pairs x68 = pim_avx512_pairs(in10 + n - 3, in11 + n - 3);
        const pim_pairs x69 = pim_avx512_pairs(in10 + n - 4, in11 + n - 4);
        const pim_pairs x70 = pim_avx512_pairs(in10 + n - 5, in11 + n - 5);
        const pim_pairs x71 = pim_avx512_pairs(in10 + n - 6, in11 + n - 6);
        const pim_pairs x72 = pim_avx512_pairs(in10 + n - 7, in11 + n - 7);
        const pim_pairs x73 = pim_avx512_pairs(in10 + n - 8, in11 + n - 8);
        const pim_pairs x74 = pim_avx512_pairs(in10 + n - 9, in11 + n - 9);
        const pim_pairs x75 = pim_avx512_pairs(in10 + n - 10, in11 + n - 10);
        const pim_pairs x76 = pim_avx512_pairs(in10 + n - 11, in11 + n - 11);
        const pim_pairs x77 = pim_avx512_pairs(in10 + n - 12, in11 + n - 12);
        const pim_pairs x78 = pim_avx512_pairs(in12 + n, in13 + n);
        const pim_pairs x79 = pim_avx512_pairs(in12 + n - 1, in13 + n - 1);
        const pim_pairs x80 = pim_avx512_pairs(in12 + n - 2, in13 + n - 2);
        const pim_pairs x81 = pim_avx512_pairs(in12 + n - 3, in13 + n - 3);
        const pim_pairs x82 = pim_avx512_pairs(in12 + n - 4, in13 + n - 4);
        const pim_pairs x83 = pim_avx512_pairs(in12 + n - 5, in13 + n - 5);
        const pim_pairs x84 = pim_avx512_pairs(in12 + n - 6, in13 + n - 6);
        const pim_pairs x85 = pim_avx512_pairs(in12 + n - 7, in13 + n - 7);
        const pim_pairs x86 = pim_avx512_pairs(in12 + n - 8, in13 + n - 8);
        const pim_pairs x87 = pim_avx512_pairs(in12 + n - 9, in13 + n - 9);
        const pim_pairs x88 = pim_avx512_pairs(in12 + n - 10, in13 + n - 10);
        const pim_pairs x89 = pim_avx512_pairs(in12 + n - 11, in13 + n - 11);
        const pim_pairs x90 = pim_avx512_pairs(in12 + n - 12, in13 + n - 12);
        {
            pim_wide wide0 = pim_avx512_wide_start(0);
            pim_wide wide1 = pim_avx512_wide_start(0);
            pim_wide wide2 = pim_avx512_wide_start(0);
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x78, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][0], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][0]));
                acc = pim_avx512_dot(acc, x79, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][1], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][1]));
                acc = pim_avx512_dot(acc, x80, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][2], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][2]));
                wide0 = pim_avx512_wide_add(wide0, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x81, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][3], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][3]));
                acc = pim_avx512_dot(acc, x82, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][4], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][4]));
                acc = pim_avx512_dot(acc, x83, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][5], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][5]));
                acc = pim_avx512_dot(acc, x84, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][6], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][6]));
                acc = pim_avx512_dot(acc, x85, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][7], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][7]));
                acc = pim_avx512_dot(acc, x86, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][8], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][8]));
                acc = pim_avx512_dot(acc, x87, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][9], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][9]));
                wide0 = pim_avx512_wide_add(wide0, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x88, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][10], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][10]));
                acc = pim_avx512_dot(acc, x89, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][11], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][11]));
                acc = pim_avx512_dot(acc, x90, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][12], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][12]));
                wide0 = pim_avx512_wide_add(wide0, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x65, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][0], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][0]));
                acc = pim_avx512_dot(acc, x66, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][1], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][1]));
                acc = pim_avx512_dot(acc, x67, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][2], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][2]));
                acc = pim_avx512_dot(acc, x68, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][3], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][3]));
                acc = pim_avx512_dot(acc, x69, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][4], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][4]));
                acc = pim_avx512_dot(acc, x70, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][5], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][5]));
                acc = pim_avx512_dot(acc, x71, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][6], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][6]));
                wide1 = pim_avx512_wide_add(wide1, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x72, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][7], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][7]));
                acc = pim_avx512_dot(acc, x73, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][8], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][8]));
                acc = pim_avx512_dot(acc, x74, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][9], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][9]));
                acc = pim_avx512_dot(acc, x75, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][10], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][10]));
                acc = pim_avx512_dot(acc, x76, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][11], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][11]));
                acc = pim_avx512_dot(acc, x77, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][12], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][12]));
                wide1 = pim_avx512_wide_add(wide1, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x0, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][0], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][0]));
                acc = pim_avx512_dot(acc, x1, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][1], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][1]));
                acc = pim_avx512_dot(acc, x2, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][2], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][2]));
                acc = pim_avx512_dot(acc, x3, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][3], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][3]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x4, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][4], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][4]));
                acc = pim_avx512_dot(acc, x5, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][5], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][5]));
                acc = pim_avx512_dot(acc, x6, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][6], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][6]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x7, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][7], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][7]));
                acc = pim_avx512_dot(acc, x8, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][8], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][8]));
                acc = pim_avx512_dot(acc, x9, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][9], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][9]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x10, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][10], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][10]));
                acc = pim_avx512_dot(acc, x11, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][11], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][11]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x12, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][12], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][12]));
                acc = pim_avx512_dot(acc, x13, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][0], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][0]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x14, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][1], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][1]));
                acc = pim_avx512_dot(acc, x15, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][2], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][2]));
                acc = pim_avx512_dot(acc, x16, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][3], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][3]));
                acc = pim_avx512_dot(acc, x17, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][4], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][4]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x18, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][5], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][5]));
                acc = pim_avx512_dot(acc, x19, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][6], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][6]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x20, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][7], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][7]));
                acc = pim_avx512_dot(acc, x21, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][8], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][8]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x22, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][9], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][9]));
                acc = pim_avx512_dot(acc, x23, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][10], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][10]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x24, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][11], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][11]));
                acc = pim_avx512_dot(acc, x25, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][12], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][12]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x26, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][0], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][0]));
                acc = pim_avx512_dot(acc, x27, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][1], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][1]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x28, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][2], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][2]));
                acc = pim_avx512_dot(acc, x29, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][3], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][3]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x30, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][4], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][4]));
                acc = pim_avx512_dot(acc, x31, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][5], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][5]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x32, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][6], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][6]));
                acc = pim_avx512_dot(acc, x33, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][7], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][7]));
                acc = pim_avx512_dot(acc, x34, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][8], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][8]));
                acc = pim_avx512_dot(acc, x35, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][9], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][9]));
                acc = pim_avx512_dot(acc, x36, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][10], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][10]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x37, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][11], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][11]));
                acc = pim_avx512_dot(acc, x38, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][12], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][12]));
                acc = pim_avx512_dot(acc, x39, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][0], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][0]));
                acc = pim_avx512_dot(acc, x40, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][1], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][1]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x41, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][2], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][2]));
                acc = pim_avx512_dot(acc, x42, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][3], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][3]));
                acc = pim_avx512_dot(acc, x43, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][4], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][4]));
                acc = pim_avx512_dot(acc, x44, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][5], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][5]));
                acc = pim_avx512_dot(acc, x45, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][6], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][6]));
                acc = pim_avx512_dot(acc, x46, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][7], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][7]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x47, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][8], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][8]));
                acc = pim_avx512_dot(acc, x48, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][9], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][9]));
                acc = pim_avx512_dot(acc, x49, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][10], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][10]));
                acc = pim_avx512_dot(acc, x50, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][11], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][11]));
                acc = pim_avx512_dot(acc, x51, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][12], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][12]));
                acc = pim_avx512_dot(acc, x52, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][0], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][0]));
                acc = pim_avx512_dot(acc, x53, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][1], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][1]));
                acc = pim_avx512_dot(acc, x54, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][2], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][2]));
                acc = pim_avx512_dot(acc, x55, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][3], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][3]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x56, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][4], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][4]));
                acc = pim_avx512_dot(acc, x57, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][5], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][5]));
                acc = pim_avx512_dot(acc, x58, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][6], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][6]));
                acc = pim_avx512_dot(acc, x59, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][7], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][7]));
                acc = pim_avx512_dot(acc, x60, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][8], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][8]));
                acc = pim_avx512_dot(acc, x61, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][9], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][9]));
                acc = pim_avx512_dot(acc, x62, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][10], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][10]));
                acc = pim_avx512_dot(acc, x63, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][11], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][11]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x64, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][12], -MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][12]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            const pim_wide total = pim_avx512_wide_sum(pim_avx512_wide_sum(pim_avx512_wide_sum(pim_avx512_wide_start((INT64_C(1) << (MEMORY_POLYNOMIAL_SISO_Z_SHIFT - 1))), wide0), pim_avx512_wide_scaled(wide1, 1)), pim_avx512_wide_scaled(wide2, 2));
            PIM_WIDE_TAPS(0, n, total, (INT64_C(1) << (MEMORY_POLYNOMIAL_SISO_Z_SHIFT - 1)));
            const pim_sums rounded = pim_avx512_wide_floor(total, MEMORY_POLYNOMIAL_SISO_Z_SHIFT);
            pim_avx512_store(out0 + n, pim_avx512_saturate(rounded, MEMORY_POLYNOMIAL_SISO_Z_MIN, MEMORY_POLYNOMIAL_SISO_Z_MAX));
        }
        {
            pim_wide wide0 = pim_avx512_wide_start(0);
            pim_wide wide1 = pim_avx512_wide_start(0);
            pim_wide wide2 = pim_avx512_wide_start(0);
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x78, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][0], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][0]));
                acc = pim_avx512_dot(acc, x79, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][1], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][1]));
                acc = pim_avx512_dot(acc, x80, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][2], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][2]));
                wide0 = pim_avx512_wide_add(wide0, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x81, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][3], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][3]));
                acc = pim_avx512_dot(acc, x82, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][4], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][4]));
                acc = pim_avx512_dot(acc, x83, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][5], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][5]));
                acc = pim_avx512_dot(acc, x84, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][6], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][6]));
                acc = pim_avx512_dot(acc, x85, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][7], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][7]));
                acc = pim_avx512_dot(acc, x86, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][8], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][8]));
                acc = pim_avx512_dot(acc, x87, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][9], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][9]));
                wide0 = pim_avx512_wide_add(wide0, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x88, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][10], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][10]));
                acc = pim_avx512_dot(acc, x89, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][11], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][11]));
                acc = pim_avx512_dot(acc, x90, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][1][12], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][6][0][12]));
                wide0 = pim_avx512_wide_add(wide0, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x65, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][0], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][0]));
                acc = pim_avx512_dot(acc, x66, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][1], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][1]));
                acc = pim_avx512_dot(acc, x67, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][2], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][2]));
                acc = pim_avx512_dot(acc, x68, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][3], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][3]));
                acc = pim_avx512_dot(acc, x69, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][4], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][4]));
                acc = pim_avx512_dot(acc, x70, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][5], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][5]));
                acc = pim_avx512_dot(acc, x71, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][6], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][6]));
                wide1 = pim_avx512_wide_add(wide1, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x72, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][7], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][7]));
                acc = pim_avx512_dot(acc, x73, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][8], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][8]));
                acc = pim_avx512_dot(acc, x74, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][9], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][9]));
                acc = pim_avx512_dot(acc, x75, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][10], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][10]));
                acc = pim_avx512_dot(acc, x76, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][11], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][11]));
                acc = pim_avx512_dot(acc, x77, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][1][12], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][5][0][12]));
                wide1 = pim_avx512_wide_add(wide1, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x0, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][0], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][0]));
                acc = pim_avx512_dot(acc, x1, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][1], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][1]));
                acc = pim_avx512_dot(acc, x2, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][2], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][2]));
                acc = pim_avx512_dot(acc, x3, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][3], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][3]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x4, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][4], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][4]));
                acc = pim_avx512_dot(acc, x5, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][5], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][5]));
                acc = pim_avx512_dot(acc, x6, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][6], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][6]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x7, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][7], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][7]));
                acc = pim_avx512_dot(acc, x8, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][8], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][8]));
                acc = pim_avx512_dot(acc, x9, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][9], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][9]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x10, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][10], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][10]));
                acc = pim_avx512_dot(acc, x11, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][11], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][11]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x12, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][1][12], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][0][0][12]));
                acc = pim_avx512_dot(acc, x13, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][0], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][0]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x14, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][1], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][1]));
                acc = pim_avx512_dot(acc, x15, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][2], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][2]));
                acc = pim_avx512_dot(acc, x16, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][3], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][3]));
                acc = pim_avx512_dot(acc, x17, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][4], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][4]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x18, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][5], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][5]));
                acc = pim_avx512_dot(acc, x19, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][6], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][6]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x20, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][7], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][7]));
                acc = pim_avx512_dot(acc, x21, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][8], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][8]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x22, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][9], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][9]));
                acc = pim_avx512_dot(acc, x23, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][10], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][10]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x24, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][11], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][11]));
                acc = pim_avx512_dot(acc, x25, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][1][12], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][1][0][12]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x26, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][0], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][0]));
                acc = pim_avx512_dot(acc, x27, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][1], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][1]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x28, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][2], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][2]));
                acc = pim_avx512_dot(acc, x29, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][3], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][3]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x30, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][4], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][4]));
                acc = pim_avx512_dot(acc, x31, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][5], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][5]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x32, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][6], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][6]));
                acc = pim_avx512_dot(acc, x33, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][7], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][7]));
                acc = pim_avx512_dot(acc, x34, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][8], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][8]));
                acc = pim_avx512_dot(acc, x35, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][9], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][9]));
                acc = pim_avx512_dot(acc, x36, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][10], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][10]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x37, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][11], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][11]));
                acc = pim_avx512_dot(acc, x38, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][1][12], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][2][0][12]));
                acc = pim_avx512_dot(acc, x39, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][0], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][0]));
                acc = pim_avx512_dot(acc, x40, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][1], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][1]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x41, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][2], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][2]));
                acc = pim_avx512_dot(acc, x42, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][3], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][3]));
                acc = pim_avx512_dot(acc, x43, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][4], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][4]));
                acc = pim_avx512_dot(acc, x44, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][5], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][5]));
                acc = pim_avx512_dot(acc, x45, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][6], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][6]));
                acc = pim_avx512_dot(acc, x46, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][7], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][7]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x47, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][8], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][8]));
                acc = pim_avx512_dot(acc, x48, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][9], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][9]));
                acc = pim_avx512_dot(acc, x49, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][10], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][10]));
                acc = pim_avx512_dot(acc, x50, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][11], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][11]));
                acc = pim_avx512_dot(acc, x51, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][1][12], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][3][0][12]));
                acc = pim_avx512_dot(acc, x52, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][0], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][0]));
                acc = pim_avx512_dot(acc, x53, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][1], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][1]));
                acc = pim_avx512_dot(acc, x54, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][2], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][2]));
                acc = pim_avx512_dot(acc, x55, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][3], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][3]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x56, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][4], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][4]));
                acc = pim_avx512_dot(acc, x57, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][5], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][5]));
                acc = pim_avx512_dot(acc, x58, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][6], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][6]));
                acc = pim_avx512_dot(acc, x59, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][7], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][7]));
                acc = pim_avx512_dot(acc, x60, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][8], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][8]));
                acc = pim_avx512_dot(acc, x61, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][9], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][9]));
                acc = pim_avx512_dot(acc, x62, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][10], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][10]));
                acc = pim_avx512_dot(acc, x63, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][11], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][11]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            {
                pim_sums acc = pim_avx512_start(0);
                acc = pim_avx512_dot(acc, x64, pim_avx512_pair(MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][1][12], MEMORY_POLYNOMIAL_SISO_W_TAPS[0][4][0][12]));
                wide2 = pim_avx512_wide_add(wide2, acc);
            }
            const pim_wide total = pim_avx512_wide_sum(pim_avx512_wide_sum(pim_avx512_wide_sum(pim_avx512_wide_start((INT64_C(1) << (MEMORY_POLYNOMIAL_SISO_Z_SHIFT - 1))), wide0), pim_avx512_wide_scaled(wide1, 1)), pim_avx512_wide_scaled(wide2, 2));
            PIM_WIDE_TAPS(1, n, total, (INT64_C(1) << (MEMORY_POLYNOMIAL_SISO_Z_SHIFT - 1)));
            const pim_sums rounded = pim_avx512_wide_floor(total, MEMORY_POLYNOMIAL_SISO_Z_SHIFT);
            pim_avx512_store(out1 + n, pim_avx512_saturate(rounded, MEMORY_POLYNOMIAL_SISO_Z_MIN, MEMORY_POLYNOMIAL_SISO_Z_MAX));
        }
    }
}
#endif

#endif
#endif
