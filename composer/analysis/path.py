"""The best path through states over time (Viterbi, 1967), for chords and keys.

Conventions: ``gains`` has shape (steps, states), ``moves`` shape (states, states) with
``moves[i, j]`` the gain (usually negative) of going from state i to state j. Gains add up
(log-likelihoods); a higher sum is better.
"""

import numpy as np

from composer.analysis.music import Floats, Ints


def best_path(gains: Floats, moves: Floats, *, weights: Floats | None = None) -> Ints:
    """Most rewarding state for each step, shape (steps,).

    ``weights``, shape (steps,), scale ``moves`` on the way into each step.
    """
    steps, states = gains.shape
    came_from = np.zeros((steps, states), dtype=np.int64)
    total = gains[0]
    columns = np.arange(states)
    for step in range(1, steps):
        scaled = moves if weights is None else moves * weights[step]
        ways = total[:, None] + scaled
        came_from[step] = ways.argmax(axis=0)
        total = ways[came_from[step], columns] + gains[step]
    return _trace(came_from, int(total.argmax()))


def best_steady_path(gains: Floats, change_costs: Floats) -> Ints:
    """Best path where leaving a state costs the same wherever one goes.

    ``change_costs``, shape (steps,), is what a change on the way into a step costs.
    Same result as ``best_path`` with such moves, in time linear in the states.
    """
    steps, states = gains.shape
    came_from = np.empty((steps, states), dtype=np.int64)
    own = np.arange(states)
    total = gains[0]
    for step in range(1, steps):
        best = int(total.argmax())
        changed = total[best] - change_costs[step]
        came_from[step] = np.where(total >= changed, own, best)
        total = np.maximum(total, changed) + gains[step]
    return _trace(came_from, int(total.argmax()))


def _trace(came_from: Ints, state: int) -> Ints:
    """Walk back from the last state."""
    path = np.empty(len(came_from), dtype=np.int64)
    for step in range(len(came_from) - 1, -1, -1):
        path[step] = state
        state = int(came_from[step, state])
    return path
