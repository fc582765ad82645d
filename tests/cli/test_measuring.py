"""`entarte score`, `compare` and `aer` on files, as a person would."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import sacrebleu
import typer
from typer.testing import CliRunner, Result

from entarte.cli.aer import aer
from entarte.cli.compare import compare
from entarte.cli.score import score
from entarte.errors import InputError

REFERENCE = ["he hit me with a pie", "oh no", "the cat sat on the mat today", "a\u2028b c"]
GOOD = ["he hit me with pie", "oh no", "the cat sat on the mat today", "a\u2028b c"]
BAD = ["he hit him", "oh yes", "the cat on mat today", "a"]
SOURCE = ["il m'a entarté", "oh non", "le chat était assis sur le tapis aujourd'hui", "a b c"]

app = typer.Typer()
for command in (score, compare, aer):
    app.command()(command)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name, lines in {"ref": REFERENCE, "good": GOOD, "bad": BAD, "src": SOURCE}.items():
        write(name, lines)
    return tmp_path


def write(name: str, lines: list[str], end: str = "\n") -> None:
    Path(name).write_bytes("".join(line + end for line in lines).encode())


def run(*words: str, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(app, words, input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit | InputError):
        raise result.exception
    return result


def refused(*words: str) -> str:
    """What an InputError says; nothing may have been printed before it."""
    result = run(*words)
    assert isinstance(result.exception, InputError), result.output
    assert result.stdout == ""
    return str(result.exception)


def test_scores_are_printed(folder):
    result = run("score", "good", "bad", "-r", "ref")
    assert result.exit_code == 0
    lines = result.stdout.split("\n")
    assert lines[0] == "Scores"
    assert lines[2].split() == ["system", "BLEU", "chrF", "TER"]
    expected = sacrebleu.BLEU().corpus_score(GOOD, [REFERENCE]).score
    assert lines[3].split()[:2] == ["good", f"{expected:.2f}"]
    assert lines[4].split()[0] == "bad"
    assert any(line.startswith("BLEU: nrefs:1|case:mixed") for line in lines)


def test_scores_as_json_and_markdown(folder):
    loaded = json.loads(run("score", "good", "-r", "ref", "--metrics", "wer,exact", "--json").stdout)
    # 1 word of 6 + 2 + 7 + 3 is missing ("a\u2028b c" has the words a, b, c); 3 of 4 lines are right.
    assert [each["value"] for each in loaded["scores"]["good"]] == pytest.approx([100 / 18, 75])
    text = run("score", "good", "-r", "ref", "--metrics", " WER,exact", "--markdown").stdout
    assert "| system | WER | exact match |\n|:--|--:|--:|\n| good | 5.56 | 75.00 |" in text


def test_buckets_of_length_and_frequency(folder):
    Path("train.gz").write_bytes(gzip.compress(b"he he he\nhit me\n"))
    words = ["score", "good", "-r", "ref", "--metrics", "wer", "--source", "src", "--lengths", "3,5"]
    loaded = json.loads(run(*words, "--train", "train.gz", "--frequencies", "1,3", "--json").stdout)
    buckets = loaded["lengths"]["good"]["wer"]
    assert [(each["low"], each["high"], each["sentences"]) for each in buckets] == [
        (0, 3, 3),
        (4, 5, 0),
        (6, None, 1),
    ]
    # "he" was seen 3 times; "hit" and "me" once; the rest never.
    assert [(each["low"], each["wanted"]) for each in loaded["words"]["good"]] == [(0, 15), (1, 2), (3, 1)]
    text = run(*words).stdout
    assert "WER by source length (words)" in text
    assert "4–5" in text


def test_default_buckets_and_intervals(folder):
    words = ["score", "good", "-r", "ref", "-s", "src", "--train", "ref", "--metrics", "wer"]
    loaded = json.loads(run(*words, "--samples", "50", "--json").stdout)
    band = loaded["intervals"]["good"]["wer"]
    assert 0 <= band["low"] <= 100 / 18 <= band["high"]
    assert loaded["lengths"]["good"]["wer"][0]["interval"]["samples"] == 50
    assert [each["low"] for each in loaded["words"]["good"]] == [0, 1, 2, 5, 10, 100, 1000]
    assert "WER interval" in run(*words, "--samples", "50").stdout


def test_several_references(folder):
    write("ref2", ["he hit me with pie", "x", "x", "x"])
    loaded = json.loads(
        run("score", "good", "-r", "ref", "-r", "ref2", "--metrics", "exact", "--json").stdout
    )
    assert loaded["scores"]["good"][0]["value"] == 100
    write("both", ["x\the hit me with pie", "oh no", "the cat sat on the mat today", "a\u2028b c"])
    words = ["score", "good", "-r", "both", "--metrics", "exact", "--json"]
    assert json.loads(run(*words, "--readings").stdout)["scores"]["good"][0]["value"] == 100
    assert json.loads(run(*words).stdout)["scores"]["good"][0]["value"] == 75


def test_settings_reach_the_metrics(folder):
    write("upper", [line.upper() for line in REFERENCE])
    words = ["score", "upper", "-r", "ref", "--metrics", "bleu", "--tokenize", "char", "--json"]
    assert json.loads(run(*words).stdout)["scores"]["upper"][0]["value"] < 1
    lowered = json.loads(run(*words, "--lowercase").stdout)["scores"]["upper"][0]
    assert lowered["value"] == pytest.approx(100)
    assert "case:lc" in lowered["signature"]
    assert "tok:char" in lowered["signature"]


def test_standard_input_carriage_returns_and_byte_order_marks(folder):
    text = "\ufeff" + "".join(line + "\r\n" for line in REFERENCE)
    loaded = json.loads(run("score", "-", "-r", "ref", "--metrics", "exact", "--json", stdin=text).stdout)
    assert loaded["scores"]["-"][0]["value"] == 100


def test_comparing(folder):
    words = ["compare", "bad", "good", "-r", "ref", "-s", "src", "--metrics", "wer", "--samples", "100"]
    loaded = json.loads(run(*words, "--json").stdout)
    pair = loaded["versus"][0]
    assert (pair["first"], pair["second"]) == ("bad", "good")
    assert [each["method"] for each in pair["comparisons"]] == ["bootstrap", "randomisation"]
    assert all(each["difference"] < 0 and each["samples"] == 100 for each in pair["comparisons"])
    # The largest gains: line 4 (2 of 3 missing → 0), line 1 (4 of 6 → 1 of 6), line 2 and 3 (1/2, 2/7).
    assert [each["sentence"] for each in pair["better"]] == [3, 0, 1, 2]
    assert pair["better"][0]["texts"]["source"] == "a b c"
    text = run(*words, "--differing", "1").stdout
    assert "good against bad" in text
    assert "Where good is most better (WER)" in text
    assert "a�b c" in text  # a line separator cannot break the terminal's line
    assert "of 2 comparisons" not in text
    assert "| WER | " in run(*words, "--markdown").stdout


@pytest.mark.parametrize("test", ["bootstrap", "randomisation"])
def test_comparing_by_one_test(folder, test):
    words = ["compare", "bad", "good", "bad2", "-r", "ref", "--metrics", "wer,distinct-1", "--test", test]
    write("bad2", BAD)
    loaded = json.loads(run(*words, "--json", "--samples", "20").stdout)
    assert {each["method"] for pair in loaded["versus"] for each in pair["comparisons"]} == {test}
    assert [pair["second"] for pair in loaded["versus"]] == ["good", "bad2"]
    assert loaded["versus"][1]["comparisons"][0]["p"] == 1
    assert any("of 4 comparisons" in note for note in loaded["notes"])
    assert any("trust randomisation" in note for note in loaded["notes"]) == (test == "bootstrap")


def test_the_seed_is_read(folder):
    words = ["compare", "bad", "good", "-r", "ref", "--metrics", "wer", "--samples", "30", "--json"]
    assert run(*words).stdout == run(*words).stdout
    assert run(*words).stdout != run(*words, "--seed", "2").stdout


def test_alignment_error(folder):
    write("gold", ["0-0 1-1 2-3 2?2", "0-0"])
    write("links", ["0-0 1-1 2-2 3-3", ""])
    write("s", ["a b c d", "e"])
    write("t", ["f g h i", "j"])
    loaded = json.loads(run("aer", "links", "-g", "gold", "-s", "s", "-t", "t", "--json").stdout)
    # |A∩S| = 2, |A∩P| = 3, |A| = 4, |S| = 4: 1 − 5/8
    assert loaded["scores"]["links"][0]["value"] == pytest.approx(3 / 8)
    assert loaded["notes"] == []
    text = run("aer", "links", "--gold", "gold", "--samples", "20").stdout
    assert "0.375" in text
    assert "0.750" in text  # precision 3/4
    assert "no link could be checked" in text
    assert (
        "| links | 0.375 | – | 0.750 | 0.500 | 0.600 | 4 | 4 |"
        in run("aer", "links", "-g", "gold", "--markdown").stdout
    )


def test_alignments_that_count_from_one_or_the_other_way_round(folder):
    write("s", ["a b c"] * 2)
    write("t", ["d e"] * 2)
    write("gold", ["0-0 2-1", "1-1"])
    write("one", ["1-1 3-2", "2-2"])
    write("turned", ["0-0 1-2", "1-1"])
    sides = ["-s", "s", "-t", "t"]
    told = refused("aer", "gold", "-g", "one", *sides)
    assert told.startswith("one:1: link 3-2 points beyond the pair's 3 source and 2 target words.")
    assert "would fit if they counted from 1: read the file with base 1. Here: --gold-base 1" in told
    told = refused("aer", "turned", "-g", "gold", *sides)
    assert "source and target exchanged: transpose them. Here: --base 1, --transpose" in told
    for words in (
        ["one", "-g", "gold", "--base", "1"],
        ["gold", "-g", "one", "--gold-base", "1"],
        ["turned", "-g", "gold", "--transpose"],
        ["gold", "-g", "turned", "--transpose-gold"],
    ):
        loaded = json.loads(run("aer", *words, *sides, "--json").stdout)
        assert next(iter(loaded["scores"].values()))[0]["value"] == 0


def test_gold_without_word_0_is_doubted_even_without_the_words(folder):
    write("links", ["0-0"] * 10)
    write("gold", ["1-1"] * 10)
    told = refused("aer", "links", "-g", "gold")
    assert "gold: no link of any line touches word 0" in told
    assert "Say --gold-base 1, or --gold-base 0 if that is right" in told
    assert run("aer", "links", "-g", "gold", "--gold-base", "1").exit_code == 0
    assert "1.000" in run("aer", "links", "-g", "gold", "--gold-base", "0").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("score good -r ref --metrics blue", "no metric 'blue'. Did you mean 'bleu'"),
        ("score good -r ref --metrics ,", "no metric was named"),
        ("score good -r ref --metrics perplexity", "perplexity is measured on a model's own"),
        ("score good -r ref --metrics wer --tokenize char", "tokenize: none of wer reads it"),
        ("score good -r ref --metrics per --lowercase", "lowercase: none of per reads it"),
        ("score nowhere -r ref", "nowhere: there is no such file"),
        ("score . -r ref", ".: it is a folder"),
        ("score short -r ref", "short: it has 1 lines, but ref has 4. Line k of one"),
        ("score good -r ref -r short", "short: it has 1 lines, but ref has 4"),
        ("score good -r ref -s short", "short: it has 1 lines, but ref has 4"),
        ("score good good -r ref", "good: it is given twice"),
        ("score good -r empty", "empty: there is no line in it"),
        ("score latin -r ref", "latin:2: byte 2 of the line is not UTF-8. Convert the file"),
        ("score cut.gz -r ref", "cut.gz: it cannot be read"),
        ("score good -r ref --lengths 1,2", "--lengths: it is only read together with --source"),
        ("score good -r ref --frequencies 1", "--frequencies: it is only read together with --train"),
        ("score good -r ref -s src --lengths 1,x", "--lengths: '1,x' is no list of whole numbers"),
        ("score good -r ref -s src --lengths 9,3", "buckets: the edges of the buckets are 9, 3"),
        ("score good -r ref --json --markdown", "--json and --markdown exclude each other"),
        ("compare good -r ref", "one file of outputs cannot be compared. Give two or more"),
        ("compare good bad -r ref --test boot", "test: there is no test 'boot'"),
        ("compare good bad -r ref --json --markdown", "exclude each other"),
        ("aer links -g links -s ref", "--source and --target belong together. Give both or none"),
        ("aer links -g gold2", "links: it has 1 lines, but gold2 has 2"),
        ("aer links -g links -s ref -t short", "short: it has 1 lines, but ref has 4"),
        ("aer links -g links -s ref -t good", "1 lines of links for 4 sentence pairs"),
        ("aer links -g broken", "broken:2: 'x' is not a link"),
        ("aer links links -g links", "links: it is given twice"),
        ("aer links -g links --json --markdown", "exclude each other"),
    ],
)
def test_what_a_person_can_get_wrong(folder, words, message):
    write("short", ["a"])
    write("empty", [])
    Path("latin").write_bytes(b"a\n\xe9\xe9\nb\nc\n".replace(b"\xe9\xe9", b"b\xe9"))
    Path("cut.gz").write_bytes(gzip.compress(b"a\n")[:-4])
    write("links", ["0-0"])
    write("gold2", ["0-0", "0-0"])
    write("broken", ["0-0", "x"])
    assert message in refused(*words.split())


def test_a_missing_reference_is_a_usage_error(folder):
    result = run("score", "good")
    assert result.exit_code == 2
    assert "--reference" in result.output
