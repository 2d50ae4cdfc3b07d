/*
 * Stages of the canceller `cnn_lightweight` in AVX-512 instructions, for cnn_lightweight.c alone, which includes them where PIM_AVX512 is
 * defined. They give the same integers, by lines of the functions whatever PIM_PIECEWISE says, and work on whole vectors: a
 * block has room for a multiple of 32 samples, of which those beyond the last are nobody's.
 */
#ifndef CNN_LIGHTWEIGHT_AVX512_H
#define CNN_LIGHTWEIGHT_AVX512_H

#ifdef PIM_AVX512

#include "pim_avx512.h"

#if CNN_LIGHTWEIGHT_BLOCK % 32 != 0
#error "CNN_LIGHTWEIGHT_BLOCK: PIM_AVX512 needs a multiple of 32"
#endif

#ifdef PIM_TRACE
#define PIM_TAPS(channel, n, sums, begun) pim_avx512_trace(&cnn_lightweight_taps[channel][n], sums, begun)
#define PIM_WIDE_TAPS(channel, n, wide, begun) pim_avx512_trace_wide(&cnn_lightweight_taps[channel][n], wide, begun)
#else
#define PIM_TAPS(channel, n, sums, begun) ((void)0)
#define PIM_WIDE_TAPS(channel, n, wide, begun) ((void)0)
#endif

