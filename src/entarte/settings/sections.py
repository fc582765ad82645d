"""The sections that are the same for every model. Each field says what it means, below it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Files = Annotated[list[str], Field(max_length=2)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
Amount = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]


class Section(BaseModel):
    """Strict, closed and frozen; the text below a field is its description."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        validate_default=True,
    )


class Data(Section):
    """The pairs. Paths are taken from the folder where the command runs."""

    train: Files = []
    """Training pairs: one file that holds both sides (TSV or JSONL), or two files of lines, source first."""
    valid: Files = []
    """Validation pairs, in the same way."""
    test: Files = []
    """Test pairs, in the same way; read by `entarte evaluate` only."""
    format: Literal["auto", "lines", "tsv", "jsonl", "text", "dialogue", "babi"] = "auto"
    """How pairs are written; auto goes by the name and number of the files. Gzip is seen by itself. text:
    running text for a language model, without sources; dialogue: JSON lines of turns; babi: the Dialog bAbI
    tasks."""
    source: str = ""
    """Column (TSV) or key (JSONL) of the source; empty: the first column, or the key `source`."""
    target: str = ""
    """Column or key of the target; empty: the second column, or the key `target`."""
    features: str = ""
    """Column or key of features, as V;PST, which follow the source as tags: <V> <PST>. Text of kind tagged
    reads each as one piece."""
    train_links: str = ""
    """A file of gold word links for the training pairs, one line a pair (Pharaoh: 0-0 1-2)."""
    valid_links: str = ""
    """Gold word links for the validation pairs."""
    test_links: str = ""
    """Gold word links for the test pairs: `entarte evaluate` then measures the alignment."""
    max_words: Count = 0
    """Training pairs with more words than this on a side are left out; 0: no limit."""
    max_pieces: Count = 0
    """Training pairs with more pieces than this on a side are left out; 0: no limit."""
    max_ratio: Amount = 0.0
    """Training pairs whose longer side has more than this many times the words of the other are left
    out; 0: no limit."""
    source_cut: Count = 0
    """Pieces of a training or validation source that are read; what a longer one has beyond that is cut off,
    as `generate.longest` does where lines are decoded. 0: no limit."""
    window: Count = 0
    """Running text: about so many characters of the file, its line ends counted, are a text by themselves;
    0: each line is."""
    turns: Count = 0
    """Dialogues: how many of the last turns are read; 0: all."""
    speaker: str = ""
    """Dialogues whose turns name their speakers: only this one's are learned; empty: everyone's."""
    duplicates: bool = True
    """Whether repeated training pairs are kept."""
    shard: Count = 0
    """Training pairs of a shard: they are cut into pieces once, written to the disk in shards, and read from
    there, so that memory does not grow with their number. 0: all are held in memory."""
    readings: bool = False
    """Validation and test pairs with the same source are several references for it, as the readings of a
    word are: it is decoded once, and measured against all of them."""


