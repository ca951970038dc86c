"""Form, variation, intensity and mood arc as they are asked for, put into a plan in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from composer.plan import Plan, PlanBar
from composer.request.arc import read_arc, with_arc
from composer.request.form import (
    Form,
    lengths_of,
    read_form,
    returns_in_other_meters,
    told_meters,
    with_form,
)
from composer.request.intensity import read_intensity, with_intensity
from composer.request.wishes import Wishes, read, within

Step = Callable[[Plan], Plan]


@dataclass(frozen=True, slots=True)
class FormWish:
    """A form and how much its returns vary; no sections where none was asked for."""

    form: Form = ()
    vary: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether every section's length was said."""
        return bool(self.form) and all(section.bars is not None for section in self.form)

    def count(self, bars: int | None) -> int | None:
        """Bars of the piece: what was said, else the form's; raises ValueError."""
        return sum(lengths_of(self.form, bars)) if self.form else bars

    def laid(self, bars: Sequence[PlanBar]) -> tuple[PlanBar, ...]:
        """The bars with the form, or as they are where it does not fit so many."""
        if not self.form:
            return tuple(bars)
        try:
            return with_form(Plan(tuple(bars)), self.form, self.vary).bars
        except ValueError:
            return tuple(bars)


def read_form_wish(wishes: Wishes, problems: list[str]) -> FormWish:
    """Read form and variation; what is wrong goes into ``problems``."""
    form = read(read_form, wishes.get("form"), problems) or ()
    told = "vary lies between 0 and 1, not {value:g}"
    vary = within(wishes.get("vary"), 0, 1, told, problems)
    if vary is not None and not form and not problems:
        problems.append("vary tells how a form's sections return: say a form, such as AABA")
    if vary is not None and form and len({section.name for section in form}) == len(form):
        problems.append("vary tells how sections return, but each of the form's comes once")
    return FormWish(form, vary)


def late_steps(wishes: Wishes, problems: list[str]) -> list[Step]:
    """What is done once form, keys and chords stand in the plan."""
    steps: list[Step] = []
    arc = read(read_arc, wishes.get("arc"), problems)
    levels = read(read_intensity, wishes.get("intensity"), problems)
    if wishes.get("form") is not None:
        steps.append(recalled)
    if arc is not None:
        steps.append(lambda plan: with_arc(plan, arc))
    if levels is not None:
        steps.append(lambda plan: with_intensity(plan, levels))
    return [_telling(step, problems) for step in steps]


def _telling(step: Step, problems: list[str]) -> Step:
    """The step, telling a ValueError in ``problems``."""

    def told(plan: Plan) -> Plan:
        try:
            return step(plan)
        except ValueError as error:
            problems.append(str(error))
            return plan

    return told


def recalled(plan: Plan) -> Plan:
    """The plan in which what returns has its first chords, moved with its key.

    Another mode keeps its own chords. Raises ValueError where a bar is to move to another key
    than was asked for there, or is in another meter than what it returns to.
    """
    bars = list(plan.bars)
    for place in returns_in_other_meters(bars):
        raise ValueError(
            f"{bars[place].section} returns, but {told_meters(bars, place)}: keep its meter, "
            "or give it a name of its own"
        )
    for place, bar in enumerate(bars):
        if bar.returns is None or bar.returns > place:
            continue
        origin = bars[place - bar.returns]
        steps = bar.moved_from(origin)
        key = None if origin.key is None else origin.key.transposed(steps)
        if bar.transposition and bar.key not in (None, origin.key, key):
            raise ValueError(
                f"{bar.section}{bar.transposition:+} would be in {key} at bar {place + 1}, "
                f"but the key asked for there is {bar.key}: leave one out"
            )
        is_moved = bar.transposition is not None or bar.key == key
        if is_moved and bar.meter == origin.meter:
            first, second = (
                chord and chord.transposed(steps)
                for chord in (origin.chord, origin.second_chord)
            )
            bars[place] = replace(bar, key=key, chord=first, second_chord=second)
    return replace(plan, bars=tuple(bars))
