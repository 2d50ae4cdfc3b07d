/*
 * The canceller `odd_bfan_mimo`; interface and formats in odd_bfan_mimo.h, tables in odd_bfan_mimo_weights.h.
 *
 * Planar blocks of ODD_BFAN_MIMO_BLOCK samples pass through one loop a stage; the buffers stay in a cache near the processor
 * and the loops vectorize. In front of each block stand the past samples that a convolution or a delay reads.
 * PIM_PIECEWISE (PIM_TABLE or PIM_BASIS) chooses the form of the nonlinearity; both give the same integers.
 * PIM_TRACE makes every node's integers visible, see pim_trace.h. PIM_BANKED reads the weights from the state. PIM_AVX512
 * takes the stages in odd_bfan_mimo_avx512.h in place of those here, where a processor has these instructions.
 */
#if defined(__AVX512BW__) && defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#pragma GCC target("prefer-vector-width=512") /* gcc takes half of it by itself; measured, all of it is faster here */
#endif

#include "odd_bfan_mimo.h"

#include "odd_bfan_mimo_weights.h"
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
typedef char odd_bfan_mimo_state_is_as_stated[(sizeof(odd_bfan_mimo_state) <= ODD_BFAN_MIMO_STATE_BYTES) ? 1 : -1];
#endif

#define ODD_BFAN_MIMO_X_MEMORY PIM_IN_FRONT(2)
#define ODD_BFAN_MIMO_X_ROW ((size_t)ODD_BFAN_MIMO_X_MEMORY + (size_t)ODD_BFAN_MIMO_BLOCK)
#define ODD_BFAN_MIMO_U_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_MIMO_U_ROW ((size_t)ODD_BFAN_MIMO_U_MEMORY + (size_t)ODD_BFAN_MIMO_BLOCK)
#define ODD_BFAN_MIMO_A_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_MIMO_A_ROW ((size_t)ODD_BFAN_MIMO_A_MEMORY + (size_t)ODD_BFAN_MIMO_BLOCK)
#define ODD_BFAN_MIMO_C_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_MIMO_C_ROW ((size_t)ODD_BFAN_MIMO_C_MEMORY + (size_t)ODD_BFAN_MIMO_BLOCK)
#define ODD_BFAN_MIMO_V_MEMORY PIM_IN_FRONT(4)
#define ODD_BFAN_MIMO_V_ROW ((size_t)ODD_BFAN_MIMO_V_MEMORY + (size_t)ODD_BFAN_MIMO_BLOCK)
#define ODD_BFAN_MIMO_Z_MEMORY PIM_IN_FRONT(0)
#define ODD_BFAN_MIMO_Z_ROW ((size_t)ODD_BFAN_MIMO_Z_MEMORY + (size_t)ODD_BFAN_MIMO_BLOCK)

#ifdef PIM_TRACE
#include "pim_trace.h"
static int64_t odd_bfan_mimo_taps[16][ODD_BFAN_MIMO_BLOCK];
#define PIM_TAP(channel, n, value) (odd_bfan_mimo_taps[channel][n] = (int64_t)(value))
#define PIM_TRACE_ROWS(node, rows, channels, row, n_samples) \
    for (size_t c = 0; c < (channels); ++c) { \
        int64_t values[ODD_BFAN_MIMO_BLOCK] = {0}; \
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
static PIM_COLD void odd_bfan_mimo_load(odd_bfan_mimo_bank *bank)
{
    for (size_t a = 0; a < 8; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 3; ++d) {
                    bank->K_taps[a][b][c][d] = (int16_t)ODD_BFAN_MIMO_K_TAPS[a][b][c][d];
                }
            }
        }
    }
    for (size_t a = 0; a < 8; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Phi_taps[a][b][c] = (int16_t)ODD_BFAN_MIMO_PHI_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            bank->f_slopes[a][b] = (int32_t)ODD_BFAN_MIMO_F_SLOPES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            bank->f_bases[a][b] = (int32_t)ODD_BFAN_MIMO_F_BASES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            bank->f_weights[a][b] = (int16_t)ODD_BFAN_MIMO_F_WEIGHTS[a][b];
        }
    }
    for (size_t a = 0; a < 16; ++a) {
        for (size_t b = 0; b < 8; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Psi_taps[a][b][c] = (int16_t)ODD_BFAN_MIMO_PSI_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 8; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 5; ++d) {
                    bank->G_taps[a][b][c][d] = (int16_t)ODD_BFAN_MIMO_G_TAPS[a][b][c][d];
                }
            }
        }
    }
}

