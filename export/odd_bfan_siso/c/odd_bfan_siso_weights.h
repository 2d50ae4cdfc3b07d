/*
 * Tables and number formats of the canceller `odd_bfan_siso`: all that a kernel of one's own needs. Nothing here computes, nothing
 * else is included, and no number is a floating-point one.
 *
 * Numbers   A format sB.F is signed, uB.F unsigned, with B bits, F of them fraction bits: value = integer * 2^-F. Every
 *           result is exact but a requantizer's. Each accumulator interval (<NODE>_ACC_MIN, _MAX) is proven for every
 *           input and holds every partial sum in any order, and of a requantizer the rounding constant.
 * Signals   [channel][sample], planar: a channel is one contiguous array, a sample after the other. A complex signal is
 *           two channels, I then Q; several are I0, Q0, I1, Q1, ... Golden .npy files are stored so; in .hex files
 *           the channels of a sample follow each other (interleaved).
 * Tables    C order, the last index runs fastest; strides are in elements. Each is aligned to the size of its elements.
 *           A table has the smallest of int8_t, int16_t, int32_t and int64_t that holds its words. Tables that are read
 *           by index may be stored wider where that is faster: define PIM_TABLE8 and PIM_TABLE16 before this header.
 * Order     Nodes are computed in the order in which they stand here; each names its sources. z[n] estimates the
 *           interference in the received sample n - 7; every memory starts as zeros.
 * Convolution: y[o][n] = bias[o] + sum over i, k of TAPS[o][i][k] * x[i'][n - DILATION * k], i' = i plus in / groups
 *   for each group before that of o. All memory starts as zeros, at each convolution's own input.
 * Complex convolution: the same on pairs of channels with TAPS[o][i][0 re, 1 im][k]:
 *   I = sum re * x_I - im * x_Q, Q = sum re * x_Q + im * x_I; outputs 2 o and 2 o + 1, inputs 2 i and 2 i + 1.
 * Requantizer: y = v / 2^SHIFT rounded (SHIFT_IS_LEFT 0) or v * 2^SHIFT (1), then overflow into [MIN, MAX]. ROUNDING
 *   0 floor(v / 2^s); 1 half_up floor((v + 2^(s-1)) / 2^s); 2 half_even, ties to the even integer; 3 half_away, |v|
 *   rounded half_up, then the sign. OVERFLOW 0 saturate: the nearest of [MIN, MAX]; 1 wrap: modulo 2^BITS.
 * Piecewise-linear function, m = SEGMENT_LOG2, S = SEGMENTS: s = min(t / 2^m, S - 1) floored, r = t - s * 2^m,
 *   y = BASES[f][s] * 2^m + SLOPES[f][s] * r; or, the same on every input,
 *   y = BASES[f][0] * 2^m + sum over k of WEIGHTS[f][k] * max(t - k * 2^m, 0).
 *   odd: t = |a|, and y is negated where a < 0.
 *
 * ODD_BFAN_SISO_GRAPH_SHA256 ties these tables to their bundle: it is graph_sha256 in manifest.json and in the ONNX files, the
 * hash of datapath.json and its tables. ODD_BFAN_SISO_STRUCTURE_SHA256, the hash of datapath.json alone, is the same for all
 * weights that can take each other's place.
 */
#ifndef ODD_BFAN_SISO_WEIGHTS_H
#define ODD_BFAN_SISO_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#define ODD_BFAN_SISO_GRAPH_SHA256 "62bebff325fc01d7dcec7ff04ea352b95d942b2ad49d33fe647ba6e1861fb1e0"
#define ODD_BFAN_SISO_STRUCTURE_SHA256 "a7a529035c5273de8b3f8a46178ee39479bc50c5125634c52b7899f6dfb90ee0"

#ifndef PIM_TABLE8
#define PIM_TABLE8 int8_t
#endif
#ifndef PIM_TABLE16
#define PIM_TABLE16 int16_t
#endif

/*
 * x: input, 2 channels (I0, Q0, ...)
 * result s16.15; accumulator [-32768, 32767], 16 bits
 */
#define ODD_BFAN_SISO_X_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_X_IS_SIGNED 1
#define ODD_BFAN_SISO_X_BITS 16
#define ODD_BFAN_SISO_X_FRAC 15
#define ODD_BFAN_SISO_X_ACC_MIN (-32768)
#define ODD_BFAN_SISO_X_ACC_MAX 32767

/*
 * K: complex convolution of x, 2 to 2 channels, 1 group, dilation 1, memory 6 samples
 * taps [out / 2][in / 2 / groups][re, im][tap], tap 0 meets the newest sample; s16.14; strides 14, 14, 7, 1
 * result s32.29; accumulator [-1195232703, 1195223186], 32 bits
 */
