#include "product.h"

/* -- laying out ------------------------------------------------------------------------------------------ */

/* Four bytes from each of sixteen places. */
INLINE __m512i sixteen(const int64_t *places, const char *from) {
    __m256i low = _mm512_i64gather_epi32(_mm512_loadu_si512(places), from, 1);
    __m256i high = _mm512_i64gather_epi32(_mm512_loadu_si512(places + 8), from, 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

void entarte_pack(size kind, size n, size k, const char *weight, char *out, int32_t *offsets) {
    size bytes = kind == INT8 ? 1 : kind == BFLOAT16 ? 2 : 4, each = 4 / bytes, deep = (k + each - 1) / each;
    size filled = (n + PANEL - 1) / PANEL * PANEL;
    for (size first = 0; first < filled; first += LANES) { /* sixteen rows side by side: stores follow each other */
        char *to = out + first / PANEL * deep * GROUP + first % PANEL * 4;
        int64_t places[LANES] = {0};
        size some = n > first ? (n - first < LANES ? n - first : LANES) : 0;
        for (size c = 0; c < some; c++) places[c] = (first + c) * k * bytes;
        for (size g = 0; g < k / each; g++)
            _mm512_storeu_si512(to + g * GROUP, _mm512_maskz_mov_epi32(lanes(some), sixteen(places, weight + g * 4)));
        if (k % each) {
            memset(to + k / each * GROUP, 0, LANES * 4);
            for (size c = 0; c < some; c++)
                memcpy(to + k / each * GROUP + c * 4, weight + places[c] + k / each * 4, k % each * bytes);
        }
        for (size c = 0; kind == INT8 && c < LANES; c++) {
            int32_t sum = 0;
            for (size i = 0; c < some && i < k; i++) sum += (int8_t)weight[places[c] + i];
            offsets[first + c] = -128 * sum;
        }
    }
}

/* -- rows ------------------------------------------------------------------------------------------------ */

static void narrow_int8(const float *x, size k, int bounded, uint8_t *out, float *scale) {
    float step = 127.0f;
    *scale = 1.0f / 127;
    if (!bounded) {
        __m512 most = _mm512_set1_ps(1e-12f);
        for (size i = 0; i < k; i += LANES)
            most = _mm512_max_ps(most, _mm512_abs_ps(_mm512_maskz_loadu_ps(lanes(k - i), x + i)));
        *scale = _mm512_reduce_max_ps(most) * (1.0f / 127);
        step = 1.0f / *scale;
    }
    for (size i = 0; i < k; i += LANES) {
        __mmask16 real = lanes(k - i);
        __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(real, x + i), _mm512_set1_ps(step));
        __m512i whole = _mm512_add_epi32(_mm512_cvtps_epi32(scaled), _mm512_set1_epi32(128));
        whole = _mm512_max_epi32(whole, _mm512_setzero_si512());
        _mm512_mask_cvtusepi32_storeu_epi8(out + i, real, whole);
    }
}

static void narrow_bfloat16(const float *x, size k, uint16_t *out) {
    for (size i = 0; i < k; i += LANES) {
        __mmask16 real = lanes(k - i);
        __m256bh narrow = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(real, x + i));
        _mm256_mask_storeu_epi16(out + i, real, (__m256i)narrow);
    }
}

void narrow_rows(const Matrix *w, const float *x, size stride, size rows, int32_t *out, float *scales) {
    size deep = groups(w);
    for (size r = 0; r < rows; r++, x += stride, out += deep) {
        out[deep - 1] = 0; /* what fills up the last group */
        if (w->kind == INT8)
            narrow_int8(x, w->k, (int)w->bounded, (uint8_t *)out, scales + r);
        else if (w->kind == BFLOAT16)
            narrow_bfloat16(x, w->k, (uint16_t *)out);
        else
            memcpy(out, x, w->k * 4);
    }
}

/* -- the kernel ------------------------------------------------------------------------------------------ */

