/* |a|. The caller's bound proves that a is not the most negative int32_t. */
#ifndef PIM_MAGNITUDE_I32_H
#define PIM_MAGNITUDE_I32_H

#include "pim_types.h"

static inline int32_t pim_magnitude_i32(int32_t a)
{
    return a < 0 ? -a : a;
}

#endif
