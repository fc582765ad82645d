"""Files of one sentence a line, as the measures read them."""

from __future__ import annotations

import gzip
import sys
import zlib
from pathlib import Path

from entarte.errors import InputError

GZIP = b"\x1f\x8b"


def read_lines(path: str | Path) -> list[str]:
    """The lines of a UTF-8 file, gzip-compressed or not; of standard input where the path is "-".

    A line ends at "\\n" only (U+2028 and the like stay inside it); a "\\r" before that belongs to the end, a
    byte-order mark to the beginning. Lines are kept as they are otherwise, empty ones too. Raises
    InputError where there is no such file, or it is no UTF-8, with the line.
    """
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
        if raw.startswith(GZIP):
            raw = gzip.decompress(raw)
    except FileNotFoundError:
        raise InputError("there is no such file", file=path) from None
    except IsADirectoryError:
        raise InputError("it is a folder, where a file of lines is needed", file=path) from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"it cannot be read: {error}", file=path) from error
    if not raw:
        return []
    lines = []
    for number, line in enumerate(raw.removesuffix(b"\n").split(b"\n"), start=1):
        try:
            lines.append(line.removesuffix(b"\r").decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InputError(
                f"byte {error.start + 1} of the line is not UTF-8",
                file=path,
                line=number,
                advice="Convert the file, for example: iconv -f latin1 -t utf-8",
            ) from None
    lines[0] = lines[0].removeprefix("\ufeff")
    return lines
