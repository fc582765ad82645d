"""The list of a folder's files with their sizes and SHA-256, written last and checked on load.

    {"format": 1, "entarte": "0.1.0", "files": {"model.safetensors": {"size": …, "sha256": …}, …}}

A file that is about to be replaced stands under "next" too, with its new sum: whichever of the two a
crash leaves behind is whole. A file that grows (a log) is checked as far as it went.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from entarte import __version__, atomic
from entarte.errors import DamagedError, InputError

NAME = "manifest.json"
FORMAT = 1
UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Format n → what turns a manifest of format n into one of format n + 1."""

AGAIN = "Copy the model folder again from where it came, or train it again."


@dataclass(frozen=True)
class Entry:
    """A file's size in bytes and SHA-256 in hexadecimal; a file that `grows` may have got longer since."""

    size: int
    sha256: str
    grows: bool = False


def entry(data: bytes, *, grows: bool = False) -> Entry:
    """The entry of a file with this content."""
    return Entry(len(data), hashlib.sha256(data).hexdigest(), grows)


@dataclass
class Manifest:
    """What a folder must hold.

    files    name → entry
    next     name → entry of the content that is about to replace it
    notes    plain values about the folder as a whole
    entarte  the version that wrote it
    """

    files: dict[str, Entry] = field(default_factory=dict)
    next: dict[str, Entry] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    entarte: str = __version__

    def write(self, folder: Path) -> None:
        """Put it into the folder, atomically."""
        plain = {"format": FORMAT, **asdict(self), "entarte": __version__}
        atomic.write(folder / NAME, (json.dumps(plain, indent=1) + "\n").encode())

    def check(self, folder: Path) -> None:
        """Raises DamagedError, naming the file, where one is missing, cut short or altered."""
        for name, expected in self.files.items():
            path = folder / name
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                raise DamagedError("is missing", file=path, advice=AGAIN) from None
            except OSError as error:
                raise DamagedError(f"cannot be read ({error.strerror})", file=path, advice=AGAIN) from error
            if expected.grows and len(data) > expected.size:
                data = data[: expected.size]
            found = entry(data, grows=expected.grows)
            if found in (expected, self.next.get(name)):
                continue
            if found.size < expected.size:
                message = f"is cut short: {found.size} of {expected.size} bytes"
            else:
                message = "was altered: its SHA-256 is not the one in manifest.json"
            raise DamagedError(message, file=path, advice=AGAIN)


def read(folder: Path) -> Manifest:
    """The manifest of a folder, brought up to the present format; its files are not checked yet.

    Raises InputError where the folder is none of ours, DamagedError for a manifest that is cut short,
    altered, or of a newer version.
    """
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if not folder.exists():
            raise InputError("there is no such model folder", file=folder) from None
        if any((folder / name).exists() for name in ("model.safetensors", "settings.toml")):
            raise DamagedError("is missing", file=path, advice=AGAIN) from None
        raise InputError("is not a model folder: it holds no manifest.json", file=folder) from None
    except NotADirectoryError:
        raise InputError("is a file, not a model folder", file=folder) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedError(f"cannot be read ({error})", file=path, advice=AGAIN) from error
    try:
        return parse(upgrade(json.loads(text), path))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError("is cut short or altered", file=path, advice=AGAIN) from error


def upgrade(
    plain: dict[str, Any],
    path: Path,
    *,
    upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = UPGRADES,
    present: int = FORMAT,
) -> dict[str, Any]:
    """A manifest of any format up to the present one, in the present one."""
    number = plain["format"]
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(f"format {number}")
    if number > present:
        raise DamagedError(
            f"has format {number}, written by Entarté {plain.get('entarte', '?')}; "
            f"this is Entarté {__version__}, which reads formats up to {present}",
            file=path,
            advice="Upgrade Entarté: pip install --upgrade entarte",
        )
    for step in range(number, present):
        plain = upgrades[step](plain)
    return plain


def parse(plain: dict[str, Any]) -> Manifest:
    """Plain data of the present format → Manifest. Raises ValueError, KeyError or TypeError."""
    lists: list[dict[str, Entry]] = []
    for key in ("files", "next"):
        entries = {name: Entry(**values) for name, values in plain[key].items()}
        for name, value in entries.items():
            if Path(name).name != name or type(value.size) is not int or type(value.sha256) is not str:
                raise ValueError(name)
        lists.append(entries)
    return Manifest(lists[0], lists[1], notes=dict(plain["notes"]), entarte=str(plain["entarte"]))
