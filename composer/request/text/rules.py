"""What the rules that read numbers, notes and sections have in common."""

import re
from collections.abc import Callable

from composer.request.text.lexicon import Meaning

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Meaning | None]]
"""A pattern, and what is meant where it is found; None where nothing is, after all.

The words that mean it are the group ``said`` where the pattern has one, else all of it.
"""

I = re.IGNORECASE  # noqa: E741 - as in the standard library
TO = r"\s*(?:-|to|and|or|到|至|~)\s*"
"""What stands between the ends of a range."""
CN = "[一二三四五六七八九十]{1,2}"


def worth(kind: str, value: str) -> Callable[[re.Match[str]], Meaning]:
    """The rule of a pattern that always means the same."""
    return lambda found: Meaning(kind, value)  # noqa: ARG005 - all rules look the same


def span_of(found: re.Match[str]) -> tuple[int, int]:
    """Where the words stand that a rule's pattern reads."""
    return found.span("said" if "said" in found.groupdict() else 0)
