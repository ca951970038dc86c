"""What is chosen of an event, in which order, and what is known by then."""

from composer.language import vocabulary as v

GROUPS = {"part": "plan", "plan": "plan", "cell": "music", "note": "music"}
"""Kinds with attributes, and whose small network chooses them."""
NETWORKS: tuple[str, ...] = ("kind", *dict.fromkeys(GROUPS.values()))
"""Names of the small networks."""
CHOICES: tuple[str, ...] = (
    "kind",
    *dict.fromkeys(name for kind in GROUPS for name in v.ATTRIBUTES[kind]),
)
"""Everything that is chosen, in the order of its scores in one long output."""
OUTPUTS = sum(v.SIZES[name] for name in CHOICES)
"""Number of scores of all choices together."""


def span(name: str) -> slice:
    """Where the scores of choice ``name`` stand among all outputs."""
    start = sum(v.SIZES[other] for other in CHOICES[: CHOICES.index(name)])
    return slice(start, start + v.SIZES[name])


def newly_given(kind: str) -> list[list[int]]:
    """For each attribute of ``kind``, the columns that become known just before it.

    Masks are left out: they have no embeddings, a head looks at them in its own way.
    """
    given: list[list[int]] = []
    before = [0, *(v.COLUMN[name] for name in v.KNOWN_FIRST.get(kind, ()))]
    for name in v.ATTRIBUTES[kind]:
        revealed = (column for column in v.REVEALED.get(name, ()) if column not in v.MASKS)
        given.append([*before, *(v.COLUMN[column] for column in revealed)])
        before = [v.COLUMN[name]]
    return given


def given_before(kind: str) -> dict[str, list[int]]:
    """For each attribute of ``kind``, all columns that are known when its turn comes."""
    known: list[int] = []
    found = {}
    for name, columns in zip(v.ATTRIBUTES[kind], newly_given(kind), strict=True):
        known += columns
        found[name] = list(known)
    return found
