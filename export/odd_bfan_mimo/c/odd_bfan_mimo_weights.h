/*
 * Tables and number formats of the canceller `odd_bfan_mimo`: all that a kernel of one's own needs. Nothing here computes, nothing
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
 *           interference in the received sample n - 3; every memory starts as zeros.
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
 * ODD_BFAN_MIMO_GRAPH_SHA256 ties these tables to their bundle: it is graph_sha256 in manifest.json and in the ONNX files, the
 * hash of datapath.json and its tables. ODD_BFAN_MIMO_STRUCTURE_SHA256, the hash of datapath.json alone, is the same for all
 * weights that can take each other's place.
 */
#ifndef ODD_BFAN_MIMO_WEIGHTS_H
#define ODD_BFAN_MIMO_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#define ODD_BFAN_MIMO_GRAPH_SHA256 "a34c646679a12f312c19f9f3efb0249228447193dcd58fb0f1a3d6d7869b6fa0"
#define ODD_BFAN_MIMO_STRUCTURE_SHA256 "c476bd0c4bbcd00bfa6b45dc223c968883df7d7b43fc2604f2461bc8d8fdc32c"

#ifndef PIM_TABLE8
#define PIM_TABLE8 int8_t
#endif
#ifndef PIM_TABLE16
#define PIM_TABLE16 int16_t
#endif

/*
 * x: input, 16 channels (I0, Q0, ...)
 * result s16.15; accumulator [-32768, 32767], 16 bits
 */
#define ODD_BFAN_MIMO_X_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_X_IS_SIGNED 1
#define ODD_BFAN_MIMO_X_BITS 16
#define ODD_BFAN_MIMO_X_FRAC 15
#define ODD_BFAN_MIMO_X_ACC_MIN (-32768)
#define ODD_BFAN_MIMO_X_ACC_MAX 32767

/*
 * K: complex convolution of x, 16 to 16 channels, 8 groups, dilation 1, memory 2 samples
 * taps [out / 2][in / 2 / groups][re, im][tap], tap 0 meets the newest sample; s16.15; strides 6, 6, 3, 1
 * result s31.30; accumulator [-1003582185, 1003558447], 31 bits
 */
