"""One writer at a time for a folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from entarte import atomic
from entarte.errors import SetupError


def take(folder: Path) -> int:
    """Lock a folder for this process; closing the descriptor, or the end of the process, lets go.

    Raises SetupError where another process holds it.
    """
    path = folder / ".lock"
    with atomic.writing(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise SetupError(
            f"another training writes to this folder (process {holder or 'unknown'})",
            file=folder,
            advice="Wait for it to end, or name another folder.",
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor
