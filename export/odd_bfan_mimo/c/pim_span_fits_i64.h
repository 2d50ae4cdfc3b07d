/*
 * Whether the output of a convolution keeps to its limits: `span` is what its products can add up to, partial sums in any
 * order included; with the bias in any place they lie in [sums[0], sums[1]], and the whole in [result[0], result[1]].
 * Whoever calls has proven that the span fits half of int64_t, and so do the limits; the bias may be any.
 */
#ifndef PIM_SPAN_FITS_I64_H
#define PIM_SPAN_FITS_I64_H

#include "pim_types.h"

typedef struct pim_span {
    int64_t least; /* <= 0 */
    int64_t most;  /* >= 0 */
} pim_span;

static inline int pim_span_fits_i64(const pim_span *span, int64_t bias, const int64_t *sums, const int64_t *result)
{
    int64_t below = 0;
    int64_t above = 0;
    if ((bias < sums[0]) || (bias > sums[1])) {
        return 0;
    }
    if (bias > 0) {
        above = bias;
    } else {
        below = bias;
    }
    return (span->most <= (sums[1] - above)) && (span->least >= (sums[0] - below)) &&
           (span->most <= (result[1] - bias)) && (span->least >= (result[0] - bias));
}

#endif
