/*
 * Tables and number formats of the canceller `memory_polynomial_siso`. Nothing here computes.
 *
 * A format sB.F is signed, uB.F unsigned, with B bits, F of them fraction bits: value = integer * 2^-F. Every result is
 * exact but a requantizer's. Each accumulator interval is proven for every input and holds every partial sum in any
 * order; the tables and the integer types in memory_polynomial_siso.c belong together.
 * MEMORY_POLYNOMIAL_SISO_GRAPH_SHA256 ties them to the graph: sha256 over datapath.json and its tables.
 */
#ifndef MEMORY_POLYNOMIAL_SISO_WEIGHTS_H
#define MEMORY_POLYNOMIAL_SISO_WEIGHTS_H

#include "pim_types.h"

#define MEMORY_POLYNOMIAL_SISO_GRAPH_SHA256 "da53574d7cc8beecc3b004e6ef3516e6b5025f1a4d98dd18d0cf345c02c1350a"

/*
 * x: input, 2 channels (I0, Q0, ...), s16.15
 */

/*
 * m: magnitude of each pair of x, I^2 + Q^2
 * result u32.30; accumulator [-32768, 2147483648], 33 bits
 */

/*
 * r: m requantized to u16.15: half_up by 15 bits, then saturate
 * result u16.15; accumulator [0, 2147500032], 33 bits
 */
#define MEMORY_POLYNOMIAL_SISO_R_SHIFT 15
#define MEMORY_POLYNOMIAL_SISO_R_MIN 0
#define MEMORY_POLYNOMIAL_SISO_R_MAX INT32_C(65535)

/*
 * P1: convolution of r, 1 to 1 channels, 1 group, dilation 1
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.14
 * result s32.29; accumulator [-139100160, 1317056895], 32 bits
 */
static const int16_t MEMORY_POLYNOMIAL_SISO_P1_TAPS[1][1][1] = {
    {
        {20097}
    }
};
static const int32_t MEMORY_POLYNOMIAL_SISO_P1_BIAS[1] = {-139100160};

/*
 * q1: P1 requantized to s16.14: half_up by 15 bits, then saturate
 * result s16.14; accumulator [-139100160, 1177973119], 32 bits
 */
#define MEMORY_POLYNOMIAL_SISO_Q1_SHIFT 15
#define MEMORY_POLYNOMIAL_SISO_Q1_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_Q1_MAX 32767

/*
 * eq1: product of r and q1
 * result s32.29; accumulator [-278196075, 2147385345], 32 bits
 */

/*
 * s2: channels of eq1, q1, aligned to the largest frac
 * result s32.29; accumulator [-278196075, 2147385345], 32 bits
 */

/*
 * P2: convolution of s2, 2 to 1 channels, 1 group, dilation 1
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.14
 * result s47.43; accumulator [-21670063836211, 63474942079065], 47 bits
 */
static const int16_t MEMORY_POLYNOMIAL_SISO_P2_TAPS[1][2][1] = {
    {
        {28761},
        {-12322}
    }
};
static const int64_t MEMORY_POLYNOMIAL_SISO_P2_BIAS[1] = {INT64_C(-438623535104)};

/*
 * q2: P2 requantized to s16.15: half_up by 28 bits, then saturate
 * result s16.15; accumulator [-21670063836211, 63036452761689], 47 bits
 */
#define MEMORY_POLYNOMIAL_SISO_Q2_SHIFT 28
#define MEMORY_POLYNOMIAL_SISO_Q2_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_Q2_MAX 32767

/*
 * eq2: product of r and q2
 * result s32.30; accumulator [-2147450880, 2147385345], 32 bits
 */

/*
 * s3: channels of eq2, q2, q1, aligned to the largest frac
 * result s32.30; accumulator [-2147450880, 2147418112], 32 bits
 */

/*
 * P3: convolution of s3, 3 to 1 channels, 1 group, dilation 1
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13
 * result s47.43; accumulator [-60819854000128, 56717789581530], 47 bits
 */
