/*
 * The canceller `whlut_siso`; interface and formats in whlut_siso.h, tables in whlut_siso_weights.h.
 *
 * Planar blocks of WHLUT_SISO_BLOCK samples pass through one loop a stage; the buffers stay in a cache near the processor
 * and the loops vectorize. In front of each block stand the past samples that a convolution or a delay reads.
 * PIM_PIECEWISE (PIM_TABLE or PIM_BASIS) chooses the form of the nonlinearity; both give the same integers.
 * PIM_TRACE makes every node's integers visible, see pim_trace.h. PIM_BANKED reads the weights from the state. PIM_AVX512
 * takes the stages in whlut_siso_avx512.h in place of those here, where a processor has these instructions.
 */
#if defined(__AVX512BW__) && defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#pragma GCC target("prefer-vector-width=512") /* gcc takes half of it by itself; measured, all of it is faster here */
#endif

#include "whlut_siso.h"

#include "whlut_siso_weights.h"
#include "pim_function_fits_i32.h"
#include "pim_isqrt_u32.h"
#include "pim_ramp_i32.h"
#include "pim_round_half_up_i32.h"
#include "pim_saturate_i32.h"
#include "pim_scale_i32.h"
#include "pim_segment_i32.h"
#include "pim_span_add_i32.h"
#include "pim_span_fits_i64.h"
#include "pim_within_i32.h"

#ifndef PIM_PIECEWISE
#define PIM_PIECEWISE PIM_TABLE
#endif

/* Compiles only where the state takes no more than its header states. */
#ifndef PIM_BANKED
typedef char whlut_siso_state_is_as_stated[(sizeof(whlut_siso_state) <= WHLUT_SISO_STATE_BYTES) ? 1 : -1];
#endif

#define WHLUT_SISO_X_MEMORY PIM_IN_FRONT(6)
#define WHLUT_SISO_X_ROW ((size_t)WHLUT_SISO_X_MEMORY + (size_t)WHLUT_SISO_BLOCK)
#define WHLUT_SISO_U_MEMORY PIM_IN_FRONT(0)
#define WHLUT_SISO_U_ROW ((size_t)WHLUT_SISO_U_MEMORY + (size_t)WHLUT_SISO_BLOCK)
#define WHLUT_SISO_R_MEMORY PIM_IN_FRONT(0)
#define WHLUT_SISO_R_ROW ((size_t)WHLUT_SISO_R_MEMORY + (size_t)WHLUT_SISO_BLOCK)
#define WHLUT_SISO_GAIN_MEMORY PIM_IN_FRONT(0)
#define WHLUT_SISO_GAIN_ROW ((size_t)WHLUT_SISO_GAIN_MEMORY + (size_t)WHLUT_SISO_BLOCK)
#define WHLUT_SISO_V_MEMORY PIM_IN_FRONT(8)
#define WHLUT_SISO_V_ROW ((size_t)WHLUT_SISO_V_MEMORY + (size_t)WHLUT_SISO_BLOCK)
#define WHLUT_SISO_Z_MEMORY PIM_IN_FRONT(0)
#define WHLUT_SISO_Z_ROW ((size_t)WHLUT_SISO_Z_MEMORY + (size_t)WHLUT_SISO_BLOCK)

#ifdef PIM_TRACE
#include "pim_trace.h"
static int64_t whlut_siso_taps[2][WHLUT_SISO_BLOCK];
#define PIM_TAP(channel, n, value) (whlut_siso_taps[channel][n] = (int64_t)(value))
#define PIM_TRACE_ROWS(node, rows, channels, row, n_samples) \
    for (size_t c = 0; c < (channels); ++c) { \
        int64_t values[WHLUT_SISO_BLOCK] = {0}; \
        for (size_t n = 0; n < (n_samples); ++n) { \
            values[n] = (int64_t)(rows)[c * (row) + n]; \
        } \
        pim_trace(node, c, values, n_samples); \
    }
