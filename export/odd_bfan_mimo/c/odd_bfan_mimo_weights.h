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

#define ODD_BFAN_MIMO_GRAPH_SHA256 "916e20e0a3bb3aff34cae81c485724145b346748a1548cf4944c47700bb2bce2"
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
 * result s31.30; accumulator [-1004172014, 1004148261], 31 bits
 */
#define ODD_BFAN_MIMO_K_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_K_IS_SIGNED 1
#define ODD_BFAN_MIMO_K_BITS 31
#define ODD_BFAN_MIMO_K_FRAC 30
#define ODD_BFAN_MIMO_K_ACC_MIN INT32_C(-1004172014)
#define ODD_BFAN_MIMO_K_ACC_MAX INT32_C(1004148261)
#define ODD_BFAN_MIMO_K_TAPS_FRAC 15
#define ODD_BFAN_MIMO_K_TAPS_LENGTH 3
#define ODD_BFAN_MIMO_K_GROUPS 8
#define ODD_BFAN_MIMO_K_DILATION 1
#define ODD_BFAN_MIMO_K_IS_COMPLEX 1
static const int16_t ODD_BFAN_MIMO_K_TAPS[8][1][2][3] = {
    {{{1277, 5405, 68}, {-2830, 2, 398}}},
    {{{-945, 8145, 805}, {-1759, -4, 2102}}},
    {{{2667, 6984, -1100}, {-3748, 5, 588}}},
    {{{4387, 8627, -2131}, {-730, -1, 5459}}},
    {{{627, 13572, -1382}, {-4249, 8, 1803}}},
    {{{1567, 19213, 2973}, {-3546, 5, 3341}}},
    {{{-1585, 13754, -532}, {-5444, 7, 1559}}},
    {{{1182, 10921, -1441}, {-3937, 1, -127}}}
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
    {-454768083, 454768083},
    {-454764704, 454764704},
    {-627011442, 627011442},
    {-627011914, 627011914},
    {-687709901, 687709901},
    {-687705514, 687705514},
    {-972182725, 972182725},
    {-972189300, 972189300},
    {-986132647, 986132647},
    {-986129257, 986129257},
    {-1396426706, 1396426706},
    {-1396426428, 1396426428},
    {-1042636286, 1042636286},
    {-1042630893, 1042630893},
    {-802404906, 802404906},
    {-802399256, 802399256}
};
static const int64_t ODD_BFAN_MIMO_K_LARGEST_SUM_ABS_TAPS[16] = {
    13878, 13878, 19134, 19134, 20987, 20987, 29668, 29668, 30094, 30094, 42615, 42615, 31818, 31818, 24487, 24487
};

/*
 * u: K requantized to s16.15: half_up by 15 bits, then saturate
 * result s16.15; accumulator [-1004172014, 1004164645], 31 bits
 */
#define ODD_BFAN_MIMO_U_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_U_IS_SIGNED 1
#define ODD_BFAN_MIMO_U_BITS 16
#define ODD_BFAN_MIMO_U_FRAC 15
#define ODD_BFAN_MIMO_U_ACC_MIN INT32_C(-1004172014)
#define ODD_BFAN_MIMO_U_ACC_MAX INT32_C(1004164645)
#define ODD_BFAN_MIMO_U_SHIFT 15
#define ODD_BFAN_MIMO_U_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_U_ROUNDING 1
#define ODD_BFAN_MIMO_U_OVERFLOW 0
#define ODD_BFAN_MIMO_U_MIN (-32768)
#define ODD_BFAN_MIMO_U_MAX 32767

/*
 * Phi: convolution of u, 16 to 8 channels, 1 group, dilation 1, memory 0 samples
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13; strides 16, 1, 1
 * result s32.28; accumulator [-1603238640, 1603239389], 32 bits
 */
