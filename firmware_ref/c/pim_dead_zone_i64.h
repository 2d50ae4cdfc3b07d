/* The odd pair of basis functions max(a - knot, 0) - max(-a - knot, 0), knot >= 0: what of a lies beyond the knot.
 * It is a minus a clipped to [-knot, knot], so that it fits wherever a fits. papers: symmetrized basis, equation (5). */
#ifndef PIM_DEAD_ZONE_I64_H
#define PIM_DEAD_ZONE_I64_H

#include "pim_types.h"

static inline int64_t pim_dead_zone_i64(int64_t a, int64_t knot)
{
    const int64_t above = a < -knot ? -knot : a;
    return a - (above > knot ? knot : above);
}

#endif
