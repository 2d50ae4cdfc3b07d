/*
 * The canceller `memory_polynomial_siso`; interface and formats in memory_polynomial_siso.h, tables in memory_polynomial_siso_weights.h.
 *
 * Planar blocks of MEMORY_POLYNOMIAL_SISO_BLOCK samples pass through one loop a stage; the buffers stay in a cache near the processor
 * and the loops vectorize. In front of each block stand the past samples that a convolution or a delay reads.
 * PIM_PIECEWISE (PIM_TABLE or PIM_BASIS) chooses the form of the nonlinearity; both give the same integers.
 * PIM_TRACE makes every node's integers visible, see pim_trace.h. PIM_BANKED reads the weights from the state. PIM_AVX512
 * takes the stages in memory_polynomial_siso_avx512.h in place of those here, where a processor has these instructions.
 */
#if defined(__AVX512BW__) && defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#pragma GCC target("prefer-vector-width=512") /* gcc takes half of it by itself; measured, all of it is faster here */
#endif

#include "memory_polynomial_siso.h"

#include "memory_polynomial_siso_weights.h"
#include "pim_accumulate_i32_i64.h"
#include "pim_round_half_up_i32.h"
#include "pim_round_half_up_i64.h"
#include "pim_saturate_i32.h"
#include "pim_saturate_i64.h"
#include "pim_scale_i32.h"
#include "pim_span_add_i64.h"
#include "pim_span_fits_i64.h"
#include "pim_within_i64.h"

#ifndef PIM_PIECEWISE
#define PIM_PIECEWISE PIM_TABLE
#endif

/* Compiles only where the state takes no more than its header states. */
#ifndef PIM_BANKED
typedef char memory_polynomial_siso_state_is_as_stated[(sizeof(memory_polynomial_siso_state) <= MEMORY_POLYNOMIAL_SISO_STATE_BYTES) ? 1 : -1];
#endif

#define MEMORY_POLYNOMIAL_SISO_X_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_X_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_X_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_R_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_R_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_R_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q1_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q1_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q1_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_EQ1_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_EQ1_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_EQ1_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_S2_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_S2_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_S2_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q2_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q2_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q2_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_EQ2_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_EQ2_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_EQ2_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_S3_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_S3_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_S3_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q3_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q3_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q3_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_EQ3_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_EQ3_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_EQ3_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_S4_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_S4_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_S4_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q4_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q4_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q4_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_EQ4_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_EQ4_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_EQ4_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_S5_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_S5_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_S5_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q5_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q5_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q5_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_EQ5_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_EQ5_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_EQ5_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_S6_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_S6_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_S6_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q6_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q6_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q6_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q1_PAIR_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q1_PAIR_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q1_PAIR_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_T1_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_T1_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_T1_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q2_PAIR_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q2_PAIR_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q2_PAIR_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_T2_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_T2_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_T2_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q3_PAIR_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q3_PAIR_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q3_PAIR_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_T3_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_T3_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_T3_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q4_PAIR_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q4_PAIR_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q4_PAIR_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_T4_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_T4_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_T4_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q5_PAIR_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q5_PAIR_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q5_PAIR_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_T5_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_T5_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_T5_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Q6_PAIR_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Q6_PAIR_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Q6_PAIR_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_T6_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_T6_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_T6_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY PIM_IN_FRONT(12)
#define MEMORY_POLYNOMIAL_SISO_TERMS_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_Z_MEMORY PIM_IN_FRONT(0)
#define MEMORY_POLYNOMIAL_SISO_Z_ROW ((size_t)MEMORY_POLYNOMIAL_SISO_Z_MEMORY + (size_t)MEMORY_POLYNOMIAL_SISO_BLOCK)

#ifdef PIM_TRACE
#include "pim_trace.h"
static int64_t memory_polynomial_siso_taps[2][MEMORY_POLYNOMIAL_SISO_BLOCK];
#define PIM_TAP(channel, n, value) (memory_polynomial_siso_taps[channel][n] = (int64_t)(value))
#define PIM_TRACE_ROWS(node, rows, channels, row, n_samples) \
    for (size_t c = 0; c < (channels); ++c) { \
        int64_t values[MEMORY_POLYNOMIAL_SISO_BLOCK] = {0}; \
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
static PIM_COLD void memory_polynomial_siso_load(memory_polynomial_siso_bank *bank)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P1_taps[a][b][c] = (int16_t)MEMORY_POLYNOMIAL_SISO_P1_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        bank->P1_bias[a] = (int32_t)MEMORY_POLYNOMIAL_SISO_P1_BIAS[a];
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 2; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P2_taps[a][b][c] = (int16_t)MEMORY_POLYNOMIAL_SISO_P2_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        bank->P2_bias[a] = (int64_t)MEMORY_POLYNOMIAL_SISO_P2_BIAS[a];
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P3_taps[a][b][c] = (int16_t)MEMORY_POLYNOMIAL_SISO_P3_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P4_taps[a][b][c] = (int16_t)MEMORY_POLYNOMIAL_SISO_P4_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P5_taps[a][b][c] = (int16_t)MEMORY_POLYNOMIAL_SISO_P5_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P6_taps[a][b][c] = (int16_t)MEMORY_POLYNOMIAL_SISO_P6_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 7; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 13; ++d) {
                    bank->W_taps[a][b][c][d] = (int16_t)MEMORY_POLYNOMIAL_SISO_W_TAPS[a][b][c][d];
                }
            }
        }
    }
}