/* x -> c1d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c1d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    int32_t *PIM_RESTRICT c1d_q, size_t n_samples)
{
    for (size_t group = 0; group < 64; ++group) {
        const pim_work16 *const in0 = x_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_X_ROW + CNN_LIGHTWEIGHT_X_MEMORY;
        int32_t *const out0 = c1d_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_C1D_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_pairs x0 = pim_avx512_pairs(in0 + n, in0 + n - 1);
            const pim_pairs x1 = pim_avx512_pairs(in0 + n - 2, in0 + n - 3);
            const pim_pairs x2 = pim_avx512_first(in0 + n - 4);
            pim_sums acc0 = pim_avx512_start(0);
            acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(CNN_LIGHTWEIGHT_C1D_TAPS[(group * 1 + 0)][0][0], CNN_LIGHTWEIGHT_C1D_TAPS[(group * 1 + 0)][0][1]));
            acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(CNN_LIGHTWEIGHT_C1D_TAPS[(group * 1 + 0)][0][2], CNN_LIGHTWEIGHT_C1D_TAPS[(group * 1 + 0)][0][3]));
            acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(CNN_LIGHTWEIGHT_C1D_TAPS[(group * 1 + 0)][0][4], 0));
            pim_avx512_store_sums(out0 + n, acc0);
        }
    }
}

/* a1d -> c1p: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c1p(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a1d_q,
    int32_t *PIM_RESTRICT c1p_q, size_t n_samples)
{
    const int16_t *const in = a1d_q + 0 * CNN_LIGHTWEIGHT_A1D_ROW;
    ptrdiff_t at[64] = {0};
    for (size_t i = 0; i < 64; ++i) {
        for (size_t k = 0; k < 1; ++k) {
            at[i * 1 + k] = (ptrdiff_t)(i * CNN_LIGHTWEIGHT_A1D_ROW) - (ptrdiff_t)(1 * k);
        }
    }
    for (size_t o = 0; o < 48; o += 8) {
        const size_t c = o;
        int32_t *const out = c1p_q + c * CNN_LIGHTWEIGHT_C1P_ROW;
        const int16_t *const taps = &CNN_LIGHTWEIGHT_C1P_TAPS[c][0][0];
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            pim_sums acc[8];
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                acc[r] = pim_avx512_start((int32_t)CNN_LIGHTWEIGHT_C1P_BIAS[c + r]);
            }
            for (size_t p = 0; p < 32; ++p) {
                const pim_pairs x = pim_avx512_pairs(in + at[2 * p] + n, in + at[2 * p + 1] + n);
                #pragma GCC unroll 8
                for (size_t r = 0; r < 8; ++r) {
                    acc[r] = pim_avx512_dot(acc[r], x, pim_avx512_neighbours(taps + r * 64 + 2 * p));
                }
            }
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                pim_avx512_store_sums((out + r * CNN_LIGHTWEIGHT_C1P_ROW) + n, acc[r]);
            }
        }
    }
}

/* a1 -> c2d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c2d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a1_q,
    int32_t *PIM_RESTRICT c2d_q, size_t n_samples)
{
    for (size_t group = 0; group < 48; ++group) {
        const pim_work16 *const in0 = a1_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_A1_ROW + CNN_LIGHTWEIGHT_A1_MEMORY;
        int32_t *const out0 = c2d_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_C2D_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_pairs x0 = pim_avx512_pairs(in0 + n, in0 + n - 2);
            const pim_pairs x1 = pim_avx512_pairs(in0 + n - 4, in0 + n - 6);
            const pim_pairs x2 = pim_avx512_first(in0 + n - 8);
            pim_sums acc0 = pim_avx512_start(0);
            acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(CNN_LIGHTWEIGHT_C2D_TAPS[(group * 1 + 0)][0][0], CNN_LIGHTWEIGHT_C2D_TAPS[(group * 1 + 0)][0][1]));
            acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(CNN_LIGHTWEIGHT_C2D_TAPS[(group * 1 + 0)][0][2], CNN_LIGHTWEIGHT_C2D_TAPS[(group * 1 + 0)][0][3]));
            acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(CNN_LIGHTWEIGHT_C2D_TAPS[(group * 1 + 0)][0][4], 0));
            pim_avx512_store_sums(out0 + n, acc0);
        }
    }
}

/* a2d -> c2p: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c2p(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a2d_q,
    int32_t *PIM_RESTRICT c2p_q, size_t n_samples)
{
    const int16_t *const in = a2d_q + 0 * CNN_LIGHTWEIGHT_A2D_ROW;
    ptrdiff_t at[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        for (size_t k = 0; k < 1; ++k) {
            at[i * 1 + k] = (ptrdiff_t)(i * CNN_LIGHTWEIGHT_A2D_ROW) - (ptrdiff_t)(1 * k);
        }
    }
    for (size_t o = 0; o < 48; o += 8) {
        const size_t c = o;
        int32_t *const out = c2p_q + c * CNN_LIGHTWEIGHT_C2P_ROW;
        const int16_t *const taps = &CNN_LIGHTWEIGHT_C2P_TAPS[c][0][0];
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            pim_sums acc[8];
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                acc[r] = pim_avx512_start((int32_t)CNN_LIGHTWEIGHT_C2P_BIAS[c + r]);
            }
            for (size_t p = 0; p < 24; ++p) {
                const pim_pairs x = pim_avx512_pairs(in + at[2 * p] + n, in + at[2 * p + 1] + n);
                #pragma GCC unroll 8
                for (size_t r = 0; r < 8; ++r) {
                    acc[r] = pim_avx512_dot(acc[r], x, pim_avx512_neighbours(taps + r * 48 + 2 * p));
                }
            }
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                pim_avx512_store_sums((out + r * CNN_LIGHTWEIGHT_C2P_ROW) + n, acc[r]);
            }
        }
    }
}

/* a2 -> fc1 -> s1: convolution, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_s1(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a2_q,
    pim_work16 *PIM_RESTRICT s1_q, size_t n_samples)
{
    const int16_t *const in = a2_q + 0 * CNN_LIGHTWEIGHT_A2_ROW;
    ptrdiff_t at[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        for (size_t k = 0; k < 1; ++k) {
            at[i * 1 + k] = (ptrdiff_t)(i * CNN_LIGHTWEIGHT_A2_ROW) - (ptrdiff_t)(1 * k);
        }
    }
    for (size_t o = 0; o < 16; o += 8) {
        const size_t c = o;
        pim_work16 *const out = s1_q + c * CNN_LIGHTWEIGHT_S1_ROW;
        const int16_t *const taps = &CNN_LIGHTWEIGHT_FC1_TAPS[c][0][0];
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            pim_sums acc[8];
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                acc[r] = pim_avx512_start((int32_t)CNN_LIGHTWEIGHT_FC1_BIAS[c + r] + (INT32_C(1) << (CNN_LIGHTWEIGHT_S1_SHIFT - 1)));
            }
            for (size_t p = 0; p < 24; ++p) {
                const pim_pairs x = pim_avx512_pairs(in + at[2 * p] + n, in + at[2 * p + 1] + n);
                #pragma GCC unroll 8
                for (size_t r = 0; r < 8; ++r) {
                    acc[r] = pim_avx512_dot(acc[r], x, pim_avx512_neighbours(taps + r * 48 + 2 * p));
                }
            }
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                PIM_TAPS((c + r), n, acc[r], (INT32_C(1) << (CNN_LIGHTWEIGHT_S1_SHIFT - 1)));
                pim_avx512_store((out + r * CNN_LIGHTWEIGHT_S1_ROW) + n, pim_avx512_saturate(pim_avx512_floor(acc[r], CNN_LIGHTWEIGHT_S1_SHIFT), CNN_LIGHTWEIGHT_S1_MIN, CNN_LIGHTWEIGHT_S1_MAX));
            }
        }
    }
}

/* s1 -> g1 -> h1: plain piecewise-linear function, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_h1(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT s1_q,
    pim_work16 *PIM_RESTRICT h1_q, size_t n_samples)
{
    for (size_t c = 0; c < 16; ++c) {
        const pim_work16 *const in = s1_q + c * CNN_LIGHTWEIGHT_S1_ROW;
        pim_work16 *const out0 = h1_q + c * CNN_LIGHTWEIGHT_H1_ROW;
        const pim_lines f0 = pim_avx512_lines(CNN_LIGHTWEIGHT_G1_SLOPES[0], CNN_LIGHTWEIGHT_G1_BASES[0], 0, CNN_LIGHTWEIGHT_G1_SEGMENTS, CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G1_OFFSET, (INT32_C(1) << (CNN_LIGHTWEIGHT_H1_SHIFT - 1)));
        const pim_lines g0 = pim_avx512_lines(CNN_LIGHTWEIGHT_G1_SLOPES[0], CNN_LIGHTWEIGHT_G1_BASES[0], 32, CNN_LIGHTWEIGHT_G1_SEGMENTS, CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G1_OFFSET, (INT32_C(1) << (CNN_LIGHTWEIGHT_H1_SHIFT - 1)));
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const __m512i x = pim_avx512_load(in + n);
            const __m512i s = pim_avx512_segments(x, CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G1_OFFSET >> CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2, 0, CNN_LIGHTWEIGHT_G1_SEGMENTS - 1);
            const pim_sums y0 = pim_avx512_lookup_wide(f0, g0, s, x);
            PIM_TAPS(c, n, y0, (INT32_C(1) << (CNN_LIGHTWEIGHT_H1_SHIFT - 1)));
            pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(y0, CNN_LIGHTWEIGHT_H1_SHIFT), CNN_LIGHTWEIGHT_H1_MIN, CNN_LIGHTWEIGHT_H1_MAX));
        }
    }
}

/* h1 -> fc2 -> s2: convolution, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_s2(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT h1_q,
    pim_work16 *PIM_RESTRICT s2_q, size_t n_samples)
{
    const int16_t *const in = h1_q + 0 * CNN_LIGHTWEIGHT_H1_ROW;
    ptrdiff_t at[16] = {0};
    for (size_t i = 0; i < 16; ++i) {
        for (size_t k = 0; k < 1; ++k) {
            at[i * 1 + k] = (ptrdiff_t)(i * CNN_LIGHTWEIGHT_H1_ROW) - (ptrdiff_t)(1 * k);
        }
    }
    for (size_t o = 0; o < 48; o += 8) {
        const size_t c = o;
        pim_work16 *const out = s2_q + c * CNN_LIGHTWEIGHT_S2_ROW;
        const int16_t *const taps = &CNN_LIGHTWEIGHT_FC2_TAPS[c][0][0];
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            pim_sums acc[8];
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                acc[r] = pim_avx512_start((int32_t)CNN_LIGHTWEIGHT_FC2_BIAS[c + r] + (INT32_C(1) << (CNN_LIGHTWEIGHT_S2_SHIFT - 1)));
            }
            for (size_t p = 0; p < 8; ++p) {
                const pim_pairs x = pim_avx512_pairs(in + at[2 * p] + n, in + at[2 * p + 1] + n);
                #pragma GCC unroll 8
                for (size_t r = 0; r < 8; ++r) {
                    acc[r] = pim_avx512_dot(acc[r], x, pim_avx512_neighbours(taps + r * 16 + 2 * p));
                }
            }
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                PIM_TAPS((c + r), n, acc[r], (INT32_C(1) << (CNN_LIGHTWEIGHT_S2_SHIFT - 1)));
                pim_avx512_store((out + r * CNN_LIGHTWEIGHT_S2_ROW) + n, pim_avx512_saturate(pim_avx512_floor(acc[r], CNN_LIGHTWEIGHT_S2_SHIFT), CNN_LIGHTWEIGHT_S2_MIN, CNN_LIGHTWEIGHT_S2_MAX));
            }
        }
    }
}

/* s2 -> g2 -> h2: plain piecewise-linear function, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_h2(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT s2_q,
    pim_work16 *PIM_RESTRICT h2_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const pim_work16 *const in = s2_q + c * CNN_LIGHTWEIGHT_S2_ROW;
        pim_work16 *const out0 = h2_q + c * CNN_LIGHTWEIGHT_H2_ROW + CNN_LIGHTWEIGHT_H2_MEMORY;
        const pim_lines f0 = pim_avx512_lines(CNN_LIGHTWEIGHT_G2_SLOPES[0], CNN_LIGHTWEIGHT_G2_BASES[0], 0, CNN_LIGHTWEIGHT_G2_SEGMENTS, CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G2_OFFSET, (INT32_C(1) << (CNN_LIGHTWEIGHT_H2_SHIFT - 1)));
        const pim_lines g0 = pim_avx512_lines(CNN_LIGHTWEIGHT_G2_SLOPES[0], CNN_LIGHTWEIGHT_G2_BASES[0], 32, CNN_LIGHTWEIGHT_G2_SEGMENTS, CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G2_OFFSET, (INT32_C(1) << (CNN_LIGHTWEIGHT_H2_SHIFT - 1)));
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const __m512i x = pim_avx512_load(in + n);
            const __m512i s = pim_avx512_segments(x, CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G2_OFFSET >> CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2, 0, CNN_LIGHTWEIGHT_G2_SEGMENTS - 1);
            const pim_sums y0 = pim_avx512_lookup_wide(f0, g0, s, x);
            PIM_TAPS(c, n, y0, (INT32_C(1) << (CNN_LIGHTWEIGHT_H2_SHIFT - 1)));
            pim_avx512_store(out0 + n, pim_avx512_saturate(pim_avx512_floor(y0, CNN_LIGHTWEIGHT_H2_SHIFT), CNN_LIGHTWEIGHT_H2_MIN, CNN_LIGHTWEIGHT_H2_MAX));
        }
    }
}

/* h2 -> c3d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c3d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT h2_q,
    int32_t *PIM_RESTRICT c3d_q, size_t n_samples)
{
    for (size_t group = 0; group < 48; ++group) {
        const pim_work16 *const in0 = h2_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_H2_ROW + CNN_LIGHTWEIGHT_H2_MEMORY;
        int32_t *const out0 = c3d_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_C3D_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_pairs x0 = pim_avx512_pairs(in0 + n, in0 + n - 1);
            const pim_pairs x1 = pim_avx512_pairs(in0 + n - 2, in0 + n - 3);
            const pim_pairs x2 = pim_avx512_first(in0 + n - 4);
            pim_sums acc0 = pim_avx512_start(0);
            acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(CNN_LIGHTWEIGHT_C3D_TAPS[(group * 1 + 0)][0][0], CNN_LIGHTWEIGHT_C3D_TAPS[(group * 1 + 0)][0][1]));
            acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(CNN_LIGHTWEIGHT_C3D_TAPS[(group * 1 + 0)][0][2], CNN_LIGHTWEIGHT_C3D_TAPS[(group * 1 + 0)][0][3]));
            acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(CNN_LIGHTWEIGHT_C3D_TAPS[(group * 1 + 0)][0][4], 0));
            pim_avx512_store_sums(out0 + n, acc0);
        }
    }
}

/* a3d -> c3p: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c3p(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a3d_q,
    int32_t *PIM_RESTRICT c3p_q, size_t n_samples)
{
    const int16_t *const in = a3d_q + 0 * CNN_LIGHTWEIGHT_A3D_ROW;
    ptrdiff_t at[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        for (size_t k = 0; k < 1; ++k) {
            at[i * 1 + k] = (ptrdiff_t)(i * CNN_LIGHTWEIGHT_A3D_ROW) - (ptrdiff_t)(1 * k);
        }
    }
    for (size_t o = 0; o < 48; o += 8) {
        const size_t c = o;
        int32_t *const out = c3p_q + c * CNN_LIGHTWEIGHT_C3P_ROW;
        const int16_t *const taps = &CNN_LIGHTWEIGHT_C3P_TAPS[c][0][0];
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            pim_sums acc[8];
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                acc[r] = pim_avx512_start((int32_t)CNN_LIGHTWEIGHT_C3P_BIAS[c + r]);
            }
            for (size_t p = 0; p < 24; ++p) {
                const pim_pairs x = pim_avx512_pairs(in + at[2 * p] + n, in + at[2 * p + 1] + n);
                #pragma GCC unroll 8
                for (size_t r = 0; r < 8; ++r) {
                    acc[r] = pim_avx512_dot(acc[r], x, pim_avx512_neighbours(taps + r * 48 + 2 * p));
                }
            }
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                pim_avx512_store_sums((out + r * CNN_LIGHTWEIGHT_C3P_ROW) + n, acc[r]);
            }
        }
    }
}

/* a3 -> c4d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c4d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a3_q,
    int32_t *PIM_RESTRICT c4d_q, size_t n_samples)
{
    for (size_t group = 0; group < 48; ++group) {
        const pim_work16 *const in0 = a3_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_A3_ROW + CNN_LIGHTWEIGHT_A3_MEMORY;
        int32_t *const out0 = c4d_q + (group * 1 + 0) * CNN_LIGHTWEIGHT_C4D_ROW;
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            const pim_pairs x0 = pim_avx512_pairs(in0 + n, in0 + n - 1);
            const pim_pairs x1 = pim_avx512_pairs(in0 + n - 2, in0 + n - 3);
            const pim_pairs x2 = pim_avx512_first(in0 + n - 4);
            pim_sums acc0 = pim_avx512_start(0);
            acc0 = pim_avx512_dot(acc0, x0, pim_avx512_pair(CNN_LIGHTWEIGHT_C4D_TAPS[(group * 1 + 0)][0][0], CNN_LIGHTWEIGHT_C4D_TAPS[(group * 1 + 0)][0][1]));
            acc0 = pim_avx512_dot(acc0, x1, pim_avx512_pair(CNN_LIGHTWEIGHT_C4D_TAPS[(group * 1 + 0)][0][2], CNN_LIGHTWEIGHT_C4D_TAPS[(group * 1 + 0)][0][3]));
            acc0 = pim_avx512_dot(acc0, x2, pim_avx512_pair(CNN_LIGHTWEIGHT_C4D_TAPS[(group * 1 + 0)][0][4], 0));
            pim_avx512_store_sums(out0 + n, acc0);
        }
    }
}

/* a4d -> c4p -> z: convolution, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_z(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a4d_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    const int16_t *const in = a4d_q + 0 * CNN_LIGHTWEIGHT_A4D_ROW;
    ptrdiff_t at[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        for (size_t k = 0; k < 1; ++k) {
            at[i * 1 + k] = (ptrdiff_t)(i * CNN_LIGHTWEIGHT_A4D_ROW) - (ptrdiff_t)(1 * k);
        }
    }
    for (size_t o = 0; o < 32; o += 8) {
        const size_t c = o;
        pim_work16 *const out = z_q + c * CNN_LIGHTWEIGHT_Z_ROW;
        const int16_t *const taps = &CNN_LIGHTWEIGHT_C4P_TAPS[c][0][0];
        for (size_t n = 0; n < n_samples; n += PIM_AVX512_SAMPLES) {
            pim_sums acc[8];
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                acc[r] = pim_avx512_start((INT32_C(1) << (CNN_LIGHTWEIGHT_Z_SHIFT - 1)));
            }
            for (size_t p = 0; p < 24; ++p) {
                const pim_pairs x = pim_avx512_pairs(in + at[2 * p] + n, in + at[2 * p + 1] + n);
                #pragma GCC unroll 8
                for (size_t r = 0; r < 8; ++r) {
                    acc[r] = pim_avx512_dot(acc[r], x, pim_avx512_neighbours(taps + r * 48 + 2 * p));
                }
            }
            #pragma GCC unroll 8
            for (size_t r = 0; r < 8; ++r) {
                PIM_TAPS((c + r), n, acc[r], (INT32_C(1) << (CNN_LIGHTWEIGHT_Z_SHIFT - 1)));
                pim_avx512_store((out + r * CNN_LIGHTWEIGHT_Z_ROW) + n, pim_avx512_saturate(pim_avx512_floor(acc[r], CNN_LIGHTWEIGHT_Z_SHIFT), CNN_LIGHTWEIGHT_Z_MIN, CNN_LIGHTWEIGHT_Z_MAX));
            }
        }
    }
}

#endif
#endif
