/* |a|. The caller's bound proves that a is not the most negative int64_t. */
#ifndef PIM_MAGNITUDE_I64_H
#define PIM_MAGNITUDE_I64_H

#include "pim_types.h"

static inline int64_t pim_magnitude_i64(int64_t a)
{
    return a < 0 ? -a : a;
}

#endif
