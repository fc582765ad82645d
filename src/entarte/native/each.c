/* Functions of each number by itself. */

#include "each.h"

void entarte_each(size which, const float *x, size n, float *y) { each(which, x, n, y); }

/* Whether this processor has the instructions: 1 AVX-512 as float32 needs it, + 2 for int8, + 4 for bfloat16. */
int entarte_able(void) {
    __builtin_cpu_init();
    if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")))
        return 0;
    return 1 + 2 * !!__builtin_cpu_supports("avx512vnni") + 4 * !!__builtin_cpu_supports("avx512bf16");
}