#else
#define PIM_TAP(channel, n, value) ((void)0)
#endif

#ifdef PIM_BANKED
/* The compiled weights as a bank. */
static PIM_COLD void whlut_siso_load(whlut_siso_bank *bank)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 7; ++d) {
                    bank->K_taps[a][b][c][d] = (int16_t)WHLUT_SISO_K_TAPS[a][b][c][d];
                }
            }
        }
    }
    for (size_t a = 0; a < 2; ++a) {
        for (size_t b = 0; b < 32; ++b) {
            bank->lut_slopes[a][b] = (int32_t)WHLUT_SISO_LUT_SLOPES[a][b];
        }
    }
    for (size_t a = 0; a < 2; ++a) {
        for (size_t b = 0; b < 32; ++b) {
            bank->lut_bases[a][b] = (int32_t)WHLUT_SISO_LUT_BASES[a][b];
        }
    }
    for (size_t a = 0; a < 2; ++a) {
        for (size_t b = 0; b < 32; ++b) {
            bank->lut_weights[a][b] = (int16_t)WHLUT_SISO_LUT_WEIGHTS[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 9; ++d) {
                    bank->G_taps[a][b][c][d] = (int16_t)WHLUT_SISO_G_TAPS[a][b][c][d];
                }
            }
        }
    }
}

static PIM_COLD int whlut_siso_admits_K(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q, 14, WHLUT_SISO_K_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + (o * 1 + i) * 14, 7, 0, WHLUT_SISO_K_ENVELOPE_INPUTS[2 * (i) + 0]);
            pim_span_add_i32(&span0, values_q + (o * 1 + i) * 14 + 7, 7, 1, WHLUT_SISO_K_ENVELOPE_INPUTS[2 * (i) + 1]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, WHLUT_SISO_K_ENVELOPE_SUMS, WHLUT_SISO_K_ENVELOPE_OUTPUTS[2 * o + 0]) != 0);
        pim_span span1 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span1, values_q + (o * 1 + i) * 14, 7, 0, WHLUT_SISO_K_ENVELOPE_INPUTS[2 * (i) + 1]);
            pim_span_add_i32(&span1, values_q + (o * 1 + i) * 14 + 7, 7, 0, WHLUT_SISO_K_ENVELOPE_INPUTS[2 * (i) + 0]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span1, 0, WHLUT_SISO_K_ENVELOPE_SUMS, WHLUT_SISO_K_ENVELOPE_OUTPUTS[2 * o + 1]) != 0);
    }
    return fits;
}

static PIM_COLD void whlut_siso_fill_K(whlut_siso_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 7; ++d) {
                    bank->K_taps[a][b][c][d] = (int16_t)values_q[((a * 1 + b) * 2 + c) * 7 + d];
                }
            }
        }
    }
}

static PIM_COLD int whlut_siso_admits_lut(const int32_t *values_q)
{
    int fits = 1;
    for (size_t f = 0; f < 2; ++f) {
        fits = (fits != 0) && (pim_function_fits_i32(values_q + 14 + f * 32, 32, (int64_t)values_q[78 + f], WHLUT_SISO_LUT_SEGMENT_LOG2, WHLUT_SISO_LUT_LARGEST_WORD, WHLUT_SISO_LUT_ENVELOPE_ROWS[f]) != 0);
    }
    return fits;
}

static PIM_COLD void whlut_siso_fill_lut(whlut_siso_bank *bank, const int32_t *values_q)
{
    for (size_t f = 0; f < 2; ++f) {
        int64_t base = (int64_t)values_q[78 + f];
        int32_t previous = 0;
        for (size_t s = 0; s < 32; ++s) {
            const int32_t slope = (int32_t)values_q[14 + f * 32 + s];
            bank->lut_slopes[f][s] = slope;
            bank->lut_bases[f][s] = (int32_t)base;
            bank->lut_weights[f][s] = (int16_t)(slope - previous);
            base += (int64_t)slope;
            previous = slope;
        }
    }
}

