"""The file of a tokenizer: a SentencePiece model, and behind it a field with format, kind and checksum that
SentencePiece passes over."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from entarte.errors import DamagedError, SetupError

FORMAT = 1
TAG = b"\x82\xea\x30"  # protobuf: field 100000, a string
SEAL = re.compile(re.escape(TAG) + rb".entarte tokenizer (\d+) (\w+) ([0-9a-f]{64})\Z", re.DOTALL)


def sealed(model: bytes, kind: str) -> bytes:
    """The bytes of the file."""
    digest = sha256(kind.encode() + b"\0" + model).hexdigest()
    text = f"entarte tokenizer {FORMAT} {kind} {digest}".encode()
    return model + TAG + bytes([len(text)]) + text


def unsealed(path: str | Path) -> tuple[bytes, str]:
    """Model and kind. Raises DamagedError where the file is missing, cut short, altered or newer."""
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise DamagedError("the tokenizer file is missing", file=path) from None
    except OSError as fault:
        raise SetupError(f"cannot be read: {fault.strerror}", file=path) from None
    seal = SEAL.search(content)
    if seal is None:
        raise DamagedError("this is no tokenizer of Entarté, or its end is missing", file=path)
    if int(seal[1]) > FORMAT:
        raise DamagedError(
            f"the tokenizer has format {int(seal[1])}; this version reads up to {FORMAT}",
            file=path,
            advice="Upgrade Entarté.",
        )
    model, kind = content[: seal.start()], seal[2].decode()
    if content != sealed(model, kind):
        raise DamagedError("the tokenizer was altered: its checksum is wrong", file=path)
    return model, kind
