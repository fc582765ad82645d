"""`entarte data grammar`: the files, what is said, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from entarte.cli.main import main
from entarte.grammar import pairs
from entarte.metric.links import pharaoh, read

SIZES = ["--pairs", "30", "--valid", "8", "--test", "6", "--max-words", "9"]


def write(folder: Path, *more: str) -> int:
    return main(["data", "grammar", "--out", str(folder), *SIZES, *more])


def lines(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    return text[:-1].split("\n")


def test_three_files_for_each_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "below" / "fr"
    assert write(folder) == 0
    counts = {path.name: len(lines(path)) for path in sorted(folder.iterdir())}
    assert counts == {
        f"{part}.{end}": count
        for part, count in (("test", 6), ("train", 30), ("valid", 8))
        for end in ("align", "en", "fr")
    }
    drawn = list(pairs("fr", 30, 1, max_words=9, part="train"))
    assert lines(folder / "train.en") == [each.source for each in drawn]
    assert lines(folder / "train.fr") == [each.target for each in drawn]
    assert lines(folder / "train.align") == [pharaoh(each.links or frozenset()) for each in drawn]
    assert len(read(folder / "train.align")) == 30
    assert [path.name for path in folder.parent.iterdir()] == ["fr"]
    said = capsys.readouterr().out
    assert "English to fr" in said
    assert all(
        text in said for text in ("train", "valid", "test", "30", drawn[0].source, drawn[0].target or "")
    )


def test_language_seed_and_bounds(tmp_path: Path) -> None:
    assert write(tmp_path / "a", "--to", "de", "--seed", "5", "--min-words", "6", "--by-length") == 0
    drawn = list(pairs("de", 30, 5, min_words=6, max_words=9, by_length=True, part="train"))
    assert lines(tmp_path / "a" / "train.de") == [each.target for each in drawn]


def test_a_full_folder_is_kept_unless_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "c"
    assert write(folder) == 0
    before = (folder / "train.en").read_bytes()
    assert write(folder, "--to", "es", "--seed", "2") == 2
    assert "already holds a corpus. Use --force, or another folder." in capsys.readouterr().err
    assert (folder / "train.en").read_bytes() == before
    assert write(folder, "--to", "es", "--seed", "2", "--force") == 0
    assert sorted(path.suffix for path in folder.glob("train.*")) == [".align", ".en", ".es"]


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "forced"])
def test_other_peoples_files_are_never_replaced(
    tmp_path: Path, force: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert write(tmp_path, *force) == 2
    assert "holds other files (notes.txt). Name another folder." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_where_the_folder_should_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f").write_text("")
    assert write(tmp_path / "f") == 2
    assert "is a file; the corpus needs a folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--to", "German"], "the grammar does not write 'German'. Did you mean 'de'?"),
        (["--pairs", "-3"], "-3 pairs cannot be drawn"),
        (["--min-words", "1"], "sentences of 1 to 9 words cannot be drawn"),
        (["--min-words", "12"], "sentences of 12 to 9 words cannot be drawn"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    more: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(tmp_path / "x", *more) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert message in said
    assert list(tmp_path.iterdir()) == []


def test_too_many_leave_the_old_corpus_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(tmp_path / "c") == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "c").iterdir()}
    monkeypatch.setattr("entarte.grammar.sampling._PATIENCE", 300)
    monkeypatch.setattr("entarte.grammar.sampling._FRESH", 299)
    assert write(tmp_path / "c", "--pairs", "9000", "--max-words", "3", "--force") == 2
    assert "different English–French sentences of 3 words were found" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (tmp_path / "c").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
