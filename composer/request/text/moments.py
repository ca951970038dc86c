"""Moments: hits at times of a picture, and places in the piece where something changes."""

# ruff: noqa: E501 - a pattern reads better whole

import re
from collections.abc import Iterator

from composer.request.picture_hits import clock
from composer.request.text.lexicon import Meaning
from composer.request.text.numbers import NUMBER as _N
from composer.request.text.numbers import number_of
from composer.request.text.rules import I, Rule

_UNIT = r"(?:\s?-?(?:seconds?|secs?|s)\b|\s*秒钟?)"
_TIME = re.compile(
    r"(?P<code>\d{1,2}:\d\d:\d\d[:;]\d\d)(?![\d:])"
    r"|(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<clock>[0-5]\d(?:\.\d+)?)(?![\d:]|;\d)"
    r"|(?P<long>\d+)\s?(?:minutes?|mins?|m|分钟?)\s?(?:and\s)?(?P<rest>\d+(?:\.\d+)?)\s?(?:seconds?\b|secs?\b|s\b|秒)?"
    rf"|第?(?P<seconds>\d+(?:\.\d+)?){_UNIT}"
    rf"|(?P<bare>\d+(?:\.\d+)?)(?=(?:\s*(?:,|and|&|、|和)\s*\d+(?:\.\d+)?)*{_UNIT})",
    I,
)
_A_LENGTH = re.compile(r"\s*(?:long\b|in (?:length|total)|total\b|duration)", I)
_COMMA, _LAST = (
    re.compile(r"\s*[,;/]\s*(?:at\s+)?|\s+(?=\d{1,3}:\d\d)"),
    re.compile(r"\s*,?\s*(?:and|&|和|以及)\s*(?:at\s+)?", I),
)

_NAMED = r"explosions?|gun ?shots?|thunder(?:claps?)?|jump ?scares?|reveals?|logo|title(?: card)?|door slams?|beat drops?|drops?"
_HIT = rf"(?:hit(?:s| points?)?|accent(?:s| points?)?|sync points?|stabs?|stingers?|stings?|impacts?|sync(?:ed|hroni[sz]ed)?|punch(?:es)?|booms?|bangs?|slams?|strikes?|(?:cymbal )?crash(?:es)?|cuts|climax(?:es)?|peaks?|{_NAMED})"
_HIT_CN = "(?:重音|强音|重击|撞击|打击点|爆点|高潮|卡点|爆炸|鼓点)"
_KEPT = re.compile("climax(?:es)?|高潮", I)
"""Words for a hit that say something of the loudness as well."""
_NAME = re.compile(_NAMED, I)
_BEFORE = re.compile(
    rf"\b(?P<word>{_HIT})(?: hits?)?\s*(?:(?:come|fall|land|is|are|needed)s?\s+)?(?:(?:at|on|to|@|:|=|around|right at)\s*(?=\d)|(?=\d{{1,3}}:[0-5]\d))"
    rf"|(?P<chinese>{_HIT_CN})点?(?:在|于|:|是)?\s*(?=\d|第\d)",
    I,
)
_AFTER = re.compile(
    rf"\s*[,:-]?\s*(?:(?:there(?:'s| is| are| should be)|comes?|we (?:need|want)|i (?:need|want)|add|put|with)\s+)?(?:an?\s+|the\s+)?(?:(?!to\b|and\b)[a-z]+\s+)?(?P<word>{_HIT})\b(?!\s*(?:song|single))"
    rf"|\s*(?:处|时|的时候|那里|的地方)?(?:要|需要|各|都|应该)*(?:有|出现|是|加|来|达到|到达|放)?(?:一|两)?(?:个|次|声)?(?:大|强)?(?P<chinese>{_HIT_CN})",
    I,
)
_AT = re.compile(r"\b(?:at|on)\s+(?=\d)|在(?=第?\d)", I)
_CLOCK_HIT = re.compile(rf"(?=(?<![\d:])\d{{1,3}}:[0-5]\d(?:\.\d+)?\s*-?\s*{_HIT}\b)", I)
_CLOCK_CN = re.compile(r"(?<![\d:.分])(?=\d{1,3}:[0-5]\d|第?\d+(?:\.\d+)?[秒分])")


def hits_of(text: str) -> Iterator[tuple[int, int, Meaning]]:
    """Yield (start, end, meaning) of hits: "a hit at 0:12", "at 12.4 s a hit", "0:10处有重音".

    The value has times with a name if there is one, ``0:12; 0:47 explosion``.
    """
    left = text
    for found in _BEFORE.finditer(text):
        word = found.group("word") or found.group("chinese")
        is_one = found.group("word") is not None and not word.lower().endswith("s")
        times, end = _times(text, found.end(), is_one=is_one)
        if times:
            kept = len(word) if _KEPT.fullmatch(word) else 0
            start = found.start() + kept
            start += len(text[start:]) - len(text[start:].lstrip())
            yield start, end, _meaning(times, word)
            left = left[: found.start()] + "\0" * (end - found.start()) + left[end:]
    for pattern in (_AT, _CLOCK_HIT, _CLOCK_CN):
        for found in pattern.finditer(left):
            times, after = _times(left, found.end(), is_one=False)
            hit = _AFTER.match(left, after) if times else None
            if hit is None or (pattern is _CLOCK_CN and not hit.group("chinese")):
                continue
            group = "word" if hit.group("word") else "chinese"
            word = hit.group(group)
            end = hit.start(group) if _KEPT.fullmatch(word) else hit.end()
            yield found.start(), end, _meaning(times, word)
            left = (
                left[: found.start()] + "\0" * (hit.end() - found.start()) + left[hit.end() :]
            )