static PIM_COLD int whlut_siso_admits_G(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 80, 18, WHLUT_SISO_G_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + 80 + (o * 1 + i) * 18, 9, 0, WHLUT_SISO_G_ENVELOPE_INPUTS[2 * (i) + 0]);
            pim_span_add_i32(&span0, values_q + 80 + (o * 1 + i) * 18 + 9, 9, 1, WHLUT_SISO_G_ENVELOPE_INPUTS[2 * (i) + 1]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, WHLUT_SISO_G_ENVELOPE_SUMS, WHLUT_SISO_G_ENVELOPE_OUTPUTS[2 * o + 0]) != 0);
        pim_span span1 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span1, values_q + 80 + (o * 1 + i) * 18, 9, 0, WHLUT_SISO_G_ENVELOPE_INPUTS[2 * (i) + 1]);
            pim_span_add_i32(&span1, values_q + 80 + (o * 1 + i) * 18 + 9, 9, 0, WHLUT_SISO_G_ENVELOPE_INPUTS[2 * (i) + 0]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span1, 0, WHLUT_SISO_G_ENVELOPE_SUMS, WHLUT_SISO_G_ENVELOPE_OUTPUTS[2 * o + 1]) != 0);
    }
    return fits;
}

static PIM_COLD void whlut_siso_fill_G(whlut_siso_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 9; ++d) {
                    bank->G_taps[a][b][c][d] = (int16_t)values_q[80 + ((a * 1 + b) * 2 + c) * 9 + d];
                }
            }
        }
    }
}

/* From here on a table is that of the bank in use. */
#define WHLUT_SISO_K_TAPS (bank->K_taps)
#define WHLUT_SISO_LUT_SLOPES (bank->lut_slopes)
#define WHLUT_SISO_LUT_BASES (bank->lut_bases)
#define WHLUT_SISO_LUT_WEIGHTS (bank->lut_weights)
#define WHLUT_SISO_G_TAPS (bank->G_taps)
#define WHLUT_SISO_TAKES_BANK const whlut_siso_bank *PIM_RESTRICT bank,
#define WHLUT_SISO_GIVES_BANK bank,
#else
#define WHLUT_SISO_TAKES_BANK
#define WHLUT_SISO_GIVES_BANK
#endif

#ifdef PIM_AVX512
#include "whlut_siso_avx512.h"
#define PIM_CLEARED = {0} /* vectors reach beyond the last sample */
#else
#define PIM_CLEARED
#endif

