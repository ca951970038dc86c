"""Fills what a request left open by what real pieces of its mood have.

Every draw happens in a fixed order whatever was given, so that asking for a tempo does not
change the ensemble that a seed gives. What was given is never changed.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import copysign, exp, pi, sin
from statistics import fmean

from composer.plan import Chord, Mood, Plan, PlanBar, PlanPart
from composer.request.activity import with_activity
from composer.request.arc import keyed
from composer.request.defaults import (
    DEFAULT_STYLES,
    USUAL_WITHIN,
    Example,
    load_examples,
    nearness,
    of_valence,
    real_intensity,
    typical_intensity,
    typical_tempo,
)
from composer.request.form import origin_of
from composer.request.intensity import with_function_levels
from composer.request.usual_form import with_usual_form
from composer.score import Key, Meter, Mode

_SPARED = 0.25
"""Share of the tempi against an arousal of 1, the slow or the fast end, that is not drawn."""
_CALM_WITHIN = 0.42
"""How near in mood those lie whose players a calm mood draws. Few real pieces are very calm:
within 0.3 as elsewhere, calm and sad pieces had one of 11 ensembles (the effective number),
now one of 22 and 17."""
_USUAL_EXCESS = 0.14
"""Standard deviation of real pieces' intensity about what their arousal lets expect: players
are taken from pieces that are by as much more intense than a calm mood, or less than an excited
one. With 0.2 a tenth of the calm pieces got players of 15 notes a second, and the second judge
heard a quarter of the calm as excited; with no limit angry pieces could get a duet of pads."""
_ASKED_FOR_MODE = 7


def _draw(
    examples: Sequence[Example], weight: Callable[[Example], float], rng: random.Random
) -> Example:
    """One example, by weight."""
    return rng.choices(examples, [weight(example) for example in examples])[0]


def _shared(example: Example, parts: Sequence[PlanPart]) -> float:
    """Share of the wanted instruments' families that an example's ensemble has, 0-1."""
    wanted = {_family(part) for part in parts}
    own = {_family(part) for part in example.ensemble or ()}
    return len(wanted & own) / len(wanted) if wanted else 0.0


def _family(part: PlanPart) -> int:
    """General MIDI family 0-15; 16 for drums, 17 for an open instrument."""
    if part.is_drums:
        return 16
    return 17 if part.program is None else part.program // 8


def _style(plan: Plan, rng: random.Random) -> str:
    """A soundtrack style by the mood and, where given, by who plays."""
    found = _draw(
        load_examples(),
        lambda one: nearness(one, plan.mood) * (0.1 + _shared(one, plan.parts or ())),
        rng,
    ).style
    return plan.style or found


def _of_style(style: str) -> list[Example]:
    """Examples of a style; all of them where the table has none."""
    own = [example for example in load_examples() if example.style == style]
    return own or list(load_examples())


def _tempo_qpm(examples: Sequence[Example], mood: Mood, rng: random.Random) -> float:
    """A real piece's tempo, the slow or fast end that speaks against the mood left out."""
    known = sorted(
        (one.tempo_qpm, nearness(one, mood)) for one in examples if one.tempo_qpm is not None
    )
    spared = _SPARED * (mood.arousal or 0.0)
    total = sum(weight for _, weight in known)
    place = total * rng.uniform(max(0.0, spared), 1.0 + min(0.0, spared))
    for tempo_qpm, weight in known:
        place -= weight
        if place <= 0:
            return tempo_qpm
    return known[-1][0]


def _key(mood: Mood, rng: random.Random) -> Key:
    """The mode that most of seven real pieces of the mood's valence have; any tonic.

    A quarter of real pleasant pieces are in minor and pleasant by other means. Composed ones
    lack these: of 39 in minor 16 were heard as pleasant, of 105 in major 104.
    """
    examples = load_examples()
    weights = [nearness(one, of_valence(mood)) for one in examples]
    asked = rng.choices(examples, weights, k=_ASKED_FOR_MODE)
    is_minor = sum(one.is_minor for one in asked) > _ASKED_FOR_MODE // 2
    return Key(rng.randrange(12), Mode.MINOR if is_minor else Mode.MAJOR)


def _meter(examples: Sequence[Example], mood: Mood, rng: random.Random) -> Meter:
    """A real piece's meter."""
    known = [one for one in examples if one.meter is not None]
    return _draw(known, lambda one: nearness(one, mood), rng).meter or Meter(4, 4)


def _repetition(
    players: Example | None, examples: Sequence[Example], mood: Mood, rng: random.Random
) -> Sequence[float]:
    """How much returns in the piece whose players play, else in one of the mood."""
    known = [one for one in examples if one.repetition]
    found = _draw(known, lambda one: nearness(one, mood), rng)
    return (players and players.repetition) or found.repetition or ()


def _players(examples: Sequence[Example], mood: Mood, rng: random.Random) -> Example:
    """A real piece, for its instruments, roles, heights and densities.

    A mood seldom takes one whose intensity speaks against it: a calm one what is busier than
    calm pieces are, an excited one what is less.
    """
    known = [one for one in examples if one.ensemble]
    arousal = mood.arousal or 0.0
    side = (arousal > 0) - (arousal < 0)
    usual, within = real_intensity(arousal), _CALM_WITHIN if side < 0 else USUAL_WITHIN

    def weight(one: Example) -> float:
        against = max(0.0, side * (usual - one.intensity)) / _USUAL_EXCESS
        return nearness(one, mood, within) * exp(-(against**2) / 2)

    return _draw(known, weight, rng)


