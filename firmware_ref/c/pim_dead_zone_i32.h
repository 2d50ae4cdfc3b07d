/* The odd pair of basis functions max(a - knot, 0) - max(-a - knot, 0), knot >= 0: what of a lies beyond the knot.
 * It is a minus a clipped to [-knot, knot], so that it fits wherever a fits. papers: symmetrized basis, equation (5). */
#ifndef PIM_DEAD_ZONE_I32_H
#define PIM_DEAD_ZONE_I32_H

#include "pim_types.h"

static inline int32_t pim_dead_zone_i32(int32_t a, int32_t knot)
{
    const int32_t above = a < -knot ? -knot : a;
    return a - (above > knot ? knot : above);
}

#endif
