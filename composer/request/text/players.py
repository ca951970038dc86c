"""Who plays: instruments with roles, ensembles, and those who must not."""

from collections.abc import Sequence
from dataclasses import dataclass

from composer.request.instruments import MOST_PARTS
from composer.request.text.reading import Phrase, values_of
from composer.score import find_instrument

_PADS = frozenset({"strings", "warm pad", "choir aahs", "voice oohs", "slow strings"})
_SIZES = {"duo": 2, "trio": 3, "quartet": 4}
_USUAL = ("piano", "strings", "flute", "acoustic bass", "drums")
_MARKS = frozenset(".,;:!?()-\n")
_OVER = frozenset({"over", "above", "on top of", "accompanied"})


@dataclass(slots=True)
class Player:
    """An instrument and the role that was said."""

    name: str
    role: str | None = None

    def __str__(self) -> str:
        """Such as ``flute:melody``."""
        return f"{self.name}:{self.role}" if self.role else self.name


def players_of(phrases: Sequence[Phrase]) -> tuple[list[str], list[str], list[str]]:
    """(instruments with roles, instruments denied, those of them that are asked for) of a text.

    What is named outright stays beside others of its family that are denied.
    """
    named = _named(phrases)
    denied = [m.value for p in phrases if p.is_denied for m in p.meanings if m.kind == "inst"]
    denied += [m.value for p in phrases for m in p.meanings if m.kind == "without"]
    base, genres = values_of(phrases, "band"), values_of(phrases, "genre")
    if not base and (denied or any(p.name in ("drums", "taiko drum") for p in named)):
        base = genres[:1] if not named or all(_is_drum(p.name) for p in named) else []
    if not named and not base and denied:
        base = [",".join(_USUAL)]
    if (
        any(p.word in ("quartet", "trio", "duo") for p in phrases)
        and len(named) == 1
        and not base
    ):
        count = next(_SIZES[p.word] for p in phrases if p.word in _SIZES)
        named = named * count
    members = _beyond([name for group in base for name in group.split(",")], named)
    players = [p for p in named if p.name not in denied]
    players += [Player(name) for name in members if not any(_is_of(name, d) for d in denied)]
    clashing = dict.fromkeys(player.name for player in named if player.name in denied)
    told = list(map(str, players[:MOST_PARTS]))
    return told, list(dict.fromkeys(denied)), list(clashing)


def _beyond(members: Sequence[str], named: Sequence[Player]) -> list[str]:
    """The members of an ensemble that are not named beside it already."""
    free = [_kind(player.name) for player in named]
    left = []
    for name in members:
        if _kind(name) in free:
            free.remove(_kind(name))
        else:
            left.append(name)
    return left


def _kind(name: str) -> str:
    """The name; basses stand for one another."""
    return "bass" if "bass" in name and name != "bassoon" else name


def _is_drum(name: str) -> bool:
    return name in ("drums", "taiko drum", "timpani")


def _is_of(name: str, denied: str) -> bool:
    """Whether an instrument is, or belongs to the family of, a denied one."""
    first, second = find_instrument(name), find_instrument(denied)
    if denied == "drums":
        return first[1] or name in ("taiko drum", "woodblock", "melodic tom", "synth drum")
    return not first[1] and (first == second or first[0] // 8 == second[0] // 8 != 5)


def _named(phrases: Sequence[Phrase]) -> list[Player]:  # noqa: C901 - one walk, four marks
    """The instruments that are named, as often as counted, with the roles beside them."""
    players: list[Player] = []
    beside: list[Player] = []
    waiting: str | None = None
    is_under, is_new = False, True
    for one in phrases:
        for meaning in one.meanings:
            if one.is_denied:
                continue
            if meaning.kind == "inst":
                role = waiting or (_under(meaning.value) if is_under else None)
                fresh = [Player(meaning.value, role) for _ in range(one.count)]
                if is_new:
                    beside = []
                beside, waiting, is_new = [*beside, *fresh], None, False
                known = {player.name for player in players}
                players += [p for p in fresh if one.count > 1 or p.name not in known]
            elif meaning.kind == "role" and beside:
                _give(beside, meaning.value)
                beside, is_new = [], True
            elif meaning.kind == "role":
                waiting = meaning.value
        if one.word in _OVER:
            for player in players[-1:]:
                player.role = player.role or "melody"
            is_under, beside = bool(players), []
        if one.word == "with":
            beside = []
        if one.word in _MARKS:
            is_new, waiting, is_under = True, None, is_under and one.word == ","
            beside = []
    return [_lawful(player) for player in players]


def _give(beside: Sequence[Player], role: str) -> None:
    """Give a role to what stands beside it: to all for a backing, else to the last."""
    for player in beside if role == "harmony" else beside[-1:]:
        player.role = "bass" if role == "harmony" and "bass" in player.name else role


def _under(name: str) -> str:
    if "bass" in name and name != "bassoon":
        return "bass"
    return "pad" if name in _PADS else "harmony"


def _lawful(player: Player) -> Player:
    """Drums have no other role."""
    return Player(player.name) if player.name == "drums" else player