#define ODD_BFAN_SISO_K_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_K_IS_SIGNED 1
#define ODD_BFAN_SISO_K_BITS 32
#define ODD_BFAN_SISO_K_FRAC 29
#define ODD_BFAN_SISO_K_ACC_MIN INT32_C(-1195232703)
#define ODD_BFAN_SISO_K_ACC_MAX INT32_C(1195223186)
#define ODD_BFAN_SISO_K_TAPS_FRAC 14
#define ODD_BFAN_SISO_K_TAPS_LENGTH 7
#define ODD_BFAN_SISO_K_GROUPS 1
#define ODD_BFAN_SISO_K_DILATION 1
#define ODD_BFAN_SISO_K_IS_COMPLEX 1
static const int16_t ODD_BFAN_SISO_K_TAPS[1][1][2][7] = {
    {{{395, -2598, 2426, 7474, 2252, -2535, 2103}, {-222, -2570, -6006, 0, 5904, 1828, -163}}}
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_SISO_K_LARGEST_WORD 32767
static const int64_t ODD_BFAN_SISO_K_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_SISO_K_ENVELOPE_INPUTS[2][2] = {{-32768, 32767}, {-32768, 32767}};
static const int64_t ODD_BFAN_SISO_K_ENVELOPE_OUTPUTS[2][2] = {
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263}
};
static const int64_t ODD_BFAN_SISO_K_LARGEST_SUM_ABS_TAPS[2] = {65535, 65535};

/*
 * u: K requantized to s16.14: half_up by 15 bits, then saturate
 * result s16.14; accumulator [-1195232703, 1195239570], 32 bits
 */
#define ODD_BFAN_SISO_U_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_U_IS_SIGNED 1
#define ODD_BFAN_SISO_U_BITS 16
#define ODD_BFAN_SISO_U_FRAC 14
#define ODD_BFAN_SISO_U_ACC_MIN INT32_C(-1195232703)
#define ODD_BFAN_SISO_U_ACC_MAX INT32_C(1195239570)
#define ODD_BFAN_SISO_U_SHIFT 15
#define ODD_BFAN_SISO_U_SHIFT_IS_LEFT 0
#define ODD_BFAN_SISO_U_ROUNDING 1
#define ODD_BFAN_SISO_U_OVERFLOW 0
#define ODD_BFAN_SISO_U_MIN (-32768)
#define ODD_BFAN_SISO_U_MAX 32767

/*
 * Phi: convolution of u, 2 to 10 channels, 1 group, dilation 1, memory 0 samples
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.15; strides 2, 1, 1
 * result s32.29; accumulator [-1412961184, 1412973551], 32 bits
 */
#define ODD_BFAN_SISO_PHI_CHANNEL_COUNT 10
#define ODD_BFAN_SISO_PHI_IS_SIGNED 1
#define ODD_BFAN_SISO_PHI_BITS 32
#define ODD_BFAN_SISO_PHI_FRAC 29
#define ODD_BFAN_SISO_PHI_ACC_MIN INT32_C(-1412961184)
#define ODD_BFAN_SISO_PHI_ACC_MAX INT32_C(1412973551)
#define ODD_BFAN_SISO_PHI_TAPS_FRAC 15
#define ODD_BFAN_SISO_PHI_TAPS_LENGTH 1
#define ODD_BFAN_SISO_PHI_GROUPS 1
#define ODD_BFAN_SISO_PHI_DILATION 1
#define ODD_BFAN_SISO_PHI_IS_COMPLEX 0
static const int16_t ODD_BFAN_SISO_PHI_TAPS[10][2][1] = {
    {{31302}, {15}},
    {{15599}, {16506}},
    {{27141}, {15721}},
    {{15118}, {27125}},
    {{-208}, {31457}},
    {{-344}, {22449}},
    {{-15750}, {27169}},
    {{-14914}, {16992}},
    {{-27744}, {15377}},
    {{-23881}, {615}}
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_SISO_PHI_LARGEST_WORD 32767
static const int64_t ODD_BFAN_SISO_PHI_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_SISO_PHI_ENVELOPE_INPUTS[2][2] = {{-32768, 32767}, {-32768, 32767}};
static const int64_t ODD_BFAN_SISO_PHI_ENVELOPE_OUTPUTS[10][2] = {
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263}
};
static const int64_t ODD_BFAN_SISO_PHI_LARGEST_SUM_ABS_TAPS[10] = {
    65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535
};

/*
 * a: Phi requantized to s16.14: half_up by 15 bits, then saturate
 * result s16.14; accumulator [-1412961184, 1412989935], 32 bits
 */
#define ODD_BFAN_SISO_A_CHANNEL_COUNT 10
#define ODD_BFAN_SISO_A_IS_SIGNED 1
#define ODD_BFAN_SISO_A_BITS 16
#define ODD_BFAN_SISO_A_FRAC 14
#define ODD_BFAN_SISO_A_ACC_MIN INT32_C(-1412961184)
#define ODD_BFAN_SISO_A_ACC_MAX INT32_C(1412989935)
#define ODD_BFAN_SISO_A_SHIFT 15
#define ODD_BFAN_SISO_A_SHIFT_IS_LEFT 0
#define ODD_BFAN_SISO_A_ROUNDING 1
#define ODD_BFAN_SISO_A_OVERFLOW 0
#define ODD_BFAN_SISO_A_MIN (-32768)
#define ODD_BFAN_SISO_A_MAX 32767

/*
 * f: odd piecewise-linear function of a, one function for all channels
 * knots k * 2^SEGMENT_LOG2; SLOPES and BASES serve the table form, WEIGHTS and BASES[..][0] the basis form
 * SLOPES, WEIGHTS [function * outputs + result][segment]; s16.15; strides 16, 1
 * BASES on the grid of SLOPES * 2^SEGMENT_LOG2, frac 15, of the same shape
 * result s31.29; accumulator [-633753600, 633753600], 31 bits
 * accumulator of the basis form [-835025920, 835025920], 31 bits
 */
