#include "part.h"

const float *row_of(const Part *part, size r, float *room) {
    size own = part->which ? part->which[r] : r, at = own * part->width;
    if (part->kind == FLOAT32) return (const float *)part->table + at;
    for (size j = 0; j < part->width; j += LANES) {
        __mmask16 real = lanes(part->width - j);
        __m512 found;
        if (part->kind == BFLOAT16)
            found = (__m512)_mm512_slli_epi32(
                _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(real, (const uint16_t *)part->table + at + j)), 16);
        else
            found = _mm512_mul_ps(
                _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(real, (const int8_t *)part->table + at + j))),
                _mm512_set1_ps(part->scales[own]));
        _mm512_mask_storeu_ps(room + j, real, found);
    }
    return room;
}

const float *side_by_side(const Part *parts, size count, size first, size some, float *room) {
    if (count == 1 && parts->kind == FLOAT32 && !parts->which) return (const float *)parts->table + first * parts->width;
    float *out = room;
    for (size r = first; r < first + some; r++)
        for (size n = 0; n < count; out += parts[n++].width) {
            const float *from = row_of(parts + n, r, out);
            if (from != out) memcpy(out, from, parts[n].width * 4);
        }
    return room;
}

/* Rows of parts side by side -> y (rows, the sum of their widths). */
void entarte_rows(const Part *parts, size count, size rows, float *y) {
    const float *found = side_by_side(parts, count, 0, rows, y);
    size width = 0;
    for (size n = 0; n < count; n++) width += parts[n].width;
    if (found != y) memcpy(y, found, rows * width * 4);
}
