"""Which of the plan's styles a piece is, by its source, tags and instruments."""

from composer.lab.repairs import tag_programs
from composer.lab.sources import Source
from composer.score import Score

_KEYBOARDS = frozenset({*range(8), *range(16, 24)})
_VOICES = frozenset({52, 53, 54})
_GUITARS = frozenset(range(24, 40))
_ORCHESTRA_PARTS = 8


def style_of(score: Score, source: Source, tags: str) -> str:
    """The style of a piece; the source's own where it has one."""
    if source.style is not None:
        return source.style
    return _typeset_style(score, tags) if source.is_scored else _soundtrack_style(score, tags)


def _soundtrack_style(score: Score, tags: str) -> str:
    """Game and film music: told by its tags, else a band where a kit meets guitars or bass."""
    if "orchestral" in tags:
        return "orchestra"
    programs = {part.program for part in score.parts if not part.is_drums}
    has_band = any(part.is_drums for part in score.parts) and programs & _GUITARS
    return "band" if has_band else "game"


def _typeset_style(score: Score, tags: str) -> str:
    """Scores of all kinds: by the instruments that play."""
    if all(part.is_drums for part in score.parts):
        return "drums"
    programs = {part.program for part in score.parts if not part.is_drums}
    if programs <= _KEYBOARDS:
        # a song whose voice could not be told from the piano is still a song
        return "song" if tag_programs(tags) & _VOICES else "keyboard"
    if programs <= _VOICES:
        return "choral"
    if programs & _VOICES and len(programs) <= 3:
        return "song"
    return "orchestra" if len(programs) >= _ORCHESTRA_PARTS else "chamber"
