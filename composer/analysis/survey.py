"""A complete Plan measured from a Score.

The steps (keys, chords, sections, roles, intensity, feel) each have their own module; here
they meet. Mood and style are left open: no measure of notes alone says them.
"""

from itertools import groupby

from composer.analysis.chords import chords_of
from composer.analysis.clock import tempo_of_bars
from composer.analysis.intensity import intensity_of
from composer.analysis.keys import keys_of
from composer.analysis.music import Music
from composer.analysis.roles import roles_of, traits_of
from composer.analysis.sections import sections_of
from composer.analysis.swing import swing
from composer.plan import Plan, PlanBar, PlanPart
from composer.score import Score

_EDGE_BARS = 8  # an intro or outro is at most this long
_EDGE_CALM = 0.8  # and at most this intense, against the piece's mean


def analyse(score: Score) -> Plan:
    """Measure the whole plan of ``score``: one plan bar a bar, one plan part a part.

    Bars are those of the score's own meters; a performance without a usable grid goes
    through ``regrid`` first.
    """
    music = Music(score)
    return Plan(bars=_bars(music), parts=_parts(music), title=score.title)


def _bars(music: Music) -> tuple[PlanBar, ...]:
    """All bars with everything measured."""
    score = music.score
    keys = keys_of(score, music)
    chords = chords_of(score, keys, music)
    sections, levels = sections_of(score, music), intensity_of(score, music)
    functions, feels = functions_of(sections, levels), swing(score, music)
    tempos = tempo_of_bars(score, music.bar_edges).tolist()
    return tuple(
        PlanBar(
            meter=bar.meter,
            tempo_qpm=round(tempos[i], 3),
            key=keys[i],
            chord=chords[i][0],
            second_chord=chords[i][1],
            section=sections[i],
            function=functions[i],
            intensity=levels[i],
            feel=feels[i],
        )
        for i, bar in enumerate(music.bars)
    )


def functions_of(
    sections: tuple[str, ...], levels: tuple[float, ...]
) -> tuple[str | None, ...]:
    """``intro`` and ``outro`` where they are clear, None elsewhere.

    Clear: the first or last section is short, never heard elsewhere in the piece and
    calmer than the piece as a whole.
    """
    functions: list[str | None] = [None] * len(sections)
    runs = [(letter, len(list(run))) for letter, run in groupby(sections)]
    if len(runs) < 3:
        return tuple(functions)
    mean = sum(levels) / len(levels)
    for name, (letter, length), span in (
        ("intro", runs[0], slice(0, runs[0][1])),
        ("outro", runs[-1], slice(len(sections) - runs[-1][1], len(sections))),
    ):
        alone = sections.count(letter) == length <= _EDGE_BARS
        if alone and sum(levels[span]) / length <= _EDGE_CALM * mean:
            functions[span] = [name] * length
    return tuple(functions)


def _parts(music: Music) -> tuple[PlanPart, ...]:
    """All parts with role, register and density."""
    traits = traits_of(music.score, music)
    roles = roles_of(music.score, music, traits)
    return tuple(
        PlanPart(
            program=part.program,
            is_drums=part.is_drums,
            role=role,
            register=None if measured is None else round(measured.register, 2),
            density=None if measured is None else round(measured.density, 3),
            name=part.name,
        )
        for part, role, measured in zip(music.score.parts, roles, traits, strict=True)
    )
