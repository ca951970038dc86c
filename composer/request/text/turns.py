"""Words that say that something changes: it starts, turns into something, arrives, ends."""

from composer.request.text.reading import Phrase

# ruff: noqa: SIM905 - lists of words are read more easily as text

THENS = frozenset(
    """then becomes becoming become turns turning turn shifts shifting switches switching
    changes changing jumps moves moving goes later
    然后 变成 变为 变到 转为 转到 转成 转入 转 接着 再 后""".split()
)
ENDS = frozenset("end ends ending finish finishes finishing finally 最后 结尾 结束".split())
LATE_ENDS = frozenset({"结束", "收尾"})
"""Chinese says these after what ends."""
ARRIVALS = frozenset({"to", "into", "up", "->", "\u2192", "到", "至"})
STARTS_FROM = frozenset({"from", "从", "由"})


def plain_word(one: Phrase) -> str:
    """The word of a phrase, Chinese without the spaces between its characters."""
    return one.word if one.word.isascii() else one.word.replace(" ", "")
