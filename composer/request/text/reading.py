"""A text to what its phrases mean, one after the other, with what is denied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from composer.request.text.lexicon import Lexicon, Meanings, is_chinese, load_lexicon
from composer.request.text.measures import measures_of
from composer.request.text.spelling import nearest_words
from composer.request.text.tokens import Token, tokens_of

_DENIALS = (
    "no", "not", "without", "nothing", "never", "avoid", "minus", "except", "don t", "dont",
    "doesn t", "isn t", "w o", "nor", "zero", "exclude", "excluding", "skip", "leave out",
    "不 要", "没 有", "没", "无", "别", "不 用", "不 是", "不", "除 了",
)  # fmt: skip
_CUES = frozenset(tuple(words.split()) for words in _DENIALS)
_LINKS = frozenset({"or", "nor", "and", "/", "和", "或", "跟", "也"})
_ENDS = frozenset({"but", "just", "only", "with", "then", "instead", "但", "只"})
_REACH = 5
_MANNERS = frozenset({"slowly", "quickly", "慢 慢"})
_NUMBERS = (
    "one two three four five six seven eight", "1 2 3 4 5 6 7 8", "一 两 三 四 五 六 七 八",
)  # fmt: skip
_COUNTS = {word: n for words in _NUMBERS for n, word in enumerate(words.split(), 1)}
_COUNTS |= {"pair": 2, "二": 2}
_COUNTERS = frozenset(
    ["把", "支", "架", "个", "只", "台", "件", "位", "名", "部", "管", "根", "of"]
)
"""What may stand between a number and what it counts."""
_BEFORE_PLAYERS = _LINKS | _ENDS | set(".,;:!?()-\n") | {"on", "for", "plus", "a", "the"}
_KNOWN = _ENDS | _LINKS | _COUNTERS | set(_COUNTS)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of the text: what they mean, whether that is denied, and how often.

    ``is_mild`` for "not too": the thing may be, in measure.
    """

    start: int
    end: int
    meanings: Meanings
    is_denied: bool = False
    is_mild: bool = False
    count: int = 1
    word: str = ""
    is_known: bool = True


def phrases_of(text: str) -> tuple[Phrase, ...]:
    """Every word and mark of the text, gathered into the longest known phrases."""
    taken = sorted(measures_of(text), key=lambda one: one[0])
    phrases = [Phrase(a, b, (meaning,), word="#") for a, b, meaning in taken]
    free = [
        t for t in tokens_of(text) if not any(a < t.end and t.start < b for a, b, _ in taken)
    ]
    phrases += _known(free, load_lexicon())
    ordered = sorted(phrases, key=lambda one: one.start)
    told = list(_lengths_of_pieces(list(_paces(list(_feelings(ordered))))))
    return tuple(_denied(told))


def values_of(phrases: Sequence[Phrase], kind: str, *, is_implied: bool = False) -> list[str]:
    """The values of a kind that are said outright, or implied, and not denied."""
    found = [one.meanings for one in phrases if not one.is_denied]
    return [
        m.value for ms in found for m in ms if m.kind == kind and m.is_implied is is_implied
    ]


def has(one: Phrase, kind: str) -> bool:
    """Whether a phrase says something of a kind, and doesn't deny it."""
    return not one.is_denied and any(meaning.kind == kind for meaning in one.meanings)


def value_of(one: Phrase, kind: str) -> str:
    """The value of a kind that a phrase says outright; empty where it says none."""
    return next(iter(values_of([one], kind)), "")


def place_of(clause: Sequence[Phrase]) -> str | None:
    """The place of the piece that a clause speaks of."""
    implied = values_of(clause, "where", is_implied=True)
    return next(iter(values_of(clause, "where") + implied), None)


