"""What a person asks of outputs: prefix, required and forbidden words, for all lines and for each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import entarte
from entarte.cli.main import main
from entarte.constrain import Constraint, lexicon
from entarte.errors import InputError
from entarte.saved import load
from entarte.search.ban import stands
from entarte.text import Tokenizer

SOURCES = ["he hit me with a pie", "ABC def", "", "a pie ."]


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("in").write_text("".join(line + "\n" for line in SOURCES))
    return tmp_path


def test_for_all_lines(folder: Path, inputs: Path) -> None:
    model = load(folder)
    words = ["translate", str(folder), "in", "-o", "out", "-s", "generate.beam=4"]
    assert main([*words, "--prefix", "il", "--require", "pie", "--forbid", "a"]) == 0
    texts = Path("out").read_text().split("\n")[:-1]
    outputs = model.translate(SOURCES, beam=4, prefix="il", require=["pie"], forbid=["a"])
    assert texts == [output.text for output in outputs]
    assert texts[2] == ""  # an empty line stays empty
    for output in outputs[:2]:
        assert output.text.startswith("il")
        assert stands("pie", output.text)
        assert not stands("a", output.text)
        [forced] = model.force([output.source], [output.text])
        assert forced.log_prob == pytest.approx(output.log_prob, abs=1e-3)  # law 4


def test_for_each_line(folder: Path, inputs: Path) -> None:
    each = [{"require": ["pie"]}, {"prefix": "me "}, {}, {"forbid": ["hit", "il m"]}]
    Path("how").write_text("\n".join(json.dumps(one) if one else "" for one in each))
    words = ["translate", str(folder), "in", "-o", "out", "--constraints", "how", "--forbid", "pie ."]
    assert main(words) == 0
    outputs = load(folder).translate(
        SOURCES,
        prefix=["", "me ", "", ""],
        require=[["pie"], [], [], []],
        forbid=[["pie ."], ["pie ."], ["pie ."], ["pie .", "hit", "il m"]],
    )
    assert Path("out").read_text() == "".join(output.text + "\n" for output in outputs)
    assert stands("pie", outputs[0].text)
    assert outputs[1].text == "me" or outputs[1].text.startswith("me ")


@pytest.mark.parametrize("search", ["greedy", "sample"])
def test_forbidden_in_searches_that_cannot_go_back(folder: Path, search: str) -> None:
    free = load(folder).translate(SOURCES[:2], search=search)
    word = free[0].text.split()[0]
    bound = load(folder).translate(SOURCES[:2], search=search, forbid=[word])
    assert not any(stands(word, output.text) for output in bound)


def test_an_ensemble_obeys_too(folder: Path) -> None:
    model = load(folder)
    [one] = model.translate(SOURCES[:1], require=["pie"], beam=4)
    [two] = entarte.ensemble([model, model]).translate(SOURCES[:1], require=["pie"], beam=4)
    assert (two.text, stands("pie", two.text)) == (one.text, True)


def test_how_phrases_are_cut() -> None:
    """At the front of a word, and within a line of a script without spaces."""
    lines = ["he ate a pie, a pie.", "小猫在家", "猫 pie", "pieces of cake"] * 3
    for kind in ("unigram", "char", "word"):
        size = 0 if kind != "unigram" else 25
        known = lexicon(Tokenizer.train(lines, kind=kind, size=size))
        pieces = [known.tokenizer.vocabulary.piece(number) for number in known.phrase("pie")]
        assert "".join(pieces) == "▁pie", kind
        if kind != "word":
            pieces = [known.tokenizer.vocabulary.piece(number) for number in known.phrase("猫")]
            assert "".join(pieces) == "猫", kind


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"require": ["Ωmeg"]}, "line 1: the required phrase 'Ωmeg' has 'Ω', which is not in the vocabulary"),
        ({"forbid": ["Ω"]}, "the forbidden phrase 'Ω' has 'Ω', which is not in the vocabulary"),
        ({"prefix": "Ω"}, "the prefix 'Ω' has 'Ω'"),
        ({"require": [" "]}, "a required phrase is empty. Give at least one word"),
        ({"require": ["a pie"], "forbid": ["pie"]}, "phrase 'a pie' contains the forbidden phrase 'pie'"),
        ({"prefix": "he hit", "forbid": ["hit"]}, "the prefix 'he hit' contains the forbidden phrase 'hit'"),
        ({"require": [SOURCES[0]]}, "line 2: the required phrases take 21 tokens, but the output may"),
        ({"prefix": SOURCES[0]}, "line 2: the forced prefix has 20 tokens, but the output may have"),
        ({"require": "pie"}, "require: is a text, and a list is needed. Give ['pie']"),
        ({"prefix": ["a", "b"]}, "prefix: there are 2 for 4 lines"),
        ({"search": "greedy", "require": ["pie"]}, "greedy search cannot look for required phrases"),
        ({"requires": ["pie"]}, "search 'beam' has no setting 'requires'"),
    ],
)  # fmt: skip
def test_what_cannot_be(folder: Path, asked: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as error:
        load(folder).translate(SOURCES, **asked)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{}\n{}\n", "there are constraints for 2 lines, and more lines"),
        ("\n" * 5, "there are constraints for more than the 4 lines"),
        ("{}\n{\n\n\n", "how:2: this is not JSON"),
        ('{"requre": ["a"]}\n\n\n\n', "how:1: there is no constraint 'requre'. Did you mean 'require'?"),
        ('{"require": "a"}\n\n\n\n', "how:1: require: is no list of phrases"),
        ("[]\n\n\n\n", "how:1: constraints are no JSON object"),
        ('{"require": ["Ω"]}\n\n\n\n', "line 1: the required phrase 'Ω' has"),
        (None, "how: there is no such file"),
    ],
)
def test_a_file_of_constraints_that_is_none(
    folder: Path, inputs: Path, content: str | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        Path("how").write_text(content)
    assert main(["translate", str(folder), "in", "-o", "out", "--constraints", "how"]) == 2
    assert message in capsys.readouterr().err
    assert not Path("out").exists()


def test_both_constraints() -> None:
    one, two = Constraint("a", ("b",), ("c",)), Constraint("", ("d",), ("e",))
    assert one | two == Constraint("a", ("b", "d"), ("c", "e"))
    assert (two | Constraint("z")).prefix == "z"


# -- other forms of output -----------------------------------------------------------------------------


def test_n_best(folder: Path, inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(folder), "in", "--nbest", "2"]) == 0
    found = [line.split(" ||| ") for line in capsys.readouterr().out.split("\n")[:-1]]
    outputs = load(folder).translate(SOURCES, n_best=2)
    wanted = [
        [str(n), each.text, f"{each.log_prob:.4f}", f"{each.score:.4f}"]
        for n, output in enumerate(outputs)
        for each in output.ranked()
    ]
    assert found == wanted
    assert [line[0] for line in found] == ["0", "0", "1", "1", "2", "3", "3"]


def test_json(folder: Path, inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(folder), "in", "--json", "-s", "generate.n_best=2"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.split("\n")[:-1]]
    outputs = load(folder).translate(SOURCES, n_best=2)
    assert found == json.loads(json.dumps([output.to_dict() for output in outputs]))
    assert len(found[0]["tokens"]) == len(outputs[0].log_probs)
    assert len(found[0]["alternatives"]) == 1


def test_the_whole_beam(folder: Path, inputs: Path) -> None:
    assert main(["translate", str(folder), "in", "-o", "out", "--tree", "trees"]) == 0
    trees = [json.loads(line) for line in Path("trees").read_text().split("\n")[:-1]]
    outputs = load(folder).translate(SOURCES)
    assert [tree["source"] for tree in trees] == SOURCES
    assert trees[2]["nodes"] == []
    for tree, output in zip(trees, outputs, strict=True):
        if output.source:
            best = tree["nodes"][tree["chosen"][0]]
            assert best["score"] == pytest.approx(output.score)
            assert {node["status"] for node in tree["nodes"]} >= {"kept", "pruned"}
            assert all(isinstance(node["text"], str) for node in tree["nodes"])


def test_what_exact_search_found_out(folder: Path, inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["translate", str(folder), "in", "-o", "out", "--proof", "facts"]
    words += ["-s", "generate.kind=exact", "-s", "generate.budget=20", "-s", "generate.max_length=4"]
    assert main(words) == 0
    facts = [json.loads(line) for line in Path("facts").read_text().split("\n")[:-1]]
    outputs = load(folder).translate(SOURCES, search="exact", budget=20, max_length=4)
    for fact, output in zip(facts, outputs, strict=True):
        proof = output.proof
        if proof is None:
            assert fact["proved"] is None
            continue
        assert (fact["proved"], fact["search_error"], fact["empty"]) == (
            proof.proved, proof.search_error, proof.empty,
        )  # fmt: skip
        assert (fact["text"], fact["expanded"]) == (output.text, proof.expanded)
    proved = sum(bool(fact["proved"]) for fact in facts)
    assert f"the optimum is proved for {proved} of 3 (" in capsys.readouterr().err


def test_any_metric_chooses_by_minimum_bayes_risk(folder: Path) -> None:
    outputs = load(folder).translate(SOURCES[:2], search="mbr", metric="chrf", count=6, n_best=3)
    assert all(0 <= each.score <= 100 for output in outputs for each in output.ranked())
    assert any(output.alternatives for output in outputs)
    assert all(output.score >= each.score for output in outputs for each in output.alternatives)
    for metric, message in (("length", "does not say which of two"), ("blue", "Did you mean 'bleu'")):
        with pytest.raises(InputError, match=message):
            load(folder).translate(["he"], search="mbr", metric=metric)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-s generate.beam=0", "generate.beam: a beam of 0 holds nothing. Give 1 or more"),
        ("-s generate.beam=-3", "generate.beam: must be at least 0, not -3"),
        ("-s generate.beam=9999", "generate.beam: a beam of 9999 is larger than the vocabulary"),
        ("-s generate.bean=4", "search 'beam' has no setting 'bean'. Did you mean 'beam'"),
        ("-s generate.kind=exact -s generate.budget=0", "generate.budget: budget is 0; it must be 1 or more"),
        ("--nbest 7", "n_best is 7, but a beam of 2 has from 1 to 2 hypotheses to return"),
        (
            "--nbest 2 -s generate.kind=greedy",
            "--nbest: greedy search has one output. Set generate",
        ),
        ("--nbest 2 --scores", "--nbest writes the scores itself"),
        ("--json --nbest 2", "--json and --nbest exclude each other"),
        ("--tree trees -s generate.kind=greedy", "generate.kind: the search 'greedy' has no beam to record"),
        ("--proof facts", "--proof: the search 'beam' proves nothing. Set generate.kind=exact"),
        ("--tree in", "the input and --tree are the same file"),
    ],
)
def test_bad_settings(
    folder: Path, inputs: Path, words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translate", str(folder), "in", *words.split()]) == 2
    assert message in capsys.readouterr().err
