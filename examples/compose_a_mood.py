"""Compose a sad piece for three instruments, save it, and make sound of it.

python examples/compose_a_mood.py [FOLDER [CHECKPOINT]]
"""

import sys
from pathlib import Path

from composer import Composer


def main(folder: str = ".", checkpoint: str | None = None) -> None:
    """Write sad.mid and sad.ogg into ``folder``."""
    piece = Composer.load(checkpoint).generate(
        mood="sad", bars=8, key="D minor", instruments="cello:melody,piano,contrabass"
    )
    piece.save(Path(folder, "sad.mid"), overwrite=True)
    piece.render(Path(folder, "sad.ogg"), overwrite=True)
    print(f"Seed {piece.seed}: {piece.summary}")


if __name__ == "__main__":
    main(*sys.argv[1:])
