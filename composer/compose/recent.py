"""What a part has played lately: its mean over a few bars may lean back to what is planned."""

from composer.language.rows import Note
from composer.language.stream import Stream

MEMORY_BARS = 8


def recent_cells(stream: Stream, part: int) -> list[tuple[Note, ...]]:
    """Notes of a part (from 0) in the latest bars and the current one, each where it plays."""
    bars = range(max(0, stream.bar - MEMORY_BARS), stream.bar + 1)
    return [stream.cells[bar, part] for bar in bars if (bar, part) in stream.cells]
