/*
 * The canceller `memory_polynomial_siso`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  2 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 2 channels (I0, Q0, ...) of s16.14, planar.
 * z[n] estimates the interference in the received sample n - 6; from sample 12 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 * PIM_BANKED builds in weights that can be replaced while a stream runs; whatever uses the state has to be built alike.
 */
#ifndef MEMORY_POLYNOMIAL_SISO_H
#define MEMORY_POLYNOMIAL_SISO_H

#include <stddef.h>
#include <stdint.h>

#include "pim_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMORY_POLYNOMIAL_SISO_INPUTS 2
#define MEMORY_POLYNOMIAL_SISO_OUTPUTS 2
#define MEMORY_POLYNOMIAL_SISO_INPUT_BITS 16
#define MEMORY_POLYNOMIAL_SISO_INPUT_FRAC 15
#define MEMORY_POLYNOMIAL_SISO_OUTPUT_BITS 16
#define MEMORY_POLYNOMIAL_SISO_OUTPUT_FRAC 14
#define MEMORY_POLYNOMIAL_SISO_DELAY_SAMPLES 6
#define MEMORY_POLYNOMIAL_SISO_WARMUP_SAMPLES 12

/* Samples that pass through all stages at a time: fewer need less stack. */
#ifndef MEMORY_POLYNOMIAL_SISO_BLOCK
#define MEMORY_POLYNOMIAL_SISO_BLOCK 64
#endif

typedef int16_t memory_polynomial_siso_input;
typedef int16_t memory_polynomial_siso_output;

/*
 * Bytes of a state (with PIM_BANKED 1512), and of the stack under one call of memory_polynomial_siso_process at most, in an
 * optimized build: all arrays, and 2048 for calls, saved registers and spilled values; with PIM_BANKED weights may
 * be spilled, too.
 */
#define MEMORY_POLYNOMIAL_SISO_STATE_BYTES 672
#define MEMORY_POLYNOMIAL_SISO_STACK_ARRAYS                                                                                        \
    ((0 + 34 * MEMORY_POLYNOMIAL_SISO_BLOCK) * sizeof(pim_work16) + 2880 + 144 * MEMORY_POLYNOMIAL_SISO_BLOCK)
#define MEMORY_POLYNOMIAL_SISO_STACK_BYTES (MEMORY_POLYNOMIAL_SISO_STACK_ARRAYS + 2048 + PIM_SPILLED_BYTES(256) + \
    PIM_AVX512_BYTES(15712 + 28 * MEMORY_POLYNOMIAL_SISO_BLOCK))

#ifdef PIM_BANKED
/* One set of weights, as the code reads it. Its members are no part of the interface. */
typedef struct memory_polynomial_siso_bank {
    int16_t P1_taps[1][1][1];
    int32_t P1_bias[1];
    int16_t P2_taps[1][2][1];
    int64_t P2_bias[1];
    int16_t P3_taps[1][3][1];
    int16_t P4_taps[1][3][1];
    int16_t P5_taps[1][3][1];
    int16_t P6_taps[1][3][1];
    int16_t W_taps[1][7][2][13];
} memory_polynomial_siso_bank;

/* An integer of a set of weights, and how many memory_polynomial_siso_swap takes: c/memory_polynomial_siso_weights.bin holds them, little-endian. */
typedef int64_t memory_polynomial_siso_weight;
#define MEMORY_POLYNOMIAL_SISO_WEIGHTS 199

/* What memory_polynomial_siso_swap returns; a larger value is the node whose weights are refused. */
#define PIM_SWAP_TAKEN 0
#define PIM_SWAP_BUSY (-1)
#define MEMORY_POLYNOMIAL_SISO_NODE_P1 1
#define MEMORY_POLYNOMIAL_SISO_NODE_P2 2
#define MEMORY_POLYNOMIAL_SISO_NODE_P3 3
#define MEMORY_POLYNOMIAL_SISO_NODE_P4 4
#define MEMORY_POLYNOMIAL_SISO_NODE_P5 5
#define MEMORY_POLYNOMIAL_SISO_NODE_P6 6
#define MEMORY_POLYNOMIAL_SISO_NODE_W 7
#endif

/* The memory of a stream. Its members are no part of the interface. */
typedef struct memory_polynomial_siso_state {
    int32_t terms_history[14][12];
#ifdef PIM_BANKED
    memory_polynomial_siso_bank bank[2];
    volatile uint32_t wanted; /* number of the bank that the next block uses; the swap writes it */
    volatile uint32_t used;   /* number of the bank that the last block used; process writes it */
#endif
} memory_polynomial_siso_state;

/* Start a stream, or reset one: every memory becomes zero; with PIM_BANKED the weights become the compiled ones. */
void memory_polynomial_siso_init(memory_polynomial_siso_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void memory_polynomial_siso_process(memory_polynomial_siso_state *state, const memory_polynomial_siso_input *const x[MEMORY_POLYNOMIAL_SISO_INPUTS],
    memory_polynomial_siso_output *const y[MEMORY_POLYNOMIAL_SISO_OUTPUTS], size_t n_samples);

#ifdef PIM_BANKED
/* Every memory becomes zero, the weights stay. */
void memory_polynomial_siso_reset(memory_polynomial_siso_state *state);

/*
 * Replace the weights of a stream by values_q[MEMORY_POLYNOMIAL_SISO_WEIGHTS]: node by node, taps and bias of a convolution, slopes and first
 * bases of a function, each in C order. They take effect at the start of the next call of memory_polynomial_siso_process, all at once; the
 * memory of the stream stays. Call it between blocks, or from one other thread at any time.
 * Returns PIM_SWAP_TAKEN; PIM_SWAP_BUSY where no block has begun since the last swap, and nothing changes; or the number
 * of a node (<NAME>_NODE_...) whose weights could overflow an integer type, and nothing changes.
 */
int memory_polynomial_siso_swap(memory_polynomial_siso_state *state, const memory_polynomial_siso_weight *values_q);
#endif

#ifdef __cplusplus
}
#endif

#endif
