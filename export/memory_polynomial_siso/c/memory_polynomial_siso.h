/*
 * The canceller `memory_polynomial_siso`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  2 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 2 channels (I0, Q0, ...) of s16.14, planar.
 * z[n] estimates the interference in the received sample n - 6; from sample 12 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 */
#ifndef MEMORY_POLYNOMIAL_SISO_H
#define MEMORY_POLYNOMIAL_SISO_H

#include <stddef.h>
#include <stdint.h>

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

typedef int16_t memory_polynomial_siso_input;
typedef int16_t memory_polynomial_siso_output;

/* The memory of a stream. Its members are no part of the interface. */
typedef struct memory_polynomial_siso_state {
    int32_t terms_history[14][12];
} memory_polynomial_siso_state;

/* Start a stream, or reset one: every memory becomes zero. */
void memory_polynomial_siso_init(memory_polynomial_siso_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void memory_polynomial_siso_process(memory_polynomial_siso_state *state, const memory_polynomial_siso_input *const x[MEMORY_POLYNOMIAL_SISO_INPUTS],
    memory_polynomial_siso_output *const y[MEMORY_POLYNOMIAL_SISO_OUTPUTS], size_t n_samples);

#ifdef __cplusplus
}
#endif

#endif