#if !defined(PIM_AVX512)
/* x -> K -> u: complex convolution, requantized. */
static PIM_NOINLINE void whlut_siso_stage_u(WHLUT_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    pim_work16 *PIM_RESTRICT u_q, size_t n_samples)
{
    const pim_work16 *const in0 = x_q + WHLUT_SISO_X_MEMORY - 6;
    const pim_work16 *const in1 = x_q + WHLUT_SISO_X_ROW + WHLUT_SISO_X_MEMORY - 6;
    pim_work16 *const out0 = u_q;
    pim_work16 *const out1 = u_q + WHLUT_SISO_U_ROW;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)WHLUT_SISO_K_TAPS[0][0][0][0] * (int32_t)(in0 + 6)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][0][1] * (int32_t)(in0 + 5)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][0][2] * (int32_t)(in0 + 4)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][0][3] * (int32_t)(in0 + 3)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][0][4] * (int32_t)(in0 + 2)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][0][5] * (int32_t)(in0 + 1)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][0][6] * (int32_t)in0[n] + (int32_t)-WHLUT_SISO_K_TAPS[0][0][1][0] * (int32_t)(in1 + 6)[n] +
            (int32_t)-WHLUT_SISO_K_TAPS[0][0][1][1] * (int32_t)(in1 + 5)[n] + (int32_t)-WHLUT_SISO_K_TAPS[0][0][1][2] * (int32_t)(in1 + 4)[n] +
            (int32_t)-WHLUT_SISO_K_TAPS[0][0][1][3] * (int32_t)(in1 + 3)[n] + (int32_t)-WHLUT_SISO_K_TAPS[0][0][1][4] * (int32_t)(in1 + 2)[n] +
            (int32_t)-WHLUT_SISO_K_TAPS[0][0][1][5] * (int32_t)(in1 + 1)[n] + (int32_t)-WHLUT_SISO_K_TAPS[0][0][1][6] * (int32_t)in1[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, WHLUT_SISO_U_SHIFT), WHLUT_SISO_U_MIN, WHLUT_SISO_U_MAX);
        const int32_t acc1 =
            (int32_t)WHLUT_SISO_K_TAPS[0][0][1][0] * (int32_t)(in0 + 6)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][1][1] * (int32_t)(in0 + 5)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][1][2] * (int32_t)(in0 + 4)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][1][3] * (int32_t)(in0 + 3)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][1][4] * (int32_t)(in0 + 2)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][1][5] * (int32_t)(in0 + 1)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][1][6] * (int32_t)in0[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][0][0] * (int32_t)(in1 + 6)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][0][1] * (int32_t)(in1 + 5)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][0][2] * (int32_t)(in1 + 4)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][0][3] * (int32_t)(in1 + 3)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][0][4] * (int32_t)(in1 + 2)[n] +
            (int32_t)WHLUT_SISO_K_TAPS[0][0][0][5] * (int32_t)(in1 + 1)[n] + (int32_t)WHLUT_SISO_K_TAPS[0][0][0][6] * (int32_t)in1[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, WHLUT_SISO_U_SHIFT), WHLUT_SISO_U_MIN, WHLUT_SISO_U_MAX);
    }
}
#endif

/* u -> m -> r: magnitude, sqrt, requantized. */
static PIM_NOINLINE void whlut_siso_stage_r(const pim_work16 *PIM_RESTRICT u_q,
    int32_t *PIM_RESTRICT r_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const i = u_q + 2 * c * WHLUT_SISO_U_ROW;
        const pim_work16 *const q = u_q + (2 * c + 1) * WHLUT_SISO_U_ROW;
        int32_t *const out = r_q + c * WHLUT_SISO_R_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)pim_isqrt_u32((uint32_t)((int32_t)i[n] * (int32_t)i[n]) + (uint32_t)((int32_t)q[n] * (int32_t)q[n]));
            PIM_TAP(c, n, acc);
            out[n] = (int32_t)pim_saturate_i32(pim_scale_i32(acc, WHLUT_SISO_R_SHIFT), WHLUT_SISO_R_MIN, WHLUT_SISO_R_MAX);
        }
    }
}

/* r -> lut -> gain: index piecewise-linear function, requantized. */
static PIM_NOINLINE void whlut_siso_stage_gain(WHLUT_SISO_TAKES_BANK const int32_t *PIM_RESTRICT r_q,
    pim_work16 *PIM_RESTRICT gain_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const in = r_q + c * WHLUT_SISO_R_ROW;
        pim_work16 *const out0 = gain_q + (c * 2 + 0) * WHLUT_SISO_GAIN_ROW;
        pim_work16 *const out1 = gain_q + (c * 2 + 1) * WHLUT_SISO_GAIN_ROW;
#if PIM_PIECEWISE == PIM_TABLE
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t t = (int32_t)in[n];
            const int32_t s = pim_segment_i32(t, WHLUT_SISO_LUT_SEGMENT_LOG2, WHLUT_SISO_LUT_SEGMENTS - 1);
            const int32_t r = t - pim_scale_i32(s, WHLUT_SISO_LUT_SEGMENT_LOG2);
            const int32_t base0 = pim_scale_i32((int32_t)WHLUT_SISO_LUT_BASES[0][s], WHLUT_SISO_LUT_SEGMENT_LOG2);
            const int32_t acc0 = base0 + (int32_t)WHLUT_SISO_LUT_SLOPES[0][s] * r;
            PIM_TAP((c * 2 + 0), n, acc0);
            out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, WHLUT_SISO_GAIN_SHIFT), WHLUT_SISO_GAIN_MIN, WHLUT_SISO_GAIN_MAX);
            const int32_t base1 = pim_scale_i32((int32_t)WHLUT_SISO_LUT_BASES[1][s], WHLUT_SISO_LUT_SEGMENT_LOG2);
            const int32_t acc1 = base1 + (int32_t)WHLUT_SISO_LUT_SLOPES[1][s] * r;
            PIM_TAP((c * 2 + 1), n, acc1);
            out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, WHLUT_SISO_GAIN_SHIFT), WHLUT_SISO_GAIN_MIN, WHLUT_SISO_GAIN_MAX);
        }
