/* The odd pair of basis functions max(a - knot, 0) - max(-a - knot, 0), knot >= 0: what of a lies beyond the knot.
 * It is a minus a clipped to [-knot, knot], so that it fits wherever a fits: 16-bit lanes stay 16-bit lanes. */
#ifndef PIM_DEAD_ZONE_W16_H
#define PIM_DEAD_ZONE_W16_H

#include "pim_types.h"

static inline pim_work16 pim_dead_zone_w16(pim_work16 a, pim_work16 knot)
{
    const pim_work16 below = (pim_work16)-knot;
    const pim_work16 above = a < below ? below : a;
    return (pim_work16)(a - (above > knot ? knot : above));
}

#endif
