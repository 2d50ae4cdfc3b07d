/* The integer of [least, most] nearest to v. */
#ifndef PIM_SATURATE_I32_H
#define PIM_SATURATE_I32_H

#include "pim_types.h"

static inline int32_t pim_saturate_i32(int32_t v, int32_t least, int32_t most)
{
    v = v < least ? least : v;
    return v > most ? most : v;
}

#endif
