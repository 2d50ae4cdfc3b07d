/*
 * Add what n coefficients, each a[i] + b[i], or a[i] - b[i] where is_difference, can add up to for samples in [x[0], x[1]],
 * x[0] <= 0 <= x[1]: sums of two taps, as three products for a complex one need them.
 */
#ifndef PIM_SPAN_ADD_SUMS_I64_H
#define PIM_SPAN_ADD_SUMS_I64_H

#include "pim_span_fits_i64.h"

static inline void pim_span_add_sums_i64(pim_span *span, const int64_t *a, const int64_t *b, size_t n,
                                          int is_difference, const int64_t *x)
{
    for (size_t i = 0; i < n; ++i) {
        const int64_t second = (is_difference != 0) ? -(int64_t)b[i] : (int64_t)b[i];
        const int64_t tap = (int64_t)a[i] + second;
        if (tap > 0) {
            span->least += tap * x[0];
            span->most += tap * x[1];
        } else {
            span->least += tap * x[1];
            span->most += tap * x[0];
        }
    }
}

#endif