static PIM_COLD int memory_polynomial_siso_admits_P1(const int64_t *values_q)
{
    int fits = pim_within_i64(values_q, 1, MEMORY_POLYNOMIAL_SISO_P1_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i64(&span0, values_q + (o * 1 + i) * 1, 1, 0, MEMORY_POLYNOMIAL_SISO_P1_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, (int64_t)values_q[1 + o], MEMORY_POLYNOMIAL_SISO_P1_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_P1_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void memory_polynomial_siso_fill_P1(memory_polynomial_siso_bank *bank, const int64_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P1_taps[a][b][c] = (int16_t)values_q[(a * 1 + b) * 1 + c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        bank->P1_bias[a] = (int32_t)values_q[1 + a];
    }
}

static PIM_COLD int memory_polynomial_siso_admits_P2(const int64_t *values_q)
{
    int fits = pim_within_i64(values_q + 2, 2, MEMORY_POLYNOMIAL_SISO_P2_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 2; ++i) {
            pim_span_add_i64(&span0, values_q + 2 + (o * 2 + i) * 1, 1, 0, MEMORY_POLYNOMIAL_SISO_P2_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, (int64_t)values_q[4 + o], MEMORY_POLYNOMIAL_SISO_P2_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_P2_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void memory_polynomial_siso_fill_P2(memory_polynomial_siso_bank *bank, const int64_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 2; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P2_taps[a][b][c] = (int16_t)values_q[2 + (a * 2 + b) * 1 + c];
            }
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        bank->P2_bias[a] = (int64_t)values_q[4 + a];
    }
}

static PIM_COLD int memory_polynomial_siso_admits_P3(const int64_t *values_q)
{
    int fits = pim_within_i64(values_q + 5, 3, MEMORY_POLYNOMIAL_SISO_P3_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 3; ++i) {
            pim_span_add_i64(&span0, values_q + 5 + (o * 3 + i) * 1, 1, 0, MEMORY_POLYNOMIAL_SISO_P3_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, MEMORY_POLYNOMIAL_SISO_P3_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_P3_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void memory_polynomial_siso_fill_P3(memory_polynomial_siso_bank *bank, const int64_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P3_taps[a][b][c] = (int16_t)values_q[5 + (a * 3 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int memory_polynomial_siso_admits_P4(const int64_t *values_q)
{
    int fits = pim_within_i64(values_q + 8, 3, MEMORY_POLYNOMIAL_SISO_P4_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 3; ++i) {
            pim_span_add_i64(&span0, values_q + 8 + (o * 3 + i) * 1, 1, 0, MEMORY_POLYNOMIAL_SISO_P4_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, MEMORY_POLYNOMIAL_SISO_P4_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_P4_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void memory_polynomial_siso_fill_P4(memory_polynomial_siso_bank *bank, const int64_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P4_taps[a][b][c] = (int16_t)values_q[8 + (a * 3 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int memory_polynomial_siso_admits_P5(const int64_t *values_q)
{
    int fits = pim_within_i64(values_q + 11, 3, MEMORY_POLYNOMIAL_SISO_P5_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 3; ++i) {
            pim_span_add_i64(&span0, values_q + 11 + (o * 3 + i) * 1, 1, 0, MEMORY_POLYNOMIAL_SISO_P5_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, MEMORY_POLYNOMIAL_SISO_P5_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_P5_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void memory_polynomial_siso_fill_P5(memory_polynomial_siso_bank *bank, const int64_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P5_taps[a][b][c] = (int16_t)values_q[11 + (a * 3 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int memory_polynomial_siso_admits_P6(const int64_t *values_q)
{
    int fits = pim_within_i64(values_q + 14, 3, MEMORY_POLYNOMIAL_SISO_P6_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 3; ++i) {
            pim_span_add_i64(&span0, values_q + 14 + (o * 3 + i) * 1, 1, 0, MEMORY_POLYNOMIAL_SISO_P6_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, MEMORY_POLYNOMIAL_SISO_P6_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_P6_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void memory_polynomial_siso_fill_P6(memory_polynomial_siso_bank *bank, const int64_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 3; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->P6_taps[a][b][c] = (int16_t)values_q[14 + (a * 3 + b) * 1 + c];
            }
        }
    }
}

static PIM_COLD int memory_polynomial_siso_admits_W(const int64_t *values_q)
{
    int fits = pim_within_i64(values_q + 17, 182, MEMORY_POLYNOMIAL_SISO_W_LARGEST_WORD);
    for (size_t o = 0; o < 1; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 7; ++i) {
            pim_span_add_i64(&span0, values_q + 17 + (o * 7 + i) * 26, 13, 0, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_INPUTS[2 * (i) + 0]);
            pim_span_add_i64(&span0, values_q + 17 + (o * 7 + i) * 26 + 13, 13, 1, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_INPUTS[2 * (i) + 1]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_OUTPUTS[2 * o + 0]) != 0);
        pim_span span1 = {0, 0};
        for (size_t i = 0; i < 7; ++i) {
            pim_span_add_i64(&span1, values_q + 17 + (o * 7 + i) * 26, 13, 0, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_INPUTS[2 * (i) + 1]);
            pim_span_add_i64(&span1, values_q + 17 + (o * 7 + i) * 26 + 13, 13, 0, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_INPUTS[2 * (i) + 0]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span1, 0, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_SUMS, MEMORY_POLYNOMIAL_SISO_W_ENVELOPE_OUTPUTS[2 * o + 1]) != 0);
    }
    return fits;
}

static PIM_COLD void memory_polynomial_siso_fill_W(memory_polynomial_siso_bank *bank, const int64_t *values_q)
{
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 7; ++b) {
            for (size_t c = 0; c < 2; ++c) {
                for (size_t d = 0; d < 13; ++d) {
                    bank->W_taps[a][b][c][d] = (int16_t)values_q[17 + ((a * 7 + b) * 2 + c) * 13 + d];
                }
            }
        }
    }
}

/* From here on a table is that of the bank in use. */
#define MEMORY_POLYNOMIAL_SISO_P1_TAPS (bank->P1_taps)
#define MEMORY_POLYNOMIAL_SISO_P1_BIAS (bank->P1_bias)
#define MEMORY_POLYNOMIAL_SISO_P2_TAPS (bank->P2_taps)
#define MEMORY_POLYNOMIAL_SISO_P2_BIAS (bank->P2_bias)
#define MEMORY_POLYNOMIAL_SISO_P3_TAPS (bank->P3_taps)
#define MEMORY_POLYNOMIAL_SISO_P4_TAPS (bank->P4_taps)
#define MEMORY_POLYNOMIAL_SISO_P5_TAPS (bank->P5_taps)
#define MEMORY_POLYNOMIAL_SISO_P6_TAPS (bank->P6_taps)
#define MEMORY_POLYNOMIAL_SISO_W_TAPS (bank->W_taps)
#define MEMORY_POLYNOMIAL_SISO_TAKES_BANK const memory_polynomial_siso_bank *PIM_RESTRICT bank,
#define MEMORY_POLYNOMIAL_SISO_GIVES_BANK bank,
#else
#define MEMORY_POLYNOMIAL_SISO_TAKES_BANK
#define MEMORY_POLYNOMIAL_SISO_GIVES_BANK
#endif

#ifdef PIM_AVX512
#include "memory_polynomial_siso_avx512.h"
#define PIM_CLEARED = {0} /* vectors reach beyond the last sample */
#else
#define PIM_CLEARED
#endif

/* x -> m -> r: magnitude, square, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_r(const pim_work16 *PIM_RESTRICT x_q,
    int32_t *PIM_RESTRICT r_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const i = x_q + 2 * c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const q = x_q + (2 * c + 1) * MEMORY_POLYNOMIAL_SISO_X_ROW;
        int32_t *const out = r_q + c * MEMORY_POLYNOMIAL_SISO_R_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int64_t acc = (int64_t)i[n] * (int64_t)i[n] + (int64_t)q[n] * (int64_t)q[n];
            PIM_TAP(c, n, acc);
            out[n] = (int32_t)pim_saturate_i64(pim_round_half_up_i64(acc, MEMORY_POLYNOMIAL_SISO_R_SHIFT), MEMORY_POLYNOMIAL_SISO_R_MIN, MEMORY_POLYNOMIAL_SISO_R_MAX);
        }
    }
}

/* r -> P1 -> q1: convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q1(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT r_q,
    pim_work16 *PIM_RESTRICT q1_q, size_t n_samples)
{
    const int32_t *const in0 = r_q;
    pim_work16 *const out0 = q1_q;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int32_t acc0 =
            (int32_t)MEMORY_POLYNOMIAL_SISO_P1_BIAS[0] + (int32_t)MEMORY_POLYNOMIAL_SISO_P1_TAPS[0][0][0] * (int32_t)in0[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc0, MEMORY_POLYNOMIAL_SISO_Q1_SHIFT), MEMORY_POLYNOMIAL_SISO_Q1_MIN, MEMORY_POLYNOMIAL_SISO_Q1_MAX);
    }
}

/* r, q1 -> eq1: product. */
static PIM_NOINLINE void memory_polynomial_siso_stage_eq1(const int32_t *PIM_RESTRICT r_q,
    const pim_work16 *PIM_RESTRICT q1_q,
    int32_t *PIM_RESTRICT eq1_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const a = r_q + c * MEMORY_POLYNOMIAL_SISO_R_ROW;
        const pim_work16 *const b = q1_q + c * MEMORY_POLYNOMIAL_SISO_Q1_ROW;
        int32_t *const out = eq1_q + c * MEMORY_POLYNOMIAL_SISO_EQ1_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            out[n] = (int32_t)acc;
        }
    }
}

/* eq1, q1 -> s2: channels one after another. */
static PIM_NOINLINE void memory_polynomial_siso_stage_s2(const int32_t *PIM_RESTRICT eq1_q,
    const pim_work16 *PIM_RESTRICT q1_q,
    int32_t *PIM_RESTRICT s2_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const in = eq1_q + c * MEMORY_POLYNOMIAL_SISO_EQ1_ROW;
        int32_t *const out = s2_q + c * MEMORY_POLYNOMIAL_SISO_S2_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)in[n];
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q1_q + c * MEMORY_POLYNOMIAL_SISO_Q1_ROW;
        int32_t *const out = s2_q + (c + 1) * MEMORY_POLYNOMIAL_SISO_S2_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 15);
            out[n] = (int32_t)acc;
        }
    }
}

/* s2 -> P2 -> q2: convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q2(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT s2_q,
    pim_work16 *PIM_RESTRICT q2_q, size_t n_samples)
{
    const int32_t *const in0 = s2_q;
    const int32_t *const in1 = s2_q + MEMORY_POLYNOMIAL_SISO_S2_ROW;
    pim_work16 *const out0 = q2_q;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int64_t acc0 =
            (int64_t)MEMORY_POLYNOMIAL_SISO_P2_BIAS[0] + (int64_t)MEMORY_POLYNOMIAL_SISO_P2_TAPS[0][0][0] * (int64_t)in0[n] +
            (int64_t)MEMORY_POLYNOMIAL_SISO_P2_TAPS[0][1][0] * (int64_t)in1[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i64(pim_round_half_up_i64(acc0, MEMORY_POLYNOMIAL_SISO_Q2_SHIFT), MEMORY_POLYNOMIAL_SISO_Q2_MIN, MEMORY_POLYNOMIAL_SISO_Q2_MAX);
    }
}

/* r, q2 -> eq2: product. */
static PIM_NOINLINE void memory_polynomial_siso_stage_eq2(const int32_t *PIM_RESTRICT r_q,
    const pim_work16 *PIM_RESTRICT q2_q,
    int32_t *PIM_RESTRICT eq2_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const a = r_q + c * MEMORY_POLYNOMIAL_SISO_R_ROW;
        const pim_work16 *const b = q2_q + c * MEMORY_POLYNOMIAL_SISO_Q2_ROW;
        int32_t *const out = eq2_q + c * MEMORY_POLYNOMIAL_SISO_EQ2_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            out[n] = (int32_t)acc;
        }
    }
}

/* eq2, q2, q1 -> s3: channels one after another. */
static PIM_NOINLINE void memory_polynomial_siso_stage_s3(const int32_t *PIM_RESTRICT eq2_q,
    const pim_work16 *PIM_RESTRICT q2_q,
    const pim_work16 *PIM_RESTRICT q1_q,
    int32_t *PIM_RESTRICT s3_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const in = eq2_q + c * MEMORY_POLYNOMIAL_SISO_EQ2_ROW;
        int32_t *const out = s3_q + c * MEMORY_POLYNOMIAL_SISO_S3_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)in[n];
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q2_q + c * MEMORY_POLYNOMIAL_SISO_Q2_ROW;
        int32_t *const out = s3_q + (c + 1) * MEMORY_POLYNOMIAL_SISO_S3_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 15);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q1_q + c * MEMORY_POLYNOMIAL_SISO_Q1_ROW;
        int32_t *const out = s3_q + (c + 2) * MEMORY_POLYNOMIAL_SISO_S3_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 16);
            out[n] = (int32_t)acc;
        }
    }
}

/* s3 -> P3 -> q3: convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q3(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT s3_q,
    pim_work16 *PIM_RESTRICT q3_q, size_t n_samples)
{
    const int32_t *const in0 = s3_q;
    const int32_t *const in1 = s3_q + MEMORY_POLYNOMIAL_SISO_S3_ROW;
    const int32_t *const in2 = s3_q + 2 * MEMORY_POLYNOMIAL_SISO_S3_ROW;
    pim_work16 *const out0 = q3_q;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int64_t acc0 =
            (int64_t)MEMORY_POLYNOMIAL_SISO_P3_TAPS[0][0][0] * (int64_t)in0[n] + (int64_t)MEMORY_POLYNOMIAL_SISO_P3_TAPS[0][1][0] * (int64_t)in1[n] +
            (int64_t)MEMORY_POLYNOMIAL_SISO_P3_TAPS[0][2][0] * (int64_t)in2[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i64(pim_round_half_up_i64(acc0, MEMORY_POLYNOMIAL_SISO_Q3_SHIFT), MEMORY_POLYNOMIAL_SISO_Q3_MIN, MEMORY_POLYNOMIAL_SISO_Q3_MAX);
    }
}

/* r, q3 -> eq3: product. */
static PIM_NOINLINE void memory_polynomial_siso_stage_eq3(const int32_t *PIM_RESTRICT r_q,
    const pim_work16 *PIM_RESTRICT q3_q,
    int32_t *PIM_RESTRICT eq3_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const a = r_q + c * MEMORY_POLYNOMIAL_SISO_R_ROW;
        const pim_work16 *const b = q3_q + c * MEMORY_POLYNOMIAL_SISO_Q3_ROW;
        int32_t *const out = eq3_q + c * MEMORY_POLYNOMIAL_SISO_EQ3_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            out[n] = (int32_t)acc;
        }
    }
}

/* eq3, q3, q2 -> s4: channels one after another. */
static PIM_NOINLINE void memory_polynomial_siso_stage_s4(const int32_t *PIM_RESTRICT eq3_q,
    const pim_work16 *PIM_RESTRICT q3_q,
    const pim_work16 *PIM_RESTRICT q2_q,
    int32_t *PIM_RESTRICT s4_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const in = eq3_q + c * MEMORY_POLYNOMIAL_SISO_EQ3_ROW;
        int32_t *const out = s4_q + c * MEMORY_POLYNOMIAL_SISO_S4_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)in[n];
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q3_q + c * MEMORY_POLYNOMIAL_SISO_Q3_ROW;
        int32_t *const out = s4_q + (c + 1) * MEMORY_POLYNOMIAL_SISO_S4_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 15);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q2_q + c * MEMORY_POLYNOMIAL_SISO_Q2_ROW;
        int32_t *const out = s4_q + (c + 2) * MEMORY_POLYNOMIAL_SISO_S4_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 15);
            out[n] = (int32_t)acc;
        }
    }
}

