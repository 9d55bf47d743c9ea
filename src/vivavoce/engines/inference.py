"""How graphs are run here: by one thread each, in processes that share the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnxruntime as ort


def open_session(path: Path, *, optimized: bool = True) -> ort.InferenceSession:
    """The graph of a file, ready to run; without `optimized`, exactly as it was written."""
    import onnxruntime as ort  # starts a thread, so only after a worker has been forked

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if not optimized:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
