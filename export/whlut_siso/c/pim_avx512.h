/*
 * Operations of the optional stages in <name>_avx512.h: 32 samples of 16 bits at a time, by AVX-512 (F, BW; with VNNI
 * products and sums are one instruction). For gcc and clang on x86-64, where PIM_AVX512 is defined.
 *
 * Samples of one channel stand in order in a vector of 32. Sums are two vectors of 16 integers of 32 bits: unpacking pairs
 * works inside each quarter of a vector, and so does packing sums, so that what the one puts out of order the other puts back.
 * Sums wrap modulo 2^32; the proven bounds say that no result leaves it, and so none is wrong, whatever its terms did.
 */
#ifndef PIM_AVX512_H
#define PIM_AVX512_H

#ifdef PIM_AVX512

#if !defined(__AVX512F__) || !defined(__AVX512BW__)
#error "PIM_AVX512 needs a processor with AVX-512 F and BW: compile with -march=native there, or with -mavx512bw"
#endif

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define PIM_AVX512_SAMPLES 32
#define PIM_AVX512_INLINE static inline __attribute__((always_inline))

/* What shifts of 16-bit lanes take. */
#ifdef __clang__
typedef unsigned pim_avx512_count;
#else
typedef int pim_avx512_count;
#endif

/* Of samples 0 to 31: quarter q of `lo` has 8 q to 8 q + 3, of `hi` 8 q + 4 to 8 q + 7. */
typedef struct {
    __m512i lo;
    __m512i hi;
} pim_sums;

/* Two samples a lane, for two taps: `lo` and `hi` as those of sums. */
typedef pim_sums pim_pairs;

/* Base and slope of 32 segments; a slope stands in the upper half of its lane, where its sample does. */
typedef struct {
    __m512i base[2];
    __m512i slope[2];
} pim_lines;

PIM_AVX512_INLINE __m512i pim_avx512_load(const int16_t *x)
{
    return _mm512_loadu_si512((const void *)x);
}

PIM_AVX512_INLINE pim_pairs pim_avx512_pairs(const int16_t *first, const int16_t *second)
{
    const __m512i a = pim_avx512_load(first);
    const __m512i b = pim_avx512_load(second);
    const pim_pairs pairs = {_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)};
    return pairs;
}

/* A sample in the lower half alone. */
PIM_AVX512_INLINE pim_pairs pim_avx512_first(const int16_t *first)
{
    const __m512i a = pim_avx512_load(first);
    const __m512i none = _mm512_setzero_si512();
    const pim_pairs pairs = {_mm512_unpacklo_epi16(a, none), _mm512_unpackhi_epi16(a, none)};
    return pairs;
}

PIM_AVX512_INLINE int32_t pim_avx512_pair(int32_t first, int32_t second)
{
    return (int32_t)(((uint32_t)second << 16) | ((uint32_t)first & 0xffffu));
}

/* Two taps that stand next to each other in a table. */
PIM_AVX512_INLINE int32_t pim_avx512_neighbours(const int16_t *taps)
{
    int32_t both;
    __builtin_memcpy(&both, taps, sizeof both);
    return both;
}

PIM_AVX512_INLINE pim_sums pim_avx512_start(int32_t value)
{
    const pim_sums sums = {_mm512_set1_epi32(value), _mm512_set1_epi32(value)};
    return sums;
}

PIM_AVX512_INLINE __m512i pim_avx512_dot_add(__m512i sum, __m512i pairs, __m512i taps)
{
#ifdef __AVX512VNNI__
    return _mm512_dpwssd_epi32(sum, pairs, taps);
#else
    return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, taps));
#endif
}

PIM_AVX512_INLINE pim_sums pim_avx512_dot(pim_sums sums, pim_pairs pairs, int32_t taps)
{
    const __m512i both = _mm512_set1_epi32(taps);
    const pim_sums more = {pim_avx512_dot_add(sums.lo, pairs.lo, both), pim_avx512_dot_add(sums.hi, pairs.hi, both)};
    return more;
}

/* Rounding and a shift by a constant, to the right where it is positive. Rounding half up is rounding down of sums that
 * were begun with the half. */
PIM_AVX512_INLINE __m512i pim_avx512_shift(__m512i v, int shift)
{
    return shift >= 0 ? _mm512_srai_epi32(v, (unsigned)shift) : _mm512_slli_epi32(v, (unsigned)-shift);
}

