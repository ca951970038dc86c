"""From a plan file to a Plan; everything wrong is told at once, by line and field."""

from contextlib import AbstractContextManager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel

from composer.errors import InputError
from composer.plan import Plan
from composer.planfile.document import Document, read_document
from composer.planfile.mending import Reading
from composer.planfile.model import (
    ExceptionEntry,
    MarkerEntry,
    PartEntry,
    PlanEntry,
    SectionEntry,
)

MOST_BYTES = 1_000_000
_SIDECAR = "composer sidecar"
_MOST_TOLD = 20
_VERY_NEAR = 0.8
_ITEMS = {"parts": "part", "sections": "section", "exceptions": "bar", "markers": "marker"}
_MODELS: dict[str, type[BaseModel]] = {
    "parts": PartEntry,
    "sections": SectionEntry,
    "exceptions": ExceptionEntry,
    "markers": MarkerEntry,
}


def read_plan_file(source: str | Path | BinaryIO) -> Plan:
    """Read a plan from a path or an open binary file.

    Raises InputError with every problem, its line and field.
    """
    name = str(source) if isinstance(source, str | Path) else "the given data"
    try:
        with _opened(source) as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    if data.startswith(b"MThd"):
        raise InputError(f"{name} is a MIDI file: 'composer plan from' finds its plan")
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} is no plan: it has more than {MOST_BYTES:,} bytes")
    try:
        return parse_plan(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is no plan: not a text in UTF-8") from error
    except InputError as error:
        text = str(error)
        raise InputError(f"{name}{text if text.startswith(' ') else f': {text}'}") from error


def _opened(source: str | Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    """The file of a path, or the open one, which stays open."""
    return Path(source).open("rb") if isinstance(source, str | Path) else nullcontext(source)


def parse_plan(text: str) -> Plan:
    """Read a plan from the text of a plan file, or of a sidecar; raises InputError."""
    document = _plan_within(read_document(text))
    if not isinstance(document.value, dict):
        raise InputError("a plan has fields such as 'sections:'")
    reading = Reading(document.value).run()
    if reading.plan is None:
        laid = [(document.line(path), told) for path, told in reading.laid]
        raise InputError(_told([*_problems(reading.faults, document), *laid]))
    return reading.plan


def _plan_within(document: Document) -> Document:
    """The plan that a sidecar holds; any other document as it is."""
    whole = document.value
    if not isinstance(whole, dict) or not str(whole.get("format")).startswith(_SIDECAR):
        return document
    lines = {path[1:]: at for path, at in document.lines.items() if path[:1] == ("plan",)}
    return Document(whole.get("plan"), lines)


def plan_values(text: str) -> Any:
    """The text of a plan file as plain values, for JSON; raises InputError."""
    return read_document(text).value


def _told(problems: list[tuple[int, str]]) -> str:
    """One line each, in the order of the file."""
    lines = [f"line {line}, {text}" for line, text in sorted(problems)]
    if len(lines) == 1:
        return lines[0]
    rest = len(lines) - _MOST_TOLD
    more = [f"... and {rest} more"] if rest > 0 else []
    return "\n  ".join([f" has {len(lines)} problems:", *lines[:_MOST_TOLD], *more])


def _problems(faults: list[Any], document: Document) -> list[tuple[int, str]]:
    """(line, text) of everything that pydantic found."""
    return [
        (document.line(tuple(one["loc"])), f"{_place(one['loc'])}{_reason(one)}")
        for one in faults
    ]


def _place(path: tuple[Any, ...]) -> str:
    """``section 2, bar 3, tempo: `` for ("sections", 1, "exceptions", 3, "tempo")."""
    words: list[str] = []
    for index, step in enumerate(path):
        before = path[index - 1] if index else None
        if before in _ITEMS and isinstance(step, int):
            words[-1] = f"{_ITEMS[before]} {step + (before != 'exceptions')}"
        elif step != "[key]":
            words.append(str(step)[:40])
    return f"{', '.join(words)}: "


_REASONS = {
    "missing": "is missing",
    "too_short": "holds one entry at least",
    "list_type": "should be a list",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    **dict.fromkeys(
        ("dict_type", "model_type", "model_attributes_type"), "should be fields such as key: C"
    ),
}
"""Pydantic's words for people."""


def _reason(problem: Any) -> str:
    """What is wrong, for a person."""
    match problem["type"]:
        case "value_error":
            return str(problem["ctx"]["error"])
        case "extra_forbidden":
            return f"is unknown: {_nearest(problem['loc'])}"
        case "too_long":
            return f"holds {problem['ctx']['max_length']} entries at most"
        case kind:
            return _REASONS.get(kind) or str(problem["msg"])


def _nearest(path: tuple[Any, ...]) -> str:
    """The known fields nearest to an unknown one; of other places, one that is very near."""
    inside = [step for step in path[:-1] if step in _MODELS]
    model = _MODELS[inside[-1]] if inside else PlanEntry
    word, known = str(path[-1])[:40], _fields(model)
    if not get_close_matches(word, known, 1, _VERY_NEAR):
        for place, other in _MODELS.items():
            for found in get_close_matches(word, _fields(other), 1, _VERY_NEAR):
                return f"{found} stands under {place}"
    near = get_close_matches(word, known, n=2, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"


def _fields(model: type[BaseModel]) -> list[str]:
    """The fields of a model as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]
