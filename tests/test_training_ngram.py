"""The n-gram model that the network is measured against."""

from collections import Counter

import numpy as np
import pytest
from toy_pieces import toy_piece

from composer.lab.choices import choices, engine_nats
from composer.lab.crops import whole
from composer.lab.ngram import NGram, _context_hashes, evaluate_ngram, flatten
from composer.lab.shards import Shard, pack
from composer.language import encode
from composer.language import vocabulary as v


def shard_of(*pieces):
    arrays = pack(pieces)
    return Shard({name: array for name, array in arrays.items() if name != "meta"}, {
        "pieces": [dict.fromkeys(("source", "file", "title", "song", "licence", "sha1"), "x")]
        * len(pieces)
    })  # fmt: skip


class Uniform:
    """An engine that finds everything equally likely."""

    name, context = "uniform", 1024

    def prefill(self, rows, conditions):  # noqa: ARG002
        return None

    def step(self, state, rows):  # noqa: ARG002
        return None

    def logits(self, hidden, rows, attribute):  # noqa: ARG002
        return np.zeros((1, v.SIZES[attribute]), np.float32)


def test_symbols_are_the_choices_in_order():
    shard = shard_of(toy_piece(1, 24))
    crop = whole(shard, 0, 1024)
    _, names = flatten(crop.rows)
    said = [choice.attribute for choice in choices(crop, 24)]
    opened = (crop.rows[:, 0] == v.PLAN).sum() * 3  # quality2, bass2 and function
    drums = 1  # their register
    assert len(names) == len(said) + opened + drums
    assert all(choice.mask[choice.value] for choice in choices(crop, 24))


def test_the_masks_alone_cost_what_counting_legal_values_says():
    shard = shard_of(toy_piece(1, 24))
    crop = whole(shard, 0, 1024)
    expected = sum(np.log(choice.mask.sum()) for choice in choices(crop, 24) if choice.in_music)
    assert engine_nats(Uniform(), crop, 24) == pytest.approx(expected)


def test_shares_are_witten_and_bells_at_any_strength():
    symbols, names = flatten(encode(toy_piece(2, 24).sheet))
    model = NGram([(symbols, names)], 2)
    where = np.flatnonzero(names == names[-1])  # kinds
    hashes = [found[where] for found in _context_hashes(symbols, names, 2)]
    one, two = model.shares(hashes, "kind", 3.0)
    assert np.allclose(one.sum(1), 1)
    assert np.allclose(two.sum(1), 1)
    alone = Counter(symbols[where].tolist())
    size, kinds, total = v.SIZES["kind"], len(alone), sum(alone.values())
    before = {place: (symbols[place - 1] if place else 0) for place in where}
    pairs = Counter((before[place], symbols[place]) for place in where)
    some = where[len(where) // 2]
    low = (alone[symbols[some]] + 3 * kinds / size) / (total + 3 * kinds)
    after = {last: n for (first, last), n in pairs.items() if first == before[some]}
    high = (after[symbols[some]] + 3 * len(after) * low) / (
        sum(after.values()) + 3 * len(after)
    )
    value = symbols[some] - 1
    assert one[len(where) // 2, value] == pytest.approx(low)
    assert two[len(where) // 2, value] == pytest.approx(high)


def test_what_was_learnt_is_likelier_than_what_was_not():
    train = shard_of(*(toy_piece(seed, 24) for seed in range(4)))
    known = evaluate_ngram(train, shard_of(toy_piece(1, 24)), highest=4)
    unknown = evaluate_ngram(train, shard_of(toy_piece(77, 24)), highest=4)
    assert known["per note"] < unknown["per note"]
    assert unknown["per note"] == min(
        unknown[f"per note, order {order}"] for order in range(1, 5)
    )