def _feelings(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """The phrases; the vibes of a summer or of the night are no vibraphone."""
    for before, one in zip((None, *phrases), phrases, strict=False):
        is_listed = before is None or before.word in _BEFORE_PLAYERS or _is_player(before)
        yield replace(one, meanings=()) if one.word == "vibes" and not is_listed else one


def _paces(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """The phrases; what gets louder slowly is no slow piece."""
    for before, one, after in zip(
        (None, *phrases), phrases, (*phrases[1:], None), strict=False
    ):
        beside = [other for other in (before, after) if other is not None]
        is_manner = one.word in _MANNERS and any(map(_is_course, beside))
        yield replace(one, meanings=()) if is_manner else one


def _is_course(one: Phrase) -> bool:
    courses = ("building", "fading", "arch", "rit", "accel")
    return any(meaning.value in courses for meaning in one.meanings)


def _is_player(one: Phrase) -> bool:
    return any(meaning.kind in ("inst", "band") for meaning in one.meanings)


def _lengths_of_pieces(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """The phrases; ``short`` before an unknown noun says nothing of the piece's length."""
    for one, after in zip_longest(phrases, phrases[1:]):
        is_length = any(m.kind == "seconds" and m.is_implied for m in one.meanings)
        if is_length and after is not None and not after.is_known:
            yield replace(one, meanings=(), is_known=False)
        else:
            yield one


def _known(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Phrase]:
    """The longest phrase of the lexicon from each place on."""
    place = 0
    while place < len(tokens):
        for size in range(min(lexicon.longest, len(tokens) - place), 0, -1):
            span = tokens[place : place + size]
            words = tuple(token.word for token in span)
            cue = words in _CUES
            meanings = () if cue else _meanings(words, lexicon)
            if cue or meanings is not None:
                yield Phrase(span[0].start, span[-1].end, meanings or (), word=" ".join(words))
                place += size
                break
        else:
            token = tokens[place]
            near = None if token.is_mark else _near(token.word, lexicon)
            known = token.is_mark or token.word in _KNOWN or bool(near)
            yield Phrase(token.start, token.end, near or (), word=token.word, is_known=known)
            place += 1


def _meanings(words: tuple[str, ...], lexicon: Lexicon) -> Meanings | None:
    """What the phrase means, in the plural too."""
    *before, last = words
    for ending in ("", "es", "s"):
        if last.endswith(ending) and len(last) > len(ending) + 1:
            found = lexicon.phrases.get((*before, last.removesuffix(ending)))
            if found is not None:
                return found
    return lexicon.phrases.get(words)


def _near(word: str, lexicon: Lexicon) -> Meanings | None:
    """What a misspelt word means, if the known words near it agree; in the plural too."""
    if is_chinese(word):
        return None
    for one in (word, word.removesuffix("s")):
        meant = {lexicon.phrases[(near,)] for near in nearest_words(one, lexicon.words)}
        if meant:
            return meant.pop() if len(meant) == 1 else None
    return None


def _denied(phrases: Sequence[Phrase]) -> Iterator[Phrase]:
    """The phrases, those within the scope of a denial marked, and counted ones counted.

    A denial reaches the first thing after it, and on through "or" and "and".
    """
    scope, mild, hit, linked, count = 0, False, False, False, 1
    for one in phrases:
        if tuple(one.word.split()) in _CUES:
            scope, mild, hit, linked = _REACH, False, False, False
        elif one.word in _ENDS or one.word in set(".,;:!?()-\n"):
            scope = 0
        elif one.word in ("too", "太", "very", "so"):
            mild = scope > 0 and not hit
        elif one.word in _LINKS:
            linked = True
        elif one.meanings and scope and (not hit or linked):
            yield replace(one, is_denied=True, is_mild=mild)
            hit, linked, count = True, False, 1
            continue
        elif one.meanings:
            scope = 0
        elif scope:
            scope -= 1
        yield replace(one, count=count)
        if one.word not in _COUNTERS:
            count = _COUNTS.get(one.word, 1) if not one.meanings else 1
