/* Add what n taps, with their signs turned where is_negated, can add up to for samples in [x[0], x[1]], x[0] <= 0 <= x[1]. */
#ifndef PIM_SPAN_ADD_I32_H
#define PIM_SPAN_ADD_I32_H

#include "pim_span_fits_i64.h"

static inline void pim_span_add_i32(pim_span *span, const int32_t *taps, size_t n, int is_negated, const int64_t *x)
{
    for (size_t i = 0; i < n; ++i) {
        const int64_t tap = (is_negated != 0) ? -(int64_t)taps[i] : (int64_t)taps[i];
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