/* Rounded to bfloat16, as what a product of these gives is. */
INLINE __m512 rounded(__m512 x) {
    return (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(x)), 16);
}

/* M rows with one panel. Meanwhile a quarter of the `next` panel is sent for: four tiles, and all of it is near. The sums
   lie in an array of fixed size, or else compilers write them to memory beside an instruction that reads it. */
INLINE void tile(const int kind, const int M, const Matrix *w, size column, const int32_t *x,
                 const float *row_scales, float *y, size stride, const char *next) {
    size deep = groups(w), left = w->n - column;
    const char *panel = w->panels + column * deep * 4;
    __m512i sums[TILE][4];
#pragma GCC unroll 8
    for (int r = 0; r < M; r++)
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++)
            sums[r][c] = kind == INT8 ? _mm512_loadu_si512(w->offsets + column + c * LANES) : _mm512_setzero_si512();
    for (size g = 0; g < deep; g++) {
        __m512i columns[4];
        _mm_prefetch(next + g * GROUP, _MM_HINT_T1);
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++) columns[c] = _mm512_loadu_si512(panel + g * GROUP + c * 64);
#pragma GCC unroll 8
        for (int r = 0; r < M; r++) {
            __m512i each = _mm512_set1_epi32(x[r * deep + g]);
#pragma GCC unroll 4
            for (int c = 0; c < 4; c++) sums[r][c] = step(kind, sums[r][c], each, columns[c]);
        }
    }
#pragma GCC unroll 4
    for (int c = 0; c < 4; c++) {
        if (left <= c * LANES) break;
        __mmask16 real = lanes(left - c * LANES);
        size at = column + c * LANES;
        __m512 bias = w->bias ? _mm512_maskz_loadu_ps(real, w->bias + at) : _mm512_setzero_ps();
        __m512 scale = kind == INT8 ? _mm512_maskz_loadu_ps(real, w->scales + at) : bias;
#pragma GCC unroll 8
        for (int r = 0; r < M; r++) {
            __m512 found = (__m512)sums[r][c];
            if (kind == INT8)
                found = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r][c]),
                                        _mm512_mul_ps(_mm512_set1_ps(row_scales[r]), scale), bias);
            else
                found = _mm512_add_ps(found, bias);
            if (kind == BFLOAT16 && w->coarse) found = rounded(found);
            _mm512_mask_storeu_ps(y + r * stride + at, real, found);
        }
    }
}

INLINE void every(const int kind, const Matrix *w, const int32_t *x, const float *scales, size rows, float *y,
                  size stride) {
    size deep = groups(w);
    for (size column = 0; column < w->n; column += PANEL) {
        const char *next = w->panels + (column + PANEL < w->n ? (column + PANEL) * deep * 4 : 0);
        for (size r = 0; r < rows; r += TILE) {
            const int32_t *from = x + r * deep;
            const float *own = scales + r;
            const char *soon = next + r / TILE % 4 * 64;
            float *to = y + r * stride;
            switch (rows - r < TILE ? rows - r : TILE) {
                case 1: tile(kind, 1, w, column, from, own, to, stride, soon); break;
                case 2: tile(kind, 2, w, column, from, own, to, stride, soon); break;
                case 3: tile(kind, 3, w, column, from, own, to, stride, soon); break;
                case 4: tile(kind, 4, w, column, from, own, to, stride, soon); break;
                case 5: tile(kind, 5, w, column, from, own, to, stride, soon); break;
                default: tile(kind, 6, w, column, from, own, to, stride, soon);
            }
        }
    }
}

void multiply(const Matrix *w, const int32_t *x, const float *scales, size rows, float *y, size stride) {
    if (w->kind == INT8)
        every(INT8, w, x, scales, rows, y, stride);
    else if (w->kind == BFLOAT16)
        every(BFLOAT16, w, x, scales, rows, y, stride);
    else
        every(FLOAT32, w, x, scales, rows, y, stride);
}
