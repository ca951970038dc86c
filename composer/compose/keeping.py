"""What keeps notes to their plan: for each attribute, what is added to the model's logits."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from composer.compose.accidentals import Accidentals
from composer.compose.character import Character
from composer.compose.density import Densities
from composer.compose.leaning import Harmonies
from composer.compose.offbeats import OffBeats
from composer.compose.ostinatos import Ostinatos
from composer.compose.presence import Presences
from composer.compose.register import Registers
from composer.compose.texture import Textures
from composer.language.rows import Legal, Row
from composer.language.stream import Stream
from composer.plan import Plan

Lean = Callable[[Stream, Row, Legal], Sequence[float]]
"""From the stream, the drafted row and the legal values to what is added to each."""
Leans = Mapping[str, tuple[Lean, ...]]

NO_LEANS: Leans = MappingProxyType({})


def leans_of(plan: Plan, character: Character) -> Leans:
    """What the notes of a complete plan lean to, by attribute."""
    densities, registers, textures = Densities(plan), Registers(plan), Textures(plan)
    harmonies, presences = Harmonies(plan), Presences(plan)
    accidentals, ostinatos = Accidentals(plan, character), Ostinatos(plan, character)
    return {
        "kind": (presences.kinds,),
        "part": (presences.parts,),
        "pitch": (harmonies.pitches, registers.pitches, accidentals.pitches),
        "shift": (accidentals.shifts,),
        "source": (densities.sources, ostinatos.sources),
        "count": (densities.counts,),
        "beat": (textures.beats,),
        "sub": (textures.subs, OffBeats(plan).subs),
    }
