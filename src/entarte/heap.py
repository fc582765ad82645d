"""What the process frees it keeps: memory of one update serves the next.

glibc gives back to the system what is freed at the end of its heap, and each large piece; the system then
hands out the same memory anew, page by page and zeroed. An update of a training frees hundreds of megabytes
and asks for them again: of its 430 ms this was 30 to 45 of the system's time (11,000 to 18,000 page faults;
1,500 where memory is kept). What is in use at most stays the same.
"""

from __future__ import annotations

import os
from ctypes import CDLL

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Numbers of mallopt's parameters (malloc.h)."""

TUNED = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES")
"""Who sets one of these has chosen."""

LARGE = 1 << 25
"""32 MiB: up to this size memory comes from the heap; it is the largest that every glibc takes."""

MOST = (1 << 31) - 1


def keep() -> bool:
    """From now on this process keeps what it frees, for itself; whether it does.

    It does not where the C library has no `mallopt` (macOS, Windows, musl), and where its user has tuned it
    by the environment.
    """
    if any(name in os.environ for name in TUNED):
        return False
    try:
        mallopt = CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # TypeError: Windows has no library without a name
        return False
    return bool(mallopt(MMAP_THRESHOLD, LARGE) and mallopt(TRIM_THRESHOLD, MOST))
