/* The integer of [least, most] nearest to v. */
#ifndef PIM_SATURATE_I64_H
#define PIM_SATURATE_I64_H

#include "pim_types.h"

static inline int64_t pim_saturate_i64(int64_t v, int64_t least, int64_t most)
{
    v = v < least ? least : v;
    return v > most ? most : v;
}

#endif
