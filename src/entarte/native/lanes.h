/* Sixteen numbers at a time (AVX-512), and the functions that a decoder needs of each.

   A function of a number gives the same bits wherever the number stands: what is left over at the end of a
   row is computed in sixteen lanes too, some of them empty. */

#ifndef ENTARTE_LANES_H
#define ENTARTE_LANES_H

#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LANES 16
#define INLINE static inline __attribute__((always_inline))

typedef int64_t size;

/* Which of sixteen lanes are left before the end. */
INLINE __mmask16 lanes(size left) { return left >= LANES ? 0xFFFF : (__mmask16)((1u << left) - 1); }

/* e to the x, to 1e-7 of it: 2 to the whole part of x / ln 2, times a polynomial of the rest. */
INLINE __m512 exp16(__m512 x) {
    /* the second of two is what these give for what is no number */
    x = _mm512_min_ps(_mm512_set1_ps(88.7f), _mm512_max_ps(_mm512_set1_ps(-103.0f), x));
    __m512 whole = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 8);
    __m512 rest = _mm512_fnmadd_ps(whole, _mm512_set1_ps(0.693359375f), x);
    rest = _mm512_fnmadd_ps(whole, _mm512_set1_ps(-2.12194440e-4f), rest);
    __m512 p = _mm512_set1_ps(1.0f / 5040);
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f / 720));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f / 120));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f / 24));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f / 6));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(0.5f));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f));
    p = _mm512_fmadd_ps(p, rest, _mm512_set1_ps(1.0f));
    return _mm512_scalef_ps(p, whole);
}

INLINE __m512 sigmoid16(__m512 x) {
    __m512 one = _mm512_set1_ps(1.0f);
    return _mm512_div_ps(one, _mm512_add_ps(one, exp16(_mm512_sub_ps(_mm512_setzero_ps(), x))));
}

/* 2 sigmoid(2x) - 1, within 2e-7 of tanh. */
INLINE __m512 tanh16(__m512 x) {
    __m512 two = _mm512_set1_ps(2.0f);
    return _mm512_fmsub_ps(two, sigmoid16(_mm512_mul_ps(two, x)), _mm512_set1_ps(1.0f));
}

#endif
