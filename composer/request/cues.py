"""Cue sheets: hits from a table (CSV) or an edit decision list (CMX 3600).

A table has a time and perhaps a label in each row, under a heading or not; an edit decision
list gives the record-in of each event, named by its clip, and every locator. Timecode is
counted from the full hour at or before the earliest time, because reels start on the hour.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from composer.errors import InputError
from composer.request.cues_timecode import FRAME_RATES, FrameRate, is_timecode, read_time
from composer.request.picture_hits import MOST_HITS, Hit

MOST_BYTES = 1_000_000
"""Largest cue sheet that is read."""

_MOST_PROBLEMS = 10
_LONGEST_LABEL = 100
_TIME = r"\d\d?[:;]\d\d[:;]\d\d[:;]\d\d"
_EVENT = re.compile(
    rf"\d+\s+\S+\s+\S+\s+\S+(?:\s+\d+)?(?:\s+{_TIME}){{2}}\s+({_TIME})\s+{_TIME}"
)
_COLOURS = "BLACK|BLUE|CYAN|GREEN|MAGENTA|ORANGE|PURPLE|RED|WHITE|YELLOW"
_LOCATOR = re.compile(rf"\*\s*LOC:\s*({_TIME})(?:\s+(?:{_COLOURS})\b)?\s*(.*)")
_CLIP = re.compile(r"\*\s*FROM CLIP NAME:\s*(.*)")
_LEADING_TIME = re.compile(rf"\s*\"?(?:{_TIME}|[\d:]+(?:[.,]\d+)?)")
_DROP = re.compile(r"FCM:\s*DROP[ -]FRAME\s*")
_TIME_HEADINGS = ("time", "timecode", "tc", "start", "position", "in", "record in")
_LABEL_HEADINGS = ("label", "name", "marker", "marker name", "description", "cue", "comment")

_Row = tuple[int, str, str]
"""Line counted from 1, time, label."""


def read_hit(text: str, rate: FrameRate | None = None) -> Hit:
    """A hit such as ``0:12.4`` or ``0:12.4 the door``; raises ValueError."""
    time, _, label = text.strip().partition(" ")
    return Hit(read_time(time, rate), _clean(label))


def read_cue_sheet(path: str | Path, rate: FrameRate | None = None) -> tuple[Hit, ...]:
    """Hits of a cue sheet; ``.edl`` is an edit decision list, all else a table.

    A table's hits stand in its own order; those of an edit decision list, where picture and
    sound are cut at one time and locators lie between, in order of time and each once.
    An edit decision list that says DROP FRAME is read at 29.97df where no ``rate`` is given.
    Raises InputError with every line that can't be read (the first ten of them).
    """
    text = _text(Path(path))
    is_list = Path(path).suffix.lower() == ".edl"
    if is_list and rate is None and any(map(_DROP.fullmatch, text.splitlines())):
        rate = FRAME_RATES["29.97df"]
    rows = list(_list_rows(text) if is_list else _table_rows(text))
    if not rows:
        form = "events of an edit decision list" if is_list else "rows of time and label"
        raise InputError(f"{path} holds no {form}")
    if len(rows) > MOST_HITS:
        raise InputError(f"{path} has {len(rows):,} times, and at most {MOST_HITS} can be met")
    hits = _hits(path, rows, rate)
    return tuple(_ordered(hits) if is_list else hits)


def _text(path: Path) -> str:
    """The sheet's text; raises InputError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} is no cue sheet: it is larger than 1 MB")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason}") from error
    if len(data) > MOST_BYTES or b"\0" in data:
        raise InputError(f"{path} is no cue sheet: it is not plain text up to 1 MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _table_rows(text: str) -> Iterator[_Row]:
    """Rows of a table separated by commas, semicolons or tabs."""
    lines = text.splitlines()
    head = next((line for line in lines if line.strip()), "")
    table = csv.reader(lines, delimiter=_separator(head))
    time_column, label_column, is_first = 0, 1, True
    try:
        for row in table:
            cells = [cell.strip() for cell in row]
            names = [cell.lower() for cell in cells]
            if is_first and not set(names).isdisjoint(_TIME_HEADINGS):
                time_column = _column(names, _TIME_HEADINGS, 0)
                label_column = _column(names, _LABEL_HEADINGS, len(names))
            elif any(cells) and not cells[0].startswith("#"):
                time, label = (
                    "".join(cells[place : place + 1]) for place in (time_column, label_column)
                )
                yield table.line_num, time, label
            is_first = is_first and not any(cells)
    except csv.Error as error:
        raise InputError(f"line {table.line_num} is no row of a table: {error}") from error


def _separator(line: str) -> str:
    """What stands after the first cell; a time may hold a decimal comma or a semicolon."""
    found = re.search(r"[,;\t]", _LEADING_TIME.sub("", line, count=1))
    return found[0] if found else ","


def _column(names: Sequence[str], headings: Sequence[str], otherwise: int) -> int:
    """Place of the first heading that is known."""
    return next((index for index, name in enumerate(names) if name in headings), otherwise)


def _list_rows(text: str) -> Iterator[_Row]:
    """Events and locators of an edit decision list; comments name the event above."""
    event: _Row | None = None
    for number, line in enumerate(text.splitlines(), 1):
        wanted = line.strip()
        if found := _EVENT.fullmatch(wanted):
            if event is not None:
                yield event
            event = (number, found[1], "")
        elif (found := _CLIP.fullmatch(wanted)) and event is not None:
            event = (event[0], event[1], found[1])
        elif found := _LOCATOR.fullmatch(wanted):
            yield number, found[1], found[2]
    if event is not None:
        yield event


def _hits(path: str | Path, rows: Sequence[_Row], rate: FrameRate | None) -> list[Hit]:
    """Hits of rows; raises InputError with the lines that have no time."""
    if rate is None and (counted := next((row for row in rows if is_timecode(row[1])), None)):
        raise InputError(
            f"{path} counts frames (line {counted[0]}: {counted[1]}): "
            "say how many a second, such as --fps 24"
        )
    hits, problems = [], []
    hours = [int(time.strip()[:2].rstrip(":;")) for _, time, _ in rows if is_timecode(time)]
    for line, time, label in rows:
        try:
            start = read_time(f"{min(hours)}:00:00:00", rate) if is_timecode(time) else 0.0
            hits.append(Hit(read_time(time, rate) - start, _clean(label)))
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    if problems:
        more = len(problems) - _MOST_PROBLEMS
        shown = problems[:_MOST_PROBLEMS] + ([f"and {more} more lines"] if more > 0 else [])
        raise InputError(f"{path}: {'; '.join(shown)}")
    return hits


def _ordered(hits: Sequence[Hit]) -> list[Hit]:
    """Hits in order of time, one at each; what has a name goes before what has none."""
    first: dict[float, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (hit.seconds, not hit.label)):
        first.setdefault(round(hit.seconds, 6), hit)
    return list(first.values())


def _clean(label: str) -> str:
    """A label on one line, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in label).split())[
        :_LONGEST_LABEL
    ]
