/*
 * The canceller `odd_bfan_siso`; interface and formats in odd_bfan_siso.h, tables in odd_bfan_siso_weights.h.
 *
 * Planar blocks of ODD_BFAN_SISO_BLOCK samples pass through one loop a stage; the buffers stay in a cache near the processor
 * and the loops vectorize. In front of each block stand the past samples that a convolution or a delay reads.
 * PIM_PIECEWISE (PIM_TABLE or PIM_BASIS) chooses the form of the nonlinearity; both give the same integers.
 * PIM_TRACE makes every node's integers visible, see pim_trace.h. PIM_BANKED reads the weights from the state. PIM_AVX512
 * takes the stages in odd_bfan_siso_avx512.h in place of those here, where a processor has these instructions.
 */
#if defined(__AVX512BW__) && defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#pragma GCC target("prefer-vector-width=512") /* gcc takes half of it by itself; measured, all of it is faster here */
#endif

#include "odd_bfan_siso.h"

#include "odd_bfan_siso_weights.h"
#include "pim_dead_zone_w16.h"
#include "pim_function_fits_i32.h"
#include "pim_magnitude_i32.h"
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
typedef char odd_bfan_siso_state_is_as_stated[(sizeof(odd_bfan_siso_state) <= ODD_BFAN_SISO_STATE_BYTES) ? 1 : -1];
#endif

#define ODD_BFAN_SISO_X_MEMORY PIM_IN_FRONT(6)
#define ODD_BFAN_SISO_X_ROW ((size_t)ODD_BFAN_SISO_X_MEMORY + (size_t)ODD_BFAN_SISO_BLOCK)
#define ODD_BFAN_SISO_U_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_SISO_U_ROW ((size_t)ODD_BFAN_SISO_U_MEMORY + (size_t)ODD_BFAN_SISO_BLOCK)
#define ODD_BFAN_SISO_A_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_SISO_A_ROW ((size_t)ODD_BFAN_SISO_A_MEMORY + (size_t)ODD_BFAN_SISO_BLOCK)
#define ODD_BFAN_SISO_C_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_SISO_C_ROW ((size_t)ODD_BFAN_SISO_C_MEMORY + (size_t)ODD_BFAN_SISO_BLOCK)
#define ODD_BFAN_SISO_V_MEMORY PIM_IN_FRONT(8)
#define ODD_BFAN_SISO_V_ROW ((size_t)ODD_BFAN_SISO_V_MEMORY + (size_t)ODD_BFAN_SISO_BLOCK)
#define ODD_BFAN_SISO_Z_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_SISO_Z_ROW ((size_t)ODD_BFAN_SISO_Z_MEMORY + (size_t)ODD_BFAN_SISO_BLOCK)

#ifdef PIM_TRACE
#include "pim_trace.h"
static int64_t odd_bfan_siso_taps[10][ODD_BFAN_SISO_BLOCK];
#define PIM_TAP(channel, n, value) (odd_bfan_siso_taps[channel][n] = (int64_t)(value))
#define PIM_TRACE_ROWS(node, rows, channels, row, n_samples) \
    for (size_t c = 0; c < (channels); ++c) { \
        int64_t values[ODD_BFAN_SISO_BLOCK] = {0}; \
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
static PIM_COLD void odd_bfan_siso_load(odd_bfan_siso_bank *bank)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 7; ++d) {
                    bank->K_taps[a][b][c][d] = (int16_t)ODD_BFAN_SISO_K_TAPS[a][b][c][d];
                }
            }
        }
    }
    for (size_t a = 0; a < 10; ++a) {
        for (size_t b = 0; b < 2; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Phi_taps[a][b][c] = (int16_t)ODD_BFAN_SISO_PHI_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            bank->f_slopes[a][b] = (int32_t)ODD_BFAN_SISO_F_SLOPES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            bank->f_bases[a][b] = (int32_t)ODD_BFAN_SISO_F_BASES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            bank->f_weights[a][b] = (int16_t)ODD_BFAN_SISO_F_WEIGHTS[a][b];
        }
    }
    for (size_t a = 0; a < 2; ++a) {
        for (size_t b = 0; b < 10; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Psi_taps[a][b][c] = (int16_t)ODD_BFAN_SISO_PSI_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 9; ++d) {
                    bank->G_taps[a][b][c][d] = (int16_t)ODD_BFAN_SISO_G_TAPS[a][b][c][d];
                }
            }
        }
    }
}

