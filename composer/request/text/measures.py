"""What is said with numbers and notes: lengths, tempi, meters, keys, chords."""

import re
from collections.abc import Iterator

from composer.request.text import keys, moments, sections, tempi
from composer.request.text.lexicon import Meaning
from composer.request.text.numbers import NUMBER as _N
from composer.request.text.numbers import chinese_number, number_of
from composer.request.text.rules import CN, TO, I, Rule, span_of, worth
from composer.request.text.tokens import plain

_USUAL_METERS = frozenset(
    ("2/2", "2/4", "3/4", "4/4", "5/4", "6/4", "3/8", "5/8", "6/8", "7/8", "9/8", "12/8")
)
_MIN = r"[ -]?(?:minutes?|mins?(?![a-z])|m(?![a-z])|分钟|分(?!之))"
_SEC = r"[ -]?(?:seconds?|secs?\b|s\b|秒钟|秒)"
_YEARS = re.compile(r"(?P<century>19)?[2-9]0s", re.IGNORECASE)
_BEFORE_YEARS = re.compile(r"\b(?:in|of|from) the (?:19)?$", re.IGNORECASE)
_BEFORE_MOMENTS = re.compile(
    r"\b(?:at|from|until|till|by|after|before|hits?)\s*$", re.IGNORECASE
)
_AFTER_YEARS = re.compile(
    r"[ -](?:synth|electro|disco|pop|rock|punk|funk|soul|metal|house|techno|rave|hip|rap|dance"
    r"|new wave|anime|arcade|cartoon|sitcom|style|sound|vibe|feel|era|retro|inspired|kids"
    r"|night|drive|driving|summer|movie|film|action|horror|game|tv|cop|miami|city)",
    re.IGNORECASE,
)
_MACHINES = re.compile(r"(?:303|606|707|808|909)s", re.IGNORECASE)


def _mean(found: re.Match[str]) -> float:
    """The number, or the middle of two."""
    numbers = [number_of(found.group(name)) for name in ("n", "to") if found.group(name)]
    return sum(numbers) / len(numbers)


