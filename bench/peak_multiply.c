/* The most 16-bit multiplies a second that one core does: independent chains of the widest multiply-and-add there is.
 * Prints multiplies a second of processor time, the best of several runs. */
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#ifdef __AVX512F__
#define REGISTER "+v"
#else
#define REGISTER "+x"
#endif
#define CHAINS 12
#define ROUNDS 2000000

#if defined(__AVX512BW__)
typedef __m512i vector;
#define LANES 32
#define SET _mm512_set1_epi16
#ifdef __AVX512VNNI__
#define DOT(sum, a, b) _mm512_dpwssd_epi32(sum, a, b)
#else
#define DOT(sum, a, b) _mm512_add_epi32(sum, _mm512_madd_epi16(a, b))
#endif
#elif defined(__AVX2__)
typedef __m256i vector;
#define LANES 16
#define SET _mm256_set1_epi16
#define DOT(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))
#else
typedef __m128i vector;
#define LANES 8
#define SET _mm_set1_epi16
#define DOT(sum, a, b) _mm_add_epi32(sum, _mm_madd_epi16(a, b))
#endif

int main(int count, char **arguments)
{
    const vector a = SET((short)count), b = SET((short)(arguments[0][0]));
    vector sums[CHAINS];
    double best = 0.0;
    for (int run = 0; run < 9; ++run) {
        const clock_t began = clock();
        for (int k = 0; k < CHAINS; ++k) {
            sums[k] = SET((short)k);
        }
        for (long round = 0; round < ROUNDS; ++round) {
#pragma GCC unroll 12
            for (int k = 0; k < CHAINS; ++k) {
                sums[k] = DOT(sums[k], a, b);
                __asm__ volatile("" : REGISTER(sums[k])); /* or the compiler sums in advance */
            }
        }
        const double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
        const double rate = (double)ROUNDS * CHAINS * LANES / seconds;
        best = rate > best ? rate : best;
    }
    printf("%.6e\n", best);
    return ((const unsigned char *)sums)[0] == 77;
}
