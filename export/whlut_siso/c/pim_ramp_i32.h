/* The basis function max(t - knot, 0), knot >= 0, as max(t, knot) - knot: vector units have a maximum.
 * papers: symmetrized basis, h_k of equation (3). It fits wherever t fits. */
#ifndef PIM_RAMP_I32_H
#define PIM_RAMP_I32_H

#include "pim_types.h"

static inline int32_t pim_ramp_i32(int32_t t, int32_t knot)
{
    return (t > knot ? t : knot) - knot;
}

#endif
