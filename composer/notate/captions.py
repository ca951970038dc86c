"""What is written over the notes: sections, chords and intensity, bar by bar."""

from dataclasses import dataclass

from composer.plan import Plan, PlanBar
from composer.score import Bar, Label, Score, instrument_name


@dataclass(frozen=True, slots=True)
class Captions:
    """Labels over the notes; ``intensities`` has one value in [0, 1] or None a bar."""

    sections: tuple[Label, ...]
    chords: tuple[Label, ...]
    intensities: tuple[float | None, ...]

    @property
    def are_any(self) -> bool:
        """Whether there is anything to write."""
        known = any(value is not None for value in self.intensities)
        return bool(self.sections or self.chords or known)


def _section_name(bar: PlanBar) -> str:
    """Letter and function, as far as they are known."""
    return " ".join(word for word in (bar.section, bar.function) if word)


def _plan_sections(plan: Plan, bars: tuple[Bar, ...]) -> tuple[Label, ...]:
    """A label wherever the section changes."""
    labels: list[Label] = []
    last = ""
    for bar, planned in zip(bars, plan.bars, strict=False):
        name = _section_name(planned)
        if name and name != last:
            labels.append(Label(bar.onset_ticks, name))
        last = name
    return tuple(labels)


def _plan_chords(plan: Plan, bars: tuple[Bar, ...]) -> tuple[Label, ...]:
    """A label wherever the chord changes; the second chord stands at half the bar."""
    labels: list[Label] = []
    for bar, planned in zip(bars, plan.bars, strict=False):
        half = bar.onset_ticks + bar.length_ticks // 2
        for onset, chord in ((bar.onset_ticks, planned.chord), (half, planned.second_chord)):
            if chord is None:
                continue
            text = chord.symbol(planned.key)
            if not labels or labels[-1].text != text:
                labels.append(Label(onset, text))
    return tuple(labels)


def captions_of(score: Score, plan: Plan | None, bars: tuple[Bar, ...]) -> Captions:
    """Take sections and chords from the score, or from the plan where the score has none."""
    if plan is None:
        return Captions(score.markers, score.chords, (None,) * len(bars))
    known = [bar.intensity for bar in plan.bars[: len(bars)]]
    return Captions(
        score.markers or _plan_sections(plan, bars),
        score.chords or _plan_chords(plan, bars),
        (*known, *[None] * (len(bars) - len(known))),
    )


def part_names(score: Score) -> tuple[str, ...]:
    """A name for each part: its own, else its instrument's."""
    return tuple(
        part.name.strip() or instrument_name(part.program, is_drums=part.is_drums)
        for part in score.parts
    )
