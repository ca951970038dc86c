"""Which words each wish came from, and which came to nothing."""

from collections.abc import Sequence

from composer.request.text.lexicon import is_chinese
from composer.request.text.reading import Phrase, values_of
from composer.request.wishes import Wishes

_KINDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "valence": (("mood",),),
    "arc": (("mood",),),
    "key": (("key", "shift"), ("mode", "shift")),
    "tempo": (("bpm", "bend", "aim"), ("tempo", "bend", "aim")),
    "meter": (("meter", "later meter"),),
    "hits": (("hit",),),
    "duration": (("seconds",),),
    "instruments": (("inst", "band", "role", "without"), ("genre",)),
}
"""Wish to the kinds of meanings that fill it, the strongest first; others have their own."""


_ONCE = frozenset({"key", "meter", "bpm", "bars", "seconds", "form", "chords", "progression"})
"""Kinds of meanings of which a piece takes one; of a length in bars and seconds, the bars."""
_SETTLED = frozenset({"bars", "bend", "later meter"})
"""Kinds that hits in a picture leave no room for: they settle bars and tempi."""


def sources_of(
    text: str, phrases: Sequence[Phrase], wishes: Wishes
) -> dict[str, tuple[str, ...]]:
    """For each wish the words that it came from, in their order."""
    return {name: _words(text, phrases, name) for name in wishes}


def _words(text: str, phrases: Sequence[Phrase], name: str) -> tuple[str, ...]:
    """The words that say a wish outright, else those that imply it."""
    groups = _KINDS.get(name, ((name,),))
    for is_implied in (False, True):
        for kinds in groups:
            is_denied = name in ("valence", "instruments", "tempo")
            found = [
                one
                for one in phrases
                if (is_denied or not one.is_denied)
                and any(
                    m.kind.partition(" in ")[0] in kinds and m.is_implied is is_implied
                    for m in one.meanings
                )
            ]
            if found:
                return tuple(text[one.start : one.end] for one in found)
    return ()


def beaten_of(text: str, phrases: Sequence[Phrase]) -> tuple[str, ...]:
    """The words that others leave no room for: first ones hold, and hits settle the bars."""
    first: dict[str, str] = {}
    words = []
    has_hits = bool(values_of(phrases, "hit"))
    has_bars = bool(values_of(phrases, "bars")) and not has_hits
    for one in phrases:
        for meaning in () if one.is_denied else one.meanings:
            if has_hits and meaning.kind in _SETTLED and not meaning.is_implied:
                words.append(text[one.start : one.end])
                continue
            if meaning.is_implied or meaning.kind not in _ONCE:
                continue
            is_other = first.setdefault(meaning.kind, meaning.value) != meaning.value
            if is_other or (meaning.kind == "seconds" and has_bars):
                words.append(text[one.start : one.end])
    return tuple(words)


def leftover_of(text: str, phrases: Sequence[Phrase]) -> tuple[str, ...]:
    """The words that nothing was understood of; Chinese characters in a row are one."""
    words: list[str] = []
    end = -1
    for one in phrases:
        if one.is_known:
            continue
        word = text[one.start : one.end]
        if one.start == end and is_chinese(word):
            words[-1] += word
        else:
            words.append(word)
        end = one.end
    return tuple(words)


def told(one: Phrase) -> str:
    """What a phrase means, for people."""
    if any(meaning.kind == "only" for meaning in one.meanings):
        return "no other instruments"
    said = ", ".join(map(str, one.meanings))
    return f"{'not too' if one.is_mild else 'no'}: {said}" if one.is_denied else said
