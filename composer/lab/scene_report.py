"""How often the labeller's signs agree with the scene names that composers gave."""

import csv
from collections import defaultdict
from pathlib import Path

from composer.analysis.mood import mood_of
from composer.errors import ComposerError
from composer.lab.mood_sets import open_source
from composer.lab.scene_moods import SCENE_SOURCES, SCENES, scene_word
from composer.midi import read_midi
from composer.plan.moods import MOODS


def agreement(root: Path) -> dict[str, tuple[int, int, int]]:
    """For each word its pieces, and on how many the labeller's valence and arousal agree."""
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for source in SCENE_SOURCES:
        with open_source(root, source) as folder, (folder / "index.csv").open() as index:
            for row in csv.DictReader(index):
                word = scene_word(row["title"], row["tags"])
                if word is None:
                    continue
                try:
                    mood = mood_of(read_midi(folder / row["file"]).score)
                except ComposerError:
                    continue
                tag = MOODS[SCENES[word]]
                if mood.valence is not None and mood.arousal is not None:
                    found[word].append(
                        (mood.valence * tag.valence > 0, mood.arousal * tag.arousal > 0)
                    )
    return {
        word: (len(own), sum(v for v, _ in own), sum(a for _, a in own))
        for word, own in found.items()
    }


def agreement_lines(found: dict[str, tuple[int, int, int]]) -> list[str]:
    """The agreement as a table, all words last."""
    lines = ["| scene word | tag | pieces | valence agrees | arousal agrees |"]
    lines.append("|---|---|---:|---:|---:|")
    for word in (word for word in SCENES if word in found):
        pieces, valence, arousal = found[word]
        lines.append(f"| {word} | {SCENES[word]} | {pieces} | {valence} | {arousal} |")
    total, valence, arousal = (sum(own[i] for own in found.values()) for i in range(3))
    lines.append(f"| all | | {total} | {valence} | {arousal} |")
    return lines
