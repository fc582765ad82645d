/* The most probable words of a row. */

#include "best.h"

/* features (rows, k of w) -> values and ids (rows, k). -1: no memory. */
int entarte_words(const Matrix *w, const float *features, size rows, size k, size total, float *values,
                  int64_t *ids) {
    Found found;
    size block = at_once(w, rows);
    float scales[MOST_ROWS], *scores = malloc(block * w->n * 4);
    int32_t *narrow = malloc(block * groups(w) * 4);
    int failed = open_found(&found, w->n) || !scores || !narrow ? -1 : 0;
    for (size r = 0; !failed && r < rows; r += block) {
        size some = rows - r < block ? rows - r : block;
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
