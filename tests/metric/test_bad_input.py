"""What a person can get wrong, and the words that tell them."""

from __future__ import annotations

import numpy as np
import pytest

from entarte.errors import InputError, SetupError
from entarte.metric import METRICS, by_sentence, create, create_all, measure, settings_of, statistics


def test_mistyped_name():
    with pytest.raises(
        InputError, match=r"metrics: there is no metric 'chrff'\. Did you mean 'chrf' or 'chrf\+\+'\?"
    ):
        create("chrff")
    with pytest.raises(InputError, match=r"no metric 'zzz'\. Known: bleu, chrf"):
        create("zzz")


def test_names_are_read_in_any_case():
    assert create(" BLEU ").name == "bleu"


def test_metrics_that_need_more_than_text_say_so():
    with pytest.raises(InputError, match=r"perplexity is measured on a model's own probabilities"):
        create("perplexity")
    with pytest.raises(
        InputError, match=r"aer is measured on word alignments, not on text. Use `entarte aer`"
    ):
        create_all(["bleu", "aer"])


def test_no_metric_or_one_twice():
    with pytest.raises(InputError, match=r"no metric was named\. Known: bleu"):
        create_all([])
    with pytest.raises(InputError, match=r"metrics: 'bleu' is named twice"):
        create_all(["bleu", "ter", "BLEU"])


def test_unknown_settings():
    with pytest.raises(InputError, match=r"bleu has no setting 'tokenise'. Did you mean 'tokenize'?"):
        create("bleu", tokenise="13a")
    with pytest.raises(InputError, match=r"per has no setting 'lowercase'. It has none"):
        create("per", lowercase=True)
    with pytest.raises(InputError, match=r"there is no BLEU tokenizer '13b'. Did you mean '13a'"):
        create("bleu", tokenize="13b")
    assert settings_of("nothing") == []


def test_a_setting_that_no_named_metric_reads():
    assert [metric.name for metric in create_all(["bleu", "ter"], tokenize="char")] == ["bleu", "ter"]
    with pytest.raises(InputError, match=r"tokenize: none of ter, wer reads it\. It is a setting of bleu"):
        create_all(["ter", "wer"], tokenize="char")
    with pytest.raises(InputError, match=r"colour: none of bleu reads it. It is a setting of no metric"):
        create_all(["bleu"], colour="red")


def test_a_tokenizer_whose_package_is_missing():
    try:
        import MeCab  # noqa: F401
    except ImportError:
        with pytest.raises(SetupError, match=r"tokenizer 'ja-mecab' cannot start"):
            create("bleu", tokenize="ja-mecab")
    else:
        assert create("bleu", tokenize="ja-mecab").name == "bleu"


def test_different_numbers_of_hypotheses_and_references():
    with pytest.raises(
        InputError, match=r"2 hypotheses but 1 references. Line k of one must belong to line k"
    ):
        measure(["a", "b"], ["a"])
    with pytest.raises(InputError, match=r"the references have 2, 1 lines"):
        by_sentence([["a", "b"], ["a"]])
    with pytest.raises(InputError, match=r"2 alignments but 1 gold"):
        METRICS["aer"]().statistics([set(), set()], [set()])


def test_a_sentence_without_reference_and_a_corpus_without_sentence():
    with pytest.raises(InputError, match=r"sentence 2 has no reference"):
        statistics(create("bleu"), ["a", "b"], [["a"], []])
    with pytest.raises(InputError, match=r"there is no sentence to measure BLEU on"):
        measure([], [])


@pytest.mark.parametrize("wrong", [0.5, float("nan")])
def test_what_is_no_log_probability(wrong):
    with pytest.raises(InputError, match=f"{wrong} is not a log-probability. They are at most 0"):
        METRICS["perplexity"]().sentence([-1.0, wrong])


def test_one_text_and_a_list_of_one_reading_are_the_same():
    metric = create("bleu")
    np.testing.assert_array_equal(
        statistics(metric, ["a b"], ["a c"]), statistics(metric, ["a b"], [["a c"]])
    )