/* s4 -> P4 -> q4: convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q4(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT s4_q,
    pim_work16 *PIM_RESTRICT q4_q, size_t n_samples)
{
    const int32_t *const in0 = s4_q;
    const int32_t *const in1 = s4_q + MEMORY_POLYNOMIAL_SISO_S4_ROW;
    const int32_t *const in2 = s4_q + 2 * MEMORY_POLYNOMIAL_SISO_S4_ROW;
    pim_work16 *const out0 = q4_q;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int64_t acc0 =
            (int64_t)MEMORY_POLYNOMIAL_SISO_P4_TAPS[0][0][0] * (int64_t)in0[n] + (int64_t)MEMORY_POLYNOMIAL_SISO_P4_TAPS[0][1][0] * (int64_t)in1[n] +
            (int64_t)MEMORY_POLYNOMIAL_SISO_P4_TAPS[0][2][0] * (int64_t)in2[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i64(pim_round_half_up_i64(acc0, MEMORY_POLYNOMIAL_SISO_Q4_SHIFT), MEMORY_POLYNOMIAL_SISO_Q4_MIN, MEMORY_POLYNOMIAL_SISO_Q4_MAX);
    }
}

/* r, q4 -> eq4: product. */
static PIM_NOINLINE void memory_polynomial_siso_stage_eq4(const int32_t *PIM_RESTRICT r_q,
    const pim_work16 *PIM_RESTRICT q4_q,
    int32_t *PIM_RESTRICT eq4_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const a = r_q + c * MEMORY_POLYNOMIAL_SISO_R_ROW;
        const pim_work16 *const b = q4_q + c * MEMORY_POLYNOMIAL_SISO_Q4_ROW;
        int32_t *const out = eq4_q + c * MEMORY_POLYNOMIAL_SISO_EQ4_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            out[n] = (int32_t)acc;
        }
    }
}

