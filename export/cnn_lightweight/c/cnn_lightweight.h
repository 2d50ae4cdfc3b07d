/*
 * The canceller `cnn_lightweight`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  64 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 32 channels (I0, Q0, ...) of s16.13, planar.
 * z[n] estimates the interference in the received sample n - 10; from sample 20 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 * PIM_BANKED builds in weights that can be replaced while a stream runs; whatever uses the state has to be built alike.
 */
#ifndef CNN_LIGHTWEIGHT_H
#define CNN_LIGHTWEIGHT_H

#include <stddef.h>
#include <stdint.h>

#include "pim_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CNN_LIGHTWEIGHT_INPUTS 64
#define CNN_LIGHTWEIGHT_OUTPUTS 32
#define CNN_LIGHTWEIGHT_INPUT_BITS 16
#define CNN_LIGHTWEIGHT_INPUT_FRAC 15
#define CNN_LIGHTWEIGHT_OUTPUT_BITS 16
#define CNN_LIGHTWEIGHT_OUTPUT_FRAC 13
#define CNN_LIGHTWEIGHT_DELAY_SAMPLES 10
#define CNN_LIGHTWEIGHT_WARMUP_SAMPLES 20

/* Samples that pass through all stages at a time: fewer need less stack. */
#ifndef CNN_LIGHTWEIGHT_BLOCK
#define CNN_LIGHTWEIGHT_BLOCK 64
#endif

typedef int16_t cnn_lightweight_input;
typedef int16_t cnn_lightweight_output;

/*
 * Bytes of a state (with PIM_BANKED 53448), and of the stack under one call of cnn_lightweight_process at most, in an
 * optimized build: all arrays, and 2432 for calls, saved registers and spilled values; with PIM_BANKED weights may
 * be spilled, too.
 */
#define CNN_LIGHTWEIGHT_STATE_BYTES 2048
#define CNN_LIGHTWEIGHT_STACK_ARRAYS                                                                                        \
    ((1024 + 576 * CNN_LIGHTWEIGHT_BLOCK) * sizeof(pim_work16) + 1536 + 1424 * CNN_LIGHTWEIGHT_BLOCK)
#define CNN_LIGHTWEIGHT_STACK_BYTES (CNN_LIGHTWEIGHT_STACK_ARRAYS + 2432 + PIM_SPILLED_BYTES(3712) + \
    PIM_AVX512_BYTES(15104 + 0 * CNN_LIGHTWEIGHT_BLOCK))

#ifdef PIM_BANKED
/* One set of weights, as the code reads it. Its members are no part of the interface. */
typedef struct cnn_lightweight_bank {
    int16_t c1d_taps[64][1][5];
    int16_t c1p_taps[48][64][1];
    int32_t c1p_bias[48];
    int16_t c2d_taps[48][1][5];
    int16_t c2p_taps[48][48][1];
    int32_t c2p_bias[48];
    int16_t fc1_taps[16][48][1];
    int32_t fc1_bias[16];
    int32_t g1_slopes[1][64];
    int32_t g1_bases[1][64];
    int16_t g1_weights[1][64];
    int16_t fc2_taps[48][16][1];
    int32_t fc2_bias[48];
    int32_t g2_slopes[1][64];
    int32_t g2_bases[1][64];
    int16_t g2_weights[1][64];
    int16_t c3d_taps[48][1][5];
    int16_t c3p_taps[48][48][1];
    int32_t c3p_bias[48];
    int16_t c4d_taps[48][1][5];
    int16_t c4p_taps[32][48][1];
} cnn_lightweight_bank;

/* An integer of a set of weights, and how many cnn_lightweight_swap takes: c/cnn_lightweight_weights.bin holds them, little-endian. */
typedef int32_t cnn_lightweight_weight;
#define CNN_LIGHTWEIGHT_WEIGHTS 12130

/* What cnn_lightweight_swap returns; a larger value is the node whose weights are refused. */
#define PIM_SWAP_TAKEN 0
#define PIM_SWAP_BUSY (-1)
#define CNN_LIGHTWEIGHT_NODE_C1D 1
#define CNN_LIGHTWEIGHT_NODE_C1P 2
#define CNN_LIGHTWEIGHT_NODE_C2D 3
#define CNN_LIGHTWEIGHT_NODE_C2P 4
#define CNN_LIGHTWEIGHT_NODE_FC1 5
#define CNN_LIGHTWEIGHT_NODE_G1 6
#define CNN_LIGHTWEIGHT_NODE_FC2 7
#define CNN_LIGHTWEIGHT_NODE_G2 8
#define CNN_LIGHTWEIGHT_NODE_C3D 9
#define CNN_LIGHTWEIGHT_NODE_C3P 10
#define CNN_LIGHTWEIGHT_NODE_C4D 11
#define CNN_LIGHTWEIGHT_NODE_C4P 12
#endif

/* The memory of a stream. Its members are no part of the interface. */
typedef struct cnn_lightweight_state {
    int16_t x_history[64][4];
    int16_t a1_history[48][8];
    int16_t h2_history[48][4];
    int16_t a3_history[48][4];
#ifdef PIM_BANKED
    cnn_lightweight_bank bank[2];
    volatile uint32_t wanted; /* number of the bank that the next block uses; the swap writes it */
    volatile uint32_t used;   /* number of the bank that the last block used; process writes it */
#endif
} cnn_lightweight_state;

/* Start a stream, or reset one: every memory becomes zero; with PIM_BANKED the weights become the compiled ones. */
void cnn_lightweight_init(cnn_lightweight_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void cnn_lightweight_process(cnn_lightweight_state *state, const cnn_lightweight_input *const x[CNN_LIGHTWEIGHT_INPUTS],
    cnn_lightweight_output *const y[CNN_LIGHTWEIGHT_OUTPUTS], size_t n_samples);

#ifdef PIM_BANKED
/* Every memory becomes zero, the weights stay. */
void cnn_lightweight_reset(cnn_lightweight_state *state);

/*
 * Replace the weights of a stream by values_q[CNN_LIGHTWEIGHT_WEIGHTS]: node by node, taps and bias of a convolution, slopes and first
 * bases of a function, each in C order. They take effect at the start of the next call of cnn_lightweight_process, all at once; the
 * memory of the stream stays. Call it between blocks, or from one other thread at any time.
 * Returns PIM_SWAP_TAKEN; PIM_SWAP_BUSY where no block has begun since the last swap, and nothing changes; or the number
 * of a node (<NAME>_NODE_...) whose weights could overflow an integer type, and nothing changes.
 */
int cnn_lightweight_swap(cnn_lightweight_state *state, const cnn_lightweight_weight *values_q);
#endif

#ifdef __cplusplus
}
#endif

#endif