def _meaning(times: list[str], word: str) -> Meaning:
    name = f" {word.lower().removesuffix('s')}" if _NAME.fullmatch(word) else ""
    return Meaning("hit", "; ".join(f"{time}{name}" for time in times))


def _times(text: str, place: int, *, is_one: bool) -> tuple[list[str], int]:
    """The times that are listed from a place on, as ``--hit`` has them, and where they end.

    ``is_one`` where a comma can't be followed by a second one: a hit at 0:12, 30 seconds.
    """
    times: list[str] = []
    end, is_clock, is_last = place, None, False
    while found := _TIME.match(text, place):
        is_other = is_clock not in (None, _is_clock(found))
        if times and (_A_LENGTH.match(text, found.end()) or (is_other and not is_last)):
            break
        times.append(found.group("code") or clock(_seconds(found)))
        end, is_clock = found.end(), _is_clock(found)
        last, comma = _LAST.match(text, end), None if is_one else _COMMA.match(text, end)
        gap = last or comma
        if gap is None or is_last:
            break
        place, is_last = gap.end(), last is not None
    return times, end


def _is_clock(found: re.Match[str]) -> bool:
    return ":" in found.group()


def _seconds(found: re.Match[str]) -> float:
    groups = found.groupdict()
    if groups["clock"]:
        hours, minutes = int(groups["hours"] or 0), int(groups["minutes"])
        return 3600 * hours + 60 * minutes + float(groups["clock"])
    if groups["long"]:
        return 60 * int(groups["long"]) + float(groups["rest"])
    return float(groups["seconds"] or groups["bare"])


def _bar(found: re.Match[str]) -> Meaning:
    groups = found.groupdict()
    bar = number_of(groups["n"]) + bool(groups.get("after"))
    return Meaning("until" if groups.get("until") else "where", f"bar {bar:.0f}")


def _time(found: re.Match[str]) -> Meaning | None:
    """A place by the clock; what ends then has that length instead."""
    if re.search(r"\b(?:end|stop|finish)\w*\s*$", found.string[: found.start()], I):
        return Meaning("seconds", f"{60 * int(found.group('m')) + float(found.group('s')):g}")
    kind = "until" if found.groupdict().get("until") else "where"
    return Meaning(kind, f"{int(found.group('m'))}:{found.group('s')}")


_RATE = r"(?P<n>23\.976|23\.98|24|25|29\.97|30|50|59\.94|60)"
PLACES: tuple[Rule, ...] = (
    (
        re.compile(rf"(?<![\d.]){_RATE}\s?(?:fps|frames (?:per|a) second|帧)", I),
        lambda m: Meaning("fps", m.group("n")),
    ),
    (
        re.compile(
            rf"\b(?:in |for |over |during |with )?(?:the )?first (?P<n>{_N}) (?:seconds|secs)\b|前(?P<cn>{_N})秒钟?",
            I,
        ),
        lambda m: Meaning("until", clock(number_of(m.group("n") or m.group("cn")))),
    ),
    (
        re.compile(
            rf"\b(?:in |for |over |during |with )?the (?:last|final) (?P<n>{_N}) (?:seconds|secs)\b|最后(?P<cn>{_N})秒钟?",
            I,
        ),
        lambda m: Meaning(
            "where", f"last {number_of(m.group('n') or m.group('cn')):g} seconds"
        ),
    ),
    (
        re.compile(
            r"\bfrom (?P<m>\d{1,3}):(?P<s>[0-5]\d(?:\.\d+)?) (?:to|until|-) (?:\d{1,3}):(?:[0-5]\d(?:\.\d+)?)(?![\d:])",
            I,
        ),
        _time,
    ),
    (
        re.compile(
            rf"\b(?:in|over|for|during|at|on|across|with) the (?:very )?(?:last|final|closing) (?P<n>{_N}) (?:bars|measures)\b"
            rf"|最后(?P<cn>{_N})个?小节",
            I,
        ),
        lambda m: Meaning("where", f"last {number_of(m.group('n') or m.group('cn')):.0f} bars"),
    ),
    (
        re.compile(
            rf"\b(?:(?P<after>after)|(?P<until>until|till)|from|at|in|on|by|starting (?:at|in|from)) (?:bar|measure) (?P<n>{_N})(?: on(?:wards?)?\b)?(?!\s*-\s*\d)",
            I,
        ),
        _bar,
    ),
    (
        re.compile(
            rf"\b(?:in |for |over |during )the (?:very )?first (?P<n>{_N}) (?:bars|measures)\b|前(?P<cn>{_N})个?小节",
            I,
        ),
        lambda m: Meaning("until", f"bar {number_of(m.group('n') or m.group('cn')) + 1:.0f}"),
    ),
    (
        re.compile(rf"\b(?P<after>after) (?:the first )?(?P<n>{_N}) (?:bars|measures)\b", I),
        _bar,
    ),
    (re.compile(rf"(?:从|在)?第(?P<n>{_N})小节(?:开始|起)?(?P<after>后|之后)?"), _bar),
    (
        re.compile(
            r"\b(?:(?P<until>until|till)|at|from|after|by) (?:about |around )?(?P<m>\d{1,3}):(?P<s>[0-5]\d(?:\.\d+)?)(?: on(?:wards?)?\b)?(?![\d:])",
            I,
        ),
        _time,
    ),
)
"""Rules for the places that have numbers; others stand in the lexicon."""
