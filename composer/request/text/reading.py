"""A text to what its phrases mean, one after the other, with what is denied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from composer.request.text.lexicon import Lexicon, Meanings, is_chinese, load_lexicon
from composer.request.text.measures import measures_of
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
_COUNTS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4, "pair": 2}


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
    return tuple(_denied(sorted(phrases, key=lambda one: one.start)))


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
            known = token.is_mark or token.word in _ENDS | _LINKS | set(_COUNTS) or bool(near)
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
    """What a misspelt word means, if one known word is near."""
    if len(word) < 6 or is_chinese(word):
        return None
    near = get_close_matches(word, lexicon.words, n=1, cutoff=0.86)
    return lexicon.phrases[(near[0],)] if near else None


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
            yield _marked(one, is_mild=mild)
            hit, linked, count = True, False, 1
            continue
        elif one.meanings:
            scope = 0
        elif scope:
            scope -= 1
        yield _counted(one, count)
        count = _COUNTS.get(one.word, 1) if not one.meanings else 1


def _marked(one: Phrase, *, is_mild: bool) -> Phrase:
    return Phrase(one.start, one.end, one.meanings, True, is_mild, 1, one.word)


def _counted(one: Phrase, count: int) -> Phrase:
    return Phrase(
        one.start,
        one.end,
        one.meanings,
        one.is_denied,
        one.is_mild,
        count,
        one.word,
        one.is_known,
    )
