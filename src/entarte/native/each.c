/* Functions of each number by itself. */

#include "lanes.h"

enum { SIGMOID, TANH, EXP };

void entarte_each(size which, const float *x, size n, float *y) {
    for (size i = 0; i < n; i += LANES) {
        __mmask16 real = lanes(n - i);
        __m512 given = _mm512_maskz_loadu_ps(real, x + i);
        given = which == SIGMOID ? sigmoid16(given) : which == TANH ? tanh16(given) : exp16(given);
        _mm512_mask_storeu_ps(y + i, real, given);
    }
}

/* table (·, width) of a kind of numbers, `ids` of its rows, scales of its rows (INT8) -> y (count, width). */
void entarte_rows(size kind, const void *table, const float *scales, const int64_t *ids, size count, size width,
                  float *y) {
    for (size n = 0; n < count; n++, y += width) {
        size first = ids[n] * width;
        if (kind == 0) {
            memcpy(y, (const float *)table + first, width * 4);
            continue;
        }
        for (size j = 0; j < width; j += LANES) {
            __mmask16 real = lanes(width - j);
            __m512 found;
            if (kind == 1)
                found = (__m512)_mm512_slli_epi32(
                    _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(real, (const uint16_t *)table + first + j)), 16);
            else
                found = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(
                                          _mm_maskz_loadu_epi8(real, (const int8_t *)table + first + j))),
                                      _mm512_set1_ps(scales[ids[n]]));
            _mm512_mask_storeu_ps(y + j, real, found);
        }
    }
}

/* Whether this processor has the instructions: 1 AVX-512 as float32 needs it, + 2 for int8, + 4 for bfloat16. */
int entarte_able(void) {
    __builtin_cpu_init();
    if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")))
        return 0;
    return 1 + 2 * !!__builtin_cpu_supports("avx512vnni") + 4 * !!__builtin_cpu_supports("avx512bf16");
}
