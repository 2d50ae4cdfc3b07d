/*
 * What a build with PIM_TRACE calls: the integers of every node, a channel and a block at a time, in stream order.
 * Whoever makes such a build defines the function; the host harness writes files. Such a build is not re-entrant.
 */
#ifndef PIM_TRACE_H
#define PIM_TRACE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void pim_trace(const char *node, size_t channel, const int64_t *values, size_t n_samples);

#ifdef __cplusplus
}
#endif

#endif
