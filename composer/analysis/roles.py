"""What each part does: melody, counter-melody, harmony, pad, bass or drums.

Conventions: one ``PartTraits`` a part. The bass is the part that mostly has the lowest
pitch, alone, in a low register; the melody the most singable of the rest (one note at a
time, moving, often on top, played by a lead instrument); what remains is chordal (harmony,
or pad where notes are long) or a single line (counter-melody, or pad where notes are long).
"""

from dataclasses import dataclass

import numpy as np

from composer.analysis.music import Floats, Ints, Music, Notes, overlaps, step_edges
from composer.plan import Role
from composer.score import TICKS_PER_QUARTER, Part, Score

_STEP_TICKS = TICKS_PER_QUARTER // 2
_BASS_PROGRAMS = frozenset({*range(32, 40), 43, 58, 87})
_PAD_PROGRAMS = frozenset({*range(48, 55), *range(88, 96), *range(16, 21)})
_LEAD_PROGRAMS = frozenset({*range(64, 88), 40, 22, 52, 53, 54, 56, 59, 110}) - {87}
_UNTUNED_PROGRAMS = frozenset({47, 55, *range(112, 128)})  # struck, noises
_LONG_QUARTERS = 1.75
_LINE_VARIETY = 0.15  # a line that moves less than this is no melody
_WORDS = {
    "bass": Role.BASS,
    "melody": Role.MELODY,
    "vocal": Role.MELODY,
    "voice": Role.MELODY,
    "lead": Role.MELODY,
    "pad": Role.PAD,
    "chord": Role.HARMONY,
}


@dataclass(frozen=True, slots=True)
class PartTraits:
    """Measures of one part. Shares lie in [0, 1] and count the time in which it sounds.

    ``polyphony`` is the mean number of its notes that sound together, ``density`` notes a
    quarter in the bars where it sounds, ``variety`` the share of onsets that change pitch.
    """

    register: float
    density: float
    polyphony: float
    note_quarters: float
    lowest_share: float
    highest_share: float
    variety: float
    sounding_share: float


Traits = tuple[PartTraits | None, ...]
"""Measures of every part in order; None for a part without notes."""


def traits_of(score: Score, music: Music | None = None) -> Traits:
    """Measures of every part in order; None for a part without notes."""
    music = music or Music(score)
    owners = _extreme_owners(music)
    return tuple(
        _traits(music, music.notes.where(music.notes.part == index), index, owners)
        for index in range(len(score.parts))
    )


def roles_of(
    score: Score, music: Music | None = None, traits: Traits | None = None
) -> tuple[Role, ...]:
    """Role of every part in order."""
    traits = traits or traits_of(score, music)
    roles = [Role.DRUMS if part.is_drums else None for part in score.parts]
    open_parts = [i for i, role in enumerate(roles) if role is None and traits[i] is not None]
    several = len(open_parts) > 1
    for i in open_parts:
        if several and _bassness(score.parts[i], _known(traits[i])) > 1.0:
            roles[i] = Role.BASS
    rest = [i for i in open_parts if roles[i] is None]
    if rest:
        best = max(rest, key=lambda i: _tunefulness(score.parts[i], _known(traits[i])))
        roles[best] = Role.MELODY
    return tuple(
        role or _accompaniment(score.parts[i], traits[i]) for i, role in enumerate(roles)
    )


def _known(traits: PartTraits | None) -> PartTraits:
    """Traits of a part that has notes."""
    if traits is None:
        raise AssertionError("a part with notes has traits")
    return traits


def _extreme_owners(music: Music) -> tuple[Ints, Ints]:
    """Part that has the lowest and the highest pitch in each step; -1 in silence."""
    steps = step_edges(music.bar_edges, _STEP_TICKS)
    note, step, _ = overlaps(music.pitched, steps)
    pitch, part = music.pitched.pitch[note], music.pitched.part[note]
    owners = []
    for sign in (1, -1):
        order = np.lexsort((-sign * pitch, step))  # the wanted pitch comes last and stays
        owner = np.full(len(steps) - 1, -1, dtype=np.int64)
        owner[step[order]] = part[order]
        owners.append(owner)
    return owners[0], owners[1]


