"""Reading frames and genes: the code, what is made up, what is read, and a model that learns the code."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from entarte import saved
from entarte.alignment import Alignment
from entarte.assess import assess
from entarte.cli.main import main
from entarte.errors import InputError
from entarte.grammar.code import CODE, CODONS, Usage, translate
from entarte.grammar.dice import Dice
from entarte.grammar.frames import PARTS, frames
from entarte.grammar.genes import genes
from entarte.grouping import grouped
from entarte.metric import create_all
from entarte.reader import read
from entarte.settings import load
from entarte.span import words
from entarte.task.dna import Dna
from entarte.train import train

pytestmark = pytest.mark.timeout(600)

TINY = """
front.width=24 encoder.width=64 decoder.width=64 attention.width=32 train.rate=0.012 train.batch_tokens=120
train.epochs=4 train.threads=1 train.valid_sentences=20
""".split()


def test_the_code_is_the_standard_one() -> None:
    assert len(CODE) == 64
    assert {codon for codon, amino in CODE.items() if amino == "*"} == {"TAA", "TAG", "TGA"}
    assert CODONS["M"] == ["ATG"]
    assert CODONS["W"] == ["TGG"]
    assert {amino for amino, codons in CODONS.items() if len(codons) == 6} == set("LRS")
    assert [CODE[codon] for codon in ("GCT", "AAA", "GAT", "TTT", "ATT")] == list("AKDFI")


@pytest.mark.parametrize("part", PARTS)
def test_a_frame_begins_at_the_first_atg_and_ends_at_a_stop(part: str) -> None:
    for each in frames(60, 3, part, longest=12, leader=8, trailer=5):
        start = each.source.index("ATG")
        assert start <= 8
        assert translate(each.source[start:]) == each.target
        stop = start + 3 * len(each.target or "")
        assert CODE[each.source[stop : stop + 3]] == "*"
        assert len(each.source) - stop - 3 <= 5
        assert each.links == {(start + n, n // 3) for n in range(3 * len(each.target or ""))}


def test_no_frame_is_in_two_parts_and_a_seed_draws_the_same() -> None:
    drawn = [{each.source for each in frames(300, part=part, shortest=2, longest=3)} for part in PARTS]
    assert not drawn[0] & drawn[1] | drawn[0] & drawn[2] | drawn[1] & drawn[2]
    assert list(frames(9, 5)) == list(frames(9, 5)) != list(frames(9, 6))


def test_codon_usage_is_even_or_a_habit() -> None:
    def drawn(bias: float) -> Counter[str]:
        dice, usage = Dice(1), Usage(bias, 1)
        return Counter(usage.codon("L", dice) for _ in range(3000))

    assert min(drawn(0.0).values()) > 420
    assert max(drawn(2.0).values()) > 3 * min(drawn(2.0).values())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"part": "tests"}, r"there is no part 'tests'\. Did you mean 'test'"),
        ({"shortest": 9, "longest": 3}, "cannot have from 9 to 3 codons"),
        ({"shortest": 1, "longest": 1}, "there are not 500 different frames of 1 to 1 codons"),
    ],
)
def test_frames_that_cannot_be(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(frames(500, **options))  # type: ignore[arg-type]


def test_the_form_of_a_line() -> None:
    task = Dna()
    assert task.pair("atg gcu", "MA*") == ("A T G G C T", "M A")
    assert task.pair(*task.pair("ATGGCC", "MA")) == ("A T G G C C", "M A")
    assert task.pair("", None) == ("", None)
    for source, target, message in (
        ("ATGNCC", None, "letter 4, 'N', is no base. The letters are ACGT"),
        ("ATG", "MB", "letter 2, 'B', is no amino acid"),
        ("ATG-", None, "letter 4, '-', is no base"),
    ):
        with pytest.raises(InputError, match=message):
            task.pair(source, target)


def test_genes_are_checked_and_cut(tmp_path: Path) -> None:
    file = tmp_path / "genes.tsv"
    file.write_text("x\tatggccaaatttgggtaa\tMAKFG\ny\tGTGTGGUAA\tMW\n")  # a start codon says M
    whole, other = genes(str(file), source="2", target="3")
    assert (whole.source, whole.target) == ("ATGGCCAAATTTGGGTAA", "MAKFG")
    assert other.source == "GTGTGGTAA"
    pieces = list(genes(str(file), source="2", target="3", codons=2))
    assert [(each.source, each.target) for each in pieces] == [
        ("ATGGCC", "MA"),
        ("AAATTT", "KF"),
        ("GGGTAA", "G"),
        ("GTGTGGTAA", "MW"),
    ]
    assert pieces[1].links == {(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1)}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ATGNCC\tMA", "letter 4 of the sequence, 'N', is no base"),
        ("ATGGC\tMA", "5 bases are no whole number of codons"),
        ("ATGGCC\tMG", "codon 2 says A in the standard code, and the protein has G"),
        ("ATGGCCTAA\tMAW", "codon 3|2 codons before the stop, and 3 residues"),
    ],
)
def test_a_gene_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "genes.tsv"
    file.write_text(f"ATGGCC\tMA\n{line}\n")
    with pytest.raises(InputError, match=rf"genes\.tsv:2: .*({message})"):
        list(genes(str(file)))


def test_bases_are_grouped_in_the_frame_that_is_looked_at() -> None:
    source, target = "C C A T G G C C T", "M A"
    weights = [[0, 0.1, 0.2, 0.3, 0.4, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0.1, 0.3, 0.3, 0.2, 0, 0.1]]
    bases = Alignment.of(source, words(source), target, words(target), weights)
    codons = grouped(bases, 3)
    assert [column.text for column in codons.columns] == ["CC", "ATG", "GCC", "T", "</s>"]
    assert codons.weights.tolist() == [
        pytest.approx([0.1, 0.9, 0, 0, 0]),
        pytest.approx([0, 0.1, 0.8, 0, 0.1]),
    ]
    assert codons.word_links() == {(2, 0), (3, 0), (4, 0), (5, 1), (6, 1), (7, 1)}
    assert [column.text for column in grouped(bases, 3, 0).columns] == ["CCA", "TGG", "CCT", "</s>"]
    assert codons.columns[-1].kind == "eos"
    middle = replace(bases, weights=np.eye(10)[[3, 6]])  # each looks at one base, and all frames fit
    assert [column.text for column in grouped(middle, 3).columns] == ["CC", "ATG", "GCC", "T", "</s>"]
    for size, offset in ((0, None), (3, 3), (3, -1)):
        with pytest.raises(InputError, match="groups of"):
            grouped(bases, size, offset)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames of each part, and a model that has learned from them."""
    folder = tmp_path_factory.mktemp("dna")
    words = "data frames --pairs 1200 --valid 20 --test 40 --shortest 3 --longest 7 --leader 3".split()
    assert main([*words, "--out", str(folder / "frames")]) == 0
    files = [f"data.{part}={folder}/frames/{part}.tsv" for part in PARTS]
    links = [f"data.{part}_links={folder}/frames/{part}.align" for part in ("valid", "test")]
    train(load("dna", [*files, *links, *TINY]), folder / "model")
    return folder


