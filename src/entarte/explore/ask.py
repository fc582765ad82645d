"""What a page may ask: strict, closed, and with limits on every size."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LONGEST = 4000
"""Characters of a source or a target."""
SLOTS = 2000
"""Pieces of a source or a target."""
BODY = 1_000_000
"""Bytes of a request."""

Line = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^\n\r]*$")]
Ids = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(max_length=SLOTS)]
Step = Annotated[int, Field(ge=0, lt=SLOTS)]
Count = Annotated[int, Field(ge=0, lt=1000)]
Name = Annotated[str, Field(max_length=200)]


class Asked(BaseModel):
    """Strict and closed; NaN and infinity are no numbers here."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Way(Asked):
    """How to decode; what is left out is as the model's settings say."""

    kind: Literal["greedy", "beam"] | None = None
    beam: Annotated[int, Field(ge=1, le=20)] | None = None
    normalise: Literal["average", "gnmt", "none"] | None = None
    alpha: Annotated[float, Field(ge=0, le=2)] | None = None
    no_repeat: Annotated[int, Field(ge=0, le=10)] | None = None

    def options(self) -> dict[str, Any]:
        """Settings of the search that were given."""
        return {name: value for name, value in self if name != "kind" and value is not None}


class Held(Asked):
    """The weights of a step, by hand; of every head, or of one of a layer, both from 1."""

    step: Step
    layer: Count = 0
    head: Count = 0
    weights: Annotated[list[float], Field(min_length=1, max_length=SLOTS)]


class Decode(Asked):
    """Decode a source.

    target     force this text instead of searching
    prefix     ids that the output begins with
    forbidden  source pieces that may not be looked at
    held       steps whose weights are given
    """

    model: Name
    source: Line
    way: Way = Way()
    target: Line | None = None
    prefix: Ids = []
    forbidden: Annotated[list[Step], Field(max_length=SLOTS)] = []
    held: Annotated[list[Held], Field(max_length=200)] = []


class Steps(Decode):
    """The numbers of some steps of saying these tokens.

    layer  whose look at the source is told, from 1; 0: the one that stands for the decoder
    """

    tokens: Ids
    first: Step = 0
    layer: Count = 0


class Near(Steps):
    """Training examples whose decoder state was like that of step `first`."""

    count: Annotated[int, Field(ge=1, le=50)] = 8


class CardOf(Decode):
    """The card of one of the outputs, to be shown or as a file."""

    choice: Annotated[int, Field(ge=0, lt=100)] = 0
    ending: Literal["json", "html", "md"] = "json"


class Browse(Asked):
    """The corpus of a model, as far as it has been translated."""

    model: Name
    known: Annotated[int, Field(ge=0)] = 0


class Picture(Asked):
    """An alignment to be written as a file. A page (html) begins as it is looked at; other files have its
    words or its pieces."""

    alignment: dict[str, Any]
    level: Literal["words", "pieces"] = "pieces"
    mode: Literal["heat", "links"] = "heat"
    layer: Count = 0
    head: Count = 0
    ending: Literal["png", "svg", "pdf", "html", "json", "txt"]
