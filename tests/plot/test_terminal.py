"""The heat map in the terminal: what it shows, and that it fits."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from entarte.alignment import Alignment
from entarte.plot.terminal import lines, plain, show
from entarte.span import words

FLAT = """\
        he    hit   me   with    a    pie  ⟨end⟩
   il  █████   ·     ·     ·     ·     ·     ·
   m'┐ ░░░░░ ░░░░░ █████   ·     ·     ·     ·
    a┘ ░░░░░ ▓▓▓▓▓ ▒▒▒▒▒ ░░░░░   ·     ·     ·
  ent┐       ▓▓▓▓▓ ░░░░░ ░░░░░ ░░░░░ ▓▓▓▓▓   ·
 arté┘       ▒▒▒▒▒   ·   ░░░░░ ░░░░░ ▓▓▓▓▓   ·
⟨end⟩    ·     ·     ·     ·     ·   ░░░░░ █████
"""

UPRIGHT = """\
             w
         h   i   p e
       h i m t   i n
       e t e h a e d
   il  ██· · · · · ·
   m'┐ ░░░░██· · · ·
    a┘ ░░▓▓▒▒░░· · ·
  ent┐   ▓▓░░░░░░▓▓·
 arté┘   ▒▒· ░░░░▓▓·
⟨end⟩  · · · · · ░░██
"""


def test_labels_lie_flat_where_they_fit(samples: SimpleNamespace) -> None:
    assert plain(samples.flagship(), width=60) == FLAT


def test_labels_stand_upright_where_it_is_narrow(samples: SimpleNamespace) -> None:
    assert plain(samples.flagship(), width=24) == UPRIGHT


def test_what_is_too_wide_goes_on_in_another_block(samples: SimpleNamespace) -> None:
    text = plain(samples.flagship(), width=12)
    blocks = text.split("\n\n")
    assert len(blocks) == 3
    assert all(block.count("\n") >= 6 for block in blocks)


def test_numbers_stand_below_their_cells(samples: SimpleNamespace) -> None:
    text = plain(samples.flagship().words(), width=60, numbers=True).split("\n")
    row = next(at for at, line in enumerate(text) if line.lstrip().startswith("entarté"))
    expected = [f"{weight:.2f}"[1:] for weight in samples.flagship().words().weights[2] if weight >= 0.005]
    assert text[row + 1].split() == expected
    assert text[row + 1].index(expected[0]) - 1 == text[row].index("▒")


def test_ascii_only_terminals_get_ascii(samples: SimpleNamespace) -> None:
    for one in (samples.flagship(), samples.chinese, samples.arabic):
        assert plain(one, width=60, ascii_only=True).isascii()
    assert "arte/" in plain(samples.flagship(), width=60, ascii_only=True)


def test_right_to_left_sources_are_numbered_and_listed(samples: SimpleNamespace) -> None:
    text = plain(samples.arabic, width=60).split("\n")
    assert text[0].split() == ["1", "2", "3", "4", "5"]
    assert "2 \u200eالولد\u200e" in text


def test_right_to_left_rows_keep_their_cells_in_place() -> None:
    one = Alignment.of("a b", words("a b"), "שלום", words("שלום"), [[1.0, 0.0]])
    assert plain(one, width=40).split("\n")[1].startswith("\u200eשלום\u200e")


def test_wide_letters_take_two_places(samples: SimpleNamespace) -> None:
    header, *rows = plain(samples.chinese, width=60).rstrip("\n").split("\n")
    end = cell_len(header[: header.index("狗") + 1])
    assert cell_len(rows[3][: rows[3].rindex("▓")]) >= end - 4


def test_long_sequences_are_drawn_together_and_say_so(samples: SimpleNamespace) -> None:
    text = plain(samples.long(), width=80)
    assert "A cell is 28 source by 9 target tokens" in text
    assert text.count("\n") < 70


def test_tokens_drawn_together_show_the_heaviest() -> None:
    weights = np.zeros((1, 400))
    weights[0, 237] = 1
    text = plain(Alignment.of("a " * 400, words("a " * 400), "b", words("b"), weights), width=43)
    last = text.rstrip("\n").split("\n")[-1]
    assert last.count("█") == 1
    assert last.index("█") - len("1  ") == 237 // 10


def test_no_tokens_say_so(samples: SimpleNamespace) -> None:
    assert plain(samples.empty) == "(no tokens)\n"
    assert plain(Alignment.of("a", words("a"), "", [], np.zeros((0, 1)))) == "(no tokens)\n"


def test_escape_sequences_of_a_text_do_not_reach_the_terminal(samples: SimpleNamespace) -> None:
    text = plain(samples.nasty, width=100)
    assert "\x1b" not in text
    assert "\u202e" not in text


def shown(
    one: Alignment, monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8", **settings: object
) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    show(one, console=Console(file=file, width=70, **settings))  # type: ignore[arg-type]
    file.seek(0)
    return file.read()


def test_colour_only_where_it_is_wanted(samples: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    one = samples.flagship()
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    assert "\x1b[38;2;" in shown(one, monkeypatch, force_terminal=True)
    assert shown(one, monkeypatch) == plain_padded(one)  # not a terminal: no escape at all
    monkeypatch.setenv("NO_COLOR", "1")
    assert "38;2" not in shown(one, monkeypatch, force_terminal=True)


def plain_padded(one: Alignment) -> str:
    return "".join(line.plain + "\n" for line in lines(one, 70))


def test_a_terminal_that_cannot_write_shades_gets_ascii(
    samples: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "@@@@@" in shown(samples.flagship(), monkeypatch, encoding="ascii")
    assert "<end>" in shown(samples.arabic, monkeypatch, encoding="latin-1")


@settings(deadline=None, max_examples=60)
@given(
    source=st.lists(st.text("abé犬\u0301ש<[", min_size=1, max_size=20), min_size=1, max_size=40),
    target=st.lists(st.text("abé犬\u0301ש<[", min_size=1, max_size=20), min_size=1, max_size=5),
    width=st.integers(12, 220),
    numbers=st.booleans(),
    ascii_only=st.booleans(),
)
def test_no_line_is_wider_than_the_terminal(
    source: list[str], target: list[str], width: int, numbers: bool, ascii_only: bool
) -> None:
    texts = " ".join(source), " ".join(target)
    weights = np.full((len(target), len(source)), 1 / len(source))
    one = Alignment.of(texts[0], words(texts[0]), texts[1], words(texts[1]), weights)
    for line in lines(one, width, numbers=numbers, ascii_only=ascii_only):
        assert cell_len(line.plain) <= width, line.plain
