"""What is said with numbers and notes: lengths, tempi, meters, keys, chords."""

# ruff: noqa: E501 - a pattern reads better whole

import re
from collections.abc import Callable, Iterator

from composer.request.text.lexicon import Meaning
from composer.request.text.numbers import NUMBER as _N
from composer.request.text.numbers import chinese_number, number_of
from composer.request.text.tokens import plain

_USUAL_METERS = frozenset(
    ("2/2", "2/4", "3/4", "4/4", "5/4", "6/4", "3/8", "5/8", "6/8", "7/8", "9/8", "12/8")
)
_TO = r"\s*(?:-|to|and|or|到|至|~)\s*"
_MIN = r"[ -]?(?:minutes?|mins?(?![a-z])|m(?![a-z])|分钟|分(?!之))"
_SEC = r"[ -]?(?:seconds?|secs?\b|s\b|秒钟|秒)"
_YEARS = re.compile(r"(?P<century>19)?[2-9]0s", re.IGNORECASE)
_BEFORE_YEARS = re.compile(r"\b(?:in|of|from) the (?:19)?$", re.IGNORECASE)
_BEFORE_MOMENTS = re.compile(
    r"\b(?:at|from|until|till|by|after|before|hits?)\s*$", re.IGNORECASE
)
_AFTER_YEARS = re.compile(
    r"[ -](?:synth|electro|disco|pop|rock|punk|funk|soul|metal|house|techno|rave|hip|rap|dance"
    r"|new wave|anime|arcade|cartoon|sitcom|style|sound|vibe|feel|era|retro|inspired|kids)",
    re.IGNORECASE,
)
_NOTE = r"(?:(?P<letter>[A-G])(?:\s?(?P<sign>#|b(?![a-z])|-?\s?sharp|-?\s?flat))?)"
_MAJOR = "major|maj|dur|lydian|mixolydian|ionian"
_MINOR = "minor|min|moll|dorian|phrygian|aeolian|locrian"


def _mean(found: re.Match[str]) -> float:
    """The number, or the middle of two."""
    numbers = [number_of(found.group(name)) for name in ("n", "to") if found.group(name)]
    return sum(numbers) / len(numbers)


def _seconds(found: re.Match[str]) -> Meaning | None:
    """A length, unless it is an age: 80s synthpop, as in the 70s."""
    before, after = found.string[: found.start()], found.string[found.end() :]
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


def _bpm(found: re.Match[str]) -> Meaning:
    low = number_of(found.group("n"))
    high = number_of(found.group("to")) if found.groupdict().get("to") else low
    return Meaning("bpm", f"{low:g}-{high:g}")


def _key(found: re.Match[str]) -> Meaning:
    groups = found.groupdict()
    sign = (groups.get("sign") or "").replace("sharp", "#").replace("flat", "b").strip(" -")
    sign = {"升": "#", "降": "b"}.get(groups.get("shift") or "", sign)
    word = (groups.get("mode") or "").lower()
    minor = word == "m" or "小" in word or any(w and word == w for w in _MINOR.split("|"))
    return Meaning(
        "key", f"{found.group('letter').upper()}{sign} {'minor' if minor else 'major'}"
    )


def _worth(kind: str, value: str) -> Callable[[re.Match[str]], Meaning]:
    return lambda found: Meaning(kind, value)  # noqa: ARG005 - all rules look the same


_I = re.IGNORECASE
_CN = "[一二三四五六七八九十]{1,2}"
_CHORD = r"[A-G][#b]?(?:maj7|m7b5|min|maj|m|dim|aug|sus[24]?|add9|6|7|9)*(?:/[A-G][#b]?)?"
_NUMERAL = r"[#b]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?:7|maj7|°)?"
_SECTION = "(?:intro|verse|chorus|bridge|build|drop|break|outro)"
_PLACE = (
    rf"\b(?i:in|at|for|during|of|through|on|within) (?i:the |each |every )?"
    rf"(?:(?P<name>(?i:{_SECTION}))s?\b|(?i:section|part) (?P<letter>[A-P])\b"
    r"|(?P<other>[A-P])(?i:[ -](?:section|part)s?)\b)"
    r"|\b(?i:the |each |every |a )?(?P<bare>(?i:intro|verse|chorus|bridge|outro))s?\b"
    r"(?! (?i:singer|effect))"
)
_THEN = r"(?:\s*[,;/+-]\s*|\s+)(?:(?:and|then|and then)\s+)?(?:an?\s+)?"
_LONG_SECTION = (
    rf"({_N})[ -]bars? ({_SECTION})\b|({_SECTION})[ :]*(?:of )?\(?({_N})[ -]bars?\b\)?"
)
_FORMS = {
    "binary": "AB",
    "ternary": "ABA",
    "rondo": "ABACA",
    "三段式": "ABA",
    "回旋曲": "ABACA",
}


