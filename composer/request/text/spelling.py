"""Misspelt words: the one known word that slips of the fingers or the ear make of another.

A slip is a letter left out, put in, changed, or two neighbours swapped (Damerau 1964). Words
of ten letters may have two. In words of six letters or fewer no letter may be changed, and
none of four or fewer is corrected: too many of them are other words (hello and cello, strong
and string). Words in ``other_words.txt`` are never taken for misspellings.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

_SHORTEST, _NO_CHANGE, _TWO_SLIPS = 5, 6, 10


def nearest_words(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known words that ``word`` most likely stands for, all equally near; often none.

    All begin with its letter.
    """
    if len(word) < _SHORTEST or word in _other_words():
        return ()
    near = sorted(
        (count, other) for other in known if (count := _slips_within(word, other)) is not None
    )
    return tuple(other for count, other in near if count == near[0][0])


def _slips_within(word: str, other: str) -> int | None:
    """The slips between two words, None where they are too many for their length."""
    longer = max(len(word), len(other))
    most = 2 if longer >= _TWO_SLIPS else 1
    if word[0] != other[0] or abs(len(word) - len(other)) > most:
        return None
    count = slips(word, other)
    is_changed = len(word) == len(other) and sorted(word) != sorted(other)
    return None if count > most or (is_changed and longer <= _NO_CHANGE) else count


def slips(word: str, other: str) -> int:
    """How many slips lie between two words (optimal string alignment distance)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != wanted))
            is_swap = i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted
            row.append(min(cost, older[j - 2] + 1) if is_swap else cost)
    return row[-1]


@cache
def _other_words() -> frozenset[str]:
    """English words that lie near a known word and mean something else."""
    path = Path(__file__).with_name("other_words.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] != "#" for word in line.split())
