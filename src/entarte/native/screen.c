/* The most probable words of a row, found among few.

   A copy of the matrix in int8 says of every word, at a quarter of the cost, about what its score is. How far a
   score s of the copy can be from the score t of the matrix itself is known, by Cauchy and Schwarz: with x and
   w as the matrix multiplies them, x' and w' as the copy does,

       |t - s|  <=  |x - x'| |w| + |x'| |w - w'| + what is rounded on the way  =  far.

   The k words with the largest s have a t of at least s_k - far each, where s_k is the k-th largest s. So a word
   whose s is below s_k - 2 far has a smaller t than all of those. The others are few: these are multiplied with
   the matrix itself, in the order in which a product does it. What is found is what entarte_words finds, bit
   for bit. */

#include "best.h"
#include "screen.h"

#define FEW 4   /* words that are multiplied side by side */
#define MANY 4 /* one in so many words: then all of them at once are cheaper */

/* How far a score of the copy can be from that of the matrix, for a row x and x'. norm: the largest |w| or |w'|
   of a word, plus its bias; error: the largest |w - w'|. */
static float how_far(const float *x, const float *narrow, size n, float norm, float error) {
    float rounding = 4 * (float)(n + 8) * 0x1p-24f, own = apart(narrow, NULL, n);
    float lost = apart(x, narrow, n) + rounding * (apart(x, NULL, n) + own + 2);
    return 1.001f * (lost * norm + own * error) + 1e-30f;
}

/* Scores of at most FEW words, as a tile of a product has them. The matrix lies row by row. */
static void exactly(const Matrix *w, const char *matrix, const int32_t *x, const int32_t *words, size some,
                    int32_t *room, float *scores) {
    size deep = groups(w), bytes = w->k * (w->kind == BFLOAT16 ? 2 : 4);
    __m512i sums[FEW];
    for (size c = 0; c < FEW; c++) {
        room[(c + 1) * deep - 1] = 0; /* what fills up the last group */
        memcpy(room + c * deep, matrix + words[c < some ? c : 0] * bytes, bytes);
        sums[c] = _mm512_setzero_si512();
    }
    for (size g = 0; g < deep; g++) {
        __m512i each = _mm512_set1_epi32(x[g]);
#pragma GCC unroll 4
        for (int c = 0; c < FEW; c++) {
            __m512i own = _mm512_set1_epi32(room[c * deep + g]);
            sums[c] = w->kind == BFLOAT16 ? step(BFLOAT16, sums[c], each, own) : step(FLOAT32, sums[c], each, own);
        }
    }
    for (size c = 0; c < some; c++)
        scores[c] = _mm512_cvtss_f32(_mm512_castsi512_ps(sums[c])) + (w->bias ? w->bias[words[c]] : 0.0f);
}

/* As entarte_words without `total`.

   w       the matrix, float32 or bfloat16; matrix: the same, row by row
   narrow  the copy in int8
   -> values and ids (rows, k). -1: no memory. */
int entarte_screened(const Matrix *w, const char *matrix, const Matrix *narrow, float norm, float error,
                     const float *features, size rows, size k, float *values, int64_t *ids) {
    Found found;
    size deep = groups(w), less = groups(narrow), block = at_once(narrow, rows);
    float scales[MOST_ROWS], *scores = malloc(block * w->n * 4), *wide = malloc(2 * w->k * 4);
    int32_t *x = malloc((deep + less) * block * 4), *near = x + deep * block, *room = malloc(FEW * deep * 4);
    int failed = open_found(&found, w->n) || !scores || !wide || !x || !room ? -1 : 0;
    for (size r = 0; !failed && r < rows; r += block) {
        size some = rows - r < block ? rows - r : block;
        narrow_rows(narrow, features + r * w->k, w->k, some, near, scales);
        multiply(narrow, near, scales, some, scores, w->n);
        narrow_rows(w, features + r * w->k, w->k, some, x, NULL);
        for (size i = 0; i < some; i++) {
            float *own = values + (r + i) * k, *all = scores + i * w->n, few[FEW];
            int64_t *which = ids + (r + i) * k;
            numbers(w, x + i * deep, 1, wide);
            numbers(narrow, near + i * less, scales[i], wide + w->k);
            float far = how_far(wide, wide + w->k, w->k, norm, error);
            size count = near_best(all, w->n, k, 2 * far, &found, own, which), kept = 0;
            if (count * MANY > w->n) {
                multiply(w, x + i * deep, NULL, 1, all, w->n);
                best(all, w->n, k, 0, &found, own, which);
                continue;
            }
            for (size c = 0; c < count; c += FEW) {
                size next = count - c < FEW ? count - c : FEW;
                exactly(w, matrix, x + i * deep, found.ids + c, next, room, few);
                for (size j = 0; j < next; j++) insert(few[j], found.ids[c + j], k, &kept, own, which);
            }
            fill_up(w->n, k, kept, own, which);
        }
    }
    close_found(&found);
    free(scores);
    free(wide);
    free(x);
    free(room);
    return failed;
}
