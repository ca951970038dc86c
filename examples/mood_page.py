"""Compose one piece for each of some moods and show them on one page with players.

python examples/mood_page.py [FOLDER [CHECKPOINT]]
"""

import sys
from pathlib import Path

from composer import Composer

MOODS = ("happy", "sad", "tense", "calm")


def main(folder: str = ".", checkpoint: str | None = None) -> None:
    """Write moods.html into ``folder``: piano rolls and sound, nothing to download."""
    composer = Composer.load(checkpoint)
    figures = []
    for mood in MOODS:
        piece = composer.generate(mood=mood, bars=4, seed=1)
        figures.append(f"<h2>{mood}</h2>{piece.to_html()}")
    page = f"<!doctype html><meta charset=utf-8><title>Moods</title>{''.join(figures)}"
    Path(folder, "moods.html").write_text(page, encoding="utf-8")
    print(f"{len(MOODS)} pieces on {Path(folder, 'moods.html')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
