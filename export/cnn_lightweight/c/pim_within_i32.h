/* Whether every one of n integers lies in [-most, most], most >= 0. */
#ifndef PIM_WITHIN_I32_H
#define PIM_WITHIN_I32_H

#include "pim_types.h"

static inline int pim_within_i32(const int32_t *values, size_t n, int32_t most)
{
    int is_within = 1;
    for (size_t i = 0; i < n; ++i) {
        if (values[i] > most || values[i] < -most) {
            is_within = 0;
        }
    }
    return is_within;
}

#endif
