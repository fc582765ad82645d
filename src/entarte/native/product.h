/* Matrix products y = x W^T + b of rows with a matrix that was laid out for it.

   A matrix (N, K) lies in panels of 64 columns of W^T. In a panel come groups of 256 bytes: of each of the 64
   columns four bytes, which are one float32, two bfloat16 or four int8 that follow each other along K. A row
   of x lies in groups of four bytes in the same way. So one kernel serves all three: for each group it takes
   four bytes of a row, and multiplies them into 64 sums. A sum runs over K in one order, whatever the number
   of rows is. */

#ifndef ENTARTE_PRODUCT_H
#define ENTARTE_PRODUCT_H

#include "lanes.h"

enum { FLOAT32, BFLOAT16, INT8 };

#define PANEL 64 /* columns */
#define GROUP 256 /* bytes */
#define TILE 6 /* rows whose sums fit into registers: 24 of 32 */

/* kind     of numbers
   bounded  INT8: all of x lies between -1 and 1, and has the scale 1/127
   coarse   BFLOAT16: what a product gives is rounded too
   n, k     columns and inner length
   panels   the matrix
   scales   (n) INT8: of each column
   offsets  (n, filled up to whole panels) INT8: -128 times the sum of each column, for x is moved to 0 .. 255
   bias     (n) or NULL */
typedef struct {
    size kind, bounded, coarse, n, k;
    const char *panels;
    const float *scales;
    const int32_t *offsets;
    const float *bias;
} Matrix;

INLINE size groups(const Matrix *w) {
    return w->kind == INT8 ? (w->k + 3) / 4 : w->kind == BFLOAT16 ? (w->k + 1) / 2 : w->k;
}

INLINE size panels(const Matrix *w) { return (w->n + PANEL - 1) / PANEL; }

#define MOST_ROWS 96

/* How many of `rows` are multiplied together. A large matrix comes from far away, once for all of them, and in
   float32 it is four times as many bytes as in int8; what they give, rows of w->n numbers, must stay near. */
INLINE size at_once(const Matrix *w, size rows) {
    size most = w->kind == INT8 ? 24 : w->kind == BFLOAT16 ? 48 : MOST_ROWS, near = (1 << 20) / w->n;
    if (near < most) most = near < 12 ? 12 : near;
    return rows < most ? rows : most;
}

/* sum += x w, as the kind multiplies. Written as the instruction, because compilers that see through it move
   sums from register to register. */
INLINE __m512i step(const int kind, __m512i sum, __m512i x, __m512i w) {
    if (kind == INT8)
        __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
    else if (kind == BFLOAT16)
        __asm__("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
    else
        __asm__("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(x), "v"(w));
    return sum;
}

/* A matrix (n, k), row by row, into panels; and offsets, for INT8 only. */
void entarte_pack(size kind, size n, size k, const char *weight, char *out, int32_t *offsets);

/* Rows of x (rows, k), `stride` numbers apart, as groups, and the scale of each for INT8. */
void narrow_rows(const Matrix *w, const float *x, size stride, size rows, int32_t *out, float *scales);

/* y (rows, n), `stride` numbers apart. */
void multiply(const Matrix *w, const int32_t *x, const float *scales, size rows, float *y, size stride);

#endif