PIM_AVX512_INLINE pim_sums pim_avx512_floor(pim_sums v, int shift)
{
    const pim_sums rounded = {pim_avx512_shift(v.lo, shift), pim_avx512_shift(v.hi, shift)};
    return rounded;
}

/* 2^(s - 1) - 1, and the last bit that stays. */
PIM_AVX512_INLINE __m512i pim_avx512_even_half(__m512i v, int shift)
{
    const __m512i odd = _mm512_and_si512(pim_avx512_shift(v, shift), _mm512_set1_epi32(1));
    return _mm512_add_epi32(v, _mm512_add_epi32(odd, _mm512_set1_epi32((int32_t)((1u << (shift - 1)) - 1u))));
}

PIM_AVX512_INLINE pim_sums pim_avx512_half_even(pim_sums v, int shift)
{
    const pim_sums moved = {pim_avx512_even_half(v.lo, shift), pim_avx512_even_half(v.hi, shift)};
    return pim_avx512_floor(moved, shift);
}

/* 2^(s - 1), one less below zero. */
PIM_AVX512_INLINE __m512i pim_avx512_away_half(__m512i v, int shift)
{
    const __m512i half = _mm512_set1_epi32((int32_t)(1u << (shift - 1)));
    return _mm512_add_epi32(v, _mm512_add_epi32(half, _mm512_srai_epi32(v, 31)));
}

PIM_AVX512_INLINE pim_sums pim_avx512_half_away(pim_sums v, int shift)
{
    const pim_sums moved = {pim_avx512_away_half(v.lo, shift), pim_avx512_away_half(v.hi, shift)};
    return pim_avx512_floor(moved, shift);
}

/* Overflow into a format of up to 16 bits; the samples are in order again. */
PIM_AVX512_INLINE __m512i pim_avx512_saturate(pim_sums v, int32_t least, int32_t most)
{
    __m512i x = _mm512_packs_epi32(v.lo, v.hi);
    if (least > INT16_MIN) {
        x = _mm512_max_epi16(x, _mm512_set1_epi16((int16_t)least));
    }
    if (most < INT16_MAX) {
        x = _mm512_min_epi16(x, _mm512_set1_epi16((int16_t)most));
    }
    return x;
}

PIM_AVX512_INLINE __m512i pim_avx512_wrap(pim_sums v, int bits)
{
    const pim_sums up = {pim_avx512_shift(v.lo, bits - 32), pim_avx512_shift(v.hi, bits - 32)};
    return _mm512_packs_epi32(pim_avx512_shift(up.lo, 32 - bits), pim_avx512_shift(up.hi, 32 - bits));
}

PIM_AVX512_INLINE __m512i pim_avx512_wrap_unsigned(pim_sums v, int bits)
{
    const __m512i mask = _mm512_set1_epi32((int32_t)((1u << bits) - 1u));
    return _mm512_packs_epi32(_mm512_and_si512(v.lo, mask), _mm512_and_si512(v.hi, mask));
}

PIM_AVX512_INLINE void pim_avx512_store(int16_t *out, __m512i x)
{
    _mm512_storeu_si512((void *)out, x);
}

/* Sums as they are, in order. */
PIM_AVX512_INLINE void pim_avx512_store_sums(int32_t *out, pim_sums v)
{
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    _mm512_storeu_si512((void *)out, _mm512_permutex2var_epi64(v.lo, first, v.hi));
    _mm512_storeu_si512((void *)(out + 16), _mm512_permutex2var_epi64(v.lo, second, v.hi));
}

/* Each integer less `begun`, what its sum was begun with for rounding; `row` has room for all samples of a vector. */
PIM_AVX512_INLINE void pim_avx512_trace(int64_t *row, pim_sums v, int32_t begun)
{
    int32_t values[PIM_AVX512_SAMPLES];
    pim_avx512_store_sums(values, v);
    for (size_t n = 0; n < PIM_AVX512_SAMPLES; ++n) {
        row[n] = (int64_t)(int32_t)((uint32_t)values[n] - (uint32_t)begun);
    }
}

/* Lines of segments `first` to `first` + 31 of a table, y = base + slope * x with x as it is: 2^m samples a segment, the
 * first of all begins at -offset. `begin` is added to every base. There are `count` segments; no others are asked for. */
