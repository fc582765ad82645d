/* The most probable words of a row. */

#include "best.h"

#define ROWS 12 /* whose scores lie in the cache together */

/* features (rows, k of w) -> values and ids (rows, k). -1: no memory. */
int entarte_words(const Matrix *w, const float *features, size rows, size k, size total, float *values,
                  int64_t *ids) {
    Found found;
    float scales[ROWS], *scores = malloc(ROWS * w->n * 4);
    int32_t *narrow = malloc(ROWS * groups(w) * 4);
    int failed = open_found(&found, w->n) || !scores || !narrow ? -1 : 0;
    for (size r = 0; !failed && r < rows; r += ROWS) {
        size some = rows - r < ROWS ? rows - r : ROWS;
        narrow_rows(w, features + r * w->k, w->k, some, narrow, scales);
        multiply(w, narrow, scales, some, scores, w->n);
        for (size i = 0; i < some; i++)
            best(scores + i * w->n, w->n, k, (int)total, &found, values + (r + i) * k, ids + (r + i) * k);
    }
    close_found(&found);
    free(scores);
    free(narrow);
    return failed;
}
