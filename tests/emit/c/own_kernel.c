/*
 * A kernel of one's own, written from demo_weights.h and nothing else: sample by sample, every sum in int64_t, no kernel of
 * the bundle. It reads interleaved samples as text, and prints what it computes.
 */
#include <stdio.h>

#include "demo_weights.h"

#define K_PAST DEMO_K_TAPS_LENGTH
#define G_PAST DEMO_G_TAPS_LENGTH

static int64_t floored(int64_t v, int64_t divisor)
{
    return v >= 0 ? v / divisor : -((-v + divisor - 1) / divisor);
}

static int64_t rounded(int64_t v, int rounding, int shift)
{
    const int64_t unit = (int64_t)1 << shift;
    const int64_t low = floored(v, unit);
    const int64_t rest = v - low * unit;
    const int is_up = 2 * rest > unit || (2 * rest == unit && (rounding == 1 || (rounding == 3 && v > 0) ||
                                                               (rounding == 2 && floored(low, 2) * 2 != low)));
    return rounding == 0 ? low : low + is_up;
}

static int64_t requantized(int64_t v, const int64_t how[6])
{
    int64_t y = how[1] ? v * ((int64_t)1 << how[0]) : rounded(v, (int)how[2], (int)how[0]);
    if (how[3] == 1) {
        return y - floored(y - how[4], how[5] - how[4] + 1) * (how[5] - how[4] + 1);
    }
    return y < how[4] ? how[4] : (y > how[5] ? how[5] : y);
}

#define REQUANTIZED(v, node)                                                                                           \
    requantized(v, (const int64_t[6]){DEMO_##node##_SHIFT, DEMO_##node##_SHIFT_IS_LEFT, DEMO_##node##_ROUNDING,        \
                                      DEMO_##node##_OVERFLOW, DEMO_##node##_MIN, DEMO_##node##_MAX})

static int64_t function(int64_t a)
{
    const int64_t t = a < 0 ? -a : a;
    const int64_t width = (int64_t)1 << DEMO_F_SEGMENT_LOG2;
    const int64_t s = t / width < DEMO_F_SEGMENTS ? t / width : DEMO_F_SEGMENTS - 1;
    const int64_t y = DEMO_F_BASES[0][s] * width + DEMO_F_SLOPES[0][s] * (t - s * width);
    return a < 0 ? -y : y;
}

int main(void)
{
    int64_t x[2][K_PAST] = {{0}};
    int64_t v[2][G_PAST] = {{0}};
    long i, q;
    while (scanf("%ld %ld", &i, &q) == 2) {
        int64_t u[2] = {0, 0}, sums[2] = {0, 0}, z[2] = {0, 0}, c[DEMO_PHI_CHANNEL_COUNT];
        for (int k = K_PAST - 1; k > 0; --k) {
            x[0][k] = x[0][k - 1];
            x[1][k] = x[1][k - 1];
        }
        x[0][0] = i;
        x[1][0] = q;
        for (int k = 0; k < K_PAST; ++k) {
            u[0] += DEMO_K_TAPS[0][0][0][k] * x[0][k] - DEMO_K_TAPS[0][0][1][k] * x[1][k];
            u[1] += DEMO_K_TAPS[0][0][0][k] * x[1][k] + DEMO_K_TAPS[0][0][1][k] * x[0][k];
        }
        u[0] = REQUANTIZED(u[0], U);
        u[1] = REQUANTIZED(u[1], U);
        for (int o = 0; o < DEMO_PHI_CHANNEL_COUNT; ++o) {
            const int64_t a = REQUANTIZED(DEMO_PHI_TAPS[o][0][0] * u[0] + DEMO_PHI_TAPS[o][1][0] * u[1], A);
            c[o] = REQUANTIZED(function(a), C);
            sums[0] += DEMO_PSI_TAPS[0][o][0] * c[o];
            sums[1] += DEMO_PSI_TAPS[1][o][0] * c[o];
        }
        for (int k = G_PAST - 1; k > 0; --k) {
            v[0][k] = v[0][k - 1];
            v[1][k] = v[1][k - 1];
        }
        v[0][0] = REQUANTIZED(sums[0], V);
        v[1][0] = REQUANTIZED(sums[1], V);
        for (int k = 0; k < G_PAST; ++k) {
            z[0] += DEMO_G_TAPS[0][0][0][k] * v[0][k] - DEMO_G_TAPS[0][0][1][k] * v[1][k];
            z[1] += DEMO_G_TAPS[0][0][0][k] * v[1][k] + DEMO_G_TAPS[0][0][1][k] * v[0][k];
        }
        printf("%ld %ld\n", (long)REQUANTIZED(z[0], Z), (long)REQUANTIZED(z[1], Z));
    }
    return 0;
}
