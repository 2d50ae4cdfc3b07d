/*
 * The canceller `cnn_lightweight`: an estimate of the interference from the transmit samples, as integers.
 *
 * Input  64 channels (I0, Q0, I1, Q1, ...) of s16.15, planar.
 * Output 32 channels (I0, Q0, ...) of s16.12, planar.
 * z[n] estimates the interference in the received sample n - 10; from sample 20 after a reset on, no output depends
 * on what came before the reset.
 * Streaming: the state carries all memory, a signal may be cut into blocks of any length. No allocation, no globals:
 * any number of states in any number of threads.
 */
#ifndef CNN_LIGHTWEIGHT_H
#define CNN_LIGHTWEIGHT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CNN_LIGHTWEIGHT_INPUTS 64
#define CNN_LIGHTWEIGHT_OUTPUTS 32
#define CNN_LIGHTWEIGHT_INPUT_BITS 16
#define CNN_LIGHTWEIGHT_INPUT_FRAC 15
#define CNN_LIGHTWEIGHT_OUTPUT_BITS 16
#define CNN_LIGHTWEIGHT_OUTPUT_FRAC 12
#define CNN_LIGHTWEIGHT_DELAY_SAMPLES 10
#define CNN_LIGHTWEIGHT_WARMUP_SAMPLES 20

typedef int16_t cnn_lightweight_input;
typedef int16_t cnn_lightweight_output;

/* The memory of a stream. Its members are no part of the interface. */
typedef struct cnn_lightweight_state {
    int16_t x_history[64][4];
    int16_t a1_history[48][8];
    int16_t h2_history[48][4];
    int16_t a3_history[48][4];
} cnn_lightweight_state;

/* Start a stream, or reset one: every memory becomes zero. */
void cnn_lightweight_init(cnn_lightweight_state *state);

/*
 * Process n_samples >= 0 samples. x[channel] and y[channel] point at n_samples samples each; a channel of y may be the
 * same array as a channel of x where their types are the same, but may not overlap one partly.
 * Inputs lie within their format.
 */
void cnn_lightweight_process(cnn_lightweight_state *state, const cnn_lightweight_input *const x[CNN_LIGHTWEIGHT_INPUTS],
    cnn_lightweight_output *const y[CNN_LIGHTWEIGHT_OUTPUTS], size_t n_samples);

#ifdef __cplusplus
}
#endif

#endif
