"""Measures of code: over tokens, by Python's own parser."""

from __future__ import annotations

import pytest

from entarte.metric import create, measure, statistics
from entarte.metric.parses import FAULTS, Parses, fault

GOOD = [
    "x = f ( a )",
    "if x :",
    "elif x > 1 :",
    "else :",
    "try :",
    "except KeyError as e :",
    "finally :",
    "for x in y :",
    "with open ( 'a' ) as f :",
    "@ decorator",
    "class A ( B ) :",
    "def f ( self , * args ) :",
    "return x",
    "if x : return y",
    "class A : § ⇥ x = 1 § § ⇥ def f ( self ) : § ⇥ ⇥ pass",
    "x = '\\d'",
]


@pytest.mark.parametrize("line", GOOD)
def test_lines_that_parse(line: str) -> None:
    assert fault(line) is None


@pytest.mark.parametrize(
    ("line", "kind", "token"),
    [
        ("x = f ( <unk> )", "unknown word", 4),
        ("x = f ( a", "bracket", 3),
        ("x = a ]", "bracket", 3),
        ("x = f ( a ]", "bracket", 5),
        ("x = ' a", "literal", 2),
        ("x =", "ends too early", 2),
        ("def f ( x )", "ends too early", 5),
        ("x = = 1", "other", 0),
        ("print x", "other", 0),
        ("", "other", 0),
        ("if x : § y = 1", "other", 0),
    ],
)
def test_why_a_line_does_not_parse(line: str, kind: str, token: int) -> None:
    found = fault(line)
    assert found is not None
    assert (found.kind, found.token) == (kind, token)
    assert kind in FAULTS
    assert found.message


def test_the_share_and_where_it_failed() -> None:
    measured = Parses()
    rows = statistics(measured, ["x = 1", "x = ( 1", "x = <unk>", "y ="], ["x = 1", "x = 1", "print x", "y"])
    score = measured.corpus(rows)
    assert score.value == 25
    assert score.details["references"] == 75
    assert [score.details[kind] for kind in FAULTS] == [1, 1, 0, 1, 0]
    assert "3 outputs do not parse: unknown word 1, bracket 1, ends too early 1" in measured.remark(rows)
    assert measured.remark(rows[:1]) == "All outputs parse; of the references 100.00 % do."


def test_spaces_between_tokens_do_not_count() -> None:
    said = ["self . log ( 'a b' , - 1 )", "x = 'a  b'", 'x = "a"']
    wanted = ["self.log('a b',-1)", "x = 'a b'", "x = 'a'"]
    exact, bleu = measure(said, wanted, ["exact-code", "bleu-code"])
    assert exact.value == pytest.approx(100 / 3)
    assert "tok:code" in exact.signature
    assert "tok:code" in bleu.signature
    assert measure(wanted, wanted, ["bleu-code"])[0].value == pytest.approx(100)
    assert create("exact-code").sentence("x=1", ["y = 1", "x = 1"])[1] == 1
