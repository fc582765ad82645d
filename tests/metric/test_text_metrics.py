"""Each metric against arithmetic written beside it, or against sacreBLEU, whose numbers papers print."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import sacrebleu

from entarte.metric import METRICS, NOT_TEXT, by_sentence, create, measure, statistics
from entarte.metric.base import Additive

TEXT = [name for name in METRICS if name not in NOT_TEXT]
WORDS = ["the", "cat", "The", "(sat)", "on", "a", "mat.", "été", "don't", "-", "3,5", "日本語", "!"]


def lines(seed: int, count: int, longest: int = 12, shortest: int = 0) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choices(WORDS, k=draw.randint(shortest, longest))) for _ in range(count)]


def value(name: str, hypotheses: list[str], references: list, **settings: object) -> float:
    return measure(hypotheses, references, [name], **settings)[0].value


@pytest.mark.parametrize("files", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_bleu_chrf_and_ter_are_sacrebleus(seed, files):
    hypotheses = lines(seed, 30)
    references = [lines(100 + 10 * seed + each, 30, shortest=1) for each in range(files)]
    references[0][:15] = hypotheses[:15]  # some are right, so that 4-grams match
    peers = {
        "bleu": sacrebleu.BLEU(),
        "chrf": sacrebleu.CHRF(),
        "chrf++": sacrebleu.CHRF(word_order=2),
        "ter": sacrebleu.TER(),
    }
    for name, peer in peers.items():
        score = measure(hypotheses, by_sentence(references), [name])[0]
        assert score.value == pytest.approx(peer.corpus_score(hypotheses, references).score, abs=1e-9)
        assert score.signature == str(peer.get_signature())
        assert score.signature.startswith(f"nrefs:{files}|")


@pytest.mark.parametrize(
    ("hypotheses", "references"),
    [
        (["a"], ["a"]),  # no 4-gram exists: 0 for a corpus
        (["a b c d"], ["e f g h"]),  # nothing matches
        (["a b c d e"], ["a x c y e"]),  # zero counts above order 1 are smoothed
        ([""], ["a b"]),  # nothing said
        (["a b"], [""]),  # nothing wanted
        ([""], [""]),
        (["a b c d e f", "a b"], ["a b c d", "a b c d e f g h"]),
    ],
)
def test_bleu_at_the_edges_is_sacrebleus(hypotheses, references):
    for name, peer in {"bleu": sacrebleu.BLEU(), "chrf": sacrebleu.CHRF(), "ter": sacrebleu.TER()}.items():
        expected = peer.corpus_score(hypotheses, [references]).score
        assert value(name, hypotheses, references) == pytest.approx(expected, abs=1e-9)
    metric = create("bleu")
    for row, hypothesis, reference in zip(
        metric.each(statistics(metric, hypotheses, references)), hypotheses, references
    ):
        peer = sacrebleu.BLEU(effective_order=True).sentence_score(hypothesis, [reference])
        assert row == pytest.approx(peer.score, abs=1e-9)


def test_bleu_by_hand():
    # "the cat sat on the mat" against "the cat sat on a mat", tokens separated by blanks.
    # 1-grams: the(1 of 2 clipped) cat sat on mat = 5/6; 2-grams: the-cat cat-sat sat-on = 3/5;
    # 3-grams: 2/4; 4-grams: 1/3. Equal lengths, so no brevity penalty.
    # BLEU = 100 · (5/6 · 3/5 · 2/4 · 1/3)^(1/4) = 100 · (1/12)^(1/4) = 53.7285
    score = measure(["the cat sat on the mat"], ["the cat sat on a mat"], ["bleu"])[0]
    assert score.value == pytest.approx(100 * (1 / 12) ** 0.25)
    assert score.details["precision_2"] == pytest.approx(60)
    assert score.details["brevity_penalty"] == 1
    assert (score.unit, score.higher_is_better, score.sentences) == ("%", True, 1)


def test_bleu_of_short_output_by_hand():
    # Four words, all right, of five: precisions 1, BP = exp(1 − 5/4) = 0.7788
    score = measure(["a b c d"], ["a b c d e"], ["bleu"])[0]
    assert score.value == pytest.approx(100 * math.exp(-0.25))
    assert score.details["brevity_penalty"] == pytest.approx(math.exp(-0.25))
    assert score.details["hypothesis_length"] == 4
    assert score.details["reference_length"] == 5


def test_bleu_settings_reach_sacrebleu():
    assert value("bleu", ["A B C D"], ["a b c d"]) == 0
    assert value("bleu", ["A B C D"], ["a b c d"], lowercase=True) == pytest.approx(100)
    # As characters "abcd" has four tokens that all match; as one word it has no 4-gram.
    assert value("bleu", ["abcd"], ["abcd"], tokenize="char") == pytest.approx(100)
    assert value("bleu", ["abcd"], ["abcd"]) == 0
    score = measure(["A"], ["a"], ["bleu"], lowercase=True, tokenize="intl")[0]
    assert "case:lc" in score.signature
    assert "tok:intl" in score.signature


def test_chrf_settings_reach_the_counting():
    assert value("chrf", ["ABC"], ["abc"]) == 0
    assert value("chrf", ["ABC"], ["abc"], lowercase=True) == pytest.approx(100)
    assert value("chrf++", ["ABC d."], ["abc d"], lowercase=True) == pytest.approx(
        sacrebleu.CHRF(word_order=2, lowercase=True).corpus_score(["ABC d."], [["abc d"]]).score
    )


def test_ter_moves_a_phrase_at_the_price_of_one_edit():
    # "b c d a" → "a b c d": one move; 1 / 4 words = 25. WER needs two edits: 50.
    assert value("ter", ["b c d a"], ["a b c d"]) == 25
    assert value("wer", ["b c d a"], ["a b c d"]) == 50
    assert value("ter", ["A b"], ["a b"]) == 0
    assert value("ter", ["A b"], ["a b"], case_sensitive=True) == 50
    assert measure(["b c d a"], ["a b c d"], ["ter"])[0].details == {"edits": 1, "reference_length": 4}


def test_wer_by_hand():
    # reference: he hit me with a pie; hypothesis: he hat me a pie now
    # hit → hat (1 substitution), "with" is missing (1 deletion), "now" is new (1 insertion): 3 / 6.
    # second sentence: right, 2 words. Corpus: 3 / 8 = 37.5, not the mean of 50 and 0.
    score = measure(["he hat me a pie now", "oh no"], ["he hit me with a pie", "oh no"], ["wer"])[0]
    assert score.value == pytest.approx(37.5)
    assert score.details == {"substitutions": 1, "deletions": 1, "insertions": 1, "reference_length": 8}
    assert not score.higher_is_better
    assert score.signature == "nrefs:1|case:mixed|symbol:word|best:edits|def:1"


def test_cer_counts_a_run_of_whitespace_as_one_blank():
    # "ab cd" is 5 characters; "ab  ce " has one wrong: 1 / 5 = 20.
    assert value("cer", ["ab  ce "], ["ab cd"]) == pytest.approx(20)
    assert value("cer", ["AB CD"], ["ab cd"], lowercase=True) == 0


def test_per_takes_the_best_reading():
    # T AH0 M EY1 T OW2 (6) and T AH0 M AA1 T OW2 (6): the second is right but for the last stress.
    readings = ["T AH0 M EY1 T OW2", "T AH0 M AA1 T OW2"]
    score = measure(["T AH0 M AA1 T OW0", "K AE1 T"], [readings, ["K AE1 T"]], ["per"])[0]
    assert score.value == pytest.approx(100 * 1 / 9)  # 1 edit; 6 + 3 phonemes
    assert "nrefs:var" in score.signature


def test_per_between_equally_near_readings_takes_the_longest():
    # "a b" is one edit from "a" and from "a b c": 1 / 3, not 1 / 1.
    assert value("per", ["a b"], [["a", "a b c"]]) == pytest.approx(100 / 3)


def test_error_rates_against_nothing():
    assert value("wer", [""], [""]) == 0
    assert value("wer", ["a b c"], [""]) == 100
    assert value("wer", [""], ["a b"]) == 100
    assert value("wer", ["a b c d"], ["x"]) == 400  # it can exceed 100


def test_exact_match():
    # 1 of 3: case and inner blanks count, whitespace at the ends does not; any reading will do.
    score = measure([" a b ", "A", "a  b"], [["x", "a b"], ["a", "b"], ["a b", "b"]], ["exact"])[0]
    assert score.value == pytest.approx(100 / 3)
    assert score.details == {"hits": 1}
    assert value("exact", ["A"], ["a"], lowercase=True) == 100


def test_length_ratio():
    # 3 + 2 words said; closest references 4 and (of 1 and 3, equally near) 1: 5 / 5 = 1.
    score = measure(["a b c", "a b"], [["a b c d", "a"], ["a", "a b c"]], ["length"])[0]
    assert score.value == 1
    assert score.details == {"hypothesis_length": 5, "reference_length": 5}
    assert math.isnan(value("length", ["a"], [""]))


def test_rouge_by_hand():
    # Lin (2004), section 3.1: "police kill the gunman" against "police killed the gunman".
    # ROUGE-1: 3 of 4 both ways = 75. ROUGE-2: the-gunman of 3 and 3 = 33.33. ROUGE-L: 3 of 4 = 75.
    scores = measure(
        ["Police kill the gunman."], ["police killed the gunman"], ["rouge-1", "rouge-2", "rouge-l"]
    )
    assert [score.value for score in scores] == pytest.approx([75, 100 / 3, 75])
    # "the gunman kill police" has the same words; its longest common subsequence is "the gunman": 2 of 4.
    assert value("rouge-l", ["the gunman kill police"], ["police killed the gunman"]) == pytest.approx(50)


def test_rouge_of_several_references_takes_the_best_and_means_over_sentences():
    # Sentence 1: P 1/1, R 1/2 → F 2/3 against "a b"; 1 against "a". Sentence 2: 0. Mean: 50.
    score = measure(["a", "x"], [["a b", "a"], ["y", "z"]], ["rouge-1"])[0]
    assert score.value == pytest.approx(50)
    assert score.details == pytest.approx({"precision": 50, "recall": 50})
    # Letters beyond a–z are letters; marks and underscores separate.
    assert value("rouge-1", ["ÉTÉ_chaud"], ["été, chaud"]) == pytest.approx(100)


def test_rouge_of_nothing_is_zero():
    assert [score.value for score in measure([""], ["a b"], ["rouge-1", "rouge-2", "rouge-l"])] == [0, 0, 0]


def test_distinct_counts_over_the_whole_corpus():
    # "a b a" and "a b": words a b a a b, 2 different of 5; pairs ab ba ab, 2 different of 3.
    assert value("distinct-1", ["a b a", "a b"], ["", ""]) == pytest.approx(40)
    assert value("distinct-2", ["a b a", "a b"], ["", ""]) == pytest.approx(200 / 3)
    metric = create("distinct-1")
    rows = statistics(metric, ["a b a", "a b", ""], ["", "", ""])
    assert metric.each(rows)[:2] == pytest.approx([200 / 3, 100])
    assert np.isnan(metric.each(rows)[2])
    # A sample of twice the first sentence: a b a a b a, 2 of 6; of the empty one alone: undefined.
    values = metric.values(rows, np.array([[2.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))
    assert values[0] == pytest.approx(100 / 3)
    assert np.isnan(values[1])


def test_repeated_counts_within_each_output():
    # "a b a b" and "a b": words 2 of 6 come again; pairs ab ba ab, ab: 1 of 4.
    assert value("repeated-1", ["a b a b", "a b"], ["", ""]) == pytest.approx(100 / 3)
    assert value("repeated-2", ["a b a b", "a b"], ["", ""]) == pytest.approx(25)
    assert np.isnan(value("repeated-2", ["a"], ["a"]))


def test_unknown_words_are_counted():
    score = measure(["a <unk> b <unk>", "c"], ["a", "c"], ["unknown"])[0]
    assert score.value == pytest.approx(40)
    assert score.details == {"unknown": 2.0}


def test_perplexity_by_hand():
    # Two sentences, probabilities 1/2, 1/4 and 1/8: exp(−ln(1/64) / 3) = 64^(1/3) = 4.
    metric = METRICS["perplexity"]()
    rows = [metric.sentence([math.log(1 / 2), math.log(1 / 4)]), metric.sentence([math.log(1 / 8)])]
    score = metric.corpus(rows)
    assert score.value == pytest.approx(4)
    assert score.details["tokens"] == 3
    assert metric.each(rows) == pytest.approx([math.sqrt(8), 8])


def test_an_impossible_token_makes_perplexity_infinite_and_json_null():
    metric = METRICS["perplexity"]()
    score = metric.corpus([metric.sentence([-math.inf])])
    assert score.value == math.inf
    assert score.to_json()["value"] is None


@pytest.mark.parametrize("name", TEXT)
def test_a_perfect_output_is_perfect_and_beats_a_broken_one(name):
    references = ["the cat sat on a mat", "he hit me with a pie today"]
    broken = ["a a a mat", "no"]
    if name == "parses":
        references, broken = ["x = f ( a )", "return [ y ]"], ["x = f ( a", "no"]
    perfect = {"length": 1.0, "distinct-1": 100 * 12 / 13, "distinct-2": 100.0, "unknown": 0.0}
    metric = create(name)
    score = metric.corpus(statistics(metric, references, references))
    assert score.value == pytest.approx(perfect.get(name, 100.0 if metric.higher_is_better else 0.0))
    assert (score.higher_is_better is None) == (name == "length")
    if name not in perfect:
        worse = value(name, broken, references)
        assert worse < score.value if metric.higher_is_better else worse > score.value


@pytest.mark.parametrize("name", TEXT)
def test_a_sample_that_draws_each_sentence_once_is_the_corpus(name):
    hypotheses, references = lines(1, 8, shortest=1), lines(2, 8, shortest=1)
    hypotheses[:4] = references[:4]
    metric = create(name)
    rows = statistics(metric, hypotheses, references)
    counts = np.array([[1.0] * 8, [2.0, 0, 1, 0, 0, 3, 1, 1]])
    drawn = [at for at, count in enumerate(counts[1]) for _ in range(int(count))]
    values = metric.values(rows, counts)
    assert values[0] == pytest.approx(metric.corpus(rows).value)
    assert values[1] == pytest.approx(metric.corpus([rows[at] for at in drawn]).value)
    assert metric.each(rows).shape == (8,)
    if isinstance(metric, Additive):
        assert metric.value(np.asarray(rows).sum(0)[None])[0] == pytest.approx(values[0])


@pytest.mark.parametrize("name", TEXT)
def test_a_score_says_how_it_was_measured(name):
    score = measure(["a b"], ["a b"], [name])[0]
    assert score.name == name
    assert all(":" in part for part in score.signature.split("|"))
    assert all(isinstance(number, float) for number in score.details.values())


# chrF takes the first of equally good references, as sacreBLEU does, so there the order can matter.
@pytest.mark.parametrize("name", [name for name in TEXT if not name.startswith("chrf")])
def test_order_of_references_does_not_matter(name):
    hypotheses = lines(3, 10, shortest=1)
    one, two = lines(4, 10, shortest=1), lines(5, 10, shortest=1)
    assert value(name, hypotheses, by_sentence([one, two])) == pytest.approx(
        value(name, hypotheses, by_sentence([two, one]))
    )
