"""Which of many files have to go, so that those used last may stay."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def last_use_to_drop(
    last_used: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], most: int
) -> int | None:
    """The moment such that dropping all that was last used then or before leaves `most` or less.

    `last_used` and `sizes` have one entry a file, in any unit; `most` is in that of `sizes`. None
    when everything may stay. Files used at the same moment stay or go together.
    """
    latest_first = np.argsort(last_used)[::-1]
    total = np.cumsum(sizes[latest_first])
    staying = int(np.searchsorted(total, most, side="right"))
    if staying == len(total):
        return None
    return int(last_used[latest_first[staying]])
