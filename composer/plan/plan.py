"""The Plan: parts, bars, mood, style, seed. None always means *open*, not *nothing*."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from composer.plan.chord import Chord
from composer.score import Key, Meter

Feel = Literal["straight", "swung"]
FEELS: tuple[Feel, ...] = ("straight", "swung")
Harmony = Literal["firm", "free"]
HARMONIES: tuple[Harmony, ...] = ("firm", "free")
"""How closely the notes keep to the chords."""
STYLES = (
    "band",
    "game",
    "electronic",
    "orchestra",
    "chamber",
    "song",
    "keyboard",
    "choral",
    "lead sheet",
    "drums",
)
"""Style families, by the music the model learnt from."""

FUNCTIONS = ("intro", "verse", "chorus", "bridge", "build", "drop", "break", "outro")
"""What a section is for."""


class Role(StrEnum):
    """What a part does in the texture."""

    MELODY = "melody"
    COUNTER = "counter-melody"
    HARMONY = "harmony"
    PAD = "pad"
    BASS = "bass"
    DRUMS = "drums"


@dataclass(frozen=True, slots=True)
class Mood:
    """Valence (unpleasant to pleasant) and arousal (calm to excited), each in [-1, 1].

    Russell, J. A. (1980). A circumplex model of affect.
    """

    valence: float | None = None
    arousal: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers outside the circumplex's square."""
        for name in ("valence", "arousal"):
            value = getattr(self, name)
            if value is not None and not -1.0 <= value <= 1.0:
                raise ValueError(f"{name} lies between -1 and 1, not {value}")


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One instrument of the plan.

    ``register`` is the mean MIDI pitch, ``density`` the mean number of notes per quarter
    in the bars where the part sounds. ``program`` None leaves the instrument open.
    ``low`` and ``high`` are the lowest and highest MIDI pitch it may play; None leaves that
    to the instrument's own range.
    """

    program: int | None = None
    is_drums: bool = False
    role: Role | None = None
    register: float | None = None
    density: float | None = None
    name: str = ""
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        """Refuse a range that holds no pitch."""
        low, high = self.low or 0, 127 if self.high is None else self.high
        if not 0 <= low <= high <= 127:
            raise ValueError(f"a part's range lies within 0-127, low to high, not {low}-{high}")


@dataclass(frozen=True, slots=True)
class PlanBar:
    """What one bar should be.

    ``second_chord`` starts on the bar's middle beat; None with a ``chord`` given means
    that the chord holds through the bar. ``section`` is a letter (equal letters return),
    ``intensity`` lies in [0, 1]. ``returns`` is how many bars before this one the bar stands
    whose chords and notes come again; ``variation`` is the share of its cells that are
    written anew, 0-1 (None: 0, an exact return); ``transposition`` moves them by so many
    semitones, -12 to 12 (None: as far as the key has moved).
    """

    meter: Meter | None = None
    tempo_qpm: float | None = None
    key: Key | None = None
    chord: Chord | None = None
    second_chord: Chord | None = None
    section: str | None = None
    function: str | None = None
    intensity: float | None = None
    feel: Feel | None = None
    mood: Mood = Mood()
    returns: int | None = None
    variation: float | None = None
    transposition: int | None = None

    def __post_init__(self) -> None:
        """Refuse a return that goes nowhere."""
        if self.returns is not None and self.returns < 1:
            raise ValueError(f"a return goes back at least 1 bar, not {self.returns}")
        if self.variation is not None and not 0.0 <= self.variation <= 1.0:
            raise ValueError(f"a variation lies between 0 and 1, not {self.variation:g}")
        if self.transposition is not None and not -12 <= self.transposition <= 12:
            raise ValueError(
                f"a return moves by at most 12 semitones, not {self.transposition}"
            )

    def moved_from(self, origin: "PlanBar") -> int:
        """Semitones by which the bar moves the music of ``origin``, to which it returns.

        Where no transposition is said, they are those between two keys of one mode, the
        nearer way (a tritone goes up).
        """
        if self.transposition is not None:
            return self.transposition
        if self.key is None or origin.key is None or self.key.mode is not origin.key.mode:
            return 0
        return (self.key.tonic - origin.key.tonic + 5) % 12 - 5


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """A name for the bar line before bar ``bar``, counted from 0; the last names the end."""

    bar: int
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a piece should be; ``parts`` None leaves the instrumentation open.

    ``mood`` is the whole piece's, ``style`` one of ``STYLES``; ``seed`` makes sampling
    repeatable; ``markers`` name bar lines, the final one included; ``swing`` is the length
    of the first eighth against the second, ``harmony`` how closely the notes keep to the
    chords: firmly where they were asked for. ``remarks`` tell how the request that it comes
    from was read and what it could not hold; plans that differ in them alone are equal.
    """

    bars: tuple[PlanBar, ...]
    parts: tuple[PlanPart, ...] | None = None
    mood: Mood = Mood()
    style: str | None = None
    title: str = ""
    seed: int | None = None
    markers: tuple[Marker, ...] = ()
    swing: float | None = None
    harmony: Harmony | None = None
    remarks: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Refuse an empty plan, an unknown style or a marker outside the piece."""
        if not self.bars:
            raise ValueError("a plan has at least one bar")
        if self.style is not None and self.style not in STYLES:
            raise ValueError(f"unknown style {self.style!r}: one of {', '.join(STYLES)}")
        last = len(self.bars)
        if any(not 0 <= marker.bar <= last for marker in self.markers):
            raise ValueError(f"markers name the bar lines 0 to {last}")
