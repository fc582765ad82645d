/* A^T B: the gradient of a weight, which is the sum over N slots of a column times a row.

   Both lie slot by slot. B is laid out as a matrix is (product.h), a panel being 64 of its columns; of A some columns at
   a time are turned into rows. A group of four bytes is one slot in float32, two that follow each other in bfloat16.
   A sum runs over the slots in one order, whoever computes it. */

#include "product.h"
#include "team.h"

#define BLOCK 48  /* columns of A at a time */
#define DEEP 1024 /* groups at a time, so that a block and a panel stay near */

/* kind     FLOAT32 or BFLOAT16
   a, b     (slots, n) and (slots, m), rows `wide_a` and `wide_b` numbers apart
   into     (n, m), rows `stride` numbers apart; `more`: added to what is there
   panels   room for B
   next     the block that nobody has taken yet
   failed   whether memory was missing */
typedef struct {
    size kind, slots, n, m, wide_a, wide_b, stride, more;
    const char *a, *b;
    float *into;
    char *panels;
    size next, failed;
} Outer;

/* Groups of so many slots, filled up to whole turns of sixteen. */
INLINE size deep(const Outer *o) {
    size slots = o->kind == BFLOAT16 ? (o->slots + 1) / 2 : o->slots;
    return (slots + LANES - 1) / LANES * LANES;
}

/* Group g of sixteen columns, of which `real` are there; zeros behind the last slot. */
INLINE __m512i group(const int kind, const char *from, size wide, size slots, size g, __mmask16 real) {
    if (kind == FLOAT32) return g < slots ? _mm512_maskz_loadu_epi32(real, from + g * wide * 4) : _mm512_setzero_si512();
    if (2 * g >= slots) return _mm512_setzero_si512();
    const char *first = from + 2 * g * wide * 2;
    __m512i low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(real, first));
    if (2 * g + 1 == slots) return low;
    __m512i high = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(real, first + wide * 2));
    return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

