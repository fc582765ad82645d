"""`entarte translate`: n lines in, n lines out, in constant memory; a prompt on a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entarte.cli.files import apart, whole
from entarte.cli.opened import OVERLONG, Mean, Members, Model, OutputFile, Overrides, load, with_source
from entarte.cli.typed import typed
from entarte.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from entarte.check.abstain import Abstainer
    from entarte.constrain import Constraint
    from entarte.generate import Output, Translator
    from entarte.reader.files import File

FORMS = ("pharaoh", "json")
UNMET = "constraints that could not be met within the limit on the length"


def translate(
    model: Model,
    file: Annotated[str, typer.Argument(help="Lines to translate; - is standard input.")] = "-",
    output: OutputFile = None,
    alignments: Annotated[
        tuple[str, Path] | None,
        typer.Option("--alignments", "-a", metavar="pharaoh|json FILE", help="Write them too, one a line."),
    ] = None,
    part: Annotated[
        str, typer.Option(metavar="K/N", help="Only the K-th of N equal parts of the file, as 3/8.")
    ] = "",
    scores: Annotated[bool, typer.Option("--scores", help="Write each score and a tab first.")] = False,
    nbest: Annotated[
        int,
        typer.Option(
            min=0, help="Write the N best of each line: number ||| text ||| log-probability ||| score."
        ),
    ] = 0,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Write a JSON object a line: pieces, scores, links, alternatives."),
    ] = False,
    prefix: Annotated[str, typer.Option(help="Every output begins so.")] = "",
    require: Annotated[
        list[str] | None,
        typer.Option(metavar="PHRASE", help="It stands in every output; may be given again."),
    ] = None,
    forbid: Annotated[
        list[str] | None, typer.Option(metavar="PHRASE", help="Stands in none; may be given again.")
    ] = None,
    constraints: Annotated[
        Path | None, typer.Option(help='The same line by line: {"prefix": …, "require": […], "forbid": […]}.')
    ] = None,
    tree: Annotated[
        Path | None, typer.Option(help="Write the whole beam of each line here, one JSON object a line.")
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option(help="With generate.kind=exact: write what was found out, one JSON object a line."),
    ] = None,
    abstain: Annotated[
        str | None,
        typer.Option(metavar="CHECKS", help="Withhold outputs that fail one of these checks; all: any."),
    ] = None,
    mark: Annotated[
        str, typer.Option(help="Written for an output that is withheld; else an empty line.")
    ] = "",
    workers: Annotated[
        int, typer.Option(min=0, help="Of an export: threads that share the lines; 0: one for each core.")
    ] = 0,
    shortlist: Annotated[
        bool, typer.Option("--shortlist", help="Of an export: choose among its shortlists' words.")
    ] = False,
    members: Members = None,
    mean: Mean = "probabilities",
    overrides: Overrides = None,
) -> None:
    """Translate lines: as many come out as go in. MODEL may be an export too: most need no torch."""
    from entarte.engine.folder import is_export
    from entarte.reader.part import part as in_part

    form, beside = alignments or ("", None)
    if beside is not None and form not in FORMS:
        raise InputError(f"there is no form '{form}' of alignments", advice=did_you_mean(form, FORMS))
    if as_json and (nbest or scores):
        raise InputError(
            f"--json and {'--nbest' if nbest else '--scores'} exclude each other",
            advice="JSON holds all scores; for alternatives add -s generate.n_best=5.",
        )
    if scores and nbest:
        raise InputError("--nbest writes the scores itself", advice="Leave out --scores.")
    apart(file, output, beside, tree=tree, proof=proof, constraints=constraints)
    if part and constraints is not None:
        raise InputError(
            "constraints are read line by line with the whole file", setting="--part", advice="Leave one out."
        )
    read: File = in_part(file, part) if part else file
    if is_export(model):
        from entarte.cli import engine

        engine.refuse(
            {"prefix": prefix, "require": require, "forbid": forbid, "constraints": constraints, "tree": tree,
             "proof": proof, "abstain": abstain is not None, "mark": mark, "ensemble": members}
        )  # fmt: skip
        engine.translate(
            model, read, output, form, beside,
            write=writer(scores, bool(nbest), as_json), scores=scores or as_json or bool(nbest),
            nbest=nbest, workers=workers, shortlist=shortlist, overrides=overrides or (),
        )  # fmt: skip
        return
    from entarte.cli.engine import alone
    from entarte.constrain import Constraint

    alone(workers, shortlist)
    translator = load(model, overrides, members, mean)
    with_source(translator)
    common = Constraint(prefix, tuple(require or ()), tuple(forbid or ()))
    options = ranking(translator, nbest)
    kind = translator.settings.search.kind
    if proof is not None and kind != "exact":
        raise InputError(
            f"the search '{kind}' proves nothing", setting="--proof", advice="Set generate.kind=exact."
        )
    judge = abstainer(translator, abstain, mark)
    if file == "-" and output is beside is tree is proof is constraints is None and sys.stdin.isatty():
        prompt(translator, common, scores, judge)
        return
    lines(
        translator, read, output, common,
        own=constraints, form=form, beside=beside, tree=tree, proof=proof,
        write=writer(scores, bool(nbest), as_json), options=options, judge=judge,
    )  # fmt: skip


def ranking(translator: Translator, nbest: int) -> dict[str, Any]:
    """The search's own setting for so many outputs; InputError where it gives but one."""
    kind = translator.settings.search.kind
    if not nbest:
        return {}
    if kind == "greedy":
        raise InputError("greedy search has one output", setting="--nbest", advice="Set generate.kind=beam.")
    return {"count" if kind == "sample" else "n_best": nbest}


