/* The most probable word of a row of int8, found among few.

   Rows w of the matrix do not fill all directions alike. A turn R brings the directions in which they are long to the
   front: with y = R x and v = R w of only the first few, x w = y v + what lies behind them, and that is at most
   |x behind| |w behind|, by Cauchy and Schwarz. y v itself is taken in int8, which adds what is known as `far`, as in
   screen.c. So for each word, at the cost of the front alone, there is a largest score that it can have. Where this is
   below the score of another word it cannot be the best. The others are few: their scores are computed as the product
   with the matrix computes them, and so the word that is found is that of entarte_words. */

#include "best.h"
#include "screen.h"

#define MANY 8  /* one word in so many: then all of them at once are cheaper */

/* A score as a tile of a product has it. x is filled up to whole vectors. */
INLINE float exactly(const Matrix *rows, const uint8_t *x, float scale, size word) {
    const char *own = rows->panels + word * rows->k;
    __m512i sum = _mm512_setzero_si512();
    for (size i = 0; i < rows->k; i += 64) {
        size left = rows->k - i;
        __mmask64 real = left >= 64 ? ~0ull : (1ull << left) - 1;
        sum = step(INT8, sum, _mm512_maskz_loadu_epi8(real, x + i), _mm512_maskz_loadu_epi8(real, own + i));
    }
    float whole = (float)(_mm512_reduce_add_epi32(sum) + rows->offsets[word]);
    return fmaf(whole, scale * rows->scales[word], rows->bias[word]);
}

/* The first of the largest of n scores. */
INLINE size largest(const float *scores, size n) {
    __m512 most = _mm512_set1_ps(-INFINITY);
    for (size j = 0; j < n; j += LANES)
        most = _mm512_mask_max_ps(most, lanes(n - j), most, _mm512_maskz_loadu_ps(lanes(n - j), scores + j));
    __m512 top = _mm512_set1_ps(_mm512_reduce_max_ps(most));
    for (size j = 0; j < n; j += LANES) {
        __mmask16 here = _mm512_mask_cmp_ps_mask(lanes(n - j), _mm512_maskz_loadu_ps(lanes(n - j), scores + j), top, _CMP_EQ_OQ);
        if (here) return j + __builtin_ctz(here);
    }
    return 0; /* no numbers */
}

/* Words whose score + tail |w behind| + head |v - v'| is not below `least`; their number. Scores become these sums. */
INLINE size possible(float *scores, const float *tails, const float *errors, size n, float tail, float head, float least,
                     int32_t *ids) {
    __m512 by = _mm512_set1_ps(tail), and = _mm512_set1_ps(head), wanted = _mm512_set1_ps(least);
    __m512i own = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size count = 0;
    for (size j = 0; j < n; j += LANES, own = _mm512_add_epi32(own, _mm512_set1_epi32(LANES))) {
        __mmask16 real = lanes(n - j);
        __m512 most = _mm512_fmadd_ps(by, _mm512_maskz_loadu_ps(real, tails + j), _mm512_maskz_loadu_ps(real, scores + j));
        most = _mm512_fmadd_ps(and, _mm512_maskz_loadu_ps(real, errors + j), most);
        _mm512_mask_storeu_ps(scores + j, real, most);
        __mmask16 kept = _mm512_mask_cmp_ps_mask(real, most, wanted, _CMP_GE_OQ);
        if (!kept) continue;
        _mm512_mask_compressstoreu_epi32(ids + count, kept, own);
        count += __builtin_popcount(kept);
    }
    return count;
}

/* As entarte_words for one word a row, without `total`.

   w      the matrix; by_rows the same, row by row; int8
   turn   R (d, k of w), float32
   front  (n, d), int8: R w of each word, and its bias
   tails  (n) lengths of the words' rows behind the front
   errors (n) |v - v'|
   norm   the largest |w| or |v| of a word, plus its bias
   -> values and ids (rows). The number of rows for which all words were multiplied; -1: no memory. */
int entarte_fronted(const Matrix *w, const Matrix *by_rows, const Matrix *turn, const Matrix *front, const float *tails,
                    const float *errors, float norm, const float *features, size rows, float *values, int64_t *ids) {
    Found found;
    size k = w->k, d = turn->n, n = w->n, deep = groups(w), less = groups(front), block = at_once(front, rows);
    float scales[MOST_ROWS], own_scales[MOST_ROWS];
    float *scores = malloc(block * n * 4), *wide = malloc(block * (k + d) * 4 + d * 4), *y = wide + block * k;
    int32_t *x = malloc((deep + less) * block * 4 + n * 4 + 64), *near = x + deep * block, *ids_ = near + less * block;
    int failed = open_found(&found, n) || !scores || !wide || !x ? -1 : 0, whole = 0;
    float rounding = (float)(k + 8) * 0x1p-24f, spread = rounding * sqrtf((float)d) + 1e-5f;
    for (size r = 0; !failed && r < rows; r += block) {
        size some = rows - r < block ? rows - r : block;
        narrow_rows(w, features + r * k, k, some, x, scales);
        for (size i = 0; i < some; i++) numbers(w, x + i * deep, scales[i], wide + i * k);
        multiply(turn, (const int32_t *)wide, NULL, some, y, d);
        narrow_rows(front, y, d, some, near, own_scales);
        multiply(front, near, own_scales, some, scores, n);
        for (size i = 0; i < some; i++) {
            float *near_y = y + block * d, *all = scores + i * n;
            numbers(front, near + i * less, own_scales[i], near_y);
            float length = apart(wide + i * k, NULL, k), head = apart(y + i * d, NULL, d);
            float behind = length * length - head * head, tail = sqrtf((behind > 0 ? behind : 0) + spread * length * length);
            float lost = apart(y + i * d, near_y, d) + (spread + 8 * rounding) * (length + head + 2);
            float far = 1.001f * lost * norm + 1e-30f;
            const uint8_t *own = (const uint8_t *)(x + i * deep);
            float top = exactly(by_rows, own, scales[i], largest(all, n));
            size count = possible(all, tails, errors, n, 1.001f * tail, apart(near_y, NULL, d), top - far, ids_), word = count ? ids_[0] : 0;
            if (!count || count * MANY > n) {
                multiply(w, x + i * deep, scales + i, 1, all, n);
                best(all, n, 1, 0, &found, values + r + i, ids + r + i);
                whole++;
                continue;
            }
            values[r + i] = -INFINITY;
            for (size c = 0; c < count; c++) /* they lie far from each other */
                for (size byte = 0; byte < k; byte += 64) _mm_prefetch(by_rows->panels + ids_[c] * k + byte, _MM_HINT_T0);
            for (size c = 0; c < count; c++) {
                if (all[ids_[c]] < top - far) continue; /* another was better meanwhile */
                float each = exactly(by_rows, own, scales[i], ids_[c]);
                if (each > values[r + i]) values[r + i] = each, word = ids_[c];
                top = each > top ? each : top;
            }
            ids[r + i] = word;
        }
    }
    close_found(&found);
    free(scores);
    free(wide);
    free(x);
    return failed ? -1 : whole;
}