def _ensemble(players: Example, tempo_qpm: float) -> tuple[PlanPart, ...]:
    """A real piece's parts, as busy in a second at this tempo as they are at theirs.

    So a calm piece stays calm at any tempo that is drawn or asked for.
    """
    mood = Mood(players.valence, players.arousal)
    ratio = (players.tempo_qpm or typical_tempo(mood)) / tempo_qpm
    return tuple(
        replace(part, density=None if part.density is None else part.density * ratio)
        for part in players.ensemble or ()
    )


def _excess(one: Example) -> float:
    """How much more intense a real piece is than its arousal lets expect."""
    return one.intensity - real_intensity(one.arousal)


def _against(one: Example, mood: Mood) -> float:
    """How much of a piece's excess speaks against a mood: all of it where that is clear."""
    clear = max(-1.0, min(1.0, 2.0 * (mood.arousal or 0.0)))
    return max(0.0, -clear * _excess(one))


def _lift(players: Example, mood: Mood) -> float:
    """Half the excess that a piece has with its players but for what speaks against its mood.

    Few players are less intense, many more. With all of it half of the calm pieces were asked
    for less than .22, half of the real ones have over .37.
    """
    along = _excess(players) + copysign(_against(players, mood), mood.arousal or 0.0)
    return along / 2


def _intensities(count: int, mood: Mood, lift: float, rng: random.Random) -> list[float]:
    """Intensity of each bar: an excited piece tends to build, a calm one to arch."""
    arousal = mood.arousal or 0.0
    level = typical_intensity(mood) + lift
    builds = rng.random() < 0.5 + 0.35 * arousal
    span = rng.uniform(0.2, 0.35)
    places = [(bar + 0.5) / count for bar in range(count)]
    curve = [place - 0.5 if builds else sin(pi * place) - 2 / pi for place in places]
    return [round(min(1.0, max(0.0, level + span * height)), 2) for height in curve]


def _filled(bar: Mood, piece: Mood) -> Mood:
    """A bar's mood, the piece's where it is open."""
    return Mood(
        piece.valence if bar.valence is None else bar.valence,
        piece.arousal if bar.arousal is None else bar.arousal,
    )


def _at_home(bar: PlanBar) -> PlanBar:
    """The bar on its key's tonic triad, where its chord is open."""
    if bar.chord is not None or bar.key is None:
        return bar
    return replace(bar, chord=Chord(bar.key.tonic, "m" if bar.key.mode is Mode.MINOR else ""))


def shape_plan(plan: Plan, *, rng: random.Random) -> Plan:
    """Fill style, tempo, meter, key, instruments, form, intensity and bar moods where open.

    A tempo, meter or key is added only where no bar has one, so that a plan with its own
    changes keeps them; where moods change, the key's mode follows them. The last bar stands
    on the tonic where its chord is open. Notes keep firmly to chords that were
    asked for. What returns keeps its intensity; where intensities were asked for, named parts
    are as busy as these let expect. A style that has no measured ensembles leaves its
    instruments open.
    """
    style = _style(plan, rng)
    examples = _of_style(style)
    tempo_qpm = _tempo_qpm(examples, plan.mood, rng)
    key = _key(plan.mood, rng)
    players = _players(examples, plan.mood, rng) if style in DEFAULT_STYLES else None
    lift = 0.0 if players is None or plan.parts is not None else _lift(players, plan.mood)
    levels = _intensities(len(plan.bars), plan.mood, lift, rng)
    meter = _meter(examples, plan.mood, rng)
    repetition = _repetition(players, examples, plan.mood, rng)
    tempi = [bar.tempo_qpm for bar in plan.bars if bar.tempo_qpm is not None]
    has_meter = any(bar.meter is not None for bar in plan.bars)
    has_key = any(bar.key is not None for bar in plan.bars)
    is_asked = any(bar.chord is not None for bar in plan.bars)
    asked = [bar.intensity for bar in plan.bars if bar.intensity is not None]

    plan = with_function_levels(with_usual_form(plan, rng, repetition))
    keys = keyed(key, plan.bars)
    levels = [levels[origin_of(plan.bars, place)] for place in range(len(plan.bars))]

    def shaped(bar: PlanBar, level: float, key: Key) -> PlanBar:
        return replace(
            bar,
            meter=bar.meter if has_meter else meter,
            tempo_qpm=bar.tempo_qpm if tempi else tempo_qpm,
            key=bar.key if has_key else key,
            intensity=level if bar.intensity is None else bar.intensity,
            mood=_filled(bar.mood, plan.mood),
        )

    bars = list(map(shaped, plan.bars, levels, keys))
    # where the last bar returns, it has to end on the tonic from the start
    for place in (len(bars) - 1, origin_of(bars, len(bars) - 1)):
        bars[place] = _at_home(bars[place])
    parts, usual_qpm = plan.parts, fmean(tempi or (tempo_qpm,))
    if players is not None and parts is None:
        parts = _ensemble(players, usual_qpm)
    elif parts is not None and asked:
        parts = with_activity(parts, fmean(asked), usual_qpm, rng)
    harmony = plan.harmony or ("firm" if is_asked else "free")
    return replace(plan, style=style, parts=parts, bars=tuple(bars), harmony=harmony)
