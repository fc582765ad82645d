/* Where the rows that a kernel reads come from: as they stand, or picked from a table, side by side.

   Picking rows, laying them side by side and bringing narrow ones to float32 is done to a few rows at a time, just
   before they are used, so that what is picked lies in the cache. */

#ifndef ENTARTE_PART_H
#define ENTARTE_PART_H

#include "product.h"

/* kind    of the table's numbers
   width   of a row
   table   (·, width)
   scales  (·) INT8: of each row
   which   the rows of the table that are read, in this order; NULL: all, as they stand */
typedef struct {
    size kind, width;
    const void *table;
    const float *scales;
    const int64_t *which;
} Part;

/* Row r as float32: where it lies, or in `room`, brought there. */
const float *row_of(const Part *part, size r, float *room);

/* Rows first .. first + some of parts side by side, in `room` where they do not lie so already. */
const float *side_by_side(const Part *parts, size count, size first, size some, float *room);

#endif
