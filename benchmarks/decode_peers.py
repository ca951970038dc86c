"""What composer is compared with: networks of as many random weights under plain frameworks.

A stream of tokens as MidiTok's REMI+ writes it, under Hugging Face's ``generate`` (a Llama
and a GPT-2) and under a loop by hand that keeps keys and values in place; and a network each
of whose steps says the six fields of a note, as Multitrack Music Transformer's (Dong, H.-W.,
et al. (2023)) do, on x-transformers with its cache. Widths are chosen to reach the wanted
number of weights. The streams draw from the likeliest values that hold 95 %, as composer
does; the six fields from the likeliest tenth, as that program does.
"""

from collections.abc import Callable, Mapping

import torch
from timing import clock
from torch import Tensor, nn
from torch.nn import functional
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    StoppingCriteria,
    StoppingCriteriaList,
)
from x_transformers import Decoder
from x_transformers.autoregressive_wrapper import top_k
from x_transformers.multi_input import MultiInputTransformerWrapper

WIDTH, LAYERS, HEADS = 256, 8, 4
TOP_P = 0.95
FIELDS = {"kind": 5, "beat": 257, "position": 13, "pitch": 129, "duration": 33, "program": 65}
"""Values of each field of an event, as in that program's encoding."""

Mark = Callable[[], None]
Generate = Callable[[int, int, Mark], None]
"""Writes for a batch, a number of steps, and marks the end of each."""
Peer = tuple[nn.Module, Generate]


class Writing:
    """A network that writes to the longest context: seconds until it reached each."""

    def __init__(self, peer: Peer, contexts: list[int], batch: int) -> None:
        network, self._generate = peer
        self.parameters = sum(weights.numel() for weights in network.parameters())
        self._contexts, self._batch = contexts, batch
        self._generate(batch, 16, lambda: None)

    def __call__(self) -> dict[str, float]:
        """Write once."""
        marks = [clock()]
        self._generate(self._batch, max(self._contexts), lambda: marks.append(clock()))
        return {str(context): marks[context] - marks[0] for context in self._contexts}


def fitting(make: Callable[[int], nn.Module], parameters: int) -> nn.Module:
    """The network whose units are as wide as brings it nearest to ``parameters`` weights."""
    small, large = (sum(w.numel() for w in make(width).parameters()) for width in (256, 512))
    steps = round((parameters - small) / (large - small) * 32)
    return make(256 + 8 * steps).eval().requires_grad_(requires_grad=False)


def llama(parameters: int, tokens: int, context: int) -> Peer:
    """Hugging Face's Llama."""

    def make(units: int) -> nn.Module:
        return LlamaForCausalLM(
            LlamaConfig(
                vocab_size=tokens,
                hidden_size=WIDTH,
                intermediate_size=units,
                num_hidden_layers=LAYERS,
                num_attention_heads=HEADS,
                max_position_embeddings=context + 1,
                bos_token_id=1,
                eos_token_id=None,
            )
        )

    network = fitting(make, parameters)
    return network, _hugging_face(network)


def gpt2(parameters: int, tokens: int, context: int) -> Peer:
    """Hugging Face's GPT-2."""

    def make(units: int) -> nn.Module:
        return GPT2LMHeadModel(
            GPT2Config(
                vocab_size=tokens,
                n_positions=context + 1,
                n_embd=WIDTH,
                n_inner=units,
                n_layer=LAYERS,
                n_head=HEADS,
                bos_token_id=1,
                eos_token_id=None,
            )
        )

    network = fitting(make, parameters)
    return network, _hugging_face(network)


def _hugging_face(network: nn.Module) -> Generate:
    """Writes by ``generate``."""

    class Marks(StoppingCriteria):
        """Never stops, but is asked after each step."""

        def __init__(self, mark: Mark) -> None:
            self._mark = mark

        def __call__(self, ids: Tensor, _scores: Tensor, **_: object) -> Tensor:
            self._mark()
            return torch.zeros(len(ids), dtype=torch.bool)

    def generate(batch: int, steps: int, mark: Mark) -> None:
        network.generate(
            torch.ones(batch, 1, dtype=torch.long),
            do_sample=True,
            top_k=0,
            top_p=TOP_P,
            max_new_tokens=steps,
            pad_token_id=0,
            stopping_criteria=StoppingCriteriaList([Marks(mark)]),
        )

    return generate


