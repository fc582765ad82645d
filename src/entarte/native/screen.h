/* What is known of a row where its scores are only about right. */

#ifndef ENTARTE_SCREEN_H
#define ENTARTE_SCREEN_H

#include "product.h"

/* The numbers of a row as the matrix multiplies them. */
INLINE void numbers(const Matrix *w, const int32_t *x, float scale, float *out) {
    for (size i = 0; i < w->k; i += LANES) {
        __mmask16 real = lanes(w->k - i);
        __m512 each;
        if (w->kind == INT8) {
            __m512i whole = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(real, (const uint8_t *)x + i));
            whole = _mm512_sub_epi32(whole, _mm512_set1_epi32(128));
            each = _mm512_mul_ps(_mm512_cvtepi32_ps(whole), _mm512_set1_ps(scale));
        } else if (w->kind == BFLOAT16) {
            __m512i whole = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(real, (const uint16_t *)x + i));
            each = _mm512_castsi512_ps(_mm512_slli_epi32(whole, 16));
        } else {
            each = _mm512_maskz_loadu_ps(real, x + i);
        }
        _mm512_mask_storeu_ps(out + i, real, each);
    }
}

/* |x - y|; y may be NULL. */
INLINE float apart(const float *x, const float *y, size n) {
    __m512 sum = _mm512_setzero_ps();
    for (size i = 0; i < n; i += LANES) {
        __m512 each = _mm512_maskz_loadu_ps(lanes(n - i), x + i);
        if (y) each = _mm512_sub_ps(each, _mm512_maskz_loadu_ps(lanes(n - i), y + i));
        sum = _mm512_fmadd_ps(each, each, sum);
    }
    return sqrtf(_mm512_reduce_add_ps(sum));
}

#endif