static PIM_COLD int odd_bfan_mimo_admits_K(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q, 48, ODD_BFAN_MIMO_K_LARGEST_WORD);
    for (size_t o = 0; o < 8; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + (o * 1 + i) * 6, 3, 0, ODD_BFAN_MIMO_K_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 0]);
            pim_span_add_i32(&span0, values_q + (o * 1 + i) * 6 + 3, 3, 1, ODD_BFAN_MIMO_K_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 1]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_MIMO_K_ENVELOPE_SUMS, ODD_BFAN_MIMO_K_ENVELOPE_OUTPUTS[2 * o + 0]) != 0);
        pim_span span1 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span1, values_q + (o * 1 + i) * 6, 3, 0, ODD_BFAN_MIMO_K_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 1]);
            pim_span_add_i32(&span1, values_q + (o * 1 + i) * 6 + 3, 3, 0, ODD_BFAN_MIMO_K_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 0]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span1, 0, ODD_BFAN_MIMO_K_ENVELOPE_SUMS, ODD_BFAN_MIMO_K_ENVELOPE_OUTPUTS[2 * o + 1]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_mimo_fill_K(odd_bfan_mimo_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 8; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 3; ++d) {
                    bank->K_taps[a][b][c][d] = (int16_t)values_q[((a * 1 + b) * 2 + c) * 3 + d];
                }
            }
        }
    }
}

