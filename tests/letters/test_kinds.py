"""Each side may have pieces of its own kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from entarte import saved
from entarte.errors import InputError
from entarte.settings import loads
from entarte.train import train

SMALL = (
    "text.shared=false front.width=8 encoder.width=8 decoder.width=8 decoder.input_feeding=false "
    "train.updates=1 train.valid_sentences=0 train.threads=1"
).split()


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (["text.kind=word", "text.source_kind=char", "text.size=0"], ("char", "word")),
        (["text.kind=char", "text.target_kind=word", "text.size=0"], ("char", "word")),
        (
            ["text.target_kind=word", "text.source_size=20", "text.size=0", "text.coverage=0.99"],
            ("unigram", "word"),
        ),
        (
            ["text.source_kind=tagged", "text.target_kind=bpe", "text.size=0", "text.target_size=20"],
            ("tagged", "bpe"),
        ),
    ],
)
def test_each_side_has_its_kind(words: list[str], kinds: tuple[str, str], tmp_path: Path) -> None:
    lines = "".join(f"{a}at {b}ot\t{b}{a} o {a}{b}\n" for a in "bcdfgh" for b in "klmnp")
    (tmp_path / "it.tsv").write_text(lines, encoding="utf-8")
    files = [f"data.{part}={tmp_path}/it.tsv" for part in ("train", "valid")]
    train(loads("", [*SMALL, *words, *files]), tmp_path / "run")
    model = saved.load(tmp_path / "run")
    assert (model.source.kind, model.target.kind) == kinds
    assert len(model.translate(["bat kot"], search="greedy")) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["text.source_kind=char"],
            "text.source_kind: a shared vocabulary has one kind of pieces. Set text.kind, or",
        ),
        (["text.target_kind=word"], "text.target_kind: a shared vocabulary has one kind of pieces"),
        (
            ["text.shared=false", "text.target_kind=word", "text.segmentations=3"],
            "text.segmentations: 'word' pieces have one segmentation. Use text.kind='unigram'.",
        ),
        (["text.source_kind=chars"], "text.source_kind: "),
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        loads("", words)
    assert message in str(caught.value)
