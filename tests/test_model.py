"""The network, its engine and its checkpoint."""

import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from toy_pieces import PARTS, toy_notes, toy_plan

from composer.errors import CheckpointError, RequestError
from composer.lab.crops import notes_within
from composer.language import CONDITION_SIZE, Sheet, encode
from composer.language import vocabulary as v
from composer.model import engine as loading
from composer.model import features, load_engine
from composer.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from composer.model.config import ModelConfig
from composer.model.network import BLOCK, Network, attend
from composer.model.torch_engine import TorchEngine

SMALL = ModelConfig(layers=2, width=32, heads=4, kv_heads=2, ffn=48, head_ffn=40, context=160)
C = v.COLUMN


def music(seed=0, bars=6):
    """A sheet with a melody, a bass that repeats, and drums."""
    rng = np.random.default_rng(seed)
    plan, names = toy_plan(bars), v.ATTRIBUTES["plan"]
    for name in ("key", "root", "quality", "bass", "tempo", "intensity", "section"):
        plan[:, names.index(name)] = rng.integers(1, v.SIZES[name] - 3, bars)
    return Sheet(PARTS, plan, toy_notes(rng, bars))


def network(seed=0, config=SMALL):
    """A network whose every weight matters (training starts many at zero)."""
    torch.manual_seed(seed)
    made = Network(config).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return made


def test_attention_in_blocks_is_causal_attention():
    torch.manual_seed(3)
    time = 2 * BLOCK + 17
    q, k, val = (torch.randn(2, heads, time, 8) for heads in (4, 2, 2))
    whole = torch.nn.functional.scaled_dot_product_attention(
        q, k, val, is_causal=True, enable_gqa=True
    )
    assert torch.allclose(attend(q, k, val), whole, atol=1e-5)


def engine_of(made):
    weights = {name: p.detach().numpy() for name, p in made.named_parameters()}
    return TorchEngine(Checkpoint(made.config, weights))


def given(seed=1):
    return np.random.default_rng(seed).random(CONDITION_SIZE).astype(np.float32)


def chosen(engine, state, rows):
    """For each next event of ``rows`` (B, T, columns), asked as generation asks.

    Yields (attribute, logits (B, size), value under the first condition).
    """
    for read, following in pairwise(rows.swapaxes(0, 1)):
        hidden = engine.step(state, read)
        draft = np.zeros_like(read)
        yield "kind", engine.logits(hidden, draft, "kind"), following[0, 0]
        draft[:, 0] = following[:, 0]
        kind = v.KINDS[following[0, 0]]
        for name in v.KNOWN_FIRST.get(kind, ()):
            draft[:, C[name]] = following[:, C[name]]
        for name in v.ATTRIBUTES[kind]:
            for column in v.REVEALED.get(name, ()):
                draft[:, C[column]] = following[:, C[column]]
            yield name, engine.logits(hidden, draft, name), following[0, C[name]]
            draft[:, C[name]] = following[:, C[name]]


def log_share(logits, value):
    """Log of the softmax share of one value, in float64."""
    logits = logits.astype(np.float64)
    return logits[value] - logits.max() - np.log(np.exp(logits - logits.max()).sum())


def test_training_loss_is_what_the_engine_says_step_by_step():
    made = network()
    rows, condition = encode(music()), given()
    engine = engine_of(made)
    slow = {}
    state = engine.prefill(rows[None, :0], condition[None])
    for name, logits, value in chosen(engine, state, rows[None]):
        if value or name not in v.OPEN_WHEN_ZERO:
            slow.setdefault(name, []).append(-log_share(logits[0], value))
    with torch.no_grad():
        losses = {
            name: (float(nats), int(count))
            for name, (nats, count) in made.loss(rows[None], condition[None]).items()
        }
    kinds = [losses.pop("kind"), losses.pop("plan kind")]
    losses["kind"] = sum(nats for nats, _ in kinds), sum(count for _, count in kinds)
    assert {name for name, (_, count) in losses.items() if count} == set(slow)
    for name, nats in slow.items():
        assert losses[name][1] == len(nats)
        assert losses[name][0] == pytest.approx(sum(nats), rel=1e-4)


def test_reading_all_at_once_is_reading_row_by_row():
    engine = engine_of(network())
    rows, condition = encode(music()), given()
    rows = rows[None]
    slow = engine.prefill(rows[:, :0], condition[None])
    for place in range(40):
        last = engine.step(slow, rows[:, place])
    fast = engine.step(engine.prefill(rows[:, :39], condition[None]), rows[:, 39])
    draft = np.zeros_like(rows[:, 0])
    difference = engine.logits(last, draft, "kind") - engine.logits(fast, draft, "kind")
    assert np.abs(difference).max() < 1e-4


