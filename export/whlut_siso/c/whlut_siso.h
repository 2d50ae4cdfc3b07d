/*
 * The canceller `whlut_siso`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  2 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 2 channels (I0, Q0, ...) of s16.14, planar.
 * z[n] estimates the interference in the received sample n - 7; from sample 14 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 */
#ifndef WHLUT_SISO_H
#define WHLUT_SISO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WHLUT_SISO_INPUTS 2
#define WHLUT_SISO_OUTPUTS 2
#define WHLUT_SISO_INPUT_BITS 16
#define WHLUT_SISO_INPUT_FRAC 15
#define WHLUT_SISO_OUTPUT_BITS 16
#define WHLUT_SISO_OUTPUT_FRAC 14
#define WHLUT_SISO_DELAY_SAMPLES 7
#define WHLUT_SISO_WARMUP_SAMPLES 14

typedef int16_t whlut_siso_input;
typedef int16_t whlut_siso_output;

/* The memory of a stream. Its members are no part of the interface. */
typedef struct whlut_siso_state {
    int16_t x_history[2][6];
    int16_t v_history[2][8];
} whlut_siso_state;

/* Start a stream, or reset one: every memory becomes zero. */
void whlut_siso_init(whlut_siso_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void whlut_siso_process(whlut_siso_state *state, const whlut_siso_input *const x[WHLUT_SISO_INPUTS],
    whlut_siso_output *const y[WHLUT_SISO_OUTPUTS], size_t n_samples);

#ifdef __cplusplus
}
#endif

#endif