#define ODD_BFAN_MIMO_PHI_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_PHI_IS_SIGNED 1
#define ODD_BFAN_MIMO_PHI_BITS 32
#define ODD_BFAN_MIMO_PHI_FRAC 28
#define ODD_BFAN_MIMO_PHI_ACC_MIN INT32_C(-1603238640)
#define ODD_BFAN_MIMO_PHI_ACC_MAX INT32_C(1603239389)
#define ODD_BFAN_MIMO_PHI_TAPS_FRAC 13
#define ODD_BFAN_MIMO_PHI_TAPS_LENGTH 1
#define ODD_BFAN_MIMO_PHI_GROUPS 1
#define ODD_BFAN_MIMO_PHI_DILATION 1
#define ODD_BFAN_MIMO_PHI_IS_COMPLEX 0
static const int16_t ODD_BFAN_MIMO_PHI_TAPS[8][16][1] = {
    {
        {-543}, {7785}, {7829}, {1001}, {7458}, {-2420}, {7868}, {-111}, {7826}, {-354}, {-3118}, {7166}, {-6801},
        {3887}, {-4176}, {-6869}
    },
    {
        {-3423}, {7241}, {6611}, {3750}, {7917}, {345}, {7255}, {2749}, {7494}, {2580}, {-5637}, {5482}, {-7794},
        {1251}, {-1272}, {-7852}
    },
    {
        {-6020}, {5073}, {4839}, {5992}, {7081}, {3716}, {5631}, {5388}, {5960}, {5334}, {-7275}, {2888}, {-7710},
        {-1959}, {1808}, {-7754}
    },
    {
        {-7399}, {2654}, {1983}, {7360}, {5208}, {5870}, {3124}, {7078}, {3401}, {7160}, {-7850}, {-139}, {-6226},
        {-4791}, {4607}, {-6436}
    },
    {
        {-7857}, {-622}, {-1003}, {7669}, {2399}, {7516}, {15}, {7760}, {437}, {7888}, {-7149}, {-3172}, {-3924},
        {-6729}, {6842}, {-4243}
    },
    {
        {-7081}, {-3472}, {-3896}, {6669}, {-494}, {7824}, {-2827}, {7320}, {-2729}, {7405}, {-5377}, {-5667},
        {-1059}, {-7858}, {7869}, {-1136}
    },
    {
        {-5044}, {-6069}, {-5957}, {4650}, {-3697}, {7156}, {-5536}, {5412}, {-5357}, {5910}, {-2826}, {-7331},
        {2067}, {-7526}, {7754}, {1899}
    },
    {
        {-2536}, {-7539}, {-7401}, {1902}, {-5946}, {5002}, {-7088}, {3079}, {-7308}, {3326}, {281}, {-7871},
        {4787}, {-6251}, {6386}, {4763}
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
    {-13878, 13878},
    {-13878, 13878},
    {-19135, 19135},
    {-19135, 19135},
    {-20987, 20987},
    {-20987, 20987},
    {-29669, 29669},
    {-29669, 29669},
    {-30094, 30094},
    {-30094, 30094},
    {-32768, 32767},
    {-32768, 32767},
    {-31819, 31819},
    {-31819, 31819},
    {-24487, 24487},
    {-24487, 24487}
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
 * result s16.14; accumulator [-1603238640, 1603247581], 32 bits
 */
#define ODD_BFAN_MIMO_A_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_A_IS_SIGNED 1
#define ODD_BFAN_MIMO_A_BITS 16
#define ODD_BFAN_MIMO_A_FRAC 14
#define ODD_BFAN_MIMO_A_ACC_MIN INT32_C(-1603238640)
#define ODD_BFAN_MIMO_A_ACC_MAX INT32_C(1603247581)
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
 * result s31.29; accumulator [-631936000, 631936000], 31 bits
 * accumulator of the basis form [-818032640, 818032640], 31 bits
 */
#define ODD_BFAN_MIMO_F_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_F_IS_SIGNED 1
#define ODD_BFAN_MIMO_F_BITS 31
#define ODD_BFAN_MIMO_F_FRAC 29
#define ODD_BFAN_MIMO_F_ACC_MIN INT32_C(-631936000)
#define ODD_BFAN_MIMO_F_ACC_MAX INT32_C(631936000)
#define ODD_BFAN_MIMO_F_BASIS_ACC_MIN INT32_C(-818032640)
#define ODD_BFAN_MIMO_F_BASIS_ACC_MAX INT32_C(818032640)
#define ODD_BFAN_MIMO_F_SEGMENT_LOG2 10
#define ODD_BFAN_MIMO_F_SEGMENTS 16
#define ODD_BFAN_MIMO_F_SLOPES_FRAC 15
static const PIM_TABLE16 ODD_BFAN_MIMO_F_SLOPES[1][16] = {
    {0, 502, -62, -65, -769, -2876, -8736, -18794, -28504, -31478, -29769, -27480, -25887, -25411, -25130, -23098}
};
static const int32_t ODD_BFAN_MIMO_F_BASES[1][16] = {
    {0, 0, 502, 440, 375, -394, -3270, -12006, -30800, -59304, -90782, -120551, -148031, -173918, -199329, -224459}
};
static const int16_t ODD_BFAN_MIMO_F_WEIGHTS[1][16] = {
    {0, 502, -564, -3, -704, -2107, -5860, -10058, -9710, -2974, 1709, 2289, 1593, 476, 281, 2032}
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
 * result s16.15; accumulator [-631912902, 631944192], 31 bits
 */
#define ODD_BFAN_MIMO_C_CHANNEL_COUNT 8
#define ODD_BFAN_MIMO_C_IS_SIGNED 1
#define ODD_BFAN_MIMO_C_BITS 16
#define ODD_BFAN_MIMO_C_FRAC 15
#define ODD_BFAN_MIMO_C_ACC_MIN INT32_C(-631912902)
#define ODD_BFAN_MIMO_C_ACC_MAX INT32_C(631944192)
#define ODD_BFAN_MIMO_C_SHIFT 14
#define ODD_BFAN_MIMO_C_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_C_ROUNDING 1
#define ODD_BFAN_MIMO_C_OVERFLOW 0
#define ODD_BFAN_MIMO_C_MIN (-32768)
#define ODD_BFAN_MIMO_C_MAX 32767

/*
 * Psi: convolution of c, 8 to 16 channels, 1 group, dilation 1, memory 0 samples
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13; strides 8, 1, 1
 * result s32.28; accumulator [-1331490504, 1331458686], 32 bits
 */
#define ODD_BFAN_MIMO_PSI_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_PSI_IS_SIGNED 1
#define ODD_BFAN_MIMO_PSI_BITS 32
#define ODD_BFAN_MIMO_PSI_FRAC 28
#define ODD_BFAN_MIMO_PSI_ACC_MIN INT32_C(-1331490504)
#define ODD_BFAN_MIMO_PSI_ACC_MAX INT32_C(1331458686)
#define ODD_BFAN_MIMO_PSI_TAPS_FRAC 13
#define ODD_BFAN_MIMO_PSI_TAPS_LENGTH 1
#define ODD_BFAN_MIMO_PSI_GROUPS 1
#define ODD_BFAN_MIMO_PSI_DILATION 1
#define ODD_BFAN_MIMO_PSI_IS_COMPLEX 0
static const int16_t ODD_BFAN_MIMO_PSI_TAPS[16][8][1] = {
    {{7410}, {6915}, {4892}, {2273}, {-950}, {-3994}, {-6353}, {-7638}},
    {{1073}, {3754}, {6152}, {7839}, {7739}, {7150}, {4819}, {2036}},
    {{-118}, {-2873}, {-5736}, {-7106}, {-8000}, {-7010}, {-5302}, {-2611}},
    {{6956}, {7251}, {5192}, {3265}, {-477}, {-3155}, {-5876}, {-7194}},
    {{5027}, {6896}, {7858}, {7453}, {5885}, {3497}, {502}, {-2344}},
    {{-5390}, {-3636}, {-629}, {2315}, {5272}, {7075}, {7972}, {7186}},
    {{-2226}, {165}, {3153}, {5832}, {7211}, {7734}, {6535}, {5097}},
    {{-6557}, {-7775}, {-6975}, {-5345}, {-2192}, {431}, {3497}, {5440}},
    {{4626}, {2337}, {-849}, {-3491}, {-6030}, {-7180}, {-7880}, {-6504}},
    {{5795}, {7172}, {7703}, {6736}, {4803}, {2344}, {-855}, {-3494}},
    {{-3645}, {-1276}, {1855}, {4319}, {6614}, {7734}, {7779}, {6175}},
    {{-6301}, {-7707}, {-7597}, {-6117}, {-4162}, {-1089}, {1599}, {4692}},
    {{6080}, {7655}, {7926}, {7187}, {4852}, {2526}, {-853}, {-3555}},
    {{-4768}, {-2343}, {569}, {3804}, {6260}, {7699}, {7978}, {6853}},
    {{-5154}, {-6917}, {-7672}, {-7528}, {-5768}, {-3502}, {-123}, {2718}},
    {{5355}, {3359}, {573}, {-2753}, {-5176}, {-7323}, {-7833}, {-7240}}
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
 * result s16.13; accumulator [-1331490504, 1331475070], 32 bits
 */
#define ODD_BFAN_MIMO_V_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_V_IS_SIGNED 1
#define ODD_BFAN_MIMO_V_BITS 16
#define ODD_BFAN_MIMO_V_FRAC 13
#define ODD_BFAN_MIMO_V_ACC_MIN INT32_C(-1331490504)
#define ODD_BFAN_MIMO_V_ACC_MAX INT32_C(1331475070)
#define ODD_BFAN_MIMO_V_SHIFT 15
#define ODD_BFAN_MIMO_V_SHIFT_IS_LEFT 0
#define ODD_BFAN_MIMO_V_ROUNDING 1
#define ODD_BFAN_MIMO_V_OVERFLOW 0
#define ODD_BFAN_MIMO_V_MIN (-32768)
#define ODD_BFAN_MIMO_V_MAX 32767

/*
 * G: complex convolution of v, 16 to 16 channels, 8 groups, dilation 1, memory 4 samples
 * taps [out / 2][in / 2 / groups][re, im][tap], tap 0 meets the newest sample; s16.13; strides 10, 10, 5, 1
 * result s32.26; accumulator [-2066171023, 2066152914], 32 bits
 */
#define ODD_BFAN_MIMO_G_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_G_IS_SIGNED 1
#define ODD_BFAN_MIMO_G_BITS 32
#define ODD_BFAN_MIMO_G_FRAC 26
#define ODD_BFAN_MIMO_G_ACC_MIN INT32_C(-2066171023)
#define ODD_BFAN_MIMO_G_ACC_MAX INT32_C(2066152914)
#define ODD_BFAN_MIMO_G_TAPS_FRAC 13
#define ODD_BFAN_MIMO_G_TAPS_LENGTH 5
#define ODD_BFAN_MIMO_G_GROUPS 8
#define ODD_BFAN_MIMO_G_DILATION 1
#define ODD_BFAN_MIMO_G_IS_COMPLEX 1
static const int16_t ODD_BFAN_MIMO_G_TAPS[8][1][2][5] = {
    {{{11032, -596, 8710, 822, -1022}, {142, -5904, 4557, -6196, 3741}}},
    {{{4988, 1480, 3051, 385, 296}, {79, -2775, -146, -1399, 1093}}},
    {{{12681, -4674, 14126, -4661, 637}, {-5840, -5745, -48, -8761, 5882}}},
    {{{6352, 1179, 4159, 356, -187}, {104, -3332, 1092, -2330, 2223}}},
    {{{12726, -1415, 11764, -470, -1181}, {97, -6941, 4595, -9018, 4383}}},
    {{{9260, 180, 8143, 131, -667}, {100, -4837, 2377, -5755, 2881}}},
    {{{9611, -2200, 10498, -833, 185}, {-3764, -5011, -28, -7326, 2234}}},
    {{{8664, 348, 7315, 288, -564}, {86, -4595, 2298, -5105, 2813}}}
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
 * result s16.13; accumulator [-2066171023, 2066157010], 32 bits
 */
#define ODD_BFAN_MIMO_Z_CHANNEL_COUNT 16
#define ODD_BFAN_MIMO_Z_IS_SIGNED 1
#define ODD_BFAN_MIMO_Z_BITS 16
#define ODD_BFAN_MIMO_Z_FRAC 13
#define ODD_BFAN_MIMO_Z_ACC_MIN INT32_C(-2066171023)
#define ODD_BFAN_MIMO_Z_ACC_MAX INT32_C(2066157010)
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
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FOUND_SAMPLES_MANTISSA INT64_C(682165284627887)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FOUND_SAMPLES_LOG2 (-48)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FRACTION_SAMPLES_MANTISSA INT64_C(119215331206575)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_FRACTION_SAMPLES_LOG2 (-48)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_INTEGER_SAMPLES 2
#define ODD_BFAN_MIMO_CAPTURE_DELAY_PEAK_SIGMA_MANTISSA INT64_C(2428722934857203)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_PEAK_SIGMA_LOG2 (-43)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SAMPLES_MANTISSA INT64_C(682165284627887)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SAMPLES_LOG2 (-48)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SHARE_MANTISSA INT64_C(454159812944947)
#define ODD_BFAN_MIMO_CAPTURE_DELAY_SHARE_LOG2 (-51)
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_DELAY_SAMPLES 127
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_STOPBAND_DB_MANTISSA 60
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_STOPBAND_DB_LOG2 0
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_TAPS 255
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_TRANSITION_HZ_MANTISSA INT64_C(3766448319509641)
#define ODD_BFAN_MIMO_CAPTURE_RECEIVE_FILTER_TRANSITION_HZ_LOG2 (-29)
#define ODD_BFAN_MIMO_CAPTURE_RESAMPLE_DOWN 1
#define ODD_BFAN_MIMO_CAPTURE_RESAMPLE_UP 1
#define ODD_BFAN_MIMO_CAPTURE_RX_FIRST_SAMPLE 2
#define ODD_BFAN_MIMO_CAPTURE_RX_FULL_SCALE_MANTISSA INT64_C(3366769533957295)
#define ODD_BFAN_MIMO_CAPTURE_RX_FULL_SCALE_LOG2 (-52)
#define ODD_BFAN_MIMO_CAPTURE_RX_GAIN_MANTISSA INT64_C(6024294029954513)
#define ODD_BFAN_MIMO_CAPTURE_RX_GAIN_LOG2 (-52)
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
 * delay_found_samples 2.4235379379003312
 * delay_fraction_samples 0.42353793790033123
 * delay_integer_samples 2
 * delay_method "third_order"
 * delay_peak_sigma 276.11383016587786
 * delay_samples 2.4235379379003312
 * delay_share 0.20168747247637375
 * fs_hz 491520000.0
 * receive_filter_delay_samples 127
 * receive_filter_stopband_db 60.0
 * receive_filter_taps 255
 * receive_filter_transition_hz 7015556.692163723
 * resample_down 1
 * resample_up 1
 * rx_first_sample 2
 * rx_full_scale 0.7475730110411793
 * rx_gain 1.3376619878334746
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
