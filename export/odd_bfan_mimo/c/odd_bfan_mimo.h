/*
 * The canceller `odd_bfan_mimo`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  16 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 16 channels (I0, Q0, ...) of s16.13, planar.
 * z[n] estimates the interference in the received sample n - 3; from sample 6 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 * PIM_BANKED builds in weights that can be replaced while a stream runs; whatever uses the state has to be built alike.
 */
#ifndef ODD_BFAN_MIMO_H
#define ODD_BFAN_MIMO_H

#include <stddef.h>
#include <stdint.h>

#include "pim_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ODD_BFAN_MIMO_INPUTS 16
#define ODD_BFAN_MIMO_OUTPUTS 16
#define ODD_BFAN_MIMO_INPUT_BITS 16
#define ODD_BFAN_MIMO_INPUT_FRAC 15
#define ODD_BFAN_MIMO_OUTPUT_BITS 16
#define ODD_BFAN_MIMO_OUTPUT_FRAC 13
#define ODD_BFAN_MIMO_DELAY_SAMPLES 3
#define ODD_BFAN_MIMO_WARMUP_SAMPLES 6

/* Samples that pass through all stages at a time: fewer need less stack. */
#ifndef ODD_BFAN_MIMO_BLOCK
#define ODD_BFAN_MIMO_BLOCK 64
#endif

typedef int16_t odd_bfan_mimo_input;
typedef int16_t odd_bfan_mimo_output;

/*
 * Bytes of a state (with PIM_BANKED 2056), and of the stack under one call of odd_bfan_mimo_process at most, in an
 * optimized build: all arrays, and 3456 for calls, saved registers and spilled values; with PIM_BANKED weights may
 * be spilled, too.
 */
#define ODD_BFAN_MIMO_STATE_BYTES 192
#define ODD_BFAN_MIMO_STACK_ARRAYS                                                                                        \
    ((96 + 80 * ODD_BFAN_MIMO_BLOCK) * sizeof(pim_work16) + 0 + 0 * ODD_BFAN_MIMO_BLOCK)
#define ODD_BFAN_MIMO_STACK_BYTES (ODD_BFAN_MIMO_STACK_ARRAYS + 3456 + PIM_SPILLED_BYTES(768) + \
    PIM_AVX512_BYTES(3264 + 0 * ODD_BFAN_MIMO_BLOCK))

#ifdef PIM_BANKED
/* One set of weights, as the code reads it. Its members are no part of the interface. */
typedef struct odd_bfan_mimo_bank {
    int16_t K_taps[8][1][2][3];
    int16_t Phi_taps[8][16][1];
    int32_t f_slopes[1][16];
    int32_t f_bases[1][16];
    int16_t f_weights[1][16];
    int16_t Psi_taps[16][8][1];
    int16_t G_taps[8][1][2][5];
} odd_bfan_mimo_bank;

/* An integer of a set of weights, and how many odd_bfan_mimo_swap takes: c/odd_bfan_mimo_weights.bin holds them, little-endian. */
typedef int32_t odd_bfan_mimo_weight;
#define ODD_BFAN_MIMO_WEIGHTS 400

/* What odd_bfan_mimo_swap returns; a larger value is the node whose weights are refused. */
#define PIM_SWAP_TAKEN 0
#define PIM_SWAP_BUSY (-1)
#define ODD_BFAN_MIMO_NODE_K 1
#define ODD_BFAN_MIMO_NODE_PHI 2
#define ODD_BFAN_MIMO_NODE_F 3
#define ODD_BFAN_MIMO_NODE_PSI 4
#define ODD_BFAN_MIMO_NODE_G 5
#endif

/* The memory of a stream. Its members are no part of the interface. */
typedef struct odd_bfan_mimo_state {
    int16_t x_history[16][2];
    int16_t v_history[16][4];
#ifdef PIM_BANKED
    odd_bfan_mimo_bank bank[2];
    volatile uint32_t wanted; /* number of the bank that the next block uses; the swap writes it */
    volatile uint32_t used;   /* number of the bank that the last block used; process writes it */
#endif
} odd_bfan_mimo_state;

/* Start a stream, or reset one: every memory becomes zero; with PIM_BANKED the weights become the compiled ones. */
void odd_bfan_mimo_init(odd_bfan_mimo_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void odd_bfan_mimo_process(odd_bfan_mimo_state *state, const odd_bfan_mimo_input *const x[ODD_BFAN_MIMO_INPUTS],
    odd_bfan_mimo_output *const y[ODD_BFAN_MIMO_OUTPUTS], size_t n_samples);

#ifdef PIM_BANKED
/* Every memory becomes zero, the weights stay. */
void odd_bfan_mimo_reset(odd_bfan_mimo_state *state);

/*
 * Replace the weights of a stream by values_q[ODD_BFAN_MIMO_WEIGHTS]: node by node, taps and bias of a convolution, slopes and first
 * bases of a function, each in C order. They take effect at the start of the next call of odd_bfan_mimo_process, all at once; the
 * memory of the stream stays. Call it between blocks, or from one other thread at any time.
 * Returns PIM_SWAP_TAKEN; PIM_SWAP_BUSY where no block has begun since the last swap, and nothing changes; or the number
 * of a node (<NAME>_NODE_...) whose weights could overflow an integer type, and nothing changes.
 */
int odd_bfan_mimo_swap(odd_bfan_mimo_state *state, const odd_bfan_mimo_weight *values_q);
#endif

#ifdef __cplusplus
}
#endif

#endif