@pytest.mark.slow
def test_a_model_learns_the_code_and_where_to_look(folder: Path) -> None:
    model = saved.load(folder / "model")
    pairs = list(
        read(folder / "frames" / "test.tsv", links=folder / "frames" / "test.align", form=model.aim.pair)
    )
    found = assess(model, pairs, create_all(["wer"])).report.scores
    scores = {score.name: score for score in next(iter(found.values()))}
    assert scores["wer"].value < 10
    assert scores["pointing"].value > 90  # the heaviest base is one of the residue's codon
    assert scores["on-gold"].value > 80


@pytest.mark.slow
def test_commands(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = str(folder / "model")
    assert main(["evaluate", model, "--examples", "1"]) == 0
    said = capsys.readouterr().out
    assert "exact match  residue ER" in said
    assert "Proteins\n\ncoding sequence" in said
    lines = tmp_path / "lines"
    lines.write_text("ATGGCCTAA\natggcctaa\nA T G G C C T A A\n\n")
    assert main(["translate", model, str(lines)]) == 0
    same, lower, apart, empty = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert same == lower == apart != empty == ""
    lines.write_text("ATGGCC\nATGNCC\n")
    assert main(["translate", model, str(lines)]) == 2
    assert "line 2: letter 4, 'N', is no base" in capsys.readouterr().err
    assert main(["show", model, "ATGGCCTAA", "--group", "3"]) == 0
    assert len(re.findall(r"\b[ACGT]{3}\b", capsys.readouterr().out)) in (2, 3)  # in whichever frame


def test_training_refuses_what_is_no_base(tmp_path: Path) -> None:
    file = tmp_path / "train.tsv"
    file.write_text("ATGGCC\tMA\nATXGCC\tMA\n")
    with pytest.raises(InputError, match=r"train\.tsv:2: letter 3, 'X', is no base"):
        train(load("dna", [f"data.train={file}", f"data.valid={file}"]), tmp_path / "model")


def test_data_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["data", "frames", "--pairs", "5", "--valid", "2", "--test", "2", "-o", str(tmp_path / "f")]
    assert main(words) == 0
    assert main(words) == 2
    assert "already holds train.tsv. Use --force, or another folder." in capsys.readouterr().err
    assert main([*words, "--force"]) == 0
