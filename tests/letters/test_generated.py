"""The generated languages: what their rules say, and what their files hold."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from entarte.cli.main import main
from entarte.errors import InputError
from entarte.grammar.inflection import NOUNS, VERBS, inflected, inflection
from entarte.grammar.reports import PARTS
from entarte.grammar.scan import SPLITS, commands, scan
from entarte.grammar.spelling import readings, spelling
from entarte.reader import read


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("bat", ["B AE1 T"]),
        ("bate", ["B EY1 T"]),  # a silent e makes a vowel long
        ("batte", ["B EY1 T"]),  # double consonants are one
        ("cit", ["S IH1 T"]),  # c and g are soft before e and i
        ("gat", ["G AE1 T"]),
        ("get", ["JH EH1 T"]),
        ("masa", ["M AE1 Z AH0"]),  # s is voiced between vowels, a vowel without stress is weak
        ("massa", ["M AE1 S AH0"]),
        ("tadasa", ["T AH0 D AE1 Z AH0"]),  # the last but one of several syllables has the stress
        ("phoop", ["F UW1 P", "F UH1 P"]),  # oo has two readings
    ],
)
def test_how_words_are_said(word: str, said: list[str]) -> None:
    assert readings(word) == said


def test_words_of_two_parts_differ_and_readings_stand_together() -> None:
    words = {part: [each.source for each in spelling(300, part=part)] for part in PARTS}
    assert all(len(set(found)) == 300 for found in words.values())
    assert not set(words["train"]) & set(words["test"]) | set(words["train"]) & set(words["valid"])
    assert len(words["train"]) > 300, "no word has two readings"
    changes = sum(one != other for one, other in pairwise(words["train"]))
    assert changes == 299
    assert [*spelling(20, 5)] == [*spelling(20, 5)] != [*spelling(20, 6)]


@pytest.mark.parametrize(
    ("lemma", "features", "form"),
    [
        ("mada", ("PL", "LOC"), "madalarda"),  # vowels agree
        ("mede", ("PL", "LOC"), "medelerde"),
        ("sat", ("LOC",), "satta"),  # d after a voiceless consonant is t
        ("sat", ("ACC",), "sadu"),  # and that is voiced before a vowel
        ("mada", ("DAT",), "madaya"),  # a y between vowels
        ("ver", ("NEG", "FUT", "1;PL"), "vermeyecegiz"),
        ("ver", ("SG", "NOM"), "ver"),
    ],
)
def test_how_lemmas_are_inflected(lemma: str, features: tuple[str, ...], form: str) -> None:
    assert inflected(lemma, *features) == form


def test_forms_say_all_of_their_features() -> None:
    for each in inflection(200):
        kind, *features = each.features.replace("1;", "1:").replace("2;", "2:").replace("3;", "3:").split(";")
        known = {feature.replace(";", ":") for row in (NOUNS if kind == "N" else VERBS) for feature in row}
        assert set(features) <= known
        assert each.form == inflected(each.lemma, *(feature.replace(":", ";") for feature in features))
    assert not {e.lemma for e in inflection(300)} & {e.lemma for e in inflection(300, part="test")}


def test_scan_is_all_of_its_grammar_once() -> None:
    every = [text for text, _ in commands()]
    assert len(every) == len(set(every)) == 20_910


@pytest.mark.parametrize(
    ("command", "actions"),
    [
        ("jump", "JUMP"),
        ("jump left", "LEFT JUMP"),
        ("turn opposite right", "RIGHT RIGHT"),
        ("walk around left", "LEFT WALK LEFT WALK LEFT WALK LEFT WALK"),
        ("run twice and look opposite left", "RUN RUN LEFT LEFT LOOK"),
        ("run thrice after turn left", "LEFT RUN RUN RUN"),
    ],
)
def test_what_commands_mean(command: str, actions: str) -> None:
    """Lake and Baroni 2018, figure 1 and the supplement."""
    told = " ".join(dict(commands())[command])
    assert told.replace("I_", "").replace("TURN_", "") == actions


def test_the_splits_have_the_sizes_of_the_paper() -> None:
    """16,728/4,182, 16,990/3,920, 14,670/7,706 and 21,890/1,208 (Lake and Baroni 2018, and their files)."""
    sizes = {}
    for split in SPLITS:
        parts = scan(split)
        sizes[split] = (len(parts["train"]) + len(parts["valid"]), len(parts["test"]))
    assert sizes == {
        "simple": (16_728, 4_182),
        "length": (16_990, 3_920),
        "jump": (14_670, 7_706),
        "turn-left": (21_890, 1_208),
    }


def test_what_a_split_keeps_from_the_training() -> None:
    jump, length = scan("jump"), scan("length")
    assert {each.source for each in jump["train"] if "jump" in each.source} == {"jump"}
    assert all("jump" in each.source for each in jump["test"])
    assert max(len(str(each.target).split()) for each in length["train"]) == 22
    assert min(len(str(each.target).split()) for each in length["test"]) == 24
    assert scan("simple", seed=1) != scan("simple", seed=2)


@pytest.mark.parametrize("command", ["spelling", "inflection"])
def test_the_commands_write_three_parts(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["data", command, "--out", str(tmp_path), "--words", "9", "--valid", "3", "--test", "4"]
    assert main(words) == 0
    features = "3" if command == "inflection" else ""
    for part, least in zip(PARTS, (9, 3, 4), strict=True):
        found = list(read(tmp_path / f"{part}.tsv", features=features))
        assert len({(pair.source, pair.target) for pair in found}) >= least
        assert all("<" in pair.source for pair in found) == bool(features)
    assert main(words) == 2
    assert "already holds train.tsv. Use --force, or another folder." in capsys.readouterr().err
    assert main([*words, "--force"]) == 0


def test_a_split_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "scan", "--split", "jumpy", "--out", str(tmp_path / "x")]) == 2
    assert "there is no split 'jumpy'. Did you mean 'jump'?" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    for generated in (spelling, inflection):
        with pytest.raises(InputError, match="there is no part 'tests'"):
            next(generated(1, part="tests"))
