/*
 * The canceller `odd_bfan_mimo`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  16 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 16 channels (I0, Q0, ...) of s16.13, planar.
 * z[n] estimates the interference in the received sample n - 3; from sample 6 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 */
#ifndef ODD_BFAN_MIMO_H
#define ODD_BFAN_MIMO_H

#include <stddef.h>
#include <stdint.h>

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

typedef int16_t odd_bfan_mimo_input;
typedef int16_t odd_bfan_mimo_output;

/* The memory of a stream. Its members are no part of the interface. */
typedef struct odd_bfan_mimo_state {
    int16_t x_history[16][2];
    int16_t v_history[16][4];
} odd_bfan_mimo_state;

/* Start a stream, or reset one: every memory becomes zero. */
void odd_bfan_mimo_init(odd_bfan_mimo_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void odd_bfan_mimo_process(odd_bfan_mimo_state *state, const odd_bfan_mimo_input *const x[ODD_BFAN_MIMO_INPUTS],
    odd_bfan_mimo_output *const y[ODD_BFAN_MIMO_OUTPUTS], size_t n_samples);

#ifdef __cplusplus
}
#endif

#endif