def six_fields(parameters: int, _tokens: int, context: int) -> Peer:
    """x-transformers with a sum of six embeddings and six outputs: one step, one note."""

    def make(units: int) -> nn.Module:
        return MultiInputTransformerWrapper(
            num_tokens=FIELDS,
            max_seq_len=context + 1,
            attn_layers=Decoder(dim=WIDTH, depth=LAYERS, heads=HEADS, ff_mult=units / WIDTH),
        )

    network = fitting(make, parameters)

    @torch.inference_mode()
    def generate(batch: int, steps: int, mark: Mark) -> None:
        events = {name: torch.ones(batch, 1, dtype=torch.long) for name in FIELDS}
        cache = None
        for _ in range(steps):
            scores, cache = network(events, cache=cache, return_intermediates=True)
            for name, found in scores.items():
                chosen = torch.multinomial(top_k(found[:, -1]).softmax(-1), 1)
                events[name] = torch.cat([events[name], chosen], dim=1)
            mark()

    return network, generate


class Plain(nn.Module):
    """A Llama-like decoder written for steps: keys and values lie in one tensor, in place."""

    def __init__(self, tokens: int, units: int, context: int) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(tokens, WIDTH) * 0.02)
        self.joined = nn.Parameter(torch.randn(LAYERS, 3 * WIDTH, WIDTH) * 0.06)
        self.attended = nn.Parameter(torch.randn(LAYERS, WIDTH, WIDTH) * 0.06)
        self.gate_up = nn.Parameter(torch.randn(LAYERS, 2 * units, WIDTH) * 0.06)
        self.down = nn.Parameter(torch.randn(LAYERS, WIDTH, units) * 0.06)
        self.output = nn.Parameter(torch.randn(tokens, WIDTH) * 0.06)
        half = WIDTH // HEADS // 2
        speed = 10_000.0 ** (-torch.arange(half) / half)
        self.turn = torch.polar(
            torch.ones(context, half), torch.arange(context)[:, None] * speed
        )

    def empty(self, batch: int) -> Tensor:
        """Room for keys and values of every layer."""
        return torch.zeros(LAYERS, 2, batch, HEADS, len(self.turn), WIDTH // HEADS)

    def step(self, tokens: Tensor, cache: Tensor, place: int) -> Tensor:
        """Scores (B, tokens) after one more token (B,) each."""
        x = self.embedding[tokens]
        for layer, (keys, values) in enumerate(cache):
            joined = functional.linear(functional.rms_norm(x, (WIDTH,)), self.joined[layer])
            q, k, val = joined.view(len(x), 3, HEADS, -1).unbind(1)
            keys[:, :, place], values[:, :, place] = self._turned(k, place), val
            y = functional.scaled_dot_product_attention(
                self._turned(q, place)[:, :, None],
                keys[:, :, : place + 1],
                values[:, :, : place + 1],
            )
            x = x + functional.linear(y.flatten(1), self.attended[layer])
            gate, up = functional.linear(
                functional.rms_norm(x, (WIDTH,)), self.gate_up[layer]
            ).chunk(2, -1)
            x = x + functional.linear(functional.silu(gate) * up, self.down[layer])
        return functional.linear(functional.rms_norm(x, (WIDTH,)), self.output)

    def _turned(self, x: Tensor, place: int) -> Tensor:
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(pairs * self.turn[place]).flatten(-2)


def by_hand(parameters: int, tokens: int, context: int) -> Peer:
    """A network in torch without a framework."""
    network = fitting(lambda units: Plain(tokens, units, context), parameters)
    assert isinstance(network, Plain)  # noqa: S101 - for the type checker

    @torch.inference_mode()
    def generate(batch: int, steps: int, mark: Mark) -> None:
        cache, chosen = network.empty(batch), torch.ones(batch, dtype=torch.long)
        for place in range(steps):
            chosen = _drawn(network.step(chosen, cache, place))
            mark()

    return network, generate


def _drawn(scores: Tensor) -> Tensor:
    """A value (B,) of those likeliest that hold ``TOP_P``."""
    chances, order = scores.softmax(-1).sort(descending=True)
    chances = chances.masked_fill(chances.cumsum(-1) - chances > TOP_P, 0.0)
    return order.gather(1, torch.multinomial(chances, 1))[:, 0]


PEERS: Mapping[str, Callable[[int, int, int], Peer]] = {
    "Llama, Hugging Face generate": llama,
    "GPT-2, Hugging Face generate": gpt2,
    "torch by hand": by_hand,
    "six fields, x-transformers": six_fields,
}


def contenders(
    parameters: int, tokens: int, contexts: list[int], batch: int
) -> dict[str, Writing]:
    """The peers with about ``parameters`` weights each."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return {
        name: Writing(make(parameters, tokens, max(contexts)), contexts, batch)
        for name, make in PEERS.items()
    }