def test_the_engines_numbers_do_not_depend_on_threads_or_neighbours():
    engine = engine_of(network())
    rows, condition = encode(music()), given()

    def numbers(threads, neighbour):
        torch.set_num_threads(threads)
        state = engine.prefill(rows[None, :30], condition[None])
        other = engine.prefill(rows[None, :20], given(9)[None])
        found = []
        for row in rows[30:50, None]:
            hidden = engine.step(state, row)
            if neighbour:
                engine.step(other, row)
            found.append(engine.logits(hidden, np.zeros_like(row), "kind"))
        return np.concatenate(found).tobytes()

    before = torch.get_num_threads()
    try:
        assert numbers(1, neighbour=False) == numbers(2, neighbour=True)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_what_comes_later_changes_nothing_before():
    made = network()
    rows = encode(music())
    changed = rows.copy()
    changed[40:] = encode(music(seed=5))[40 : len(rows)]
    condition = torch.from_numpy(given())[None]
    with torch.no_grad():
        before, after = (
            made.hidden(
                torch.from_numpy(features.input_indices(some))[None],
                torch.from_numpy(features.input_bits(some))[None],
                condition,
            )[0]
            for some in (rows, changed)
        )
    assert torch.equal(before[:40], after[:40])
    assert not torch.allclose(before[40:], after[40:])


def test_padding_changes_no_loss():
    made = network()
    rows = encode(music())
    padded = np.concatenate([rows, np.zeros((9, rows.shape[1]), np.int32)])
    with torch.no_grad():
        plain = made.loss(rows[None], given()[None])
        more = made.loss(padded[None], given()[None])
    for name in plain:
        assert float(plain[name][0]) == pytest.approx(float(more[name][0]), rel=1e-5)
        assert plain[name][1] == more[name][1]


def test_open_plan_fields_are_not_learnt():
    sheet = music()
    bars = sheet.bars.copy()
    bars[:, v.ATTRIBUTES["plan"].index("tempo")] = 0
    rows = encode(Sheet(sheet.parts, bars, sheet.notes))
    losses = network().loss(rows[None], given()[None])
    assert losses["tempo"][1] == 0
    assert losses["meter"][1] == len(bars)


def test_a_pitch_is_seen_relative_to_chord_key_and_previous_note():
    row = np.zeros((1, len(v.COLUMNS)), np.int32)
    row[0, [C["kind"], C["pitch"], C["root"], C["quality"]]] = v.NOTE, 64 + 1, 5, 2
    row[0, [C["key"], C["previous"]]] = 13 + 9, 60 + 1
    moved = row.copy()
    moved[0, [C["pitch"], C["root"], C["key"], C["previous"]]] += 2
    both = features.input_indices(np.concatenate([row, moved]))
    assert (both[0, -3:] > 0).all()
    assert (both[0, -3:] == both[1, -3:]).all()  # the same music two semitones higher
    assert features.CHORD_STEPS[5, 64] == 0  # E above E
    assert features.KEY_STEPS[13 + 9, 64] == 7  # E above A
    assert features.MELODIC_STEPS[61, 64] == 24 + 4
    row[0, C["pitch"]] = v.DRUM_PITCH + 37
    assert (features.input_indices(row)[0, -3:] == 0).all()


def test_a_row_alone_is_seen_as_among_others():
    rng = np.random.default_rng(8)
    own = len(v.OWN) + len(v.CONTEXT)
    rows = np.zeros((500, len(v.COLUMNS)), np.int32)
    rows[:, :own] = rng.integers(0, [v.SIZES[name] for name in v.COLUMNS[:own]], (500, own))
    masks = [1 << size for size in v.MASKS.values()]
    rows[:, own:] = rng.integers(0, masks, (500, len(masks)))
    rows[rng.random(rows.shape) < 0.3] = 0
    for row, indices, bits in zip(
        rows, features.input_indices(rows), features.input_bits(rows), strict=True
    ):
        assert features.row_indices(row.tolist()) == indices.tolist()
        assert features.row_bits(row.tolist()).tolist() == bits.tolist()


def test_every_value_has_its_own_place_in_the_table():
    names = (*v.OWN, *v.CONTEXT)
    seen = set()
    for index, name in enumerate(names):
        rows = np.zeros((v.SIZES[name] - 1, len(v.COLUMNS)), np.int32)
        rows[:, C[name]] = np.arange(1, v.SIZES[name])
        places = features.input_indices(rows)[:, index]
        assert len(set(places)) == len(rows)
        assert not seen & set(places.tolist())
        seen |= set(places.tolist())
    assert 0 not in seen
    assert max(seen) < features.TABLE_ROWS


