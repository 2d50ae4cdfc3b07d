/*
 * The canceller `odd_bfan_siso`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  2 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 2 channels (I0, Q0, ...) of s16.14, planar.
 * z[n] estimates the interference in the received sample n - 7; from sample 14 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 * PIM_BANKED builds in weights that can be replaced while a stream runs; whatever uses the state has to be built alike.
 */
#ifndef ODD_BFAN_SISO_H
#define ODD_BFAN_SISO_H

#include <stddef.h>
#include <stdint.h>

#include "pim_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ODD_BFAN_SISO_INPUTS 2
#define ODD_BFAN_SISO_OUTPUTS 2
#define ODD_BFAN_SISO_INPUT_BITS 16
#define ODD_BFAN_SISO_INPUT_FRAC 15
#define ODD_BFAN_SISO_OUTPUT_BITS 16
#define ODD_BFAN_SISO_OUTPUT_FRAC 14
#define ODD_BFAN_SISO_DELAY_SAMPLES 7
#define ODD_BFAN_SISO_WARMUP_SAMPLES 14

/* Samples that pass through all stages at a time: fewer need less stack. */
#ifndef ODD_BFAN_SISO_BLOCK
#define ODD_BFAN_SISO_BLOCK 256
#endif

typedef int16_t odd_bfan_siso_input;
typedef int16_t odd_bfan_siso_output;

/*
 * Bytes of a state (with PIM_BANKED 672), and of the stack under one call of odd_bfan_siso_process at most, in an
 * optimized build: all arrays, and 2048 for calls, saved registers and spilled values; with PIM_BANKED weights may
 * be spilled, too.
 */
#define ODD_BFAN_SISO_STATE_BYTES 56
#define ODD_BFAN_SISO_STACK_ARRAYS                                                                                        \
    ((28 + 28 * ODD_BFAN_SISO_BLOCK) * sizeof(pim_work16) + 0 + 0 * ODD_BFAN_SISO_BLOCK)
#define ODD_BFAN_SISO_STACK_BYTES (ODD_BFAN_SISO_STACK_ARRAYS + 2048 + PIM_SPILLED_BYTES(2432) + \
    PIM_AVX512_BYTES(1736 + 0 * ODD_BFAN_SISO_BLOCK))

#ifdef PIM_BANKED
/* One set of weights, as the code reads it. Its members are no part of the interface. */
typedef struct odd_bfan_siso_bank {
    int16_t K_taps[1][1][2][7];
    int16_t Phi_taps[10][2][1];
    int32_t f_slopes[1][16];
    int32_t f_bases[1][16];
    int16_t f_weights[1][16];
    int16_t Psi_taps[2][10][1];
    int16_t G_taps[1][1][2][9];
} odd_bfan_siso_bank;

/* An integer of a set of weights, and how many odd_bfan_siso_swap takes: c/odd_bfan_siso_weights.bin holds them, little-endian. */
typedef int32_t odd_bfan_siso_weight;
#define ODD_BFAN_SISO_WEIGHTS 88

/* What odd_bfan_siso_swap returns; a larger value is the node whose weights are refused. */
#define PIM_SWAP_TAKEN 0
#define PIM_SWAP_BUSY (-1)
#define ODD_BFAN_SISO_NODE_K 1
#define ODD_BFAN_SISO_NODE_PHI 2
#define ODD_BFAN_SISO_NODE_F 3
#define ODD_BFAN_SISO_NODE_PSI 4
#define ODD_BFAN_SISO_NODE_G 5
#endif

/* The memory of a stream. Its members are no part of the interface. */
typedef struct odd_bfan_siso_state {
    int16_t x_history[2][6];
    int16_t v_history[2][8];
#ifdef PIM_BANKED
    odd_bfan_siso_bank bank[2];
    volatile uint32_t wanted; /* number of the bank that the next block uses; the swap writes it */
    volatile uint32_t used;   /* number of the bank that the last block used; process writes it */
#endif
} odd_bfan_siso_state;

/* Start a stream, or reset one: every memory becomes zero; with PIM_BANKED the weights become the compiled ones. */
void odd_bfan_siso_init(odd_bfan_siso_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void odd_bfan_siso_process(odd_bfan_siso_state *state, const odd_bfan_siso_input *const x[ODD_BFAN_SISO_INPUTS],
    odd_bfan_siso_output *const y[ODD_BFAN_SISO_OUTPUTS], size_t n_samples);

#ifdef PIM_BANKED
/* Every memory becomes zero, the weights stay. */
void odd_bfan_siso_reset(odd_bfan_siso_state *state);

/*
 * Replace the weights of a stream by values_q[ODD_BFAN_SISO_WEIGHTS]: node by node, taps and bias of a convolution, slopes and first
 * bases of a function, each in C order. They take effect at the start of the next call of odd_bfan_siso_process, all at once; the
 * memory of the stream stays. Call it between blocks, or from one other thread at any time.
 * Returns PIM_SWAP_TAKEN; PIM_SWAP_BUSY where no block has begun since the last swap, and nothing changes; or the number
 * of a node (<NAME>_NODE_...) whose weights could overflow an integer type, and nothing changes.
 */
int odd_bfan_siso_swap(odd_bfan_siso_state *state, const odd_bfan_siso_weight *values_q);
#endif

#ifdef __cplusplus
}
#endif

#endif
