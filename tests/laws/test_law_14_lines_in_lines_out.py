"""Law 14: n lines in, n lines out, always."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entarte.generate import CHUNK, Output, Translator

from .small import keep
from .small import pairs as sentences

ODD = [
    "",
    " ",
    "\t \u00a0",
    "ka te so",
    "\u2028",
    "ka\u2028te",
    "ka\u2029te\x85so\x0b\x0cmun",
    "ka\rte",
    "\ufeffka",
    "<s> </s> <pad> <unk>",
    "\u2581ka\u2581\u2581te",
    "a\u0301e\u0308 \u200d \u200b",
    "\U0001f967\U0001f967 🏳️‍🌈",
    "שלום עולם مرحبا",
    "ka te so",
    "\x00\x01",
    "\ud7ff \U0010ffff",
    "pie " * 30,
    "漢字",
    "-",
]


@pytest.fixture(scope="module", params=["char as it is", "word", "word pointer"])
def translator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Translator:
    """Random weights: it says anything. Text "as it is" keeps odd characters that NFKC would mend."""
    kind, *more = request.param.split(maxsplit=1)
    how = "none" if more == ["as it is"] else "nmt_nfkc"
    readout = "pointer" if more == ["pointer"] else "attentional"
    folder = tmp_path_factory.mktemp("runs") / "small"
    said = [f"text.kind={kind}", f"text.normalisation={how}", f"readout.kind={readout}"]
    return keep(folder, [*said, "generate.longest=20"])


def check_lines(translator: Translator, lines: list[str], **options: object) -> list[Output]:
    """An output for each line, in order, each of which is one line; nothing from nothing."""
    outputs = list(translator.stream(iter(lines), **options))  # type: ignore[arg-type]
    assert len(outputs) == len(lines), "lines were lost or made"
    for line, output in zip(lines, outputs, strict=True):
        assert output.source == line, "out of order"
        assert "\n" not in output.text, "one line became two"
        if not translator.source.ids(line):
            assert (output.text, output.log_probs) == ("", ()), "something from nothing"
        assert output.alignment.weights.shape == (len(output.log_probs), len(output.alignment.columns))
    return outputs


def test_forcing_reads_as_much_of_a_line_as_translating(translator: Translator) -> None:
    line = " ".join(["pie", "pies"] * 15)
    [said] = translator.translate([line])
    [forced] = translator.force([line], [said.text])
    assert forced.unread == said.unread > 0
    assert len(forced.alignment.columns) == 21, "generate.longest pieces and EOS"


@pytest.mark.parametrize(("search", "size"), [("greedy", 1), ("beam", 7), ("sample", 64)])
def test_odd_lines(translator: Translator, search: str, size: int) -> None:
    check_lines(translator, ODD, search=search, batch_size=size)


def test_an_output_does_not_depend_on_the_lines_around_it(translator: Translator) -> None:
    """Law 2 for text: alone, among others, in any batch size."""
    together = check_lines(translator, ODD, batch_size=5)
    for line, output in zip(ODD, together, strict=True):
        [alone] = check_lines(translator, [line])
        assert (alone.text, alone.finished, alone.unread) == (output.text, output.finished, output.unread)
        assert alone.log_probs == pytest.approx(output.log_probs, abs=1e-5)


def test_no_line(translator: Translator) -> None:
    assert check_lines(translator, []) == []


@pytest.mark.parametrize("lines", [[""], ["", "", ""], [" "] * 40])
def test_nothing_but_empty_lines(translator: Translator, lines: list[str]) -> None:
    assert [output.text for output in check_lines(translator, lines)] == [""] * len(lines)


def test_blank_lines_say_nothing_where_text_is_normalised(tmp_path: Path) -> None:
    """Whatever kind of blank: after NFKC nothing is left of it."""
    blank = ["", " ", "\t \u00a0", "\u2028", "\u3000 \u2009", "\x0b\x0c"]
    translator = keep(tmp_path / "small", [])
    assert [output.text for output in check_lines(translator, blank)] == [""] * len(blank)


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_around_the_end_of_what_is_read_ahead(translator: Translator, beyond: int) -> None:
    lines = [source for source, _ in sentences(CHUNK + beyond)]
    check_lines(translator, lines, search="greedy", batch_size=1)


def test_lines_are_streamed(translator: Translator) -> None:
    """The first outputs are there before the last lines are read: any number of lines fits the memory."""
    read = 0

    def endless() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield "ka te" if read % 3 else ""

    stream = translator.stream(endless(), search="greedy", batch_size=1)
    for number in range(1, 2 * CHUNK):
        next(stream)
        assert read <= number + CHUNK


ANY = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12))


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=ANY)
def test_any_lines(translator: Translator, lines: list[str]) -> None:
    check_lines(translator, lines, search="greedy", batch_size=3)


def test_control_a_line_that_is_dropped_is_found(
    translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty lines left out, as a filter would."""
    chunk = translator.chunk

    def dropping(lines: Iterable[str], *rest: Any) -> list[Output]:
        return chunk([line for line in lines if line.strip()], *rest)

    monkeypatch.setattr(translator, "chunk", dropping)
    with pytest.raises(AssertionError, match="lost"):
        check_lines(translator, ODD)


def test_control_lines_out_of_order_are_found(
    translator: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk = translator.chunk

    def by_length(lines: list[str], *rest: Any) -> list[Output]:
        return chunk(sorted(lines, key=len), *rest)

    monkeypatch.setattr(translator, "chunk", by_length)
    with pytest.raises(AssertionError, match="order"):
        check_lines(translator, ODD)
