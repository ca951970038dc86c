"""Events learnt a second, beside a plain loop in nanoGPT's manner over as many weights.

    python benchmarks/training.py [--midi FOLDER]

A step of composer's trainer is all of it: drawing and writing the windows, the network, the
optimiser, the averaged weights. The plain loop (as in A. Karpathy's nanoGPT: learned
positions, layer norms, GELU, one softmax, AdamW, clipped gradients) sees random tokens at
the same width, depth and context. One thread each.
"""

import argparse
import math
import tempfile
from pathlib import Path
from typing import Any

import torch
from decode_peers import HEADS, LAYERS, WIDTH, fitting
from remi import midi_files, tokens_per_note
from timing import Contender, Task, clock, take_turns, tell
from torch import Tensor, nn
from torch.nn import functional

from composer.analysis import analyse
from composer.errors import ComposerError
from composer.lab.recipe import Recipe
from composer.lab.session import Session
from composer.lab.shards import FLAT, Piece, pack, write_arrays
from composer.lab.train import TRAIN, Run
from composer.language import quantise
from composer.midi import read_midi
from composer.model.checkpoint import load_checkpoint
from composer.model.engine import folder_of

PRECISIONS = ("bf16", "fp32")


class Block(nn.Module):
    """One layer of the plain network."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.before_attention, self.before_unit = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.joined, self.attended = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, units), nn.Linear(units, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Add attention and unit to ``x`` (B, T, width)."""
        joined = self.joined(self.before_attention(x)).unflatten(-1, (3, HEADS, -1))
        q, k, val = joined.permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, val, is_causal=True)
        x = x + self.attended(y.transpose(1, 2).flatten(2))
        return x + self.down(functional.gelu(self.up(self.before_unit(x))))


class Plain(nn.Module):
    """The plain network: the loss of tokens (B, T + 1)."""

    def __init__(self, units: int, tokens: int, context: int) -> None:
        super().__init__()
        self.embedding, self.position = (
            nn.Embedding(tokens, WIDTH),
            nn.Embedding(context, WIDTH),
        )
        self.blocks = nn.Sequential(*(Block(units) for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, tokens: Tensor) -> Tensor:
        """Mean nats a token."""
        places = torch.arange(tokens.shape[1] - 1)
        x = self.blocks(self.embedding(tokens[:, :-1]) + self.position(places))
        scores = functional.linear(self.norm(x), self.embedding.weight)
        return functional.cross_entropy(scores.flatten(0, 1), tokens[:, 1:].flatten())


class PlainLoop:
    """Steps of the plain network."""

    def __init__(
        self, parameters: int, vocabulary: int, batch: tuple[int, int], kind: str
    ) -> None:
        network = fitting(lambda units: Plain(units, vocabulary, batch[1]), parameters)
        self.network = network.train().requires_grad_()
        self.parameters = sum(weights.numel() for weights in network.parameters())
        self._optimiser = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.95))
        self._tokens = torch.randint(vocabulary, (batch[0], batch[1] + 1))
        self._is_half = kind == "bf16"

    def __call__(self) -> dict[str, float]:
        """One step: tokens a second."""
        started = clock()
        with torch.autocast("cpu", torch.bfloat16, enabled=self._is_half):
            loss = self.network(self._tokens)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return {"per second": self._tokens[:, 1:].numel() / (clock() - started)}


def own_step(run: Run) -> Contender:
    """A step of composer's trainer: events a second."""

    def step() -> dict[str, float]:
        before, started = run.progress.events, clock()
        run.step()
        return {"per second": (run.progress.events - before) / (clock() - started)}

    return step


def prepare(paths: list[Path], folder: Path) -> None:
    """A shard of the MIDI files, without what can't be read."""
    pieces = []
    for path in paths:
        try:
            score = read_midi(path).score
            sheet, _ = quantise(score, analyse(score))
        except ComposerError:
            continue
        texts = dict.fromkeys(("source", "file", "title", "song", "licence", "sha1"), "-")
        pieces.append(
            Piece(sheet, style=None, valence=math.nan, arousal=math.nan, dynamics=FLAT, **texts)
        )
    write_arrays(folder / TRAIN, pack(pieces))


def measure(task: Task) -> dict[str, Any]:
    """Events and tokens a second."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    known = load_checkpoint(folder_of())
    parameters = sum(array.size for array in known.weights.values())
    context = 256 if task.is_quick else known.config.context
    paths = midi_files(task.midi)[:20]
    vocabulary, per_note = tokens_per_note(paths)
    session = Session(validate_steps=0, threads=1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepare(paths, folder)
        contenders: dict[str, Contender] = {}
        for kind in PRECISIONS:
            recipe = Recipe(
                total_steps=1000,
                events_per_step=4 * context,
                events_per_batch=4 * context,
                precision=kind,
            )
            run = Run(folder, folder / kind, known.config, recipe, session)
            contenders[f"composer, {kind}"] = own_step(run)
            contenders[f"nanoGPT's manner, {kind}"] = PlainLoop(
                parameters, vocabulary, (4, context), kind
            )
        for warm in contenders.values():
            warm()
        samples = take_turns(contenders, task.rounds)
        crops = run.design.crops(run.shard, 0, 0, 16 * context, context)
    return {
        "context": context,
        "parameters": {
            name: loop.parameters if isinstance(loop, PlainLoop) else parameters
            for name, loop in contenders.items()
        },
        "events_per_note": sum(len(c.rows) for c in crops) / sum(c.notes for c in crops),
        "tokens_per_note": per_note,
        "files": {"count": len(paths), "is_given": task.midi is not None},
        "samples": samples,
    }


if __name__ == "__main__":
    tell(measure, argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]))
