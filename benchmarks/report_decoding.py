"""The report's tables of notes a second."""

from collections.abc import Callable

from figures import (
    BY_HAND,
    COMPOSER,
    DEFAULT,
    SIX_FIELDS,
    STREAMS,
    Part,
    notes_per_second,
    spread,
    table,
    times_as_fast,
    which_files,
)


def decoding(title: str) -> Callable[[Part], str]:
    """The section with this title, as a function of its part."""

    def section(part: Part) -> str:
        contexts = [str(context) for context in part["contexts"]]
        head = [f"context {context}" for context in contexts]
        return "\n\n".join(
            [
                f"## {title}",
                _pieces(part, contexts),
                table(["notes/s", *head], _speeds(part, contexts)),
                table(["notes/s over notes/s", *head], _ratios(part, contexts)) + "\n",
            ]
        )

    return section


def engines(part: Part) -> str:
    """The section about composer's engines."""
    (context,) = (str(one) for one in part["contexts"])
    rows = _speeds(part, [context])
    slowest = "composer, plain, torch"
    rows += [
        [f"{name} / {slowest}", f"{times_as_fast(part, name, slowest, context, 'all'):.1f}"]
        for name in part["samples"]
        if name != slowest
    ]
    return f"## Composer's engines\n\n{table(['notes/s', f'context {context}'], rows)}\n"


def how_counted(part: Part) -> str:
    """What is compared, and what counts as a note."""
    sizes = ", ".join(f"{name} {count:,}" for name, count in part["parameters"].items())
    default, files = part["default"], which_files(part["token_files"])
    return f"""\
## How notes a second are counted

Peers write from nothing until the context is full. Composer, loaded before, goes from a
request (a mood, four instruments, the number of bars) to the finished score of pieces whose
events about fill the context. Its checkpoint was trained with a context of 1,024; positions
are rotary, so that others can be timed.

- *plain*: no guidance, one try. *guidance 2*: the mood is pressed, one try. *as by default*:
  guidance {default["guidance"]:g} and the best of {default["tries"]} tries.
- *written*: notes that the model wrote, in every try. *all*: notes of the pieces that came
  out, those that were copied by reference too; tries that were not kept cost time here.
- **Llama**, **GPT-2** (Hugging Face's `generate`) and **torch by hand** write a flat stream of
  MidiTok's REMI+ tokens with random weights, which write no music: tokens are taken for notes
  at {part["tokens_per_note"]:.2f} a note, what MidiTok takes for {files}.
- **six fields** is x-transformers with its cache, used as Multitrack Music Transformer uses
  it (which had no cache): one step draws the six fields of an event. Every step is counted
  as a note, although some events say instruments, the beginning or the end.

Weights: {sizes}.
"""


def _pieces(part: Part, contexts: list[str]) -> str:
    """What was written at each context."""
    rows = []
    for context in contexts:
        amounts = part["amounts"][COMPOSER][context]
        events, bars = (amounts[what] / amounts["pieces"] for what in ("events", "bars"))
        rows.append(
            [f"context {context}", f"{amounts['pieces']}", f"{bars:.0f}", f"{events:.0f}"]
        )
    side = "one stream" if part["batch"] == 1 else f"{part['batch']} streams side by side"
    head = ["composer, plain", "pieces, one after another", "bars each", "events each"]
    return f"Peers write {side}.\n\n{table(head, rows)}"


def _speeds(part: Part, contexts: list[str]) -> list[list[str]]:
    rows = []
    for name in part["samples"]:
        is_peer = "steps" in part["amounts"][name][contexts[0]]
        for count in ("written",) if is_peer else ("written", "all"):
            speeds = [spread(notes_per_second(part, name, one, count)) for one in contexts]
            rows.append([name if is_peer else f"{name}: {count}", *speeds])
    return rows


def _ratios(part: Part, contexts: list[str]) -> list[list[str]]:
    return [
        [
            f"{name}: {count} / {peer}",
            *(f"{times_as_fast(part, name, peer, one, count):.1f}" for one in contexts),
        ]
        for name in (COMPOSER, DEFAULT)
        for count in ("written", "all")
        for peer in (*STREAMS, SIX_FIELDS, BY_HAND)
    ]