PIM_AVX512_INLINE pim_lines pim_avx512_lines(
    const int32_t *slopes, const int32_t *bases, unsigned first, unsigned count, int m, int32_t offset, int32_t begin)
{
    const __m512i steps = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    pim_lines lines;
    for (unsigned half = 0; half < 2; ++half) {
        const unsigned at = first + 16 * half;
        const unsigned left = count > at ? count - at : 0;
        const __mmask16 there = (__mmask16)(left >= 16 ? 0xffffu : (1u << left) - 1u);
        const __m512i number = _mm512_add_epi32(steps, _mm512_set1_epi32((int32_t)at));
        const __m512i knot = _mm512_sub_epi32(_mm512_slli_epi32(number, (unsigned)m), _mm512_set1_epi32(offset));
        const __m512i slope = _mm512_maskz_loadu_epi32(there, (const void *)(slopes + at));
        const __m512i base = _mm512_slli_epi32(_mm512_maskz_loadu_epi32(there, (const void *)(bases + at)), (unsigned)m);
        lines.base[half] = _mm512_add_epi32(_mm512_sub_epi32(base, _mm512_mullo_epi32(slope, knot)), _mm512_set1_epi32(begin));
        lines.slope[half] = _mm512_slli_epi32(slope, 16);
    }
    return lines;
}

/* Those of a function of |a| on both sides, of up to 16 segments: -1 - s is the mirror image of s. sign -1: odd, 1: even. */
PIM_AVX512_INLINE pim_lines pim_avx512_mirrored(
    const int32_t *slopes, const int32_t *bases, unsigned count, int m, int sign, int32_t begin)
{
    const __m512i back = _mm512_setr_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i none = _mm512_setzero_si512();
    const __m512i start = _mm512_set1_epi32(begin);
    const pim_lines right = pim_avx512_lines(slopes, bases, 0, count, m, 0, 0);
    const __m512i base = _mm512_permutexvar_epi32(back, right.base[0]);
    const __m512i slope = _mm512_permutexvar_epi32(back, right.slope[0]);
    const pim_lines both = {
        {_mm512_add_epi32(right.base[0], start), _mm512_add_epi32(sign < 0 ? _mm512_sub_epi32(none, base) : base, start)},
        {right.slope[0], sign < 0 ? slope : _mm512_sub_epi32(none, slope)}};
    return both;
}

/* The segment of each sample plus `offset`, in [least, most]: the low five bits choose a line. */
PIM_AVX512_INLINE __m512i pim_avx512_segments(__m512i x, int m, int offset, int least, int most)
{
    __m512i s = _mm512_srai_epi16(x, (pim_avx512_count)m);
    if (offset != 0) {
        s = _mm512_add_epi16(s, _mm512_set1_epi16((int16_t)offset));
    }
    s = _mm512_max_epi16(s, _mm512_set1_epi16((int16_t)least));
    return _mm512_min_epi16(s, _mm512_set1_epi16((int16_t)most));
}

/* `at`: a segment in the lower half of a lane, its sample in the upper one. */
PIM_AVX512_INLINE __m512i pim_avx512_on_line(pim_lines f, __m512i at)
{
    const __m512i base = _mm512_permutex2var_epi32(f.base[0], at, f.base[1]);
    const __m512i slope = _mm512_permutex2var_epi32(f.slope[0], at, f.slope[1]);
    return pim_avx512_dot_add(base, at, slope);
}

PIM_AVX512_INLINE pim_sums pim_avx512_lookup(pim_lines f, __m512i segments, __m512i x)
{
    const pim_sums y = {
        pim_avx512_on_line(f, _mm512_unpacklo_epi16(segments, x)), pim_avx512_on_line(f, _mm512_unpackhi_epi16(segments, x))};
    return y;
}

/* Of 64 segments: bit 5 chooses the half. */
PIM_AVX512_INLINE pim_sums pim_avx512_lookup_wide(pim_lines first, pim_lines second, __m512i segments, __m512i x)
{
    const __m512i bit = _mm512_set1_epi32(32);
    const pim_sums a = pim_avx512_lookup(first, segments, x);
    const pim_sums b = pim_avx512_lookup(second, segments, x);
    const __mmask16 lo = _mm512_test_epi32_mask(_mm512_unpacklo_epi16(segments, x), bit);
    const __mmask16 hi = _mm512_test_epi32_mask(_mm512_unpackhi_epi16(segments, x), bit);
    const pim_sums y = {_mm512_mask_blend_epi32(lo, a.lo, b.lo), _mm512_mask_blend_epi32(hi, a.hi, b.hi)};
    return y;
}

