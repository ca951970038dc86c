"""From ticks to seconds and back through the tempo map.

seconds = ticks / 480 * 60 / qpm, summed over the stretches of constant tempo.
"""

from collections.abc import Sequence

from composer.score.score import TICKS_PER_QUARTER, Score, Tempo


def _with_start(tempos: Sequence[Tempo]) -> list[Tempo]:
    """Let the first tempo hold from tick 0."""
    first = tempos[0]
    return list(tempos) if first.onset_ticks == 0 else [Tempo(0, first.qpm), *tempos]


def seconds_at(score: Score, ticks: int) -> float:
    """Time in seconds at which ``ticks`` is reached."""
    seconds = 0.0
    tempos = _with_start(score.tempos)
    for here, after in zip(tempos, [*tempos[1:], None], strict=True):
        end = ticks if after is None else min(ticks, after.onset_ticks)
        if end <= here.onset_ticks:
            break
        seconds += (end - here.onset_ticks) * 60.0 / (here.qpm * TICKS_PER_QUARTER)
    return seconds


def ticks_at(score: Score, seconds: float) -> float:
    """Place in ticks (not rounded) that is reached after ``seconds``."""
    elapsed = 0.0
    tempos = _with_start(score.tempos)
    for here, after in zip(tempos, [*tempos[1:], None], strict=True):
        per_tick = 60.0 / (here.qpm * TICKS_PER_QUARTER)
        if after is not None:
            span = (after.onset_ticks - here.onset_ticks) * per_tick
            if elapsed + span <= seconds:
                elapsed += span
                continue
        return here.onset_ticks + (seconds - elapsed) / per_tick
    raise AssertionError("the last tempo holds for ever")
