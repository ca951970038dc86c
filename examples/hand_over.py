"""Compose variants of one idea and go on with them in pretty_midi.

python examples/hand_over.py [CHECKPOINT]
"""

import sys

from composer import Composer


def main(checkpoint: str | None = None) -> None:
    """Print how busy and how high each of three variants is."""
    pieces = Composer.load(checkpoint).generate(
        valence=0.6, arousal=0.8, bars=4, tempo=140, seed=100, count=3
    )
    for piece in pieces:
        midi = piece.to_pretty_midi()
        pitches = [
            note.pitch for part in midi.instruments if not part.is_drum for note in part.notes
        ]
        mean = sum(pitches) / max(1, len(pitches))
        print(f"Seed {piece.seed}: {piece.score.note_count} notes, mean pitch {mean:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