static const int16_t MEMORY_POLYNOMIAL_SISO_P3_TAPS[1][3][1] = {
    {
        {20698},
        {-10860},
        {-2194}
    }
};

/*
 * q3: P3 requantized to s16.15: half_up by 28 bits, then saturate
 * result s16.15; accumulator [-60819854000128, 56717923799258], 47 bits
 */
#define MEMORY_POLYNOMIAL_SISO_Q3_SHIFT 28
#define MEMORY_POLYNOMIAL_SISO_Q3_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_Q3_MAX 32767

/*
 * eq3: product of r and q3
 * result s32.30; accumulator [-2147450880, 2147385345], 32 bits
 */

/*
 * s4: channels of eq3, q3, q2, aligned to the largest frac
 * result s32.30; accumulator [-2147450880, 2147385345], 32 bits
 */

/*
 * P4: convolution of s4, 3 to 1 channels, 1 group, dilation 1
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13
 * result s47.43; accumulator [-68612936663040, 68611908361485], 47 bits
 */
static const int16_t MEMORY_POLYNOMIAL_SISO_P4_TAPS[1][3][1] = {
    {
        {23821},
        {-12263},
        {-3997}
    }
};

/*
 * q4: P4 requantized to s16.15: half_up by 28 bits, then saturate
 * result s16.15; accumulator [-68612936663040, 68612042579213], 47 bits
 */
#define MEMORY_POLYNOMIAL_SISO_Q4_SHIFT 28
#define MEMORY_POLYNOMIAL_SISO_Q4_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_Q4_MAX 32767

/*
 * eq4: product of r and q4
 * result s32.30; accumulator [-2147450880, 2147385345], 32 bits
 */

/*
 * s5: channels of eq4, q4, q3, aligned to the largest frac
 * result s32.30; accumulator [-2147450880, 2147385345], 32 bits
 */

/*
 * P5: convolution of s5, 3 to 1 channels, 1 group, dilation 1
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13
 * result s48.43; accumulator [-74809374113792, 74808284963968], 48 bits
 */
static const int16_t MEMORY_POLYNOMIAL_SISO_P5_TAPS[1][3][1] = {
    {
        {25728},
        {-13294},
        {-4923}
    }
};

/*
 * q5: P5 requantized to s16.16: half_up by 27 bits, then saturate
 * result s16.16; accumulator [-74809374113792, 74808352072832], 48 bits
 */
#define MEMORY_POLYNOMIAL_SISO_Q5_SHIFT 27
#define MEMORY_POLYNOMIAL_SISO_Q5_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_Q5_MAX 32767

/*
 * eq5: product of r and q5
 * result s32.31; accumulator [-2147450880, 2147385345], 32 bits
 */

/*
 * s6: channels of eq5, q5, q4, aligned to the largest frac
 * result s32.31; accumulator [-2147483648, 2147418112], 32 bits
 */

/*
 * P6: convolution of s6, 3 to 1 channels, 1 group, dilation 1
 * taps [out][in / groups][tap], tap 0 meets the newest sample; s16.13
 * result s48.44; accumulator [-87153869389824, 87152907938796], 48 bits
 */
static const int16_t MEMORY_POLYNOMIAL_SISO_P6_TAPS[1][3][1] = {
    {
        {27628},
        {-14424},
        {-5745}
    }
};

/*
 * q6: P6 requantized to s16.18: half_up by 26 bits, then saturate
 * result s16.18; accumulator [-87153869389824, 87152941493228], 48 bits
 */
#define MEMORY_POLYNOMIAL_SISO_Q6_SHIFT 26
#define MEMORY_POLYNOMIAL_SISO_Q6_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_Q6_MAX 32767

/*
 * q1_pair: channels of q1
 * result s16.14; accumulator [-4245, 32767], 16 bits
 */
static const size_t MEMORY_POLYNOMIAL_SISO_Q1_PAIR_CHANNELS[2] = {0, 0};

/*
 * xt1: product of x and q1_pair
 * result s31.29; accumulator [-1073709056, 1073676289], 31 bits
 */