def test_copied_notes_are_counted_as_notes():
    sheet = music()
    holes = {(2, 0), (4, 1), (4, 2)}
    assert notes_within(encode(sheet), sheet, 0, [0, 1, 2]) == len(sheet.notes)
    order = [2, 0, 1]
    rows = encode(sheet, first=1, bars=4, order=order, holes=holes)
    within = (sheet.notes[:, 0] >= 1) & (sheet.notes[:, 0] < 5)
    assert notes_within(rows, sheet, 1, order, holes) == within.sum()
    plain = encode(sheet, references=False)
    assert (plain[:, 0] == v.NOTE).sum() == len(sheet.notes)


def test_a_full_state_is_refused_in_one_line():
    engine = engine_of(network())
    rows = np.repeat(encode(music())[:1], SMALL.context, axis=0)
    state = engine.prefill(rows[None], given()[None])
    with pytest.raises(RequestError, match="at most 160 events"):
        engine.step(state, rows[:1])


@pytest.fixture
def saved(tmp_path):
    made = network()
    weights = {name: p.detach().numpy() for name, p in made.named_parameters()}
    save_checkpoint(tmp_path / "one", Checkpoint(made.config, weights), "# a card\n")
    return tmp_path / "one"


def test_a_checkpoint_comes_back_as_half_precision_says(saved):
    made = load_checkpoint(saved)
    assert made.config == SMALL
    for name, parameter in network().named_parameters():
        half = parameter.detach().numpy().astype(np.float16).astype(np.float32)
        assert np.array_equal(made.weights[name], half)
    assert load_engine(saved).context == SMALL.context
    assert sorted(path.name for path in saved.iterdir()) == [
        "card.md",
        "config.json",
        "model.safetensors",
    ]


def edited(path, **values):
    """Change fields of a config; None removes one."""
    config = json.loads(path.read_text()) | values
    path.write_text(json.dumps({name: value for name, value in config.items() if value}))


def zeroed(path):
    """Overwrite some of the weights with zeros."""
    data = path.read_bytes()
    path.write_bytes(data[:-200] + bytes(100) + data[-100:])


DAMAGES = {
    "no folder": (lambda p: p.rename(p.parent / "gone"), "no checkpoint folder"),
    "no weights": (lambda p: (p / "model.safetensors").unlink(), "cannot read"),
    "no config": (lambda p: (p / "config.json").unlink(), "cannot read"),
    "cut": (
        lambda p: (p / "model.safetensors").write_bytes(
            (p / "model.safetensors").read_bytes()[:-100]
        ),
        "damaged",
    ),
    "text": (lambda p: (p / "model.safetensors").write_text("hello"), "damaged"),
    "other numbers": (lambda p: zeroed(p / "model.safetensors"), "have changed"),
    "no json": (lambda p: (p / "config.json").write_text("{"), "damaged"),
    "deep json": (lambda p: (p / "config.json").write_text("[" * 60000), "damaged"),
    "a list": (lambda p: (p / "config.json").write_text("[]"), "not a composer config"),
    "foreign": (lambda p: edited(p / "config.json", vocabulary="1f"), "another vocabulary"),
    "other sizes": (lambda p: edited(p / "config.json", layers=3), "do not fit"),
    "wild size": (lambda p: edited(p / "config.json", width=10**9), "width must be"),
    "odd heads": (lambda p: edited(p / "config.json", kv_heads=3), "split evenly"),
    "word": (lambda p: edited(p / "config.json", layers="two"), "layers must be"),
    "lacking": (lambda p: edited(p / "config.json", ffn=None), "exactly"),
    "long config": (lambda p: (p / "config.json").write_text(" " * 70_000), "at most"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_checkpoint_is_refused_in_one_line(saved, damage):
    action, words = DAMAGES[damage]
    action(saved)
    with pytest.raises(CheckpointError, match=words) as caught:
        load_engine(saved)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("name none for the model that comes with composer")


def test_weights_without_a_checksum_are_read(saved):
    made = load_checkpoint(saved)
    save_file(made.weights, saved / "model.safetensors")
    assert load_engine(saved).context == made.config.context


def test_the_model_that_comes_with_composer_is_restored_by_installing(saved, monkeypatch):
    (saved / "model.safetensors").unlink()
    monkeypatch.setattr(loading, "find_asset", lambda *_names: saved)
    with pytest.raises(CheckpointError, match="install composer anew"):
        load_engine()


def test_weights_that_are_no_numbers_are_refused(saved):
    made = load_checkpoint(saved)
    made.weights["gain"][3] = np.nan
    save_checkpoint(saved, made, "")
    with pytest.raises(CheckpointError, match="not a number"):
        load_checkpoint(saved)
