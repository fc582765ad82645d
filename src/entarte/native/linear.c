/* Products of rows with a matrix. */

#include "each.h"
#include "part.h"

/* Parts side by side (rows, k) -> y (rows, n), after a function of each number; after < 0: as they are. 0, or -1 where
   there is no memory. */
int entarte_linear(const Matrix *w, const Part *parts, size count, size after, size rows, float *y) {
    size block = at_once(w, rows);
    int32_t *narrow = malloc(block * groups(w) * 4);
    float scales[MOST_ROWS], *wide = malloc(block * w->k * 4);
    int failed = !narrow || !wide ? -1 : 0;
    for (size r = 0; !failed && r < rows; r += block) {
        size some = rows - r < block ? rows - r : block;
        narrow_rows(w, side_by_side(parts, count, r, some, wide), w->k, some, narrow, scales);
        multiply(w, narrow, scales, some, y + r * w->n, w->n);
        if (after >= 0) each(after, y + r * w->n, some * w->n, y + r * w->n);
    }
    free(narrow);
    free(wide);
    return failed;
}
