"""REMI+ as MidiTok writes it, and the MIDI files that are read."""

from collections.abc import Sequence
from pathlib import Path

from miditok import REMI, TokenizerConfig
from symusic import Score

SHIPPED = Path(__file__).parent.parent / "docs" / "pieces"
MOST_FILES = 60


def midi_files(folder: Path | None) -> list[Path]:
    """MIDI files of the folder, sorted, at most 60; None takes the pieces in ``docs``."""
    found = sorted(path for path in (folder or SHIPPED).rglob("*") if path.suffix in _SUFFIXES)
    if not found:
        raise SystemExit(f"no MIDI file in {folder}: name a folder with .mid files")
    return found[:: -(-len(found) // MOST_FILES)]


def tokenizer() -> REMI:
    """MidiTok's REMI+ (von Rütte, D., et al. (2023)): bars, positions, programs, one stream."""
    return REMI(
        TokenizerConfig(
            use_programs=True,
            one_token_stream_for_programs=True,
            use_tempos=True,
            use_time_signatures=True,
        )
    )


def tokens_per_note(files: Sequence[Path]) -> tuple[int, float]:
    """Size of the vocabulary, and tokens a note over all files."""
    writer = tokenizer()
    scores = [Score(str(path)) for path in files]
    tokens = sum(len(writer(score).ids) for score in scores)
    return len(writer), tokens / sum(score.note_num() for score in scores)


_SUFFIXES = (".mid", ".midi", ".MID")