def _seconds(found: re.Match[str]) -> Meaning | None:
    """A length, unless it is an age, or a machine's name: 80s synthpop, in the 70s, 808s."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    if _MACHINES.fullmatch(found.group()):
        return None
    years = _YEARS.fullmatch(found.group())
    if years and (
        years["century"] or _BEFORE_YEARS.search(before) or _AFTER_YEARS.match(after)
    ):
        return None
    return Meaning("seconds", f"{_mean(found):g}")


def _minutes(found: re.Match[str]) -> Meaning:
    rest = found.group("rest")
    half = 0.5 if found.group("half") or found.group("more") else 0.0
    seconds = 60 * (_mean(found) + half) + (number_of(rest) if rest else 0)
    return Meaning("seconds", f"{seconds:g}")


def _hours(found: re.Match[str]) -> Meaning:
    return Meaning("seconds", f"{3600 * number_of(found.group('n')):g}")


def _clock(found: re.Match[str]) -> Meaning | None:
    """A length, unless something happens then: a hit at 0:12."""
    if _BEFORE_MOMENTS.search(found.string[: found.start()]):
        return None
    return Meaning("seconds", f"{60 * int(found.group(1)) + float(found.group(2)):g}")


def _beats(found: re.Match[str]) -> Meaning | None:
    """四分之三拍 is 3/4; 四三拍 too, 八六拍 is 6/8, and some say 三四拍."""
    if found.group("d"):
        pairs = [(found.group("n"), found.group("d"))]
    else:
        pairs = [(found.group("other"), found.group("one"))]
        pairs.append(pairs[0][::-1])
    for beats, unit in pairs:
        meter = f"{chinese_number(beats):g}/{chinese_number(unit):g}"
        if meter in _USUAL_METERS:
            return Meaning("meter", meter)
    return None


_CHORD = r"[A-G][#b]?(?:maj7|m7b5|min|maj|m|dim|aug|sus[24]?|add9|6|7|9)*(?:/[A-G][#b]?)?"
_NUMERAL = r"[#b]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?:7|maj7|°)?"

_RULES: tuple[Rule, ...] = (
    *sections.RULES,
    (re.compile(r"\bii-?\s?v-?\s?i\b|\b2-5-1\b", I), worth("progression", "ii-v-i")),
    (
        re.compile(r"\b(?:12|twelve)[- ]bars? (?:of )?blues\b", I),
        worth("progression", "twelve-bar-blues"),
    ),
    (
        re.compile(rf"(?<![\w#]){_NUMERAL}(?:(?:\s*-\s*|\s+){_NUMERAL}){{2,}}(?![\w#])"),
        lambda m: Meaning("chords", " ".join(re.split(r"[\s-]+", m.group()))),
    ),
    (
        re.compile(
            rf"(?<![\w#])(?:{_CHORD})(?:(?:\s*[-|,]\s*|\s+)(?:{_CHORD})(?![\w#])){{2,}}"
        ),
        lambda m: Meaning("chords", " ".join(re.split(r"[\s,|-]+", m.group()))),
    ),
    (
        re.compile(rf"(?P<d>{CN})分之(?P<n>{CN})拍?|(?P<one>{CN})(?P<other>{CN})拍子?"),
        _beats,
    ),
    *moments.PLACES,
    *tempi.CHANGES,
    (re.compile(r"(?<!\d)(\d{1,2}):([0-5]\d(?:\.\d+)?)(?!\d)"), _clock),
    (re.compile(r"\b(?:a )?(?:minute and a half)\b|一分半钟?", I), worth("seconds", "90")),
    (re.compile(r"\bhalf (?:a )?minute\b|半分钟", I), worth("seconds", "30")),
    (
        re.compile(
            rf"(?P<n>{_N})(?:{TO}(?P<to>{_N}))?(?P<half> and a half|半)?{_MIN}(?P<more>半钟?)?"
            rf"(?:\s*(?:and\s+)?(?P<rest>{_N})(?:{_SEC})?(?!\s*(?:bpm|bars?|小节|拍)))?",
            I,
        ),
        _minutes,
    ),
    (re.compile(r"\ba minute\b|\bone minute\b", I), worth("seconds", "60")),
    (re.compile(rf"(?P<n>{_N})[ -]?(?:hours?\b|hrs?\b|个?小时)", I), _hours),
    (re.compile(rf"(?P<n>{_N})(?:{TO}(?P<to>{_N}))?{_SEC}", I), _seconds),
    (
        re.compile(rf"(?P<n>{_N})(?:{TO}(?P<to>{_N}))?\s*-?(?:bars?\b|measures?\b|个?小节)", I),
        lambda m: Meaning("bars", f"{_mean(m):.0f}"),
    ),
    *tempi.NUMBERS,
    (
        re.compile(r"(?<![\d/:])(?P<n>[1-9]\d?)/(?P<d>1|2|4|8|16)(?:拍子?)?(?![\d/])"),
        lambda m: Meaning("meter", f"{m.group('n')}/{m.group('d')}"),
    ),
    *keys.RULES,
    *tempi.BARE,
)


def measures_of(text: str) -> Iterator[tuple[int, int, Meaning]]:
    """Yield (start, end, meaning) of what numbers and notes say; spans don't overlap."""
    left = plain(text)
    for start, end, meaning in moments.hits_of(left):
        yield start, end, meaning
        left = _blanked(left, start, end)
    for pattern, rule in _RULES:
        for found in pattern.finditer(left):
            said = rule(found)
            if said is None:
                continue
            start, end = span_of(found)
            yield start, end, said
            left = _blanked(left, start, end)


def _blanked(text: str, start: int, end: int) -> str:
    """The text without what has been read, as long as before."""
    return text[:start] + "\0" * (end - start) + text[end:]
