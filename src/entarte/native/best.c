#include "best.h"

int open_found(Found *found, size n) {
    found->maxima = malloc((n / LANES + 1) * 4);
    found->ids = malloc(n * 4);
    return found->maxima && found->ids ? 0 : -1;
}

void close_found(Found *found) {
    free(found->maxima);
    free(found->ids);
}

size near_best(const float *scores, size n, size k, float less, Found *found, float *values, int64_t *ids) {
    size block = n < 64 * PANEL ? LANES : PANEL, kept = 0, count = 0;
    for (size b = 0; b * block < n; b++) {
        __m512 own = _mm512_set1_ps(-INFINITY);
        for (size i = b * block; i < n && i < (b + 1) * block; i += LANES)
            own = _mm512_max_ps(own, _mm512_mask_loadu_ps(own, lanes(n - i), scores + i));
        found->maxima[b] = _mm512_reduce_max_ps(own);
        insert(found->maxima[b], b, k, &kept, values, ids);
    }
    /* what is below the k-th largest of the maxima is below the k-th largest score */
    float least = kept == k ? values[k - 1] - less : -INFINITY;
    for (size b = 0; b * block < n; b++) {
        if (!(found->maxima[b] >= least)) continue;
        for (size i = b * block; i < n && i < (b + 1) * block; i += LANES) {
            __m512 own = _mm512_maskz_loadu_ps(lanes(n - i), scores + i);
            uint32_t there = _mm512_mask_cmp_ps_mask(lanes(n - i), own, _mm512_set1_ps(least), _CMP_GE_OQ);
            for (; there; there &= there - 1) found->ids[count++] = (int32_t)(i + __builtin_ctz(there));
        }
    }
    return count;
}

void best(const float *scores, size n, size k, int total, Found *found, float *values, int64_t *ids) {
    size count = near_best(scores, n, k, 0, found, values, ids), kept = 0;
    for (size i = 0; i < count; i++) insert(scores[found->ids[i]], found->ids[i], k, &kept, values, ids);
    fill_up(n, k, kept, values, ids);
    if (!total) return;
    float top = values[0];
    __m512 sum = _mm512_setzero_ps(), shift = _mm512_set1_ps(top);
    for (size i = 0; i < n; i += LANES) {
        __mmask16 there = lanes(n - i);
        __m512 each = exp16(_mm512_sub_ps(_mm512_maskz_loadu_ps(there, scores + i), shift));
        sum = _mm512_add_ps(sum, _mm512_maskz_mov_ps(there, each));
    }
    float all = logf(_mm512_reduce_add_ps(sum));
    for (size i = 0; i < k; i++) values[i] = values[i] - top - all;
}