/* eq4, q4, q3 -> s5: channels one after another. */
static PIM_NOINLINE void memory_polynomial_siso_stage_s5(const int32_t *PIM_RESTRICT eq4_q,
    const pim_work16 *PIM_RESTRICT q4_q,
    const pim_work16 *PIM_RESTRICT q3_q,
    int32_t *PIM_RESTRICT s5_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const in = eq4_q + c * MEMORY_POLYNOMIAL_SISO_EQ4_ROW;
        int32_t *const out = s5_q + c * MEMORY_POLYNOMIAL_SISO_S5_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)in[n];
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q4_q + c * MEMORY_POLYNOMIAL_SISO_Q4_ROW;
        int32_t *const out = s5_q + (c + 1) * MEMORY_POLYNOMIAL_SISO_S5_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 15);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q3_q + c * MEMORY_POLYNOMIAL_SISO_Q3_ROW;
        int32_t *const out = s5_q + (c + 2) * MEMORY_POLYNOMIAL_SISO_S5_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 15);
            out[n] = (int32_t)acc;
        }
    }
}

/* s5 -> P5 -> q5: convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q5(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT s5_q,
    pim_work16 *PIM_RESTRICT q5_q, size_t n_samples)
{
    const int32_t *const in0 = s5_q;
    const int32_t *const in1 = s5_q + MEMORY_POLYNOMIAL_SISO_S5_ROW;
    const int32_t *const in2 = s5_q + 2 * MEMORY_POLYNOMIAL_SISO_S5_ROW;
    pim_work16 *const out0 = q5_q;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int64_t acc0 =
            (int64_t)MEMORY_POLYNOMIAL_SISO_P5_TAPS[0][0][0] * (int64_t)in0[n] + (int64_t)MEMORY_POLYNOMIAL_SISO_P5_TAPS[0][1][0] * (int64_t)in1[n] +
            (int64_t)MEMORY_POLYNOMIAL_SISO_P5_TAPS[0][2][0] * (int64_t)in2[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i64(pim_round_half_up_i64(acc0, MEMORY_POLYNOMIAL_SISO_Q5_SHIFT), MEMORY_POLYNOMIAL_SISO_Q5_MIN, MEMORY_POLYNOMIAL_SISO_Q5_MAX);
    }
}

/* r, q5 -> eq5: product. */
static PIM_NOINLINE void memory_polynomial_siso_stage_eq5(const int32_t *PIM_RESTRICT r_q,
    const pim_work16 *PIM_RESTRICT q5_q,
    int32_t *PIM_RESTRICT eq5_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const a = r_q + c * MEMORY_POLYNOMIAL_SISO_R_ROW;
        const pim_work16 *const b = q5_q + c * MEMORY_POLYNOMIAL_SISO_Q5_ROW;
        int32_t *const out = eq5_q + c * MEMORY_POLYNOMIAL_SISO_EQ5_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            out[n] = (int32_t)acc;
        }
    }
}

/* eq5, q5, q4 -> s6: channels one after another. */
static PIM_NOINLINE void memory_polynomial_siso_stage_s6(const int32_t *PIM_RESTRICT eq5_q,
    const pim_work16 *PIM_RESTRICT q5_q,
    const pim_work16 *PIM_RESTRICT q4_q,
    int32_t *PIM_RESTRICT s6_q, size_t n_samples)
{
    for (size_t c = 0; c < 1; ++c) {
        const int32_t *const in = eq5_q + c * MEMORY_POLYNOMIAL_SISO_EQ5_ROW;
        int32_t *const out = s6_q + c * MEMORY_POLYNOMIAL_SISO_S6_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)in[n];
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q5_q + c * MEMORY_POLYNOMIAL_SISO_Q5_ROW;
        int32_t *const out = s6_q + (c + 1) * MEMORY_POLYNOMIAL_SISO_S6_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 15);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 1; ++c) {
        const pim_work16 *const in = q4_q + c * MEMORY_POLYNOMIAL_SISO_Q4_ROW;
        int32_t *const out = s6_q + (c + 2) * MEMORY_POLYNOMIAL_SISO_S6_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 16);
            out[n] = (int32_t)acc;
        }
    }
}