/*
 * t1: xt1 requantized to s16.15: half_up by 14 bits, then saturate
 * result s16.15; accumulator [-1073709056, 1073684481], 31 bits
 */
#define MEMORY_POLYNOMIAL_SISO_T1_SHIFT 14
#define MEMORY_POLYNOMIAL_SISO_T1_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_T1_MAX 32767

/*
 * q2_pair: channels of q2
 * result s16.15; accumulator [-32768, 32767], 16 bits
 */
static const size_t MEMORY_POLYNOMIAL_SISO_Q2_PAIR_CHANNELS[2] = {0, 0};

/*
 * xt2: product of x and q2_pair
 * result s32.30; accumulator [-1073709056, 1073741824], 32 bits
 */

/*
 * t2: xt2 requantized to s16.15: half_up by 15 bits, then saturate
 * result s16.15; accumulator [-1073709056, 1073758208], 32 bits
 */
#define MEMORY_POLYNOMIAL_SISO_T2_SHIFT 15
#define MEMORY_POLYNOMIAL_SISO_T2_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_T2_MAX 32767

/*
 * q3_pair: channels of q3
 * result s16.15; accumulator [-32768, 32767], 16 bits
 */
static const size_t MEMORY_POLYNOMIAL_SISO_Q3_PAIR_CHANNELS[2] = {0, 0};

/*
 * xt3: product of x and q3_pair
 * result s32.30; accumulator [-1073709056, 1073741824], 32 bits
 */

/*
 * t3: xt3 requantized to s16.15: half_up by 15 bits, then saturate
 * result s16.15; accumulator [-1073709056, 1073758208], 32 bits
 */
#define MEMORY_POLYNOMIAL_SISO_T3_SHIFT 15
#define MEMORY_POLYNOMIAL_SISO_T3_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_T3_MAX 32767

/*
 * q4_pair: channels of q4
 * result s16.15; accumulator [-32768, 32767], 16 bits
 */
static const size_t MEMORY_POLYNOMIAL_SISO_Q4_PAIR_CHANNELS[2] = {0, 0};

/*
 * xt4: product of x and q4_pair
 * result s32.30; accumulator [-1073709056, 1073741824], 32 bits
 */

/*
 * t4: xt4 requantized to s16.15: half_up by 15 bits, then saturate
 * result s16.15; accumulator [-1073709056, 1073758208], 32 bits
 */
#define MEMORY_POLYNOMIAL_SISO_T4_SHIFT 15
#define MEMORY_POLYNOMIAL_SISO_T4_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_T4_MAX 32767

/*
 * q5_pair: channels of q5
 * result s16.16; accumulator [-32768, 32767], 16 bits
 */
static const size_t MEMORY_POLYNOMIAL_SISO_Q5_PAIR_CHANNELS[2] = {0, 0};

/*
 * xt5: product of x and q5_pair
 * result s32.31; accumulator [-1073709056, 1073741824], 32 bits
 */

/*
 * t5: xt5 requantized to s16.16: half_up by 15 bits, then saturate
 * result s16.16; accumulator [-1073709056, 1073758208], 32 bits
 */
#define MEMORY_POLYNOMIAL_SISO_T5_SHIFT 15
#define MEMORY_POLYNOMIAL_SISO_T5_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_T5_MAX 32767

/*
 * q6_pair: channels of q6
 * result s16.18; accumulator [-32768, 32767], 16 bits
 */
static const size_t MEMORY_POLYNOMIAL_SISO_Q6_PAIR_CHANNELS[2] = {0, 0};

/*
 * xt6: product of x and q6_pair
 * result s32.33; accumulator [-1073709056, 1073741824], 32 bits
 */

/*
 * t6: xt6 requantized to s16.17: half_up by 16 bits, then saturate
 * result s16.17; accumulator [-1073709056, 1073774592], 32 bits
 */
#define MEMORY_POLYNOMIAL_SISO_T6_SHIFT 16
#define MEMORY_POLYNOMIAL_SISO_T6_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_T6_MAX 32767

