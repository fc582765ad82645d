"""Each check on evidence made by hand: what fails it, what does not, and which words it names."""

from __future__ import annotations

import numpy as np
import pytest

from entarte.alignment import Alignment
from entarte.check import CHECKS, Check, Dictionary, Evidence, Verdict
from entarte.metric.links import parse
from entarte.span import words

from .conftest import Make


def verdict(name: str, evidence: Evidence, **settings: float) -> Verdict:
    member: type[Check] = CHECKS[name]
    return member(**settings).judge(evidence)  # type: ignore[call-arg]


@pytest.mark.parametrize("name", CHECKS)
def test_a_sound_output_passes_every_check(name: str, evidence: Make) -> None:
    found = verdict(name, evidence("he sees two dogs", "il voit deux chiens"))
    assert not found.failed
    assert found.reason


@pytest.mark.parametrize("name", CHECKS)
def test_an_empty_source_cannot_be_judged(name: str, evidence: Make) -> None:
    found = verdict(name, evidence("", ""))
    assert (found.word, found.score, found.suspicion) == ("unknown", None, 0.0)
    assert "nothing to judge by" in found.reason


@pytest.mark.parametrize("name", CHECKS)
def test_the_threshold_decides(name: str, evidence: Make) -> None:
    given = evidence("he sees two dogs", "il voit deux chiens", gold=parse("0-0"))
    score = verdict(name, given).score
    assert score is not None
    assert verdict(name, given, threshold=score).failed
    assert not verdict(name, given, threshold=score + 1e-6).failed
    assert verdict(name, given, threshold=score).suspicion == pytest.approx(0.5)


@pytest.mark.parametrize("name", CHECKS)
def test_no_sign_speaks_for_an_output(name: str, evidence: Make) -> None:
    """Signs are never negative, and every weight has its sign."""
    aids = {"gold": parse("0-0"), "dictionary": Dictionary({"he": ["il"]})}
    given = evidence("he sees two dogs", "il voit deux deux chiens", log_probs=[-1, -2, -3, -4, -5], **aids)
    check = CHECKS[name]()  # type: ignore[call-arg]
    signs = check.signs(given)
    assert set(signs) <= set(check.weights)
    assert all(sign.value >= 0 for sign in signs.values())


def test_an_empty_output_for_a_source_is_an_omission(evidence: Make) -> None:
    found = verdict("omission", evidence("he sees two dogs", ""))
    assert found.failed
    assert found.reason == "the output is empty"


def test_an_omitted_phrase_is_named(evidence: Make) -> None:
    looks = np.zeros((2, 5))
    looks[0, 0] = looks[1, 1] = 1
    erased = np.zeros((5, 2))
    erased[0, 0] = erased[1, 1] = -8  # two dogs bark: the output is no worse without
    erased[2:, 1] = 1.5
    found = verdict(
        "omission",
        evidence("he sees two dogs bark", "il voit", looks=looks, erased=erased, log_probs=[-0.1, -5]),
    )
    assert found.failed
    assert found.source == (2, 3, 4)
    assert found.reason.startswith("“two dogs bark”")


def test_the_reverse_model_can_tell_an_omission(evidence: Make) -> None:
    read = words("he sees dogs")
    back = Alignment.of("il voit", words("il voit"), "he sees dogs", read, np.ones((3, 2)) / 2,
                        log_probs=[-0.1, -0.2, -12.0])  # fmt: skip
    given = evidence("he sees dogs", "il voit", backward=back)
    check = CHECKS["omission"]()  # type: ignore[call-arg]
    assert check.signs(given)["lost"].source == (2,)
    assert check.signs(given)["lost"].value == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("il voit voit deux chiens", "“voit” is said twice in a row"),
        ("il voit il voit il voit deux chiens", "“il voit” is said three times in a row"),
        ("Il il voit deux chiens", "“Il” is said twice in a row"),
    ],
)
def test_a_stammer_fails(said: str, reason: str, evidence: Make) -> None:
    found = verdict("repetition", evidence("he sees two dogs", said))
    assert found.failed
    assert found.reason == reason


def test_what_the_source_repeats_may_be_repeated(evidence: Make) -> None:
    assert not verdict("repetition", evidence("he is very very tired", "il est très très fatigué")).failed
    assert not verdict("repetition", evidence("wait . . .", "attends . . .")).failed


