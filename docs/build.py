"""Run the pages of docs/tour, and write what they compute into them: numbers, tables, pictures.

    python docs/build.py                 # every page; what is already trained is used again
    python docs/build.py beam explain    # only these
    python docs/build.py --check         # writes nothing; says where a page would change

A page is Markdown. In its order, one page after the other in one folder (runs/tour):

    ```sh … ```                               commands; one whose --out is there already is not run again
    ```python … ```                           run in one namespace a page
    <!-- printed --> … <!-- end -->           behind a block: what it printed
    <!--= expression -->text<!--/-->          the value of an expression
    <!-- holds: expression -->                what the text claims; where it is not true, the build fails
    ![what is seen](name.svg)                 a picture that a block has written
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
PAGES = DOCS / "tour"
WORK = DOCS.parent / "runs" / "tour"
ORDER = "bottleneck soft-search scores gallery windows coverage beam explain".split()
PART = re.compile(
    r"^```(?P<language>\w+)\n(?P<code>.*?)^```\n(?P<printed>\n<!-- printed -->\n.*?<!-- end -->\n)?"
    r"|<!--= (?P<value>.*?) -->.*?<!--/-->"
    r"|<!-- holds: (?P<claim>.*?) -->",
    re.DOTALL | re.MULTILINE,
)
PICTURE = re.compile(r"!\[[^\]]+\]\(([\w.-]+\.svg)\)")
NUMBER = re.compile(r"(?<![\w.])[−-]?\d[\d,]*(?:\.\d+)?")


class Untrue(Exception):
    """A page claims what does not hold."""


class Page:
    """One page, run in the folder that is the present one."""

    def __init__(self, name: str, folder: Path = PAGES) -> None:
        self.name = name
        self.text = (folder / f"{name}.md").read_text(encoding="utf-8")
        self.known: dict[str, Any] = {"__name__": name}

    @property
    def trains(self) -> bool:
        """Whether it needs a model."""
        return any(words[:2] == ["entarte", "train"] for words in self.commands())

    @property
    def pictures(self) -> list[str]:
        return PICTURE.findall(self.text)

    def commands(self) -> Iterator[list[str]]:
        for found in PART.finditer(self.text):
            if found["language"] == "sh":
                yield from (shlex.split(line) for line in found["code"].split("\n") if line)

    def run(self) -> str:
        """The page as it should be. Raises Untrue, and what its code raises."""
        return PART.sub(self.part, self.text)

    def part(self, found: re.Match[str]) -> str:
        if found["claim"]:
            if not eval(found["claim"], self.known):
                raise Untrue(f"{self.name}: it does not hold that {found['claim']}")
            return found[0]
        if found["value"]:
            return f"<!--= {found['value']} -->{eval(found['value'], self.known)}<!--/-->"
        if found["language"] == "sh":
            for line in found["code"].split("\n"):
                command(shlex.split(line))
            return found[0]
        if found["language"] != "python":
            return found[0]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(found["code"], f"{self.name}.md", "exec"), self.known)
        shown = said.getvalue()
        if shown and not shown.startswith("|"):
            shown = f"```text\n{shown}```\n"
        code = f"```python\n{found['code']}```\n"
        return f"{code}\n<!-- printed -->\n{shown}<!-- end -->\n" if shown else code


def command(words: list[str]) -> None:
    """Run `entarte …`, unless what it makes is there."""
    if not words or words[1] not in ("data", "train"):
        return  # what a reader may look at
    made = Path(words[words.index("--out") + 1])
    if made.exists():
        return
    from entarte.cli.main import main as entarte

    sys.stderr.write(" ".join(words) + "\n")
    if code := entarte(words[1:]):
        raise SystemExit(code)


def differences(old: str, new: str, tolerance: float) -> list[tuple[str, str]]:
    """Lines that say something else: other words, or numbers further apart than the tolerance allows, by
    themselves or in proportion."""
    pairs = zip(old.split("\n"), new.split("\n"))
    found = [(a, b) for a, b in pairs if not alike(a, b, tolerance)]
    if old.count("\n") != new.count("\n"):
        found.append((f"{old.count(chr(10))} lines", f"{new.count(chr(10))} lines"))
    return found


def alike(old: str, new: str, tolerance: float) -> bool:
    """Whether two lines say the same.

    >>> alike("| 0.50 | 12 |", "| 0.51 | 12 |", 0.02), alike("a 1", "a 2", 0.02), alike("a 1", "b 1", 0.02)
    (True, False, False)
    """
    if NUMBER.sub("0", old) != NUMBER.sub("0", new):
        return False
    numbers = (map(value, NUMBER.findall(line)) for line in (old, new))
    return all(math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in zip(*numbers))


def value(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def build(names: list[str], work: Path, check: float | None = None, pages: Path = PAGES) -> list[str]:
    """Run pages in a folder and write them; with a tolerance, only say what would change, a line each."""
    work.mkdir(parents=True, exist_ok=True)
    changes = []
    for name in names:
        page = Page(name, pages)
        with contextlib.chdir(work):
            made = page.run()
        if check is not None:
            found = differences(page.text, made, check)
            changes += [f"{name}.md\n  is:     {old}\n  should: {new}" for old, new in found]
            continue
        (pages / f"{name}.md").write_text(made, encoding="utf-8")
        for picture in page.pictures:
            shutil.copyfile(work / picture, pages / picture)
        sys.stderr.write(f"{name}.md\n")
    return changes


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pages", nargs="*", help=f"else all: {' '.join(ORDER)}")
    parser.add_argument("--work", type=Path, default=WORK, help="where models are trained and kept")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page would change")
    parser.add_argument("--tolerance", type=float, default=0.02, help="of numbers, for --check")
    args = parser.parse_args()
    if unknown := set(args.pages) - set(ORDER):
        parser.error(f"no such page: {' '.join(unknown)}")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    changes = build(args.pages or ORDER, args.work.resolve(), args.tolerance if args.check else None)
    sys.stdout.write("".join(f"{change}\n" for change in changes))
    raise SystemExit(bool(changes))


if __name__ == "__main__":
    main()
