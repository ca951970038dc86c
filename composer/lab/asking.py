"""Requests drawn at random from everything that can be asked exactly."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from composer.language.ranges import playable
from composer.plan import Role
from composer.plan.moods import MOODS
from composer.request import Wishes
from composer.request.progressions import PROGRESSIONS
from composer.score import FAMILIES, PROGRAM_NAMES, find_instrument, parse_key

METERS = ("2/4", "3/4", "4/4", "5/4", "6/8", "7/8", "12/8")
_LETTERS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_FORMS = ("A:4 B:4 A:4", "A:4 A':4 B:4 A:4", "intro:2 A:4 B:4 outro:2", "A:4 A:4", "A:8 B:8")
_CHORDS = {
    "major": ("I V vi IV", "1 4 5 1", "I | vi . | ii V | I", "Imaj7 IVmaj7 ii7 V7", "1 6- 4 5"),
    "minor": (
        "i VI III VII",
        "i iv V i",
        "1- 4- 5 1-",
        "i | VII . | VI V | i",
        "i7 iv7 VII III",
    ),
}
_LEADS = (*range(21, 24), *range(40, 43), 56, 57, 60, *range(64, 76), 80, 81, 109, 110)
_CHORDAL = (*range(6), *range(16, 21), *range(24, 29), 46, 108)
_PADS = (*range(48, 53), *range(88, 92), 94)
_BASSES = (*range(32, 40), 43)
_FEWEST_SEMITONES, _MOST_SEMITONES = 14, 30


@dataclass(frozen=True, slots=True)
class _Player:
    """Programs for one role."""

    role: Role
    programs: tuple[int, ...]


_PLAYERS = (
    _Player(Role.HARMONY, _CHORDAL),
    _Player(Role.BASS, _BASSES),
    _Player(Role.PAD, _PADS),
    _Player(Role.COUNTER, _LEADS),
)


def random_wishes(rng: random.Random) -> Wishes:
    """One request for a short piece (8 to 16 bars, or 12 to 40 seconds)."""
    wishes = Wishes(key=_key(rng), instruments=_instruments(rng))
    if _chance(rng, 0.25):
        wishes["seconds"] = round(rng.uniform(12, 40), 1)
        return _with_rest(rng, wishes, None, None)
    form = rng.choice(_FORMS) if _chance(rng, 0.35) else None
    if form is None:
        bars = wishes["bars"] = rng.randint(8, 16)
        return _with_rest(rng, wishes, bars, f"@{bars // 2 + 1}")
    wishes["form"] = form
    if "'" in form:
        wishes["vary"] = rng.choice((0.2, 0.4))
    bars = sum(int(section.split(":")[1]) for section in form.split())
    return _with_rest(rng, wishes, bars, "@B" if "B" in form else None)


def _with_rest(
    rng: random.Random, wishes: Wishes, bars: int | None, turn: str | None
) -> Wishes:
    """Meter, tempo, chords, swing, mood and intensity.

    Meter and key may change at ``turn``: in the middle, or, so that what returns can, in B.
    """
    wishes["meter"] = _changing(rng, lambda: rng.choice(METERS), turn)
    if bars is not None or _chance(rng, 0.4):
        wishes["tempo"] = _tempo(rng, bars)
    is_minor = parse_key(wishes["key"] or "C").mode == "minor"
    if _chance(rng, 0.5):
        wishes["chords"] = rng.choice(_CHORDS["minor" if is_minor else "major"])
    elif _chance(rng, 0.3):
        own = [name for name, one in PROGRESSIONS.items() if one.is_minor is is_minor]
        wishes["progression"] = rng.choice(own)
    if (
        bars is not None
        and not {"chords", "progression"} & wishes.keys()
        and _chance(rng, 0.25)
    ):
        other = f"{rng.choice(_LETTERS)} {'minor' if is_minor else 'major'}"
        wishes["key"] = f"{wishes['key']}, {other}@{bars // 2 + 1}"
    if wishes["meter"] in ("2/4", "3/4", "4/4") and _chance(rng, 0.4):
        wishes["swing"] = rng.choice((1.0, 1.5, 2.0))
    if _chance(rng, 0.5):
        wishes["mood"] = rng.choice(list(MOODS))
    if bars is not None and _chance(rng, 0.4):
        wishes["intensity"] = f"{rng.randint(1, 4)}@1 {rng.randint(6, 9)}@{bars}"
    return wishes


def _chance(rng: random.Random, share: float) -> bool:
    return rng.random() < share


def _changing(rng: random.Random, draw: Callable[[], str], turn: str | None) -> str:
    """A value, in a quarter of the pieces another one at ``turn``."""
    first, other = draw(), draw()
    is_changing = turn and first != other and _chance(rng, 0.25)
    return f"{first} {other}{turn}" if is_changing else first


def _key(rng: random.Random) -> str:
    return f"{rng.choice(_LETTERS)} {rng.choice(('major', 'minor'))}"


def _tempo(rng: random.Random, bars: int | None) -> str:
    """A tempo, or a curve where bars are counted."""
    start = rng.randint(50, 180)
    if bars is None or _chance(rng, 0.6):
        return str(start)
    turn = rng.choice(
        (f"{rng.randint(50, 180)}@{bars // 2 + 1}", "rit@-4", f"accel@{bars // 2}")
    )
    return f"{start} {turn}"


def _instruments(rng: random.Random) -> str:
    """A melody and up to five others, some with a role, a range or a density."""
    others = rng.sample(_PLAYERS, rng.randint(0, len(_PLAYERS)))
    players = [_Player(Role.MELODY, (*_LEADS, *_CHORDAL)), *others]
    texts = [_text(rng, player) for player in players]
    return ",".join([*texts, "drums"] if _chance(rng, 0.5) else texts)


def _text(rng: random.Random, player: _Player) -> str:
    """One instrument as a number, a name, or the family whose first member it is."""
    program = rng.choice(player.programs)
    ways = [str(program + 1), PROGRAM_NAMES[program].lower()]
    ways += [name for name in FAMILIES if find_instrument(name) == (program, False)]
    text = rng.choice(ways)
    if _chance(rng, 0.7):
        text += f":{player.role}"
    if _chance(rng, 0.3):
        low, high = playable(program + 1)
        span = min(high - low, rng.randint(_FEWEST_SEMITONES, _MOST_SEMITONES))
        start = rng.randint(low, high - span)
        text += f":{start}-{start + span}"
    if _chance(rng, 0.3):
        text += f":{rng.choice(('sparse', 'moderate', 'dense'))}"
    return text
