/*
 * Whether a function of n segments of 2^m, given by its slopes and base[0], keeps to its limits for every 0 <= t <=
 * limits[0]: base * 2^m, slope * r and their sum to [limits[1], limits[2]], the sums of the negative and of the positive
 * terms of its basis form to [limits[3], limits[4]], its values to [limits[5], limits[6]], slopes and their differences
 * to [-word, word].
 * Whoever calls has proven that no such sum leaves int64_t; the first base may be any.
 */
#ifndef PIM_FUNCTION_FITS_I32_H
#define PIM_FUNCTION_FITS_I32_H

#include "pim_scale_i64.h"
#include "pim_shift_i64.h"

static inline int pim_function_fits_i32(const int32_t *slopes, size_t n, int64_t first_base, int m, int64_t word,
                                        const int64_t *limits)
{
    const int64_t width = pim_scale_i64(1, m);
    const int64_t base_least = pim_shift_i64(limits[1] + (width - 1), m); /* the least with base * 2^m >= limits[1] */
    const int64_t base_most = pim_shift_i64(limits[2], m);
    int64_t base = first_base;
    int64_t previous = 0;
    int64_t first = 0;
    int64_t up = 0;
    int64_t down = 0;
    if ((base < base_least) || (base > base_most)) {
        return 0;
    }
    if (base > 0) {
        up = pim_scale_i64(base, m);
    } else {
        down = pim_scale_i64(base, m);
    }
    for (size_t k = 0; k < n; ++k) {
        const int64_t slope = (int64_t)slopes[k];
        const int64_t weight = slope - previous;
        if ((slope > word) || (slope < -word) || (weight > word) || (weight < -word)) {
            return 0;
        }
        if (first <= limits[0]) {
            const int64_t beyond = limits[0] - first;
            int64_t start = 0;
            int64_t rise = slope * (((k + 1 < n) && (beyond >= width)) ? width - 1 : beyond);
            if ((base < base_least) || (base > base_most) || (rise < limits[1]) || (rise > limits[2])) {
                return 0;
            }
            start = pim_scale_i64(base, m);
            rise += start;
            if ((rise < limits[1]) || (rise > limits[2]) || (start < limits[5]) || (start > limits[6]) ||
                (rise < limits[5]) || (rise > limits[6])) {
                return 0;
            }
            if (weight > 0) {
                up += weight * beyond;
            } else {
                down += weight * beyond;
            }
        }
        first += width;
        base += slope;
        previous = slope;
    }
    return (up <= limits[4]) && (down >= limits[3]);
}

#endif