/* s6 -> P6 -> q6: convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q6(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT s6_q,
    pim_work16 *PIM_RESTRICT q6_q, size_t n_samples)
{
    const int32_t *const in0 = s6_q;
    const int32_t *const in1 = s6_q + MEMORY_POLYNOMIAL_SISO_S6_ROW;
    const int32_t *const in2 = s6_q + 2 * MEMORY_POLYNOMIAL_SISO_S6_ROW;
    pim_work16 *const out0 = q6_q;
    PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
        const int64_t acc0 =
            (int64_t)MEMORY_POLYNOMIAL_SISO_P6_TAPS[0][0][0] * (int64_t)in0[n] + (int64_t)MEMORY_POLYNOMIAL_SISO_P6_TAPS[0][1][0] * (int64_t)in1[n] +
            (int64_t)MEMORY_POLYNOMIAL_SISO_P6_TAPS[0][2][0] * (int64_t)in2[n];
        PIM_TAP(0, n, acc0);
        out0[n] = (pim_work16)pim_saturate_i64(pim_round_half_up_i64(acc0, MEMORY_POLYNOMIAL_SISO_Q6_SHIFT), MEMORY_POLYNOMIAL_SISO_Q6_MIN, MEMORY_POLYNOMIAL_SISO_Q6_MAX);
    }
}

/* q1 -> q1_pair: choice of channels. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q1_pair(const pim_work16 *PIM_RESTRICT q1_q,
    pim_work16 *PIM_RESTRICT q1_pair_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = q1_q + MEMORY_POLYNOMIAL_SISO_Q1_PAIR_CHANNELS[c] * MEMORY_POLYNOMIAL_SISO_Q1_ROW;
        pim_work16 *const out = q1_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q1_PAIR_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            out[n] = (pim_work16)(int32_t)in[n];
        }
    }
}

#if !defined(PIM_AVX512)
/* x, q1_pair -> xt1 -> t1: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t1(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q1_pair_q,
    pim_work16 *PIM_RESTRICT t1_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q1_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q1_PAIR_ROW;
        pim_work16 *const out = t1_q + c * MEMORY_POLYNOMIAL_SISO_T1_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, MEMORY_POLYNOMIAL_SISO_T1_SHIFT), MEMORY_POLYNOMIAL_SISO_T1_MIN, MEMORY_POLYNOMIAL_SISO_T1_MAX);
        }
    }
}
#endif

/* q2 -> q2_pair: choice of channels. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q2_pair(const pim_work16 *PIM_RESTRICT q2_q,
    pim_work16 *PIM_RESTRICT q2_pair_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = q2_q + MEMORY_POLYNOMIAL_SISO_Q2_PAIR_CHANNELS[c] * MEMORY_POLYNOMIAL_SISO_Q2_ROW;
        pim_work16 *const out = q2_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q2_PAIR_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            out[n] = (pim_work16)(int32_t)in[n];
        }
    }
}

#if !defined(PIM_AVX512)
/* x, q2_pair -> xt2 -> t2: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t2(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q2_pair_q,
    pim_work16 *PIM_RESTRICT t2_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q2_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q2_PAIR_ROW;
        pim_work16 *const out = t2_q + c * MEMORY_POLYNOMIAL_SISO_T2_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, MEMORY_POLYNOMIAL_SISO_T2_SHIFT), MEMORY_POLYNOMIAL_SISO_T2_MIN, MEMORY_POLYNOMIAL_SISO_T2_MAX);
        }
    }
}
#endif

/* q3 -> q3_pair: choice of channels. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q3_pair(const pim_work16 *PIM_RESTRICT q3_q,
    pim_work16 *PIM_RESTRICT q3_pair_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = q3_q + MEMORY_POLYNOMIAL_SISO_Q3_PAIR_CHANNELS[c] * MEMORY_POLYNOMIAL_SISO_Q3_ROW;
        pim_work16 *const out = q3_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q3_PAIR_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            out[n] = (pim_work16)(int32_t)in[n];
        }
    }
}

#if !defined(PIM_AVX512)
/* x, q3_pair -> xt3 -> t3: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t3(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q3_pair_q,
    pim_work16 *PIM_RESTRICT t3_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q3_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q3_PAIR_ROW;
        pim_work16 *const out = t3_q + c * MEMORY_POLYNOMIAL_SISO_T3_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, MEMORY_POLYNOMIAL_SISO_T3_SHIFT), MEMORY_POLYNOMIAL_SISO_T3_MIN, MEMORY_POLYNOMIAL_SISO_T3_MAX);
        }
    }
}
#endif

/* q4 -> q4_pair: choice of channels. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q4_pair(const pim_work16 *PIM_RESTRICT q4_q,
    pim_work16 *PIM_RESTRICT q4_pair_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = q4_q + MEMORY_POLYNOMIAL_SISO_Q4_PAIR_CHANNELS[c] * MEMORY_POLYNOMIAL_SISO_Q4_ROW;
        pim_work16 *const out = q4_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q4_PAIR_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            out[n] = (pim_work16)(int32_t)in[n];
        }
    }
}

#if !defined(PIM_AVX512)
/* x, q4_pair -> xt4 -> t4: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t4(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q4_pair_q,
    pim_work16 *PIM_RESTRICT t4_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q4_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q4_PAIR_ROW;
        pim_work16 *const out = t4_q + c * MEMORY_POLYNOMIAL_SISO_T4_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, MEMORY_POLYNOMIAL_SISO_T4_SHIFT), MEMORY_POLYNOMIAL_SISO_T4_MIN, MEMORY_POLYNOMIAL_SISO_T4_MAX);
        }
    }
}
#endif

/* q5 -> q5_pair: choice of channels. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q5_pair(const pim_work16 *PIM_RESTRICT q5_q,
    pim_work16 *PIM_RESTRICT q5_pair_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = q5_q + MEMORY_POLYNOMIAL_SISO_Q5_PAIR_CHANNELS[c] * MEMORY_POLYNOMIAL_SISO_Q5_ROW;
        pim_work16 *const out = q5_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q5_PAIR_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            out[n] = (pim_work16)(int32_t)in[n];
        }
    }
}

#if !defined(PIM_AVX512)
/* x, q5_pair -> xt5 -> t5: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t5(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q5_pair_q,
    pim_work16 *PIM_RESTRICT t5_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q5_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q5_PAIR_ROW;
        pim_work16 *const out = t5_q + c * MEMORY_POLYNOMIAL_SISO_T5_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, MEMORY_POLYNOMIAL_SISO_T5_SHIFT), MEMORY_POLYNOMIAL_SISO_T5_MIN, MEMORY_POLYNOMIAL_SISO_T5_MAX);
        }
    }
}
#endif

/* q6 -> q6_pair: choice of channels. */
static PIM_NOINLINE void memory_polynomial_siso_stage_q6_pair(const pim_work16 *PIM_RESTRICT q6_q,
    pim_work16 *PIM_RESTRICT q6_pair_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = q6_q + MEMORY_POLYNOMIAL_SISO_Q6_PAIR_CHANNELS[c] * MEMORY_POLYNOMIAL_SISO_Q6_ROW;
        pim_work16 *const out = q6_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q6_PAIR_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            out[n] = (pim_work16)(int32_t)in[n];
        }
    }
}

#if !defined(PIM_AVX512)
/* x, q6_pair -> xt6 -> t6: product, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_t6(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT q6_pair_q,
    pim_work16 *PIM_RESTRICT t6_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const a = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        const pim_work16 *const b = q6_pair_q + c * MEMORY_POLYNOMIAL_SISO_Q6_PAIR_ROW;
        pim_work16 *const out = t6_q + c * MEMORY_POLYNOMIAL_SISO_T6_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)a[n] * (int32_t)b[n];
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, MEMORY_POLYNOMIAL_SISO_T6_SHIFT), MEMORY_POLYNOMIAL_SISO_T6_MIN, MEMORY_POLYNOMIAL_SISO_T6_MAX);
        }
    }
}
#endif

/* x, t1, t2, t3, t4, t5, t6 -> terms: channels one after another. */
static PIM_NOINLINE void memory_polynomial_siso_stage_terms(const pim_work16 *PIM_RESTRICT x_q,
    const pim_work16 *PIM_RESTRICT t1_q,
    const pim_work16 *PIM_RESTRICT t2_q,
    const pim_work16 *PIM_RESTRICT t3_q,
    const pim_work16 *PIM_RESTRICT t4_q,
    const pim_work16 *PIM_RESTRICT t5_q,
    const pim_work16 *PIM_RESTRICT t6_q,
    int32_t *PIM_RESTRICT terms_q, size_t n_samples)
{
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = x_q + c * MEMORY_POLYNOMIAL_SISO_X_ROW;
        int32_t *const out = terms_q + c * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 2);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = t1_q + c * MEMORY_POLYNOMIAL_SISO_T1_ROW;
        int32_t *const out = terms_q + (c + 2) * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 2);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = t2_q + c * MEMORY_POLYNOMIAL_SISO_T2_ROW;
        int32_t *const out = terms_q + (c + 4) * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 2);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = t3_q + c * MEMORY_POLYNOMIAL_SISO_T3_ROW;
        int32_t *const out = terms_q + (c + 6) * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 2);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = t4_q + c * MEMORY_POLYNOMIAL_SISO_T4_ROW;
        int32_t *const out = terms_q + (c + 8) * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 2);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = t5_q + c * MEMORY_POLYNOMIAL_SISO_T5_ROW;
        int32_t *const out = terms_q + (c + 10) * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_scale_i32((int32_t)in[n], 1);
            out[n] = (int32_t)acc;
        }
    }
    for (size_t c = 0; c < 2; ++c) {
        const pim_work16 *const in = t6_q + c * MEMORY_POLYNOMIAL_SISO_T6_ROW;
        int32_t *const out = terms_q + (c + 12) * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = (int32_t)in[n];
            out[n] = (int32_t)acc;
        }
    }
}

