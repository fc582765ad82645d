/* A step of an LSTM or a GRU in a training, there and back, but for its products: what comes from a product is read, and what
   goes into one is written, in its own kind of numbers. Every row by itself, so threads share out the rows. */

#include "team.h"

enum { FLOAT32, BFLOAT16 };

#define SOME 8 /* rows at a time */

INLINE __m512 wide(const float *x, __mmask16 real) { return _mm512_maskz_loadu_ps(real, x); }

/* Number `at` of an array of a kind, and fifteen more. */
INLINE __m512 of_kind(const int kind, const void *x, size at, __mmask16 real) {
    if (kind == FLOAT32) return wide((const float *)x + at, real);
    __m512i found = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(real, (const uint16_t *)x + at));
    return (__m512)_mm512_slli_epi32(found, 16);
}

/* Written wide, and narrow too where there is a place for it. */
INLINE void both(float *x, void *narrow, size at, __mmask16 real, __m512 found) {
    _mm512_mask_storeu_ps(x + at, real, found);
    if (narrow) _mm256_mask_storeu_epi16((uint16_t *)narrow + at, real, (__m256i)_mm512_cvtneps_pbh(found));
}

/* What a step reads and writes; n rows. `gates` hold W x + b, then the gates, on the way back their gradients. `product`
   is W h (of `kind`), `narrow` h or the gradients for the next product (NULL in single precision). */
typedef struct {
    size rows, width, stride, next;
    float *gates, *own;
    const void *product;
    const float *bias, *before;
    float *after, *bent, *h;
    void *narrow, *own_narrow;
    const float *dh, *more;
    float *dc;
} Step;

INLINE void lstm_there(const int kind, const Step *s, size r) {
    size w = s->width, row = r * w;
    for (size j = 0; j < w; j += LANES) {
        __mmask16 real = lanes(w - j);
        __m512 part[4];
#pragma GCC unroll 4
        for (int n = 0; n < 4; n++) {
            size at = 4 * row + n * w + j;
            part[n] = _mm512_add_ps(wide(s->gates + at, real), of_kind(kind, s->product, at, real));
            part[n] = n == 2 ? tanh16(part[n]) : sigmoid16(part[n]);
            _mm512_mask_storeu_ps(s->gates + at, real, part[n]);
        }
        __m512 kept = _mm512_mul_ps(part[1], wide(s->before + row + j, real));
        __m512 memory = _mm512_fmadd_ps(part[0], part[2], kept), bent = tanh16(memory);
        _mm512_mask_storeu_ps(s->after + row + j, real, memory);
        _mm512_mask_storeu_ps(s->bent + row + j, real, bent);
        both(s->h, s->narrow, row + j, real, _mm512_mul_ps(part[3], bent));
    }
}

/* slope y (1 - y), and slope (1 - y y). */
INLINE __m512 sigmoid_back(__m512 slope, __m512 y) {
    return _mm512_mul_ps(slope, _mm512_fnmadd_ps(y, y, y));
}
INLINE __m512 tanh_back(__m512 slope, __m512 y) {
    return _mm512_mul_ps(slope, _mm512_fnmadd_ps(y, y, _mm512_set1_ps(1)));
}

INLINE void lstm_back(const Step *s, size r) {
    size w = s->width, row = r * w;
    for (size j = 0; j < w; j += LANES) {
        __mmask16 real = lanes(w - j);
        size at = 4 * row + j;
        __m512 i = wide(s->gates + at, real), f = wide(s->gates + at + w, real), g = wide(s->gates + at + 2 * w, real);
        __m512 o = wide(s->gates + at + 3 * w, real), bent = wide(s->bent + row + j, real);
        __m512 dh = wide(s->dh + row + j, real);
        if (s->more) dh = _mm512_add_ps(dh, wide(s->more + r * s->stride + j, real));
        __m512 dc = _mm512_add_ps(wide(s->dc + row + j, real), tanh_back(_mm512_mul_ps(dh, o), bent));
        _mm512_mask_storeu_ps(s->dc + row + j, real, _mm512_mul_ps(dc, f));
        both(s->gates, s->narrow, at, real, sigmoid_back(_mm512_mul_ps(dc, g), i));
        __m512 before = wide(s->before + row + j, real);
        both(s->gates, s->narrow, at + w, real, sigmoid_back(_mm512_mul_ps(dc, before), f));
        both(s->gates, s->narrow, at + 2 * w, real, tanh_back(_mm512_mul_ps(dc, i), g));
        both(s->gates, s->narrow, at + 3 * w, real, sigmoid_back(_mm512_mul_ps(dh, bent), o));
    }
}

INLINE void gru_there(const int kind, const Step *s, size r) {
    size w = s->width, row = r * w;
    for (size j = 0; j < w; j += LANES) {
        __mmask16 real = lanes(w - j);
        size at = 3 * row + j;
        __m512 part[3], own[3];
#pragma GCC unroll 3
        for (int n = 0; n < 3; n++) {
            part[n] = wide(s->gates + at + n * w, real);
            own[n] = _mm512_add_ps(of_kind(kind, s->product, at + n * w, real), wide(s->bias + n * w + j, real));
        }
        __m512 reset = sigmoid16(_mm512_add_ps(part[0], own[0])), update = sigmoid16(_mm512_add_ps(part[1], own[1]));
        __m512 fresh = tanh16(_mm512_fmadd_ps(reset, own[2], part[2])), before = wide(s->before + row + j, real);
        _mm512_mask_storeu_ps(s->gates + at, real, reset);
        _mm512_mask_storeu_ps(s->gates + at + w, real, update);
        _mm512_mask_storeu_ps(s->gates + at + 2 * w, real, fresh);
        _mm512_mask_storeu_ps(s->own + at + 2 * w, real, own[2]);
        both(s->h, s->narrow, row + j, real, _mm512_fmadd_ps(update, _mm512_sub_ps(before, fresh), fresh));
    }
}

