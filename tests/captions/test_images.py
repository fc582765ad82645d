"""Pictures as cells: what is read, what is resized, what is refused; and the convolution over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from entarte import batch
from entarte.errors import InputError
from entarte.front.convolution import Convolution
from entarte.source import SOURCES, Images

Paint = Callable[..., Path]


@pytest.fixture
def paint(tmp_path: Path) -> Paint:
    """Writes a picture whose points count up, or the one that is given."""

    def painted(
        name: str = "one.png", size: tuple[int, int] = (6, 6), image: Image.Image | None = None
    ) -> Path:
        points = np.arange(size[0] * size[1] * 3, dtype=np.uint8).reshape(size[1], size[0], 3)
        (image or Image.fromarray(points)).save(tmp_path / name)
        return tmp_path / name

    return painted


def source(**options: object) -> Images:
    return Images(**({"grid": 3, "cell": 2, "normalise": "none"} | options))  # type: ignore[arg-type]


def test_cells_are_read_row_by_row_with_where_they_lie(paint: Paint) -> None:
    path = paint()
    points = np.asarray(Image.open(path)) / np.float32(255)
    frames = source().read(path)
    assert frames.shape == (9, 2 * 2 * 3 + 2)
    for slot in range(9):
        row, column = divmod(slot, 3)
        cell = points[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        assert np.array_equal(frames[slot, :12], cell.flatten())
        assert frames[slot, 12:].tolist() == [row - 1, column - 1]
    assert source().labels(str(path), 9) == [f"{row},{column}" for row in range(3) for column in range(3)]
    assert SOURCES["images"] is Images


def test_jpeg_grey_and_clear_pictures_are_read(paint: Paint) -> None:
    red = Image.new("RGB", (6, 6), (255, 0, 0))
    assert source().read(paint("one.jpg", image=red))[0, :3] == pytest.approx([1, 0, 0], abs=0.02)
    grey = source().read(paint("grey.png", image=Image.new("L", (6, 6), 51)))
    assert grey[:, :12] == pytest.approx(0.2)
    clear = source().read(paint("clear.png", image=Image.new("RGBA", (6, 6), (0, 0, 0, 0))))
    assert clear[:, :12] == pytest.approx(1)  # on white


def test_other_sizes_are_resized_and_that_is_said(paint: Paint) -> None:
    mine = source()
    for name in ("one.png", "two.png"):
        assert mine.read(paint(name, (30, 12))).shape == (9, 14)
    [note] = mine.notes
    assert "30 × 12 points, resized to 6 × 6 (2 files, first " in note


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"not a picture", "is no picture that can be read"), (b"", "is no picture that can be read")],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "one.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"one\.png: {message}"):
        source().read(path)


def test_a_picture_that_is_cut_short_is_refused(paint: Paint) -> None:
    path = paint(size=(60, 60))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"one\.png: is no picture that can be read"):
        source().read(path)


def test_bad_settings() -> None:
    with pytest.raises(InputError, match=r"source\.grid.*at least 1, not 0"):
        source(grid=0)
    with pytest.raises(InputError, match=r"source_front\.channels.*at least 1, not 0"):
        Convolution(14, channels=0)


def rows() -> list[np.ndarray]:
    chance = np.random.default_rng(1)
    return [chance.standard_normal((count, 14)).astype(np.float32) for count in (9, 4, 0)]


def test_the_convolution_reads_each_cell_by_itself() -> None:
    """Batch-mates and padding change nothing, nor does what stands in other cells."""
    torch.manual_seed(1)
    front = Convolution(14, width=5, channels=3).double()
    together = front(batch.source(rows()).inputs)
    for n, row in enumerate(rows()):
        alone = front(batch.source([row]).inputs)
        assert torch.allclose(alone[0], together[n, : len(row) + 1], atol=1e-12)
    other = [rows()[0].copy()]
    other[0][3] += 1
    changed = (front(batch.source(other).inputs) != front(batch.source(rows()[:1]).inputs)).any(-1)
    assert changed[0].nonzero().flatten().tolist() == [3]


def test_the_convolution_is_that_of_the_pixels() -> None:
    """Against the definition, written out: two convolutions with ReLU, the second in steps of two."""
    torch.manual_seed(2)
    front = Convolution(3 * 16 + 2, width=4, channels=2).double()
    frame = torch.rand(1, 1, 51, dtype=torch.float64)
    picture = frame[0, 0, :48].view(4, 4, 3)

    def convolved(points: torch.Tensor, layer: torch.nn.Conv2d, step: int) -> torch.Tensor:
        padded = torch.zeros(points.size(0) + 2, points.size(1) + 2, points.size(2), dtype=torch.float64)
        padded[1:-1, 1:-1] = points
        side = -(-points.size(0) // step)
        found = torch.zeros(side, side, layer.out_channels, dtype=torch.float64)
        for y in range(side):
            for x in range(side):
                patch = padded[y * step : y * step + 3, x * step : x * step + 3].permute(2, 0, 1)
                found[y, x] = (layer.weight * patch).sum((1, 2, 3)) + layer.bias
        return found.relu()

    twice = convolved(convolved(picture, front.first, 1), front.second, 2)
    whole = torch.cat([twice.permute(2, 0, 1).flatten(), frame[0, 0, 48:]])
    assert torch.allclose(front(frame)[0, 0], front.project(whole), atol=1e-12)


def test_the_end_has_a_vector_of_its_own() -> None:
    torch.manual_seed(3)
    front = Convolution(14, width=5)
    end = front(batch.source([rows()[0]]).inputs)[0, -1]
    black = torch.zeros(1, 1, 15)
    assert not torch.allclose(end, front(black)[0, 0])
