"""The schema of a plan file, by pydantic. Every field may be left out: it is open then."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from composer.plan import Harmony, Mood
from composer.planfile import fields as f
from composer.planfile.symbols import Pair
from composer.request.instruments import MOST_PARTS
from composer.score import Key, Meter

Curve = float | list[float | None] | None
"""A number, or one a bar."""


class _Strict(BaseModel):
    """Unknown fields are wrong."""

    model_config = ConfigDict(extra="forbid")


class PartEntry(_Strict):
    """One instrument."""

    instrument: Annotated[f.Program | None, f.INSTRUMENT] = None
    kit: Annotated[int | None, f.KIT] = 0
    role: Annotated[str | None, f.ROLE] = None
    register_: Annotated[float | None, f.REGISTER, Field(alias="register")] = None
    density: Annotated[float | None, f.DENSITY] = None
    range: Annotated[tuple[int | None, int | None] | None, f.RANGE] = None
    name: Annotated[str | None, f.PART_NAME] = None


class BarEntry(_Strict):
    """A bar that differs from its section."""

    meter: Annotated[Meter | None, f.METER] = None
    tempo: Annotated[Curve, f.TEMPO] = None
    key: Annotated[Key | None, f.KEY] = None
    feel: Annotated[str | None, f.FEEL] = None
    intensity: Annotated[Curve, f.INTENSITY] = None
    mood: Annotated[Mood | None, f.MOOD] = None
    returns: Annotated[int | bool | None, f.RETURNS] = None
    vary: Annotated[float | None, f.VARY] = None
    transpose: Annotated[int | None, f.TRANSPOSE] = None


class ExceptionEntry(BarEntry):
    """One bar of a section that differs."""

    @model_validator(mode="after")
    def _holds_single_values(self) -> Self:
        """A bar has one tempo and one intensity."""
        for name in ("tempo", "intensity"):
            if isinstance(getattr(self, name), list):
                raise f.Wrong(f"{name} of one bar is one number, not a list")
        return self


class SectionEntry(BarEntry):
    """A stretch of bars."""

    section: Annotated[str | None, f.SECTION] = None
    bars: Annotated[int | None, f.BARS] = None
    function: Annotated[str | None, f.FUNCTION] = None
    chords: Annotated[tuple[Pair, ...] | None, f.CHORDS] = None
    exceptions: Annotated[
        dict[int, ExceptionEntry], Field(description="Bars, from 1, that differ.")
    ] = {}

    @property
    def length(self) -> int:
        """How many bars the section has."""
        return self.bars or len(self.chords or ())

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """Every list is as long as the section."""
        if self.length == 0:
            raise ValueError("how long is it? say bars: 8")
        problems = [
            f"{name} has {len(values)} values for {self.length} bars"
            for name, values in (("tempo", self.tempo), ("intensity", self.intensity))
            if isinstance(values, list) and len(values) != self.length
        ]
        if self.chords and len(self.chords) > self.length:
            problems.append(f"chords has {len(self.chords)} bars for {self.length}")
        problems += [
            f"exceptions names bar {bar} of {self.length}"
            for bar in self.exceptions
            if not 1 <= bar <= self.length
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


class MarkerEntry(_Strict):
    """A name for a bar line."""

    bar: Annotated[int, f.MARKER_BAR]
    name: Annotated[str, f.MARKER_NAME]


class PlanEntry(_Strict):
    """A whole plan file."""

    format: Annotated[str, f.FORMAT_NAME] = f.FORMAT
    title: Annotated[str | None, f.TITLE] = None
    seed: Annotated[int | None, f.SEED] = None
    style: Annotated[str | None, f.STYLE] = None
    mood: Annotated[Mood | None, f.MOOD] = None
    swing: Annotated[float | None, f.SWING] = None
    harmony: Annotated[Harmony | None, f.HARMONY] = None
    chosen: Annotated[str | None, f.CHOSEN] = None
    parts: Annotated[list[PartEntry] | None, Field(max_length=MOST_PARTS)] = None
    markers: list[MarkerEntry] = []
    sections: Annotated[list[SectionEntry], Field(min_length=1)]


def plan_schema() -> dict[str, Any]:
    """The JSON schema, for editors that complete and check YAML by it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | (
        PlanEntry.model_json_schema()
    )
