/* Types that every kernel uses. C99 and C++. */
#ifndef PIM_TYPES_H
#define PIM_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* Forms of a piecewise-linear function; PIM_PIECEWISE chooses one when compiling. Both give the same integers. */
#define PIM_TABLE 1
#define PIM_BASIS 2

#ifdef __cplusplus
#define PIM_RESTRICT
#else
#define PIM_RESTRICT restrict
#endif

/* A stage stays a function of its own: inlined, its loads and stores lose what restrict says of them. */
#ifdef __GNUC__
#define PIM_NOINLINE __attribute__((noinline))
#else
#define PIM_NOINLINE
#endif

/*
 * pim_work16: a sample of a format of up to 16 bits inside a block. Either storage holds it. 16-bit storage feeds the
 * widening multipliers of DSPs, Cortex-M, AArch64 and SSE2, and those that clang finds in AVX2. gcc widens before it
 * multiplies where it has AVX2: 32-bit storage saves that and is faster. State between blocks is int16_t always.
 */
#if defined(__AVX2__) && defined(__GNUC__) && !defined(__clang__)
typedef int32_t pim_work16;
#else
typedef int16_t pim_work16;
#endif

/* pim_table16: an entry of up to 16 bits of a table that is read by index: 32-bit storage where reads are gathers. */
#ifdef __AVX2__
typedef int32_t pim_table16;
#else
typedef int16_t pim_table16;
#endif

#endif
