"""The training program: prepared shards in, checkpoint out.

    shards -> windows -> batches -> network -> optimiser -> averaged weights -> checkpoint

It resumes exactly from ``out/state``, logs JSON lines to ``out/log.jsonl``, keeps
``out/checkpoint`` usable all the time, stops cleanly at Ctrl-C or SIGTERM, and runs
unchanged under torchrun (``torchrun --nproc-per-node 2 -m composer.lab.train_command ...``).
"""

import contextlib
import gc
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from composer.errors import CheckpointError, InputError
from composer.lab.batches import Batch, batches
from composer.lab.crops import Crop
from composer.lab.design import Design
from composer.lab.progress import LOG, Progress, progress_bar
from composer.lab.recipe import Recipe
from composer.lab.session import Session, Stop, stop_signal
from composer.lab.shards import Shard, read_shard
from composer.lab.team import Team, team
from composer.lab.training_state import Average, load_state, save_state
from composer.lab.validation import Sums, add_losses, held_out_crops, summary, validate
from composer.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from composer.model.config import ModelConfig
from composer.model.network import fill, tensors

TRAIN, HELD_OUT = "train.npz", "held_out.npz"
_ALONE = Team()
STATE_FOLDER, CHECKPOINT_FOLDER = "state", "checkpoint"


def train(
    prepared: Path,
    out: Path,
    config: ModelConfig,
    recipe: Recipe,
    session: Session | None = None,
) -> Progress:
    """Train, or go on training, in ``out`` on the shards of the folder ``prepared``.

    Returns how far the run has come. Raises InputError for missing shards and
    CheckpointError for a state that is damaged or of another network.
    """
    session = session or Session()
    with team() as joined, stop_signal() as stop:
        run = Run(prepared, out, config, recipe, session, team=joined)
        run.go(stop)
        return run.progress


