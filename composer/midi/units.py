"""Units of the conductor's events: key names and tempi as the MIDI library has them."""

from fractions import Fraction

from composer.score import Key, Mode, key_from_fifths

_MICROSECONDS_PER_MINUTE = 60_000_000
_SLOWEST_MICROSECONDS = 0xFFFFFF  # the tempo event has 24 bits
_LINE = [name + sign for sign in ("b", "", "#") for name in "FCGDAEB"]  # of fifths
_MAJOR = _LINE[1:16]  # from seven flats to seven sharps
_MINOR = [f"{name}m" for name in _LINE[4:19]]
_KEYS = {
    name: key_from_fifths(index - 7, mode)
    for mode, names in ((Mode.MAJOR, _MAJOR), (Mode.MINOR, _MINOR))
    for index, name in enumerate(names)
}


def key_of_name(name: str) -> Key:
    """Key of a signature as the library names it, such as ``F#m``."""
    return _KEYS[name]


def name_of_key(key: Key) -> str:
    """Name of a key's signature, with at most six accidentals."""
    return (_MINOR if key.mode is Mode.MINOR else _MAJOR)[key.fifths + 7]


def microseconds_of_qpm(qpm: float) -> int:
    """Microseconds a quarter, within the 24 bits of a tempo event (from 3.6 qpm up)."""
    exact = min(_MICROSECONDS_PER_MINUTE / qpm, _SLOWEST_MICROSECONDS)
    return max(1, round(exact))


def qpm_of_microseconds(microseconds: int) -> float:
    """Quarters a minute; the roundest of at most three decimals that writes the same.

    So a tempo of 130 comes back as 130, not as 130.000130.
    """
    exact = _MICROSECONDS_PER_MINUTE / microseconds
    for digits in range(4):
        rounded = round(exact, digits)
        if rounded > 0 and microseconds_of_qpm(rounded) == microseconds:
            return rounded
    return exact


def scaled(ticks: int, scale: Fraction) -> int:
    """File ticks to ticks of 1/480 quarter, to the nearest."""
    return (2 * ticks * scale.numerator + scale.denominator) // (2 * scale.denominator)
