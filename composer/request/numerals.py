"""Chords told from the key: Roman numerals (``i VI V7/V``) and Nashville numbers (``6-``).

A degree counts in the key's own scale, major or natural minor. Three habits of writers in
minor are kept: a flat counts from the major scale (``bVII`` is ``VII``), lower-case ``vi``
and ``vii`` stand on the raised degrees (``vii°`` is the leading-tone chord), and a sharp
raises the natural degree. After a Roman numeral ``6 64 7 65 43 42`` are figures; a slash
names the numeral that it leads to (``V7/V``), or a degree or note in the bass (``I/3``).
A lone Nashville number is a major chord, as in its charts; ``-`` or ``m`` makes minor.
"""

import re
from dataclasses import dataclass

from composer.request.chord_quality import Tones, plain_signs, read_quality
from composer.request.chord_symbols import Reading, pitch_of, reading
from composer.score import Key, Mode

_ROMAN = re.compile(r"^(#|b)?(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?![IViv])(.*)$")
_NASHVILLE = re.compile(r"^(#|b)?([1-7])(.*)$")
_DEGREES = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_SCALES = {Mode.MAJOR: (0, 2, 4, 5, 7, 9, 11), Mode.MINOR: (0, 2, 3, 5, 7, 8, 10)}
_FIGURES = {"64": (2, False), "65": (1, True), "43": (2, True), "42": (3, True)}
_FIGURE = re.compile(r"^(.*?)(64|65|43|42|2|6)$")
_INNER_SLASH = re.compile(r"^(.*?)/(?!9)([^/]+)$")
_BASS_DEGREE = re.compile(r"^(#|b)?([1-7])$")
_BASS_NOTE = re.compile(r"^([A-G])(##|bb|#|b)?$")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A chord on a degree.

    ``degree`` 0-6; ``shift`` -1, 0 or 1; ``figure`` is (inversion, whether it is a seventh
    chord); ``bass`` is what stands after the slash, unless that is ``goal``, the numeral
    whose key this one borrows.
    """

    degree: int
    shift: int
    is_small: bool
    quality: str
    figure: tuple[int, bool] | None = None
    bass: str | None = None
    goal: "Numeral | None" = None

    def root(self, key: Key) -> int:
        """Pitch class of the root in ``key``."""
        raised = self.is_small and self.degree in {5, 6} and key.mode is Mode.MINOR
        mode = Mode.MAJOR if self.shift < 0 or (raised and self.shift == 0) else key.mode
        return (key.tonic + _SCALES[mode][self.degree] + self.shift) % 12

    def reading(self, key: Key) -> Reading:
        """The chord in ``key``."""
        if self.goal is not None:
            mode = Mode.MINOR if self.goal.is_small else Mode.MAJOR
            key = Key(self.goal.root(key), mode)
        root, tones = self.root(key), read_quality(self.quality)
        inversion, is_seventh = self.figure or (0, False)
        if is_seventh and tones.seventh is None:
            tones.seventh = _seventh(root, key, tones)
        return reading(root, tones, self._bass(root, tones, inversion, key))

    def _bass(self, root: int, tones: Tones, inversion: int, key: Key) -> int | None:
        """Pitch class in the bass; None is the root."""
        if self.bass is None:
            chain = (0, tones.third, tones.fifth, tones.seventh)
            step = chain[inversion]
            return None if not step else root + step
        degree = _BASS_DEGREE.match(self.bass)
        if degree is not None:
            sign, number = degree.groups()
            return Numeral(int(number) - 1, _SHIFTS[sign or ""], False, "").root(key)
        note = _BASS_NOTE.match(self.bass)
        return None if note is None else pitch_of(*note.groups())


_SHIFTS = {"": 0, "#": 1, "b": -1}


def _seventh(root: int, key: Key, tones: Tones) -> int:
    """The seventh that a figure means: the scale's, a minor one on minor and dominant."""
    if tones.is_dim:
        return 9
    return 11 if tones.third == 4 and (root + 10) % 12 not in key.scale else 10


def read_numeral(text: str) -> Numeral:
    """Read a Roman numeral or a Nashville number; raises ValueError where it is neither."""
    plain = plain_signs(text.strip())
    plain, bass, goal = _slashed("bII6" if plain == "N6" else plain)
    roman = _ROMAN.match(plain)
    found = roman or _NASHVILLE.match(plain)
    if found is None:
        raise ValueError(f"{text!r} is no numeral")
    sign, numeral, quality = found.groups()
    is_small = roman is not None and numeral.islower()
    figure = None
    if roman is not None:
        quality, figure = _figured(quality)
    degree = _DEGREES.index(numeral.lower()) if roman is not None else int(numeral) - 1
    if is_small and not re.match(r"^(°|º|o|ø|Ø|h|dim|half)", quality):
        quality = "m" + quality
    read_quality(quality)
    return Numeral(degree, _SHIFTS[sign or ""], is_small, quality, figure, bass, goal)


def _figured(quality: str) -> tuple[str, tuple[int, bool] | None]:
    """Take the figures of an inversion off a quality."""
    found = _FIGURE.match(quality)
    if found is None or re.search(r"(sus|add|no|omit|[#b])$", found.group(1)):
        return quality, None
    rest, figure = found.groups()
    return rest, (1, False) if figure == "6" else _FIGURES["42" if figure == "2" else figure]


def _slashed(text: str) -> tuple[str, str | None, Numeral | None]:
    """Split off a bass or the numeral that is led to."""
    found = _INNER_SLASH.match(text)
    if found is None:
        return text, None, None
    rest, after = found.groups()
    if _BASS_DEGREE.match(after) or _BASS_NOTE.match(after):
        return rest, after, None
    if _ROMAN.match(after):
        return rest, None, read_numeral(after)
    return text, None, None
