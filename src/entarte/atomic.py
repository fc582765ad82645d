"""Files that are there whole or not at all, and faults of the disk in words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from entarte.errors import SetupError

FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Turns an OSError of what is done inside into a SetupError about `path`; a closed pipe is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno in FULL:
            raise SetupError(
                "the disk is full", file=path, advice="Make room, or name a folder on another disk."
            ) from error
        if error.errno in FORBIDDEN:
            raise SetupError(
                f"cannot be written ({error.strerror})",
                file=path,
                advice="Name another folder.",
            ) from error
        raise SetupError(f"cannot be written ({error.strerror or error})", file=path) from error


def make_folder(path: Path) -> None:
    """The folder and those above it. Raises SetupError where that is not possible."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that after a crash at any moment the old or the new content is there, whole.

    It is written beside its place, flushed to the disk, and renamed; then the folder is flushed.
    Raises SetupError, and leaves nothing half-written, where the disk is full or may not be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    with writing(path):
        try:
            with beside.open("wb", buffering=0) as file:
                write_all(file.fileno(), data)
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            with suppress(OSError):
                beside.unlink()
            raise
        flush_folder(path.parent)


def append(path: Path, data: bytes) -> None:
    """Add `data` to the end of a file: all of it, or, with SetupError, nothing."""
    with writing(path), path.open("ab", buffering=0) as file:
        length = os.fstat(file.fileno()).st_size
        try:
            write_all(file.fileno(), data)
        except BaseException:
            os.ftruncate(file.fileno(), length)
            raise


def write_all(descriptor: int, data: bytes) -> None:
    """os.write until everything is written: a nearly full disk takes a part first and fails then."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def flush_folder(path: Path) -> None:
    """Make renames and removals in a folder last."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