#else
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t t = (int32_t)in[n];
            const int32_t acc0 =
                pim_scale_i32((int32_t)WHLUT_SISO_LUT_BASES[0][0], WHLUT_SISO_LUT_SEGMENT_LOG2) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][0] * t +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][1] * pim_ramp_i32(t, 1024) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][2] * pim_ramp_i32(t, 2048) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][3] * pim_ramp_i32(t, 3072) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][4] * pim_ramp_i32(t, 4096) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][5] * pim_ramp_i32(t, 5120) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][6] * pim_ramp_i32(t, 6144) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][7] * pim_ramp_i32(t, 7168) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][8] * pim_ramp_i32(t, 8192) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][9] * pim_ramp_i32(t, 9216) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][10] * pim_ramp_i32(t, 10240) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][11] * pim_ramp_i32(t, 11264) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][12] * pim_ramp_i32(t, 12288) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][13] * pim_ramp_i32(t, 13312) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][14] * pim_ramp_i32(t, 14336) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][15] * pim_ramp_i32(t, 15360) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][16] * pim_ramp_i32(t, 16384) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][17] * pim_ramp_i32(t, 17408) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][18] * pim_ramp_i32(t, 18432) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][19] * pim_ramp_i32(t, 19456) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][20] * pim_ramp_i32(t, 20480) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][21] * pim_ramp_i32(t, 21504) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][22] * pim_ramp_i32(t, 22528) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][23] * pim_ramp_i32(t, 23552) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][24] * pim_ramp_i32(t, 24576) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][25] * pim_ramp_i32(t, 25600) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][26] * pim_ramp_i32(t, 26624) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][27] * pim_ramp_i32(t, 27648) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][28] * pim_ramp_i32(t, 28672) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][29] * pim_ramp_i32(t, 29696) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][30] * pim_ramp_i32(t, 30720) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[0][31] * pim_ramp_i32(t, 31744);
            PIM_TAP((c * 2 + 0), n, acc0);
            out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, WHLUT_SISO_GAIN_SHIFT), WHLUT_SISO_GAIN_MIN, WHLUT_SISO_GAIN_MAX);
            const int32_t acc1 =
                pim_scale_i32((int32_t)WHLUT_SISO_LUT_BASES[1][0], WHLUT_SISO_LUT_SEGMENT_LOG2) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][0] * t +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][1] * pim_ramp_i32(t, 1024) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][2] * pim_ramp_i32(t, 2048) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][3] * pim_ramp_i32(t, 3072) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][4] * pim_ramp_i32(t, 4096) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][5] * pim_ramp_i32(t, 5120) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][6] * pim_ramp_i32(t, 6144) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][7] * pim_ramp_i32(t, 7168) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][8] * pim_ramp_i32(t, 8192) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][9] * pim_ramp_i32(t, 9216) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][10] * pim_ramp_i32(t, 10240) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][11] * pim_ramp_i32(t, 11264) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][12] * pim_ramp_i32(t, 12288) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][13] * pim_ramp_i32(t, 13312) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][14] * pim_ramp_i32(t, 14336) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][15] * pim_ramp_i32(t, 15360) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][16] * pim_ramp_i32(t, 16384) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][17] * pim_ramp_i32(t, 17408) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][18] * pim_ramp_i32(t, 18432) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][19] * pim_ramp_i32(t, 19456) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][20] * pim_ramp_i32(t, 20480) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][21] * pim_ramp_i32(t, 21504) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][22] * pim_ramp_i32(t, 22528) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][23] * pim_ramp_i32(t, 23552) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][24] * pim_ramp_i32(t, 24576) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][25] * pim_ramp_i32(t, 25600) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][26] * pim_ramp_i32(t, 26624) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][27] * pim_ramp_i32(t, 27648) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][28] * pim_ramp_i32(t, 28672) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][29] * pim_ramp_i32(t, 29696) + (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][30] * pim_ramp_i32(t, 30720) +
                (int32_t)WHLUT_SISO_LUT_WEIGHTS[1][31] * pim_ramp_i32(t, 31744);
            PIM_TAP((c * 2 + 1), n, acc1);
            out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, WHLUT_SISO_GAIN_SHIFT), WHLUT_SISO_GAIN_MIN, WHLUT_SISO_GAIN_MAX);
        }