/* Sixteen groups of sixteen columns become sixteen rows of sixteen groups, `stride` apart. */
INLINE void turn(__m512i x[16], int32_t *out, size stride) {
    __m512i y[16];
#pragma GCC unroll 8
    for (int i = 0; i < 16; i += 2) {
        y[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
        y[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4) {
        x[i] = _mm512_unpacklo_epi64(y[i], y[i + 2]);
        x[i + 1] = _mm512_unpackhi_epi64(y[i], y[i + 2]);
        x[i + 2] = _mm512_unpacklo_epi64(y[i + 1], y[i + 3]);
        x[i + 3] = _mm512_unpackhi_epi64(y[i + 1], y[i + 3]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        y[i] = _mm512_shuffle_i32x4(x[i], x[i + 4], 0x88);
        y[i + 4] = _mm512_shuffle_i32x4(x[i], x[i + 4], 0xdd);
        y[i + 8] = _mm512_shuffle_i32x4(x[i + 8], x[i + 12], 0x88);
        y[i + 12] = _mm512_shuffle_i32x4(x[i + 8], x[i + 12], 0xdd);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        _mm512_storeu_si512(out + i * stride, _mm512_shuffle_i32x4(y[i], y[i + 8], 0x88));
        _mm512_storeu_si512(out + (i + 8) * stride, _mm512_shuffle_i32x4(y[i], y[i + 8], 0xdd));
        _mm512_storeu_si512(out + (i + 4) * stride, _mm512_shuffle_i32x4(y[i + 4], y[i + 12], 0x88));
        _mm512_storeu_si512(out + (i + 12) * stride, _mm512_shuffle_i32x4(y[i + 4], y[i + 12], 0xdd));
    }
}

/* Columns of A from `first` on as rows, each of groups `from` .. `from + some`. */
INLINE void rows_of(const int kind, const Outer *o, size first, size from, size some, int32_t *out) {
    size bytes = kind == BFLOAT16 ? 2 : 4;
    for (size c = 0; c < BLOCK && first + c < o->n; c += LANES) {
        __mmask16 real = lanes(o->n - first - c);
        const char *columns = o->a + (first + c) * bytes;
        for (size g = 0; g < some; g += LANES) {
            __m512i x[16];
#pragma GCC unroll 16
            for (int i = 0; i < 16; i++) x[i] = group(kind, columns, o->wide_a, o->slots, from + g + i, real);
            turn(x, out + c * some + g, some);
        }
    }
}

/* A panel of B: in stretches of at most DEEP groups, each with all its panels. */
INLINE void panel_of(const int kind, const Outer *o, size panel) {
    size all = deep(o), bytes = kind == BFLOAT16 ? 2 : 4, count = (o->m + PANEL - 1) / PANEL;
    for (size from = 0; from < all; from += DEEP) {
        size some = all - from < DEEP ? all - from : DEEP;
        char *out = o->panels + (from * count + panel * some) * GROUP;
        for (size g = 0; g < some; g++)
            for (size c = 0; c < PANEL; c += LANES) {
                size column = panel * PANEL + c;
                __m512i x = _mm512_setzero_si512();
                if (column < o->m)
                    x = group(kind, o->b + column * bytes, o->wide_b, o->slots, from + g, lanes(o->m - column));
                _mm512_storeu_si512(out + g * GROUP + c * 4, x);
            }
    }
}

static void lay(void *data) {
    Outer *o = data;
    for (size panel; (panel = take(&o->next)) * PANEL < o->m;)
        if (o->kind == BFLOAT16)
            panel_of(BFLOAT16, o, panel);
        else
            panel_of(FLOAT32, o, panel);
}

static void sum(void *data) {
    Outer *o = data;
    size all = deep(o), count = (o->m + PANEL - 1) / PANEL, each = o->kind == BFLOAT16 ? 2 : 1;
    int32_t *rows = malloc((BLOCK * (all < DEEP ? all : DEEP) + BLOCK * o->m) * 4);
    float *found = rows ? (float *)rows + BLOCK * (all < DEEP ? all : DEEP) : NULL;
    for (size first; (first = take(&o->next) * BLOCK) < o->n;) {
        if (!rows) {
            __atomic_store_n(&o->failed, 1, __ATOMIC_RELAXED);
            return;
        }
        size columns = o->n - first < BLOCK ? o->n - first : BLOCK;
        float *into = o->into + first * o->stride;
        for (size from = 0; from < all; from += DEEP) {
            size some = all - from < DEEP ? all - from : DEEP;
            Matrix w = {.kind = o->kind, .n = o->m, .k = some * each, .panels = o->panels + from * count * GROUP};
            if (o->kind == BFLOAT16)
                rows_of(BFLOAT16, o, first, from, some, rows);
            else
                rows_of(FLOAT32, o, first, from, some, rows);
            if (!from && !o->more) {
                multiply(&w, rows, NULL, columns, into, o->stride);
                continue;
            }
            multiply(&w, rows, NULL, columns, found, o->m);
            for (size c = 0; c < columns; c++)
                for (size i = 0; i < o->m; i++) into[c * o->stride + i] += found[c * o->m + i];
        }
    }
    free(rows);
}

/* 0, or -1 where there is no memory. */
int entarte_outer(size kind, const char *a, size wide_a, const char *b, size wide_b, size slots, size n, size m,
                  float *into, size stride, size more, Team team, size threads) {
    Outer o = {.kind = kind, .slots = slots, .n = n, .m = m, .wide_a = wide_a, .wide_b = wide_b, .stride = stride,
               .more = more, .a = a, .b = b, .into = into};
    if (!slots || !n || !m) {
        for (size c = 0; c < n && !more; c++) memset(into + c * stride, 0, m * 4);
        return 0;
    }
    char *room = malloc(deep(&o) * ((m + PANEL - 1) / PANEL) * GROUP + 64);
    if (!room) return -1;
    o.panels = room + (64 - (uintptr_t)room % 64) % 64;
    void (*works[2])(void *) = {lay, sum};
    for (int i = 0; i < 2; i++, o.next = 0) together(team, threads, works[i], &o);
    free(room);
    return o.failed ? -1 : 0;
}