def test_a_phrase_that_comes_back_fails_where_it_is_read_off_the_same_words(evidence: Make) -> None:
    source, said = "a man and a man", "un homme et un homme"
    assert not verdict("repetition", evidence(source, said)).failed
    looks = np.zeros((5, 5))
    looks[[0, 1, 2, 3, 4], [0, 1, 2, 0, 1]] = 1
    found = verdict("repetition", evidence(source, said, looks=looks))
    assert found.failed
    assert found.target == (0, 1, 3, 4)


def test_what_the_source_does_not_support_is_named(evidence: Make) -> None:
    found = verdict(
        "hallucination",
        evidence(
            "he sees dogs",
            "il voit la mer bleue chiens",
            log_probs=[-0.1, -0.1, -5, -9, -8, -1],
            bare=[-4, -6, -3, -6, -6, -7],
        ),
    )
    assert found.failed
    assert found.target == (2, 3, 4)
    assert "“la mer bleue”" in found.reason


def test_an_output_that_ignores_its_source_is_a_hallucination(evidence: Make) -> None:
    """Fluent and probable, but as probable without the source."""
    said = "ceci est une phrase tout à fait autre que celle qui était dite"
    nats = [-0.5] * 13
    assert verdict("hallucination", evidence("he sees dogs", said, log_probs=nats, bare=nats)).failed


def test_gold_links_judge_the_alignment(evidence: Make) -> None:
    right, wrong = parse("0-0 1-1 2-2"), parse("2-0 0-1 1-2")
    assert not verdict("alignment", evidence("a b c", "x y z", gold=right)).failed
    found = verdict("alignment", evidence("a b c", "x y z", gold=wrong))
    assert found.failed
    assert found.reason == "“a”–“x”, “b”–“y”, “c”–“z” is linked against gold"


def test_a_dictionary_judges_the_words(evidence: Make) -> None:
    known = Dictionary({"he": ["il"], "sees": ["voit"], "dog": ["chien"], "cat": ["chat"]})
    assert not verdict("alignment", evidence("he sees", "il voit", dictionary=known)).failed
    found = verdict("alignment", evidence("he sees", "chien chat", dictionary=known))
    assert found.failed
    assert found.reason == "“chien”, “chat” translates no source word in the dictionary"
    assert not verdict("alignment", evidence("he sees", "Ottawa brille", dictionary=known)).failed


def test_the_reverse_model_confirms_links(evidence: Make) -> None:
    flipped = Alignment.of("x y z", words("x y z"), "a b c", words("a b c"), np.eye(3)[::-1])
    found = verdict("alignment", evidence("a b c", "x y z", backward=flipped))
    assert found.failed
    assert "“a”–“x”" in found.reason
    agreed = Alignment.of("x y z", words("x y z"), "a b c", words("a b c"), np.eye(3))
    assert not verdict("alignment", evidence("a b c", "x y z", backward=agreed)).failed


def test_low_confidence_names_the_word(evidence: Make) -> None:
    found = verdict("confidence", evidence("a b c", "x y z", log_probs=[-3, -9, -4]))
    assert found.failed
    assert found.reason == "“y” had a probability of 0.00012, a piece 0.018 in the mean"


def test_copied_words_are_named_but_not_numbers(evidence: Make) -> None:
    found = verdict("copied", evidence("he sees dogs", "il sees dogs", log_probs=[-0.1, -4, -6]))
    assert found.failed
    assert found.target == (1, 2)
    assert not verdict("copied", evidence("7 , 8 . Paris", "7 , 8 . Paris capitale de la France")).failed


def test_length_and_the_limit(evidence: Make) -> None:
    long = "a b c d e f g h i j"
    assert verdict("length", evidence(long, "x y z")).failed
    assert verdict("length", evidence("a b c d e", f"{long} {long}")).failed
    found = verdict("length", evidence("a b c", "x y z", finished=False))
    assert found.failed
    assert found.reason == "the length limit cut it off after 3 pieces"


def test_length_learns_what_is_usual(evidence: Make) -> None:
    sound = [evidence("a " * n, "x y " * n) for n in range(2, 9)]
    settings = CHECKS["length"]().learn(sound)  # type: ignore[call-arg]
    assert settings == {"ratio": pytest.approx(2.0), "spread": 0.05}
    assert verdict("length", evidence("a b c", "x y z"), **settings).failed
    assert not verdict("length", evidence("a b c", "x y z u v w"), **settings).failed
