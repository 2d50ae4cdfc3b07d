/*
 * The canceller `cnn_lightweight`; interface and formats in cnn_lightweight.h, tables in cnn_lightweight_weights.h.
 *
 * Planar blocks of CNN_LIGHTWEIGHT_BLOCK samples pass through one loop a stage; the buffers stay in a cache near the processor
 * and the loops vectorize. In front of each block stand the past samples that a convolution or a delay reads.
 * PIM_PIECEWISE (PIM_TABLE or PIM_BASIS) chooses the form of the nonlinearity; both give the same integers.
 * PIM_TRACE makes every node's integers visible, see pim_trace.h. PIM_BANKED reads the weights from the state. PIM_AVX512
 * takes the stages in cnn_lightweight_avx512.h in place of those here, where a processor has these instructions.
 */
#if defined(__AVX512BW__) && defined(__GNUC__) && __GNUC__ >= 8 && !defined(__clang__)
#pragma GCC target("prefer-vector-width=512") /* gcc takes half of it by itself; measured, all of it is faster here */
#endif

#include "cnn_lightweight.h"

#include "cnn_lightweight_weights.h"
#include "pim_accumulate4_w16_i32.h"
#include "pim_function_fits_i32.h"
#include "pim_leaky_relu_i32.h"
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
typedef char cnn_lightweight_state_is_as_stated[(sizeof(cnn_lightweight_state) <= CNN_LIGHTWEIGHT_STATE_BYTES) ? 1 : -1];
#endif

#define CNN_LIGHTWEIGHT_X_MEMORY PIM_IN_FRONT(4)
#define CNN_LIGHTWEIGHT_X_ROW ((size_t)CNN_LIGHTWEIGHT_X_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_C1D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_C1D_ROW ((size_t)CNN_LIGHTWEIGHT_C1D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_A1D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_A1D_ROW ((size_t)CNN_LIGHTWEIGHT_A1D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_C1P_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_C1P_ROW ((size_t)CNN_LIGHTWEIGHT_C1P_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_A1_MEMORY PIM_IN_FRONT(8)
#define CNN_LIGHTWEIGHT_A1_ROW ((size_t)CNN_LIGHTWEIGHT_A1_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_C2D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_C2D_ROW ((size_t)CNN_LIGHTWEIGHT_C2D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_A2D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_A2D_ROW ((size_t)CNN_LIGHTWEIGHT_A2D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_C2P_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_C2P_ROW ((size_t)CNN_LIGHTWEIGHT_C2P_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_A2_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_A2_ROW ((size_t)CNN_LIGHTWEIGHT_A2_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_S1_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_S1_ROW ((size_t)CNN_LIGHTWEIGHT_S1_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_H1_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_H1_ROW ((size_t)CNN_LIGHTWEIGHT_H1_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_S2_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_S2_ROW ((size_t)CNN_LIGHTWEIGHT_S2_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_H2_MEMORY PIM_IN_FRONT(4)
#define CNN_LIGHTWEIGHT_H2_ROW ((size_t)CNN_LIGHTWEIGHT_H2_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_C3D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_C3D_ROW ((size_t)CNN_LIGHTWEIGHT_C3D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_A3D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_A3D_ROW ((size_t)CNN_LIGHTWEIGHT_A3D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_C3P_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_C3P_ROW ((size_t)CNN_LIGHTWEIGHT_C3P_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_A3_MEMORY PIM_IN_FRONT(4)
#define CNN_LIGHTWEIGHT_A3_ROW ((size_t)CNN_LIGHTWEIGHT_A3_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_C4D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_C4D_ROW ((size_t)CNN_LIGHTWEIGHT_C4D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_A4D_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_A4D_ROW ((size_t)CNN_LIGHTWEIGHT_A4D_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_Z_MEMORY PIM_IN_FRONT(0)
#define CNN_LIGHTWEIGHT_Z_ROW ((size_t)CNN_LIGHTWEIGHT_Z_MEMORY + (size_t)CNN_LIGHTWEIGHT_BLOCK)

#ifdef PIM_TRACE
#include "pim_trace.h"
static int64_t cnn_lightweight_taps[64][CNN_LIGHTWEIGHT_BLOCK];
#define PIM_TAP(channel, n, value) (cnn_lightweight_taps[channel][n] = (int64_t)(value))
#define PIM_TRACE_ROWS(node, rows, channels, row, n_samples) \
    for (size_t c = 0; c < (channels); ++c) { \
        int64_t values[CNN_LIGHTWEIGHT_BLOCK] = {0}; \
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
static PIM_COLD void cnn_lightweight_load(cnn_lightweight_bank *bank)
{
    for (size_t a = 0; a < 64; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c1d_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C1D_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c1p_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C1P_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->c1p_bias[a] = (int32_t)CNN_LIGHTWEIGHT_C1P_BIAS[a];
    }
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c2d_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C2D_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c2p_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C2P_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->c2p_bias[a] = (int32_t)CNN_LIGHTWEIGHT_C2P_BIAS[a];
    }
    for (size_t a = 0; a < 16; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->fc1_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_FC1_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 16; ++a) {
        bank->fc1_bias[a] = (int32_t)CNN_LIGHTWEIGHT_FC1_BIAS[a];
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            bank->g1_slopes[a][b] = (int32_t)CNN_LIGHTWEIGHT_G1_SLOPES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            bank->g1_bases[a][b] = (int32_t)CNN_LIGHTWEIGHT_G1_BASES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            bank->g1_weights[a][b] = (int16_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[a][b];
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->fc2_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_FC2_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->fc2_bias[a] = (int32_t)CNN_LIGHTWEIGHT_FC2_BIAS[a];
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            bank->g2_slopes[a][b] = (int32_t)CNN_LIGHTWEIGHT_G2_SLOPES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            bank->g2_bases[a][b] = (int32_t)CNN_LIGHTWEIGHT_G2_BASES[a][b];
        }
    }
    for (size_t a = 0; a < 1; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            bank->g2_weights[a][b] = (int16_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[a][b];
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c3d_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C3D_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c3p_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C3P_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->c3p_bias[a] = (int32_t)CNN_LIGHTWEIGHT_C3P_BIAS[a];
    }
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c4d_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C4D_TAPS[a][b][c];
            }
        }
    }
    for (size_t a = 0; a < 32; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c4p_taps[a][b][c] = (int16_t)CNN_LIGHTWEIGHT_C4P_TAPS[a][b][c];
            }
        }
    }
}

static PIM_COLD int cnn_lightweight_admits_c1d(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q, 320, CNN_LIGHTWEIGHT_C1D_LARGEST_WORD);
    for (size_t o = 0; o < 64; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + (o * 1 + i) * 5, 5, 0, CNN_LIGHTWEIGHT_C1D_ENVELOPE_INPUTS[(o / 1) * 1 + i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, CNN_LIGHTWEIGHT_C1D_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C1D_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c1d(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 64; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c1d_taps[a][b][c] = (int16_t)values_q[(a * 1 + b) * 5 + c];
            }
        }
    }
}