/* Products of samples with samples. */
PIM_AVX512_INLINE pim_sums pim_avx512_product(const int16_t *first, const int16_t *second)
{
    const __m512i a = pim_avx512_load(first);
    const __m512i b = pim_avx512_load(second);
    const __m512i low = _mm512_mullo_epi16(a, b);
    const __m512i high = _mm512_mulhi_epi16(a, b);
    const pim_sums products = {_mm512_unpacklo_epi16(low, high), _mm512_unpackhi_epi16(low, high)};
    return products;
}

PIM_AVX512_INLINE pim_sums pim_avx512_add(pim_sums a, pim_sums b)
{
    const pim_sums sums = {_mm512_add_epi32(a.lo, b.lo), _mm512_add_epi32(a.hi, b.hi)};
    return sums;
}

PIM_AVX512_INLINE pim_sums pim_avx512_subtract(pim_sums a, pim_sums b)
{
    const pim_sums sums = {_mm512_sub_epi32(a.lo, b.lo), _mm512_sub_epi32(a.hi, b.hi)};
    return sums;
}

/* Sums of more than 32 bits, high * 2^16 + low. What is added to them fits 32 bits by itself. */
typedef struct {
    pim_sums high;
    pim_sums low;
} pim_wide;

PIM_AVX512_INLINE pim_wide pim_avx512_wide_start(int64_t value)
{
    const pim_wide wide = {pim_avx512_start((int32_t)(value / 65536)), pim_avx512_start((int32_t)(value % 65536))};
    return wide;
}

PIM_AVX512_INLINE pim_wide pim_avx512_wide_add(pim_wide wide, pim_sums v)
{
    const __m512i mask = _mm512_set1_epi32(0xffff);
    const pim_sums low = {_mm512_and_si512(v.lo, mask), _mm512_and_si512(v.hi, mask)};
    const pim_wide more = {pim_avx512_add(wide.high, pim_avx512_floor(v, 16)), pim_avx512_add(wide.low, low)};
    return more;
}

/* Times 2^shift. */
PIM_AVX512_INLINE pim_wide pim_avx512_wide_scaled(pim_wide wide, int shift)
{
    const pim_wide more = {pim_avx512_floor(wide.high, -shift), pim_avx512_floor(wide.low, -shift)};
    return more;
}

PIM_AVX512_INLINE pim_wide pim_avx512_wide_sum(pim_wide a, pim_wide b)
{
    const pim_wide sum = {pim_avx512_add(a.high, b.high), pim_avx512_add(a.low, b.low)};
    return sum;
}

/* Rounded down by a shift to the right, after which 32 bits are enough. */
PIM_AVX512_INLINE pim_sums pim_avx512_wide_floor(pim_wide wide, int shift)
{
    const __m512i mask = _mm512_set1_epi32(0xffff);
    const pim_sums high = pim_avx512_add(wide.high, pim_avx512_floor(wide.low, 16));
    const pim_sums low = {_mm512_and_si512(wide.low.lo, mask), _mm512_and_si512(wide.low.hi, mask)};
    if (shift >= 16) {
        return pim_avx512_floor(high, shift - 16);
    }
    return pim_avx512_add(pim_avx512_floor(high, shift - 16), pim_avx512_floor(low, shift));
}

PIM_AVX512_INLINE void pim_avx512_trace_wide(int64_t *row, pim_wide wide, int64_t begun)
{
    int32_t high[PIM_AVX512_SAMPLES];
    int32_t low[PIM_AVX512_SAMPLES];
    pim_avx512_store_sums(high, wide.high);
    pim_avx512_store_sums(low, wide.low);
    for (size_t n = 0; n < PIM_AVX512_SAMPLES; ++n) {
        row[n] = (int64_t)high[n] * 65536 + (int64_t)low[n] - begun;
    }
}

/* 32 samples of up to 16 bits that a concatenation has scaled by 2^shift. */
PIM_AVX512_INLINE void pim_avx512_narrow(int16_t *out, const int32_t *in, int shift)
{
    const __m512i first = _mm512_loadu_si512((const void *)in);
    const __m512i second = _mm512_loadu_si512((const void *)(in + 16));
    const __m512i packed = _mm512_packs_epi32(pim_avx512_shift(first, shift), pim_avx512_shift(second, shift));
    pim_avx512_store(out, _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), packed));
}

#endif
#endif
