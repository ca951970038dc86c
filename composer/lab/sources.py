"""The sources of training music: what each is, and how its files have to be read.

One table. The facts behind it (which grid can be believed, which instrument labels are
wrong) were measured per source; the folder of the zips tells them in its README.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """What may be done with a source.

    ``FREE``: its composers licensed it or it is in the public domain. ``CHECKED``: the
    same, on a weaker word. ``COMPARISON``: free arrangements of songs that are not free.
    ``LABELLED``: human mood labels on music that is not free. Only the first two ever
    train the generator.
    """

    FREE = "A"
    CHECKED = "A-check"
    COMPARISON = "P"
    LABELLED = "C"


class Grid(StrEnum):
    """Where a file's bars come from."""

    WRITTEN = "written"
    """The file's own ticks, where the onsets fit them; else the file has no beat."""
    TRUSTED = "trusted"
    """The file's own ticks, always: typeset, or played to a click."""
    HINTS = "hints"
    """As WRITTEN, but a row of tempo_hint.csv overrules the file."""
    ANNOTATED = "annotated"
    """Beats from the annotation beside the file."""
    ESTIMATED = "estimated"
    """Beats estimated from the onsets."""


@dataclass(frozen=True, slots=True)
class Source:
    """One zip. ``style`` None: told by tags and instruments, piece by piece.

    ``programs`` replaces wrong programs; ``keeps_versions``: files of one song are
    versions of the same music, so that together they weigh as one; ``is_scored``: program
    0 means "no instrument named", and names or tags may tell it; ``has_chords``: chord
    symbols lie beside each file; ``has_movements``: files are whole works.
    """

    name: str
    tier: Tier
    grid: Grid = Grid.WRITTEN
    style: str | None = None
    programs: tuple[tuple[int, int], ...] = ()
    keeps_versions: bool = False
    is_scored: bool = False
    has_chords: bool = False
    has_movements: bool = False


_VOICE, _CHOIR, _OBOE = 53, 52, 68

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("3d-movie-maker", Tier.FREE, style="game"),
        Source("blasphemer", Tier.FREE, Grid.HINTS, keeps_versions=True),
        Source("ceoilmusic", Tier.FREE, style="game"),
        Source("easyrpg-pr41", Tier.CHECKED, style="game"),
        Source("easyrpg-rtp", Tier.FREE, style="game"),
        Source("elvis-madrigals", Tier.FREE, Grid.TRUSTED, style="choral"),
        Source("emopia", Tier.LABELLED, Grid.ESTIMATED, style="keyboard"),
        Source("farbrausch-v2m", Tier.FREE, style="electronic"),
        Source("freedink", Tier.FREE, style="game"),
        Source("freedoom", Tier.FREE, Grid.HINTS, keeps_versions=True),
        Source("freedoom-submissions", Tier.CHECKED, keeps_versions=True),
        Source("gbstudio-community", Tier.FREE, style="game"),
        Source("groove", Tier.FREE, Grid.TRUSTED, style="drums"),
        Source("lmms-demos", Tier.FREE, style="electronic"),
        Source("mutopia", Tier.FREE, Grid.TRUSTED, is_scored=True),
        Source("openewld", Tier.CHECKED, style="lead sheet", has_chords=True),
        # hymns are sung: four voices written as four piano tracks
        Source("openhymnal", Tier.FREE, Grid.TRUSTED, style="choral", programs=((0, _CHOIR),)),
        # the voice is written on the oboe's program
        Source(
            "openscore-lieder",
            Tier.FREE,
            Grid.TRUSTED,
            style="song",
            programs=((_OBOE, _VOICE),),
        ),
        Source("openscore-orchestra", Tier.FREE, Grid.TRUSTED, style="orchestra"),
        Source(
            "openscore-quartets", Tier.FREE, Grid.TRUSTED, style="chamber", has_movements=True
        ),
        Source("pop909", Tier.COMPARISON, Grid.ANNOTATED, style="keyboard"),
        Source("simutrans", Tier.FREE, Grid.HINTS, keeps_versions=True),
        Source("small-finds", Tier.CHECKED, style="game"),
        Source("tannerhelland", Tier.FREE),
        Source("vgmidi", Tier.LABELLED, style="keyboard"),
        Source("ym2413", Tier.LABELLED, Grid.ESTIMATED, style="game"),
    )
}
"""Every known source by its name (the zip's name without the suffix)."""

TRAINING_TIERS = frozenset({Tier.FREE, Tier.CHECKED})

FAMILY_SHARES: tuple[tuple[frozenset[str], float], ...] = (
    (frozenset({"band", "game", "electronic"}), 0.40),
    (frozenset({"orchestra"}), 0.18),
    (frozenset({"keyboard"}), 0.11),
    (frozenset({"song"}), 0.10),
    (frozenset({"chamber"}), 0.09),
    (frozenset({"choral"}), 0.04),
    (frozenset({"lead sheet"}), 0.05),
    (frozenset({"drums"}), 0.03),
)
"""Styles to their share of the sampled music; inside a family bars count equally.

Soundtrack music is an eighth of the bars but half of what is asked for. A share of half was
measured to be too much: that music was learnt by heart while the rest still gained.
"""
