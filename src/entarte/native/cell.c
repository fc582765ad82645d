/* LSTM cells (Hochreiter and Schmidhuber 1997): one product for all gates, then the gates themselves, a few
   rows at a time, so that nothing leaves the cache in between. */

#include "part.h"

/* i, f, o = sigmoid, g = tanh of gates (4 width) + said, which may be NULL; c' = f c + i g; h' = o tanh(c'). */
static void gates(const float *gates, const float *said, const float *c, size width, float *h, float *after) {
    for (size j = 0; j < width; j += LANES) {
        __mmask16 real = lanes(width - j);
        __m512 part[4];
        for (int n = 0; n < 4; n++)
            part[n] = _mm512_maskz_loadu_ps(real, gates + n * width + j);
        for (int n = 0; n < 4 && said; n++)
            part[n] = _mm512_add_ps(part[n], _mm512_maskz_loadu_ps(real, said + n * width + j));
        __m512 kept = _mm512_mul_ps(sigmoid16(part[1]), _mm512_maskz_loadu_ps(real, c + j));
        __m512 memory = _mm512_add_ps(kept, _mm512_mul_ps(sigmoid16(part[0]), tanh16(part[2])));
        _mm512_mask_storeu_ps(after + j, real, memory);
        _mm512_mask_storeu_ps(h + j, real, _mm512_mul_ps(sigmoid16(part[3]), tanh16(memory)));
    }
}

/* What some rows need on their way. */
typedef struct {
    size block; /* rows at a time */
    int32_t *narrow;
    float *gates, *wide, *said;
    float scales[MOST_ROWS];
} Room;

static int open_room(Room *room, const Matrix *w, size rows) {
    room->block = at_once(w, rows);
    room->narrow = malloc(room->block * groups(w) * 4);
    room->gates = malloc(room->block * w->n * 4);
    room->wide = malloc((room->block * w->k + w->n) * 4);
    room->said = malloc(w->n * 4);
    return room->narrow && room->gates && room->wide && room->said ? 0 : -1;
}

static void close_room(Room *room) {
    free(room->narrow);
    free(room->gates);
    free(room->wide);
    free(room->said);
}

/* Parts side by side (rows, k), c (rows, width), said (rows, 4 width) or NULL -> h and c' (rows, width). -1: no memory. */
int entarte_lstm(const Matrix *w, const Part *parts, size count, const Part *c, const Part *said, size rows, float *h,
                 float *after) {
    Room room;
    size width = w->n / 4;
    int failed = open_room(&room, w, rows);
    for (size r = 0; !failed && r < rows; r += room.block) {
        size some = rows - r < room.block ? rows - r : room.block;
        narrow_rows(w, side_by_side(parts, count, r, some, room.wide), w->k, some, room.narrow, room.scales);
        multiply(w, room.narrow, room.scales, some, room.gates, w->n);
        for (size i = 0; i < some; i++) {
            size at = (r + i) * width;
            const float *own = said ? row_of(said, r + i, room.said) : NULL;
            gates(room.gates + i * w->n, own, row_of(c, r + i, room.wide), width, h + at, after + at);
        }
    }
    close_room(&room);
    return failed;
}

/* A layer over time, in one direction.

   given     (steps * rows, 4 width) what is read, brought to the gates
   real      (steps, rows) where 0 a state stands still
   backward  from the last step to the first
   outputs   (steps, rows, width) the state after each step; zeros before the first
   h, c      (rows, width) the last state */
int entarte_layer(const Matrix *w, const Part *given, const uint8_t *real, size steps, size rows, size backward,
                  float *outputs, float *h, float *c) {
    Room room;
    size width = w->n / 4;
    int failed = open_room(&room, w, rows);
    memset(h, 0, rows * width * 4);
    memset(c, 0, rows * width * 4);
    for (size r = 0; !failed && r < rows; r += room.block) {
        size some = rows - r < room.block ? rows - r : room.block;
        for (size n = 0; n < steps; n++) {
            size t = backward ? steps - 1 - n : n, work = some;
            while (work && !real[t * rows + r + work - 1]) work--; /* those behind the last stand still */
            narrow_rows(w, h + r * width, width, work, room.narrow, room.scales);
            multiply(w, room.narrow, room.scales, work, room.gates, w->n);
            for (size i = r; i < r + some; i++) {
                float *own = h + i * width, *memory = c + i * width;
                if (real[t * rows + i])
                    gates(room.gates + (i - r) * w->n, row_of(given, t * rows + i, room.said), memory, width, own, memory);
                memcpy(outputs + (t * rows + i) * width, own, width * 4);
            }
        }
    }
    close_room(&room);
    return failed;
}
