"""Features beside a text, as tags that follow it: hämmern and V;PST;3;PL are hämmern <V> <PST> <3> <PL>."""

from __future__ import annotations

import re

from entarte.errors import InputError

BETWEEN = re.compile(r"[;|,\s]+")
"""What separates features: UniMorph has semicolons, CoNLL-U bars."""


def tagged(text: str, features: str, file: str, line: int) -> str:
    """The text and a tag for each feature, which text of kind tagged reads as one piece.

    Raises InputError, with file, line and setting, where there is no feature, or one that cannot be a tag.

    >>> tagged("kuzu", "N;LOC;PSS2P", "turkish", 7)
    'kuzu <N> <LOC> <PSS2P>'
    """
    found = [feature for feature in BETWEEN.split(features) if feature]
    if not found:
        raise InputError(
            f"'{text}' has no features",
            file=file,
            line=line,
            setting="data.features",
            advice="They are separated by semicolons, as V;PST;3;PL.",
        )
    for feature in found:
        if set(feature) & set("<>▁"):
            raise InputError(
                f"the feature '{feature}' holds <, > or ▁, which are kept for tags",
                file=file,
                line=line,
                setting="data.features",
                advice="Call it otherwise.",
            )
    return " ".join([text, *(f"<{feature}>" for feature in found)])