#define ODD_BFAN_SISO_F_CHANNEL_COUNT 10
#define ODD_BFAN_SISO_F_IS_SIGNED 1
#define ODD_BFAN_SISO_F_BITS 31
#define ODD_BFAN_SISO_F_FRAC 29
#define ODD_BFAN_SISO_F_ACC_MIN INT32_C(-633753600)
#define ODD_BFAN_SISO_F_ACC_MAX INT32_C(633753600)
#define ODD_BFAN_SISO_F_BASIS_ACC_MIN INT32_C(-835025920)
#define ODD_BFAN_SISO_F_BASIS_ACC_MAX INT32_C(835025920)
#define ODD_BFAN_SISO_F_SEGMENT_LOG2 10
#define ODD_BFAN_SISO_F_SEGMENTS 16
#define ODD_BFAN_SISO_F_SLOPES_FRAC 15
static const PIM_TABLE16 ODD_BFAN_SISO_F_SLOPES[1][16] = {
    {0, 68, -151, 623, 1947, 7100, 17156, 27174, 31457, 29804, 27756, 26501, 25285, 24348, 23316, 22148}
};
static const int32_t ODD_BFAN_SISO_F_BASES[1][16] = {
    {0, 0, 68, -83, 540, 2487, 9587, 26743, 53917, 85374, 115178, 142934, 169435, 194720, 219068, 242384}
};
static const int16_t ODD_BFAN_SISO_F_WEIGHTS[1][16] = {
    {0, 68, -219, 774, 1324, 5153, 10056, 10018, 4283, -1653, -2048, -1255, -1216, -937, -1032, -1168}
};
/*
 * Another function is admitted where, with limits = ENVELOPE_ROWS[row], every t up to limits[0] keeps base * 2^m,
 * slope * r and their sum in [limits[1], limits[2]], the sums of negative and of positive terms of the basis form keep to
 * [limits[3], limits[4]], values to [limits[5], limits[6]], and neither a slope nor the difference of two neighbours is
 * larger than LARGEST_WORD. Surely admitted, a row each (-1: none): |slopes| with base 0; |first base| with slopes 0.
 */
#define ODD_BFAN_SISO_F_LARGEST_WORD 32767
static const int64_t ODD_BFAN_SISO_F_ENVELOPE_ROWS[1][7] = {
    {32768, -2147483647, 2147483647, -2147483647, 2147483647, -2147475455, 2147475455}
};
static const int64_t ODD_BFAN_SISO_F_LARGEST_SLOPE[1] = {2788};
static const int64_t ODD_BFAN_SISO_F_LARGEST_BASE[1] = {2097143};

/*
 * c: f requantized to s16.15: half_up by 14 bits, then saturate
 * result s16.15; accumulator [-633753600, 633739644], 31 bits
 */
#define ODD_BFAN_SISO_C_CHANNEL_COUNT 10
#define ODD_BFAN_SISO_C_IS_SIGNED 1
#define ODD_BFAN_SISO_C_BITS 16
#define ODD_BFAN_SISO_C_FRAC 15
#define ODD_BFAN_SISO_C_ACC_MIN INT32_C(-633753600)
#define ODD_BFAN_SISO_C_ACC_MAX INT32_C(633739644)
#define ODD_BFAN_SISO_C_SHIFT 14
#define ODD_BFAN_SISO_C_SHIFT_IS_LEFT 0
#define ODD_BFAN_SISO_C_ROUNDING 1
#define ODD_BFAN_SISO_C_OVERFLOW 0
#define ODD_BFAN_SISO_C_MIN (-32768)
#define ODD_BFAN_SISO_C_MAX 32767

/*
 * Psi: convolution of c, 10 to 2 channels, 1 group, dilation 1, memory 0 samples
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13; strides 10, 1, 1
 * result s32.28; accumulator [-1569969126, 1569999648], 32 bits
 */
#define ODD_BFAN_SISO_PSI_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_PSI_IS_SIGNED 1
#define ODD_BFAN_SISO_PSI_BITS 32
#define ODD_BFAN_SISO_PSI_FRAC 28
#define ODD_BFAN_SISO_PSI_ACC_MIN INT32_C(-1569969126)
#define ODD_BFAN_SISO_PSI_ACC_MAX INT32_C(1569999648)
#define ODD_BFAN_SISO_PSI_TAPS_FRAC 13
#define ODD_BFAN_SISO_PSI_TAPS_LENGTH 1
#define ODD_BFAN_SISO_PSI_GROUPS 1
#define ODD_BFAN_SISO_PSI_DILATION 1
#define ODD_BFAN_SISO_PSI_IS_COMPLEX 0
static const int16_t ODD_BFAN_SISO_PSI_TAPS[2][10][1] = {
    {{-5270}, {-6728}, {-2520}, {1760}, {4600}, {-6139}, {7391}, {-296}, {7273}, {3851}},
    {{-5545}, {2884}, {-7154}, {-7864}, {-5864}, {-3839}, {-2541}, {-7254}, {1679}, {-4976}}
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_SISO_PSI_LARGEST_WORD 32767
static const int64_t ODD_BFAN_SISO_PSI_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_SISO_PSI_ENVELOPE_INPUTS[10][2] = {
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767}
};
static const int64_t ODD_BFAN_SISO_PSI_ENVELOPE_OUTPUTS[2][2] = {
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263}
};
static const int64_t ODD_BFAN_SISO_PSI_LARGEST_SUM_ABS_TAPS[2] = {65535, 65535};

