"""Composer: a loaded model that composes pieces."""

import random
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Unpack, overload

from composer.api.originality import known_music
from composer.api.piece import Piece
from composer.compose import (
    HUMANISED,
    TRIES,
    Progress,
    Sampling,
    complete_plan,
    compose,
    silent,
)
from composer.errors import RequestError
from composer.model import DEFAULT_ENGINE, Engine, load_engine
from composer.originality import Index
from composer.plan import Plan
from composer.request import Wishes, build_plan, shape_plan
from composer.request.text import remarks_of, understand, with_flags

_DRAWN_SEEDS = 1_000_000
_MOST_SEEDS = 2**63


def seeds_of(seed: int | None, count: int = 1) -> list[int]:
    """A seed for each of ``count`` pieces: ``seed`` and those after it.

    So every piece can be had again alone. None draws a first seed from the system.
    Raises RequestError for a negative seed or less than one piece.
    """
    if count < 1:
        raise RequestError(f"at least 1 piece can be composed, not {count}")
    if seed is None:
        seed = secrets.randbelow(_DRAWN_SEEDS)
    if not 0 <= seed <= _MOST_SEEDS - count:
        raise RequestError(f"a seed lies between 0 and 2^63, not {seed}")
    return list(range(seed, seed + count))


class Composer:
    """Composes with one engine: ``Composer.load().generate(mood="sad", bars=16)``."""

    def __init__(self, engine: Engine, known: Index | None = None) -> None:
        """Compose with ``engine``, trying not to borrow from ``known`` music."""
        self._engine, self._known = engine, known

    @classmethod
    def load(
        cls, checkpoint: str | Path | None = None, *, engine: str = DEFAULT_ENGINE
    ) -> "Composer":
        """Load a checkpoint's folder; None takes the one that comes with composer.

        ``engine`` is one of ``composer.model.ENGINES``; ``torch`` needs the extra ``train``.
        Raises CheckpointError where the checkpoint is missing, damaged or foreign, InputError
        where its index of melodies is damaged, RequestError for an unknown engine,
        MissingExtraError for one without its package.
        """
        return cls(load_engine(checkpoint, engine), known_music(checkpoint))

    @overload
    def generate(
        self,
        text: str | None = None,
        *,
        seed: int | None = None,
        count: None = None,
        sampling: Sampling | None = None,
        humanised: float = HUMANISED,
        tries: int = TRIES,
        **wishes: Unpack[Wishes],
    ) -> Piece: ...

    @overload
    def generate(
        self,
        text: str | None = None,
        *,
        seed: int | None = None,
        count: int,
        sampling: Sampling | None = None,
        humanised: float = HUMANISED,
        tries: int = TRIES,
        **wishes: Unpack[Wishes],
    ) -> list[Piece]: ...

    def generate(
        self,
        text: str | None = None,
        *,
        seed: int | None = None,
        count: int | None = None,
        sampling: Sampling | None = None,
        humanised: float = HUMANISED,
        tries: int = TRIES,
        **wishes: Unpack[Wishes],
    ) -> Piece | list[Piece]:
        """Compose a piece, or with ``count`` a list of pieces, from words and numbers.

        ``text`` asks in words (``composer.request.text``); the other wishes overrule it.
        A piece depends on the wishes, its seed, ``tries``, the checkpoint and the engine
        alone. Raises RequestError with one line for what can't be.
        """
        plan = _asked(text, wishes)
        pieces = [
            self.compose(plan, seed=each, sampling=sampling, humanised=humanised, tries=tries)
            for each in seeds_of(seed, 1 if count is None else count)
        ]
        return pieces[0] if count is None else pieces

    def plan(self, *, seed: int | None = None, **wishes: Unpack[Wishes]) -> Plan:
        """Complete the plan that ``generate`` would write the music of."""
        return self.complete(build_plan(**wishes), seed=seed)

    def complete(
        self,
        plan: Plan,
        *,
        seed: int | None = None,
        sampling: Sampling | None = None,
        tries: int = TRIES,
    ) -> Plan:
        """Fill what is open in a plan; the result holds its seed and stays as it is.

        The best of ``tries`` plans is kept. ``compose`` with the same seed, sampling and tries
        writes the music of this very plan.
        """
        (seed,) = seeds_of(plan.seed if seed is None else seed)
        whole = complete_plan(
            _shaped(plan, seed), self._engine, seed=seed, sampling=sampling, tries=tries
        )
        return replace(whole, seed=seed)

    def compose(
        self,
        plan: Plan,
        *,
        seed: int | None = None,
        sampling: Sampling | None = None,
        humanised: float = HUMANISED,
        tries: int = TRIES,
        on_progress: Progress = silent,
    ) -> Piece:
        """Compose a piece from a plan, open or complete; None takes the plan's own seed.

        ``humanised`` 0 leaves the notes on the grid, 1 plays them freely. Of ``tries`` plans
        and then of ``tries`` times the notes the best are kept (``composer.compose.ranking``).
        ``on_progress`` is told the bars done and in all, over all tries.
        """
        (seed,) = seeds_of(plan.seed if seed is None else seed)
        made = compose(
            _shaped(plan, seed),
            self._engine,
            seed=seed,
            sampling=sampling,
            humanised=humanised,
            tries=tries,
            known=self._known,
            on_progress=on_progress,
        )
        return Piece(made.score, made.plan, seed, made.plan_tries, made.note_tries)


def _asked(text: str | None, wishes: Wishes) -> Plan:
    """The plan of a text's wishes under those given; its remarks tell how it was read."""
    if text is None:
        return build_plan(**wishes)
    understood = understand(text)
    merged, overruled = with_flags(understood, wishes)
    plan = build_plan(**merged)
    return replace(plan, remarks=(*remarks_of(understood), *overruled, *plan.remarks))


def _shaped(plan: Plan, seed: int) -> Plan:
    """The plan with what its mood decides."""
    return shape_plan(plan, rng=random.Random(seed))  # noqa: S311 - music, no secret