class Text(Section):
    """How lines become pieces."""

    kind: Literal["unigram", "bpe", "char", "tagged", "word", "code"] = "unigram"
    """The pieces: SentencePiece unigram or BPE; single characters; tagged: characters, but <PST> and its like
    are one piece; words; or tokens of code (names, operators, literals; the same in text about code)."""
    source_kind: Literal["", "unigram", "bpe", "char", "tagged", "word", "code"] = ""
    """Pieces of the source where its vocabulary is not shared; empty: as `kind`."""
    target_kind: Literal["", "unigram", "bpe", "char", "tagged", "word", "code"] = ""
    """Pieces of the target where its vocabulary is not shared; empty: as `kind`."""
    size: Count = 8000
    """Entries of a vocabulary, the four control symbols included; 0: all there are (not unigram, bpe)."""
    source_size: Count = 0
    """Entries of the source vocabulary where it is not shared; 0: as `size`."""
    target_size: Count = 0
    """Entries of the target vocabulary where it is not shared; 0: as `size`."""
    shared: bool = True
    """One vocabulary for both sides."""
    lowercase: bool = False
    """Train on and produce lower-cased text."""
    normalisation: Literal["nmt_nfkc", "nfkc", "none"] = "nmt_nfkc"
    """The Unicode form that text is brought into: NFKC with SentencePiece's care for spaces and control
    characters, plain NFKC, or as it is."""
    coverage: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of the characters of the training text that must be in the vocabulary."""
    symbols: list[str] = []
    """Strings that are one piece wherever they stand, as the roles <user> and <bot> (unigram and bpe)."""
    sample: Count = 0
    """Lines, drawn by chance, that the pieces are learnt from; 0: all."""
    segmentations: Positive = 1
    """Subword regularisation (Kudo 2018): each time a training sentence is seen, cut it in one of its n
    most probable ways (unigram only); 1: always the best."""
    alpha: Annotated[float, Field(gt=0)] = 0.2
    """How strongly the probable cuts are preferred (Kudo 2018, section 3.2); 0 would be uniform."""
    source_vectors: str = ""
    """A file of pretrained vectors (word2vec or GloVe text) to start the source embeddings from."""
    target_vectors: str = ""
    """The same for the target embeddings."""


class Wiring(Section):
    """How the parts are joined."""

    tied: Literal["none", "target", "all"] = "none"
    """Word vectors shared with the output matrix: none, the target's, or source, target and output."""
    init: Literal["glorot", "uniform"] = "glorot"
    """How the weights are drawn: by the size of each matrix (Glorot and Bengio 2010; recurrent ones
    orthogonal), or all alike within ±`init_range`."""
    init_range: Annotated[float, Field(gt=0)] = 0.1
    """Bound of the uniform draw (0.08 in Sutskever et al. 2014, 0.1 in Luong et al. 2015)."""


class Loss(Section):
    """What is minimised."""

    label_smoothing: Share = 0.0
    """Share of the probability that is spread over the vocabulary (Szegedy et al. 2016)."""
    guided: Amount = 0.0
    """Weight of the loss that draws the attention toward the word links of `data.train_links` (Chen et al.
    2016); 0: they are not looked at."""
    guided_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    """What `guided` is multiplied with after each epoch."""
    guided_spread: bool = True
    """Spread a piece's look evenly over what it is linked to. Off: only the sum counts that falls there, as
    for an answer that rests on a sentence, one word of which may say all."""
    guided_shift: bool = False
    """Guide the look of the step after a piece was said, which has read it, in place of the step that says
    it. Meant for aligning: the looks are no longer those of what is about to be said, and alignments of the
    model are read in the same way."""
    coverage: Amount = 0.0
    """λ of the coverage loss, which makes looking at the same place again dear (See et al. 2017, equation 13;
    there 1); 0: off."""
    coverage_start: Share = 0.0
    """Share of the training after which the coverage loss begins: See et al. add it for the last 1 %."""
    ctc: Share = 0.0
    """λ of connectionist temporal classification (Graves et al. 2006): the memory says the target by itself
    too, slot by slot, and (1 − λ) attention + λ CTC is minimised (Kim, Hori and Watanabe 2017); 0: off."""
    doubly_stochastic: Amount = 0.0
    """λ of Σ_s (1 − Σ_t α_ts)², which draws all looks at a slot, summed over the steps, to 1, so that nothing
    is passed over (Xu et al. 2015, equation 14; there 1); 0: off."""
    agreement: Amount = 0.0
    """R-Drop (Liang et al. 2021): each pair is read twice with different dropout, and this times the
    divergence of the two outputs is made small too, which doubles the work; 0: off."""


