"""The network's sizes, as they stand in a checkpoint's ``config.json``."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from composer.errors import CheckpointError
from composer.language import vocabulary_hash

_LIMITS = {
    "layers": 64,
    "width": 4096,
    "heads": 64,
    "kv_heads": 64,
    "ffn": 16384,
    "head_ffn": 16384,
    "context": 65536,
}


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Sizes of a network.

    ``width`` is split among ``heads`` query heads, which share ``kv_heads`` key/value
    heads; ``ffn`` is the hidden width of a layer's gated unit and ``head_ffn`` that of the
    small networks that choose attributes; ``context`` is the most events it can see.
    """

    layers: int = 6
    width: int = 256
    heads: int = 4
    kv_heads: int = 2
    ffn: int = 640
    head_ffn: int = 384
    context: int = 1024

    def __post_init__(self) -> None:
        """Refuse sizes that no network can have."""
        for name, limit in _LIMITS.items():
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= limit:
                raise CheckpointError(
                    f"model config: {name} must be 1 to {limit}, not {value!r}"
                )
        if self.heads % self.kv_heads or self.width % (2 * self.heads):
            raise CheckpointError(
                f"model config: width {self.width} must split evenly into {self.heads} heads "
                f"of even size, and these into {self.kv_heads} groups"
            )

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    def as_json(self) -> dict[str, Any]:
        """The sizes and the vocabulary they belong to."""
        return {"format": 1, **asdict(self), "vocabulary": vocabulary_hash()}

    @classmethod
    def from_json(cls, values: Any) -> "ModelConfig":
        """Read what ``as_json`` wrote; raises CheckpointError for anything else."""
        if not isinstance(values, dict) or values.get("format") != 1:
            raise CheckpointError("model config: not a composer config of format 1")
        if values.get("vocabulary") != vocabulary_hash():
            raise CheckpointError("the checkpoint was trained for another vocabulary")
        names = {field.name for field in fields(cls)}
        if set(values) != names | {"format", "vocabulary"}:
            raise CheckpointError(f"model config: expected exactly {', '.join(sorted(names))}")
        return cls(**{name: values[name] for name in names})