def _traits(
    music: Music, notes: Notes, index: int, owners: tuple[Ints, Ints]
) -> PartTraits | None:
    """Measure one part."""
    if not len(notes):
        return None
    steps = step_edges(music.bar_edges, _STEP_TICKS)
    _, step, _ = overlaps(notes, steps)
    heard = max(len(np.unique(step)), 1)
    bars = np.unique(overlaps(notes, music.bar_edges)[1])
    lengths: Floats = (notes.end - notes.onset) / TICKS_PER_QUARTER
    return PartTraits(
        register=float(notes.pitch.mean()),
        density=len(notes) / float(music.bar_quarters[bars].sum()),
        polyphony=_polyphony(notes),
        note_quarters=float(np.median(lengths)),
        lowest_share=float((owners[0] == index).sum()) / heard,
        highest_share=float((owners[1] == index).sum()) / heard,
        variety=float((np.diff(notes.pitch) != 0).mean()) if len(notes) > 1 else 0.0,
        sounding_share=heard / max(len(steps) - 1, 1),
    )


def _polyphony(notes: Notes) -> float:
    """Mean number of notes sounding at an onset."""
    onsets = np.unique(notes.onset)
    started = np.searchsorted(notes.onset, onsets, side="right")
    # notes that ring less than a 32nd into the next are played legato, not together
    ended = np.searchsorted(np.sort(notes.end - TICKS_PER_QUARTER // 8), onsets, side="right")
    return float(np.maximum(started - np.minimum(ended, started), 1).mean())


def _said(part: Part, role: Role) -> float:
    """Whether the part's name says ``role``: 1, or 0."""
    name = part.name.lower()
    return float(any(word in name for word, meant in _WORDS.items() if meant is role))


def _bassness(part: Part, traits: PartTraits) -> float:
    """Above 1 for a bass part."""
    low = np.clip((58.0 - traits.register) / 12.0, -1.0, 1.0)
    single = np.clip(1.6 - traits.polyphony, -1.0, 0.3)
    told = 0.6 * (part.program in _BASS_PROGRAMS) + 0.4 * _said(part, Role.BASS)
    return float(traits.lowest_share + 0.6 * low + single + told)


def _tunefulness(part: Part, traits: PartTraits) -> float:
    """The higher, the more of a melody."""
    single = np.clip(2.0 - traits.polyphony, -1.0, 1.0)
    moving = min(traits.density, 2.0) / 2.0 + 0.5 * traits.variety
    high = np.clip((traits.register - 60.0) / 24.0, -0.5, 0.5)
    told = 0.5 * (part.program in _LEAD_PROGRAMS) + 0.8 * _said(part, Role.MELODY)
    told -= 0.8 * _said(part, Role.PAD) + 2.0 * (part.program in _UNTUNED_PROGRAMS)
    present = 0.8 * traits.sounding_share
    return float(single + 0.5 * moving + high + traits.highest_share + told + present)


def _accompaniment(part: Part, traits: PartTraits | None) -> Role:
    """Role of a part that is neither drums nor bass nor the melody."""
    if traits is None:
        return Role.HARMONY
    long = traits.note_quarters >= _LONG_QUARTERS
    if long and (traits.polyphony > 1.3 or part.program in _PAD_PROGRAMS):
        return Role.PAD
    if _said(part, Role.PAD):
        return Role.PAD
    tuneless = part.program in _UNTUNED_PROGRAMS or traits.variety < _LINE_VARIETY
    chordal = traits.polyphony > 1.4 or bool(_said(part, Role.HARMONY))
    return Role.HARMONY if chordal or tuneless else Role.COUNTER
