"""Loading an engine by its name."""

import contextlib
import logging
import platform
from collections.abc import Iterator
from pathlib import Path

from composer.assets import find_asset
from composer.errors import CheckpointError, MissingExtraError, RequestError, was_stopped
from composer.model.checkpoint import Checkpoint, load_checkpoint
from composer.model.numpy_engine import NumpyEngine
from composer.model.protocol import Engine

DEFAULT_CHECKPOINT = "small"
"""Name of the folder in ``checkpoints/`` that is taken where none is named."""
ENGINES = ("onnx", "onnx-fp32", "numpy", "torch")
"""Names of the engines, the best first; ``torch`` needs the extra ``train``."""
DEFAULT_ENGINE = ENGINES[0]
_REINSTALL = "install composer anew to restore its model"
_COPY_ANEW = "copy the folder anew, or name none for the model that comes with composer"
_CPUINFO = Path("/proc/cpuinfo")


def folder_of(checkpoint: str | Path | None = None) -> Path:
    """A checkpoint's folder; None means the one that comes with composer."""
    if checkpoint is None:
        return find_asset("checkpoints", DEFAULT_CHECKPOINT)
    return Path(checkpoint)


def load_engine(checkpoint: str | Path | None = None, engine: str = DEFAULT_ENGINE) -> Engine:
    """The engine of a checkpoint's folder; None takes the one that comes with composer.

    ``engine`` is one of ``ENGINES``. Where ONNX Runtime can't run, ``numpy`` takes its
    place, and the log says so. Raises RequestError for another name, CheckpointError where
    the checkpoint is missing, damaged or foreign, MissingExtraError for ``torch`` without
    torch.
    """
    if engine not in ENGINES:
        names = ", ".join(ENGINES[:-1])
        raise RequestError(f"unknown engine {engine!r}: choose {names} or {ENGINES[-1]}")
    if engine.startswith("onnx") and (hindrance := why_not_onnx()):
        logging.getLogger(__name__).warning("%s: composing with numpy, slower", hindrance)
        engine = "numpy"
    try:
        return _made(load_checkpoint(folder_of(checkpoint)), engine)
    except CheckpointError as error:
        remedy = _REINSTALL if checkpoint is None else _COPY_ANEW
        raise CheckpointError(f"{error}; {remedy}") from error


def why_not_onnx() -> str | None:
    """What hinders the ONNX engines on this machine; None where they run."""
    try:
        import onnxruntime  # noqa: F401, PLC0415 - may be absent
    except ImportError as error:
        if was_stopped(error):
            raise KeyboardInterrupt from error
        return "onnxruntime can't be imported"
    if platform.machine() in ("x86_64", "AMD64") and not _has_avx2():
        return "the processor lacks AVX2"
    return None


def _has_avx2() -> bool:
    """Whether 8-bit products are fast here; taken for granted where it can't be read."""
    try:
        return " avx2" in _CPUINFO.read_text("utf-8")
    except OSError:
        return True


def _made(checkpoint: Checkpoint, engine: str) -> Engine:
    if engine == "numpy":
        return NumpyEngine(checkpoint)
    if engine == "torch":
        with needs_torch("the engine torch"):
            from composer.model.torch_engine import TorchEngine  # noqa: PLC0415 - optional
        return TorchEngine(checkpoint)
    from composer.model.onnx_engine import OnnxEngine  # noqa: PLC0415 - may be absent

    return OnnxEngine(checkpoint, is_exact=engine == "onnx-fp32")


@contextlib.contextmanager
def needs_torch(feature: str) -> Iterator[None]:
    """Turn a failing import of torch into MissingExtraError, which names the ``feature``."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise MissingExtraError(feature, "torch", "train") from error