#endif
    }
}

#if !defined(PIM_AVX512)
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
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acci = (int32_t)ai[n] * (int32_t)bi[n] - (int32_t)aq[n] * (int32_t)bq[n];
            const int32_t accq = (int32_t)ai[n] * (int32_t)bq[n] + (int32_t)aq[n] * (int32_t)bi[n];
            PIM_TAP(2 * c, n, acci);
            outi[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acci, WHLUT_SISO_V_SHIFT), WHLUT_SISO_V_MIN, WHLUT_SISO_V_MAX);
            PIM_TAP((2 * c + 1), n, accq);
            outq[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(accq, WHLUT_SISO_V_SHIFT), WHLUT_SISO_V_MIN, WHLUT_SISO_V_MAX);
        }
    }
}
#endif

#if !defined(PIM_AVX512)
/* v -> G -> z: complex convolution, requantized. */
static PIM_NOINLINE void whlut_siso_stage_z(WHLUT_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT v_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    const pim_work16 *const in0 = v_q + WHLUT_SISO_V_MEMORY - 8;
    const pim_work16 *const in1 = v_q + WHLUT_SISO_V_ROW + WHLUT_SISO_V_MEMORY - 8;
    pim_work16 *const out0 = z_q;
    pim_work16 *const out1 = z_q + WHLUT_SISO_Z_ROW;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][0] * (int32_t)(in0 + 8)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][1] * (int32_t)(in0 + 7)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][2] * (int32_t)(in0 + 6)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][3] * (int32_t)(in0 + 5)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][4] * (int32_t)(in0 + 4)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][5] * (int32_t)(in0 + 3)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][6] * (int32_t)(in0 + 2)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][7] * (int32_t)(in0 + 1)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][8] * (int32_t)in0[n] + (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][0] * (int32_t)(in1 + 8)[n] +
            (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][1] * (int32_t)(in1 + 7)[n] + (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][2] * (int32_t)(in1 + 6)[n] +
            (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][3] * (int32_t)(in1 + 5)[n] + (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][4] * (int32_t)(in1 + 4)[n] +
            (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][5] * (int32_t)(in1 + 3)[n] + (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][6] * (int32_t)(in1 + 2)[n] +
            (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][7] * (int32_t)(in1 + 1)[n] + (int32_t)-WHLUT_SISO_G_TAPS[0][0][1][8] * (int32_t)in1[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, WHLUT_SISO_Z_SHIFT), WHLUT_SISO_Z_MIN, WHLUT_SISO_Z_MAX);
        const int32_t acc1 =
            (int32_t)WHLUT_SISO_G_TAPS[0][0][1][0] * (int32_t)(in0 + 8)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][1][1] * (int32_t)(in0 + 7)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][1][2] * (int32_t)(in0 + 6)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][1][3] * (int32_t)(in0 + 5)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][1][4] * (int32_t)(in0 + 4)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][1][5] * (int32_t)(in0 + 3)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][1][6] * (int32_t)(in0 + 2)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][1][7] * (int32_t)(in0 + 1)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][1][8] * (int32_t)in0[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][0] * (int32_t)(in1 + 8)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][1] * (int32_t)(in1 + 7)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][2] * (int32_t)(in1 + 6)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][3] * (int32_t)(in1 + 5)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][4] * (int32_t)(in1 + 4)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][5] * (int32_t)(in1 + 3)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][6] * (int32_t)(in1 + 2)[n] +
            (int32_t)WHLUT_SISO_G_TAPS[0][0][0][7] * (int32_t)(in1 + 1)[n] + (int32_t)WHLUT_SISO_G_TAPS[0][0][0][8] * (int32_t)in1[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, WHLUT_SISO_Z_SHIFT), WHLUT_SISO_Z_MIN, WHLUT_SISO_Z_MAX);
    }
}
#endif

