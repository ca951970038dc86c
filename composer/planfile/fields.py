"""The kinds of values in a plan file: how each is read, and how the schema tells it.

Every reader takes what YAML gave and returns a value of composer's, or raises ValueError
with what would be right.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from composer.errors import RequestError
from composer.plan import FEELS, FUNCTIONS, HARMONIES, STYLES, Mood, Role
from composer.plan.moods import MOODS, find_mood
from composer.planfile.symbols import read_line
from composer.request.instruments import read_pitch
from composer.request.length import MOST_BARS
from composer.request.tempo import FASTEST_QPM, SLOWEST_QPM
from composer.score import Meter, find_instrument, parse_key

FORMAT = "composer plan 1"


class Wrong(ValueError):  # noqa: N818 - reads as what it says
    """What stands in the file is of another kind; pydantic gathers every ValueError."""


class Program(NamedTuple):
    """An instrument: General MIDI's ``number`` from 0 (of drums: the kit)."""

    number: int
    is_drums: bool


def number(value: Any, low: float, high: float) -> float:
    """A number within limits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"is a number from {low:g} to {high:g}, not {shown(value)}")
    if not low <= value <= high:
        raise ValueError(f"lies between {low:g} and {high:g}, not {value:g}")
    return float(value)


def whole(value: Any, low: int, high: int) -> int:
    """A whole number within limits."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"is a whole number from {low:,} to {high:,}, not {shown(value)}")
    if not low <= value <= high:
        raise ValueError(f"lies between {low:,} and {high:,}, not {value:,}")
    return value


def shown(value: Any) -> str:
    """A value as an error names it."""
    kinds = {dict: "a mapping", list: "a list", type(None): "nothing"}
    return kinds.get(type(value)) or repr(value if not isinstance(value, str) else value[:40])


def text_of(value: Any) -> str:
    """A text; a bare number counts as one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Wrong(f"is a text, not {shown(value)}")
    return str(value)


def name_of(value: Any) -> str:
    """A text that is not empty."""
    text = text_of(value)
    if not text:
        raise ValueError("is a name such as A, not an empty text")
    return text


def one_of(value: Any, known: tuple[str, ...]) -> str:
    """One of the known words; the error names the nearest."""
    wanted = text_of(value).strip().lower()
    if wanted in known:
        return wanted
    near = get_close_matches(wanted, known, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(known)}"
    raise ValueError(f"can't be {shown(value)}: {hint}")


def curve(value: Any, low: float, high: float) -> float | list[float | None]:
    """A number, or a list with one a bar (null: open)."""
    if not isinstance(value, list):
        return number(value, low, high)
    found: list[float | None] = []
    problems = []
    for bar, item in enumerate(value, 1):
        try:
            found.append(None if item is None else number(item, low, high))
        except ValueError as error:
            problems.append(f"bar {bar}: {error}")
    if problems:
        raise ValueError("; ".join(problems))
    return found


def mood_of(value: Any) -> Mood:
    """A mood word, or a mapping with valence and arousal."""
    if not isinstance(value, dict):
        try:
            return find_mood(text_of(value))
        except RequestError as error:
            raise ValueError(str(error)) from error
    unknown = value.keys() - {"valence", "arousal"}
    if unknown:
        raise ValueError(f"has valence and arousal, not {shown(min(map(str, unknown)))}")
    axes = {axis: None if one is None else _axis(axis, one) for axis, one in value.items()}
    return Mood(axes.get("valence"), axes.get("arousal"))


def _axis(name: str, value: Any) -> float:
    try:
        return number(value, -1, 1)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from error


def instrument_of(value: Any) -> Program:
    """An instrument by name, number 1-128 or family, or drums."""
    return Program(*find_instrument(text_of(value)))


def range_of(value: Any) -> tuple[int | None, int | None]:
    """Lowest and highest MIDI pitch, either of them null where open."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"is a list of two pitches, [55, 88] or [G3, E6], not {shown(value)}")
    low, high = (None if one is None else _pitch_of(one) for one in value)
    if (low or 0) > (127 if high is None else high):
        raise ValueError(f"goes from low to high, not {low}-{high}")
    return low, high


def _pitch_of(value: Any) -> int:
    """A MIDI pitch, or a note: middle C is C4."""
    with suppress(ValueError):  # told as what it is not
        value = read_pitch(value) if isinstance(value, str) else value
    return whole(value, 0, 127)


