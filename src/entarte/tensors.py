"""Named tensors to bytes and back, as safetensors: nothing that can hold code is ever read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from entarte import manifest
from entarte.errors import DamagedError

if TYPE_CHECKING:
    from torch import Tensor


def pack(tensors: Mapping[str, Tensor]) -> bytes:
    """Named tensors as safetensors. Tensors that share memory are written once each."""
    from safetensors.torch import save

    seen: set[int] = set()
    whole = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        place = tensor.untyped_storage().data_ptr()
        whole[name] = tensor.clone() if place in seen else tensor
        seen.add(place)
    return save(whole)


def unpack(path: Path) -> dict[str, Tensor]:
    """Named tensors from a safetensors file. Raises DamagedError for anything else."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        raise DamagedError("is missing", file=path, advice=manifest.AGAIN) from None
    except SafetensorError as error:
        raise DamagedError(f"is not safetensors ({error})", file=path, advice=manifest.AGAIN) from error