static PIM_COLD int cnn_lightweight_admits_c1p(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 320, 3072, CNN_LIGHTWEIGHT_C1P_LARGEST_WORD);
    for (size_t o = 0; o < 48; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 64; ++i) {
            pim_span_add_i32(&span0, values_q + 320 + (o * 64 + i) * 1, 1, 0, CNN_LIGHTWEIGHT_C1P_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, (int64_t)values_q[3392 + o], CNN_LIGHTWEIGHT_C1P_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C1P_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c1p(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 64; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c1p_taps[a][b][c] = (int16_t)values_q[320 + (a * 64 + b) * 1 + c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->c1p_bias[a] = (int32_t)values_q[3392 + a];
    }
}

static PIM_COLD int cnn_lightweight_admits_c2d(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 3440, 240, CNN_LIGHTWEIGHT_C2D_LARGEST_WORD);
    for (size_t o = 0; o < 48; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + 3440 + (o * 1 + i) * 5, 5, 0, CNN_LIGHTWEIGHT_C2D_ENVELOPE_INPUTS[(o / 1) * 1 + i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, CNN_LIGHTWEIGHT_C2D_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C2D_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c2d(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c2d_taps[a][b][c] = (int16_t)values_q[3440 + (a * 1 + b) * 5 + c];
            }
        }
    }
}

static PIM_COLD int cnn_lightweight_admits_c2p(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 3680, 2304, CNN_LIGHTWEIGHT_C2P_LARGEST_WORD);
    for (size_t o = 0; o < 48; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 48; ++i) {
            pim_span_add_i32(&span0, values_q + 3680 + (o * 48 + i) * 1, 1, 0, CNN_LIGHTWEIGHT_C2P_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, (int64_t)values_q[5984 + o], CNN_LIGHTWEIGHT_C2P_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C2P_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c2p(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c2p_taps[a][b][c] = (int16_t)values_q[3680 + (a * 48 + b) * 1 + c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->c2p_bias[a] = (int32_t)values_q[5984 + a];
    }
}

static PIM_COLD int cnn_lightweight_admits_fc1(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 6032, 768, CNN_LIGHTWEIGHT_FC1_LARGEST_WORD);
    for (size_t o = 0; o < 16; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 48; ++i) {
            pim_span_add_i32(&span0, values_q + 6032 + (o * 48 + i) * 1, 1, 0, CNN_LIGHTWEIGHT_FC1_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, (int64_t)values_q[6800 + o], CNN_LIGHTWEIGHT_FC1_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_FC1_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_fc1(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 16; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->fc1_taps[a][b][c] = (int16_t)values_q[6032 + (a * 48 + b) * 1 + c];
            }
        }
    }
    for (size_t a = 0; a < 16; ++a) {
        bank->fc1_bias[a] = (int32_t)values_q[6800 + a];
    }
}

static PIM_COLD int cnn_lightweight_admits_g1(const int32_t *values_q)
{
    int fits = 1;
    for (size_t f = 0; f < 1; ++f) {
        fits = (fits != 0) && (pim_function_fits_i32(values_q + 6816 + f * 64, 64, (int64_t)values_q[6880 + f], CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G1_LARGEST_WORD, CNN_LIGHTWEIGHT_G1_ENVELOPE_ROWS[f]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_g1(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t f = 0; f < 1; ++f) {
        int64_t base = (int64_t)values_q[6880 + f];
        int32_t previous = 0;
        for (size_t s = 0; s < 64; ++s) {
            const int32_t slope = (int32_t)values_q[6816 + f * 64 + s];
            bank->g1_slopes[f][s] = slope;
            bank->g1_bases[f][s] = (int32_t)base;
            bank->g1_weights[f][s] = (int16_t)(slope - previous);
            base += (int64_t)slope;
            previous = slope;
        }
    }
}

static PIM_COLD int cnn_lightweight_admits_fc2(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 6881, 768, CNN_LIGHTWEIGHT_FC2_LARGEST_WORD);
    for (size_t o = 0; o < 48; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 16; ++i) {
            pim_span_add_i32(&span0, values_q + 6881 + (o * 16 + i) * 1, 1, 0, CNN_LIGHTWEIGHT_FC2_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, (int64_t)values_q[7649 + o], CNN_LIGHTWEIGHT_FC2_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_FC2_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_fc2(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 16; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->fc2_taps[a][b][c] = (int16_t)values_q[6881 + (a * 16 + b) * 1 + c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->fc2_bias[a] = (int32_t)values_q[7649 + a];
    }
}

static PIM_COLD int cnn_lightweight_admits_g2(const int32_t *values_q)
{
    int fits = 1;
    for (size_t f = 0; f < 1; ++f) {
        fits = (fits != 0) && (pim_function_fits_i32(values_q + 7697 + f * 64, 64, (int64_t)values_q[7761 + f], CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G2_LARGEST_WORD, CNN_LIGHTWEIGHT_G2_ENVELOPE_ROWS[f]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_g2(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t f = 0; f < 1; ++f) {
        int64_t base = (int64_t)values_q[7761 + f];
        int32_t previous = 0;
        for (size_t s = 0; s < 64; ++s) {
            const int32_t slope = (int32_t)values_q[7697 + f * 64 + s];
            bank->g2_slopes[f][s] = slope;
            bank->g2_bases[f][s] = (int32_t)base;
            bank->g2_weights[f][s] = (int16_t)(slope - previous);
            base += (int64_t)slope;
            previous = slope;
        }
    }
}

static PIM_COLD int cnn_lightweight_admits_c3d(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 7762, 240, CNN_LIGHTWEIGHT_C3D_LARGEST_WORD);
    for (size_t o = 0; o < 48; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + 7762 + (o * 1 + i) * 5, 5, 0, CNN_LIGHTWEIGHT_C3D_ENVELOPE_INPUTS[(o / 1) * 1 + i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, CNN_LIGHTWEIGHT_C3D_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C3D_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c3d(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c3d_taps[a][b][c] = (int16_t)values_q[7762 + (a * 1 + b) * 5 + c];
            }
        }
    }
}

static PIM_COLD int cnn_lightweight_admits_c3p(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 8002, 2304, CNN_LIGHTWEIGHT_C3P_LARGEST_WORD);
    for (size_t o = 0; o < 48; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 48; ++i) {
            pim_span_add_i32(&span0, values_q + 8002 + (o * 48 + i) * 1, 1, 0, CNN_LIGHTWEIGHT_C3P_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, (int64_t)values_q[10306 + o], CNN_LIGHTWEIGHT_C3P_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C3P_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c3p(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c3p_taps[a][b][c] = (int16_t)values_q[8002 + (a * 48 + b) * 1 + c];
            }
        }
    }
    for (size_t a = 0; a < 48; ++a) {
        bank->c3p_bias[a] = (int32_t)values_q[10306 + a];
    }
}

static PIM_COLD int cnn_lightweight_admits_c4d(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 10354, 240, CNN_LIGHTWEIGHT_C4D_LARGEST_WORD);
    for (size_t o = 0; o < 48; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 1; ++i) {
            pim_span_add_i32(&span0, values_q + 10354 + (o * 1 + i) * 5, 5, 0, CNN_LIGHTWEIGHT_C4D_ENVELOPE_INPUTS[(o / 1) * 1 + i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, CNN_LIGHTWEIGHT_C4D_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C4D_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c4d(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 48; ++a) {
        for (size_t b = 0; b < 1; ++b) {
            for (size_t c = 0; c < 5; ++c) {
                bank->c4d_taps[a][b][c] = (int16_t)values_q[10354 + (a * 1 + b) * 5 + c];
            }
        }
    }
}

static PIM_COLD int cnn_lightweight_admits_c4p(const int32_t *values_q)
{
    int fits = pim_within_i32(values_q + 10594, 1536, CNN_LIGHTWEIGHT_C4P_LARGEST_WORD);
    for (size_t o = 0; o < 32; ++o) {
        pim_span span0 = {0, 0};
        for (size_t i = 0; i < 48; ++i) {
            pim_span_add_i32(&span0, values_q + 10594 + (o * 48 + i) * 1, 1, 0, CNN_LIGHTWEIGHT_C4P_ENVELOPE_INPUTS[i]);
        }
        fits = (fits != 0) && (pim_span_fits_i64(&span0, 0, CNN_LIGHTWEIGHT_C4P_ENVELOPE_SUMS, CNN_LIGHTWEIGHT_C4P_ENVELOPE_OUTPUTS[o]) != 0);
    }
    return fits;
}

static PIM_COLD void cnn_lightweight_fill_c4p(cnn_lightweight_bank *bank, const int32_t *values_q)
{
    for (size_t a = 0; a < 32; ++a) {
        for (size_t b = 0; b < 48; ++b) {
            for (size_t c = 0; c < 1; ++c) {
                bank->c4p_taps[a][b][c] = (int16_t)values_q[10594 + (a * 48 + b) * 1 + c];
            }
        }
    }
}

/* From here on a table is that of the bank in use. */
#define CNN_LIGHTWEIGHT_C1D_TAPS (bank->c1d_taps)
#define CNN_LIGHTWEIGHT_C1P_TAPS (bank->c1p_taps)
#define CNN_LIGHTWEIGHT_C1P_BIAS (bank->c1p_bias)
#define CNN_LIGHTWEIGHT_C2D_TAPS (bank->c2d_taps)
#define CNN_LIGHTWEIGHT_C2P_TAPS (bank->c2p_taps)
#define CNN_LIGHTWEIGHT_C2P_BIAS (bank->c2p_bias)
#define CNN_LIGHTWEIGHT_FC1_TAPS (bank->fc1_taps)
#define CNN_LIGHTWEIGHT_FC1_BIAS (bank->fc1_bias)
#define CNN_LIGHTWEIGHT_G1_SLOPES (bank->g1_slopes)
#define CNN_LIGHTWEIGHT_G1_BASES (bank->g1_bases)
#define CNN_LIGHTWEIGHT_G1_WEIGHTS (bank->g1_weights)
#define CNN_LIGHTWEIGHT_FC2_TAPS (bank->fc2_taps)
#define CNN_LIGHTWEIGHT_FC2_BIAS (bank->fc2_bias)
#define CNN_LIGHTWEIGHT_G2_SLOPES (bank->g2_slopes)
#define CNN_LIGHTWEIGHT_G2_BASES (bank->g2_bases)
#define CNN_LIGHTWEIGHT_G2_WEIGHTS (bank->g2_weights)
#define CNN_LIGHTWEIGHT_C3D_TAPS (bank->c3d_taps)
#define CNN_LIGHTWEIGHT_C3P_TAPS (bank->c3p_taps)
#define CNN_LIGHTWEIGHT_C3P_BIAS (bank->c3p_bias)
#define CNN_LIGHTWEIGHT_C4D_TAPS (bank->c4d_taps)
#define CNN_LIGHTWEIGHT_C4P_TAPS (bank->c4p_taps)
#define CNN_LIGHTWEIGHT_TAKES_BANK const cnn_lightweight_bank *PIM_RESTRICT bank,
#define CNN_LIGHTWEIGHT_GIVES_BANK bank,
#else
#define CNN_LIGHTWEIGHT_TAKES_BANK
#define CNN_LIGHTWEIGHT_GIVES_BANK
#endif

#ifdef PIM_AVX512
#include "cnn_lightweight_avx512.h"
#define PIM_CLEARED = {0} /* vectors reach beyond the last sample */
#else
#define PIM_CLEARED
#endif

#if !defined(PIM_AVX512)
/* x -> c1d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c1d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT x_q,
    int32_t *PIM_RESTRICT c1d_q, size_t n_samples)
{
    for (size_t group = 0; group < 64; ++group) {
        const pim_work16 *const in0 = x_q + group * CNN_LIGHTWEIGHT_X_ROW + CNN_LIGHTWEIGHT_X_MEMORY - 4;
        int32_t *const out0 = c1d_q + group * CNN_LIGHTWEIGHT_C1D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc0 =
                (int32_t)CNN_LIGHTWEIGHT_C1D_TAPS[group][0][0] * (int32_t)(in0 + 4)[n] + (int32_t)CNN_LIGHTWEIGHT_C1D_TAPS[group][0][1] * (int32_t)(in0 + 3)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C1D_TAPS[group][0][2] * (int32_t)(in0 + 2)[n] + (int32_t)CNN_LIGHTWEIGHT_C1D_TAPS[group][0][3] * (int32_t)(in0 + 1)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C1D_TAPS[group][0][4] * (int32_t)in0[n];
            out0[n] = (int32_t)acc0;
        }
    }
}
#endif

/* c1d -> c1d_leaky -> a1d: LeakyReLU, slope 2^-1, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_a1d(const int32_t *PIM_RESTRICT c1d_q,
    pim_work16 *PIM_RESTRICT a1d_q, size_t n_samples)
{
    for (size_t c = 0; c < 64; ++c) {
        const int32_t *const in = c1d_q + c * CNN_LIGHTWEIGHT_C1D_ROW;
        pim_work16 *const out = a1d_q + c * CNN_LIGHTWEIGHT_A1D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_leaky_relu_i32((int32_t)in[n], CNN_LIGHTWEIGHT_C1D_LEAKY_SLOPE_LOG2);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_A1D_SHIFT), CNN_LIGHTWEIGHT_A1D_MIN, CNN_LIGHTWEIGHT_A1D_MAX);
        }
    }
}

#if !defined(PIM_AVX512)
/* a1d -> c1p: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c1p(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a1d_q,
    int32_t *PIM_RESTRICT c1p_q, size_t n_samples)
{
    const pim_work16 *const in = a1d_q;
    size_t offsets[64] = {0};
    for (size_t i = 0; i < 64; ++i) {
        offsets[i] = i * CNN_LIGHTWEIGHT_A1D_ROW + CNN_LIGHTWEIGHT_A1D_MEMORY;
    }
    for (size_t o = 0; o < 48; o += 4) {
        int32_t taps[4 * 64] = {0};
        int32_t acc[4 * CNN_LIGHTWEIGHT_BLOCK];
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            for (size_t i = 0; i < 64; ++i) {
                taps[r * 64 + i] = (int32_t)CNN_LIGHTWEIGHT_C1P_TAPS[c][i][0];
            }
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                acc[r * CNN_LIGHTWEIGHT_BLOCK + n] = (int32_t)CNN_LIGHTWEIGHT_C1P_BIAS[c];
            }
        }
        pim_accumulate4_w16_i32(acc, CNN_LIGHTWEIGHT_BLOCK, in, offsets, taps, 64, n_samples);
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            int32_t *const out = c1p_q + c * CNN_LIGHTWEIGHT_C1P_ROW;
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                const int32_t y = acc[r * CNN_LIGHTWEIGHT_BLOCK + n];
                out[n] = (int32_t)y;
            }
        }
    }
}
#endif

/* c1p -> c1p_leaky -> a1: LeakyReLU, slope 2^-1, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_a1(const int32_t *PIM_RESTRICT c1p_q,
    pim_work16 *PIM_RESTRICT a1_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const int32_t *const in = c1p_q + c * CNN_LIGHTWEIGHT_C1P_ROW;
        pim_work16 *const out = a1_q + c * CNN_LIGHTWEIGHT_A1_ROW + CNN_LIGHTWEIGHT_A1_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_leaky_relu_i32((int32_t)in[n], CNN_LIGHTWEIGHT_C1P_LEAKY_SLOPE_LOG2);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_A1_SHIFT), CNN_LIGHTWEIGHT_A1_MIN, CNN_LIGHTWEIGHT_A1_MAX);
        }
    }
}

#if !defined(PIM_AVX512)
/* a1 -> c2d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c2d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a1_q,
    int32_t *PIM_RESTRICT c2d_q, size_t n_samples)
{
    for (size_t group = 0; group < 48; ++group) {
        const pim_work16 *const in0 = a1_q + group * CNN_LIGHTWEIGHT_A1_ROW + CNN_LIGHTWEIGHT_A1_MEMORY - 8;
        int32_t *const out0 = c2d_q + group * CNN_LIGHTWEIGHT_C2D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc0 =
                (int32_t)CNN_LIGHTWEIGHT_C2D_TAPS[group][0][0] * (int32_t)(in0 + 8)[n] + (int32_t)CNN_LIGHTWEIGHT_C2D_TAPS[group][0][1] * (int32_t)(in0 + 6)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C2D_TAPS[group][0][2] * (int32_t)(in0 + 4)[n] + (int32_t)CNN_LIGHTWEIGHT_C2D_TAPS[group][0][3] * (int32_t)(in0 + 2)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C2D_TAPS[group][0][4] * (int32_t)in0[n];
            out0[n] = (int32_t)acc0;
        }
    }
}
#endif

/* c2d -> c2d_leaky -> a2d: LeakyReLU, slope 2^-1, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_a2d(const int32_t *PIM_RESTRICT c2d_q,
    pim_work16 *PIM_RESTRICT a2d_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const int32_t *const in = c2d_q + c * CNN_LIGHTWEIGHT_C2D_ROW;
        pim_work16 *const out = a2d_q + c * CNN_LIGHTWEIGHT_A2D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_leaky_relu_i32((int32_t)in[n], CNN_LIGHTWEIGHT_C2D_LEAKY_SLOPE_LOG2);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_A2D_SHIFT), CNN_LIGHTWEIGHT_A2D_MIN, CNN_LIGHTWEIGHT_A2D_MAX);
        }
    }
}

#if !defined(PIM_AVX512)
/* a2d -> c2p: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c2p(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a2d_q,
    int32_t *PIM_RESTRICT c2p_q, size_t n_samples)
{
    const pim_work16 *const in = a2d_q;
    size_t offsets[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        offsets[i] = i * CNN_LIGHTWEIGHT_A2D_ROW + CNN_LIGHTWEIGHT_A2D_MEMORY;
    }
    for (size_t o = 0; o < 48; o += 4) {
        int32_t taps[4 * 48] = {0};
        int32_t acc[4 * CNN_LIGHTWEIGHT_BLOCK];
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            for (size_t i = 0; i < 48; ++i) {
                taps[r * 48 + i] = (int32_t)CNN_LIGHTWEIGHT_C2P_TAPS[c][i][0];
            }
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                acc[r * CNN_LIGHTWEIGHT_BLOCK + n] = (int32_t)CNN_LIGHTWEIGHT_C2P_BIAS[c];
            }
        }
        pim_accumulate4_w16_i32(acc, CNN_LIGHTWEIGHT_BLOCK, in, offsets, taps, 48, n_samples);
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            int32_t *const out = c2p_q + c * CNN_LIGHTWEIGHT_C2P_ROW;
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                const int32_t y = acc[r * CNN_LIGHTWEIGHT_BLOCK + n];
                out[n] = (int32_t)y;
            }
        }
    }
}
#endif

/* c2p -> c2p_leaky -> a2: LeakyReLU, slope 2^-1, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_a2(const int32_t *PIM_RESTRICT c2p_q,
    pim_work16 *PIM_RESTRICT a2_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const int32_t *const in = c2p_q + c * CNN_LIGHTWEIGHT_C2P_ROW;
        pim_work16 *const out = a2_q + c * CNN_LIGHTWEIGHT_A2_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_leaky_relu_i32((int32_t)in[n], CNN_LIGHTWEIGHT_C2P_LEAKY_SLOPE_LOG2);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_A2_SHIFT), CNN_LIGHTWEIGHT_A2_MIN, CNN_LIGHTWEIGHT_A2_MAX);
        }
    }
}

#if !defined(PIM_AVX512)
/* a2 -> fc1 -> s1: convolution, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_s1(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a2_q,
    pim_work16 *PIM_RESTRICT s1_q, size_t n_samples)
{
    const pim_work16 *const in = a2_q;
    size_t offsets[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        offsets[i] = i * CNN_LIGHTWEIGHT_A2_ROW + CNN_LIGHTWEIGHT_A2_MEMORY;
    }
    for (size_t o = 0; o < 16; o += 4) {
        int32_t taps[4 * 48] = {0};
        int32_t acc[4 * CNN_LIGHTWEIGHT_BLOCK];
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            for (size_t i = 0; i < 48; ++i) {
                taps[r * 48 + i] = (int32_t)CNN_LIGHTWEIGHT_FC1_TAPS[c][i][0];
            }
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                acc[r * CNN_LIGHTWEIGHT_BLOCK + n] = (int32_t)CNN_LIGHTWEIGHT_FC1_BIAS[c];
            }
        }
        pim_accumulate4_w16_i32(acc, CNN_LIGHTWEIGHT_BLOCK, in, offsets, taps, 48, n_samples);
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            pim_work16 *const out = s1_q + c * CNN_LIGHTWEIGHT_S1_ROW;
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                const int32_t y = acc[r * CNN_LIGHTWEIGHT_BLOCK + n];
                PIM_TAP(c, n, y);
                out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(y, CNN_LIGHTWEIGHT_S1_SHIFT), CNN_LIGHTWEIGHT_S1_MIN, CNN_LIGHTWEIGHT_S1_MAX);
            }
        }
    }
}
#endif

#if !defined(PIM_AVX512)
/* s1 -> g1 -> h1: plain piecewise-linear function, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_h1(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT s1_q,
    pim_work16 *PIM_RESTRICT h1_q, size_t n_samples)
{
    for (size_t c = 0; c < 16; ++c) {
        const pim_work16 *const in = s1_q + c * CNN_LIGHTWEIGHT_S1_ROW;
        pim_work16 *const out = h1_q + c * CNN_LIGHTWEIGHT_H1_ROW;
#if PIM_PIECEWISE == PIM_TABLE
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t t = (int32_t)in[n] + CNN_LIGHTWEIGHT_G1_OFFSET;
            const int32_t s = pim_segment_i32(t, CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G1_SEGMENTS - 1);
            const int32_t r = t - pim_scale_i32(s, CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2);
            const int32_t base = pim_scale_i32((int32_t)CNN_LIGHTWEIGHT_G1_BASES[0][s], CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2);
            const int32_t acc = base + (int32_t)CNN_LIGHTWEIGHT_G1_SLOPES[0][s] * r;
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_H1_SHIFT), CNN_LIGHTWEIGHT_H1_MIN, CNN_LIGHTWEIGHT_H1_MAX);
        }
#else
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t t = (int32_t)in[n] + CNN_LIGHTWEIGHT_G1_OFFSET;
            const int32_t acc =
                pim_scale_i32((int32_t)CNN_LIGHTWEIGHT_G1_BASES[0][0], CNN_LIGHTWEIGHT_G1_SEGMENT_LOG2) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][0] * t +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][1] * pim_ramp_i32(t, 1024) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][2] * pim_ramp_i32(t, 2048) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][3] * pim_ramp_i32(t, 3072) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][4] * pim_ramp_i32(t, 4096) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][5] * pim_ramp_i32(t, 5120) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][6] * pim_ramp_i32(t, 6144) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][7] * pim_ramp_i32(t, 7168) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][8] * pim_ramp_i32(t, 8192) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][9] * pim_ramp_i32(t, 9216) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][10] * pim_ramp_i32(t, 10240) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][11] * pim_ramp_i32(t, 11264) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][12] * pim_ramp_i32(t, 12288) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][13] * pim_ramp_i32(t, 13312) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][14] * pim_ramp_i32(t, 14336) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][15] * pim_ramp_i32(t, 15360) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][16] * pim_ramp_i32(t, 16384) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][17] * pim_ramp_i32(t, 17408) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][18] * pim_ramp_i32(t, 18432) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][19] * pim_ramp_i32(t, 19456) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][20] * pim_ramp_i32(t, 20480) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][21] * pim_ramp_i32(t, 21504) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][22] * pim_ramp_i32(t, 22528) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][23] * pim_ramp_i32(t, 23552) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][24] * pim_ramp_i32(t, 24576) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][25] * pim_ramp_i32(t, 25600) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][26] * pim_ramp_i32(t, 26624) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][27] * pim_ramp_i32(t, 27648) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][28] * pim_ramp_i32(t, 28672) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][29] * pim_ramp_i32(t, 29696) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][30] * pim_ramp_i32(t, 30720) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][31] * pim_ramp_i32(t, 31744) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][32] * pim_ramp_i32(t, 32768) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][33] * pim_ramp_i32(t, 33792) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][34] * pim_ramp_i32(t, 34816) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][35] * pim_ramp_i32(t, 35840) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][36] * pim_ramp_i32(t, 36864) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][37] * pim_ramp_i32(t, 37888) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][38] * pim_ramp_i32(t, 38912) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][39] * pim_ramp_i32(t, 39936) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][40] * pim_ramp_i32(t, 40960) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][41] * pim_ramp_i32(t, 41984) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][42] * pim_ramp_i32(t, 43008) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][43] * pim_ramp_i32(t, 44032) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][44] * pim_ramp_i32(t, 45056) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][45] * pim_ramp_i32(t, 46080) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][46] * pim_ramp_i32(t, 47104) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][47] * pim_ramp_i32(t, 48128) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][48] * pim_ramp_i32(t, 49152) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][49] * pim_ramp_i32(t, 50176) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][50] * pim_ramp_i32(t, 51200) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][51] * pim_ramp_i32(t, 52224) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][52] * pim_ramp_i32(t, 53248) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][53] * pim_ramp_i32(t, 54272) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][54] * pim_ramp_i32(t, 55296) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][55] * pim_ramp_i32(t, 56320) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][56] * pim_ramp_i32(t, 57344) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][57] * pim_ramp_i32(t, 58368) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][58] * pim_ramp_i32(t, 59392) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][59] * pim_ramp_i32(t, 60416) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][60] * pim_ramp_i32(t, 61440) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][61] * pim_ramp_i32(t, 62464) + (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][62] * pim_ramp_i32(t, 63488) +
                (int32_t)CNN_LIGHTWEIGHT_G1_WEIGHTS[0][63] * pim_ramp_i32(t, 64512);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_H1_SHIFT), CNN_LIGHTWEIGHT_H1_MIN, CNN_LIGHTWEIGHT_H1_MAX);
        }
#endif
    }
}
#endif

#if !defined(PIM_AVX512)
/* h1 -> fc2 -> s2: convolution, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_s2(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT h1_q,
    pim_work16 *PIM_RESTRICT s2_q, size_t n_samples)
{
    const pim_work16 *const in = h1_q;
    size_t offsets[16] = {0};
    for (size_t i = 0; i < 16; ++i) {
        offsets[i] = i * CNN_LIGHTWEIGHT_H1_ROW + CNN_LIGHTWEIGHT_H1_MEMORY;
    }
    for (size_t o = 0; o < 48; o += 4) {
        int32_t taps[4 * 16] = {0};
        int32_t acc[4 * CNN_LIGHTWEIGHT_BLOCK];
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            for (size_t i = 0; i < 16; ++i) {
                taps[r * 16 + i] = (int32_t)CNN_LIGHTWEIGHT_FC2_TAPS[c][i][0];
            }
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                acc[r * CNN_LIGHTWEIGHT_BLOCK + n] = (int32_t)CNN_LIGHTWEIGHT_FC2_BIAS[c];
            }
        }
        pim_accumulate4_w16_i32(acc, CNN_LIGHTWEIGHT_BLOCK, in, offsets, taps, 16, n_samples);
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            pim_work16 *const out = s2_q + c * CNN_LIGHTWEIGHT_S2_ROW;
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                const int32_t y = acc[r * CNN_LIGHTWEIGHT_BLOCK + n];
                PIM_TAP(c, n, y);
                out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(y, CNN_LIGHTWEIGHT_S2_SHIFT), CNN_LIGHTWEIGHT_S2_MIN, CNN_LIGHTWEIGHT_S2_MAX);
            }
        }
    }
}
#endif

#if !defined(PIM_AVX512)
/* s2 -> g2 -> h2: plain piecewise-linear function, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_h2(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT s2_q,
    pim_work16 *PIM_RESTRICT h2_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const pim_work16 *const in = s2_q + c * CNN_LIGHTWEIGHT_S2_ROW;
        pim_work16 *const out = h2_q + c * CNN_LIGHTWEIGHT_H2_ROW + CNN_LIGHTWEIGHT_H2_MEMORY;
#if PIM_PIECEWISE == PIM_TABLE
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t t = (int32_t)in[n] + CNN_LIGHTWEIGHT_G2_OFFSET;
            const int32_t s = pim_segment_i32(t, CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2, CNN_LIGHTWEIGHT_G2_SEGMENTS - 1);
            const int32_t r = t - pim_scale_i32(s, CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2);
            const int32_t base = pim_scale_i32((int32_t)CNN_LIGHTWEIGHT_G2_BASES[0][s], CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2);
            const int32_t acc = base + (int32_t)CNN_LIGHTWEIGHT_G2_SLOPES[0][s] * r;
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_H2_SHIFT), CNN_LIGHTWEIGHT_H2_MIN, CNN_LIGHTWEIGHT_H2_MAX);
        }
#else
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t t = (int32_t)in[n] + CNN_LIGHTWEIGHT_G2_OFFSET;
            const int32_t acc =
                pim_scale_i32((int32_t)CNN_LIGHTWEIGHT_G2_BASES[0][0], CNN_LIGHTWEIGHT_G2_SEGMENT_LOG2) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][0] * t +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][1] * pim_ramp_i32(t, 1024) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][2] * pim_ramp_i32(t, 2048) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][3] * pim_ramp_i32(t, 3072) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][4] * pim_ramp_i32(t, 4096) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][5] * pim_ramp_i32(t, 5120) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][6] * pim_ramp_i32(t, 6144) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][7] * pim_ramp_i32(t, 7168) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][8] * pim_ramp_i32(t, 8192) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][9] * pim_ramp_i32(t, 9216) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][10] * pim_ramp_i32(t, 10240) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][11] * pim_ramp_i32(t, 11264) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][12] * pim_ramp_i32(t, 12288) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][13] * pim_ramp_i32(t, 13312) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][14] * pim_ramp_i32(t, 14336) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][15] * pim_ramp_i32(t, 15360) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][16] * pim_ramp_i32(t, 16384) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][17] * pim_ramp_i32(t, 17408) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][18] * pim_ramp_i32(t, 18432) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][19] * pim_ramp_i32(t, 19456) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][20] * pim_ramp_i32(t, 20480) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][21] * pim_ramp_i32(t, 21504) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][22] * pim_ramp_i32(t, 22528) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][23] * pim_ramp_i32(t, 23552) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][24] * pim_ramp_i32(t, 24576) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][25] * pim_ramp_i32(t, 25600) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][26] * pim_ramp_i32(t, 26624) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][27] * pim_ramp_i32(t, 27648) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][28] * pim_ramp_i32(t, 28672) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][29] * pim_ramp_i32(t, 29696) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][30] * pim_ramp_i32(t, 30720) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][31] * pim_ramp_i32(t, 31744) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][32] * pim_ramp_i32(t, 32768) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][33] * pim_ramp_i32(t, 33792) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][34] * pim_ramp_i32(t, 34816) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][35] * pim_ramp_i32(t, 35840) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][36] * pim_ramp_i32(t, 36864) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][37] * pim_ramp_i32(t, 37888) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][38] * pim_ramp_i32(t, 38912) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][39] * pim_ramp_i32(t, 39936) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][40] * pim_ramp_i32(t, 40960) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][41] * pim_ramp_i32(t, 41984) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][42] * pim_ramp_i32(t, 43008) +
                (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][43] * pim_ramp_i32(t, 44032) + (int32_t)CNN_LIGHTWEIGHT_G2_WEIGHTS[0][44] * pim_ramp_i32(t, 45056);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_H2_SHIFT), CNN_LIGHTWEIGHT_H2_MIN, CNN_LIGHTWEIGHT_H2_MAX);
        }
#endif
    }
}
#endif

#if !defined(PIM_AVX512)
/* h2 -> c3d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c3d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT h2_q,
    int32_t *PIM_RESTRICT c3d_q, size_t n_samples)
{
    for (size_t group = 0; group < 48; ++group) {
        const pim_work16 *const in0 = h2_q + group * CNN_LIGHTWEIGHT_H2_ROW + CNN_LIGHTWEIGHT_H2_MEMORY - 4;
        int32_t *const out0 = c3d_q + group * CNN_LIGHTWEIGHT_C3D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc0 =
                (int32_t)CNN_LIGHTWEIGHT_C3D_TAPS[group][0][0] * (int32_t)(in0 + 4)[n] + (int32_t)CNN_LIGHTWEIGHT_C3D_TAPS[group][0][1] * (int32_t)(in0 + 3)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C3D_TAPS[group][0][2] * (int32_t)(in0 + 2)[n] + (int32_t)CNN_LIGHTWEIGHT_C3D_TAPS[group][0][3] * (int32_t)(in0 + 1)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C3D_TAPS[group][0][4] * (int32_t)in0[n];
            out0[n] = (int32_t)acc0;
        }
    }
}
#endif

/* c3d -> c3d_leaky -> a3d: LeakyReLU, slope 2^-1, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_a3d(const int32_t *PIM_RESTRICT c3d_q,
    pim_work16 *PIM_RESTRICT a3d_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const int32_t *const in = c3d_q + c * CNN_LIGHTWEIGHT_C3D_ROW;
        pim_work16 *const out = a3d_q + c * CNN_LIGHTWEIGHT_A3D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_leaky_relu_i32((int32_t)in[n], CNN_LIGHTWEIGHT_C3D_LEAKY_SLOPE_LOG2);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_A3D_SHIFT), CNN_LIGHTWEIGHT_A3D_MIN, CNN_LIGHTWEIGHT_A3D_MAX);
        }
    }
}

#if !defined(PIM_AVX512)
/* a3d -> c3p: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c3p(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a3d_q,
    int32_t *PIM_RESTRICT c3p_q, size_t n_samples)
{
    const pim_work16 *const in = a3d_q;
    size_t offsets[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        offsets[i] = i * CNN_LIGHTWEIGHT_A3D_ROW + CNN_LIGHTWEIGHT_A3D_MEMORY;
    }
    for (size_t o = 0; o < 48; o += 4) {
        int32_t taps[4 * 48] = {0};
        int32_t acc[4 * CNN_LIGHTWEIGHT_BLOCK];
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            for (size_t i = 0; i < 48; ++i) {
                taps[r * 48 + i] = (int32_t)CNN_LIGHTWEIGHT_C3P_TAPS[c][i][0];
            }
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                acc[r * CNN_LIGHTWEIGHT_BLOCK + n] = (int32_t)CNN_LIGHTWEIGHT_C3P_BIAS[c];
            }
        }
        pim_accumulate4_w16_i32(acc, CNN_LIGHTWEIGHT_BLOCK, in, offsets, taps, 48, n_samples);
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            int32_t *const out = c3p_q + c * CNN_LIGHTWEIGHT_C3P_ROW;
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                const int32_t y = acc[r * CNN_LIGHTWEIGHT_BLOCK + n];
                out[n] = (int32_t)y;
            }
        }
    }
}
#endif

/* c3p -> c3p_leaky -> a3: LeakyReLU, slope 2^-1, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_a3(const int32_t *PIM_RESTRICT c3p_q,
    pim_work16 *PIM_RESTRICT a3_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const int32_t *const in = c3p_q + c * CNN_LIGHTWEIGHT_C3P_ROW;
        pim_work16 *const out = a3_q + c * CNN_LIGHTWEIGHT_A3_ROW + CNN_LIGHTWEIGHT_A3_MEMORY;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_leaky_relu_i32((int32_t)in[n], CNN_LIGHTWEIGHT_C3P_LEAKY_SLOPE_LOG2);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_A3_SHIFT), CNN_LIGHTWEIGHT_A3_MIN, CNN_LIGHTWEIGHT_A3_MAX);
        }
    }
}

#if !defined(PIM_AVX512)
/* a3 -> c4d: convolution. */
static PIM_NOINLINE void cnn_lightweight_stage_c4d(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a3_q,
    int32_t *PIM_RESTRICT c4d_q, size_t n_samples)
{
    for (size_t group = 0; group < 48; ++group) {
        const pim_work16 *const in0 = a3_q + group * CNN_LIGHTWEIGHT_A3_ROW + CNN_LIGHTWEIGHT_A3_MEMORY - 4;
        int32_t *const out0 = c4d_q + group * CNN_LIGHTWEIGHT_C4D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc0 =
                (int32_t)CNN_LIGHTWEIGHT_C4D_TAPS[group][0][0] * (int32_t)(in0 + 4)[n] + (int32_t)CNN_LIGHTWEIGHT_C4D_TAPS[group][0][1] * (int32_t)(in0 + 3)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C4D_TAPS[group][0][2] * (int32_t)(in0 + 2)[n] + (int32_t)CNN_LIGHTWEIGHT_C4D_TAPS[group][0][3] * (int32_t)(in0 + 1)[n] +
                (int32_t)CNN_LIGHTWEIGHT_C4D_TAPS[group][0][4] * (int32_t)in0[n];
            out0[n] = (int32_t)acc0;
        }
    }
}
#endif

/* c4d -> c4d_leaky -> a4d: LeakyReLU, slope 2^-1, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_a4d(const int32_t *PIM_RESTRICT c4d_q,
    pim_work16 *PIM_RESTRICT a4d_q, size_t n_samples)
{
    for (size_t c = 0; c < 48; ++c) {
        const int32_t *const in = c4d_q + c * CNN_LIGHTWEIGHT_C4D_ROW;
        pim_work16 *const out = a4d_q + c * CNN_LIGHTWEIGHT_A4D_ROW;
        PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
            const int32_t acc = pim_leaky_relu_i32((int32_t)in[n], CNN_LIGHTWEIGHT_C4D_LEAKY_SLOPE_LOG2);
            PIM_TAP(c, n, acc);
            out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(acc, CNN_LIGHTWEIGHT_A4D_SHIFT), CNN_LIGHTWEIGHT_A4D_MIN, CNN_LIGHTWEIGHT_A4D_MAX);
        }
    }
}

#if !defined(PIM_AVX512)
/* a4d -> c4p -> z: convolution, requantized. */
static PIM_NOINLINE void cnn_lightweight_stage_z(CNN_LIGHTWEIGHT_TAKES_BANK const pim_work16 *PIM_RESTRICT a4d_q,
    pim_work16 *PIM_RESTRICT z_q, size_t n_samples)
{
    const pim_work16 *const in = a4d_q;
    size_t offsets[48] = {0};
    for (size_t i = 0; i < 48; ++i) {
        offsets[i] = i * CNN_LIGHTWEIGHT_A4D_ROW + CNN_LIGHTWEIGHT_A4D_MEMORY;
    }
    for (size_t o = 0; o < 32; o += 4) {
        int32_t taps[4 * 48] = {0};
        int32_t acc[4 * CNN_LIGHTWEIGHT_BLOCK];
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            for (size_t i = 0; i < 48; ++i) {
                taps[r * 48 + i] = (int32_t)CNN_LIGHTWEIGHT_C4P_TAPS[c][i][0];
            }
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                acc[r * CNN_LIGHTWEIGHT_BLOCK + n] = 0;
            }
        }
        pim_accumulate4_w16_i32(acc, CNN_LIGHTWEIGHT_BLOCK, in, offsets, taps, 48, n_samples);
        for (size_t r = 0; r < 4; ++r) {
            const size_t c = o + r;
            pim_work16 *const out = z_q + c * CNN_LIGHTWEIGHT_Z_ROW;
            PIM_VECTOR for (size_t n = 0; n < n_samples; ++n) {
                const int32_t y = acc[r * CNN_LIGHTWEIGHT_BLOCK + n];
                PIM_TAP(c, n, y);
                out[n] = (pim_work16)pim_saturate_i32(pim_round_half_up_i32(y, CNN_LIGHTWEIGHT_Z_SHIFT), CNN_LIGHTWEIGHT_Z_MIN, CNN_LIGHTWEIGHT_Z_MAX);
            }
        }
    }
}
#endif

static void cnn_lightweight_block(CNN_LIGHTWEIGHT_TAKES_BANK cnn_lightweight_state *state, const cnn_lightweight_input *const x[CNN_LIGHTWEIGHT_INPUTS],
    cnn_lightweight_output *const y[CNN_LIGHTWEIGHT_OUTPUTS], size_t start, size_t n_samples)
{
    PIM_ALIGNED pim_work16 x_q[64 * CNN_LIGHTWEIGHT_X_ROW] PIM_CLEARED;
    PIM_ALIGNED int32_t c1d_q[64 * CNN_LIGHTWEIGHT_C1D_ROW];
    PIM_ALIGNED pim_work16 a1d_q[64 * CNN_LIGHTWEIGHT_A1D_ROW];
    PIM_ALIGNED int32_t c1p_q[48 * CNN_LIGHTWEIGHT_C1P_ROW];
    PIM_ALIGNED pim_work16 a1_q[48 * CNN_LIGHTWEIGHT_A1_ROW];
    PIM_ALIGNED int32_t c2d_q[48 * CNN_LIGHTWEIGHT_C2D_ROW];
    PIM_ALIGNED pim_work16 a2d_q[48 * CNN_LIGHTWEIGHT_A2D_ROW];
    PIM_ALIGNED int32_t c2p_q[48 * CNN_LIGHTWEIGHT_C2P_ROW];
    PIM_ALIGNED pim_work16 a2_q[48 * CNN_LIGHTWEIGHT_A2_ROW];
    PIM_ALIGNED pim_work16 s1_q[16 * CNN_LIGHTWEIGHT_S1_ROW];
    PIM_ALIGNED pim_work16 h1_q[16 * CNN_LIGHTWEIGHT_H1_ROW];
    PIM_ALIGNED pim_work16 s2_q[48 * CNN_LIGHTWEIGHT_S2_ROW];
    PIM_ALIGNED pim_work16 h2_q[48 * CNN_LIGHTWEIGHT_H2_ROW];
    PIM_ALIGNED int32_t c3d_q[48 * CNN_LIGHTWEIGHT_C3D_ROW];
    PIM_ALIGNED pim_work16 a3d_q[48 * CNN_LIGHTWEIGHT_A3D_ROW];
    PIM_ALIGNED int32_t c3p_q[48 * CNN_LIGHTWEIGHT_C3P_ROW];
    PIM_ALIGNED pim_work16 a3_q[48 * CNN_LIGHTWEIGHT_A3_ROW];
    PIM_ALIGNED int32_t c4d_q[48 * CNN_LIGHTWEIGHT_C4D_ROW];
    PIM_ALIGNED pim_work16 a4d_q[48 * CNN_LIGHTWEIGHT_A4D_ROW];
    PIM_ALIGNED pim_work16 z_q[32 * CNN_LIGHTWEIGHT_Z_ROW];
    for (size_t c = 0; c < 64; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            x_q[c * CNN_LIGHTWEIGHT_X_ROW + CNN_LIGHTWEIGHT_X_MEMORY - 4 + n] = state->x_history[c][n];
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            a1_q[c * CNN_LIGHTWEIGHT_A1_ROW + CNN_LIGHTWEIGHT_A1_MEMORY - 8 + n] = state->a1_history[c][n];
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            h2_q[c * CNN_LIGHTWEIGHT_H2_ROW + CNN_LIGHTWEIGHT_H2_MEMORY - 4 + n] = state->h2_history[c][n];
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            a3_q[c * CNN_LIGHTWEIGHT_A3_ROW + CNN_LIGHTWEIGHT_A3_MEMORY - 4 + n] = state->a3_history[c][n];
        }
    }
    for (size_t c = 0; c < CNN_LIGHTWEIGHT_INPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            x_q[c * CNN_LIGHTWEIGHT_X_ROW + CNN_LIGHTWEIGHT_X_MEMORY + n] = x[c][start + n];
        }
    }
    cnn_lightweight_stage_c1d(CNN_LIGHTWEIGHT_GIVES_BANK x_q, c1d_q, n_samples);
    cnn_lightweight_stage_a1d(c1d_q, a1d_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c1d_leaky", &cnn_lightweight_taps[0][0], 64, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_c1p(CNN_LIGHTWEIGHT_GIVES_BANK a1d_q, c1p_q, n_samples);
    cnn_lightweight_stage_a1(c1p_q, a1_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c1p_leaky", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_c2d(CNN_LIGHTWEIGHT_GIVES_BANK a1_q, c2d_q, n_samples);
    cnn_lightweight_stage_a2d(c2d_q, a2d_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c2d_leaky", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_c2p(CNN_LIGHTWEIGHT_GIVES_BANK a2d_q, c2p_q, n_samples);
    cnn_lightweight_stage_a2(c2p_q, a2_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c2p_leaky", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_s1(CNN_LIGHTWEIGHT_GIVES_BANK a2_q, s1_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("fc1", &cnn_lightweight_taps[0][0], 16, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_h1(CNN_LIGHTWEIGHT_GIVES_BANK s1_q, h1_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("g1", &cnn_lightweight_taps[0][0], 16, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_s2(CNN_LIGHTWEIGHT_GIVES_BANK h1_q, s2_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("fc2", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_h2(CNN_LIGHTWEIGHT_GIVES_BANK s2_q, h2_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("g2", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_c3d(CNN_LIGHTWEIGHT_GIVES_BANK h2_q, c3d_q, n_samples);
    cnn_lightweight_stage_a3d(c3d_q, a3d_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c3d_leaky", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_c3p(CNN_LIGHTWEIGHT_GIVES_BANK a3d_q, c3p_q, n_samples);
    cnn_lightweight_stage_a3(c3p_q, a3_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c3p_leaky", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_c4d(CNN_LIGHTWEIGHT_GIVES_BANK a3_q, c4d_q, n_samples);
    cnn_lightweight_stage_a4d(c4d_q, a4d_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c4d_leaky", &cnn_lightweight_taps[0][0], 48, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
    cnn_lightweight_stage_z(CNN_LIGHTWEIGHT_GIVES_BANK a4d_q, z_q, n_samples);
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("c4p", &cnn_lightweight_taps[0][0], 32, CNN_LIGHTWEIGHT_BLOCK, n_samples)
#endif
#ifdef PIM_TRACE
    PIM_TRACE_ROWS("x", x_q + CNN_LIGHTWEIGHT_X_MEMORY, 64, CNN_LIGHTWEIGHT_X_ROW, n_samples)
    PIM_TRACE_ROWS("c1d", c1d_q + CNN_LIGHTWEIGHT_C1D_MEMORY, 64, CNN_LIGHTWEIGHT_C1D_ROW, n_samples)
    PIM_TRACE_ROWS("a1d", a1d_q + CNN_LIGHTWEIGHT_A1D_MEMORY, 64, CNN_LIGHTWEIGHT_A1D_ROW, n_samples)
    PIM_TRACE_ROWS("c1p", c1p_q + CNN_LIGHTWEIGHT_C1P_MEMORY, 48, CNN_LIGHTWEIGHT_C1P_ROW, n_samples)
    PIM_TRACE_ROWS("a1", a1_q + CNN_LIGHTWEIGHT_A1_MEMORY, 48, CNN_LIGHTWEIGHT_A1_ROW, n_samples)
    PIM_TRACE_ROWS("c2d", c2d_q + CNN_LIGHTWEIGHT_C2D_MEMORY, 48, CNN_LIGHTWEIGHT_C2D_ROW, n_samples)
    PIM_TRACE_ROWS("a2d", a2d_q + CNN_LIGHTWEIGHT_A2D_MEMORY, 48, CNN_LIGHTWEIGHT_A2D_ROW, n_samples)
    PIM_TRACE_ROWS("c2p", c2p_q + CNN_LIGHTWEIGHT_C2P_MEMORY, 48, CNN_LIGHTWEIGHT_C2P_ROW, n_samples)
    PIM_TRACE_ROWS("a2", a2_q + CNN_LIGHTWEIGHT_A2_MEMORY, 48, CNN_LIGHTWEIGHT_A2_ROW, n_samples)
    PIM_TRACE_ROWS("s1", s1_q + CNN_LIGHTWEIGHT_S1_MEMORY, 16, CNN_LIGHTWEIGHT_S1_ROW, n_samples)
    PIM_TRACE_ROWS("h1", h1_q + CNN_LIGHTWEIGHT_H1_MEMORY, 16, CNN_LIGHTWEIGHT_H1_ROW, n_samples)
    PIM_TRACE_ROWS("s2", s2_q + CNN_LIGHTWEIGHT_S2_MEMORY, 48, CNN_LIGHTWEIGHT_S2_ROW, n_samples)
    PIM_TRACE_ROWS("h2", h2_q + CNN_LIGHTWEIGHT_H2_MEMORY, 48, CNN_LIGHTWEIGHT_H2_ROW, n_samples)
    PIM_TRACE_ROWS("c3d", c3d_q + CNN_LIGHTWEIGHT_C3D_MEMORY, 48, CNN_LIGHTWEIGHT_C3D_ROW, n_samples)
    PIM_TRACE_ROWS("a3d", a3d_q + CNN_LIGHTWEIGHT_A3D_MEMORY, 48, CNN_LIGHTWEIGHT_A3D_ROW, n_samples)
    PIM_TRACE_ROWS("c3p", c3p_q + CNN_LIGHTWEIGHT_C3P_MEMORY, 48, CNN_LIGHTWEIGHT_C3P_ROW, n_samples)
    PIM_TRACE_ROWS("a3", a3_q + CNN_LIGHTWEIGHT_A3_MEMORY, 48, CNN_LIGHTWEIGHT_A3_ROW, n_samples)
    PIM_TRACE_ROWS("c4d", c4d_q + CNN_LIGHTWEIGHT_C4D_MEMORY, 48, CNN_LIGHTWEIGHT_C4D_ROW, n_samples)
    PIM_TRACE_ROWS("a4d", a4d_q + CNN_LIGHTWEIGHT_A4D_MEMORY, 48, CNN_LIGHTWEIGHT_A4D_ROW, n_samples)
    PIM_TRACE_ROWS("z", z_q + CNN_LIGHTWEIGHT_Z_MEMORY, 32, CNN_LIGHTWEIGHT_Z_ROW, n_samples)
    PIM_TRACE_ROWS("y", z_q + CNN_LIGHTWEIGHT_Z_MEMORY, 32, CNN_LIGHTWEIGHT_Z_ROW, n_samples)
#endif
    for (size_t c = 0; c < CNN_LIGHTWEIGHT_OUTPUTS; ++c) {
        for (size_t n = 0; n < n_samples; ++n) {
            y[c][start + n] = (cnn_lightweight_output)z_q[c * CNN_LIGHTWEIGHT_Z_ROW + n];
        }
    }
    for (size_t c = 0; c < 64; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->x_history[c][n] = (int16_t)x_q[c * CNN_LIGHTWEIGHT_X_ROW + CNN_LIGHTWEIGHT_X_MEMORY - 4 + n_samples + n];
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            state->a1_history[c][n] = (int16_t)a1_q[c * CNN_LIGHTWEIGHT_A1_ROW + CNN_LIGHTWEIGHT_A1_MEMORY - 8 + n_samples + n];
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->h2_history[c][n] = (int16_t)h2_q[c * CNN_LIGHTWEIGHT_H2_ROW + CNN_LIGHTWEIGHT_H2_MEMORY - 4 + n_samples + n];
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->a3_history[c][n] = (int16_t)a3_q[c * CNN_LIGHTWEIGHT_A3_ROW + CNN_LIGHTWEIGHT_A3_MEMORY - 4 + n_samples + n];
        }
    }
}

#ifdef PIM_BANKED

void cnn_lightweight_reset(cnn_lightweight_state *state)
{
    for (size_t c = 0; c < 64; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->x_history[c][n] = 0;
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 8; ++n) {
            state->a1_history[c][n] = 0;
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->h2_history[c][n] = 0;
        }
    }
    for (size_t c = 0; c < 48; ++c) {
        for (size_t n = 0; n < 4; ++n) {
            state->a3_history[c][n] = 0;
        }
    }
}

void cnn_lightweight_init(cnn_lightweight_state *state)
{
    cnn_lightweight_reset(state);
    cnn_lightweight_load(&state->bank[0]);
    cnn_lightweight_load(&state->bank[1]);
    state->wanted = 0;
    state->used = 0;
}

int cnn_lightweight_swap(cnn_lightweight_state *state, const cnn_lightweight_weight *values_q)
{
    const uint32_t used = PIM_OBSERVE(state->used);
    if (used != state->wanted) {
        return PIM_SWAP_BUSY;
    }
    if (cnn_lightweight_admits_c1d(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C1D;
    }
    if (cnn_lightweight_admits_c1p(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C1P;
    }
    if (cnn_lightweight_admits_c2d(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C2D;
    }
    if (cnn_lightweight_admits_c2p(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C2P;
    }
    if (cnn_lightweight_admits_fc1(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_FC1;
    }
    if (cnn_lightweight_admits_g1(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_G1;
    }
    if (cnn_lightweight_admits_fc2(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_FC2;
    }
    if (cnn_lightweight_admits_g2(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_G2;
    }
    if (cnn_lightweight_admits_c3d(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C3D;
    }
    if (cnn_lightweight_admits_c3p(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C3P;
    }
    if (cnn_lightweight_admits_c4d(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C4D;
    }
    if (cnn_lightweight_admits_c4p(values_q) == 0) {
        return CNN_LIGHTWEIGHT_NODE_C4P;
    }
    cnn_lightweight_fill_c1d(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_c1p(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_c2d(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_c2p(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_fc1(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_g1(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_fc2(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_g2(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_c3d(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_c3p(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_c4d(&state->bank[1 - used], values_q);
    cnn_lightweight_fill_c4p(&state->bank[1 - used], values_q);
    PIM_PUBLISH(state->wanted, 1 - used);
    return PIM_SWAP_TAKEN;
}

#else

void cnn_lightweight_init(cnn_lightweight_state *state)
{
    static const cnn_lightweight_state zero = {0};
    *state = zero;
}

#endif

void cnn_lightweight_process(cnn_lightweight_state *state, const cnn_lightweight_input *const x[CNN_LIGHTWEIGHT_INPUTS],
    cnn_lightweight_output *const y[CNN_LIGHTWEIGHT_OUTPUTS], size_t n_samples)
{
#ifdef PIM_BANKED
    const uint32_t used = PIM_OBSERVE(state->wanted);
    const cnn_lightweight_bank *const bank = &state->bank[used];
    PIM_PUBLISH(state->used, used);
#endif
    for (size_t start = 0; start < n_samples; start += CNN_LIGHTWEIGHT_BLOCK) {
        const size_t left = n_samples - start;
        cnn_lightweight_block(CNN_LIGHTWEIGHT_GIVES_BANK state, x, y, start, left < CNN_LIGHTWEIGHT_BLOCK ? left : CNN_LIGHTWEIGHT_BLOCK);
    }
}
