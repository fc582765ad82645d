"""Bytes to lines: the one place where a file becomes text.

A line ends at "\\n" and nowhere else: U+2028, U+0085, form feeds and lone carriage returns stay inside
it. What is compressed is seen by its first two bytes, not by its name. One line is in memory at a time.
"""

from __future__ import annotations

import difflib
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from entarte.errors import InputError, SetupError
from entarte.reader.notes import Notes

File: TypeAlias = str | Path | BinaryIO
"""A path, "-" for standard input, or a stream of bytes, which is not closed."""

GZIP = b"\x1f\x8b"  # never the beginning of UTF-8
BOM = b"\xef\xbb\xbf"
BOM_DROPPED = "a byte-order mark at the start, dropped"
CRLF = "CRLF line ends, read as LF"
INNER_CR = "a carriage return inside the line, kept"


def read_lines(file: File, notes: Notes | None = None) -> Iterator[str]:
    """The lines of a UTF-8 file, gzip or not, without their ends, each as soon as it is there.

    Raises InputError for a file that is not there or is a folder, for damaged gzip, and, with line and
    byte, for what is not UTF-8 and for NUL; SetupError where the system does not let it be read. A file
    without a single line gives none.
    """
    name, number = label(file), 0
    notes = Notes() if notes is None else notes
    with _opened(file, name) as stream:
        while True:
            try:
                raw: bytes = stream.readline()
            except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
                raise InputError(
                    f"the gzip data are damaged or cut short: {fault}",
                    file=name,
                    advice="Compress or copy the file again.",
                ) from None
            except OSError as fault:
                raise SetupError(f"cannot be read: {fault.strerror or fault}", file=name) from None
            if not raw:
                return
            number += 1
            yield _text(raw, name, number, notes)


def label(file: File) -> str:
    """How a file is called in messages."""
    if isinstance(file, str | Path):
        return "standard input" if str(file) == "-" else str(file)
    name = getattr(file, "name", None)
    return name if isinstance(name, str) and name != "<stdin>" else "standard input"


@contextmanager
def _opened(file: File, name: str) -> Iterator[Any]:
    """The bytes of a file as a buffered stream, decompressed."""
    with ExitStack() as stack:
        stream: Any
        if not isinstance(file, str | Path):
            stream = file
        elif str(file) == "-":
            stream = sys.stdin.buffer
        else:
            stream = stack.enter_context(opened(Path(file)))
        if not hasattr(stream, "peek"):
            stream = io.BufferedReader(stream)
            stack.callback(stream.detach)
        try:
            compressed = stream.peek(2)[:2] == GZIP
        except OSError as fault:
            raise SetupError(f"cannot be read: {fault.strerror or fault}", file=name) from None
        if compressed:
            stream = io.BufferedReader(stack.enter_context(gzip.GzipFile(fileobj=stream, mode="rb")))
        yield stream


def opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise InputError("there is no such file", file=path, advice=_near(path)) from None
    except IsADirectoryError:
        raise InputError("this is a folder; a file is needed", file=path) from None
    except ValueError:  # a NUL in the name
        raise InputError(f"{str(path)!r} cannot be the name of a file") from None
    except OSError as fault:
        raise SetupError(f"cannot be read: {fault.strerror}", file=path) from None


def _near(path: Path) -> str | None:
    """Advice for a mistyped path: the first folder that is missing, or files with a similar name."""
    for folder in reversed(path.parents):
        if not folder.is_dir():
            return f"There is no folder '{folder}'."
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return None
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.6)
    return "Did you mean " + " or ".join(f"'{path.parent / name}'" for name in near) + "?" if near else None


def _text(raw: bytes, name: str, number: int, notes: Notes) -> str:
    """One line as text, checked."""
    before = 0
    if number == 1 and raw.startswith(BOM):
        raw, before = raw[len(BOM) :], len(BOM)
        notes.add(name, BOM_DROPPED, 1)
    if raw.endswith(b"\r\n"):
        raw = raw[:-2]
        notes.add(name, CRLF, number)
    elif raw.endswith(b"\n"):
        raw = raw[:-1]
    if b"\r" in raw:
        notes.add(name, INNER_CR, number)
    if (at := raw.find(b"\0")) >= 0 and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(
            f"byte {before + at + 1} of the line is NUL, which is not text",
            file=name,
            line=number,
            advice="A file in UTF-16 must be converted: iconv -f utf-16 -t utf-8",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        wide = number == 1 and raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        raise InputError(
            f"byte {before + fault.start + 1} of the line, 0x{raw[fault.start]:02X}, is not UTF-8",
            file=name,
            line=number,
            advice="Convert the file, for example: iconv -f "
            + ("utf-16" if wide else "latin1")
            + " -t utf-8",
        ) from None