#define ODD_BFAN_MIMO_K_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_K_IS_SIGNED 1
#define ODD_BFAN_MIMO_K_BITS 31
#define ODD_BFAN_MIMO_K_FRAC 30
#define ODD_BFAN_MIMO_K_ACC_MIN INT32_C(-1003582185)
#define ODD_BFAN_MIMO_K_ACC_MAX INT32_C(1003558447)
#define ODD_BFAN_MIMO_K_TAPS_FRAC 15
#define ODD_BFAN_MIMO_K_TAPS_LENGTH 3
#define ODD_BFAN_MIMO_K_GROUPS 8
#define ODD_BFAN_MIMO_K_DILATION 1
#define ODD_BFAN_MIMO_K_IS_COMPLEX 1
static const int16_t ODD_BFAN_MIMO_K_TAPS[8][1][2][3] = {
    {{{1276, 5397, 70}, {-2825, 2, 402}}},
    {{{-944, 8127, 806}, {-1752, -4, 2099}}},
    {{{2662, 6978, -1098}, {-3744, 5, 593}}},
    {{{4377, 8617, -2128}, {-726, -1, 5457}}},
    {{{625, 13576, -1381}, {-4245, 8, 1810}}},
    {{{1562, 19200, 2976}, {-3538, 4, 3347}}},
    {{{-1584, 13752, -530}, {-5441, 7, 1567}}},
    {{{1181, 10928, -1441}, {-3939, 1, -121}}}
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_MIMO_K_LARGEST_WORD 32767
static const int64_t ODD_BFAN_MIMO_K_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_MIMO_K_ENVELOPE_INPUTS[16][2] = {
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
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
static const int64_t ODD_BFAN_MIMO_K_ENVELOPE_OUTPUTS[16][2] = {
    {-454403534, 454403534},
    {-454400167, 454400167},
    {-625735544, 625735544},
    {-625736021, 625736021},
    {-687163081, 687163081},
    {-687158706, 687158706},
    {-970861260, 970861260},
    {-970867837, 970867837},
    {-986314911, 986314911},
    {-986311536, 986311536},
    {-1395606476, 1395606476},
    {-1395606215, 1395606215},
    {-1042636279, 1042636279},
    {-1042630901, 1042630901},
    {-802496042, 802496042},
    {-802490398, 802490398}
};
static const int64_t ODD_BFAN_MIMO_K_LARGEST_SUM_ABS_TAPS[16] = {
    13867, 13867, 19095, 19095, 20970, 20970, 29628, 29628, 30099, 30099, 42590, 42590, 31818, 31818, 24490, 24490
};

/*
 * u: K requantized to s16.15: half_up by 15 bits, then saturate
 * result s16.15; accumulator [-1003582185, 1003574831], 31 bits
 */
#define ODD_BFAN_MIMO_U_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_U_IS_SIGNED 1
#define ODD_BFAN_MIMO_U_BITS 16
#define ODD_BFAN_MIMO_U_FRAC 15
#define ODD_BFAN_MIMO_U_ACC_MIN INT32_C(-1003582185)
#define ODD_BFAN_MIMO_U_ACC_MAX INT32_C(1003574831)
#define ODD_BFAN_MIMO_U_SHIFT 15
#define ODD_BFAN_MIMO_U_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_U_ROUNDING 1
#define ODD_BFAN_MIMO_U_OVERFLOW 0
#define ODD_BFAN_MIMO_U_MIN (-32768)
#define ODD_BFAN_MIMO_U_MAX 32767

/*
 * Phi: convolution of u, 16 to 8 channels, 1 group, dilation 1, memory 0 samples
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13; strides 16, 1, 1
 * result s32.28; accumulator [-1602905317, 1602906057], 32 bits
 */
#define ODD_BFAN_MIMO_PHI_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_PHI_IS_SIGNED 1
#define ODD_BFAN_MIMO_PHI_BITS 32
#define ODD_BFAN_MIMO_PHI_FRAC 28
#define ODD_BFAN_MIMO_PHI_ACC_MIN INT32_C(-1602905317)
#define ODD_BFAN_MIMO_PHI_ACC_MAX INT32_C(1602906057)
#define ODD_BFAN_MIMO_PHI_TAPS_FRAC 13
#define ODD_BFAN_MIMO_PHI_TAPS_LENGTH 1
#define ODD_BFAN_MIMO_PHI_GROUPS 1
#define ODD_BFAN_MIMO_PHI_DILATION 1
#define ODD_BFAN_MIMO_PHI_IS_COMPLEX 0
static const int16_t ODD_BFAN_MIMO_PHI_TAPS[8][16][1] = {
    {
        {-539}, {7793}, {7837}, {993}, {7467}, {-2433}, {7872}, {-115}, {7825}, {-366}, {-3114}, {7175}, {-6800},
        {3894}, {-4182}, {-6848}
    },
    {
        {-3425}, {7244}, {6638}, {3756}, {7916}, {350}, {7270}, {2751}, {7488}, {2584}, {-5639}, {5486}, {-7794},
        {1248}, {-1269}, {-7851}
    },
    {
        {-6025}, {5080}, {4847}, {6004}, {7088}, {3715}, {5635}, {5393}, {5962}, {5330}, {-7279}, {2892}, {-7708},
        {-1960}, {1802}, {-7747}
    },
    {
        {-7411}, {2658}, {1995}, {7380}, {5214}, {5870}, {3137}, {7092}, {3398}, {7158}, {-7855}, {-134}, {-6228},
        {-4788}, {4607}, {-6433}
    },
    {
        {-7860}, {-621}, {-1001}, {7680}, {2407}, {7522}, {14}, {7765}, {443}, {7886}, {-7155}, {-3173}, {-3925},
        {-6729}, {6830}, {-4245}
    },
    {
        {-7095}, {-3469}, {-3903}, {6699}, {-492}, {7827}, {-2823}, {7338}, {-2729}, {7404}, {-5385}, {-5664},
        {-1063}, {-7856}, {7868}, {-1134}
    },
    {
        {-5049}, {-6076}, {-5968}, {4653}, {-3695}, {7163}, {-5546}, {5416}, {-5352}, {5909}, {-2829}, {-7337},
        {2066}, {-7526}, {7745}, {1892}
    },
    {
        {-2543}, {-7552}, {-7418}, {1917}, {-5951}, {5012}, {-7099}, {3090}, {-7308}, {3326}, {275}, {-7874},
        {4785}, {-6251}, {6384}, {4763}
    }
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_MIMO_PHI_LARGEST_WORD 32767
static const int64_t ODD_BFAN_MIMO_PHI_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_MIMO_PHI_ENVELOPE_INPUTS[16][2] = {
    {-13867, 13867},
    {-13867, 13867},
    {-19096, 19096},
    {-19096, 19096},
    {-20971, 20971},
    {-20970, 20970},
    {-29628, 29628},
    {-29629, 29629},
    {-30100, 30100},
    {-30100, 30100},
    {-32768, 32767},
    {-32768, 32767},
    {-31819, 31819},
    {-31819, 31819},
    {-24490, 24490},
    {-24490, 24490}
};
static const int64_t ODD_BFAN_MIMO_PHI_ENVELOPE_OUTPUTS[8][2] = {
    {(-INT32_C(2147483647) - 1), 2147475455},
    {(-INT32_C(2147483647) - 1), 2147475455},
    {(-INT32_C(2147483647) - 1), 2147475455},
    {(-INT32_C(2147483647) - 1), 2147475455},
    {(-INT32_C(2147483647) - 1), 2147475455},
    {(-INT32_C(2147483647) - 1), 2147475455},
    {(-INT32_C(2147483647) - 1), 2147475455},
    {(-INT32_C(2147483647) - 1), 2147475455}
};
static const int64_t ODD_BFAN_MIMO_PHI_LARGEST_SUM_ABS_TAPS[8] = {
    65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535
};

/*
 * a: Phi requantized to s16.14: half_up by 14 bits, then saturate
 * result s16.14; accumulator [-1602905317, 1602914249], 32 bits
 */
#define ODD_BFAN_MIMO_A_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_A_IS_SIGNED 1
#define ODD_BFAN_MIMO_A_BITS 16
#define ODD_BFAN_MIMO_A_FRAC 14
#define ODD_BFAN_MIMO_A_ACC_MIN INT32_C(-1602905317)
#define ODD_BFAN_MIMO_A_ACC_MAX INT32_C(1602914249)
#define ODD_BFAN_MIMO_A_SHIFT 14
#define ODD_BFAN_MIMO_A_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_A_ROUNDING 1
#define ODD_BFAN_MIMO_A_OVERFLOW 0
#define ODD_BFAN_MIMO_A_MIN (-32768)
#define ODD_BFAN_MIMO_A_MAX 32767

/*
 * f: odd piecewise-linear function of a, one function for all channels
 * knots k * 2^SEGMENT_LOG2; SLOPES and BASES serve the table form, WEIGHTS and BASES[..][0] the basis form
 * SLOPES, WEIGHTS [function * outputs + result][segment]; s16.15; strides 16, 1
 * BASES on the grid of SLOPES * 2^SEGMENT_LOG2, frac 15, of the same shape
 * result s31.29; accumulator [-631991296, 631991296], 31 bits
 * accumulator of the basis form [-817988608, 817988608], 31 bits
 */
#define ODD_BFAN_MIMO_F_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_F_IS_SIGNED 1
#define ODD_BFAN_MIMO_F_BITS 31
#define ODD_BFAN_MIMO_F_FRAC 29
#define ODD_BFAN_MIMO_F_ACC_MIN INT32_C(-631991296)
#define ODD_BFAN_MIMO_F_ACC_MAX INT32_C(631991296)
#define ODD_BFAN_MIMO_F_BASIS_ACC_MIN INT32_C(-817988608)
#define ODD_BFAN_MIMO_F_BASIS_ACC_MAX INT32_C(817988608)
#define ODD_BFAN_MIMO_F_SEGMENT_LOG2 10
#define ODD_BFAN_MIMO_F_SEGMENTS 16
#define ODD_BFAN_MIMO_F_SLOPES_FRAC 15
static const PIM_TABLE16 ODD_BFAN_MIMO_F_SLOPES[1][16] = {
    {0, 502, -62, -66, -768, -2874, -8730, -18785, -28501, -31477, -29778, -27486, -25889, -25415, -25133, -23101}
};
static const int32_t ODD_BFAN_MIMO_F_BASES[1][16] = {
    {0, 0, 502, 440, 374, -394, -3268, -11998, -30783, -59284, -90761, -120539, -148025, -173914, -199329, -224462}
};
static const int16_t ODD_BFAN_MIMO_F_WEIGHTS[1][16] = {
    {0, 502, -564, -4, -702, -2106, -5856, -10055, -9716, -2976, 1699, 2292, 1597, 474, 282, 2032}
};
/*
 * Another function is admitted where, with limits = ENVELOPE_ROWS[row], every t up to limits[0] keeps base * 2^m,
 * slope * r and their sum in [limits[1], limits[2]], the sums of negative and of positive terms of the basis form keep to
 * [limits[3], limits[4]], values to [limits[5], limits[6]], and neither a slope nor the difference of two neighbours is
 * larger than LARGEST_WORD. Surely admitted, a row each (-1: none): |slopes| with base 0; |first base| with slopes 0.
 */
#define ODD_BFAN_MIMO_F_LARGEST_WORD 32767
static const int64_t ODD_BFAN_MIMO_F_ENVELOPE_ROWS[1][7] = {
    {32768, -2147483647, 2147483647, -2147483647, 2147483647, -2147475455, 2147475455}
};
static const int64_t ODD_BFAN_MIMO_F_LARGEST_SLOPE[1] = {2788};
static const int64_t ODD_BFAN_MIMO_F_LARGEST_BASE[1] = {2097143};

/*
 * c: f requantized to s16.15: half_up by 14 bits, then saturate
 * result s16.15; accumulator [-631968195, 631999488], 31 bits
 */
#define ODD_BFAN_MIMO_C_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_C_IS_SIGNED 1
#define ODD_BFAN_MIMO_C_BITS 16
#define ODD_BFAN_MIMO_C_FRAC 15
#define ODD_BFAN_MIMO_C_ACC_MIN INT32_C(-631968195)
#define ODD_BFAN_MIMO_C_ACC_MAX INT32_C(631999488)
#define ODD_BFAN_MIMO_C_SHIFT 14
#define ODD_BFAN_MIMO_C_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_C_ROUNDING 1
#define ODD_BFAN_MIMO_C_OVERFLOW 0
#define ODD_BFAN_MIMO_C_MIN (-32768)
#define ODD_BFAN_MIMO_C_MAX 32767

/*
 * Psi: convolution of c, 8 to 16 channels, 1 group, dilation 1, memory 0 samples
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13; strides 8, 1, 1
 * result s32.28; accumulator [-1332314112, 1332273453], 32 bits
 */
#define ODD_BFAN_MIMO_PSI_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_PSI_IS_SIGNED 1
#define ODD_BFAN_MIMO_PSI_BITS 32
#define ODD_BFAN_MIMO_PSI_FRAC 28
#define ODD_BFAN_MIMO_PSI_ACC_MIN INT32_C(-1332314112)
#define ODD_BFAN_MIMO_PSI_ACC_MAX INT32_C(1332273453)
#define ODD_BFAN_MIMO_PSI_TAPS_FRAC 13
#define ODD_BFAN_MIMO_PSI_TAPS_LENGTH 1
#define ODD_BFAN_MIMO_PSI_GROUPS 1
#define ODD_BFAN_MIMO_PSI_DILATION 1
#define ODD_BFAN_MIMO_PSI_IS_COMPLEX 0
static const int16_t ODD_BFAN_MIMO_PSI_TAPS[16][8][1] = {
    {{7432}, {6947}, {4905}, {2274}, {-923}, {-4015}, {-6358}, {-7646}},
    {{1078}, {3749}, {6172}, {7842}, {7763}, {7165}, {4840}, {2050}},
    {{-119}, {-2859}, {-5741}, {-7091}, {-8002}, {-7008}, {-5312}, {-2619}},
    {{6959}, {7265}, {5192}, {3263}, {-450}, {-3164}, {-5866}, {-7183}},
    {{5026}, {6888}, {7855}, {7429}, {5898}, {3482}, {513}, {-2330}},
    {{-5384}, {-3650}, {-624}, {2309}, {5247}, {7076}, {7960}, {7175}},
    {{-2226}, {150}, {3150}, {5815}, {7194}, {7727}, {6532}, {5092}},
    {{-6557}, {-7771}, {-6970}, {-5328}, {-2215}, {438}, {3481}, {5417}},
    {{4627}, {2356}, {-850}, {-3483}, {-6012}, {-7184}, {-7877}, {-6502}},
    {{5798}, {7170}, {7707}, {6720}, {4827}, {2334}, {-840}, {-3480}},
    {{-3641}, {-1294}, {1856}, {4305}, {6593}, {7731}, {7772}, {6170}},
    {{-6298}, {-7703}, {-7593}, {-6096}, {-4185}, {-1077}, {1581}, {4675}},
    {{6078}, {7646}, {7921}, {7162}, {4872}, {2513}, {-838}, {-3538}},
    {{-4764}, {-2360}, {570}, {3794}, {6235}, {7696}, {7967}, {6843}},
    {{-5163}, {-6912}, {-7681}, {-7512}, {-5792}, {-3494}, {-135}, {2703}},
    {{5356}, {3381}, {570}, {-2747}, {-5157}, {-7332}, {-7832}, {-7239}}
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_MIMO_PSI_LARGEST_WORD 32767
static const int64_t ODD_BFAN_MIMO_PSI_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_MIMO_PSI_ENVELOPE_INPUTS[8][2] = {
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767}
};
static const int64_t ODD_BFAN_MIMO_PSI_ENVELOPE_OUTPUTS[16][2] = {
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
    {(-INT32_C(2147483647) - 1), 2147467263},
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
static const int64_t ODD_BFAN_MIMO_PSI_LARGEST_SUM_ABS_TAPS[16] = {
    65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535
};

/*
 * v: Psi requantized to s16.13: half_up by 15 bits, then saturate
 * result s16.13; accumulator [-1332314112, 1332289837], 32 bits
 */
#define ODD_BFAN_MIMO_V_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_V_IS_SIGNED 1
#define ODD_BFAN_MIMO_V_BITS 16
#define ODD_BFAN_MIMO_V_FRAC 13
#define ODD_BFAN_MIMO_V_ACC_MIN INT32_C(-1332314112)
#define ODD_BFAN_MIMO_V_ACC_MAX INT32_C(1332289837)
#define ODD_BFAN_MIMO_V_SHIFT 15
#define ODD_BFAN_MIMO_V_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_V_ROUNDING 1
#define ODD_BFAN_MIMO_V_OVERFLOW 0
#define ODD_BFAN_MIMO_V_MIN (-32768)
#define ODD_BFAN_MIMO_V_MAX 32767

/*
 * G: complex convolution of v, 16 to 16 channels, 8 groups, dilation 1, memory 4 samples
 * taps [out / 2][in / 2 / groups][re, im][tap], tap 0 meets the newest sample; s16.13; strides 10, 10, 5, 1
 * result s32.26; accumulator [-2068628601, 2068610481], 32 bits
 */
#define ODD_BFAN_MIMO_G_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_G_IS_SIGNED 1
#define ODD_BFAN_MIMO_G_BITS 32
#define ODD_BFAN_MIMO_G_FRAC 26
#define ODD_BFAN_MIMO_G_ACC_MIN INT32_C(-2068628601)
#define ODD_BFAN_MIMO_G_ACC_MAX INT32_C(2068610481)
#define ODD_BFAN_MIMO_G_TAPS_FRAC 13
#define ODD_BFAN_MIMO_G_TAPS_LENGTH 5
#define ODD_BFAN_MIMO_G_GROUPS 8
#define ODD_BFAN_MIMO_G_DILATION 1
#define ODD_BFAN_MIMO_G_IS_COMPLEX 1
static const int16_t ODD_BFAN_MIMO_G_TAPS[8][1][2][5] = {
    {{{11006, -594, 8685, 820, -1022}, {141, -5893, 4547, -6181, 3732}}},
    {{{4989, 1479, 3050, 385, 294}, {78, -2775, -145, -1399, 1093}}},
    {{{12696, -4682, 14137, -4668, 637}, {-5851, -5754, -47, -8769, 5889}}},
    {{{6360, 1180, 4163, 356, -188}, {104, -3336, 1093, -2333, 2227}}},
    {{{12730, -1415, 11763, -470, -1184}, {97, -6945, 4598, -9020, 4385}}},
    {{{9271, 180, 8149, 130, -669}, {100, -4845, 2380, -5761, 2885}}},
    {{{9624, -2205, 10507, -835, 184}, {-3770, -5020, -27, -7334, 2238}}},
    {{{8664, 348, 7311, 287, -565}, {85, -4597, 2298, -5104, 2813}}}
};
/*
 * Other taps are admitted where, for each output o, with P[i] and N[i] the sums of positive and of negated negative taps
 * at the real input i and x = ENVELOPE_INPUTS[i], [least, most], which holds 0:
 *   up = sum of (P[i] * x[1] - N[i] * x[0]), down = sum of (P[i] * x[0] - N[i] * x[1]),
 *   [down + min(bias, 0), up + max(bias, 0)] lies in ENVELOPE_SUMS, [down + bias, up + bias] in ENVELOPE_OUTPUTS[o],
 * and no word is larger than LARGEST_WORD. Surely admitted, an output each, without bias (-1: none):
 */
#define ODD_BFAN_MIMO_G_LARGEST_WORD 32767
static const int64_t ODD_BFAN_MIMO_G_ENVELOPE_SUMS[2] = {(-INT32_C(2147483647) - 1), 2147483647};
static const int64_t ODD_BFAN_MIMO_G_ENVELOPE_INPUTS[16][2] = {
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
    {-32768, 32767},
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
static const int64_t ODD_BFAN_MIMO_G_ENVELOPE_OUTPUTS[16][2] = {
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551},
    {(-INT32_C(2147483647) - 1), 2147479551}
};
static const int64_t ODD_BFAN_MIMO_G_LARGEST_SUM_ABS_TAPS[16] = {
    65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535
};

/*
 * z: G requantized to s16.13: half_up by 13 bits, then saturate
 * result s16.13; accumulator [-2068628601, 2068614577], 32 bits
 */
#define ODD_BFAN_MIMO_Z_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_Z_IS_SIGNED 1
#define ODD_BFAN_MIMO_Z_BITS 16
#define ODD_BFAN_MIMO_Z_FRAC 13
#define ODD_BFAN_MIMO_Z_ACC_MIN INT32_C(-2068628601)
#define ODD_BFAN_MIMO_Z_ACC_MAX INT32_C(2068614577)
#define ODD_BFAN_MIMO_Z_SHIFT 13
#define ODD_BFAN_MIMO_Z_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_Z_ROUNDING 1
#define ODD_BFAN_MIMO_Z_OVERFLOW 0
#define ODD_BFAN_MIMO_Z_MIN (-32768)
#define ODD_BFAN_MIMO_Z_MAX 32767

/*
 * y: output, z unchanged
 * result s16.13; accumulator [-32768, 32767], 16 bits
 */
#define ODD_BFAN_MIMO_Y_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_Y_IS_SIGNED 1
#define ODD_BFAN_MIMO_Y_BITS 16
#define ODD_BFAN_MIMO_Y_FRAC 13
#define ODD_BFAN_MIMO_Y_ACC_MIN (-32768)
#define ODD_BFAN_MIMO_Y_ACC_MAX 32767

/*
 * How the samples were prepared: integers as they are, other numbers as MANTISSA * 2^LOG2, exactly. The receive filter
 * behind which the cancellation is measured has its taps rounded to _FRAC fraction bits; tap 0 meets the newest sample.
 */
#define ODD_BFAN_MIMO_CAPTURE_FS_HZ_MANTISSA INT32_C(491520000)
#define ODD_BFAN_MIMO_CAPTURE_FS_HZ_LOG2 0
#define ODD_BFAN_MIMO_CAPTURE_BAND_LOWER_HZ_MANTISSA INT32_C(-40000000)
#define ODD_BFAN_MIMO_CAPTURE_BAND_LOWER_HZ_LOG2 0
#define ODD_BFAN_MIMO_CAPTURE_BAND_UPPER_HZ_MANTISSA INT32_C(40000000)
#define ODD_BFAN_MIMO_CAPTURE_BAND_UPPER_HZ_LOG2 0
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FOUND_SAMPLES_MANTISSA INT64_C(5457322416859119)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FOUND_SAMPLES_LOG2 (-51)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FRACTION_SAMPLES_MANTISSA INT64_C(953722789488623)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FRACTION_SAMPLES_LOG2 (-51)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_INTEGER_SAMPLES 2
#define ODD_BFAN_MIMO_CAPTURE_DELAY_PEAK_SIGMA_MANTISSA INT64_C(1214361466699063)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_PEAK_SIGMA_LOG2 (-42)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SAMPLES_MANTISSA INT64_C(5457322416859119)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SAMPLES_LOG2 (-51)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SHARE_MANTISSA INT64_C(3633269992181893)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SHARE_LOG2 (-54)
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_DELAY_SAMPLES 127
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_STOPBAND_DB_MANTISSA 60
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_STOPBAND_DB_LOG2 0
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_TAPS 255
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_TRANSITION_HZ_MANTISSA INT64_C(3766448319509641)
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_TRANSITION_HZ_LOG2 (-29)
#define ODD_BFAN_MIMO_CAPTURE_RESAMPLE_DOWN 1
#define ODD_BFAN_MIMO_CAPTURE_RESAMPLE_UP 1
#define ODD_BFAN_MIMO_CAPTURE_RX_FIRST_SAMPLE 2
#define ODD_BFAN_MIMO_CAPTURE_RX_FULL_SCALE_MANTISSA INT64_C(1683384762563985)
#define ODD_BFAN_MIMO_CAPTURE_RX_FULL_SCALE_LOG2 (-51)
#define ODD_BFAN_MIMO_CAPTURE_RX_GAIN_MANTISSA INT64_C(3012147022876587)
#define ODD_BFAN_MIMO_CAPTURE_RX_GAIN_LOG2 (-51)
#define ODD_BFAN_MIMO_CAPTURE_SHIFT_HZ_MANTISSA 0
#define ODD_BFAN_MIMO_CAPTURE_SHIFT_HZ_LOG2 0
#define ODD_BFAN_MIMO_CAPTURE_TX_CLIPPED_COMPONENTS 0
#define ODD_BFAN_MIMO_CAPTURE_TX_FIRST_SAMPLE 0
#define ODD_BFAN_MIMO_CAPTURE_TX_FS_HZ_MANTISSA INT32_C(491520000)
#define ODD_BFAN_MIMO_CAPTURE_TX_FS_HZ_LOG2 0
#define ODD_BFAN_MIMO_CAPTURE_TX_FULL_SCALE_MANTISSA INT64_C(7862704468868913)
#define ODD_BFAN_MIMO_CAPTURE_TX_FULL_SCALE_LOG2 (-53)
#define ODD_BFAN_MIMO_CAPTURE_TX_GAIN_MANTISSA INT64_C(1289785829033543)
#define ODD_BFAN_MIMO_CAPTURE_TX_GAIN_LOG2 (-50)
#define ODD_BFAN_MIMO_RECEIVE_FILTER_LENGTH 255
#define ODD_BFAN_MIMO_RECEIVE_FILTER_FRAC 33
static const int32_t ODD_BFAN_MIMO_RECEIVE_FILTER_RE[255] = {
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
 * capture_sha256 "7f39ae7da5a30f91f23c861d21373cb081b7f9aa263955eefeb4339736e24265"
 * delay_found_samples 2.423538
 * delay_fraction_samples 0.4235380000000002
 * delay_integer_samples 2
 * delay_method "third_order"
 * delay_peak_sigma 276.11383
 * delay_samples 2.423538
 * delay_share 0.201687
 * fs_hz 491520000.0
 * receive_filter_delay_samples 127
 * receive_filter_stopband_db 60.0
 * receive_filter_taps 255
 * receive_filter_transition_hz 7015556.692163723
 * resample_down 1
 * resample_up 1
 * rx_first_sample 2
 * rx_full_scale 0.7475730090806754
 * rx_gain 1.337661991341482
 * shift_convention "x[n] = tx[n] exp(+j 2 pi shift_hz n / fs_hz), n = 0 at the capture's first sample"
 * shift_hz 0.0
 * source "scenario mimo-8x8, seed 1"
 * subtract "before the receive filter"
 * tx_clipped_components 0
 * tx_first_sample 0
 * tx_fs_hz 491520000.0
 * tx_full_scale 0.872935553716138
 * tx_gain 1.1455599393826281
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
