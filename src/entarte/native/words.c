/* The most probable words of a row. */

#include "product.h"

#define ROWS 12 /* whose scores lie in the cache together */

/* Puts a score among the `kept` largest of at most k, behind those that are equal. */
INLINE void insert(float each, size id, size k, size *kept, float *values, int64_t *ids) {
    if (*kept == k && !(each > values[k - 1])) return;
    size at = *kept < k ? (*kept)++ : k - 1;
    for (; at > 0 && each > values[at - 1]; at--) {
        values[at] = values[at - 1];
        ids[at] = ids[at - 1];
    }
    values[at] = each;
    ids[at] = id;
}

/* The k largest of n scores, the largest first, among equals the first; with `total` as logarithms of
   probabilities. Nothing below the k-th largest of the maxima of blocks can be among them. */
static void best(const float *scores, size n, size k, int total, float *maxima, float *values, int64_t *ids) {
    size block = n < 64 * PANEL ? LANES : PANEL, kept = 0;
    __m512 most = _mm512_set1_ps(-INFINITY);
    for (size b = 0; b * block < n; b++) {
        __m512 own = _mm512_set1_ps(-INFINITY);
        for (size i = b * block; i < n && i < (b + 1) * block; i += LANES)
            own = _mm512_max_ps(own, _mm512_mask_loadu_ps(own, lanes(n - i), scores + i));
        maxima[b] = _mm512_reduce_max_ps(own);
        most = _mm512_max_ps(most, own);
        insert(maxima[b], b, k, &kept, values, ids);
    }
    float top = _mm512_reduce_max_ps(most), least = kept == k ? values[k - 1] : -INFINITY;
    kept = 0;
    for (size b = 0; b * block < n; b++) {
        if (!(maxima[b] >= least)) continue;
        for (size i = b * block; i < n && i < (b + 1) * block; i += LANES) {
            __m512 own = _mm512_maskz_loadu_ps(lanes(n - i), scores + i);
            uint32_t found = _mm512_mask_cmp_ps_mask(lanes(n - i), own, _mm512_set1_ps(least), _CMP_GE_OQ);
            for (; found; found &= found - 1) {
                size id = i + __builtin_ctz(found);
                insert(scores[id], id, k, &kept, values, ids);
            }
        }
    }
    for (; kept < k; kept++) { /* scores that are no numbers */
        values[kept] = NAN;
        ids[kept] = kept;
    }
    if (!total) return;
    __m512 sum = _mm512_setzero_ps(), shift = _mm512_set1_ps(top);
    for (size i = 0; i < n; i += LANES) {
        __mmask16 there = lanes(n - i);
        __m512 each = exp16(_mm512_sub_ps(_mm512_maskz_loadu_ps(there, scores + i), shift));
        sum = _mm512_add_ps(sum, _mm512_maskz_mov_ps(there, each));
    }
    float all = logf(_mm512_reduce_add_ps(sum));
    for (size i = 0; i < k; i++) values[i] = values[i] - top - all;
}

/* features (rows, k of w) -> values and ids (rows, k). -1: no memory. */
int entarte_words(const Matrix *w, const float *features, size rows, size k, size total, float *values,
                  int64_t *ids) {
    float scales[ROWS], *maxima = malloc((w->n / LANES + 1) * 4), *scores = malloc(ROWS * w->n * 4);
    int32_t *narrow = malloc(ROWS * groups(w) * 4);
    int failed = maxima && scores && narrow ? 0 : -1;
    for (size r = 0; !failed && r < rows; r += ROWS) {
        size some = rows - r < ROWS ? rows - r : ROWS;
        narrow_rows(w, features + r * w->k, w->k, some, narrow, scales);
        multiply(w, narrow, scales, some, scores, w->n);
        for (size i = 0; i < some; i++)
            best(scores + i * w->n, w->n, k, (int)total, maxima, values + (r + i) * k, ids + (r + i) * k);
    }
    free(maxima);
    free(scores);
    free(narrow);
    return failed;
}

/* -- shortlists: a matrix for each sentence ---------------------------------------------------------------- */

INLINE size whole(const Matrix *w) { return panels(w) * groups(w) * GROUP; }

/* Bytes of a sentence's matrix, its offsets behind it. */
size entarte_picked(const Matrix *w) { return whole(w) + panels(w) * PANEL * 4; }

/* The rows of weight (·, k) that `words` (n) name, laid out. -1: no memory. */
int entarte_pick(const Matrix *w, const int8_t *weight, const int64_t *words, char *out) {
    int8_t *own = malloc(w->n * w->k);
    if (!own) return -1;
    for (size i = 0; i < w->n; i++) memcpy(own + i * w->k, weight + words[i] * w->k, w->k);
    entarte_pack(w->kind, w->n, w->k, (const char *)own, out, (int32_t *)(out + whole(w)));
    free(own);
    return 0;
}

/* As entarte_words with a matrix for each sentence, from `w->panels` on, and scales and bias (B, n); back
   (rows), rising, is b * beam + k. */
int entarte_short(const Matrix *w, const int64_t *back, size beam, const float *features, size rows, size k,
                  size total, float *values, int64_t *ids) {
    int failed = 0;
    for (size r = 0, end; !failed && r < rows; r = end) {
        size b = back[r] / beam;
        for (end = r + 1; end < rows && back[end] / beam == b; end++) {}
        Matrix own = *w;
        own.panels += b * entarte_picked(w);
        own.offsets = (const int32_t *)(own.panels + whole(w));
        own.scales += b * w->n;
        own.bias += b * w->n;
        failed = entarte_words(&own, features + r * w->k, end - r, k, total, values + r * k, ids + r * k);
    }
    return failed;
}