def abstainer(translator: Translator, names: str | None, mark: str) -> Abstainer | None:
    """What withholds outputs that fail one of the named checks; None where none is named."""
    if names is None:
        if mark:
            raise InputError("it is only read together with --abstain", setting="--mark")
        return None
    if "\n" in mark:
        raise InputError("it must be one line", setting="--mark")
    from entarte.check.abstain import Abstainer
    from entarte.check.choose import named, of_model

    return Abstainer(translator, of_model(translator, only=named(names)), mark)


def writer(scores: bool, nbest: bool, as_json: bool) -> Any:
    """From the number of a line (from 0) and its output to what is written, without the last line end."""

    def write(number: int, output: Output) -> str:
        if as_json:
            return json.dumps(output.to_dict(), ensure_ascii=False)
        if nbest:
            return "\n".join(
                f"{number} ||| {each.text} ||| {each.log_prob:.4f} ||| {each.score:.4f}"
                for each in output.ranked()
            )
        return head(output, scores) + output.text

    return write


def lines(
    translator: Translator,
    file: File,
    output: Path | None,
    common: Constraint,
    *,
    own: Path | None,
    form: str,
    beside: Path | None,
    tree: Path | None,
    proof: Path | None,
    write: Any,
    options: dict[str, Any],
    judge: Abstainer | None,
) -> None:
    """Translate a file as it is read."""
    from entarte.cli.progress import counted
    from entarte.cli.proofs import Proofs
    from entarte.constrain import NONE, read
    from entarte.reader import Notes, read_lines
    from entarte.reader.files import label

    notes, proofs = Notes(), Proofs(translator.target)
    stated = common if own is None else (common | each for each in read(own))
    outputs = translator.stream(read_lines(file, notes), constraints=stated, tree=tree is not None, **options)
    if judge is not None:
        outputs = judge(outputs)
    with ExitStack() as stack:
        said = stack.enter_context(whole(output)) if output is not None else sys.stdout.buffer
        links, trees, proved = (
            stack.enter_context(whole(path)) if path is not None else None for path in (beside, tree, proof)
        )
        for number, each in enumerate(counted(outputs, "lines", output is not None)):
            if each.unread:
                notes.add(label(file), OVERLONG, number + 1)
            if stated != NONE and not each.finished:
                notes.add(label(file), UNMET, number + 1)
            said.write((write(number, each) + "\n").encode())
            if links is not None:
                alignment = each.alignment
                text = alignment.pharaoh() if form == "pharaoh" else alignment.to_json(digits=6)
                links.write((text + "\n").encode())
            if trees is not None:
                trees.write((beam(translator, each) + "\n").encode())
            facts = proofs.add(each)
            if proved is not None:
                proved.write((json.dumps(facts, ensure_ascii=False, allow_nan=False) + "\n").encode())
        said.flush()
    withheld = [] if judge is None else [judge.summary()]
    for text in [*map(str, notes), *translator.source.notes, *proofs.summary(), *withheld]:
        typer.echo(text, err=True)


def beam(translator: Translator, output: Output) -> str:
    """The whole beam of a line as JSON; without nodes for a line without a piece."""
    from entarte.search.score import Score
    from entarte.search.tree import Tree

    tree = output.tree or Tree(0, 0, Score())
    names = (*translator.target.vocabulary.pieces, *output.beyond)
    plain = {"source": output.source, **tree.json(names.__getitem__)}
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def head(output: Output, scores: bool) -> str:
    """What stands before an output."""
    return f"{output.score:.4f}\t" if scores else ""


def prompt(translator: Translator, common: Constraint, scores: bool, judge: Abstainer | None) -> None:
    """Line by line with a person."""
    typer.echo(f"{translator.name}: type a sentence; Ctrl-D ends.", err=True)
    for line in typed():
        outputs = translator.stream([line], constraints=common)
        for each in outputs if judge is None else judge(outputs):
            typer.echo(head(each, scores) + each.text)
