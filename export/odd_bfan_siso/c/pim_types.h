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

/* PIM_VECTOR: a loop over samples. clang takes half of AVX-512 by itself; measured, all of it is faster here. */
#if defined(__clang__) && defined(__AVX512BW__)
#pragma clang diagnostic ignored "-Wpass-failed" /* where a loop has no vectors */
#define PIM_VECTOR _Pragma("clang loop vectorize_width(16)")
#define PIM_WIDE , min_vector_width(512)
#else
#define PIM_VECTOR
#define PIM_WIDE
#endif

/* A stage stays a function of its own: inlined, its loads and stores lose what restrict says of them. What seldom runs
 * is compiled for size. */
#ifdef __GNUC__
#define PIM_NOINLINE __attribute__((noinline PIM_WIDE))
#define PIM_COLD __attribute__((cold))
#else
#define PIM_NOINLINE
#define PIM_COLD
#endif

/*
 * pim_work16: a sample of a format of up to 16 bits inside a block. Either storage holds it. 16-bit storage feeds the
 * widening multipliers of DSPs, Cortex-M, NEON and SSE2, and those that clang finds in AVX2. gcc widens before it
 * multiplies where it has AVX2, and makes no vectors at all of 16-bit storage for Helium (MVE): 32-bit storage is faster
 * on both. State between blocks is int16_t always.
 */
#if (defined(__AVX2__) || defined(__ARM_FEATURE_MVE)) && defined(__GNUC__) && !defined(__clang__) && !defined(PIM_AVX512)
typedef int32_t pim_work16;
#else
typedef int16_t pim_work16;
#endif

/* Rows begin where a vector does, the past samples in front of the first a whole number of vectors. */
#ifdef PIM_AVX512
#define PIM_ALIGNED __attribute__((aligned(64)))
#define PIM_IN_FRONT(samples) (((samples) + 31) / 32 * 32)
#define PIM_AVX512_BYTES(bytes) (bytes)
#else
#define PIM_ALIGNED
#define PIM_IN_FRONT(samples) (samples)
#define PIM_AVX512_BYTES(bytes) 0
#endif

/* Entries of up to 8 and 16 bits of a table that is read by index: vectors want them as wide as what they add up to. */
#if defined(__SSE2__) || defined(__ARM_NEON) || defined(__ARM_FEATURE_MVE)
#define PIM_HAS_VECTORS 1
#else
#define PIM_HAS_VECTORS 0
#endif
#ifndef PIM_TABLE8
#if PIM_HAS_VECTORS
#define PIM_TABLE8 int32_t
#else
#define PIM_TABLE8 int8_t
#endif
#endif
#ifndef PIM_TABLE16
#if PIM_HAS_VECTORS
#define PIM_TABLE16 int32_t
#else
#define PIM_TABLE16 int16_t
#endif
#endif

/* Weights that are not known to the compiler may be spilled to the stack. */
#ifdef PIM_BANKED
#define PIM_SPILLED_BYTES(bytes) (bytes)
#else
#define PIM_SPILLED_BYTES(bytes) 0
#endif

/*
 * The number of the bank in use, in a build with PIM_BANKED: one side writes it, the other reads it, perhaps in another
 * thread. What was written before PIM_PUBLISH is seen after PIM_OBSERVE. Define both for a processor with caches that are
 * not coherent, or with more than one core and a compiler without these built-in functions.
 */
#ifndef PIM_PUBLISH
#ifdef __GNUC__
#define PIM_PUBLISH(place, value) __atomic_store_n(&(place), (value), __ATOMIC_RELEASE)
#define PIM_OBSERVE(place) __atomic_load_n(&(place), __ATOMIC_ACQUIRE)
#else
#define PIM_PUBLISH(place, value) ((place) = (value))
#define PIM_OBSERVE(place) (place)
#endif
#endif

#endif
