"""What words mean: ``lexicon.txt``, and the General MIDI names of instruments."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from composer.request.text.tokens import tokens_of
from composer.score import PROGRAM_NAMES

_NAMES = {
    "inst": "instrument",
    "band": "ensemble",
    "genre": "usually with",
    "bpm": "tempo",
    "bend": "tempo",
    "aim": "to tempo",
    "shift": "later key",
    "where": "place",
    "until": "until",
    "hit": "hit at",
    "only": "nothing else",
    "without": "no",
}
"""Kinds by the names that people read."""

_NO_WORDS = frozenset({*range(96, 104), *range(120, 128)})
"""Programs whose names are everyday words (rain, echoes) or noises."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing that a phrase says; ``is_implied`` gives way to what is said outright."""

    kind: str
    value: str
    is_implied: bool = False

    def __str__(self) -> str:
        """Such as ``mood sad``, ``tempo accel120 at middle``."""
        name = _NAMES.get(self.kind, self.kind)
        low, _, high = self.value.partition("-")
        value = low if self.kind == "bpm" and low == high else self.value.replace("@", " at ")
        return f"{name} {value}".rstrip() + (" (implied)" if self.is_implied else "")


Meanings = tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases, as tuples of words, to their meanings; ``longest`` counts words.

    ``words`` are the single words that mean something.
    """

    phrases: dict[tuple[str, ...], Meanings]
    longest: int
    words: tuple[str, ...]


@cache
def load_lexicon() -> Lexicon:
    """Every phrase; those of the table overrule instruments' names."""
    phrases: dict[tuple[str, ...], Meanings] = {
        _words(name): (Meaning("inst", name.lower()),)
        for program, name in enumerate(PROGRAM_NAMES)
        if program not in _NO_WORDS
    }
    text = Path(__file__).with_name("lexicon.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        names, equals, said = line.partition(" = ")
        if equals and not line.startswith("#"):
            meanings = tuple(
                _meaning(one) for one in said.split(";") if one.strip() != "nothing"
            )
            phrases |= {_words(name): meanings for name in names.split(",")}
    phrases |= {_words(word): () for word in _FILLERS.split()}
    single = tuple(
        sorted(words[0] for words, said in phrases.items() if len(words) == 1 and said)
    )
    return Lexicon(phrases, max(map(len, phrases)), single)


def _words(name: str) -> tuple[str, ...]:
    return tuple(token.word for token in tokens_of(name))


def _meaning(text: str) -> Meaning:
    kind, value = text.strip().split(" ", 1)
    return Meaning(kind.removesuffix("?"), value.strip(), kind.endswith("?"))


def is_chinese(word: str) -> bool:
    """Whether a word is a Chinese character."""
    return re.match(r"[\u4e00-\u9fff]", word) is not None


_FILLERS = """
a an the and or of for to in on at with by from as is are be it its this that these i me my
we you your he she they some any one bit little very really quite so too just also then but
please write compose make give create generate want need would like d music song track piece
tune theme cue sound sounds soundtrack score something background scene style feel feeling
kind sort mood tempo bpm time long around about roughly ish approximately approx ca circa which
while during into over under featuring feature using use key number section part parts end
starts start starting ending played plays play instrument instruments more less most s t m
begin begins beginning open opens opening become becomes becoming
turn turns turning finally eventually finishes finish throughout way towards toward
shifts shifting switches switching changes changing moves moving goes total length duration
一 个 首 段 的 和 与 及 有 在 来 请 写 给 我 要
曲 歌 音 乐 主 题 背 景 种 感 觉 风 格 场 面 二 重 奏
"""