static void whlut_siso_block(WHLUT_SISO_TAKES_BANK whlut_siso_state *state, const whlut_siso_input *const x[WHLUT_SISO_INPUTS],
    whlut_siso_output *const y[WHLUT_SISO_OUTPUTS], size_t start, size_t n_samples)
{
    PIM_ALIGNED pim_work16 x_q[2 * WHLUT_SISO_X_ROW] PIM_CLEARED;
    PIM_ALIGNED pim_work16 u_q[2 * WHLUT_SISO_U_ROW];
    PIM_ALIGNED int32_t r_q[1 * WHLUT_SISO_R_ROW];
    PIM_ALIGNED pim_work16 gain_q[2 * WHLUT_SISO_GAIN_ROW];
    PIM_ALIGNED pim_work16 v_q[2 * WHLUT_SISO_V_ROW];
    PIM_ALIGNED pim_work16 z_q[2 * WHLUT_SISO_Z_ROW];
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 6; ++n) {
            x_q[c * WHLUT_SISO_X_ROW + WHLUT_SISO_X_MEMORY - 6 + n] = state->x_history[c][n];
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            v_q[c * WHLUT_SISO_V_ROW + WHLUT_SISO_V_MEMORY - 8 + n] = state->v_history[c][n];
        }
    }
    for (size_t c = 0; c < WHLUT_SISO_INPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            x_q[c * WHLUT_SISO_X_ROW + WHLUT_SISO_X_MEMORY + n] = x[c][start + n];
        }
    }
    whlut_siso_stage_u(WHLUT_SISO_GIVES_BANK x_q, u_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("K", &whlut_siso_taps[0][0], 2, WHLUT_SISO_BLOCK, n_samples)
#endif
    whlut_siso_stage_r(u_q, r_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("m", &whlut_siso_taps[0][0], 1, WHLUT_SISO_BLOCK, n_samples)
#endif
    whlut_siso_stage_gain(WHLUT_SISO_GIVES_BANK r_q, gain_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("lut", &whlut_siso_taps[0][0], 2, WHLUT_SISO_BLOCK, n_samples)
#endif
    whlut_siso_stage_v(u_q, gain_q, v_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("ug", &whlut_siso_taps[0][0], 2, WHLUT_SISO_BLOCK, n_samples)
#endif
    whlut_siso_stage_z(WHLUT_SISO_GIVES_BANK v_q, z_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("G", &whlut_siso_taps[0][0], 2, WHLUT_SISO_BLOCK, n_samples)
#endif
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("x", x_q + WHLUT_SISO_X_MEMORY, 2, WHLUT_SISO_X_ROW, n_samples)
    PIM_TRACE_ROWS("u", u_q + WHLUT_SISO_U_MEMORY, 2, WHLUT_SISO_U_ROW, n_samples)
    PIM_TRACE_ROWS("r", r_q + WHLUT_SISO_R_MEMORY, 1, WHLUT_SISO_R_ROW, n_samples)
    PIM_TRACE_ROWS("gain", gain_q + WHLUT_SISO_GAIN_MEMORY, 2, WHLUT_SISO_GAIN_ROW, n_samples)
    PIM_TRACE_ROWS("v", v_q + WHLUT_SISO_V_MEMORY, 2, WHLUT_SISO_V_ROW, n_samples)
    PIM_TRACE_ROWS("z", z_q + WHLUT_SISO_Z_MEMORY, 2, WHLUT_SISO_Z_ROW, n_samples)
    PIM_TRACE_ROWS("y", z_q + WHLUT_SISO_Z_MEMORY, 2, WHLUT_SISO_Z_ROW, n_samples)
#endif
    for (size_t c = 0; c < WHLUT_SISO_OUTPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            y[c][start + n] = (whlut_siso_output)z_q[c * WHLUT_SISO_Z_ROW + n];
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 6; ++n) {
            state->x_history[c][n] = (int16_t)x_q[c * WHLUT_SISO_X_ROW + WHLUT_SISO_X_MEMORY - 6 + n_samples + n];
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            state->v_history[c][n] = (int16_t)v_q[c * WHLUT_SISO_V_ROW + WHLUT_SISO_V_MEMORY - 8 + n_samples + n];
        }
    }
}

#ifdef PIM_BANKED

void whlut_siso_reset(whlut_siso_state *state)
{
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 6; ++n) {
            state->x_history[c][n] = 0;
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            state->v_history[c][n] = 0;
        }
    }
}

void whlut_siso_init(whlut_siso_state *state)
{
    whlut_siso_reset(state);
    whlut_siso_load(&state->bank[0]);
    whlut_siso_load(&state->bank[1]);
    state->wanted = 0;
    state->used = 0;
}

int whlut_siso_swap(whlut_siso_state *state, const whlut_siso_weight *values_q)
{
    const uint32_t used = PIM_OBSERVE(state->used);
    if (used != state->wanted) {
        return PIM_SWAP_BUSY;
    }
    if (whlut_siso_admits_K(values_q) == 0) {
        return WHLUT_SISO_NODE_K;
    }
    if (whlut_siso_admits_lut(values_q) == 0) {
        return WHLUT_SISO_NODE_LUT;
    }
    if (whlut_siso_admits_G(values_q) == 0) {
        return WHLUT_SISO_NODE_G;
    }
    whlut_siso_fill_K(&state->bank[1 - used], values_q);
    whlut_siso_fill_lut(&state->bank[1 - used], values_q);
    whlut_siso_fill_G(&state->bank[1 - used], values_q);
    PIM_PUBLISH(state->wanted, 1 - used);
    return PIM_SWAP_TAKEN;
}

#else

void whlut_siso_init(whlut_siso_state *state)
{
    static const whlut_siso_state zero = {0};
    *state = zero;
}

#endif

void whlut_siso_process(whlut_siso_state *state, const whlut_siso_input *const x[WHLUT_SISO_INPUTS],
    whlut_siso_output *const y[WHLUT_SISO_OUTPUTS], size_t n_samples)
{
#ifdef PIM_BANKED
    const uint32_t used = PIM_OBSERVE(state->wanted);
    const whlut_siso_bank *const bank = &state->bank[used];
    PIM_PUBLISH(state->used, used);
#endif
    for (size_t start = 0; start < n_samples; start += WHLUT_SISO_BLOCK) {
        const size_t left = n_samples - start;
        whlut_siso_block(WHLUT_SISO_GIVES_BANK state, x, y, start, left < WHLUT_SISO_BLOCK ? left : WHLUT_SISO_BLOCK);
    }
}