class Run:
    """One process of a training session."""

    def __init__(
        self,
        prepared: Path,
        out: Path,
        config: ModelConfig,
        recipe: Recipe,
        session: Session,
        *,
        team: Team = _ALONE,
        design: Design | None = None,
    ) -> None:
        self.out, self.recipe, self.session, self.team = out, recipe, session, team
        self.design = design or Design()
        if session.threads:
            torch.set_num_threads(session.threads)
        self.shard = read_shard(prepared / TRAIN)
        if not len(self.shard):
            raise InputError(f"{prepared / TRAIN} holds no pieces")
        held_out = read_shard(prepared / HELD_OUT) if session.validate_steps else self.shard
        self.sources = held_out.meta["sources"]
        self.held_out = self._validation_crops(held_out, config)
        torch.manual_seed(recipe.seed)
        self.network = self.design.network(config, recipe.dropout).to(self.team.device)
        self.optimiser = self.design.optimiser(
            self.network,
            muon_rate=recipe.muon_rate,
            adam_rate=recipe.adam_rate,
            decay=recipe.decay,
        )
        self.average = Average(self.network, recipe.average)
        self.progress = self._resumed()
        self.wrapped: nn.Module = (
            DistributedDataParallel(self.network) if self.team.size > 1 else self.network
        )
        self.network.train()
        self._choose_precision()

    def go(self, stop: Stop) -> None:
        """Step until the session or the run is over, then write everything."""
        self._log(
            {"event": "start", "recipe": asdict(self.recipe), "processes": self.team.size}
        )
        started = saved = time.monotonic()
        first, is_done = self.progress.step, self._is_done()
        with progress_bar(self.recipe, is_shown=self.team.rank == 0) as show:
            while not is_done:
                self.step()
                show(self.progress)
                now = time.monotonic()
                if now - saved > 60 * self.session.save_minutes:
                    self._save()
                    saved = now
                is_done = self.team.agreed(
                    stop.is_asked
                    or self._is_done()
                    or self.progress.step - first == self.session.steps
                    or 0 < 60 * self.session.minutes < now - started
                )
        self._save()
        self._leave()

    def _validation_crops(self, shard: Shard, config: ModelConfig) -> list[Crop]:
        if self.team.rank or not self.session.validate_steps:
            return []
        return held_out_crops(shard, self.session.validate_pieces, config.context)

    def _resumed(self) -> Progress:
        sizes = self.network.config.as_json()
        found = load_state(
            self.out / STATE_FOLDER, self.network, self.optimiser, self.average, sizes
        )
        if found is None and self.recipe.start:
            self._start_from(load_checkpoint(Path(self.recipe.start)))
        return found or Progress()

    def _start_from(self, known: Checkpoint) -> None:
        config = self.network.config
        if known.config != config:
            raise CheckpointError(
                f"{self.recipe.start} has other sizes ({known.config.as_json()}) than this run"
                f" ({config.as_json()})"
            )
        fill(self.network, known)
        self.average.restart(self.network)

    def _is_done(self) -> bool:
        return self.recipe.fraction(self.progress.step, self.progress.seconds) >= 1

    def step(self) -> None:
        """Draw a step's windows, learn from them, and write down how it went."""
        started = time.monotonic()
        step = self.progress.step
        crops = self.design.crops(
            self.shard,
            self.recipe.seed,
            step,
            self.recipe.events_per_step,
            self.network.config.context,
        )
        events = sum(len(crop.rows) - 1 for crop in crops)
        mine = batches(crops, self.recipe.events_per_batch, self.team.size)[
            self.team.rank :: self.team.size
        ]
        torch.manual_seed((self.recipe.seed * 1_000_003 + step) * 1009 + self.team.rank)
        sums = self._gradients(mine, events)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        scale = self.team.shared(self.recipe.rate(step, self.progress.seconds))
        self.optimiser.step(scale, step + 1)
        self.average.update(self.network, step + 1)
        seconds = time.monotonic() - started
        self.progress = Progress(
            step + 1,
            self.progress.events + events,
            self.progress.seconds + seconds,
            self.progress.precision,
        )
        self._report(sums, mine, float(norm), scale, events / seconds)

    def _gradients(self, mine: list[Batch], events: int) -> Sums:
        """Gradients of the mean over all processes' events; returns this one's losses."""
        self.network.zero_grad(set_to_none=True)
        sums: Sums = {}
        for index, batch in enumerate(mine):
            is_last = index == len(mine) - 1
            wait = (
                self.wrapped.no_sync()
                if isinstance(self.wrapped, DistributedDataParallel) and not is_last
                else contextlib.nullcontext()
            )
            with wait:
                losses = self._losses(batch)
                total = torch.stack([nats for nats, _ in losses.values()]).sum()
                (total * (self.team.size / events)).backward()  # type: ignore[no-untyped-call]
            add_losses(sums, losses)
        return sums

    def _losses(self, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
        is_half = self.progress.precision == "bf16"
        with torch.autocast(self.team.device.type, torch.bfloat16, enabled=is_half):
            found: dict[str, tuple[Tensor, Tensor]] = self.wrapped(
                *tensors(batch.rows, batch.condition, self.team.device)
            )
        return found

    def _choose_precision(self) -> None:
        """Measure bf16 and fp32 once a run, so that a resumed run computes alike."""
        if self.recipe.precision != "auto":
            self.progress = replace(self.progress, precision=self.recipe.precision)
        elif not self.progress.precision:
            rounds = [
                {name: self._seconds_at(name) for name in ("bf16", "fp32")} for _ in range(3)
            ]
            taken = {name: min(found[name] for found in rounds) for name in rounds[0]}
            is_half = self.team.agreed(taken["bf16"] < taken["fp32"])
            self.progress = replace(self.progress, precision="bf16" if is_half else "fp32")
            self._log({"event": "precision", "seconds": taken})

    def _seconds_at(self, precision: str) -> float:
        """Real time of one pass over a small batch."""
        self.progress = replace(self.progress, precision=precision)
        limit = self.network.config.context
        crops = self.design.crops(self.shard, self.recipe.seed, 0, min(limit, 1024), limit)
        batch, *_ = batches(crops, self.recipe.events_per_batch)
        started = time.monotonic()
        self._gradients([batch], batch.rows.size)
        return time.monotonic() - started

    def _report(
        self, sums: Sums, mine: list[Batch], norm: float, scale: float, speed: float
    ) -> None:
        step = self.progress.step
        if self.team.rank:
            return
        if step % self.session.log_steps == 0 or step == 1:
            notes = sum(batch.notes for batch in mine)
            self._log(
                {
                    "event": "step",
                    **asdict(self.progress),
                    "gradient": norm,
                    "rate": scale,
                    "events_per_second": speed,
                    "nats": summary(sums, notes),
                }
            )
        if self.held_out and (step % self.session.validate_steps == 0 or self._is_done()):
            self._validate()

    def _validate(self) -> None:
        with self.average.lent_to(self.network):
            found = validate(
                self.network, self.held_out, self.sources, self.recipe.events_per_batch
            )
        self._log({"event": "validation", "step": self.progress.step, "nats": found})

    def _save(self) -> None:
        if self.team.rank:
            return
        config = self.network.config
        save_state(
            self.out / STATE_FOLDER,
            self.network,
            self.optimiser,
            self.average,
            progress=self.progress,
            settings=config.as_json(),
        )
        weights = {name: w.float().cpu().numpy() for name, w in self.average.weights.items()}
        card = _CARD.format(
            step=self.progress.step,
            events=self.progress.events,
            parameters=sum(array.size for array in weights.values()),
        )
        save_checkpoint(self.out / CHECKPOINT_FOLDER, Checkpoint(config, weights), card)

    def _leave(self) -> None:
        """Let all processes finish together, with nothing left that holds the group.

        A process that goes while another still saves, or whose reducer outlives the group,
        may be aborted by the group's threads.
        """
        self.team.meet()
        self.wrapped = self.network
        gc.collect()

    def _log(self, line: dict[str, object]) -> None:
        if self.team.rank == 0:
            self.out.mkdir(parents=True, exist_ok=True)
            with (self.out / LOG).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


_CARD = """# composer checkpoint

{parameters:,} parameters, trained for {step:,} steps on {events:,} events (repeats counted).
The weights are an exponential moving average, stored as float16.
"""