#if !defined(PIM_AVX512) || defined(PIM_BANKED)
/* terms -> W -> z: complex convolution, requantized. */
static PIM_NOINLINE void memory_polynomial_siso_stage_z(MEMORY_POLYNOMIAL_SISO_TAKES_BANK const int32_t *PIM_RESTRICT terms_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    const int32_t *const in = terms_q;
    size_t offsets[184] = {0};
    for (size_t i = 0; i < 14; ++i) {
        for (size_t k = 0; k < 13; ++k) {
            offsets[i * 13 + k] = i * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY - k;
        }
    }
    for (size_t o = 0; o < 2; o += 1) {
        const size_t c = o;
        int32_t taps[184] = {0};
        int64_t acc[MEMORY_POLYNOMIAL_SISO_BLOCK];
        for (size_t i = 0; i < 14; ++i) {
            for (size_t k = 0; k < 13; ++k) {
                taps[i * 13 + k] = (c & 1) == 0 && (i & 1) == 1 ? (int32_t)-MEMORY_POLYNOMIAL_SISO_W_TAPS[c / 2][i / 2][(c ^ i) & 1][k] : (int32_t)MEMORY_POLYNOMIAL_SISO_W_TAPS[c / 2][i / 2][(c ^ i) & 1][k];
            }
        }
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            acc[n] = 0;
        }
        pim_accumulate_i32_i64(acc, in, offsets, taps, 184, n_samples);
        pim_work16 *const out = z_q + c * MEMORY_POLYNOMIAL_SISO_Z_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int64_t y = acc[n];
            PIM_TAP(c, n, y);
            out[n] = (pim_work16)pim_saturate_i64(pim_round_half_up_i64(y, MEMORY_POLYNOMIAL_SISO_Z_SHIFT), MEMORY_POLYNOMIAL_SISO_Z_MIN, MEMORY_POLYNOMIAL_SISO_Z_MAX);
        }
    }
}
#endif