static PIM_COLD int odd_bfan_mimo_admits_Phi(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 48, 128, ODD_BFAN_MIMO_PHI_LARGEST_WORD);
    for (size_t o = 0; o < 8; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 16; ++i) {
            pim_span_add_i32(&span0, values_q + 48 + (o * 16 + i) * 1, 1, 0, ODD_BFAN_MIMO_PHI_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_MIMO_PHI_ENVELOPE_SUMS, ODD_BFAN_MIMO_PHI_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_mimo_fill_Phi(odd_bfan_mimo_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 8; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Phi_taps[a][b][c] = (int16_t)values_q[48 + (a * 16 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int odd_bfan_mimo_admits_f(const int32_t *values_q)
{
    int fits = 1;
    for (size_t f = 0; f < 1; ++f) {
        fits = (fits != 0) && (pim_function_fits_i32(values_q + 176 + f * 16, 16, 0, ODD_BFAN_MIMO_F_SEGMENT_LOG2, ODD_BFAN_MIMO_F_LARGEST_WORD, ODD_BFAN_MIMO_F_ENVELOPE_ROWS[f]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_mimo_fill_f(odd_bfan_mimo_bank *bank, const int32_t *values_q)
{
    for (size_t f = 0; f < 1; ++f) {
        int64_t base = 0;
        int32_t previous = 0;
        for (size_t s = 0; s < 16; ++s) {
            const int32_t slope = (int32_t)values_q[176 + f * 16 + s];
            bank->f_slopes[f][s] = slope;
            bank->f_bases[f][s] = (int32_t)base;
            bank->f_weights[f][s] = (int16_t)(slope - previous);
            base += (int64_t)slope;
            previous = slope;
        }
    }
}

static PIM_COLD int odd_bfan_mimo_admits_Psi(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 192, 128, ODD_BFAN_MIMO_PSI_LARGEST_WORD);
    for (size_t o = 0; o < 16; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 8; ++i) {
            pim_span_add_i32(&span0, values_q + 192 + (o * 8 + i) * 1, 1, 0, ODD_BFAN_MIMO_PSI_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_MIMO_PSI_ENVELOPE_SUMS, ODD_BFAN_MIMO_PSI_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_mimo_fill_Psi(odd_bfan_mimo_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 16; ++a) {
        for (size_t b = 0; b < 8; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->Psi_taps[a][b][c] = (int16_t)values_q[192 + (a * 8 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int odd_bfan_mimo_admits_G(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 320, 80, ODD_BFAN_MIMO_G_LARGEST_WORD);
    for (size_t o = 0; o < 8; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + 320 + (o * 1 + i) * 10, 5, 0, ODD_BFAN_MIMO_G_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 0]);
            pim_span_add_i32(&span0, values_q + 320 + (o * 1 + i) * 10 + 5, 5, 1, ODD_BFAN_MIMO_G_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 1]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, ODD_BFAN_MIMO_G_ENVELOPE_SUMS, ODD_BFAN_MIMO_G_ENVELOPE_OUTPUTS[2 * o + 0]) != 0);
        pim_span span1 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span1, values_q + 320 + (o * 1 + i) * 10, 5, 0, ODD_BFAN_MIMO_G_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 1]);
            pim_span_add_i32(&span1, values_q + 320 + (o * 1 + i) * 10 + 5, 5, 0, ODD_BFAN_MIMO_G_ENVELOPE_INPUTS[2 * ((o / 1) * 1 + i) + 0]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span1, 0, ODD_BFAN_MIMO_G_ENVELOPE_SUMS, ODD_BFAN_MIMO_G_ENVELOPE_OUTPUTS[2 * o + 1]) != 0);
    }
    return fits;
}

static PIM_COLD void odd_bfan_mimo_fill_G(odd_bfan_mimo_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 8; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 5; ++d) {
                    bank->G_taps[a][b][c][d] = (int16_t)values_q[320 + ((a * 1 + b) * 2 + c) * 5 + d];
                }
            }
        }
    }
}

/* From here on a table is that of the bank in use. */
#define ODD_BFAN_MIMO_K_TAPS (bank->K_taps)
#define ODD_BFAN_MIMO_PHI_TAPS (bank->Phi_taps)
#define ODD_BFAN_MIMO_F_SLOPES (bank->f_slopes)
#define ODD_BFAN_MIMO_F_BASES (bank->f_bases)
#define ODD_BFAN_MIMO_F_WEIGHTS (bank->f_weights)
#define ODD_BFAN_MIMO_PSI_TAPS (bank->Psi_taps)
#define ODD_BFAN_MIMO_G_TAPS (bank->G_taps)
#define ODD_BFAN_MIMO_TAKES_BANK const odd_bfan_mimo_bank *PIM_RESTRICT bank,
#define ODD_BFAN_MIMO_GIVES_BANK bank,
#else
#define ODD_BFAN_MIMO_TAKES_BANK
#define ODD_BFAN_MIMO_GIVES_BANK
#endif

#ifdef PIM_AVX512
#include "odd_bfan_mimo_avx512.h"
#define PIM_CLEARED = {0} /* vectors reach beyond the last sample */
#else
#define PIM_CLEARED
#endif

#if !defined(PIM_AVX512)
/* x -> K -> u: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_u(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    pim_work16 *PIM_RESTRICT u_q, size_t n_samples)
{
    for (size_t group = 0; group < 8; ++group) {
        const pim_work16 *const in0 = x_q + (group * 2) * ODD_BFAN_MIMO_X_ROW + ODD_BFAN_MIMO_X_MEMORY - 2;
        const pim_work16 *const in1 = x_q + (group * 2 + 1) * ODD_BFAN_MIMO_X_ROW + ODD_BFAN_MIMO_X_MEMORY - 2;
        pim_work16 *const out0 = u_q + (group * 2) * ODD_BFAN_MIMO_U_ROW;
        pim_work16 *const out1 = u_q + (group * 2 + 1) * ODD_BFAN_MIMO_U_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc0 =
                (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][0][0] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][0][1] * (int32_t)(in0 + 1)[n] +
                (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][0][2] * (int32_t)in0[n] + (int32_t)-ODD_BFAN_MIMO_K_TAPS[group][0][1][0] * (int32_t)(in1 + 2)[n] +
                (int32_t)-ODD_BFAN_MIMO_K_TAPS[group][0][1][1] * (int32_t)(in1 + 1)[n] + (int32_t)-ODD_BFAN_MIMO_K_TAPS[group][0][1][2] * (int32_t)in1[n];
            PIM_TAP((group * 2), n, acc0);
            out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_MIMO_U_SHIFT), ODD_BFAN_MIMO_U_MIN, ODD_BFAN_MIMO_U_MAX);
            const int32_t acc1 =
                (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][1][0] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][1][1] * (int32_t)(in0 + 1)[n] +
                (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][1][2] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][0][0] * (int32_t)(in1 + 2)[n] +
                (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][0][1] * (int32_t)(in1 + 1)[n] + (int32_t)ODD_BFAN_MIMO_K_TAPS[group][0][0][2] * (int32_t)in1[n];
            PIM_TAP((group * 2 + 1), n, acc1);
            out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_MIMO_U_SHIFT), ODD_BFAN_MIMO_U_MIN, ODD_BFAN_MIMO_U_MAX);
        }
    }
}
#endif

#if !defined(PIM_AVX512)
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
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[0][15][0] * (int32_t)in15[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
        const int32_t acc1 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[1][15][0] * (int32_t)in15[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc2 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[2][15][0] * (int32_t)in15[n];
        PIM_TAP(2, n, acc2);
        out2[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc2, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
        const int32_t acc3 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[3][15][0] * (int32_t)in15[n];
        PIM_TAP(3, n, acc3);
        out3[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc3, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc4 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[4][15][0] * (int32_t)in15[n];
        PIM_TAP(4, n, acc4);
        out4[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc4, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
        const int32_t acc5 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[5][15][0] * (int32_t)in15[n];
        PIM_TAP(5, n, acc5);
        out5[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc5, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc6 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[6][15][0] * (int32_t)in15[n];
        PIM_TAP(6, n, acc6);
        out6[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc6, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
        const int32_t acc7 =
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][7][0] * (int32_t)in7[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][8][0] * (int32_t)in8[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][9][0] * (int32_t)in9[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][10][0] * (int32_t)in10[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][11][0] * (int32_t)in11[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][12][0] * (int32_t)in12[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][13][0] * (int32_t)in13[n] +
            (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][14][0] * (int32_t)in14[n] + (int32_t)ODD_BFAN_MIMO_PHI_TAPS[7][15][0] * (int32_t)in15[n];
        PIM_TAP(7, n, acc7);
        out7[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc7, ODD_BFAN_MIMO_A_SHIFT), ODD_BFAN_MIMO_A_MIN, ODD_BFAN_MIMO_A_MAX);
    }
}
#endif

#if !defined(PIM_AVX512)
/* a -> f -> c: odd piecewise-linear function, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_c(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT a_q,
    pim_work16 *PIM_RESTRICT c_q, size_t n_samples)
{
    for (size_t c = 0; c < 8; ++c) {
        const pim_work16 *const in = a_q + c * ODD_BFAN_MIMO_A_ROW;
        pim_work16 *const out = c_q + c * ODD_BFAN_MIMO_C_ROW;
#if PIM_PIECEWISE == PIM_TABLE
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t a = (int32_t)in[n];
            const int32_t t = pim_magnitude_i32(a);
            const int32_t s = pim_segment_i32(t, ODD_BFAN_MIMO_F_SEGMENT_LOG2, ODD_BFAN_MIMO_F_SEGMENTS - 1);
            const int32_t r = t - pim_scale_i32(s, ODD_BFAN_MIMO_F_SEGMENT_LOG2);
            const int32_t base = pim_scale_i32((int32_t)ODD_BFAN_MIMO_F_BASES[0][s], ODD_BFAN_MIMO_F_SEGMENT_LOG2);
            const int32_t y = base + (int32_t)ODD_BFAN_MIMO_F_SLOPES[0][s] * r;
            const int32_t acc = a < 0 ? -y : y;
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, ODD_BFAN_MIMO_C_SHIFT), ODD_BFAN_MIMO_C_MIN, ODD_BFAN_MIMO_C_MAX);
        }
#else
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc =
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][0] * (int32_t)in[n] + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][1] * (int32_t)pim_dead_zone_w16(in[n], 1024) +
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][2] * (int32_t)pim_dead_zone_w16(in[n], 2048) + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][3] * (int32_t)pim_dead_zone_w16(in[n], 3072) +
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][4] * (int32_t)pim_dead_zone_w16(in[n], 4096) + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][5] * (int32_t)pim_dead_zone_w16(in[n], 5120) +
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][6] * (int32_t)pim_dead_zone_w16(in[n], 6144) + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][7] * (int32_t)pim_dead_zone_w16(in[n], 7168) +
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][8] * (int32_t)pim_dead_zone_w16(in[n], 8192) + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][9] * (int32_t)pim_dead_zone_w16(in[n], 9216) +
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][10] * (int32_t)pim_dead_zone_w16(in[n], 10240) + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][11] * (int32_t)pim_dead_zone_w16(in[n], 11264) +
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][12] * (int32_t)pim_dead_zone_w16(in[n], 12288) + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][13] * (int32_t)pim_dead_zone_w16(in[n], 13312) +
                (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][14] * (int32_t)pim_dead_zone_w16(in[n], 14336) + (int32_t)ODD_BFAN_MIMO_F_WEIGHTS[0][15] * (int32_t)pim_dead_zone_w16(in[n], 15360);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, ODD_BFAN_MIMO_C_SHIFT), ODD_BFAN_MIMO_C_MIN, ODD_BFAN_MIMO_C_MAX);
        }
#endif
    }
}
#endif

#if !defined(PIM_AVX512)
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
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[0][7][0] * (int32_t)in7[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc1 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[1][7][0] * (int32_t)in7[n];
        PIM_TAP(1, n, acc1);
        out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc2 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[2][7][0] * (int32_t)in7[n];
        PIM_TAP(2, n, acc2);
        out2[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc2, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc3 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[3][7][0] * (int32_t)in7[n];
        PIM_TAP(3, n, acc3);
        out3[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc3, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc4 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[4][7][0] * (int32_t)in7[n];
        PIM_TAP(4, n, acc4);
        out4[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc4, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc5 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[5][7][0] * (int32_t)in7[n];
        PIM_TAP(5, n, acc5);
        out5[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc5, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc6 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[6][7][0] * (int32_t)in7[n];
        PIM_TAP(6, n, acc6);
        out6[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc6, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc7 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[7][7][0] * (int32_t)in7[n];
        PIM_TAP(7, n, acc7);
        out7[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc7, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc8 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[8][7][0] * (int32_t)in7[n];
        PIM_TAP(8, n, acc8);
        out8[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc8, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc9 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[9][7][0] * (int32_t)in7[n];
        PIM_TAP(9, n, acc9);
        out9[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc9, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc10 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[10][7][0] * (int32_t)in7[n];
        PIM_TAP(10, n, acc10);
        out10[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc10, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc11 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[11][7][0] * (int32_t)in7[n];
        PIM_TAP(11, n, acc11);
        out11[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc11, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc12 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[12][7][0] * (int32_t)in7[n];
        PIM_TAP(12, n, acc12);
        out12[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc12, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc13 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[13][7][0] * (int32_t)in7[n];
        PIM_TAP(13, n, acc13);
        out13[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc13, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc14 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[14][7][0] * (int32_t)in7[n];
        PIM_TAP(14, n, acc14);
        out14[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc14, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
        const int32_t acc15 =
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][0][0] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][1][0] * (int32_t)in1[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][2][0] * (int32_t)in2[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][3][0] * (int32_t)in3[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][4][0] * (int32_t)in4[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][5][0] * (int32_t)in5[n] +
            (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][6][0] * (int32_t)in6[n] + (int32_t)ODD_BFAN_MIMO_PSI_TAPS[15][7][0] * (int32_t)in7[n];
        PIM_TAP(15, n, acc15);
        out15[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc15, ODD_BFAN_MIMO_V_SHIFT), ODD_BFAN_MIMO_V_MIN, ODD_BFAN_MIMO_V_MAX);
    }
}
#endif

#if !defined(PIM_AVX512)
/* v -> G -> z: complex convolution, requantized. */
static PIM_NOINLINE void odd_bfan_mimo_stage_z(ODD_BFAN_MIMO_TAKES_BANK const pim_work16 *PIM_RESTRICT v_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    for (size_t group = 0; group < 8; ++group) {
        const pim_work16 *const in0 = v_q + (group * 2) * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY - 4;
        const pim_work16 *const in1 = v_q + (group * 2 + 1) * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY - 4;
        pim_work16 *const out0 = z_q + (group * 2) * ODD_BFAN_MIMO_Z_ROW;
        pim_work16 *const out1 = z_q + (group * 2 + 1) * ODD_BFAN_MIMO_Z_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc0 =
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][0] * (int32_t)(in0 + 4)[n] + (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][1] * (int32_t)(in0 + 3)[n] +
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][2] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][3] * (int32_t)(in0 + 1)[n] +
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][4] * (int32_t)in0[n] + (int32_t)-ODD_BFAN_MIMO_G_TAPS[group][0][1][0] * (int32_t)(in1 + 4)[n] +
                (int32_t)-ODD_BFAN_MIMO_G_TAPS[group][0][1][1] * (int32_t)(in1 + 3)[n] + (int32_t)-ODD_BFAN_MIMO_G_TAPS[group][0][1][2] * (int32_t)(in1 + 2)[n] +
                (int32_t)-ODD_BFAN_MIMO_G_TAPS[group][0][1][3] * (int32_t)(in1 + 1)[n] + (int32_t)-ODD_BFAN_MIMO_G_TAPS[group][0][1][4] * (int32_t)in1[n];
            PIM_TAP((group * 2), n, acc0);
            out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, ODD_BFAN_MIMO_Z_SHIFT), ODD_BFAN_MIMO_Z_MIN, ODD_BFAN_MIMO_Z_MAX);
            const int32_t acc1 =
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][1][0] * (int32_t)(in0 + 4)[n] + (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][1][1] * (int32_t)(in0 + 3)[n] +
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][1][2] * (int32_t)(in0 + 2)[n] + (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][1][3] * (int32_t)(in0 + 1)[n] +
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][1][4] * (int32_t)in0[n] + (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][0] * (int32_t)(in1 + 4)[n] +
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][1] * (int32_t)(in1 + 3)[n] + (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][2] * (int32_t)(in1 + 2)[n] +
                (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][3] * (int32_t)(in1 + 1)[n] + (int32_t)ODD_BFAN_MIMO_G_TAPS[group][0][0][4] * (int32_t)in1[n];
            PIM_TAP((group * 2 + 1), n, acc1);
            out1[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc1, ODD_BFAN_MIMO_Z_SHIFT), ODD_BFAN_MIMO_Z_MIN, ODD_BFAN_MIMO_Z_MAX);
        }
    }
}
#endif