INLINE void gru_back(const Step *s, size r) {
    size w = s->width, row = r * w;
    for (size j = 0; j < w; j += LANES) {
        __mmask16 real = lanes(w - j);
        size at = 3 * row + j;
        __m512 reset = wide(s->gates + at, real), update = wide(s->gates + at + w, real);
        __m512 fresh = wide(s->gates + at + 2 * w, real), own = wide(s->own + at + 2 * w, real);
        __m512 dh = wide(s->dh + row + j, real);
        if (s->more) dh = _mm512_add_ps(dh, wide(s->more + r * s->stride + j, real));
        __m512 kept = _mm512_mul_ps(dh, update), apart = _mm512_sub_ps(wide(s->before + row + j, real), fresh);
        _mm512_mask_storeu_ps(s->after + row + j, real, kept);
        __m512 dfresh = tanh_back(_mm512_sub_ps(dh, kept), fresh);
        __m512 dreset = sigmoid_back(_mm512_mul_ps(dfresh, own), reset);
        __m512 dupdate = sigmoid_back(_mm512_mul_ps(dh, apart), update);
        both(s->gates, s->narrow, at, real, dreset);
        both(s->gates, s->narrow, at + w, real, dupdate);
        both(s->gates, s->narrow, at + 2 * w, real, dfresh);
        both(s->own, s->own_narrow, at, real, dreset);
        both(s->own, s->own_narrow, at + w, real, dupdate);
        both(s->own, s->own_narrow, at + 2 * w, real, _mm512_mul_ps(dfresh, reset));
    }
}

/* A function of the rows, over all of them. */
#define OVER(name, call)                                                                                               \
    static void name(void *data) {                                                                                     \
        Step *s = data;                                                                                                \
        for (size first; (first = take(&s->next) * SOME) < s->rows;)                                                   \
            for (size r = first; r < s->rows && r < first + SOME; r++) call;                                           \
    }

OVER(lstm_there_wide, lstm_there(FLOAT32, s, r))
OVER(lstm_there_narrow, lstm_there(BFLOAT16, s, r))
OVER(lstm_back_all, lstm_back(s, r))
OVER(gru_there_wide, gru_there(FLOAT32, s, r))
OVER(gru_there_narrow, gru_there(BFLOAT16, s, r))
OVER(gru_back_all, gru_back(s, r))

/* gates, product (rows, 4 width), before -> gates as they are, after, bent = tanh(after), h (rows, width). */
void entarte_lstm_there(size kind, float *gates, const void *product, const float *before, float *after, float *bent,
                        float *h, void *narrow, size rows, size width, Team team, size threads) {
    Step s = {.rows = rows, .width = width, .gates = gates, .product = product, .before = before, .after = after,
              .bent = bent, .h = h, .narrow = narrow};
    together(team, rows > SOME ? threads : 1, kind == FLOAT32 ? lstm_there_wide : lstm_there_narrow, &s);
}

/* gates -> their gradients, dc -> that of the step before; `more` (rows, width), rows `stride` apart, is added to dh. */
void entarte_lstm_back(size kind, float *gates, const float *before, float *bent, const float *dh, const float *more,
                       size stride, float *dc, void *narrow, size rows, size width, Team team, size threads) {
    Step s = {.rows = rows, .width = width, .stride = stride, .gates = gates, .before = before, .bent = bent,
              .narrow = kind == FLOAT32 ? NULL : narrow, .dh = dh, .more = more, .dc = dc};
    together(team, rows > SOME ? threads : 1, lstm_back_all, &s);
}

/* gates, product (rows, 3 width), bias, before -> gates as they are, own = product + bias of the last, h (rows, width). */
void entarte_gru_there(size kind, float *gates, const void *product, const float *bias, float *own, const float *before,
                       float *h, void *narrow, size rows, size width, Team team, size threads) {
    Step s = {.rows = rows, .width = width, .gates = gates, .product = product, .bias = bias, .own = own,
              .before = before, .h = h, .narrow = narrow};
    together(team, rows > SOME ? threads : 1, kind == FLOAT32 ? gru_there_wide : gru_there_narrow, &s);
}

/* gates, own -> their gradients, kept (rows, width): what of dh + more passes by the gates. */
void entarte_gru_back(size kind, float *gates, float *own, const float *before, const float *dh, const float *more,
                      size stride, float *kept, void *narrow, void *own_narrow, size rows, size width, Team team,
                      size threads) {
    Step s = {.rows = rows, .width = width, .stride = stride, .gates = gates, .own = own, .before = before,
              .after = kept, .narrow = kind == FLOAT32 ? NULL : narrow,
              .own_narrow = kind == FLOAT32 ? NULL : own_narrow, .dh = dh, .more = more};
    together(team, rows > SOME ? threads : 1, gru_back_all, &s);
}