static PIM_COLD int odd_bfan_siso_admits_K(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q, 14, ODD_BFAN_SISO_K_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + (o * 1 + i) * 14, 7, 0, ODD_BFAN_SISO_K_ENVELOPE_INPUTS[2 * (i) + 0]);
            pim_span_add_i32(&span0, values_q + (o * 1 + i) * 14 + 7, 7, 1, ODD_BFAN_SISO_K_ENVELOPE_INPUTS[2 * (i) + 1]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_SISO_K_ENVELOPE_SUMS, ODD_BFAN_SISO_K_ENVELOPE_OUTPUTS[2 * o + 0]) != 0);
        pim_span span1 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span1, values_q + (o * 1 + i) * 14, 7, 0, ODD_BFAN_SISO_K_ENVELOPE_INPUTS[2 * (i) + 1]);
            pim_span_add_i32(&span1, values_q + (o * 1 + i) * 14 + 7, 7, 0, ODD_BFAN_SISO_K_ENVELOPE_INPUTS[2 * (i) + 0]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span1, 0, ODD_BFAN_SISO_K_ENVELOPE_SUMS, ODD_BFAN_SISO_K_ENVELOPE_OUTPUTS[2 * o + 1]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_siso_fill_K(odd_bfan_siso_bank *bank, const int32_t *values_q)
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

static PIM_COLD int odd_bfan_siso_admits_Phi(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 14, 20, ODD_BFAN_SISO_PHI_LARGEST_WORD);
    for (size_t o = 0; o < 10; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 2; ++i) {
            pim_span_add_i32(&span0, values_q + 14 + (o * 2 + i) * 1, 1, 0, ODD_BFAN_SISO_PHI_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_SISO_PHI_ENVELOPE_SUMS, ODD_BFAN_SISO_PHI_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_siso_fill_Phi(odd_bfan_siso_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 10; ++a) {
        for (size_t b = 0; b < 2; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Phi_taps[a][b][c] = (int16_t)values_q[14 + (a * 2 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int odd_bfan_siso_admits_f(const int32_t *values_q)
{
    int fits = 1;
    for (size_t f = 0; f < 1; ++f) {
        fits = (fits != 0) && (pim_function_fits_i32(values_q + 34 + f * 16, 16, 0, ODD_BFAN_SISO_F_SEGMENT_LOG2, ODD_BFAN_SISO_F_LARGEST_WORD, ODD_BFAN_SISO_F_ENVELOPE_ROWS[f]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_siso_fill_f(odd_bfan_siso_bank *bank, const int32_t *values_q)
{
    for (size_t f = 0; f < 1; ++f) {
        int64_t base = 0;
        int32_t previous = 0;
        for (size_t s = 0; s < 16; ++s) {
            const int32_t slope = (int32_t)values_q[34 + f * 16 + s];
            bank->f_slopes[f][s] = slope;
            bank->f_bases[f][s] = (int32_t)base;
            bank->f_weights[f][s] = (int16_t)(slope - previous);
            base += (int64_t)slope;
            previous = slope;
        }
    }
}

static PIM_COLD int odd_bfan_siso_admits_Psi(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 50, 20, ODD_BFAN_SISO_PSI_LARGEST_WORD);
    for (size_t o = 0; o < 2; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 10; ++i) {
            pim_span_add_i32(&span0, values_q + 50 + (o * 10 + i) * 1, 1, 0, ODD_BFAN_SISO_PSI_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_SISO_PSI_ENVELOPE_SUMS, ODD_BFAN_SISO_PSI_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_siso_fill_Psi(odd_bfan_siso_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 2; ++a) {
        for (size_t b = 0; b < 10; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Psi_taps[a][b][c] = (int16_t)values_q[50 + (a * 10 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int odd_bfan_siso_admits_G(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 70, 18, ODD_BFAN_SISO_G_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + 70 + (o * 1 + i) * 18, 9, 0, ODD_BFAN_SISO_G_ENVELOPE_INPUTS[2 * (i) + 0]);
            pim_span_add_i32(&span0, values_q + 70 + (o * 1 + i) * 18 + 9, 9, 1, ODD_BFAN_SISO_G_ENVELOPE_INPUTS[2 * (i) + 1]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_SISO_G_ENVELOPE_SUMS, ODD_BFAN_SISO_G_ENVELOPE_OUTPUTS[2 * o + 0]) != 0);
        pim_span span1 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span1, values_q + 70 + (o * 1 + i) * 18, 9, 0, ODD_BFAN_SISO_G_ENVELOPE_INPUTS[2 * (i) + 1]);
            pim_span_add_i32(&span1, values_q + 70 + (o * 1 + i) * 18 + 9, 9, 0, ODD_BFAN_SISO_G_ENVELOPE_INPUTS[2 * (i) + 0]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span1, 0, ODD_BFAN_SISO_G_ENVELOPE_SUMS, ODD_BFAN_SISO_G_ENVELOPE_OUTPUTS[2 * o + 1]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_siso_fill_G(odd_bfan_siso_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 9; ++d) {
                    bank->G_taps[a][b][c][d] = (int16_t)values_q[70 + ((a * 1 + b) * 2 + c) * 9 + d];
                }
            }
        }
    }
}

/* From here on a table is that of the bank in use. */
#define ODD_BFAN_SISO_K_TAPS (bank->K_taps)
#define ODD_BFAN_SISO_PHI_TAPS (bank->Phi_taps)
#define ODD_BFAN_SISO_F_SLOPES (bank->f_slopes)
#define ODD_BFAN_SISO_F_BASES (bank->f_bases)
#define ODD_BFAN_SISO_F_WEIGHTS (bank->f_weights)
#define ODD_BFAN_SISO_PSI_TAPS (bank->Psi_taps)
#define ODD_BFAN_SISO_G_TAPS (bank->G_taps)
#define ODD_BFAN_SISO_TAKES_BANK const odd_bfan_siso_bank *PIM_RESTRICT bank,
#define ODD_BFAN_SISO_GIVES_BANK bank,
#else
#define ODD_BFAN_SISO_TAKES_BANK
#define ODD_BFAN_SISO_GIVES_BANK
#endif

#ifdef PIM_AVX512
#include "odd_bfan_siso_avx512.h"
#define PIM_CLEARED = {0} /* vectors reach beyond the last sample */
#else
#define PIM_CLEARED
#endif

#if !defined(PIM_AVX512)
/* x -> K -> u: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_u(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    pim_work16 *PIM_RESTRICT u_q, size_t n_samples)
{
    const pim_work16 *const in0 = x_q + ODD_BFAN_SISO_X_MEMORY - 6;
    const pim_work16 *const in1 = x_q + ODD_BFAN_SISO_X_ROW + ODD_BFAN_SISO_X_MEMORY - 6;
    pim_work16 *const out0 = u_q;
    pim_work16 *const out1 = u_q + ODD_BFAN_SISO_U_ROW;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][0] * (int32_t)(in0 + 6)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][1] * (int32_t)(in0 + 5)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][2] * (int32_t)(in0 + 4)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][3] * (int32_t)(in0 + 3)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][4] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][5] * (int32_t)(in0 + 1)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][6] * (int32_t)in0[n] + (int32_t)-ODD_BFAN_SISO_K_TAPS[0][0][1][0] * (int32_t)(in1 + 6)[n] +
            (int32_t)-ODD_BFAN_SISO_K_TAPS[0][0][1][1] * (int32_t)(in1 + 5)[n] + (int32_t)-ODD_BFAN_SISO_K_TAPS[0][0][1][2] * (int32_t)(in1 + 4)[n] +
            (int32_t)-ODD_BFAN_SISO_K_TAPS[0][0][1][3] * (int32_t)(in1 + 3)[n] + (int32_t)-ODD_BFAN_SISO_K_TAPS[0][0][1][4] * (int32_t)(in1 + 2)[n] +
            (int32_t)-ODD_BFAN_SISO_K_TAPS[0][0][1][5] * (int32_t)(in1 + 1)[n] + (int32_t)-ODD_BFAN_SISO_K_TAPS[0][0][1][6] * (int32_t)in1[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_SISO_U_SHIFT), ODD_BFAN_SISO_U_MIN, ODD_BFAN_SISO_U_MAX);
        const int32_t acc1 =
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][1][0] * (int32_t)(in0 + 6)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][1][1] * (int32_t)(in0 + 5)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][1][2] * (int32_t)(in0 + 4)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][1][3] * (int32_t)(in0 + 3)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][1][4] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][1][5] * (int32_t)(in0 + 1)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][1][6] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][0] * (int32_t)(in1 + 6)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][1] * (int32_t)(in1 + 5)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][2] * (int32_t)(in1 + 4)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][3] * (int32_t)(in1 + 3)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][4] * (int32_t)(in1 + 2)[n] +
            (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][5] * (int32_t)(in1 + 1)[n] + (int32_t)ODD_BFAN_SISO_K_TAPS[0][0][0][6] * (int32_t)in1[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_SISO_U_SHIFT), ODD_BFAN_SISO_U_MIN, ODD_BFAN_SISO_U_MAX);
    }
}
#endif

#if !defined(PIM_AVX512)
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
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[0][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[0][1][0] * (int32_t)in1[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
        const int32_t acc1 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[1][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[1][1][0] * (int32_t)in1[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc2 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[2][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[2][1][0] * (int32_t)in1[n];
        PIM_TAP(2, n, acc2);
        out2[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc2, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
        const int32_t acc3 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[3][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[3][1][0] * (int32_t)in1[n];
        PIM_TAP(3, n, acc3);
        out3[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc3, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc4 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[4][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[4][1][0] * (int32_t)in1[n];
        PIM_TAP(4, n, acc4);
        out4[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc4, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
        const int32_t acc5 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[5][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[5][1][0] * (int32_t)in1[n];
        PIM_TAP(5, n, acc5);
        out5[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc5, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc6 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[6][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[6][1][0] * (int32_t)in1[n];
        PIM_TAP(6, n, acc6);
        out6[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc6, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
        const int32_t acc7 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[7][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[7][1][0] * (int32_t)in1[n];
        PIM_TAP(7, n, acc7);
        out7[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc7, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc8 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[8][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[8][1][0] * (int32_t)in1[n];
        PIM_TAP(8, n, acc8);
        out8[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc8, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
        const int32_t acc9 =
            (int32_t)ODD_BFAN_SISO_PHI_TAPS[9][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PHI_TAPS[9][1][0] * (int32_t)in1[n];
        PIM_TAP(9, n, acc9);
        out9[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc9, ODD_BFAN_SISO_A_SHIFT), ODD_BFAN_SISO_A_MIN, ODD_BFAN_SISO_A_MAX);
    }
}
#endif

#if !defined(PIM_AVX512)
/* a -> f -> c: odd piecewise-linear function, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_c(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT a_q,
    pim_work16 *PIM_RESTRICT c_q, size_t n_samples)
{
    for (size_t c = 0; c < 10; ++c) {
        const pim_work16 *const in = a_q + c * ODD_BFAN_SISO_A_ROW;
        pim_work16 *const out = c_q + c * ODD_BFAN_SISO_C_ROW;
#if PIM_PIECEWISE == PIM_TABLE
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t a = (int32_t)in[n];
            const int32_t t = pim_magnitude_i32(a);
            const int32_t s = pim_segment_i32(t, ODD_BFAN_SISO_F_SEGMENT_LOG2, ODD_BFAN_SISO_F_SEGMENTS - 1);
            const int32_t r = t - pim_scale_i32(s, ODD_BFAN_SISO_F_SEGMENT_LOG2);
            const int32_t base = pim_scale_i32((int32_t)ODD_BFAN_SISO_F_BASES[0][s], ODD_BFAN_SISO_F_SEGMENT_LOG2);
            const int32_t y = base + (int32_t)ODD_BFAN_SISO_F_SLOPES[0][s] * r;
            const int32_t acc = a < 0 ? -y : y;
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, ODD_BFAN_SISO_C_SHIFT), ODD_BFAN_SISO_C_MIN, ODD_BFAN_SISO_C_MAX);
        }
#else
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc =
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][0] * (int32_t)in[n] + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][1] * (int32_t)pim_dead_zone_w16(in[n], 1024) +
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][2] * (int32_t)pim_dead_zone_w16(in[n], 2048) + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][3] * (int32_t)pim_dead_zone_w16(in[n], 3072) +
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][4] * (int32_t)pim_dead_zone_w16(in[n], 4096) + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][5] * (int32_t)pim_dead_zone_w16(in[n], 5120) +
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][6] * (int32_t)pim_dead_zone_w16(in[n], 6144) + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][7] * (int32_t)pim_dead_zone_w16(in[n], 7168) +
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][8] * (int32_t)pim_dead_zone_w16(in[n], 8192) + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][9] * (int32_t)pim_dead_zone_w16(in[n], 9216) +
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][10] * (int32_t)pim_dead_zone_w16(in[n], 10240) + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][11] * (int32_t)pim_dead_zone_w16(in[n], 11264) +
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][12] * (int32_t)pim_dead_zone_w16(in[n], 12288) + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][13] * (int32_t)pim_dead_zone_w16(in[n], 13312) +
                (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][14] * (int32_t)pim_dead_zone_w16(in[n], 14336) + (int32_t)ODD_BFAN_SISO_F_WEIGHTS[0][15] * (int32_t)pim_dead_zone_w16(in[n], 15360);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, ODD_BFAN_SISO_C_SHIFT), ODD_BFAN_SISO_C_MIN, ODD_BFAN_SISO_C_MAX);
        }
#endif
    }
}
#endif

#if !defined(PIM_AVX512)
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
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[0][9][0] * (int32_t)in9[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_SISO_V_SHIFT), ODD_BFAN_SISO_V_MIN, ODD_BFAN_SISO_V_MAX);
        const int32_t acc1 =
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_SISO_PSI_TAPS[1][9][0] * (int32_t)in9[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_SISO_V_SHIFT), ODD_BFAN_SISO_V_MIN, ODD_BFAN_SISO_V_MAX);
    }
}
#endif

#if !defined(PIM_AVX512)
/* v -> G -> z: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_siso_stage_z(ODD_BFAN_SISO_TAKES_BANK const pim_work16 *PIM_RESTRICT v_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    const pim_work16 *const in0 = v_q + ODD_BFAN_SISO_V_MEMORY - 8;
    const pim_work16 *const in1 = v_q + ODD_BFAN_SISO_V_ROW + ODD_BFAN_SISO_V_MEMORY - 8;
    pim_work16 *const out0 = z_q;
    pim_work16 *const out1 = z_q + ODD_BFAN_SISO_Z_ROW;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][0] * (int32_t)(in0 + 8)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][1] * (int32_t)(in0 + 7)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][2] * (int32_t)(in0 + 6)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][3] * (int32_t)(in0 + 5)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][4] * (int32_t)(in0 + 4)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][5] * (int32_t)(in0 + 3)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][6] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][7] * (int32_t)(in0 + 1)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][8] * (int32_t)in0[n] + (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][0] * (int32_t)(in1 + 8)[n] +
            (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][1] * (int32_t)(in1 + 7)[n] + (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][2] * (int32_t)(in1 + 6)[n] +
            (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][3] * (int32_t)(in1 + 5)[n] + (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][4] * (int32_t)(in1 + 4)[n] +
            (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][5] * (int32_t)(in1 + 3)[n] + (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][6] * (int32_t)(in1 + 2)[n] +
            (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][7] * (int32_t)(in1 + 1)[n] + (int32_t)-ODD_BFAN_SISO_G_TAPS[0][0][1][8] * (int32_t)in1[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_SISO_Z_SHIFT), ODD_BFAN_SISO_Z_MIN, ODD_BFAN_SISO_Z_MAX);
        const int32_t acc1 =
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][0] * (int32_t)(in0 + 8)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][1] * (int32_t)(in0 + 7)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][2] * (int32_t)(in0 + 6)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][3] * (int32_t)(in0 + 5)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][4] * (int32_t)(in0 + 4)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][5] * (int32_t)(in0 + 3)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][6] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][7] * (int32_t)(in0 + 1)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][1][8] * (int32_t)in0[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][0] * (int32_t)(in1 + 8)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][1] * (int32_t)(in1 + 7)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][2] * (int32_t)(in1 + 6)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][3] * (int32_t)(in1 + 5)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][4] * (int32_t)(in1 + 4)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][5] * (int32_t)(in1 + 3)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][6] * (int32_t)(in1 + 2)[n] +
            (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][7] * (int32_t)(in1 + 1)[n] + (int32_t)ODD_BFAN_SISO_G_TAPS[0][0][0][8] * (int32_t)in1[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_SISO_Z_SHIFT), ODD_BFAN_SISO_Z_MIN, ODD_BFAN_SISO_Z_MAX);
    }
}
#endif

static void odd_bfan_siso_block(ODD_BFAN_SISO_TAKES_BANK odd_bfan_siso_state *state, const odd_bfan_siso_input *const x[ODD_BFAN_SISO_INPUTS],
    odd_bfan_siso_output *const y[ODD_BFAN_SISO_OUTPUTS], size_t start, size_t n_samples)
{
    PIM_ALIGNED pim_work16 x_q[2 * ODD_BFAN_SISO_X_ROW] PIM_CLEARED;
    PIM_ALIGNED pim_work16 u_q[2 * ODD_BFAN_SISO_U_ROW];
    PIM_ALIGNED pim_work16 a_q[10 * ODD_BFAN_SISO_A_ROW];
    PIM_ALIGNED pim_work16 c_q[10 * ODD_BFAN_SISO_C_ROW];
    PIM_ALIGNED pim_work16 v_q[2 * ODD_BFAN_SISO_V_ROW];
    PIM_ALIGNED pim_work16 z_q[2 * ODD_BFAN_SISO_Z_ROW];
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 6; ++n) {
            x_q[c * ODD_BFAN_SISO_X_ROW + ODD_BFAN_SISO_X_MEMORY - 6 + n] = state->x_history[c][n];
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            v_q[c * ODD_BFAN_SISO_V_ROW + ODD_BFAN_SISO_V_MEMORY - 8 + n] = state->v_history[c][n];
        }
    }
    for (size_t c = 0; c < ODD_BFAN_SISO_INPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            x_q[c * ODD_BFAN_SISO_X_ROW + ODD_BFAN_SISO_X_MEMORY + n] = x[c][start + n];
        }
    }
    odd_bfan_siso_stage_u(ODD_BFAN_SISO_GIVES_BANK x_q, u_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("K", &odd_bfan_siso_taps[0][0], 2, ODD_BFAN_SISO_BLOCK, n_samples)
#endif
    odd_bfan_siso_stage_a(ODD_BFAN_SISO_GIVES_BANK u_q, a_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("Phi", &odd_bfan_siso_taps[0][0], 10, ODD_BFAN_SISO_BLOCK, n_samples)
#endif
    odd_bfan_siso_stage_c(ODD_BFAN_SISO_GIVES_BANK a_q, c_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("f", &odd_bfan_siso_taps[0][0], 10, ODD_BFAN_SISO_BLOCK, n_samples)
#endif
    odd_bfan_siso_stage_v(ODD_BFAN_SISO_GIVES_BANK c_q, v_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("Psi", &odd_bfan_siso_taps[0][0], 2, ODD_BFAN_SISO_BLOCK, n_samples)
#endif
    odd_bfan_siso_stage_z(ODD_BFAN_SISO_GIVES_BANK v_q, z_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("G", &odd_bfan_siso_taps[0][0], 2, ODD_BFAN_SISO_BLOCK, n_samples)
#endif
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("x", x_q + ODD_BFAN_SISO_X_MEMORY, 2, ODD_BFAN_SISO_X_ROW, n_samples)
    PIM_TRACE_ROWS("u", u_q + ODD_BFAN_SISO_U_MEMORY, 2, ODD_BFAN_SISO_U_ROW, n_samples)
    PIM_TRACE_ROWS("a", a_q + ODD_BFAN_SISO_A_MEMORY, 10, ODD_BFAN_SISO_A_ROW, n_samples)
    PIM_TRACE_ROWS("c", c_q + ODD_BFAN_SISO_C_MEMORY, 10, ODD_BFAN_SISO_C_ROW, n_samples)
    PIM_TRACE_ROWS("v", v_q + ODD_BFAN_SISO_V_MEMORY, 2, ODD_BFAN_SISO_V_ROW, n_samples)
    PIM_TRACE_ROWS("z", z_q + ODD_BFAN_SISO_Z_MEMORY, 2, ODD_BFAN_SISO_Z_ROW, n_samples)
    PIM_TRACE_ROWS("y", z_q + ODD_BFAN_SISO_Z_MEMORY, 2, ODD_BFAN_SISO_Z_ROW, n_samples)
#endif
    for (size_t c = 0; c < ODD_BFAN_SISO_OUTPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            y[c][start + n] = (odd_bfan_siso_output)z_q[c * ODD_BFAN_SISO_Z_ROW + n];
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 6; ++n) {
            state->x_history[c][n] = (int16_t)x_q[c * ODD_BFAN_SISO_X_ROW + ODD_BFAN_SISO_X_MEMORY - 6 + n_samples + n];
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            state->v_history[c][n] = (int16_t)v_q[c * ODD_BFAN_SISO_V_ROW + ODD_BFAN_SISO_V_MEMORY - 8 + n_samples + n];
        }
    }
}

#ifdef PIM_BANKED

void odd_bfan_siso_reset(odd_bfan_siso_state *state)
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

void odd_bfan_siso_init(odd_bfan_siso_state *state)
{
    odd_bfan_siso_reset(state);
    odd_bfan_siso_load(&state->bank[0]);
    odd_bfan_siso_load(&state->bank[1]);
    state->wanted = 0;
    state->used = 0;
}

int odd_bfan_siso_swap(odd_bfan_siso_state *state, const odd_bfan_siso_weight *values_q)
{
    const uint32_t used = PIM_OBSERVE(state->used);
    if (used != state->wanted) {
        return PIM_SWAP_BUSY;
    }
    if (odd_bfan_siso_admits_K(values_q) == 0) {
        return ODD_BFAN_SISO_NODE_K;
    }
    if (odd_bfan_siso_admits_Phi(values_q) == 0) {
        return ODD_BFAN_SISO_NODE_PHI;
    }
    if (odd_bfan_siso_admits_f(values_q) == 0) {
        return ODD_BFAN_SISO_NODE_F;
    }
    if (odd_bfan_siso_admits_Psi(values_q) == 0) {
        return ODD_BFAN_SISO_NODE_PSI;
    }
    if (odd_bfan_siso_admits_G(values_q) == 0) {
        return ODD_BFAN_SISO_NODE_G;
    }
    odd_bfan_siso_fill_K(&state->bank[1 - used], values_q);
    odd_bfan_siso_fill_Phi(&state->bank[1 - used], values_q);
    odd_bfan_siso_fill_f(&state->bank[1 - used], values_q);
    odd_bfan_siso_fill_Psi(&state->bank[1 - used], values_q);
    odd_bfan_siso_fill_G(&state->bank[1 - used], values_q);
    PIM_PUBLISH(state->wanted, 1 - used);
    return PIM_SWAP_TAKEN;
}

#else

void odd_bfan_siso_init(odd_bfan_siso_state *state)
{
    static const odd_bfan_siso_state zero = {0};
    *state = zero;
}

#endif

void odd_bfan_siso_process(odd_bfan_siso_state *state, const odd_bfan_siso_input *const x[ODD_BFAN_SISO_INPUTS],
    odd_bfan_siso_output *const y[ODD_BFAN_SISO_OUTPUTS], size_t n_samples)
{
#ifdef PIM_BANKED
    const uint32_t used = PIM_OBSERVE(state->wanted);
    const odd_bfan_siso_bank *const bank = &state->bank[used];
    PIM_PUBLISH(state->used, used);
#endif
    for (size_t start = 0; start < n_samples; start += ODD_BFAN_SISO_BLOCK) {
        const size_t left = n_samples - start;
        odd_bfan_siso_block(ODD_BFAN_SISO_GIVES_BANK state, x, y, start, left < ODD_BFAN_SISO_BLOCK ? left : ODD_BFAN_SISO_BLOCK);
    }
}
