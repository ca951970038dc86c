"""Numbers that are written in digits, in English words or in Chinese."""

import re

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: number for number, word in enumerate(_ONES)} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}

_SMALL = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:10])}))?"
    rf"|{'|'.join(_ONES[:0:-1])})"
)
_WORD = rf"(?:(?:a|one|two|three) hundred(?:(?: and)? {_SMALL})?|{_SMALL})"
NUMBER = rf"(?:\d+(?:\.\d+)?|\b{_WORD}\b|[零一二三四五六七八九十百两]+)"


def number_of(text: str) -> float:
    """The number that digits or words say."""
    text = text.strip().lower()
    if re.match(r"^[\d.]+$", text):
        return float(text)
    if text[0] in _CHINESE or text[0] in "十百":
        return chinese_number(text)
    hundreds, _, rest = text.rpartition("hundred")
    words = rest.removeprefix(" and").split() if hundreds else text.split()
    ones = sum(_WORDS[word] for word in re.split(r"[ -]", " ".join(words)) if word)
    return float(100 * _WORDS.get(hundreds.strip(), 1) * bool(hundreds) + ones)


def chinese_number(text: str) -> float:
    """Such as 一百二十, 十六, 八."""
    total, digit = 0, 0
    for c in text:
        if c in "十百":
            total, digit = total + (digit or 1) * (10 if c == "十" else 100), 0
        else:
            digit = _CHINESE[c]
    return float(total + digit)
