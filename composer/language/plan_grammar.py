"""Which values of a plan's parts and bars are legal, given those chosen before."""

from composer.language import vocabulary as v
from composer.language.rows import Row
from composer.plan import Role

_INSTRUMENT = v.COLUMN["instrument"]
_DRUMS_ROLE = v.ROLES.index(Role.DRUMS) + 1
_NO_CHORD_QUALITY = v.QUALITIES.index("N.C.") + 1
_ROOTS = {
    name + number: v.COLUMN["root" + number]
    for name in ("quality", "bass")
    for number in ("", "2")
}
"""Column of the root that a chord's other attributes belong to."""


def part_values(row: Row, attribute: str, *, has_drums: bool) -> list[int]:
    """Legal values in a drafted part; ``has_drums`` tells of the parts before it."""
    is_drums = row[_INSTRUMENT] == v.DRUMS
    if attribute == "instrument" and has_drums:
        return _all_but(attribute, v.DRUMS)
    if attribute == "role":
        return [_DRUMS_ROLE] if is_drums else _all_but(attribute, _DRUMS_ROLE)
    if attribute == "register" and is_drums:
        return [0]
    return _all_but(attribute)


def bar_values(row: Row, attribute: str) -> list[int]:
    """Legal values in a drafted bar of the plan."""
    if attribute in _ROOTS:
        is_bass = attribute.startswith("bass")
        root = row[_ROOTS[attribute]]
        if root in (0, v.HOLD):
            return [0]
        if root == v.NO_ROOT:
            return [1 if is_bass else _NO_CHORD_QUALITY]
        return _all_but(attribute) if is_bass else _all_but(attribute, _NO_CHORD_QUALITY)
    if attribute == "root2" and row[v.COLUMN["root"]] == 0:
        return [0]
    return _all_but(attribute)


def _all_but(attribute: str, value: int = 0) -> list[int]:
    """All values of an attribute except 0 and one more."""
    return [other for other in range(1, v.SIZES[attribute]) if other != value]
