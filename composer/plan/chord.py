"""Chords: a root, a quality, and the pitch class in the bass."""

from dataclasses import dataclass

from composer.score import Key, name_at, pitch_class_name

CHORD_QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "mmaj7": (0, 3, 7, 11),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 2, 4, 7),
    "9": (0, 2, 4, 7, 10),
    "maj9": (0, 2, 4, 7, 11),
    "m9": (0, 2, 3, 7, 10),
    "7b9": (0, 1, 4, 7, 10),
    "7#5": (0, 4, 8, 10),
    "N.C.": (),
}
"""Quality suffix to its tones in semitones above the root; ``N.C.`` is no chord at all."""

_PLACES = (0, -5, 2, -3, 4, -1, -6, 1, 8, 3, -2, 5)
"""Of a chord's tone, by semitones above its root: fifths above it."""


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord. ``root`` and ``bass`` are pitch classes 0-11; ``bass`` None is the root."""

    root: int
    quality: str = ""
    bass: int | None = None

    def __post_init__(self) -> None:
        """Refuse unknown qualities; a bass equal to the root is no slash chord."""
        if self.quality not in CHORD_QUALITIES:
            raise ValueError(f"unknown chord quality {self.quality!r}")
        if not (0 <= self.root <= 11 and (self.bass is None or 0 <= self.bass <= 11)):
            raise ValueError("a chord's root and bass are pitch classes 0-11")
        if self.bass == self.root:
            object.__setattr__(self, "bass", None)

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The chord's tones (the slash bass included)."""
        tones = {(self.root + step) % 12 for step in CHORD_QUALITIES[self.quality]}
        return frozenset(tones | ({self.bass} if self.bass is not None else set()))

    def transposed(self, semitones: int) -> "Chord":
        """The chord so much higher; ``N.C.`` stays what it is."""
        if not CHORD_QUALITIES[self.quality]:
            return self
        bass = None if self.bass is None else (self.bass + semitones) % 12
        return Chord((self.root + semitones) % 12, self.quality, bass)

    def symbol(self, key: Key | None = None) -> str:
        """Chord symbol such as ``Am7/G``, spelt as it is in ``key``; without one with sharps.

        Diminished chords lead up from raised degrees (C#dim7 in C), others are borrowed on
        lowered ones (Bb); a bass that is a tone of the chord is spelt as such (A/C#).
        """
        if self.quality == "N.C.":
            return "N.C."
        if key is None:
            names = [pitch_class_name(tone) for tone in (self.root, self.bass or 0)]
        else:
            names = [name_at(place) for place in self._places(key)]
        return f"{names[0]}{self.quality}" + ("" if self.bass is None else f"/{names[1]}")

    def _places(self, key: Key) -> tuple[int, int]:
        """Root and bass on the line of fifths, as the key spells them."""
        steps = CHORD_QUALITIES[self.quality]
        root = key.place(self.root, is_raised=3 in steps and 6 in steps)
        above = None if self.bass is None else (self.bass - self.root) % 12
        if self.bass is None or above not in steps:
            return root, key.place(self.bass or 0)
        return root, root + _PLACES[above]

    def __str__(self) -> str:
        """The symbol, spelt with sharps."""
        return self.symbol()


NO_CHORD = Chord(0, "N.C.")
"""No chord sounds (silence, drums alone)."""