static void memory_polynomial_siso_block(MEMORY_POLYNOMIAL_SISO_TAKES_BANK memory_polynomial_siso_state *state, const memory_polynomial_siso_input *const x[MEMORY_POLYNOMIAL_SISO_INPUTS],
    memory_polynomial_siso_output *const y[MEMORY_POLYNOMIAL_SISO_OUTPUTS], size_t start, size_t n_samples)
{
    PIM_ALIGNED pim_work16 x_q[2 * MEMORY_POLYNOMIAL_SISO_X_ROW] PIM_CLEARED;
    PIM_ALIGNED int32_t r_q[1 * MEMORY_POLYNOMIAL_SISO_R_ROW];
    PIM_ALIGNED pim_work16 q1_q[1 * MEMORY_POLYNOMIAL_SISO_Q1_ROW];
    PIM_ALIGNED int32_t eq1_q[1 * MEMORY_POLYNOMIAL_SISO_EQ1_ROW];
    PIM_ALIGNED int32_t s2_q[2 * MEMORY_POLYNOMIAL_SISO_S2_ROW];
    PIM_ALIGNED pim_work16 q2_q[1 * MEMORY_POLYNOMIAL_SISO_Q2_ROW];
    PIM_ALIGNED int32_t eq2_q[1 * MEMORY_POLYNOMIAL_SISO_EQ2_ROW];
    PIM_ALIGNED int32_t s3_q[3 * MEMORY_POLYNOMIAL_SISO_S3_ROW];
    PIM_ALIGNED pim_work16 q3_q[1 * MEMORY_POLYNOMIAL_SISO_Q3_ROW];
    PIM_ALIGNED int32_t eq3_q[1 * MEMORY_POLYNOMIAL_SISO_EQ3_ROW];
    PIM_ALIGNED int32_t s4_q[3 * MEMORY_POLYNOMIAL_SISO_S4_ROW];
    PIM_ALIGNED pim_work16 q4_q[1 * MEMORY_POLYNOMIAL_SISO_Q4_ROW];
    PIM_ALIGNED int32_t eq4_q[1 * MEMORY_POLYNOMIAL_SISO_EQ4_ROW];
    PIM_ALIGNED int32_t s5_q[3 * MEMORY_POLYNOMIAL_SISO_S5_ROW];
    PIM_ALIGNED pim_work16 q5_q[1 * MEMORY_POLYNOMIAL_SISO_Q5_ROW];
    PIM_ALIGNED int32_t eq5_q[1 * MEMORY_POLYNOMIAL_SISO_EQ5_ROW];
    PIM_ALIGNED int32_t s6_q[3 * MEMORY_POLYNOMIAL_SISO_S6_ROW];
    PIM_ALIGNED pim_work16 q6_q[1 * MEMORY_POLYNOMIAL_SISO_Q6_ROW];
    PIM_ALIGNED pim_work16 q1_pair_q[2 * MEMORY_POLYNOMIAL_SISO_Q1_PAIR_ROW];
    PIM_ALIGNED pim_work16 t1_q[2 * MEMORY_POLYNOMIAL_SISO_T1_ROW];
    PIM_ALIGNED pim_work16 q2_pair_q[2 * MEMORY_POLYNOMIAL_SISO_Q2_PAIR_ROW];
    PIM_ALIGNED pim_work16 t2_q[2 * MEMORY_POLYNOMIAL_SISO_T2_ROW];
    PIM_ALIGNED pim_work16 q3_pair_q[2 * MEMORY_POLYNOMIAL_SISO_Q3_PAIR_ROW];
    PIM_ALIGNED pim_work16 t3_q[2 * MEMORY_POLYNOMIAL_SISO_T3_ROW];
    PIM_ALIGNED pim_work16 q4_pair_q[2 * MEMORY_POLYNOMIAL_SISO_Q4_PAIR_ROW];
    PIM_ALIGNED pim_work16 t4_q[2 * MEMORY_POLYNOMIAL_SISO_T4_ROW];
    PIM_ALIGNED pim_work16 q5_pair_q[2 * MEMORY_POLYNOMIAL_SISO_Q5_PAIR_ROW];
    PIM_ALIGNED pim_work16 t5_q[2 * MEMORY_POLYNOMIAL_SISO_T5_ROW];
    PIM_ALIGNED pim_work16 q6_pair_q[2 * MEMORY_POLYNOMIAL_SISO_Q6_PAIR_ROW];
    PIM_ALIGNED pim_work16 t6_q[2 * MEMORY_POLYNOMIAL_SISO_T6_ROW];
    PIM_ALIGNED int32_t terms_q[14 * MEMORY_POLYNOMIAL_SISO_TERMS_ROW];
    PIM_ALIGNED pim_work16 z_q[2 * MEMORY_POLYNOMIAL_SISO_Z_ROW];
    for (size_t c = 0; c < 14; ++c) {
        for (size_t n = 0; n < 12; ++n) {
            terms_q[c * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY - 12 + n] = state->terms_history[c][n];
        }
    }
    for (size_t c = 0; c < MEMORY_POLYNOMIAL_SISO_INPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            x_q[c * MEMORY_POLYNOMIAL_SISO_X_ROW + n] = x[c][start + n];
        }
    }
    memory_polynomial_siso_stage_r(x_q, r_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("m", &memory_polynomial_siso_taps[0][0], 1, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_q1(MEMORY_POLYNOMIAL_SISO_GIVES_BANK r_q, q1_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("P1", &memory_polynomial_siso_taps[0][0], 1, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_eq1(r_q, q1_q, eq1_q, n_samples);
    memory_polynomial_siso_stage_s2(eq1_q, q1_q, s2_q, n_samples);
    memory_polynomial_siso_stage_q2(MEMORY_POLYNOMIAL_SISO_GIVES_BANK s2_q, q2_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("P2", &memory_polynomial_siso_taps[0][0], 1, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_eq2(r_q, q2_q, eq2_q, n_samples);
    memory_polynomial_siso_stage_s3(eq2_q, q2_q, q1_q, s3_q, n_samples);
    memory_polynomial_siso_stage_q3(MEMORY_POLYNOMIAL_SISO_GIVES_BANK s3_q, q3_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("P3", &memory_polynomial_siso_taps[0][0], 1, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_eq3(r_q, q3_q, eq3_q, n_samples);
    memory_polynomial_siso_stage_s4(eq3_q, q3_q, q2_q, s4_q, n_samples);
    memory_polynomial_siso_stage_q4(MEMORY_POLYNOMIAL_SISO_GIVES_BANK s4_q, q4_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("P4", &memory_polynomial_siso_taps[0][0], 1, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_eq4(r_q, q4_q, eq4_q, n_samples);
    memory_polynomial_siso_stage_s5(eq4_q, q4_q, q3_q, s5_q, n_samples);
    memory_polynomial_siso_stage_q5(MEMORY_POLYNOMIAL_SISO_GIVES_BANK s5_q, q5_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("P5", &memory_polynomial_siso_taps[0][0], 1, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_eq5(r_q, q5_q, eq5_q, n_samples);
    memory_polynomial_siso_stage_s6(eq5_q, q5_q, q4_q, s6_q, n_samples);
    memory_polynomial_siso_stage_q6(MEMORY_POLYNOMIAL_SISO_GIVES_BANK s6_q, q6_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("P6", &memory_polynomial_siso_taps[0][0], 1, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_q1_pair(q1_q, q1_pair_q, n_samples);
    memory_polynomial_siso_stage_t1(x_q, q1_pair_q, t1_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("xt1", &memory_polynomial_siso_taps[0][0], 2, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_q2_pair(q2_q, q2_pair_q, n_samples);
    memory_polynomial_siso_stage_t2(x_q, q2_pair_q, t2_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("xt2", &memory_polynomial_siso_taps[0][0], 2, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_q3_pair(q3_q, q3_pair_q, n_samples);
    memory_polynomial_siso_stage_t3(x_q, q3_pair_q, t3_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("xt3", &memory_polynomial_siso_taps[0][0], 2, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_q4_pair(q4_q, q4_pair_q, n_samples);
    memory_polynomial_siso_stage_t4(x_q, q4_pair_q, t4_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("xt4", &memory_polynomial_siso_taps[0][0], 2, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_q5_pair(q5_q, q5_pair_q, n_samples);
    memory_polynomial_siso_stage_t5(x_q, q5_pair_q, t5_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("xt5", &memory_polynomial_siso_taps[0][0], 2, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_q6_pair(q6_q, q6_pair_q, n_samples);
    memory_polynomial_siso_stage_t6(x_q, q6_pair_q, t6_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("xt6", &memory_polynomial_siso_taps[0][0], 2, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
    memory_polynomial_siso_stage_terms(x_q, t1_q, t2_q, t3_q, t4_q, t5_q, t6_q, terms_q, n_samples);
    memory_polynomial_siso_stage_z(MEMORY_POLYNOMIAL_SISO_GIVES_BANK terms_q, z_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("W", &memory_polynomial_siso_taps[0][0], 2, MEMORY_POLYNOMIAL_SISO_BLOCK, n_samples)
#endif
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("x", x_q + MEMORY_POLYNOMIAL_SISO_X_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_X_ROW, n_samples)
    PIM_TRACE_ROWS("r", r_q + MEMORY_POLYNOMIAL_SISO_R_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_R_ROW, n_samples)
    PIM_TRACE_ROWS("q1", q1_q + MEMORY_POLYNOMIAL_SISO_Q1_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_Q1_ROW, n_samples)
    PIM_TRACE_ROWS("eq1", eq1_q + MEMORY_POLYNOMIAL_SISO_EQ1_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_EQ1_ROW, n_samples)
    PIM_TRACE_ROWS("s2", s2_q + MEMORY_POLYNOMIAL_SISO_S2_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_S2_ROW, n_samples)
    PIM_TRACE_ROWS("q2", q2_q + MEMORY_POLYNOMIAL_SISO_Q2_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_Q2_ROW, n_samples)
    PIM_TRACE_ROWS("eq2", eq2_q + MEMORY_POLYNOMIAL_SISO_EQ2_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_EQ2_ROW, n_samples)
    PIM_TRACE_ROWS("s3", s3_q + MEMORY_POLYNOMIAL_SISO_S3_MEMORY, 3, MEMORY_POLYNOMIAL_SISO_S3_ROW, n_samples)
    PIM_TRACE_ROWS("q3", q3_q + MEMORY_POLYNOMIAL_SISO_Q3_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_Q3_ROW, n_samples)
    PIM_TRACE_ROWS("eq3", eq3_q + MEMORY_POLYNOMIAL_SISO_EQ3_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_EQ3_ROW, n_samples)
    PIM_TRACE_ROWS("s4", s4_q + MEMORY_POLYNOMIAL_SISO_S4_MEMORY, 3, MEMORY_POLYNOMIAL_SISO_S4_ROW, n_samples)
    PIM_TRACE_ROWS("q4", q4_q + MEMORY_POLYNOMIAL_SISO_Q4_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_Q4_ROW, n_samples)
    PIM_TRACE_ROWS("eq4", eq4_q + MEMORY_POLYNOMIAL_SISO_EQ4_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_EQ4_ROW, n_samples)
    PIM_TRACE_ROWS("s5", s5_q + MEMORY_POLYNOMIAL_SISO_S5_MEMORY, 3, MEMORY_POLYNOMIAL_SISO_S5_ROW, n_samples)
    PIM_TRACE_ROWS("q5", q5_q + MEMORY_POLYNOMIAL_SISO_Q5_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_Q5_ROW, n_samples)
    PIM_TRACE_ROWS("eq5", eq5_q + MEMORY_POLYNOMIAL_SISO_EQ5_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_EQ5_ROW, n_samples)
    PIM_TRACE_ROWS("s6", s6_q + MEMORY_POLYNOMIAL_SISO_S6_MEMORY, 3, MEMORY_POLYNOMIAL_SISO_S6_ROW, n_samples)
    PIM_TRACE_ROWS("q6", q6_q + MEMORY_POLYNOMIAL_SISO_Q6_MEMORY, 1, MEMORY_POLYNOMIAL_SISO_Q6_ROW, n_samples)
    PIM_TRACE_ROWS("q1_pair", q1_pair_q + MEMORY_POLYNOMIAL_SISO_Q1_PAIR_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Q1_PAIR_ROW, n_samples)
    PIM_TRACE_ROWS("t1", t1_q + MEMORY_POLYNOMIAL_SISO_T1_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_T1_ROW, n_samples)
    PIM_TRACE_ROWS("q2_pair", q2_pair_q + MEMORY_POLYNOMIAL_SISO_Q2_PAIR_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Q2_PAIR_ROW, n_samples)
    PIM_TRACE_ROWS("t2", t2_q + MEMORY_POLYNOMIAL_SISO_T2_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_T2_ROW, n_samples)
    PIM_TRACE_ROWS("q3_pair", q3_pair_q + MEMORY_POLYNOMIAL_SISO_Q3_PAIR_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Q3_PAIR_ROW, n_samples)
    PIM_TRACE_ROWS("t3", t3_q + MEMORY_POLYNOMIAL_SISO_T3_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_T3_ROW, n_samples)
    PIM_TRACE_ROWS("q4_pair", q4_pair_q + MEMORY_POLYNOMIAL_SISO_Q4_PAIR_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Q4_PAIR_ROW, n_samples)
    PIM_TRACE_ROWS("t4", t4_q + MEMORY_POLYNOMIAL_SISO_T4_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_T4_ROW, n_samples)
    PIM_TRACE_ROWS("q5_pair", q5_pair_q + MEMORY_POLYNOMIAL_SISO_Q5_PAIR_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Q5_PAIR_ROW, n_samples)
    PIM_TRACE_ROWS("t5", t5_q + MEMORY_POLYNOMIAL_SISO_T5_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_T5_ROW, n_samples)
    PIM_TRACE_ROWS("q6_pair", q6_pair_q + MEMORY_POLYNOMIAL_SISO_Q6_PAIR_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Q6_PAIR_ROW, n_samples)
    PIM_TRACE_ROWS("t6", t6_q + MEMORY_POLYNOMIAL_SISO_T6_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_T6_ROW, n_samples)
    PIM_TRACE_ROWS("terms", terms_q + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY, 14, MEMORY_POLYNOMIAL_SISO_TERMS_ROW, n_samples)
    PIM_TRACE_ROWS("z", z_q + MEMORY_POLYNOMIAL_SISO_Z_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Z_ROW, n_samples)
    PIM_TRACE_ROWS("y", z_q + MEMORY_POLYNOMIAL_SISO_Z_MEMORY, 2, MEMORY_POLYNOMIAL_SISO_Z_ROW, n_samples)
#endif
    for (size_t c = 0; c < MEMORY_POLYNOMIAL_SISO_OUTPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            y[c][start + n] = (memory_polynomial_siso_output)z_q[c * MEMORY_POLYNOMIAL_SISO_Z_ROW + n];
        }
    }
    for (size_t c = 0; c < 14; ++c) {
        for (size_t n = 0; n < 12; ++n) {
            state->terms_history[c][n] = (int32_t)terms_q[c * MEMORY_POLYNOMIAL_SISO_TERMS_ROW + MEMORY_POLYNOMIAL_SISO_TERMS_MEMORY - 12 + n_samples + n];
        }
    }
}

#ifdef PIM_BANKED

void memory_polynomial_siso_reset(memory_polynomial_siso_state *state)
{
    for (size_t c = 0; c < 14; ++c) {
        for (size_t n = 0; n < 12; ++n) {
            state->terms_history[c][n] = 0;
        }
    }
}

void memory_polynomial_siso_init(memory_polynomial_siso_state *state)
{
    memory_polynomial_siso_reset(state);
    memory_polynomial_siso_load(&state->bank[0]);
    memory_polynomial_siso_load(&state->bank[1]);
    state->wanted = 0;
    state->used = 0;
}

int memory_polynomial_siso_swap(memory_polynomial_siso_state *state, const memory_polynomial_siso_weight *values_q)
{
    const uint32_t used = PIM_OBSERVE(state->used);
    if (used != state->wanted) {
        return PIM_SWAP_BUSY;
    }
    if (memory_polynomial_siso_admits_P1(values_q) == 0) {
        return MEMORY_POLYNOMIAL_SISO_NODE_P1;
    }
    if (memory_polynomial_siso_admits_P2(values_q) == 0) {
        return MEMORY_POLYNOMIAL_SISO_NODE_P2;
    }
    if (memory_polynomial_siso_admits_P3(values_q) == 0) {
        return MEMORY_POLYNOMIAL_SISO_NODE_P3;
    }
    if (memory_polynomial_siso_admits_P4(values_q) == 0) {
        return MEMORY_POLYNOMIAL_SISO_NODE_P4;
    }
    if (memory_polynomial_siso_admits_P5(values_q) == 0) {
        return MEMORY_POLYNOMIAL_SISO_NODE_P5;
    }
    if (memory_polynomial_siso_admits_P6(values_q) == 0) {
        return MEMORY_POLYNOMIAL_SISO_NODE_P6;
    }
    if (memory_polynomial_siso_admits_W(values_q) == 0) {
        return MEMORY_POLYNOMIAL_SISO_NODE_W;
    }
    memory_polynomial_siso_fill_P1(&state->bank[1 - used], values_q);
    memory_polynomial_siso_fill_P2(&state->bank[1 - used], values_q);
    memory_polynomial_siso_fill_P3(&state->bank[1 - used], values_q);
    memory_polynomial_siso_fill_P4(&state->bank[1 - used], values_q);
    memory_polynomial_siso_fill_P5(&state->bank[1 - used], values_q);
    memory_polynomial_siso_fill_P6(&state->bank[1 - used], values_q);
    memory_polynomial_siso_fill_W(&state->bank[1 - used], values_q);
    PIM_PUBLISH(state->wanted, 1 - used);
    return PIM_SWAP_TAKEN;
}

#else

void memory_polynomial_siso_init(memory_polynomial_siso_state *state)
{
    static const memory_polynomial_siso_state zero = {0};
    *state = zero;
}

#endif

void memory_polynomial_siso_process(memory_polynomial_siso_state *state, const memory_polynomial_siso_input *const x[MEMORY_POLYNOMIAL_SISO_INPUTS],
    memory_polynomial_siso_output *const y[MEMORY_POLYNOMIAL_SISO_OUTPUTS], size_t n_samples)
{
#ifdef PIM_BANKED
    const uint32_t used = PIM_OBSERVE(state->wanted);
    const memory_polynomial_siso_bank *const bank = &state->bank[used];
    PIM_PUBLISH(state->used, used);
#endif
    for (size_t start = 0; start < n_samples; start += MEMORY_POLYNOMIAL_SISO_BLOCK) {
        const size_t left = n_samples - start;
        memory_polynomial_siso_block(MEMORY_POLYNOMIAL_SISO_GIVES_BANK state, x, y, start, left < MEMORY_POLYNOMIAL_SISO_BLOCK ? left : MEMORY_POLYNOMIAL_SISO_BLOCK);
    }
}
