/* Functions of each number by itself. */

#ifndef ENTARTE_EACH_H
#define ENTARTE_EACH_H

#include "lanes.h"

enum { SIGMOID, TANH, EXP };

/* Of n numbers; y may be x. */
INLINE void each(size which, const float *x, size n, float *y) {
    for (size i = 0; i < n; i += LANES) {
        __mmask16 real = lanes(n - i);
        __m512 given = _mm512_maskz_loadu_ps(real, x + i);
        given = which == SIGMOID ? sigmoid16(given) : which == TANH ? tanh16(given) : exp16(given);
        _mm512_mask_storeu_ps(y + i, real, given);
    }
}

#endif
