/* Work that is shared out among threads. */

#ifndef ENTARTE_TEAM_H
#define ENTARTE_TEAM_H

#include "lanes.h"

/* Runs a function by several threads, each of which is told nothing but `data`: OpenMP's own, of the runtime whose
   threads are there already. NULL: nobody else is there. */
typedef void (*Team)(void (*work)(void *), void *data, unsigned threads, unsigned flags);

/* The next part that nobody has taken yet. */
INLINE size take(size *next) { return __atomic_fetch_add(next, 1, __ATOMIC_RELAXED); }

INLINE void together(Team team, size threads, void (*work)(void *), void *data) {
    if (team && threads > 1)
        team(work, data, (unsigned)threads, 0);
    else
        work(data);
}

#endif
