"""The engine that runs on ONNX Runtime: 8-bit integers or float32, on one thread.

Its graphs are made from the weights at loading. A state owns all memory that its runs read
and write, so that a step allocates nothing and keys and values are kept in place; engines
may be shared among threads, states may not. Shapes: T events, B conditions.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from composer.errors import RequestError
from composer.language import vocabulary as v
from composer.model import features, onnx_graphs
from composer.model.checkpoint import Checkpoint
from composer.model.choices import NETWORKS
from composer.model.products import Floats
from composer.model.protocol import Conditions, Rows, checked
from composer.model.scoring import Scoring, group_spans, most_given
from composer.model.weights import check_weights

_KEY = v.COLUMN["key"]
_ERRORS_ONLY = 3


@dataclass(frozen=True, slots=True)
class Hidden:
    """The network's last states (B, width), the keys in the last rows, and where to score."""

    vector: Floats
    keys: list[int]
    heads: "dict[str, _Run]"


class OnnxEngine:
    """Runs the network of a checkpoint; see ``composer.model.engine.Engine``.

    ``is_exact`` keeps all weights as float32; else most are rounded to 8 bits.
    """

    def __init__(self, checkpoint: Checkpoint, *, is_exact: bool = False) -> None:
        check_weights(checkpoint)
        self.name = "onnx-fp32" if is_exact else "onnx"
        self._config = checkpoint.config
        self._conditions = _session(onnx_graphs.conditions(checkpoint))
        self._trunk = _session(onnx_graphs.trunk(checkpoint, is_exact=is_exact))
        self._heads = {
            group: _session(onnx_graphs.head(checkpoint, group, is_exact=is_exact))
            for group in NETWORKS
        }
        self._scoring = Scoring(checkpoint.weights)
        self._spans = group_spans(checkpoint.weights)

    @property
    def context(self) -> int:
        """The most rows that a state can hold."""
        return self._config.context

    def prefill(self, rows: NDArray[np.int32], conditions: Conditions) -> "State":
        """A state that has read ``rows`` (B, T, columns) under the conditions (B, size)."""
        (given,) = self._conditions.run(["given"], {"x": checked(rows, conditions)})
        width = self._config.width
        count = len(given)
        caches = {
            f"{sort}.{index}": np.zeros(
                (count, *onnx_graphs.cache_shape(self._config)), np.float32
            )
            for index in range(self._config.layers)
            for sort in ("keys", "values")
        }
        fixed = {"given": given.reshape(count, 1, -1)} | caches
        heads = {
            group: _Run(
                session,
                {
                    "hidden": np.zeros((count, width), np.float32),
                    "given": np.zeros((count, most_given(group)), np.int64),
                },
                {"scores": np.zeros((count, session.get_outputs()[0].shape[1]), np.float32)},
            )
            for group, session in self._heads.items()
        }
        state = State(self._trunk, fixed, heads, self.context, width)
        if rows.shape[1]:
            state.read(rows)
        return state

    def step(self, state: "State", rows: Rows) -> Hidden:
        """Read one more event, ``rows`` (B, columns); returns the hidden state after it."""
        return Hidden(state.step(rows), [int(row[_KEY]) for row in rows], state.heads)

    def logits(self, hidden: Hidden, rows: Rows, attribute: str) -> Floats:
        """Scores of all values of ``attribute`` of the next event ``rows``, (B, size)."""
        head = hidden.heads[self._scoring.group(rows[0], attribute)]
        head.inputs["hidden"][:] = hidden.vector
        places = head.inputs["given"]
        for place, row in enumerate(rows):
            if place and row is rows[0]:
                places[place] = places[0]
                continue
            given = self._scoring.given(row, attribute)
            places[place] = given + [0] * (places.shape[1] - len(given))
        head()
        found = head.outputs["scores"][:, self._spans[attribute]]
        return self._scoring.finished(found, rows, attribute, hidden.keys)


class State:
    """What has been read: keys and values of every layer, and how many rows."""

    def __init__(
        self,
        trunk: onnxruntime.InferenceSession,
        fixed: dict[str, NDArray[Any]],
        heads: "dict[str, _Run]",
        context: int,
        width: int,
    ) -> None:
        self.heads, self.length = heads, 0
        self._trunk, self._fixed = trunk, fixed
        self._context, self._width = context, width
        self._one = self._run(1)

    def step(self, rows: Rows) -> Floats:
        """Read one event, ``rows`` (B, columns): the network's last states (B, width)."""
        run = self._one
        indices, bits = run.inputs["indices"][:, 0], run.inputs["bits"][:, 0]
        for place, row in enumerate(rows):
            if place and row is rows[0]:
                indices[place], bits[place] = indices[0], bits[0]
                continue
            values = row.tolist() if isinstance(row, np.ndarray) else row
            indices[place] = features.row_indices(values)
            bits[place] = features.row_bits(values)
        self._read(run, 1)
        return run.outputs["hidden"][:, 0].copy()

    def read(self, rows: NDArray[np.int32]) -> None:
        """Read rows (B, T, columns) at once."""
        time = rows.shape[1]
        run = self._run(time)
        run.inputs["indices"][:] = features.input_indices(rows)
        run.inputs["bits"][:] = features.input_bits(rows)
        self._read(run, time)

    def _read(self, run: "_Run", time: int) -> None:
        end = self.length + time
        if end > self._context:
            raise RequestError(f"the model sees at most {self._context} events, not {end}")
        run.inputs["last"][:] = end - 1
        run.inputs["total"][...] = end
        run()
        self.length = end

    def _run(self, time: int) -> "_Run":
        """The trunk bound to this state's memory, for ``time`` rows at once."""
        count = len(self._fixed["given"])
        inputs: dict[str, NDArray[Any]] = {
            "indices": np.zeros((count, time, features.INDEX_COLUMNS), np.int64),
            "bits": np.zeros((count, time, features.BITS), np.float32),
            "last": np.zeros(count, np.int32),
            "total": np.zeros((), np.int32),
        }
        kept = {f"new {name}": array for name, array in self._fixed.items() if name != "given"}
        hidden = np.zeros((count, time, self._width), np.float32)
        return _Run(self._trunk, inputs | self._fixed, {"hidden": hidden} | kept)


class _Run:
    """A session bound to arrays, which it reads and writes in place when called."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        inputs: dict[str, NDArray[Any]],
        outputs: dict[str, NDArray[Any]],
    ) -> None:
        self.inputs, self.outputs = inputs, outputs
        self._session, self._binding = session, session.io_binding()
        for arrays, bind in (
            (inputs, self._binding.bind_input),
            (outputs, self._binding.bind_output),
        ):
            for name, array in arrays.items():
                bind(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)

    def __call__(self) -> None:
        self._session.run_with_iobinding(self._binding)


def _session(model: bytes) -> onnxruntime.InferenceSession:
    """A session on one thread, so that sums keep their order."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
