"""Progressions with names, as Roman numerals in the piece's key (``composer.request.chords``).

They are common property: schemata of the Renaissance and the Baroque, the blues, and the
loops of popular music; each entry says where it is best known from.
"""

from dataclasses import dataclass
from types import MappingProxyType

from composer.request.wishes import nearest


@dataclass(frozen=True, slots=True)
class Progression:
    """A named progression; ``chords`` is a line that ``read_chords`` reads.

    ``is_minor`` tells the mode that its numerals count in.
    """

    chords: str
    about: str
    is_minor: bool = False


PROGRESSIONS: MappingProxyType[str, Progression] = MappingProxyType(
    {
        "axis": Progression("I V vi IV", "pop since the 1980s"),
        "axis-minor": Progression("i VI III VII", "the axis begun on its minor chord", True),
        "sensitive": Progression("vi IV I V", "ballads; the axis rotated"),
        "doo-wop": Progression("I vi IV V", "the 1950s"),
        "ice-cream": Progression("I vi ii V", "the 1930s; doo-wop with ii"),
        "pachelbel": Progression("I V vi iii IV I IV V", "the romanesca as in the Canon in D"),
        "andalusian": Progression("i VII VI V", "the descending minor tetrachord", True),
        "twelve-bar-blues": Progression(
            "I7 | I7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7", "blues"
        ),
        "quick-change-blues": Progression(
            "I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7",
            "blues with IV in its second bar",
        ),
        "minor-blues": Progression(
            "i7 | i7 | i7 | i7 | iv7 | iv7 | i7 | i7 | VI7 | V7 | i7 | V7", "blues", True
        ),
        "jazz-blues": Progression(
            "I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | vi7 | ii7 | V7 | I7 vi7 | ii7 V7", "bebop"
        ),
        "eight-bar-blues": Progression("I7 V7 IV7 IV7 I7 V7 I7 V7", "blues"),
        "ii-v-i": Progression("ii7 V7 Imaj7 Imaj7", "jazz"),
        "ii-v-i-minor": Progression("iiø7 V7b9 i7 i7", "jazz", True),
        "turnaround": Progression("Imaj7 vi7 ii7 V7", "jazz"),
        "rhythm-changes": Progression(
            "I vi7 | ii7 V7 | iii7 vi7 | ii7 V7 | I I7 | IV iv | I vi7 | ii7 V7",
            "the A section of 1930s jazz",
        ),
        "circle": Progression("I IV vii° iii vi ii V I", "the circle of fifths in a key"),
        "circle-minor": Progression("i iv VII III VI ii° V i", "the same in minor", True),
        "ragtime": Progression("I VI7 II7 V7", "ragtime; a chain of dominants"),
        "three-chords": Progression("I IV V I", "folk song"),
        "mixolydian-vamp": Progression("I bVII IV I", "rock since the 1960s"),
        "dorian-vamp": Progression("i IV", "modal jazz and funk", True),
        "aeolian": Progression("i VI VII i", "rock and film", True),
        "epic": Progression("i VI III VII", "trailers and games", True),
        "lament": Progression("i | v/7 | iv/6 | V", "the bass that falls to the fifth", True),
        "passamezzo-antico": Progression(
            "i | VII | i | V | III | VII | i V | i", "dances of the Renaissance", True
        ),
        "passamezzo-moderno": Progression(
            "I | IV | I | V | I | IV | I V | I", "dances of the Renaissance"
        ),
        "folia": Progression(
            "i V i VII III VII i V i V i VII III VII i V", "variations since 1672", True
        ),
        "romanesca": Progression(
            "III | VII | i | V | III | VII | i V | i", "songs of the Renaissance", True
        ),
        "royal-road": Progression("IVmaj7 V7 iii7 vi", "Japanese pop"),
        "plagal": Progression("I IV I IV", "gospel and rock"),
        "creep": Progression("I III IV iv", "rock; a chromatic inner line"),
        "line-cliche": Progression("i imaj7 i7 iadd6", "a line that falls by semitones", True),
        "montgomery-ward": Progression("I IV ii V", "the bridge of 1930s songs"),
        "backdoor": Progression("IV iv7 bVII7 I", "jazz; home from the flat side"),
        "coltrane": Progression(
            "Imaj7 bIII7 | bVImaj7 VII7 | IIImaj7 V7 | Imaj7", "major thirds, 1959"
        ),
        "sus-pad": Progression("Isus2 IVsus2 vi7 Vsus4", "ambient"),
    }
)
"""Name to progression."""


def find_progression(name: str) -> Progression:
    """The progression of that name, in any spelling; raises ValueError with the nearest."""
    wanted = "-".join(name.lower().replace("_", " ").replace("-", " ").split())
    wanted = _OTHER_NAMES.get(wanted, wanted)
    if wanted not in PROGRESSIONS:
        known = tuple(PROGRESSIONS)
        raise ValueError(f"unknown progression {name[:40]!r}: {nearest(wanted, known)}")
    return PROGRESSIONS[wanted]


_OTHER_NAMES = {
    "blues": "twelve-bar-blues",
    "12-bar-blues": "twelve-bar-blues",
    "8-bar-blues": "eight-bar-blues",
    "pop": "axis",
    "four-chords": "axis",
    "50s": "doo-wop",
    "fifties": "doo-wop",
    "canon": "pachelbel",
    "jazz": "ii-v-i",
    "251": "ii-v-i",
    "2-5-1": "ii-v-i",
    "flamenco": "andalusian",
    "circle-of-fifths": "circle",
}