/*
 * terms: channels of x, t1, t2, t3, t4, t5, t6, aligned to the largest frac
 * result s18.17; accumulator [-131072, 131068], 18 bits
 */

/*
 * W: complex convolution of terms, 14 to 2 channels, 1 group, dilation 1
 * taps [out / 2][in / 2 / groups][re, im][tap], tap 0 meets the newest sample; s16.13
 * result s39.30; accumulator [-141452153898, 141452335073], 39 bits
 */
static const int16_t MEMORY_POLYNOMIAL_SISO_W_TAPS[1][7][2][13] = {
    {
        {
            {-5351, -3023, -9114, -7923, -6179, -7927, -2870, 6695, 9857, 13131, 21691, 18766, 6943},
            {-8885, -5583, -9758, -15412, -13054, -11731, -13062, -7515, -994, -3418, -4544, -2201, -19601}
        },
        {
            {7687, 13302, -1467, -4102, -11397, -14805, -13274, -21933, -14751, -22319, -12620, -10768, 21106},
            {9990, -8084, -4692, -11436, -7603, -15508, -9716, -12200, -10599, -1277, -2236, 27767, 4498}
        },
        {
            {9446, -14606, -15335, 11486, 16601, 22038, 11243, 4634, -4921, -1982, 3058, 13153, -9480},
            {-2760, -16408, 13996, 13063, 13727, -1911, -1691, -6321, 6784, 5835, 16863, -3862, -10589}
        },
        {
            {1418, -7599, 7255, 5220, -9950, -2804, -1730, 807, -4320, -5886, 9502, 2704, -4746},
            {-5875, 9490, 8431, -13540, -7027, -1320, -3852, -3549, -6776, 5605, -736, -3635, 2002}
        },
        {
            {31, 1540, -4036, 3197, -2042, -6574, -3303, -4358, -9315, -2246, 5343, 2849, -2410},
            {-1458, 851, 3422, -1058, -5662, 75, 2272, -2516, 275, 5570, -3235, -6815, 5843}
        },
        {
            {2785, -3744, -2892, 1325, 3013, 7079, 8918, 7549, 3258, -1121, -895, -6565, 5752},
            {4700, -4764, 1639, -2544, -846, 5289, 7507, 5997, 878, -2078, -6882, -4152, 8463}
        },
        {
            {13912, -4364, -10693, -7634, -2374, 1305, -57, -3340, -5871, -8484, 2962, -6430, 9663},
            {15565, -10278, -2313, -9147, -3809, -781, 1301, 161, -4327, -9077, -6255, -3379, 13854}
        }
    }
};

/*
 * z: W requantized to s16.14: half_up by 16 bits, then saturate
 * result s16.14; accumulator [-141452153898, 141452367841], 39 bits
 */
#define MEMORY_POLYNOMIAL_SISO_Z_SHIFT 16
#define MEMORY_POLYNOMIAL_SISO_Z_MIN (-32768)
#define MEMORY_POLYNOMIAL_SISO_Z_MAX 32767

/*
 * y: output, z unchanged, s16.14
 */

/*
 * For information, no part of the code: how the samples were prepared, and the receive filter behind which the
 * cancellation is measured.
 * fs_hz 491520000.0
 * band_lower_hz -40000000.0
 * band_upper_hz 40000000.0
 * capture_sha256 "034899dea6bb617583f7094c7200c1440b4fd503d554df5eecfcfae289774ff3"
 * delay_found_samples 6.027501533934819
 * delay_fraction_samples 0.027501533934819022
 * delay_integer_samples 6
 * delay_method "third_order"
 * delay_peak_sigma 3485.5324395944285
 * delay_samples 6.027501533934819
 * delay_share 0.7802580575490364
 * fs_hz 491520000.0
 * receive_filter_delay_samples 127
 * receive_filter_stopband_db 60.0
 * receive_filter_taps 255
 * receive_filter_transition_hz 7015556.692163723
 * resample_down 1
 * resample_up 1
 * rx_first_sample 6
 * rx_full_scale 0.5533649489125119
 * rx_gain 1.807125662666614
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