static void odd_bfan_mimo_block(ODD_BFAN_MIMO_TAKES_BANK odd_bfan_mimo_state *state, const odd_bfan_mimo_input *const x[ODD_BFAN_MIMO_INPUTS],
    odd_bfan_mimo_output *const y[ODD_BFAN_MIMO_OUTPUTS], size_t start, size_t n_samples)
{
    PIM_ALIGNED pim_work16 x_q[16 * ODD_BFAN_MIMO_X_ROW] PIM_CLEARED;
    PIM_ALIGNED pim_work16 u_q[16 * ODD_BFAN_MIMO_U_ROW];
    PIM_ALIGNED pim_work16 a_q[8 * ODD_BFAN_MIMO_A_ROW];
    PIM_ALIGNED pim_work16 c_q[8 * ODD_BFAN_MIMO_C_ROW];
    PIM_ALIGNED pim_work16 v_q[16 * ODD_BFAN_MIMO_V_ROW];
    PIM_ALIGNED pim_work16 z_q[16 * ODD_BFAN_MIMO_Z_ROW];
    for (size_t c = 0; c < 16; ++c) {
        for (size_t n = 0; n < 2; ++n) {
            x_q[c * ODD_BFAN_MIMO_X_ROW + ODD_BFAN_MIMO_X_MEMORY - 2 + n] = state->x_history[c][n];
        }
    }
    for (size_t c = 0; c < 16; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            v_q[c * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY - 4 + n] = state->v_history[c][n];
        }
    }
    for (size_t c = 0; c < ODD_BFAN_MIMO_INPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            x_q[c * ODD_BFAN_MIMO_X_ROW + ODD_BFAN_MIMO_X_MEMORY + n] = x[c][start + n];
        }
    }
    odd_bfan_mimo_stage_u(ODD_BFAN_MIMO_GIVES_BANK x_q, u_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("K", &odd_bfan_mimo_taps[0][0], 16, ODD_BFAN_MIMO_BLOCK, n_samples)
#endif
    odd_bfan_mimo_stage_a(ODD_BFAN_MIMO_GIVES_BANK u_q, a_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("Phi", &odd_bfan_mimo_taps[0][0], 8, ODD_BFAN_MIMO_BLOCK, n_samples)
#endif
    odd_bfan_mimo_stage_c(ODD_BFAN_MIMO_GIVES_BANK a_q, c_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("f", &odd_bfan_mimo_taps[0][0], 8, ODD_BFAN_MIMO_BLOCK, n_samples)
#endif
    odd_bfan_mimo_stage_v(ODD_BFAN_MIMO_GIVES_BANK c_q, v_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("Psi", &odd_bfan_mimo_taps[0][0], 16, ODD_BFAN_MIMO_BLOCK, n_samples)
#endif
    odd_bfan_mimo_stage_z(ODD_BFAN_MIMO_GIVES_BANK v_q, z_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("G", &odd_bfan_mimo_taps[0][0], 16, ODD_BFAN_MIMO_BLOCK, n_samples)
#endif
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("x", x_q + ODD_BFAN_MIMO_X_MEMORY, 16, ODD_BFAN_MIMO_X_ROW, n_samples)
    PIM_TRACE_ROWS("u", u_q + ODD_BFAN_MIMO_U_MEMORY, 16, ODD_BFAN_MIMO_U_ROW, n_samples)
    PIM_TRACE_ROWS("a", a_q + ODD_BFAN_MIMO_A_MEMORY, 8, ODD_BFAN_MIMO_A_ROW, n_samples)
    PIM_TRACE_ROWS("c", c_q + ODD_BFAN_MIMO_C_MEMORY, 8, ODD_BFAN_MIMO_C_ROW, n_samples)
    PIM_TRACE_ROWS("v", v_q + ODD_BFAN_MIMO_V_MEMORY, 16, ODD_BFAN_MIMO_V_ROW, n_samples)
    PIM_TRACE_ROWS("z", z_q + ODD_BFAN_MIMO_Z_MEMORY, 16, ODD_BFAN_MIMO_Z_ROW, n_samples)
    PIM_TRACE_ROWS("y", z_q + ODD_BFAN_MIMO_Z_MEMORY, 16, ODD_BFAN_MIMO_Z_ROW, n_samples)
#endif
    for (size_t c = 0; c < ODD_BFAN_MIMO_OUTPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            y[c][start + n] = (odd_bfan_mimo_output)z_q[c * ODD_BFAN_MIMO_Z_ROW + n];
        }
    }
    for (size_t c = 0; c < 16; ++c) {
        for (size_t n = 0; n < 2; ++n) {
            state->x_history[c][n] = (int16_t)x_q[c * ODD_BFAN_MIMO_X_ROW + ODD_BFAN_MIMO_X_MEMORY - 2 + n_samples + n];
        }
    }
    for (size_t c = 0; c < 16; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->v_history[c][n] = (int16_t)v_q[c * ODD_BFAN_MIMO_V_ROW + ODD_BFAN_MIMO_V_MEMORY - 4 + n_samples + n];
        }
    }
}

#ifdef PIM_BANKED

void odd_bfan_mimo_reset(odd_bfan_mimo_state *state)
{
    for (size_t c = 0; c < 16; ++c) {
        for (size_t n = 0; n < 2; ++n) {
            state->x_history[c][n] = 0;
        }
    }
    for (size_t c = 0; c < 16; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->v_history[c][n] = 0;
        }
    }
}

void odd_bfan_mimo_init(odd_bfan_mimo_state *state)
{
    odd_bfan_mimo_reset(state);
    odd_bfan_mimo_load(&state->bank[0]);
    odd_bfan_mimo_load(&state->bank[1]);
    state->wanted = 0;
    state->used = 0;
}

int odd_bfan_mimo_swap(odd_bfan_mimo_state *state, const odd_bfan_mimo_weight *values_q)
{
    const uint32_t used = PIM_OBSERVE(state->used);
    if (used != state->wanted) {
        return PIM_SWAP_BUSY;
    }
    if (odd_bfan_mimo_admits_K(values_q) == 0) {
        return ODD_BFAN_MIMO_NODE_K;
    }
    if (odd_bfan_mimo_admits_Phi(values_q) == 0) {
        return ODD_BFAN_MIMO_NODE_PHI;
    }
    if (odd_bfan_mimo_admits_f(values_q) == 0) {
        return ODD_BFAN_MIMO_NODE_F;
    }
    if (odd_bfan_mimo_admits_Psi(values_q) == 0) {
        return ODD_BFAN_MIMO_NODE_PSI;
    }
    if (odd_bfan_mimo_admits_G(values_q) == 0) {
        return ODD_BFAN_MIMO_NODE_G;
    }
    odd_bfan_mimo_fill_K(&state->bank[1 - used], values_q);
    odd_bfan_mimo_fill_Phi(&state->bank[1 - used], values_q);
    odd_bfan_mimo_fill_f(&state->bank[1 - used], values_q);
    odd_bfan_mimo_fill_Psi(&state->bank[1 - used], values_q);
    odd_bfan_mimo_fill_G(&state->bank[1 - used], values_q);
    PIM_PUBLISH(state->wanted, 1 - used);
    return PIM_SWAP_TAKEN;
}

#else

void odd_bfan_mimo_init(odd_bfan_mimo_state *state)
{
    static const odd_bfan_mimo_state zero = {0};
    *state = zero;
}

#endif

void odd_bfan_mimo_process(odd_bfan_mimo_state *state, const odd_bfan_mimo_input *const x[ODD_BFAN_MIMO_INPUTS],
    odd_bfan_mimo_output *const y[ODD_BFAN_MIMO_OUTPUTS], size_t n_samples)
{
#ifdef PIM_BANKED
    const uint32_t used = PIM_OBSERVE(state->wanted);
    const odd_bfan_mimo_bank *const bank = &state->bank[used];
    PIM_PUBLISH(state->used, used);
#endif
    for (size_t start = 0; start < n_samples; start += ODD_BFAN_MIMO_BLOCK) {
        const size_t left = n_samples - start;
        odd_bfan_mimo_block(ODD_BFAN_MIMO_GIVES_BANK state, x, y, start, left < ODD_BFAN_MIMO_BLOCK ? left : ODD_BFAN_MIMO_BLOCK);
    }
}