class Train(Section):
    """The training."""

    epochs: Count = 10
    """Passes over the training pairs; 0: no limit."""
    updates: Count = 0
    """Updates of the weights; 0: no limit."""
    minutes: Amount = 0.0
    """Time; 0: no limit."""
    batch_tokens: Positive = 1800
    """Target tokens per update, about."""
    optimiser: Literal["adam", "adagrad", "sgd"] = "adam"
    """Adam (Kingma and Ba 2015), Adagrad (Duchi et al. 2011), or plain gradient descent."""
    rate: Annotated[float, Field(gt=0)] = 0.001
    """The learning rate, after warm-up and before decay."""
    betas: Annotated[list[Share], Field(min_length=2, max_length=2)] = [0.9, 0.999]
    """Adam's two decay rates."""
    epsilon: Annotated[float, Field(gt=0)] = 1e-8
    """Adam's and Adagrad's epsilon."""
    accumulator: Amount = 0.1
    """What Adagrad's sums of squared gradients begin with (0.1 in See et al. 2017)."""
    weight_decay: Amount = 0.0
    """Decoupled weight decay, as a share of the rate."""
    clip: Amount = 5.0
    """Largest norm of the whole gradient; 0: no limit."""
    schedule: Literal["constant", "halving", "plateau", "inverse-sqrt", "cosine"] = "constant"
    """The rate over time: Luong's halving by epochs, decay when validation stops improving, 1/√update,
    or a cosine down to 0 at the end of training."""
    warmup: Count = 0
    """Updates over which the rate rises from 0."""
    decay_factor: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """What halving and plateau multiply the rate with."""
    decay_start: Count = 8
    """Halving: epochs before the first decay."""
    decay_every: Positive = 1
    """Halving: epochs between decays. Plateau: validations without improvement before one."""
    patience: Count = 0
    """Stop after this many validations without improvement; 0: never."""
    valid_every: Count = 0
    """Updates between validations; 0: after each epoch."""
    valid_sentences: Count = 500
    """Validation sentences that are decoded and measured, as the task is (BLEU, ROUGE-L …); 0: none."""
    metric: str = "perplexity"
    """What chooses the best model: perplexity, or a measure of text (bleu, rouge-l, exact, per …)."""
    scheduled_sampling: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of target tokens fed from the model's own output, reached linearly by the end of training
    (Bengio et al. 2015)."""
    average: Count = 0
    """Average the weights of the last k validations at the end; 0: off."""
    ema: Share = 0.0
    """Decay of a running average of the weights, which is what is validated and kept; 0: off."""
    seed: Count = 1
    """Seed of everything that is drawn by chance."""
    threads: Count = 0
    """Processor threads; 0: all."""
    device: str = "cpu"
    """What trains: cpu, a device of torch (cuda, cuda:1 …), or auto: a graphics card where there is one."""
    precision: Literal["float32", "bfloat16", "auto"] = "float32"
    """Of the operands of matrix products; weights, states and sums stay in float32. bfloat16 is faster where
    the processor has such products; auto: bfloat16 there if the fast path covers the model, else float32."""
    keep: Positive = 2
    """Checkpoints kept for resuming."""
    save_every: Count = 0
    """Updates between checkpoints; 0: at each validation."""
    bad_steps: Positive = 10
    """Stop after this many updates in a row with a loss or gradient that is not finite."""
    max_memory: Amount = 0.0
    """GiB that one batch may take; longer pairs are reported and left out; 0: what the machine has free."""
    tensorboard: bool = False
    """Also write the curves for TensorBoard (needs the extra `track`)."""


class Generate(Section):
    """Decoding. `kind` and that search's own settings stand in this section too."""

    length_factor: Amount = 2.0
    """An output may be this many times as long as its source, in pieces …"""
    length_constant: Count = 10
    """… plus this many pieces."""
    batch: Positive = 32
    """Sentences decoded together."""
    device: str = "cpu"
    """What decodes, named as in train.device."""
    longest: Count = 1000
    """Pieces of a source that are read; what a longer one has beyond that is left out, and said. 0: no
    limit."""
    unknown: Literal["keep", "copy", "look-up", "forbid"] = "keep"
    """What becomes of <unk> in an output of words: it stays; it becomes the source word that was looked at
    most (Luong et al. 2015); or that word's translation in `dictionary`, and the word itself where it is
    not in there. forbid: it is never said, by any search; what is likeliest beside it is."""
    dictionary: str = ""
    """A file of translations, one a line: source word, TAB, target word (`entarte dictionary` writes it)."""
