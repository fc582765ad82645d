/* A look: scores that are products, softmax over the slots that are real, and the mean of what is there. */

#include "lanes.h"

#define MOST 4 /* sums that run side by side */

/* scores (slots) of one query (deep) with keys (deep, slots), times scale, where real; the rest is -inf. */
static void scores_of(const float *query, const float *keys, const uint8_t *real, size deep, size slots, float scale,
                      float *scores) {
    for (size s = 0; s < slots; s += LANES) {
        __mmask16 there = lanes(slots - s);
        __m512 sums[MOST];
        for (int n = 0; n < MOST; n++) sums[n] = _mm512_setzero_ps();
        size d = 0;
        for (; d + MOST <= deep; d += MOST)
            for (int n = 0; n < MOST; n++)
                sums[n] = _mm512_fmadd_ps(_mm512_set1_ps(query[d + n]),
                                          _mm512_maskz_loadu_ps(there, keys + (d + n) * slots + s), sums[n]);
        for (; d < deep; d++)
            sums[0] = _mm512_fmadd_ps(_mm512_set1_ps(query[d]), _mm512_maskz_loadu_ps(there, keys + d * slots + s),
                                      sums[0]);
        __m512 sum = _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3]));
        __mmask16 seen = _mm512_mask_test_epi32_mask(
            there, _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(there, real + s)), _mm512_set1_epi32(-1));
        sum = _mm512_mask_mul_ps(_mm512_set1_ps(-INFINITY), seen, sum, _mm512_set1_ps(scale));
        _mm512_mask_storeu_ps(scores + s, there, sum);
    }
}

/* In place. */
static void softmax(float *x, size n) {
    __m512 most = _mm512_set1_ps(-INFINITY), sum = _mm512_setzero_ps();
    for (size i = 0; i < n; i += LANES)
        most = _mm512_max_ps(most, _mm512_mask_loadu_ps(most, lanes(n - i), x + i));
    most = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (size i = 0; i < n; i += LANES) {
        __mmask16 there = lanes(n - i);
        __m512 given = _mm512_maskz_loadu_ps(there, x + i);
        __mmask16 real = _mm512_mask_cmp_ps_mask(there, given, _mm512_set1_ps(-INFINITY), _CMP_NEQ_UQ);
        __m512 found = _mm512_maskz_mov_ps(real, exp16(_mm512_sub_ps(given, most)));
        _mm512_mask_storeu_ps(x + i, there, found);
        sum = _mm512_add_ps(sum, found);
    }
    __m512 one = _mm512_set1_ps(_mm512_reduce_add_ps(sum));
    for (size i = 0; i < n; i += LANES) {
        __mmask16 there = lanes(n - i);
        _mm512_mask_storeu_ps(x + i, there, _mm512_div_ps(_mm512_maskz_loadu_ps(there, x + i), one));
    }
}

void entarte_softmax(float *x, size rows, size n) {
    for (size r = 0; r < rows; r++) softmax(x + r * n, n);
}

/* The sum of values (slots, width), each times its weight. */
static void mean_of(const float *weights, const float *values, size slots, size width, float *out) {
    for (size j = 0; j < width; j += MOST * LANES) {
        __m512 sums[MOST];
        __mmask16 there[MOST];
        for (int n = 0; n < MOST; n++) {
            size left = width - j - n * LANES;
            there[n] = left > 0 ? lanes(left) : 0;
            sums[n] = _mm512_setzero_ps();
        }
        for (size s = 0; s < slots; s++) {
            __m512 weight = _mm512_set1_ps(weights[s]);
            const float *from = values + s * width + j;
            for (int n = 0; n < MOST; n++)
                sums[n] = _mm512_fmadd_ps(weight, _mm512_maskz_loadu_ps(there[n], from + n * LANES), sums[n]);
        }
        for (int n = 0; n < MOST; n++) _mm512_mask_storeu_ps(out + j + n * LANES, there[n], sums[n]);
    }
}

/* query (rows, heads * deep), back (rows) b * beam + k, keys (B, heads, deep, slots), real (B, slots),
   values (B, heads, slots, width) -> context (rows, heads * width), weights (rows, heads, slots). */
void entarte_look(const float *query, const int64_t *back, size beam, const float *keys, const uint8_t *real,
                  const float *values, float scale, size rows, size heads, size deep, size slots, size width,
                  float *context, float *weights) {
    for (size r = 0; r < rows; r++) {
        size b = back[r] / beam;
        for (size h = 0; h < heads; h++) {
            size at = b * heads + h, row = r * heads + h;
            float *own = weights + row * slots;
            scores_of(query + row * deep, keys + at * deep * slots, real + b * slots, deep, slots, scale, own);
            softmax(own, slots);
            mean_of(own, values + at * slots * width, slots, width, context + row * width);
        }
    }
}
