/* The largest of many scores. */

#ifndef ENTARTE_BEST_H
#define ENTARTE_BEST_H

#include "product.h"

/* What looking through n scores needs. */
typedef struct {
    float *maxima; /* of blocks of scores */
    int32_t *ids;
} Found;

/* 0, or -1 where there is no memory; `close_found` in either case. */
int open_found(Found *found, size n);
void close_found(Found *found);

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

/* Where scores are no numbers, or fewer than are wanted. */
INLINE void fill_up(size n, size k, size kept, float *values, int64_t *ids) {
    for (; kept < k; kept++) {
        values[kept] = kept < n ? NAN : -INFINITY;
        ids[kept] = kept;
    }
}

/* Finds what is at least so much less than the k-th largest of n scores: their ids, rising, and their number.
   values and ids lend room for k. */
size near_best(const float *scores, size n, size k, float less, Found *found, float *values, int64_t *ids);

/* The k largest of n scores, the largest first, among equals the first; with `total` as logarithms of
   probabilities. */
void best(const float *scores, size n, size k, int total, Found *found, float *values, int64_t *ids);

#endif