/*
 * v: Psi requantized to s16.13: half_up by 15 bits, then saturate
 * result s16.13; accumulator [-1569969126, 1570016032], 32 bits
 */
#define ODD_BFAN_SISO_V_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_V_IS_SIGNED 1
#define ODD_BFAN_SISO_V_BITS 16
#define ODD_BFAN_SISO_V_FRAC 13
#define ODD_BFAN_SISO_V_ACC_MIN INT32_C(-1569969126)
#define ODD_BFAN_SISO_V_ACC_MAX INT32_C(1570016032)
#define ODD_BFAN_SISO_V_SHIFT 15
#define ODD_BFAN_SISO_V_SHIFT_IS_LEFT 0
#define ODD_BFAN_SISO_V_ROUNDING 1
#define ODD_BFAN_SISO_V_OVERFLOW 0
#define ODD_BFAN_SISO_V_MIN (-32768)
#define ODD_BFAN_SISO_V_MAX 32767

/*
 * G: complex convolution of v, 2 to 2 channels, 1 group, dilation 1, memory 8 samples
 * taps [out / 2][in / 2 / groups][re, im][tap], tap 0 meets the newest sample; s16.13; strides 18, 18, 9, 1
 * result s32.26; accumulator [-1807206111, 1807183418], 32 bits
 */
