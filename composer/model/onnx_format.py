"""Writing an ONNX model as bytes, with nothing but the standard library and numpy.

A model is a protocol buffer (ONNX IR specification, ``onnx.proto``). Only the few messages
that a graph of plain operators needs are written; field numbers are those of the
specification. The package ``onnx`` would weigh more than the runtime that reads the result.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Attribute = int | float
"""Value of a node's attribute; an int and a float are different types."""
Shape = Sequence[int | str]
"""Sizes; a name stands for a size that each run decides."""

_IR_VERSION, _OPSET = 8, 17
_MICROSOFT = "com.microsoft"
_MICROSOFTS = frozenset(
    {"GroupQueryAttention", "MatMulNBits", "QuickGelu", "SkipSimplifiedLayerNormalization"}
)
"""Operators that ONNX Runtime adds to the standard ones."""
_TYPES = {
    np.dtype(np.float32): 1,
    np.dtype(np.uint8): 2,
    np.dtype(np.int32): 6,
    np.dtype(np.int64): 7,
}
_FLOAT, _INT = 1, 2
_VARINT, _BYTES, _SINGLE = 0, 2, 5


class Graph:
    """Operators, constants, inputs and outputs; values are known by name."""

    def __init__(self) -> None:
        self._parts: list[bytes] = [_field(2, b"composer")]
        self._names = 0

    def input(self, name: str, kind: type[np.generic], shape: Shape) -> str:
        """Declare an input."""
        self._parts.append(_field(11, _declared(name, kind, shape)))
        return name

    def output(self, name: str, kind: type[np.generic], shape: Shape) -> None:
        """Declare the value ``name`` an output."""
        self._parts.append(_field(12, _declared(name, kind, shape)))

    def constant(self, array: NDArray[np.generic]) -> str:
        """Add an array of a type in ``_TYPES``."""
        name = self._new()
        sizes = b"".join(_number(1, size) for size in array.shape)
        kind = _number(2, _TYPES[array.dtype])
        named = _field(8, name.encode())
        self._parts.append(_field(5, sizes + kind + named + _field(9, array.tobytes())))
        return name

    def apply(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Add an operator with one output."""
        return self.apply_many(operator, inputs, [self._new()], attributes)[0]

    def apply_many(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str | None],
        attributes: Mapping[str, Attribute] | None = None,
    ) -> list[str]:
        """Add an operator with named ``outputs``; "" is one not wanted, None gets a name."""
        found = [self._new() if name is None else name for name in outputs]
        node = b"".join(_field(1, name.encode()) for name in inputs)
        node += b"".join(_field(2, name.encode()) for name in found)
        node += _field(4, operator.encode())
        node += b"".join(_field(5, _attribute(*pair)) for pair in (attributes or {}).items())
        if operator in _MICROSOFTS:
            node += _field(7, _MICROSOFT.encode())
        self._parts.append(_field(1, node))
        return found

    def model(self) -> bytes:
        """The whole model."""
        operators = _number(2, _OPSET), _field(1, _MICROSOFT.encode()) + _number(2, 1)
        return (
            _number(1, _IR_VERSION)
            + _field(7, b"".join(self._parts))
            + b"".join(_field(8, some) for some in operators)
        )

    def _new(self) -> str:
        self._names += 1
        return f"_{self._names}"


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; negative numbers as 64-bit two's complement."""
    if 0 <= value < 128:
        return bytes((value,))
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(value)


def _field(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(value)) + value


def _attribute(name: str, value: Attribute) -> bytes:
    named = _field(1, name.encode())
    if isinstance(value, float):
        single = _varint(2 << 3 | _SINGLE) + struct.pack("<f", value)
        return named + single + _number(20, _FLOAT)
    return named + _number(3, value) + _number(20, _INT)


def _declared(name: str, kind: type[np.generic], shape: Shape) -> bytes:
    sizes = b"".join(
        _field(1, _field(2, size.encode()) if isinstance(size, str) else _number(1, size))
        for size in shape
    )
    tensor = _number(1, _TYPES[np.dtype(kind)]) + _field(2, sizes)
    return _field(1, name.encode()) + _field(2, _field(1, tensor))
