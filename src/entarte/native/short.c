/* Shortlists: the most probable of a sentence's own words. */

#include "best.h"

/* The sums of sixteen vectors of sixteen numbers, in their order. */
INLINE __m512i sums_of(__m512i *x) {
    for (int i = 0; i < 8; i++)
        x[i] = _mm512_add_epi32(_mm512_unpacklo_epi32(x[2 * i], x[2 * i + 1]),
                                _mm512_unpackhi_epi32(x[2 * i], x[2 * i + 1]));
    for (int i = 0; i < 4; i++)
        x[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(x[2 * i], x[2 * i + 1]),
                                _mm512_unpackhi_epi64(x[2 * i], x[2 * i + 1]));
    for (int i = 0; i < 2; i++)
        x[i] = _mm512_add_epi32(_mm512_shuffle_i32x4(x[2 * i], x[2 * i + 1], 0x88),
                                _mm512_shuffle_i32x4(x[2 * i], x[2 * i + 1], 0xdd));
    return _mm512_add_epi32(_mm512_shuffle_i32x4(x[0], x[1], 0x88), _mm512_shuffle_i32x4(x[0], x[1], 0xdd));
}

/* Scores of M rows x, `bytes` apart and filled up with zeros to whole vectors, for `some` words; a row's stand
   `stride` apart. The matrix lies row by row. */
INLINE void sixteen_words(const int M, const Matrix *w, const uint8_t *x, size bytes, const float *row_scales,
                          const int64_t *words, size some, float *scores, size stride) {
    __m512i dots[M][LANES];
    for (size c = 0; c < LANES; c++) {
        const char *row = w->panels + words[c < some ? c : 0] * w->k;
        __m512i own[M];
        if (c + 2 < some) /* it may lie anywhere */
            for (size i = 0; i < w->k; i += 64) _mm_prefetch(w->panels + words[c + 2] * w->k + i, _MM_HINT_T0);
#pragma GCC unroll 8
        for (int r = 0; r < M; r++) own[r] = _mm512_setzero_si512();
        for (size i = 0; i < w->k; i += 64) {
            size left = w->k - i;
            __mmask64 real = left >= 64 ? ~0ull : (1ull << left) - 1;
            __m512i weights = _mm512_maskz_loadu_epi8(real, row + i);
#pragma GCC unroll 8
            for (int r = 0; r < M; r++)
                own[r] = step(INT8, own[r], _mm512_loadu_si512(x + r * bytes + i), weights);
        }
#pragma GCC unroll 8
        for (int r = 0; r < M; r++) dots[r][c] = own[r];
    }
    int32_t offsets[LANES] = {0};
    float scales[LANES] = {0}, bias[LANES] = {0};
    for (size c = 0; c < some; c++) {
        offsets[c] = w->offsets[words[c]];
        scales[c] = w->scales[words[c]];
        bias[c] = w->bias[words[c]];
    }
    for (int r = 0; r < M; r++) {
        __m512i whole = _mm512_add_epi32(sums_of(dots[r]), _mm512_loadu_si512(offsets));
        __m512 scale = _mm512_mul_ps(_mm512_set1_ps(row_scales[r]), _mm512_loadu_ps(scales));
        __m512 found = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole), scale, _mm512_loadu_ps(bias));
        _mm512_mask_storeu_ps(scores + r * stride, lanes(some), found);
    }
}

/* As entarte_words where each row has only the words of its sentence: words (.., n) ids, rising, filled up with
   PAD; back (rows), rising, is b * beam + k; the matrix lies row by row. ids are places in the list. */
int entarte_short(const Matrix *w, const int64_t *words, size n, size pad, const int64_t *back, size beam,
                  const float *features, size rows, size k, size total, float *values, int64_t *ids) {
    size bytes = (w->k + 63) / 64 * 64, deep = groups(w);
    float row_scales[TILE], *scores = malloc(TILE * n * 4);
    Found found;
    int32_t *narrow = malloc(deep * 4);
    uint8_t *x = aligned_alloc(64, TILE * bytes);
    int failed = open_found(&found, n) || !scores || !narrow || !x ? -1 : 0;
    if (x) memset(x, 0, TILE * bytes);
    for (size r = 0, end; !failed && r < rows; r = end) {
        size b = back[r] / beam, own = n;
        for (end = r + 1; end < rows && end < r + TILE && back[end] / beam == b; end++) {}
        const int64_t *list = words + b * n;
        while (own && list[own - 1] == pad) own--;
        for (size i = r; i < end; i++) {
            narrow_rows(w, features + i * w->k, w->k, 1, narrow, row_scales + i - r);
            memcpy(x + (i - r) * bytes, narrow, w->k);
        }
        for (size c = 0; c < own; c += LANES) {
            size some = own - c < LANES ? own - c : LANES;
            switch (end - r) {
                case 1: sixteen_words(1, w, x, bytes, row_scales, list + c, some, scores + c, n); break;
                case 2: sixteen_words(2, w, x, bytes, row_scales, list + c, some, scores + c, n); break;
                case 3: sixteen_words(3, w, x, bytes, row_scales, list + c, some, scores + c, n); break;
                case 4: sixteen_words(4, w, x, bytes, row_scales, list + c, some, scores + c, n); break;
                case 5: sixteen_words(5, w, x, bytes, row_scales, list + c, some, scores + c, n); break;
                default: sixteen_words(6, w, x, bytes, row_scales, list + c, some, scores + c, n);
            }
        }
        for (size i = r; i < end; i++)
            best(scores + (i - r) * n, own, k, (int)total, &found, values + i * k, ids + i * k);
    }
    close_found(&found);
    free(scores);
    free(narrow);
    free(x);
    return failed;
}
