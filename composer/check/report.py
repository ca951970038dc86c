"""The report: one row for each thing that was asked."""

from dataclasses import asdict, dataclass
from typing import Any

from composer.errors import ControlError


@dataclass(frozen=True, slots=True)
class Control:
    """One control. ``place`` says where (empty: the whole piece), ``is_kept`` whether it holds.

    ``share`` is the share of bars or parts in which it holds, where that can be told.
    """

    name: str
    place: str
    asked: str
    measured: str
    is_kept: bool
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was asked; a plan's open fields ask nothing."""

    controls: tuple[Control, ...]

    @property
    def missed(self) -> tuple[Control, ...]:
        """The controls that were not kept."""
        return tuple(control for control in self.controls if not control.is_kept)

    def as_json(self) -> list[dict[str, Any]]:
        """Every row as plain values."""
        return [asdict(control) for control in self.controls]

    def require(self) -> None:
        """Raise ControlError where a control was not kept."""
        if self.missed:
            names = [f"{one.name} {one.place}".strip() for one in self.missed]
            raise ControlError(
                f"{len(names)} of {len(self.controls)} controls were not kept: "
                + ", ".join(dict.fromkeys(names))
            )
