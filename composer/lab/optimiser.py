"""Muon for matrices and AdamW for everything else, in one object whose state is tensors.

Muon (Jordan et al. 2024) moves a matrix along the nearest orthogonal matrix to its
gradient's momentum. Parameters with three axes are stacks of matrices.
"""

import torch
from torch import Tensor, nn

_MOMENTUM = 0.95
_BETAS = (0.9, 0.95)
_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_NOT_MATRICES = ("embedding", "output", "attribute", "bias", "bits", "on_quality", "gain")


def uses_muon(name: str, parameter: Tensor) -> bool:
    """Whether a parameter is a matrix between hidden layers."""
    return parameter.ndim >= 2 and not any(word in name for word in _NOT_MATRICES)


def orthogonalised(matrices: Tensor) -> Tensor:
    """Nearest orthogonal matrices, roughly, by five Newton-Schulz steps; (..., M, N)."""
    a, b, c = _COEFFICIENTS
    x = matrices.mT if matrices.shape[-2] > matrices.shape[-1] else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    turned: Tensor = x.mT if matrices.shape[-2] > matrices.shape[-1] else x
    return turned


class Optimiser:
    """Steps the parameters of a network.

    ``muon_rate`` and ``adam_rate`` are the full learning rates, which ``step`` scales;
    ``decay`` shrinks the matrices by its share of the rate. ``uses_muon`` tells the matrices
    from the rest.
    """

    uses_muon = staticmethod(uses_muon)

    def __init__(
        self, network: nn.Module, *, muon_rate: float, adam_rate: float, decay: float
    ) -> None:
        named = dict(network.named_parameters())
        self._matrices = {name: p for name, p in named.items() if self.uses_muon(name, p)}
        self._others = {name: p for name, p in named.items() if name not in self._matrices}
        self._rates, self._decay = (muon_rate, adam_rate), decay
        self._first = {name: torch.zeros_like(p) for name, p in named.items()}
        self._second = {name: torch.zeros_like(p) for name, p in self._others.items()}

    def state(self) -> dict[str, Tensor]:
        """The moments by name."""
        return {
            **{f"first.{name}": tensor for name, tensor in self._first.items()},
            **{f"second.{name}": tensor for name, tensor in self._second.items()},
        }

    @torch.no_grad()
    def step(self, scale: float, number: int) -> None:
        """One step with ``scale`` times the full rates; ``number`` counts from 1."""
        for name, parameter in self._matrices.items():
            self._muon(name, parameter, scale * self._rates[0])
        for name, parameter in self._others.items():
            self._adam(name, parameter, scale * self._rates[1], number)

    def _muon(self, name: str, parameter: Tensor, rate: float) -> None:
        if parameter.grad is None:
            return
        momentum = self._first[name].lerp_(parameter.grad, 1 - _MOMENTUM)
        update = orthogonalised(parameter.grad.lerp(momentum, _MOMENTUM))
        rows, columns = parameter.shape[-2:]
        parameter.mul_(1 - rate * self._decay)
        parameter.add_(update, alpha=-rate * max(1.0, rows / columns) ** 0.5)

    def _adam(self, name: str, parameter: Tensor, rate: float, number: int) -> None:
        if parameter.grad is None:
            return
        first = self._first[name].lerp_(parameter.grad, 1 - _BETAS[0])
        second = self._second[name].lerp_(parameter.grad.square(), 1 - _BETAS[1])
        scale = (second / (1 - _BETAS[1] ** number)).sqrt_().add_(1e-8)
        parameter.addcdiv_(first, scale, value=-rate / (1 - _BETAS[0] ** number))