def _long_sections(text: str) -> Iterator[str]:
    """``intro:8`` of "8 bar intro" and of "intro (8 bars)"."""
    for found in re.finditer(_LONG_SECTION, text, _I):
        before, name, late_name, after = (word or "" for word in found.groups())
        yield f"{(name or late_name).lower()}:{number_of(before or after):.0f}"


def _letters(found: re.Match[str]) -> Meaning | None:
    """A form such as AABA: letters in order, one of which returns; AAA and ABBA are names."""
    letters = found.group("letters").replace("-", "")
    order = list(dict.fromkeys(letters.replace("'", "")))
    is_form = order == sorted(order) and 1 < len(order) < len(letters)
    is_said = found.group("form") is not None
    return Meaning("form", letters) if is_form and (is_said or letters != "ABBA") else None


def _place(found: re.Match[str]) -> Meaning:
    groups = found.groupdict()
    name = groups["name"] or groups["bare"]
    return Meaning("place", name.lower() if name else groups["letter"] or groups["other"])


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Meaning | None]]
_RULES: tuple[Rule, ...] = (
    (
        re.compile(
            r"\b(?P<letters>A'?(?:-?[A-F]'?){2,9})(?![\w'])(?P<form>[ -](?:form|structure))?"
        ),
        _letters,
    ),
    (
        re.compile(rf"\b{_SECTION}(?:(?:\s*[,/-]\s*|\s+)(?:and )?{_SECTION}\b){{1,15}}", _I),
        lambda m: Meaning("form", " ".join(re.findall(_SECTION, m.group().lower()))),
    ),
    (
        re.compile(rf"\b(?:{_LONG_SECTION})(?:{_THEN}(?:{_LONG_SECTION})){{1,15}}", _I),
        lambda m: Meaning("form", " ".join(_long_sections(m.group()))),
    ),
    (
        re.compile(
            r"\b(?P<name>binary|ternary|rondo)(?: form)?\b|(?P<chinese>三段式|回旋曲)", _I
        ),
        lambda m: Meaning("form", _FORMS[m.group().lower().split()[0]]),
    ),
    (re.compile(_PLACE), _place),
    (re.compile(r"\bii-?\s?v-?\s?i\b|\b2-5-1\b", _I), _worth("progression", "ii-v-i")),
    (
        re.compile(r"\b(?:12|twelve)[- ]bars? (?:of )?blues\b", _I),
        _worth("progression", "twelve-bar-blues"),
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
        re.compile(rf"(?P<d>{_CN})分之(?P<n>{_CN})拍?|(?P<one>{_CN})(?P<other>{_CN})拍子?"),
        _beats,
    ),
    (re.compile(r"(?<!\d)(\d{1,2}):([0-5]\d(?:\.\d+)?)(?!\d)"), _clock),
    (re.compile(r"\b(?:a )?(?:minute and a half)\b|一分半钟?", _I), _worth("seconds", "90")),
    (re.compile(r"\bhalf (?:a )?minute\b|半分钟", _I), _worth("seconds", "30")),
    (
        re.compile(
            rf"(?P<n>{_N})(?:{_TO}(?P<to>{_N}))?(?P<half> and a half|半)?{_MIN}(?P<more>半钟?)?"
            rf"(?:\s*(?:and\s+)?(?P<rest>{_N})(?:{_SEC})?(?!\s*(?:bpm|bars?|小节|拍)))?",
            _I,
        ),
        _minutes,
    ),
    (re.compile(r"\ba minute\b|\bone minute\b", _I), _worth("seconds", "60")),
    (re.compile(rf"(?P<n>{_N})[ -]?(?:hours?\b|hrs?\b|个?小时)", _I), _hours),
    (re.compile(rf"(?P<n>{_N})(?:{_TO}(?P<to>{_N}))?{_SEC}", _I), _seconds),
    (
        re.compile(
            rf"(?P<n>{_N})(?:{_TO}(?P<to>{_N}))?\s*-?(?:bars?\b|measures?\b|个?小节)", _I
        ),
        lambda m: Meaning("bars", f"{_mean(m):.0f}"),
    ),
    (
        re.compile(
            rf"(?P<n>{_N})(?:{_TO}(?P<to>{_N}))?\s*-?(?:bpm|beats (?:per|a) minute|拍每分钟?|qpm)",
            _I,
        ),
        _bpm,
    ),
    (re.compile(rf"每分钟?(?P<n>{_N})拍"), _bpm),
    (re.compile(rf"速度(?:是|为|约|大约|大概|在)*\s*(?P<n>{_N})(?:{_TO}(?P<to>{_N}))?"), _bpm),
    (
        re.compile(
            r"(?:bpm|tempo|speed|quarter(?: note)?|♩)\s*(?:of|is|=|:|around|about|at)*\s*"
            rf"(?P<n>\d{{2,3}})(?:{_TO}(?P<to>\d{{2,3}}))?(?![\d/])",
            _I,
        ),
        _bpm,
    ),
    (
        re.compile(r"(?<![\d/:])(?P<n>[1-9]\d?)/(?P<d>1|2|4|8|16)(?:拍子?)?(?![\d/])"),
        lambda m: Meaning("meter", f"{m.group('n')}/{m.group('d')}"),
    ),
    (
        re.compile(
            r"(?P<shift>[升降])?(?P<letter>[A-Ga-g])(?P<sign>#|b)?\s*(?P<mode>大调|小调|调)"
        ),
        _key,
    ),
    (
        re.compile(
            rf"(?<![\w#])(?i:{_NOTE})(?:[ -]?)(?P<mode>(?i:{_MAJOR}|{_MINOR}))\b(?! (?:key|mode|tonality))"
        ),
        _key,
    ),
    (re.compile(rf"(?<![\w#]){_NOTE}(?P<mode>m)(?![\w#])"), _key),
    (
        re.compile(
            rf"\b(?P<mode>(?i:lydian|dorian|phrygian|mixolydian|aeolian|locrian))\b.{{0,18}}?\b(?:on|in)\s+{_NOTE}(?![\w#])"
        ),
        _key,
    ),
    (re.compile(rf"\b(?:in|key of|key:|key)\s+(?:the key of )?{_NOTE}(?![\w#'])"), _key),
    (re.compile(rf"(?<![\w#]){_NOTE}(?=\s*(?:[,.;]|$))(?![\w#])"), _key),
    (
        re.compile(r"(?:\bat |[,;\0]\s*)(?P<n>[4-9]\d|1\d\d|2[0-3]\d)(?!\s*(?:[\d:/%-]|\w))"),
        _bpm,
    ),
    (re.compile(r"\bat (?P<n>[4-9]\d|1\d\d|2[0-3]\d)(?![\d:/%])"), _bpm),
)


def measures_of(text: str) -> Iterator[tuple[int, int, Meaning]]:
    """Yield (start, end, meaning) of what numbers and notes say; spans don't overlap."""
    left = plain(text)
    for pattern, rule in _RULES:
        for found in pattern.finditer(left):
            meaning = None if _is_article(left, found) else rule(found)
            if meaning is None:
                continue
            yield found.start(), found.end(), meaning
            blank = "\0" * (found.end() - found.start())
            left = left[: found.start()] + blank + left[found.end() :]


def _is_article(text: str, found: re.Match[str]) -> bool:
    """Whether the note is the word ``a``: a minor problem, but not in a minor."""
    if found.groupdict().get("letter") != "a" or text[found.start() : found.end()][1:2] != " ":
        return False
    before = text[: found.start()].rstrip().lower()
    after = text[found.end() :].lstrip()
    is_led = not before or before[-1] in ",;.:" or before.endswith(" in")
    return not (is_led and (not after or after[0] in ",.;:!?"))
