"""YAML as plain values, each with its line, and nothing that a plan has no use for.

The text is read event by event: no tags, no anchors and aliases, no deep nesting, so that
no text can build objects, grow, or recurse. Plain scalars follow YAML 1.2's core schema
(``yes``, ``on`` and ``1:30`` are texts).
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from composer.errors import InputError

Path = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the parser in C where it is built
_MOST_DEPTH = 8
_INTEGER = re.compile(r"^[-+]?[0-9]{1,25}$")
_FLOAT = re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?$")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a text and the line, from 1, on which each path is written."""

    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def scalar(text: str) -> str | float | bool | None:
    """What a plain (unquoted) scalar means."""
    word = text.lower() if text in {text.lower(), text.capitalize(), text.upper()} else text
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


def read_document(text: str) -> Document:
    """Read one YAML document; raises InputError with the line of what is wrong."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        told = ", ".join(filter(None, (error.context, error.problem)))
        raise InputError(f"line {mark.line + 1 if mark else 1}: no YAML: {told}") from error
    except yaml.YAMLError as error:
        raise InputError(f"no YAML: {str(error).splitlines()[0]}") from error
    return Document(builder.root, builder.lines)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read; ``key`` is the one whose value comes next."""

    value: list[Any] | dict[Any, Any]
    path: Path
    key: str | int | None = None
    has_key: bool = False


@dataclass(slots=True)
class _Builder:
    """Puts events together without recursion."""

    root: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0

    def take(self, event: Any) -> None:
        """Take the next event; raises InputError for what plans don't use."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise InputError(f"line {line}: a plan is one YAML document, not several")
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InputError(f"line {line}: anchors and aliases are not read: write it out")
        elif getattr(event, "tag", None):
            raise InputError(f"line {line}: tags such as {event.tag[:40]} are not read")
        elif isinstance(event, yaml.ScalarEvent):
            is_plain = event.style is None or not event.style.strip("\0")
            self._scalar(scalar(event.value) if is_plain else event.value, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._push(value, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _scalar(self, value: Any, line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is None or isinstance(top.value, list) or top.has_key:
            self._place(value, line)
            return
        if not isinstance(value, str | int) or isinstance(value, bool):
            value = str(value)
        if value in top.value:
            raise InputError(f"line {line}: {value} is said twice")
        top.key, top.has_key = value, True
        self.lines[(*top.path, value)] = line

    def _place(self, value: Any, line: int) -> Path:
        """Put a value where it belongs; returns its path."""
        if not self.stack:
            self.root = value
            self.lines[()] = line
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            path: Path = (*top.path, len(top.value))
            top.value.append(value)
            self.lines[path] = line
            return path
        if not top.has_key or top.key is None:
            raise InputError(f"line {line}: a field's name is a word, not a list")
        path = (*top.path, top.key)
        top.value[top.key] = value
        top.has_key = False
        return path

    def _push(self, value: Any, line: int) -> None:
        if len(self.stack) >= _MOST_DEPTH:
            raise InputError(f"line {line}: nested too deep for a plan")
        self.stack.append(_Open(value, self._place(value, line)))