#define ODD_BFAN_SISO_G_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_G_IS_SIGNED 1
#define ODD_BFAN_SISO_G_BITS 32
#define ODD_BFAN_SISO_G_FRAC 26
#define ODD_BFAN_SISO_G_ACC_MIN INT32_C(-1807206111)
#define ODD_BFAN_SISO_G_ACC_MAX INT32_C(1807183418)
#define ODD_BFAN_SISO_G_TAPS_FRAC 13
#define ODD_BFAN_SISO_G_TAPS_LENGTH 9
#define ODD_BFAN_SISO_G_GROUPS 1
#define ODD_BFAN_SISO_G_DILATION 1
#define ODD_BFAN_SISO_G_IS_COMPLEX 1
static const int16_t ODD_BFAN_SISO_G_TAPS[1][1][2][9] = {
    {
        {
            {-2319, 862, 3629, 6050, 5453, 6402, 3996, 1757, -3137},
            {-4424, 4777, 1131, 1647, 821, 0, -197, -4548, 4002}
        }
    }
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_SISO_G_LARGEST_WORD 32767
static const int64_t ODD_BFAN_SISO_G_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_SISO_G_ENVELOPE_INPUTS[2][2] = {{-32768, 32767}, {-32768, 32767}};
static const int64_t ODD_BFAN_SISO_G_ENVELOPE_OUTPUTS[2][2] = {
    {(-INT32_C(2147483647) - 1), 2147481599},
    {(-INT32_C(2147483647) - 1), 2147481599}
};
static const int64_t ODD_BFAN_SISO_G_LARGEST_SUM_ABS_TAPS[2] = {65535, 65535};

/*
 * z: G requantized to s16.14: half_up by 12 bits, then saturate
 * result s16.14; accumulator [-1807206111, 1807185466], 32 bits
 */
#define ODD_BFAN_SISO_Z_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_Z_IS_SIGNED 1
#define ODD_BFAN_SISO_Z_BITS 16
#define ODD_BFAN_SISO_Z_FRAC 14
#define ODD_BFAN_SISO_Z_ACC_MIN INT32_C(-1807206111)
#define ODD_BFAN_SISO_Z_ACC_MAX INT32_C(1807185466)
#define ODD_BFAN_SISO_Z_SHIFT 12
#define ODD_BFAN_SISO_Z_SHIFT_IS_LEFT 0
#define ODD_BFAN_SISO_Z_ROUNDING 1
#define ODD_BFAN_SISO_Z_OVERFLOW 0
#define ODD_BFAN_SISO_Z_MIN (-32768)
#define ODD_BFAN_SISO_Z_MAX 32767

/*
 * y: output, z unchanged
 * result s16.14; accumulator [-32768, 32767], 16 bits
 */
#define ODD_BFAN_SISO_Y_CHANNEL_COUNT 2
#define ODD_BFAN_SISO_Y_IS_SIGNED 1
#define ODD_BFAN_SISO_Y_BITS 16
#define ODD_BFAN_SISO_Y_FRAC 14
#define ODD_BFAN_SISO_Y_ACC_MIN (-32768)
#define ODD_BFAN_SISO_Y_ACC_MAX 32767

/*
 * How the samples were prepared: integers as they are, other numbers as MANTISSA * 2^LOG2, exactly. The receive filter
 * behind which the cancellation is measured has its taps rounded to _FRAC fraction bits; tap 0 meets the newest sample.
 */
#define ODD_BFAN_SISO_CAPTURE_FS_HZ_MANTISSA INT32_C(491520000)
#define ODD_BFAN_SISO_CAPTURE_FS_HZ_LOG2 0
#define ODD_BFAN_SISO_CAPTURE_BAND_LOWER_HZ_MANTISSA INT32_C(-40000000)
#define ODD_BFAN_SISO_CAPTURE_BAND_LOWER_HZ_LOG2 0
#define ODD_BFAN_SISO_CAPTURE_BAND_UPPER_HZ_MANTISSA INT32_C(40000000)
#define ODD_BFAN_SISO_CAPTURE_BAND_UPPER_HZ_LOG2 0
#define ODD_BFAN_SISO_CAPTURE_DELAY_FOUND_SAMPLES_MANTISSA INT64_C(3393181970146865)
#define ODD_BFAN_SISO_CAPTURE_DELAY_FOUND_SAMPLES_LOG2 (-49)
#define ODD_BFAN_SISO_CAPTURE_DELAY_FRACTION_SAMPLES_MANTISSA INT64_C(15482249618993)
#define ODD_BFAN_SISO_CAPTURE_DELAY_FRACTION_SAMPLES_LOG2 (-49)
#define ODD_BFAN_SISO_CAPTURE_DELAY_INTEGER_SAMPLES 6
#define ODD_BFAN_SISO_CAPTURE_DELAY_PEAK_SIGMA_MANTISSA INT64_C(3832383446770453)
#define ODD_BFAN_SISO_CAPTURE_DELAY_PEAK_SIGMA_LOG2 (-40)
#define ODD_BFAN_SISO_CAPTURE_DELAY_SAMPLES_MANTISSA INT64_C(3393181970146865)
#define ODD_BFAN_SISO_CAPTURE_DELAY_SAMPLES_LOG2 (-49)
#define ODD_BFAN_SISO_CAPTURE_DELAY_SHARE_MANTISSA INT64_C(7027939276105697)
#define ODD_BFAN_SISO_CAPTURE_DELAY_SHARE_LOG2 (-53)
#define ODD_BFAN_SISO_CAPTURE_RECEIVE_FILTER_DELAY_SAMPLES 127
#define ODD_BFAN_SISO_CAPTURE_RECEIVE_FILTER_STOPBAND_DB_MANTISSA 60
#define ODD_BFAN_SISO_CAPTURE_RECEIVE_FILTER_STOPBAND_DB_LOG2 0
#define ODD_BFAN_SISO_CAPTURE_RECEIVE_FILTER_TAPS 255
#define ODD_BFAN_SISO_CAPTURE_RECEIVE_FILTER_TRANSITION_HZ_MANTISSA INT64_C(3766448319509641)
#define ODD_BFAN_SISO_CAPTURE_RECEIVE_FILTER_TRANSITION_HZ_LOG2 (-29)
#define ODD_BFAN_SISO_CAPTURE_RESAMPLE_DOWN 1
#define ODD_BFAN_SISO_CAPTURE_RESAMPLE_UP 1
#define ODD_BFAN_SISO_CAPTURE_RX_FIRST_SAMPLE 6
#define ODD_BFAN_SISO_CAPTURE_RX_FULL_SCALE_MANTISSA INT64_C(1246067084520911)
#define ODD_BFAN_SISO_CAPTURE_RX_FULL_SCALE_LOG2 (-51)
#define ODD_BFAN_SISO_CAPTURE_RX_GAIN_MANTISSA INT64_C(8138570489344829)
#define ODD_BFAN_SISO_CAPTURE_RX_GAIN_LOG2 (-52)
#define ODD_BFAN_SISO_CAPTURE_SHIFT_HZ_MANTISSA 0
#define ODD_BFAN_SISO_CAPTURE_SHIFT_HZ_LOG2 0
#define ODD_BFAN_SISO_CAPTURE_TX_CLIPPED_COMPONENTS 0
#define ODD_BFAN_SISO_CAPTURE_TX_FIRST_SAMPLE 0
#define ODD_BFAN_SISO_CAPTURE_TX_FS_HZ_MANTISSA INT32_C(491520000)
#define ODD_BFAN_SISO_CAPTURE_TX_FS_HZ_LOG2 0
#define ODD_BFAN_SISO_CAPTURE_TX_FULL_SCALE_MANTISSA INT64_C(4000624326038165)
#define ODD_BFAN_SISO_CAPTURE_TX_FULL_SCALE_LOG2 (-52)
#define ODD_BFAN_SISO_CAPTURE_TX_GAIN_MANTISSA INT64_C(2534905548571893)
#define ODD_BFAN_SISO_CAPTURE_TX_GAIN_LOG2 (-51)
#define ODD_BFAN_SISO_RECEIVE_FILTER_LENGTH 255
#define ODD_BFAN_SISO_RECEIVE_FILTER_FRAC 33
static const int32_t ODD_BFAN_SISO_RECEIVE_FILTER_RE[255] = {
    438341, 409893, 222872, -94849, -459011, -748293, -841700, -663337, -219228, 388884, 981866, 1352606, 1333987,
    864225, 26016, -958445, -1781640, -2142655, -1850636, -905771, 473151, 1891443, 2886541, 3073438, 2283325,
    647879, -1405972, -3260183, -4285954, -4049436, -2477474, 76175, 2897430, 5104307, 5915788, 4917206, 2234724,
    -1447866, -5052063, -7412746, -7645912, -5462483, -1320894, 3646880, 7933898, 10106437, 9271187, 5412524,
    -520912, -6831189, -11545875, -13023507, -10507081, -4443573, 3553247, 11115648, 15810651, 15908115, 10989820,
    2192105, -8025578, -16551502, -20554424, -18403098, -10279533, 1733056, 14157194, 23109366, 25494465, 20044689,
    7862407, -7742889, -22126429, -30668139, -30229312, -20254395, -3144034, 16273255, 32072904, 39011820,
    34227128, 18317098, -4581329, -27818493, -44123589, -47835481, -36800932, -13321801, 16217170, 43025032,
    58463675, 56760618, 37043441, 4010211, -33080227, -62918979, -75501898, -65359072, -33650786, 11611181,
    57443295, 89472890, 96272266, 73183629, 24421061, -37347983, -94049211, -127204134, -123571810, -79802522,
    -4617679, 82383204, 155291681, 188867736, 166182142, 84834515, -40132008, -177753098, -287126261, -326684988,
    -264636240, -87980970, 192263558, 541192504, 905779784, 1225177844, 1443287569, 1520711605, 1443287569,
    1225177844, 905779784, 541192504, 192263558, -87980970, -264636240, -326684988, -287126261, -177753098,
    -40132008, 84834515, 166182142, 188867736, 155291681, 82383204, -4617679, -79802522, -123571810, -127204134,
    -94049211, -37347983, 24421061, 73183629, 96272266, 89472890, 57443295, 11611181, -33650786, -65359072,
    -75501898, -62918979, -33080227, 4010211, 37043441, 56760618, 58463675, 43025032, 16217170, -13321801,
    -36800932, -47835481, -44123589, -27818493, -4581329, 18317098, 34227128, 39011820, 32072904, 16273255,
    -3144034, -20254395, -30229312, -30668139, -22126429, -7742889, 7862407, 20044689, 25494465, 23109366,
    14157194, 1733056, -10279533, -18403098, -20554424, -16551502, -8025578, 2192105, 10989820, 15908115, 15810651,
    11115648, 3553247, -4443573, -10507081, -13023507, -11545875, -6831189, -520912, 5412524, 9271187, 10106437,
    7933898, 3646880, -1320894, -5462483, -7645912, -7412746, -5052063, -1447866, 2234724, 4917206, 5915788,
    5104307, 2897430, 76175, -2477474, -4049436, -4285954, -3260183, -1405972, 647879, 2283325, 3073438, 2886541,
    1891443, 473151, -905771, -1850636, -2142655, -1781640, -958445, 26016, 864225, 1333987, 1352606, 981866,
    388884, -219228, -663337, -841700, -748293, -459011, -94849, 222872, 409893, 438341
};

/*
 * For information, the same in decimals, no part of the code.
 * fs_hz 491520000.0
 * band_lower_hz -40000000.0
 * band_upper_hz 40000000.0
 * capture_sha256 "034899dea6bb617583f7094c7200c1440b4fd503d554df5eecfcfae289774ff3"
 * delay_found_samples 6.027502
 * delay_fraction_samples 0.027502000000000137
 * delay_integer_samples 6
 * delay_method "third_order"
 * delay_peak_sigma 3485.53244
 * delay_samples 6.027502
 * delay_share 0.780258
 * fs_hz 491520000.0
 * receive_filter_delay_samples 127
 * receive_filter_stopband_db 60.0
 * receive_filter_taps 255
 * receive_filter_transition_hz 7015556.692163723
 * resample_down 1
 * resample_up 1
 * rx_first_sample 6
 * rx_full_scale 0.5533649469850626
 * rx_gain 1.8071256689610913
 * shift_convention "x[n] = tx[n] exp(+j 2 pi shift_hz n / fs_hz), n = 0 at the capture's first sample"
 * shift_hz 0.0
 * source "scenario siso, seed 1"
 * subtract "before the receive filter"
 * tx_clipped_components 0
 * tx_first_sample 0
 * tx_fs_hz 491520000.0
 * tx_full_scale 0.888317047928614
 * tx_gain 1.1257242021098315
 * tx_rounding "HALF_UP, SATURATE, 16 bits, frac 15"
 * receive filter H: 255 taps as (re, im), the first meets the newest sample
 *   (5.102958409548246e-05, 0.0), (4.771777606061059e-05, 0.0), (2.594571965230812e-05, 0.0),
 *   (-1.1041894414692197e-05, 0.0), (-5.3435931521578236e-05, 0.0), (-8.711273871731437e-05, 0.0),
 *   (-9.798672002926822e-05, 0.0), (-7.722262664606075e-05, 0.0), (-2.5521457813597306e-05, 0.0),
 *   (4.5272053358515194e-05, 0.0), (0.00011430419988438409, 0.0), (0.00015746409993284242, 0.0),
 *   (0.00015529649540650323, 0.0), (0.00010060900235476756, 0.0), (3.02871133762099e-06, 0.0),
 *   (-0.00011157768769191655, 0.0), (-0.00020741015351298495, 0.0), (-0.0002494378738246937, 0.0),
 *   (-0.00021544238071985548, 0.0), (-0.00010544558386185661, 0.0), (5.508200382753095e-05, 0.0),
 *   (0.00022019297306589053, 0.0), (0.00033603764415303605, 0.0), (0.00035779529272535144, 0.0),
 *   (0.00026581402731025113, 0.0), (7.542307739058098e-05, 0.0), (-0.00016367663882050474, 0.0),
 *   (-0.00037953524140548145, 0.0), (-0.0004989506913803754, 0.0), (-0.00047141635231492956, 0.0),
 *   (-0.00028841589131907257, 0.0), (8.867892418920217e-06, 0.0), (0.0003373052783251799, 0.0),
 *   (0.0005942195170955827, 0.0), (0.000688688336943228, 0.0), (0.0005724381279932626, 0.0),
 *   (0.00026015617047500905, 0.0), (-0.00016855374455638036, 0.0), (-0.0005881375206693403, 0.0),
 *   (-0.0008629571534621669, 0.0), (-0.0008901012755270719, 0.0), (-0.0006359167718419884, 0.0),
 *   (-0.00015377230714298646, 0.0), (0.00042455270977922874, 0.0), (0.000923627312232632, 0.0),
 *   (0.0011765440593919194, 0.0), (0.0010793082636978743, 0.0), (0.0006301007757837654, 0.0),
 *   (-6.064214978435238e-05, 0.0), (-0.0007952550608526087, 0.0), (-0.0013441167370353423, 0.0),
 *   (-0.0015161357204559124, 0.0), (-0.001223185166100055, 0.0), (-0.0005172999345540211, 0.0),
 *   (0.00041365240891032235, 0.0), (0.0012940317576985248, 0.0), (0.0018406020606222242, 0.0),
 *   (0.0018519483790695951, 0.0), (0.001279383473649163, 0.0), (0.00025519459750892914, 0.0),
 *   (-0.0009343002704289942, 0.0), (-0.0019268484278568492, 0.0), (-0.002392849840652739, 0.0),
 *   (-0.0021424025880740815, 0.0), (-0.00119669511982468, 0.0), (0.0002017543149387128, 0.0),
 *   (0.0016481142595892386, 0.0), (0.0026902843357443566, 0.0), (0.002967946375010885, 0.0),
 *   (0.0023335089330009714, 0.0), (0.0009153045995325743, 0.0), (-0.0009013909671315565, 0.0),
 *   (-0.002575855317693119, 0.0), (-0.00357024125815547, 0.0), (-0.0035191550800951865, 0.0),
 *   (-0.0023579218634102055, 0.0), (-0.00036601374807967, 0.0), (0.0018944562188466217, 0.0),
 *   (0.0037337774216115163, 0.0), (0.004541573620280346, 0.0), (0.003984562164492478, 0.0),
 *   (0.0021323908853961666, 0.0), (-0.0005333368777357115, 0.0), (-0.0032384988299659525, 0.0),
 *   (-0.0051366618099750105, 0.0), (-0.005568782916657108, 0.0), (-0.004284192372096868, 0.0),
 *   (-0.0015508616985325681, 0.0), (0.0018879270587280768, 0.0), (0.005008772908936679, 0.0),
 *   (0.006806067556123701, 0.0), (0.006607805580730006, 0.0), (0.004312424071752593, 0.0),
 *   (0.0004668500139370097, 0.0), (-0.003851045251460184, 0.0), (-0.0073247332339306985, 0.0),
 *   (-0.00878957775922452, 0.0), (-0.007608797455444086, 0.0), (-0.003917467128850599, 0.0),
 *   (0.001351719389705045, 0.0), (0.006687279678594755, 0.0), (0.01041601525518641, 0.0),
 *   (0.011207566793671624, 0.0), (0.008519695682572395, 0.0), (0.002842985690788842, 0.0),
 *   (-0.004347877406006937, 0.0), (-0.010948769160428551, 0.0), (-0.014808510243195062, 0.0),
 *   (-0.014385652053348004, 0.0), (-0.009290236308030254, 0.0), (-0.000537568629749475, 0.0),
 *   (0.009590667238097749, 0.0), (0.01807833097778407, 0.0), (0.02198709827162608, 0.0), (0.019346147520256037, 0.0),
 *   (0.009876037374729724, 0.0), (-0.004671980676543042, 0.0), (-0.020693184061355833, 0.0),
 *   (-0.0334258961101791, 0.0), (-0.03803113797356567, 0.0), (-0.03080771305867236, 0.0),
 *   (-0.010242332902192406, 0.0), (0.022382423991665366, 0.0), (0.06300309949577045, 0.0),
 *   (0.10544664504475257, 0.0), (0.14262947299226347, 0.0), (0.16802078687390318, 0.0), (0.17703413086469652, 0.0),
 *   (0.16802078687390318, 0.0), (0.14262947299226347, 0.0), (0.10544664504475257, 0.0), (0.06300309949577045, 0.0),
 *   (0.022382423991665366, 0.0), (-0.010242332902192406, 0.0), (-0.03080771305867236, 0.0),
 *   (-0.03803113797356567, 0.0), (-0.0334258961101791, 0.0), (-0.020693184061355833, 0.0),
 *   (-0.004671980676543042, 0.0), (0.009876037374729724, 0.0), (0.019346147520256037, 0.0),
 *   (0.02198709827162608, 0.0), (0.01807833097778407, 0.0), (0.009590667238097749, 0.0),
 *   (-0.000537568629749475, 0.0), (-0.009290236308030254, 0.0), (-0.014385652053348004, 0.0),
 *   (-0.014808510243195062, 0.0), (-0.010948769160428551, 0.0), (-0.004347877406006937, 0.0),
 *   (0.002842985690788842, 0.0), (0.008519695682572395, 0.0), (0.011207566793671624, 0.0),
 *   (0.01041601525518641, 0.0), (0.006687279678594755, 0.0), (0.001351719389705045, 0.0),
 *   (-0.003917467128850599, 0.0), (-0.007608797455444086, 0.0), (-0.00878957775922452, 0.0),
 *   (-0.0073247332339306985, 0.0), (-0.003851045251460184, 0.0), (0.0004668500139370097, 0.0),
 *   (0.004312424071752593, 0.0), (0.006607805580730006, 0.0), (0.006806067556123701, 0.0),
 *   (0.005008772908936679, 0.0), (0.0018879270587280768, 0.0), (-0.0015508616985325681, 0.0),
 *   (-0.004284192372096868, 0.0), (-0.005568782916657108, 0.0), (-0.0051366618099750105, 0.0),
 *   (-0.0032384988299659525, 0.0), (-0.0005333368777357115, 0.0), (0.0021323908853961666, 0.0),
 *   (0.003984562164492478, 0.0), (0.004541573620280346, 0.0), (0.0037337774216115163, 0.0),
 *   (0.0018944562188466217, 0.0), (-0.00036601374807967, 0.0), (-0.0023579218634102055, 0.0),
 *   (-0.0035191550800951865, 0.0), (-0.00357024125815547, 0.0), (-0.002575855317693119, 0.0),
 *   (-0.0009013909671315565, 0.0), (0.0009153045995325743, 0.0), (0.0023335089330009714, 0.0),
 *   (0.002967946375010885, 0.0), (0.0026902843357443566, 0.0), (0.0016481142595892386, 0.0),
 *   (0.0002017543149387128, 0.0), (-0.00119669511982468, 0.0), (-0.0021424025880740815, 0.0),
 *   (-0.002392849840652739, 0.0), (-0.0019268484278568492, 0.0), (-0.0009343002704289942, 0.0),
 *   (0.00025519459750892914, 0.0), (0.001279383473649163, 0.0), (0.0018519483790695951, 0.0),
 *   (0.0018406020606222242, 0.0), (0.0012940317576985248, 0.0), (0.00041365240891032235, 0.0),
 *   (-0.0005172999345540211, 0.0), (-0.001223185166100055, 0.0), (-0.0015161357204559124, 0.0),
 *   (-0.0013441167370353423, 0.0), (-0.0007952550608526087, 0.0), (-6.064214978435238e-05, 0.0),
 *   (0.0006301007757837654, 0.0), (0.0010793082636978743, 0.0), (0.0011765440593919194, 0.0),
 *   (0.000923627312232632, 0.0), (0.00042455270977922874, 0.0), (-0.00015377230714298646, 0.0),
 *   (-0.0006359167718419884, 0.0), (-0.0008901012755270719, 0.0), (-0.0008629571534621669, 0.0),
 *   (-0.0005881375206693403, 0.0), (-0.00016855374455638036, 0.0), (0.00026015617047500905, 0.0),
 *   (0.0005724381279932626, 0.0), (0.000688688336943228, 0.0), (0.0005942195170955827, 0.0),
 *   (0.0003373052783251799, 0.0), (8.867892418920217e-06, 0.0), (-0.00028841589131907257, 0.0),
 *   (-0.00047141635231492956, 0.0), (-0.0004989506913803754, 0.0), (-0.00037953524140548145, 0.0),
 *   (-0.00016367663882050474, 0.0), (7.542307739058098e-05, 0.0), (0.00026581402731025113, 0.0),
 *   (0.00035779529272535144, 0.0), (0.00033603764415303605, 0.0), (0.00022019297306589053, 0.0),
 *   (5.508200382753095e-05, 0.0), (-0.00010544558386185661, 0.0), (-0.00021544238071985548, 0.0),
 *   (-0.0002494378738246937, 0.0), (-0.00020741015351298495, 0.0), (-0.00011157768769191655, 0.0),
 *   (3.02871133762099e-06, 0.0), (0.00010060900235476756, 0.0), (0.00015529649540650323, 0.0),
 *   (0.00015746409993284242, 0.0), (0.00011430419988438409, 0.0), (4.5272053358515194e-05, 0.0),
 *   (-2.5521457813597306e-05, 0.0), (-7.722262664606075e-05, 0.0), (-9.798672002926822e-05, 0.0),
 *   (-8.711273871731437e-05, 0.0), (-5.3435931521578236e-05, 0.0), (-1.1041894414692197e-05, 0.0),
 *   (2.594571965230812e-05, 0.0), (4.771777606061059e-05, 0.0), (5.102958409548246e-05, 0.0)
 */

#endif
