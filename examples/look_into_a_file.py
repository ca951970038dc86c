"""Read a MIDI file and tell what is in it, and how often each part plays.

python examples/look_into_a_file.py FILE
"""

import sys

from composer.api import inspect_file


def main(file: str) -> None:
    """Print key, mood, parts and chords of ``file``."""
    found = inspect_file(file)
    keys = ", ".join(f"{key} from bar {bar}" for bar, key in found.stretches("key"))
    print(f"{len(found.plan.bars)} bars, {found.seconds:.0f} seconds, {keys}")
    print(f"Nearest mood: {found.mood_word}")
    for part, score_part in zip(found.parts(), found.score.parts, strict=True):
        onsets = {note.onset_ticks for note in score_part.notes}
        print(f"{part['instrument']}: {part['notes']} notes at {len(onsets)} places")
    print(" | ".join(found.chords()[:8]))
    for repair in found.repairs:
        print(f"Repaired: {repair}")


if __name__ == "__main__":
    main(*sys.argv[1:])
