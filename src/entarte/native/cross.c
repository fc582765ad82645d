/* Softmax, cross-entropy and its gradient for rows of logits, which become p - truth in their place.

   A row is read once from afar; the rest is done while it is in the cache. */

#include "team.h"

enum { FLOAT32, BFLOAT16 };

#define PIECES 8 /* of the rows, whatever the number of threads is: so sums over rows have one order */

/* kind       of the logits, (rows, words)
   bias       (words), added to the logits
   truth      (rows)
   smoothing  how much of the truth is spread evenly over all words
   back       whether logits become their gradients
   said       (rows, 2): -log p(truth), and the mean of -log p over all words
   sums       (PIECES, words): of the gradients of a piece's rows
   far        (PIECES, words) room for a row */
typedef struct {
    size kind, rows, words, back, next;
    char *logits;
    const float *bias;
    const int64_t *truth;
    float smoothing, *said, *sums, *far;
} Cross;

INLINE __m512 logit(const int kind, const Cross *c, const char *row, size j, __mmask16 real) {
    __m512 found;
    if (kind == FLOAT32)
        found = _mm512_maskz_loadu_ps(real, (const float *)row + j);
    else
        found = (__m512)_mm512_slli_epi32(
            _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(real, (const uint16_t *)row + j)), 16);
    return _mm512_add_ps(found, _mm512_maskz_loadu_ps(real, c->bias + j));
}

INLINE void put(const int kind, char *row, size j, __mmask16 real, __m512 slope) {
    if (kind == FLOAT32)
        _mm512_mask_storeu_ps((float *)row + j, real, slope);
    else
        _mm256_mask_storeu_epi16((uint16_t *)row + j, real, (__m256i)_mm512_cvtneps_pbh(slope));
}

INLINE void row_of(const int kind, const Cross *c, size r, float *x, float *sums) {
    char *row = c->logits + r * c->words * (kind == FLOAT32 ? 4 : 2);
    size words = c->words, truth = c->truth[r];
    __m512 most = _mm512_set1_ps(-INFINITY), all = _mm512_setzero_ps(), total = _mm512_setzero_ps();
    for (size j = 0; j < words; j += LANES) {
        __mmask16 real = lanes(words - j);
        __m512 found = logit(kind, c, row, j, real);
        _mm512_mask_storeu_ps(x + j, real, found);
        most = _mm512_mask_max_ps(most, real, most, found);
        all = _mm512_add_ps(all, found);
    }
    float top = _mm512_reduce_max_ps(most), mean = _mm512_reduce_add_ps(all) / (float)words, right = x[truth];
    if (!isfinite(mean)) top = mean = right = NAN; /* a training must see that it has diverged */
    for (size j = 0; j < words; j += LANES) {
        __mmask16 real = lanes(words - j);
        __m512 power = exp16(_mm512_sub_ps(_mm512_maskz_loadu_ps(real, x + j), _mm512_set1_ps(top)));
        _mm512_mask_storeu_ps(x + j, real, power);
        total = _mm512_mask_add_ps(total, real, total, power);
    }
    float whole = _mm512_reduce_add_ps(total), norm = top + logf(whole), even = c->smoothing / (float)words;
    c->said[2 * r] = norm - right;
    c->said[2 * r + 1] = norm - mean;
    if (!c->back) return;
    x[truth] -= (1 - c->smoothing) * whole;
    __m512 share = _mm512_set1_ps(isnan(top) ? NAN : 1 / whole);
    for (size j = 0; j < words; j += LANES) {
        __mmask16 real = lanes(words - j);
        __m512 slope = _mm512_fmsub_ps(_mm512_maskz_loadu_ps(real, x + j), share, _mm512_set1_ps(even));
        put(kind, row, j, real, slope);
        _mm512_mask_storeu_ps(sums + j, real, _mm512_add_ps(slope, _mm512_maskz_loadu_ps(real, sums + j)));
    }
}

static void pieces(void *data) {
    Cross *c = data;
    for (size piece; (piece = take(&c->next)) < PIECES;) {
        float *sums = c->sums + piece * c->words, *far = c->far + piece * c->words;
        memset(sums, 0, c->words * 4);
        for (size r = piece * c->rows / PIECES; r < (piece + 1) * c->rows / PIECES; r++)
            if (c->kind == FLOAT32)
                row_of(FLOAT32, c, r, far, sums);
            else
                row_of(BFLOAT16, c, r, far, sums);
    }
}

/* `dbias` (words): the gradients' sums over all rows are added to it. 0; -1: there is no memory; 1: no word has such a
   number, and nothing was done. */
int entarte_cross(size kind, char *logits, size rows, size words, const float *bias, const int64_t *truth,
                  float smoothing, size back, float *said, float *dbias, Team team, size threads) {
    for (size r = 0; r < rows; r++)
        if (truth[r] < 0 || truth[r] >= words) return 1;
    float *room = malloc(2 * PIECES * words * 4);
    if (!room) return -1;
    Cross c = {.kind = kind, .rows = rows, .words = words, .back = back, .logits = logits, .bias = bias, .truth = truth,
               .smoothing = smoothing, .said = said, .sums = room, .far = room + PIECES * words};
    together(team, threads, pieces, &c);
    for (size piece = 0; back && piece < PIECES; piece++)
        for (size j = 0; j < words; j++) dbias[j] += c.sums[piece * words + j];
    free(room);
    return 0;
}