def returns_of(value: Any) -> int | bool:
    """True (as the section was last heard), or how many bars back."""
    if value is True:
        return True
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"is true or a number of bars, not {shown(value)}")
    return whole(value, 1, MOST_BARS)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of field for pydantic: its reader, and its JSON schema. None is open."""

    reader: Callable[[Any], Any]
    schema: dict[str, Any]

    def read(self, value: Any) -> Any:
        """The value read; raises ValueError."""
        return None if value is None else self.reader(value)

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic read by ``read`` alone."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """What the schema tells of it."""
        return dict(self.schema)


def _number_kind(low: float, high: float, told: str) -> Kind:
    schema = {"type": ["number", "null"], "minimum": low, "maximum": high}
    return Kind(lambda value: number(value, low, high), schema | {"description": told})


def _whole_kind(low: int, high: int, told: str) -> Kind:
    schema = {"type": ["integer", "null"], "minimum": low, "maximum": high}
    return Kind(lambda value: whole(value, low, high), schema | {"description": told})


def _curve_kind(low: float, high: float, told: str) -> Kind:
    one = {"type": "number", "minimum": low, "maximum": high}
    each = {"type": "array", "items": {"anyOf": [one, {"type": "null"}]}}
    schema = {"anyOf": [one, each, {"type": "null"}], "description": told}
    return Kind(lambda value: curve(value, low, high), schema)


def _text_kind(reader: Callable[[Any], Any], told: str, *examples: str) -> Kind:
    schema = {"type": ["string", "number", "null"], "description": told}
    return Kind(reader, schema | ({"examples": list(examples)} if examples else {}))


def _word_kind(known: tuple[str, ...], told: str) -> Kind:
    return Kind(
        lambda value: one_of(value, known), {"enum": [*known, None], "description": told}
    )


_AXIS = {"type": ["number", "null"], "minimum": -1, "maximum": 1}
_PITCH = {
    "type": ["integer", "string", "null"],
    "minimum": 0,
    "maximum": 127,
    "pattern": "^[A-G][#b]?-?[0-9]$",
}

FORMAT_NAME = Kind(lambda value: one_of(value, (FORMAT,)), {"const": FORMAT})
TITLE = _text_kind(text_of, "The piece's title.", "Harbour at night")
SEED = _whole_kind(0, 2**63 - 1, "The same plan with the same seed gives the same piece.")
STYLE = _word_kind(STYLES, "The style family.")
SWING = _number_kind(1, 4, "Length of the first eighth against the second.")
HARMONY = _word_kind(
    HARMONIES, "How closely the notes keep to the chords; open: firm where chords are given."
)
CHOSEN = _text_kind(
    text_of, "A mark of composer's own chords: where others stand, notes state them."
)
MOOD = Kind(
    mood_of,
    {
        "anyOf": [
            {"type": "string", "examples": sorted(MOODS)},
            {
                "type": "object",
                "properties": {"valence": _AXIS, "arousal": _AXIS},
                "additionalProperties": False,
            },
            {"type": "null"},
        ],
        "description": "A mood word, or its valence and arousal (-1 to 1).",
    },
)
INSTRUMENT = _text_kind(
    instrument_of, "A General MIDI name or number 1-128, or drums.", "Violin"
)
ROLE = _word_kind(tuple(map(str, Role)), "What the part does.")
REGISTER = _number_kind(0, 127, "Mean MIDI pitch.")
DENSITY = _number_kind(0, 100, "Notes a quarter where the part plays.")
RANGE = Kind(
    range_of,
    {
        "anyOf": [
            {"type": "array", "items": _PITCH, "minItems": 2, "maxItems": 2},
            {"type": "null"},
        ],
        "description": "Lowest and highest MIDI pitch, or note (middle C is C4).",
    },
)
KIT = _whole_kind(0, 127, "The drum kit's program, from 0.")
PART_NAME = _text_kind(text_of, "The part's name.")
SECTION = _text_kind(name_of, "The section's letter or name; equal names return.", "A")
FUNCTION = _word_kind(FUNCTIONS, "What the section is for.")
BARS = _whole_kind(1, MOST_BARS, "The section's length.")
METER = _text_kind(lambda value: Meter.parse(text_of(value)), "The meter.", "4/4")
TEMPO = _curve_kind(SLOWEST_QPM, FASTEST_QPM, "Quarters a minute; a list has one a bar.")
KEY = _text_kind(lambda value: parse_key(text_of(value)), "The key.", "D minor")
FEEL = _word_kind(FEELS, "How eighths are played.")
INTENSITY = _curve_kind(0, 1, "0 to 1; a list has one a bar.")
CHORDS = _text_kind(
    lambda value: read_line(text_of(value)),
    "Chord symbols, bars apart by |, ? where open; repeated to the section's end.",
    "Am | F G7 | ? | C/E",
)
RETURNS = Kind(
    returns_of,
    {
        "type": ["boolean", "integer", "null"],
        "description": "The music comes again: true (as the section was last heard), or "
        "from so many bars back.",
    },
)
VARY = _number_kind(0, 1, "The share of returning music that is written anew.")
TRANSPOSE = _whole_kind(-12, 12, "Semitones by which returning music moves.")
MARKER_BAR = _whole_kind(1, MOST_BARS + 1, "The bar, from 1; one after the last is the end.")
MARKER_NAME = _text_kind(name_of, "What stands in the MIDI file there.")
