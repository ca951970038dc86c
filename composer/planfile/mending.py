"""Everything that is wrong with a plan's values, though one fault may hide another.

What has a fault is opened and the rest is read again, until it can be read: first the field,
then the section, part or marker around it.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from composer.plan import Plan
from composer.planfile.laying import lay_plan
from composer.planfile.model import PlanEntry

At = tuple[str | int, ...]
_STAGES = 4
_NEUTRAL: dict[str | int, Any] = {
    "sections": {"bars": 1},
    "parts": {},
    "markers": {"bar": 1, "name": "-"},
}
"""An entry that says nothing, in place of one that can't be read."""

_LENGTHS = ("bars", "chords")
"""Fields that say how long a section is."""


@dataclass(slots=True)
class Reading:
    """``faults`` are pydantic's, ``laid`` (path, text) what is wrong between fields."""

    value: Any
    plan: Plan | None = None
    faults: list[Any] = field(default_factory=list)
    laid: list[tuple[At, str]] = field(default_factory=list)
    opened: set[At] = field(default_factory=set)
    emptied: set[At] = field(default_factory=set)

    def run(self) -> "Reading":
        """Read the values; ``plan`` is None where anything is wrong."""
        for _ in range(_STAGES):
            try:
                entry = PlanEntry.model_validate(self.value)
            except ValidationError as error:
                self._mend(error)
                continue
            plan, laid = lay_plan(entry)
            self.laid = [(path, told) for path, told in laid if self._is_own(path)]
            self.plan = None if self.faults or self.laid else plan
            break
        return self

    def _mend(self, error: ValidationError) -> None:
        """Note what is new, and open what is wrong."""
        faults = {tuple(one["loc"]): one for one in error.errors(include_url=False)}
        self.faults += [one for path, one in faults.items() if not self._follows(path)]
        again = {path[:2] for path in faults if path in self.opened or len(path) == 2}
        self.emptied |= {path for path in again if path[0] in _NEUTRAL and len(path) == 2}
        self.opened |= faults.keys()
        self.value = _opened(self.value, self.opened, self.emptied)
        if ("sections",) in faults:
            self.value["sections"] = [_NEUTRAL["sections"]]
            self.emptied.add(("sections", 0))

    def _follows(self, path: At) -> bool:
        """Whether a fault comes from one that is told already."""
        lengths = {(*path, name) for name in _LENGTHS}
        return path in self.opened or any(one[:3] in lengths for one in self.opened)

    def _is_own(self, path: At) -> bool:
        """Whether something between fields is wrong whatever the opened ones say."""
        if path[:2] in {one[:2] for one in self.opened}:
            return False
        has_unknown_length = any(kind == "sections" for kind, _ in self.emptied)
        return not (has_unknown_length and path[0] in ("sections", "markers"))


def _opened(value: Any, paths: set[At], emptied: set[At], at: At = ()) -> Any:
    """A copy of the values without the fields at ``paths``, some entries replaced whole."""
    if at in emptied:
        return _NEUTRAL[at[0]]
    if isinstance(value, dict):
        return {
            name: _opened(one, paths, emptied, (*at, name))
            for name, one in value.items()
            if (*at, name) not in paths
        }
    if isinstance(value, list):
        return [_opened(one, paths, emptied, (*at, place)) for place, one in enumerate(value)]
    return value
